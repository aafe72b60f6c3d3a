import { encode } from './address';
import type { TeamogyClient } from './client';
import { asking, choosing, namesIn, WITHIN } from './columns';
import { InvalidInput, Stopped, TeamogyError } from './errors';
import { both, literal, oneOf, type ValueType } from './filter';
import { compose, fold } from './fold';
import { DEFAULT_PAGE_SIZE, readRows, valueAt, type Row, type ViewQuery } from './view';

/** Longest address of one request, in characters. What Teamogy's gateway takes is UNKNOWN. */
const LONGEST_URL = 6000;
/** What the address holds besides the values: host, path, columns, limit. */
const ADDRESS_SHARE = 400;
/** Groups asked for at the same time; the account's budget bounds them further. */
const AT_ONCE = 8;
const ABOUT_THE_VALUES = [400, 414, 422];

/** Whether an error is a refusal that lies in the values asked for: others may do all the same. */
export const isAboutTheValues = (error: unknown): boolean =>
	error instanceof TeamogyError && ABOUT_THE_VALUES.includes(error.status ?? 0);

export interface MatchQuery extends Omit<ViewQuery, 'offset' | 'limit'> {
	column: string;
	type: ValueType;
}

/** The rows found for many values. */
export interface Matches {
	/**
	 * The rows of a value: those that equal it, else those the server holds for equal, as it does when
	 * it ignores case, accents or white space, or compares by date.
	 *
	 * @throws TeamogyError when its request was not answered
	 */
	(value: unknown): Row[];
	/** Whether all was answered and no value has rows. */
	readonly none: boolean;
}

/** The same value however it is written: `5` and `"5"`, `5.0` and `5`, composed and decomposed text. */
export const keyOf = (value: unknown, type: ValueType): string => {
	if (type === 'number') return String(Number(value));
	const text = String(value);
	return type === 'boolean' ? text.trim().toLowerCase() : compose(text);
};

/** What a key has in common with all that servers usually hold for equal: neither case, accents nor spacing. */
export const likeness = (key: string): string => fold(key).replace(/\s+/g, ' ').trim();

const shareOf = (column: string, value: string): number => encode(` OR ${column}=${value}`).length;

/** How many characters of an address are left for values. */
const roomOf = (query: MatchQuery): number => {
	const { columns, properties, filter } = asking(query, query.column);
	return [columns, properties, filter]
		.map((part) => (part ? encode(part.toString()).length : 0))
		.reduce((room, length) => room - length, LONGEST_URL - ADDRESS_SHARE);
};

/**
 * A value as it is asked for, if it can be matched at all.
 *
 * @param where names the value in messages
 * @throws InvalidInput when it is not of the type, or larger than numbers and addresses are
 */
export function matchable(query: MatchQuery, value: unknown, where: string): string {
	const { type, column } = query;
	const written = literal(value, type, where);
	if (type === 'number' && Math.abs(Number(written)) > Number.MAX_SAFE_INTEGER) {
		throw new InvalidInput(
			`${where}, "${String(value)}", has more digits than numbers are told apart by`,
			'Check it: IDs of Teamogy are shorter. If the column contains text, compare it as String.',
		);
	}
	if (shareOf(column, written) > roomOf(query)) {
		throw new InvalidInput(
			`${where} is too long for the address of a request`,
			`An address holds about ${LONGEST_URL} characters, filters and columns included, and a letter with an accent counts as six. Match by a shorter column, e.g. id or number.`,
		);
	}
	return written;
}

/** A value to ask for: how the filter writes it, what it is told from others by, and what a server may hold for equal. */
interface Asked {
	written: string;
	key: string;
	like: string;
}

/**
 * Matches many values against a column of a view in as few requests as addresses allow:
 * `(id=1 OR id=2 …)`. Every value is asked for once.
 *
 * Values with a quote go in requests of their own, and so do those with a backslash, since how these
 * are escaped is UNKNOWN and a refusal shall not touch the others. So do values that differ in case,
 * accents or spacing only: whether the server tells `ABC` from `abc` is UNKNOWN, and so its answer
 * says whose row it is.
 *
 * A row that equals none of the values was held for equal to one of them all the same: like it but for
 * case, a list it is in, or in a way of the server's own. In the last case it says which one: those
 * values are asked for again in parts, in the end by themselves. Should it give such a row for all
 * other values too, it did not heed the filter, and the row says nothing.
 *
 * What a view returns of its own choice is a predefined list (DOC "Views"), which may lack the column.
 * What cannot be told apart is then asked for again, with the column beside those that came.
 *
 * @param values what to look for, each `matchable`
 * @throws InvalidInput when a value is not; Stopped as the requests
 */
