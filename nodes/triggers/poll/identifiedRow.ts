import { toMatchLiteral } from '../../api/views/matchBatches';
import { InvalidInput, type TeamogyError } from '../../api/transport/errors';
import { formatValue } from '../../api/formatValue';
import { getColumnValue } from '../../api/views/columns';
import type { Row } from '../../api/views/view';
import { isTooDeep, MAX_DEPTH, toKey } from '../hash';
import type { WatchedQuery } from './watchedColumns';

export type Id = string | number;

/** A row with its ID, and the key that stands for the ID in the state. */
export interface IdentifiedRow {
	id: Id;
	key: string;
	row: Row;
}

/** Text of at most so many characters fits an address, whatever its letters are. */
const SHORT_TEXT = 200;

/** Orders IDs: numbers by value, then texts. */
export const compareIds = (a: Id, b: Id): number => {
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
	return a < b ? -1 : 1;
};

/** Why a row is left out. The message is built only where it is shown: thousands of rows may be left out at each poll. */
export type BuildFault = () => InvalidInput;

const isMissing = (value: unknown): boolean =>
	value === undefined || value === null || value === '';

/** What names a row without an ID: its first column with a value. */
const findName = (row: Row): [column: string, value: unknown] | undefined =>
	Object.entries(row).find(([, value]) => !isMissing(value));

/** The key of a row that has no value in any column. */
export const NAMELESS_KEY = toKey(undefined);

/** A row with its ID; `buildFault` is there if the row cannot be delivered. */
export function identifyRow(
	query: WatchedQuery,
	row: Row,
): IdentifiedRow & { buildFault?: BuildFault } {
	const id = getColumnValue(row, query.idColumn) as Id;
	const name = isMissing(id) ? findName(row) : id;
	return {
		id,
		key: name === undefined ? NAMELESS_KEY : toKey(name),
		row,
		buildFault: findFault(query, id, row),
	};
}

const inColumn = ({ idColumn, view }: WatchedQuery): string =>
	`The column "${idColumn}" of the view "${view}" contains`;

function findFault(query: WatchedQuery, id: unknown, row: Row): BuildFault | undefined {
	if (isMissing(id)) return () => missingIdFault(query, row);
	if (typeof id !== 'number' && typeof id !== 'string') {
		return () =>
			new InvalidInput(
				`${inColumn(query)} ${formatValue(id)}, which is neither a number nor text`,
				"Set another 'ID Column' under 'Options' if its rows have no ID in this one.",
			);
	}
	if (query.needsNumericIds && !Number.isInteger(id)) {
		return () =>
			new InvalidInput(
				`${inColumn(query)} ${typeof id === 'string' ? `the text "${formatValue(id)}"` : id}, not a whole number`,
				"The event 'Created' needs increasing whole numbers. Set another 'ID Column' under 'Options', or choose the event 'Created or Updated'.",
			);
	}
	// JSON.parse rounds larger integers: two records would look like one.
	if (typeof id === 'number' && Math.abs(id) > Number.MAX_SAFE_INTEGER) {
		return () =>
			new InvalidInput(
				`${inColumn(query)} ${id}, and n8n cannot tell apart numbers above ${Number.MAX_SAFE_INTEGER}`,
				"Set another 'ID Column' under 'Options'.",
			);
	}
	if (isTooDeep(row)) {
		return () =>
			new InvalidInput(
				`The row with "${formatValue(id)}" in "${query.idColumn}" of the view "${query.view}" is nested too deeply`,
				`A row may nest ${MAX_DEPTH} levels. Choose columns without the nested value under 'Options'.`,
			);
	}
	return typeof id === 'string' ? findTextFault(query, id) : undefined;
}

/** The fault of a text that no request can ask for: rows are asked for by their IDs. */
function findTextFault(query: WatchedQuery, id: string): BuildFault | undefined {
	if (id.length <= SHORT_TEXT && !/\p{Surrogate}/u.test(id)) return undefined;
	const { idColumn: column, view } = query;
	const where = `"${formatValue(id)}" in "${column}" of a row of the view "${view}"`;
	try {
		toMatchLiteral({ ...query, column, type: 'string' }, id, where);
		return undefined;
	} catch (error) {
		return () => error as InvalidInput;
	}
}

function missingIdFault({ view, idColumn, columns }: WatchedQuery, row: Row): InvalidInput {
	const [column, value] = findName(row) ?? [];
	const name = column === undefined ? '' : ` (${formatValue(column)} "${formatValue(value)}")`;
	const names = Object.keys(row).slice(0, 30).map(formatValue).join(', ');
	// The view's own choice of columns may lack the ID.
	const mayBeChosen = !columns && getColumnValue(row, idColumn) === undefined;
	const hints = [
		"Set another 'ID Column' under 'Options'.",
		names && `The row has: ${names}.`,
		mayBeChosen &&
			"If the view has it but does not return it by itself, choose 'Column Names or IDs' under 'Options': it is asked for with them.",
	];
	return new InvalidInput(
		`A row of the view "${view}"${name} has no value in "${idColumn}" to identify it`,
		hints.filter(Boolean).join(' '),
	);
}

/** Why a row is left out whose ID Teamogy refuses where rows are asked for by their IDs. */
export const refusedIdFault = (
	{ view, idColumn }: WatchedQuery,
	id: Id,
	{ description }: TeamogyError,
): InvalidInput =>
	new InvalidInput(
		`Teamogy refuses "${formatValue(id)}" in "${idColumn}" of a row of the view "${view}"`,
		`Correct it in Teamogy, or set another 'ID Column' under 'Options'. ${description}`,
	);
