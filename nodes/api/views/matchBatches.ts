import { encode } from '../transport/url';
import { withColumn } from './columns';
import { InvalidInput } from '../transport/errors';
import { toLiteral, type ValueType } from './filter';
import { compose } from './normalizeForSearch';
import { toLooseText, toKey, type WantedValue } from './spellings';
import { DEFAULT_PAGE_SIZE, type ViewQuery } from './view';

/** Longest address of one request, in characters. What Teamogy's gateway takes is UNKNOWN. */
const MAX_URL_LENGTH = 6000;
/** What the address holds besides the values: host, path, columns, limit; in characters. */
const RESERVED_URL_LENGTH = 400;

export interface MatchQuery extends Omit<ViewQuery, 'offset' | 'limit'> {
	column: string;
	type: ValueType;
}

/** Characters that one more value takes in the address. */
const urlCost = (column: string, written: string): number =>
	encode(` OR ${column}=${written}`).length;

/** Characters that an address has for values. */
const urlBudget = (query: MatchQuery): number => {
	const { columns, properties, filter } = withColumn(query, query.column);
	return [columns, properties, filter]
		.map((part) => (part ? encode(part.toString()).length : 0))
		.reduce((left, length) => left - length, MAX_URL_LENGTH - RESERVED_URL_LENGTH);
};

/**
 * A value as a filter asks for it. Text is asked for in its composed form: both forms would bring the
 * same rows twice from a server that holds them for equal.
 *
 * @param where names the value in messages
 * @throws InvalidInput when it is not of the type, or larger than numbers and addresses are
 */
export function toMatchLiteral(query: MatchQuery, value: unknown, where: string): string {
	const { type, column } = query;
	const isText = type === 'string' && typeof value === 'string';
	const written = toLiteral(isText ? compose(value) : value, type, where);
	if (type === 'number' && Math.abs(Number(written)) > Number.MAX_SAFE_INTEGER) {
		throw new InvalidInput(
			`${where}, "${String(value)}", has more digits than numbers are told apart by`,
			'Check it: IDs of Teamogy are shorter. If the column contains text, compare it as String.',
		);
	}
	if (urlCost(column, written) > urlBudget(query)) {
		throw new InvalidInput(
			`${where} is too long for the address of a request`,
			`An address holds about ${MAX_URL_LENGTH} characters, filters and columns included, and a letter with an accent counts as six. Match by a shorter column, e.g. id or number.`,
		);
	}
	return written;
}

/** @throws InvalidInput as `toMatchLiteral` */
export function toWantedValue(query: MatchQuery, value: unknown): WantedValue {
	const written = toMatchLiteral(query, value, 'The value to look for');
	const key = toKey(value, query.type);
	return { literal: written, key, toLooseText: toLooseKey(key, query.type) };
}

/**
 * The loose key of a column's value. A text longer than an address is no spelling of a value that was
 * asked for, and is not worth taking apart.
 */
export const toLooseKey = (key: string, type: ValueType): string =>
	type === 'string' && key.length <= MAX_URL_LENGTH ? toLooseText(key) : key;

/** Values in batches, each of which fits one address and one page of rows. */
export function toBatches(query: MatchQuery, values: WantedValue[]): WantedValue[][] {
	const { column, pageSize = DEFAULT_PAGE_SIZE } = query;
	const budget = urlBudget(query);
	const batches: WantedValue[][] = [];
	let left = 0;
	for (const value of values) {
		const cost = urlCost(column, value.literal);
		if (!batches.length || cost > left || batches[batches.length - 1].length >= pageSize) {
			batches.push([]);
			left = budget;
		}
		batches[batches.length - 1].push(value);
		left -= cost;
	}
	return batches;
}

/** A batch in two halves, in the same order. */
export const splitBatch = (batch: WantedValue[]): WantedValue[][] => {
	const middle = Math.ceil(batch.length / 2);
	return [batch.slice(0, middle), batch.slice(middle)];
};
