import type { TeamogyClient } from '../transport/client';
import type { TypedValue, ValueType } from '../views/literal';
import { matchRowsLoosely } from './looseMatch';
import { matchRows, type ValueMatches } from './match';
import type { MatchQuery } from './matchBatches';

/** A query for values that have types of their own. */
export interface TypedMatchQuery extends Omit<MatchQuery, 'type'> {
	/** Whether text matches whatever its case and accents. */
	ignoreCase?: boolean;
	/** With `ignoreCase`: whether a name matches with and without its legal form. */
	ignoreLegalForm?: boolean;
	/** With `ignoreCase`: whether the view is read again where a value has no row, see `LooseMatchQuery`. */
	rechecksMissing?: boolean;
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
