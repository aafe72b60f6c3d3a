import { formatList, formatValue } from '../common/formatValue';
import { InvalidInput } from '../common/invalidInput';
import { getColumnValue } from '../views/columns';
import type { MatchQuery, WantedValue } from './matchBatches';
import type { Row } from '../views/row';

const MAX_WANTED_VALUES_NAMED = 3;
const MAX_IDS_LISTED = 20;

/**
 * The error for a value that several records have.
 *
 * @param what the value, its column and how it is matched, e.g. `"ABC" in "code"`
 */
export const severalRecordsError = (
	what: string,
	ids: readonly unknown[],
	hint: string,
): InvalidInput =>
	new InvalidInput(`${ids.length} records have ${what}: ${formatList(ids, MAX_IDS_LISTED)}`, hint);

export const rowsWithoutIdError = (view: string, hint: string): InvalidInput =>
	new InvalidInput(`The view "${view}" returns records without an ID that can be used`, hint);

/** The error where a view returns the column only by name, and the names of the others are too long beside it. */
export const tooManyColumnsError = ({ view, column }: MatchQuery): InvalidInput =>
	new InvalidInput(
		`The view "${view}" returns "${column}" only on request, and the names of all its columns do not fit in one request`,
		'Match on another column, e.g. id or number.',
	);

export const tooManySpellingsError = ({ column }: MatchQuery): InvalidInput =>
	new InvalidInput(
		`The items have too many spellings of one value of "${column}" to tell which of them Teamogy treats as equal`,
		'Write the value in the same way in all items.',
	);

/** The error where a row came that belongs to none of the values, and some of them have no row. */
export const unrelatedRowError = (
	{ column }: MatchQuery,
	row: Row,
	values: Array<Pick<WantedValue, 'key'>>,
): InvalidInput => {
	const value = getColumnValue(row, column);
	const named = values.slice(0, MAX_WANTED_VALUES_NAMED).map(({ key }) => `"${formatValue(key)}"`);
	const more = values.length > named.length ? ` or ${values.length - named.length} more` : '';
	return new InvalidInput(
		`Teamogy returned a record with ${value === undefined ? 'nothing' : `"${formatValue(value)}"`} in "${column}" instead of ${named.join(' or ')}${more}`,
		'The node cannot tell which item it belongs to. Check that the column contains single values of the same type, or match on another column, e.g. id or number.',
	);
};
