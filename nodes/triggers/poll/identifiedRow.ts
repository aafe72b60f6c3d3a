import { toMatchLiteral } from '../../api/views/matchBatches';
import { InvalidInput } from '../../api/transport/errors';
import { formatValue } from '../../api/formatValue';
import { type Row, type ViewQuery } from '../../api/views/view';
import { getColumnValue } from '../../api/views/columns';
import { hash, KEY_LENGTH } from '../hash';

/** What a trigger watches. */
export interface WatchedQuery extends ViewQuery {
	idColumn: string;
	/** Whether IDs have to be whole numbers: those that grow tell new records. */
	needsNumericIds: boolean;
}

export type Id = string | number;

/** A row with its ID, and the key its state is kept under. */
export interface IdentifiedRow {
	id: Id;
	key: string;
	row: Row;
}

/** Text of at most so many characters fits an address, whatever its letters are. */
const SHORT_TEXT = 200;

/** Ascending: numbers by value, then texts. */
export const compareIds = (a: Id, b: Id): number => {
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
	return a < b ? -1 : 1;
};

/** A row with its ID; or why it cannot be told from others by it. */
export function identifyRow(query: WatchedQuery, row: Row): IdentifiedRow | InvalidInput {
	const { idColumn, view } = query;
	const id = getColumnValue(row, idColumn);
	if (id === undefined || id === null || id === '') return missingIdFault(query, row);
	const inColumn = `The column "${idColumn}" of the view "${view}" contains`;
	if (typeof id !== 'number' && typeof id !== 'string') {
		return new InvalidInput(
			`${inColumn} ${formatValue(id)}, which is neither a number nor text`,
			"Set another 'ID Column' under 'Options' if its rows have no ID in this one.",
		);
	}
	const fault =
		findNumberFault(query, id, inColumn) ??
		(typeof id === 'string' ? findTextFault(query, id) : undefined);
	return fault ?? { id, key: hash(id, KEY_LENGTH), row };
}

function findNumberFault(
	{ needsNumericIds }: WatchedQuery,
	id: Id,
	inColumn: string,
): InvalidInput | undefined {
	if (needsNumericIds && !Number.isInteger(id)) {
		return new InvalidInput(
			`${inColumn} ${typeof id === 'string' ? `the text "${formatValue(id)}"` : id}, not a whole number`,
			"The event 'Created' needs increasing whole numbers. Set another 'ID Column' under 'Options', or choose the event 'Created or Updated'.",
		);
	}
	// JSON keeps larger ones only roughly: two records would look like one.
	if (typeof id === 'number' && Math.abs(id) > Number.MAX_SAFE_INTEGER) {
		return new InvalidInput(
			`${inColumn} numbers above ${Number.MAX_SAFE_INTEGER}, which n8n cannot tell apart`,
			"Set another 'ID Column' under 'Options'.",
		);
	}
	return undefined;
}

/** A row is asked for by its ID when it is delivered. */
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
	const has = Object.keys(row).slice(0, 30).map(formatValue).join(', ');
	return new InvalidInput(
		`A row of the view "${view}" has no value in "${idColumn}" to identify it`,
		[
			"Set another 'ID Column' under 'Options'.",
			has && `The row has: ${has}.`,
			// The view's own choice may leave it out.
			!columns &&
				getColumnValue(row, idColumn) === undefined &&
				"If the view has it but does not return it by itself, choose 'Column Names or IDs' under 'Options': it is asked for with them.",
		]
			.filter(Boolean)
			.join(' '),
	);
}
