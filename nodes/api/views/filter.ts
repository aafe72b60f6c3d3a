import { isColumnName } from './names';

/** The comparisons of two single values. */
export type Comparison =
	| 'equal'
	| 'notEqual'
	| 'greaterThan'
	| 'greaterThanOrEqual'
	| 'lessThan'
	| 'lessThanOrEqual';

/**
 * Uses only `=`, AND, OR, NOT and brackets (DOC "Views"), and `>` (CLIENT). The other comparisons are put
 * together from these.
 */
export const COMPARISON_SYNTAX: Record<Comparison, (column: string, literal: string) => string> = {
	equal: (column, value) => `${column}=${value}`,
	notEqual: (column, value) => `NOT (${column}=${value})`,
	greaterThan: (column, value) => `${column}>${value}`,
	greaterThanOrEqual: (column, value) => `(${column}>${value} OR ${column}=${value})`,
	lessThan: (column, value) => `NOT (${column}>${value} OR ${column}=${value})`,
	lessThanOrEqual: (column, value) => `NOT (${column}>${value})`,
};

/** `(column=1 OR column=2 …)`: one of several values, already written as literals. */
export const anyOfFilter = (column: string, literals: string[]): string =>
	`(${literals.map((value) => `${column}=${value}`).join(' OR ')})`;

/** The filter that both filters fit; either may be missing. */
export const andFilters = (a: string | undefined, b: string | undefined): string | undefined =>
	a && b ? `(${a}) AND (${b})` : (a ?? b);

/** Text in single quotes. A quote within the text is doubled: two such texts in a row. */
const QUOTED_TEXT = /'[^']*'/g;

/**
 * Whether each quote and each bracket of a filter is closed. One that is not would take in, or leave, the
 * conditions that the filter is combined with.
 */
export function isBalanced(filter: string): boolean {
	let depth = 0;
	for (const character of filter.replace(QUOTED_TEXT, '')) {
		if (character === "'") return false;
		if (character === '(') depth++;
		if (character === ')' && --depth < 0) return false;
	}
	return depth === 0;
}

/**
 * The filter as it is sent. One that combines or negates conditions stands in one pair of brackets, as the
 * documented example (DOC "Views"): so it stays one condition where a server adds conditions of its own.
 * Also what a user wrote: brackets around a whole filter change nothing.
 */
export function encloseFilter(filter: string): string {
	const unquoted = filter.replace(QUOTED_TEXT, '');
	if (!/\b(AND|OR|NOT)\b/i.test(unquoted)) return filter;
	let depth = 0;
	const depths = [...unquoted].map((character) =>
		character === '(' ? ++depth : character === ')' ? --depth : depth,
	);
	// Enclosed: a first bracket that only the last one closes.
	return depths.indexOf(0) === depths.length - 1 ? filter : `(${filter})`;
}

/** The columns that a filter in Teamogy's syntax compares: the words before `=` and `>`. */
export const listComparedColumns = (filter: string): string[] => {
	const parts = filter.replace(QUOTED_TEXT, '').split(/[=>]/).slice(0, -1);
	const words = parts.map(
		(part) =>
			part
				.trimEnd()
				.split(/[\s()]/)
				.at(-1) ?? '',
	);
	return [...new Set(words.filter(isColumnName))];
};
