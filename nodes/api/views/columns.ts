import { MAX_DEPTH_STORED } from '../common/depth';
import { getOrCreate } from '../common/maps';
import { isEmpty, isObjectOrList } from '../common/json';
import { isColumnName } from './names';
import type { Row, ViewQuery } from './row';

/** Stands before the key of an entry of `properties` in the name of its column. */
export const PROPERTIES_PREFIX = 'properties.';

/** The key of an entry of `properties`, from the name of its column; undefined for any other column. */
export const getPropertyKey = (column: string): string | undefined =>
	column.startsWith(PROPERTIES_PREFIX) ? column.slice(PROPERTIES_PREFIX.length) : undefined;

/** Whether a column is an entry of `properties`. */
export const isPropertyColumn = (column: string): boolean => column.startsWith(PROPERTIES_PREFIX);

const toPropertyColumn = (key: string): string => `${PROPERTIES_PREFIX}${key}`;

/** The columns to ask for; entries of `properties` have a parameter of their own (DOC "Views"). */
export type ColumnSelection = Pick<ViewQuery, 'columns' | 'properties'>;

const unique = (names: string[]): string[] | undefined =>
	names.length ? [...new Set(names)] : undefined;

/** The part of a query that asks for columns. */
export const selectColumns = (names: string[]): ColumnSelection => ({
	columns: unique(names.filter((name) => !isPropertyColumn(name))),
	properties: unique(names.map(getPropertyKey).filter((key) => key !== undefined)),
});

/** The names of the columns that a query asks for, entries of `properties` among them. */
export const listSelectedColumns = ({
	columns = [],
	properties = [],
}: ColumnSelection): string[] => [...columns, ...properties.map(toPropertyColumn)];

/**
 * The query with one more column; unchanged where it leaves the choice of columns to the view. With entries of
 * `properties` alone the view would return its own choice of columns too.
 */
export function withColumn<Query extends ColumnSelection>(query: Query, column: string): Query {
	const { columns, properties } = query;
	const prepend = (names: string[], name: string) => [...new Set([name, ...names])];
	const propertyKey = getPropertyKey(column);
	if (!columns && !properties) return query;
	if (propertyKey === undefined) return { ...query, columns: prepend(columns ?? [], column) };
	if (columns?.includes('properties') && !properties) return query;
	return { ...query, properties: prepend(properties ?? [], propertyKey) };
}

/** The names of the columns of a row, with the entries of `properties` instead of `properties` itself. */
export const listFlatColumns = (row: Row): string[] =>
	Object.keys(row).flatMap((name) => {
		const value = row[name];
		return name === 'properties' && isObjectOrList(value)
			? Object.keys(value).map(toPropertyColumn)
			: [name];
	});

/** The names of all columns of a row that can be asked for. */
export const listColumnNames = (row: Row): string[] => listFlatColumns(row).filter(isColumnName);

/** The rows that have each column, so that rows of many `properties` of their own are read once. */
export function groupByColumn(rows: Row[]): Map<string, Row[]> {
	const groups = new Map<string, Row[]>();
	for (const row of rows)
		for (const name of new Set(listFlatColumns(row))) getOrCreate(groups, name, () => []).push(row);
	return groups;
}

/** The value of a column in a row; `properties.x` may be nested or flat (which of them is UNKNOWN). */
export function getColumnValue(row: Row, column: string): unknown {
	let values = row;
	let name = column;
	for (let depth = 0; depth < MAX_DEPTH_STORED; depth++) {
		if (Object.hasOwn(values, name)) return values[name];
		const dot = name.indexOf('.');
		const outer = name.slice(0, Math.max(0, dot));
		const inner = Object.hasOwn(values, outer) ? values[outer] : undefined;
		if (dot < 0 || !isObjectOrList(inner)) return undefined;
		values = inner as Row;
		name = name.slice(dot + 1);
	}
	return undefined;
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
		const propertyKey = Object.hasOwn(row, column) ? undefined : getPropertyKey(column);
		if (propertyKey === undefined) outer.push([column, value]);
		else properties.push([propertyKey, value]);
	}
	if (properties.length && !columns.includes('properties'))
		outer.push(['properties', Object.fromEntries(properties)]);
	return Object.fromEntries(outer) as Row;
}
