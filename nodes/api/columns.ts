import { isColumnName } from './address';
import type { Row, ViewQuery } from './view';

/** What stands before the name of an entry of `properties` among columns. */
export const WITHIN = 'properties.';

type Choice = Pick<ViewQuery, 'columns' | 'properties'>;

const unique = (names: string[]): string[] | undefined =>
	names.length ? [...new Set(names)] : undefined;

/** What asks for columns by their names. Entries of `properties` have a parameter of their own (DOC "Views"). */
export const choosing = (names: string[]): Choice => ({
	columns: unique(names.filter((name) => !name.startsWith(WITHIN))),
	properties: unique(
		names.filter((name) => name.startsWith(WITHIN)).map((name) => name.slice(WITHIN.length)),
	),
});

/** The query with a column among what it asks for; as it is where it leaves the choice to the view. */
export function asking<Query extends Choice>(query: Query, column: string): Query {
	const { columns, properties } = query;
	const has = (names: string[], name: string) => [...new Set([name, ...names])];
	if (!column.startsWith(WITHIN))
		return columns ? { ...query, columns: has(columns, column) } : query;
	if (columns?.includes('properties') && !properties) return query;
	return columns || properties
		? { ...query, properties: has(properties ?? [], column.slice(WITHIN.length)) }
		: query;
}

/** The names of all columns of a row that can be asked for, those within `properties` one by one. */
export const namesIn = ({ properties, ...row }: Row): string[] =>
	[
		...Object.keys(row),
		...(typeof properties === 'object' && properties !== null
			? Object.keys(properties).map((name) => `${WITHIN}${name}`)
			: []),
	].filter(isColumnName);
