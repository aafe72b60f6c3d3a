import { formatValue } from '../../api/common/formatValue';
import { isEmpty } from '../../api/common/json';
import { rowsWithoutIdError, severalRecordsError } from '../../api/matching/matchErrors';
import { parseRecordId } from '../../api/record';
import type { Row } from '../../api/views/row';

/** The column of a view that records are matched on. */
export interface MatchColumn {
	view: string;
	column: string;
}

/**
 * The ID of the record with a value; undefined without one.
 *
 * @param rows those with the value
 * @throws InvalidInput for several records, and for a record without an ID
 */
export function findSingleId(
	{ view, column }: MatchColumn,
	value: unknown,
	rows: Row[],
): string | undefined {
	const ids = [...new Set(rows.map(({ id }) => id))];
	if (ids.some(isEmpty))
		throw rowsWithoutIdError(view, 'Update the record with the operation Update instead.');
	if (ids.length > 1) {
		throw severalRecordsError(
			`"${formatValue(value)}" in "${column}"`,
			ids,
			'Match on a column that is different for every record, narrow the match with filters, or update the right one by its ID.',
		);
	}
	return ids.length ? parseRecordId(ids[0], 'The ID of the record found') : undefined;
}
