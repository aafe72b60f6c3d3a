import { isColumnName } from '../transport/url';
import type { Row, ViewQuery } from './view';

/** What stands before the name of an entry of `properties` among columns. */
export const PROPERTIES_PREFIX = 'properties.';

type ColumnSelection = Pick<ViewQuery, 'columns' | 'properties'>;

const unique = (names: string[]): string[] | undefined =>
	names.length ? [...new Set(names)] : undefined;

/** What asks for columns by their names. Entries of `properties` have a parameter of their own (DOC "Views"). */
export const selectColumns = (names: string[]): ColumnSelection => ({
	columns: unique(names.filter((name) => !name.startsWith(PROPERTIES_PREFIX))),
	properties: unique(
		names
			.filter((name) => name.startsWith(PROPERTIES_PREFIX))
			.map((name) => name.slice(PROPERTIES_PREFIX.length)),
	),
});

/** The query with a column among what it asks for; as it is where it leaves the choice to the view. */
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

/** The names of all columns of a row that can be asked for, those within `properties` one by one. */
export const listColumnNames = ({ properties, ...row }: Row): string[] =>
	[
		...Object.keys(row),
		...(typeof properties === 'object' && properties !== null
			? Object.keys(properties).map((name) => `${PROPERTIES_PREFIX}${name}`)
			: []),
	].filter(isColumnName);
