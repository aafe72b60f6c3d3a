import { isEmpty } from '../../api/common/json';
import { formatValue } from '../../api/common/formatValue';
import { InvalidInput } from '../../api/common/invalidInput';
import { getColumnValue } from '../../api/views/columns';
import { formatNearestNames } from '../../api/views/nearestNames';
import { getOrCreate } from '../../api/common/maps';
import { getUrlBudget, toMatchLiteral } from '../../api/matching/matchBatches';
import type { Row } from '../../api/views/row';
import { isTooDeep, MAX_DEPTH_STORED } from '../../api/common/depth';
import type { WatchedQuery } from './watchedColumns';

/** A text of at most so many characters fits an address beside a short filter, whatever its letters are. */
const SHORT_TEXT = 200;
const MAX_ENCODED_LENGTH = 9;

/** Characters that addresses have for an ID, by the query. */
const urlBudgets = new WeakMap<WatchedQuery, number>();

/** Builds the reason why a row is skipped. A poll may skip thousands of rows, so only a reason that is shown is built. */
export type BuildSkipReason = () => InvalidInput;

/** The first column with a value: it names a row without an ID. */
export const findFirstValue = (row: Row): [column: string, value: unknown] | undefined =>
	Object.entries(row).find(([, value]) => !isEmpty(value));

const describeIdColumn = ({ idColumn, view }: WatchedQuery): string =>
	`The column "${idColumn}" of the view "${view}" contains`;

/** The reason to skip a row; undefined for a row that can be delivered. */
export function findSkipReason(
	query: WatchedQuery,
	id: unknown,
	row: Row,
): BuildSkipReason | undefined {
	if (isEmpty(id)) return () => buildMissingIdReason(query, row);
	if (typeof id !== 'number' && typeof id !== 'string') {
		return () =>
			new InvalidInput(
				`${describeIdColumn(query)} ${formatValue(id)}, which is neither a number nor text`,
				"Set another 'ID Column' under 'Options' if its records have no ID in this one.",
			);
	}
	if (query.needsNumericIds && !Number.isInteger(id)) {
		return () =>
			new InvalidInput(
				`${describeIdColumn(query)} ${typeof id === 'string' ? `the text "${formatValue(id)}"` : id}, not a whole number`,
				"The event 'Created' needs increasing whole numbers. Set another 'ID Column' under 'Options', or choose the event 'Created or Updated'.",
			);
	}
	// JSON.parse rounds larger integers: two records would look like one.
	if (typeof id === 'number' && Math.abs(id) > Number.MAX_SAFE_INTEGER) {
		return () =>
			new InvalidInput(
				`${describeIdColumn(query)} ${id}, and the node cannot tell apart numbers above ${Number.MAX_SAFE_INTEGER}`,
				"Set another 'ID Column' under 'Options'.",
			);
	}
	if (isTooDeep(row)) {
		return () =>
			new InvalidInput(
				`The record with "${formatValue(id)}" in "${query.idColumn}" of the view "${query.view}" is nested too deeply`,
				`A record may nest ${MAX_DEPTH_STORED} levels. Choose columns without the nested value under 'Options'.`,
			);
	}
	return typeof id === 'string' ? findTextReason(query, id) : undefined;
}

/** The reason to skip a text that no filter can hold: rows are requested by their IDs. */
function findTextReason(query: WatchedQuery, id: string): BuildSkipReason | undefined {
	const { idColumn: column, view } = query;
	const budget = getOrCreate(urlBudgets, query, () =>
		getUrlBudget({ ...query, column, type: 'string' }),
	);
	const hasRoom = budget > SHORT_TEXT * (MAX_ENCODED_LENGTH + 1);
	if (hasRoom && id.length <= SHORT_TEXT && !/\p{Surrogate}/u.test(id)) return undefined;
	const label = `"${formatValue(id)}" in "${column}" of a record of the view "${view}"`;
	try {
		toMatchLiteral({ ...query, column, type: 'string' }, id, label);
		return undefined;
	} catch (error) {
		return () => error as InvalidInput;
	}
}

function buildMissingIdReason({ view, idColumn, columns }: WatchedQuery, row: Row): InvalidInput {
	const [column, value] = findFirstValue(row) ?? [];
	const name = column === undefined ? '' : ` (${formatValue(column)} "${formatValue(value)}")`;
	const names = formatNearestNames(idColumn, Object.keys(row));
	// The view's own choice of columns may lack the ID.
	const mayBeChosen = !columns && getColumnValue(row, idColumn) === undefined;
	const hints = [
		"Set another 'ID Column' under 'Options'.",
		mayBeChosen &&
			"If the view returns it only on request, choose 'Output Column Names or IDs' under 'Options': it is asked for with them.",
		names && `The record has: ${names}.`,
	];
	return new InvalidInput(
		`A record of the view "${view}"${name} has no value in "${idColumn}" to identify it`,
		hints.filter(Boolean).join(' '),
	);
}
