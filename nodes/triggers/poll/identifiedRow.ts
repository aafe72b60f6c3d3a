import { toMatchLiteral } from '../../api/views/matchBatches';
import { InvalidInput, type TeamogyError } from '../../api/transport/errors';
import { formatValue } from '../../api/formatValue';
import { getColumnValue } from '../../api/views/columns';
import { type Row, type ViewQuery } from '../../api/views/view';
import { toKey } from '../hash';

/** The rows that a trigger watches. */
export interface WatchedQuery extends ViewQuery {
	idColumn: string;
	/** Whether IDs must be whole numbers: increasing ones tell new records. */
	needsNumericIds: boolean;
}

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

/** A row with its ID; `fault` tells why the ID does not identify the row. */
export function identifyRow(
	query: WatchedQuery,
	row: Row,
): IdentifiedRow & { fault?: InvalidInput } {
	const id = getColumnValue(row, query.idColumn) as Id;
	return { id, key: toKey(id), row, fault: findFault(query, id, row) };
}

function findFault(query: WatchedQuery, id: unknown, row: Row): InvalidInput | undefined {
	if (id === undefined || id === null || id === '') return missingIdFault(query, row);
	const inColumn = `The column "${query.idColumn}" of the view "${query.view}" contains`;
	if (typeof id !== 'number' && typeof id !== 'string') {
		return new InvalidInput(
			`${inColumn} ${formatValue(id)}, which is neither a number nor text`,
			"Set another 'ID Column' under 'Options' if its rows have no ID in this one.",
		);
	}
	if (query.needsNumericIds && !Number.isInteger(id)) {
		return new InvalidInput(
			`${inColumn} ${typeof id === 'string' ? `the text "${formatValue(id)}"` : id}, not a whole number`,
			"The event 'Created' needs increasing whole numbers. Set another 'ID Column' under 'Options', or choose the event 'Created or Updated'.",
		);
	}
	// JSON.parse rounds larger integers: two records would look like one.
	if (typeof id === 'number' && Math.abs(id) > Number.MAX_SAFE_INTEGER) {
		return new InvalidInput(
			`${inColumn} numbers above ${Number.MAX_SAFE_INTEGER}, which n8n cannot tell apart`,
			"Set another 'ID Column' under 'Options'.",
		);
	}
	return typeof id === 'string' ? findTextFault(query, id) : undefined;
}

/** The fault of a text that no request can ask for: rows are asked for by their IDs. */
function findTextFault(query: WatchedQuery, id: string): InvalidInput | undefined {
	if (id.length <= SHORT_TEXT && !/\p{Surrogate}/u.test(id)) return undefined;
	const { idColumn: column, view } = query;
	const where = `"${formatValue(id)}" in "${column}" of a row of the view "${view}"`;
	try {
		toMatchLiteral({ ...query, column, type: 'string' }, id, where);
		return undefined;
	} catch (error) {
		return error as InvalidInput;
	}
}

function missingIdFault({ view, idColumn, columns }: WatchedQuery, row: Row): InvalidInput {
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
		`A row of the view "${view}" has no value in "${idColumn}" to identify it`,
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
