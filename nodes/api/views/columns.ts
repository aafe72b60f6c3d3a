import { isEmpty, isObjectOrList } from '../common/json';
import { isColumnName } from './names';
import type { Row, ViewQuery } from './view';

/** Stands before the name of an entry of `properties` among columns. */
export const PROPERTIES_PREFIX = 'properties.';

type ColumnSelection = Pick<ViewQuery, 'columns' | 'properties'>;

const unique = (names: string[]): string[] | undefined =>
	names.length ? [...new Set(names)] : undefined;

/** The part of a query that asks for columns. Entries of `properties` have a parameter of their own (DOC "Views"). */
export const selectColumns = (names: string[]): ColumnSelection => ({
	columns: unique(names.filter((name) => !name.startsWith(PROPERTIES_PREFIX))),
	properties: unique(
		names
			.filter((name) => name.startsWith(PROPERTIES_PREFIX))
			.map((name) => name.slice(PROPERTIES_PREFIX.length)),
	),
});

/** The query with one more column; unchanged where it leaves the choice of columns to the view. */
export function withColumn<Query extends ColumnSelection>(query: Query, column: string): Query {
	const { columns, properties } = query;
	const prepend = (names: string[], name: string) => [...new Set([name, ...names])];
	if (!column.startsWith(PROPERTIES_PREFIX))
		return columns ? { ...query, columns: prepend(columns, column) } : query;
	if (columns?.includes('properties') && !properties) return query;
	return columns || properties
		? { ...query, properties: prepend(properties ?? [], column.slice(PROPERTIES_PREFIX.length)) }
		: query;
}

/** The names of the columns of a row, with the entries of `properties` instead of `properties` itself. */
export const listFlatColumns = (row: Row): string[] =>
	Object.keys(row).flatMap((name) => {
		const value = row[name];
		return name === 'properties' && isObjectOrList(value)
			? Object.keys(value).map((key) => `${PROPERTIES_PREFIX}${key}`)
			: [name];
	});

/** The names of all columns of a row that can be asked for. */
export const listColumnNames = (row: Row): string[] => listFlatColumns(row).filter(isColumnName);

/** The value of a column in a row; `properties.x` may be nested or flat (which of them is UNKNOWN). */
export function getColumnValue(row: Row, column: string): unknown {
	if (Object.hasOwn(row, column)) return row[column];
	const dot = column.indexOf('.');
	if (dot < 0) return undefined;
	const inner = row[column.slice(0, dot)];
	return isObjectOrList(inner) ? getColumnValue(inner as Row, column.slice(dot + 1)) : undefined;
}

/** The values that rows have in a column; rows without one are left out. */
export const listValues = (rows: Row[], column: string): unknown[] =>
	rows.map((row) => getColumnValue(row, column)).filter((value) => !isEmpty(value));

/** The row with these columns alone, each under its name; columns the row lacks are left out. */
export const toFlatRow = (row: Row, columns: readonly string[]): Row =>
	Object.fromEntries(
		columns
			.map((column) => [column, getColumnValue(row, column)])
			.filter(([, value]) => value !== undefined),
	) as Row;

/** The row with these columns alone, entries of `properties` where they are in the row. */
export function pickColumns(row: Row, columns: readonly string[]): Row {
	const outer: Array<[string, unknown]> = [];
	const properties: Array<[string, unknown]> = [];
	for (const column of columns) {
		const value = getColumnValue(row, column);
		if (value === undefined) continue;
		if (column.startsWith(PROPERTIES_PREFIX) && !Object.hasOwn(row, column))
			properties.push([column.slice(PROPERTIES_PREFIX.length), value]);
		else outer.push([column, value]);
	}
	if (properties.length && !columns.includes('properties'))
		outer.push(['properties', Object.fromEntries(properties)]);
	return Object.fromEntries(outer) as Row;
}