export async function matchRows(
	client: TeamogyClient,
	query: MatchQuery,
	values: unknown[],
): Promise<Matches> {
	const { column, type } = query;
	const most = query.pageSize ?? DEFAULT_PAGE_SIZE;
	const asked = new Map<string, Asked>();
	for (const value of values) {
		const written = matchable(query, value, 'The value to look for');
		const key = keyOf(value, type);
		// Of a text each form is asked for: whether the server knows them for the same is UNKNOWN.
		asked.set(type === 'string' ? written : key, { written, key, like: likeness(key) });
	}
	const equal = new Map<string, Row[]>();
	const alike = new Map<string, Row[]>();
	const failed = new Map<string, unknown>();
	const add = (map: Map<string, Row[]>, key: string, row: Row) => {
		const rows = map.get(key);
		if (rows) rows.push(row);
		else map.set(key, [row]);
	};
	// Values whose rows cannot be told apart since they came without the column, and what came instead.
	const mixed: Asked[] = [];
	const cameInstead = new Set(query.properties?.map((name) => `${WITHIN}${name}`));

	let heeded: Promise<boolean> | undefined;
	/** Whether rows came for the values asked for: then the first row for none of them is not among them. */
	const heeds = async (view: MatchQuery, values: string, rows: Row[]): Promise<boolean> => {
		heeded ??= readRows(client, {
			...view,
			filter: both(`NOT ${values}`, view.filter),
			limit: 1,
		}).then(
			([other]) => {
				const text = JSON.stringify(other);
				return !rows.some((row) => JSON.stringify(row) === text);
			},
			(error) => {
				heeded = undefined;
				// It cannot be told then, and that filters are heeded is documented (DOC "Views").
				if (isAboutTheValues(error)) return true;
				throw error;
			},
		);
		return await heeded;
	};

	/** Reads the rows of a group, and gives the groups to ask for again since it is not clear whose they are. */
	const read = async (view: MatchQuery, group: Asked[], again: boolean): Promise<Asked[][]> => {
		const values = oneOf(
			column,
			group.map(({ written }) => written),
		);
		const rows = await readRows(client, { ...view, filter: both(values, view.filter) });
		const lacks = (row: Row) => valueAt(row, column) === undefined;
		const keys = new Set(group.map(({ key }) => key));
		// Of one text some rows may be the server's for another case of it.
		const several = keys.size > 1 || (type === 'string' && rows.length > 1 && !again);
		if (several && rows.some(lacks)) {
			if (again) {
				throw new InvalidInput(
					`The view "${query.view}" is filtered by "${column}" but does not return it`,
					'So it cannot be told whose row is whose. Match by a column that the view returns, or one value at a time.',
				);
			}
			mixed.push(...group);
			for (const name of rows.flatMap(namesIn)) cameInstead.add(name);
			return [];
		}
		const [only] = keys;
		const chosen = view.columns ?? view.properties;
		const near: Array<[string, Row]> = [];
		const open: Row[] = [];
		for (const row of rows) {
			const value = valueAt(row, column);
			// Nothing, a list or an object is no value of its own to compare.
			const own = typeof value === 'object' || lacks(row) ? undefined : keyOf(value, type);
			if (own !== undefined && keys.has(own)) {
				add(equal, own, row);
				continue;
			}
			const whose = lacks(row) && !chosen ? [only] : keysLike(value, own, group);
			if (!whose.length) open.push(row);
			for (const key of whose) near.push([key, row]);
		}
		if (!near.length && !open.length) return [];
		const certain = await heeds(view, values, rows).catch((error) => {
			if (error instanceof Stopped) throw error;
			for (const key of keys) if (!equal.has(key)) failed.set(key, error);
			return false;
		});
		if (!certain) return [];
		if (open.length && keys.size > 1) {
			const left = [...keys].filter((key) => !equal.has(key));
			// Few rows are found fastest by halves, many by asking for each value alone.
			const kinds = new Set(open.map((row) => JSON.stringify(valueAt(row, column)))).size;
			return inParts(group, left, 2 * kinds);
		}
		for (const [key, row] of near) add(alike, key, row);
		for (const row of open) add(alike, only, row);
		return [];
	};
	const readAll = async (view: MatchQuery, groups: Asked[][], again = false): Promise<void> => {
		const unclear: Asked[][] = [];
		const readGroups = async () => {
			for (let group = groups.shift(); group; group = groups.shift()) {
				const more = await read(view, group, again).catch((error) => {
					if (error instanceof Stopped) throw error;
					// Anything else would meet the next request too.
					const lost = isAboutTheValues(error)
						? [group!]
						: [group!, ...groups.splice(0), ...unclear.splice(0)];
					for (const { key } of lost.flat()) failed.set(key, error);
					return [];
				});
				unclear.push(...more);
				// The others would come without it too.
				if (mixed.length) mixed.push(...groups.splice(0).flat());
			}
		};
		await Promise.all(Array.from({ length: Math.min(AT_ONCE, groups.length) }, readGroups));
		if (unclear.length) await readAll(view, unclear, again);
	};
	const groupsOf = (view: MatchQuery, values: Asked[]) =>
		grouped(column, values, roomOf(view), most);
	const first = asking(query, column);
	await readAll(first, groupsOf(first, [...asked.values()]));
	if (mixed.length) {
		const second = { ...query, ...choosing([column, ...cameInstead]) };
		await readAll(second, groupsOf(second, mixed.splice(0)), true);
	}

	const rowsOf = (value: unknown): Row[] => {
		const key = keyOf(value, type);
		if (failed.has(key)) throw failed.get(key);
		return equal.get(key) ?? alike.get(key) ?? [];
	};
	return Object.assign(rowsOf, { none: !equal.size && !alike.size && !failed.size });
}

