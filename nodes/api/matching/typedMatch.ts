import type { TeamogyClient } from '../transport/client';
import type { TypedValue, ValueType } from '../views/literal';
import { matchRowsLoosely, type LooseMatchQuery } from './looseMatch';
import { matchRows, type ValueMatches } from './match';

/** A query for values that have types of their own. */
export interface TypedMatchQuery extends Omit<LooseMatchQuery, 'type'> {
	/** Whether text matches whatever its case and accents. */
	ignoreCase?: boolean;
}

/** The rows of values of one column, by the types that the values are compared as. */
export type TypedMatches = ReadonlyMap<ValueType, ValueMatches>;

/** Matches values against a column of a view, the values of each type at once. Throws as `matchRows`. */
export async function matchTypedRows(
	client: TeamogyClient,
	{ ignoreCase, ...query }: TypedMatchQuery,
	values: TypedValue[],
): Promise<TypedMatches> {
	const byType = new Map<ValueType, ValueMatches>();
	for (const type of new Set(values.map((value) => value.type))) {
		const match = ignoreCase && type === 'string' ? matchRowsLoosely : matchRows;
		const sameType = values.filter((value) => value.type === type).map(({ value }) => value);
		byType.set(type, await match(client, { ...query, type }, sameType));
	}
	return byType;
}
