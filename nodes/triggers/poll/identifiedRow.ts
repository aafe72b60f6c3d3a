import { isEmpty } from '../../api/common/json';
import { getColumnValue } from '../../api/views/columns';
import type { Row, RowId } from '../../api/views/row';
import { toRecordKey } from '../hash';
import { findFirstValue } from './skipReasons';
import type { WatchedQuery } from './watchedColumns';

/** A row with its ID, and the key that stands for the ID in the state. */
export interface IdentifiedRow {
	id: RowId;
	key: string;
	row: Row;
}

/** Orders IDs: numbers by value, then texts. */
export const compareIds = (a: RowId, b: RowId): number => {
	if (typeof a === 'number' && typeof b === 'number') return a - b;
	if (typeof a !== typeof b) return typeof a === 'number' ? -1 : 1;
	return a < b ? -1 : 1;
};

export function identifyRow({ idColumn }: WatchedQuery, row: Row): IdentifiedRow {
	const id = getColumnValue(row, idColumn) as RowId;
	return { id, key: toRecordKey(isEmpty(id) ? findFirstValue(row) : id), row };
}