/**
 * The keys that a value not equal to any is probably held for equal to: those like it; those in a list;
 * the text of a number; the day of a time.
 */
function keysLike(value: unknown, own: string | undefined, group: Asked[]): string[] {
	const like = own === undefined ? undefined : likeness(own);
	const standsFor = ({ key, like: asked }: Asked): boolean => {
		if (Array.isArray(value)) return value.some((one) => String(one) === key);
		if (asked === like) return true;
		if (typeof value === 'number') return key.trim() !== '' && Number(key) === value;
		return /^\d{4}-\d{2}-\d{2}$/.test(key) && /^[T ]/.test(afterStart(String(value), key));
	};
	return [...new Set(group.filter(standsFor).map(({ key }) => key))];
}

const afterStart = (text: string, start: string): string =>
	text.startsWith(start) ? text.slice(start.length) : '';

/** Those of a group with one of the keys, in at most so many parts; the forms of one text stay together. */
const inParts = (group: Asked[], keys: string[], most: number): Asked[][] => {
	const size = Math.ceil(keys.length / most);
	const partOf = new Map(keys.map((key, place) => [key, Math.floor(place / size)]));
	const parts = new Map<number | undefined, Asked[]>();
	for (const one of group) {
		const part = partOf.get(one.key);
		parts.set(part, [...(parts.get(part) ?? []), one]);
	}
	parts.delete(undefined);
	return [...parts.values()];
};

/** Values in groups whose conditions fit the room of one address and one page of answers. */
const grouped = (column: string, asked: Asked[], room: number, most: number): Asked[][] => {
	// Which of the values that are alike it is, from 0: those of one number go together.
	const places = new Map<string, string[]>();
	const placeOf = ({ key, like }: Asked): number => {
		const keys = places.get(like) ?? [];
		if (!keys.includes(key)) places.set(like, [...keys, key]);
		return keys.includes(key) ? keys.indexOf(key) : keys.length;
	};
	const sets = new Map<string, Asked[]>();
	for (const one of asked) {
		const text = one.written.slice(1, -1);
		const marks = ["'", '\\'].map((mark) => Number(text.includes(mark))).join('');
		const name = `${marks} ${placeOf(one)}`;
		const set = sets.get(name);
		if (set) set.push(one);
		else sets.set(name, [one]);
	}
	// Those with marks last: should the server not stand them, the others have been asked for.
	return [...sets]
		.sort(([a], [b]) => a.localeCompare(b))
		.flatMap(([, set]) => {
			const groups: Asked[][] = [];
			let length = Infinity;
			for (const one of set) {
				const share = shareOf(column, one.written);
				if (length + share > room || groups[groups.length - 1].length >= most) {
					groups.push([]);
					length = 0;
				}
				groups[groups.length - 1].push(one);
				length += share;
			}
			return groups;
		});
};
