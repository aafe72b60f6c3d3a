import {
	getColumnValue,
	listSelectedColumns,
	pickColumns,
	selectColumns,
	withColumn,
	type ColumnSelection,
} from '../../api/views/columns';
import type { Row, ViewQuery } from '../../api/views/row';

/** The state of more rows would be too large for the workflow's static data. */
export const MAX_WATCHED_ROWS = 100_000;

/** The rows that a trigger watches. The columns of the query are the delivered columns. */
export interface WatchedQuery extends ViewQuery {
	idColumn: string;
	/** Whether IDs must be whole numbers: increasing ones tell new records. */
	needsNumericIds: boolean;
	/** The columns whose changes count; undefined if the delivered columns count. */
	watchColumns?: string[];
}

/** The columns whose changes count. */
export const getWatchedSelection = ({
	watchColumns,
	columns,
	properties,
}: WatchedQuery): ColumnSelection =>
	watchColumns ? selectColumns(watchColumns) : { columns, properties };

/** The query for delivered rows: the chosen columns and the ID. */
export const buildRowQuery = (query: WatchedQuery): ViewQuery =>
	withColumn<ViewQuery>(query, query.idColumn);

/**
 * Whether changed rows are read once more to be delivered. If the view chooses the delivered columns, or the entries
 * of `properties`, one request cannot add watched columns: names replace the view's choice (DOC "Views").
 */
export const needsSecondRead = ({ watchColumns, columns }: WatchedQuery): boolean =>
	watchColumns !== undefined && (!columns || [...columns, ...watchColumns].includes('properties'));

/** The query for compared rows: the watched columns, and the delivered columns if one request can have both. */
export function buildWatchQuery(query: WatchedQuery): ViewQuery {
	const { idColumn, watchColumns } = query;
	if (!watchColumns) return buildRowQuery(query);
	const delivered = needsSecondRead(query) ? [] : listSelectedColumns(query);
	return { ...query, ...selectColumns([idColumn, ...delivered, ...watchColumns]) };
}

/** The compared part of a row: the values of the watched columns, or the whole row if the view chooses the columns. */
export function getWatchedContent(query: WatchedQuery, row: Row): unknown {
	if (!query.watchColumns && !query.columns) return row;
	const names = listSelectedColumns(getWatchedSelection(query)).sort();
	return Object.fromEntries(names.map((name) => [name, getColumnValue(row, name) ?? null]));
}

/** The row without the columns that are watched only. */
export const selectDelivered = (query: WatchedQuery, row: Row): Row =>
	!query.watchColumns || needsSecondRead(query)
		? row
		: pickColumns(row, listSelectedColumns(buildRowQuery(query)));
