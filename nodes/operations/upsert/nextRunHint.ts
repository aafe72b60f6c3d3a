import type { IDataObject } from 'n8n-workflow';

import { isBlankText } from '../../api/common/json';
import { getPropertyKey, isPropertyColumn, PROPERTIES_PREFIX } from '../../api/views/columns';

const NEW_IDS =
	'No record had these IDs, so new ones were created with IDs assigned by Teamogy. The next run would create them again. Match on a column whose values you set, e.g. number or name.';

const withoutMatchValue = (column: string): string =>
	`New records were created without a value in "${column}", the column to match on. Unless Teamogy fills the column with that value, the next run creates the records again. Enter the value as a field of the record too.`;

/**
 * Whether a new record has a value for a column. A view may show as a column a field at any depth of the
 * record, as `registration` or the `name` of a document.
 */
function containsColumn(body: IDataObject, column: string): boolean {
	const name = getPropertyKey(column) ?? column;
	const names = [name, `${PROPERTIES_PREFIX}${name}`];
	const contains = (fields: unknown): boolean =>
		typeof fields === 'object' &&
		fields !== null &&
		Object.entries(fields).some(
			([key, value]) => (names.includes(key) && !isBlankText(value)) || contains(value),
		);
	return contains(isPropertyColumn(column) ? body.properties : body);
}

/** The hint that the next run creates a new record again; undefined where the record has the value it is matched on. */
export function buildNextRunHint(body: IDataObject, column: string): string | undefined {
	if (column === 'id') return NEW_IDS;
	return containsColumn(body, column) ? undefined : withoutMatchValue(column);
}
