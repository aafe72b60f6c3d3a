import { encode } from './address';
import type { TeamogyClient } from './client';
import { both, literal, oneOf, type ValueType } from './filter';
import { DEFAULT_PAGE_SIZE, readRows, valueAt, type Row, type ViewQuery } from './view';

/** Longest address of one request, in characters. What Teamogy's gateway takes is UNKNOWN. */
const LONGEST_URL = 6000;
/** What the address holds besides the values: host, path, columns, limit. */
const ADDRESS_SHARE = 400;
/** Groups asked for at the same time; the account's budget bounds them further. */
const AT_ONCE = 8;

export interface MatchQuery extends Omit<ViewQuery, 'offset' | 'limit'> {
	column: string;
	type: ValueType;
}

/** Finds the rows whose column equals a value. */
export type Matches = (value: unknown) => Row[];

/** The same value however it is written: `5` and `"5"`, `5.0` and `5`, composed and decomposed text. */
const keyOf = (value: unknown, type: ValueType): string => {
	if (type === 'number') return String(Number(value));
	const text = String(value);
	return type === 'boolean' ? text.trim().toLowerCase() : text.normalize('NFC');
};

/**
 * Matches many values against a column of a view in as few requests as addresses allow:
 * `(id=1 OR id=2 …)`. Every value is asked for once. Values with a quote go in requests of their
 * own, since how a quote is escaped is UNKNOWN and a refusal shall not touch the others.
 *
 * @param values what to look for, each a text, number or boolean that fits the type
 * @returns finds the rows of a value: those that equal it, else those that differ in case only, as
 * a server that ignores case reports them
 * @throws InvalidInput when a value is not of the type; TeamogyError, Stopped as the requests
 */
export async function matchRows(
	client: TeamogyClient,
	query: MatchQuery,
	values: unknown[],
): Promise<Matches> {
	const { column, type, filter, ...view } = query;
	const literals = [
		...new Set(values.map((value) => literal(value, type, 'The value to look for'))),
	];
	const columns = view.columns && [...new Set([column, ...view.columns])];
	const exact = new Map<string, Row[]>();
	const folded = new Map<string, Row[]>();
	const add = (map: Map<string, Row[]>, key: string, row: Row) => {
		const rows = map.get(key);
		if (rows) rows.push(row);
		else map.set(key, [row]);
	};

	const room =
		LONGEST_URL -
		ADDRESS_SHARE -
		[columns, view.properties, filter]
			.map((part) => (part ? encode(part.toString()).length : 0))
			.reduce((a, b) => a + b);
	const groups = grouped(column, literals, room, view.pageSize ?? DEFAULT_PAGE_SIZE);
	const readGroups = async () => {
		for (let group = groups.shift(); group; group = groups.shift()) {
			const rows = await readRows(client, {
				...view,
				columns,
				filter: both(oneOf(column, group), filter),
			});
			for (const row of rows) {
				const key = keyOf(valueAt(row, column), type);
				add(exact, key, row);
				if (type === 'string') add(folded, key.toLowerCase(), row);
			}
		}
	};
	try {
		await Promise.all(Array.from({ length: Math.min(AT_ONCE, groups.length) }, readGroups));
	} finally {
		// One that is refused ends the others too.
		groups.length = 0;
	}

	return (value) => {
		const key = keyOf(value, type);
		return exact.get(key) ?? folded.get(key.toLowerCase()) ?? [];
	};
}

/** Literals in groups whose conditions fit the room of one address and one page of answers. */
const grouped = (column: string, literals: string[], room: number, most: number): string[][] => {
	const groups: string[][] = [];
	for (const quoted of [false, true]) {
		let length = Infinity;
		for (const value of literals) {
			if (value.slice(1, -1).includes("'") !== quoted) continue;
			const share = encode(` OR ${column}=${value}`).length;
			if (length + share > room || groups[groups.length - 1].length >= most) {
				groups.push([]);
				length = 0;
			}
			groups[groups.length - 1].push(value);
			length += share;
		}
	}
	return groups;
};
