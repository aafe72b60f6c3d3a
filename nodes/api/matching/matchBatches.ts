import { formatValue } from '../common/formatValue';
import { encode, MAX_URL_LENGTH, tooLongError } from '../transport/url';
import { withColumn } from '../views/columns';
import { InvalidInput } from '../common/invalidInput';
import { assertSingleValue, toLiteral, type ValueType } from '../views/literal';
import { composeText } from '../common/unicode';
import { toSpelling, type Spelling } from './spellings';
import { DEFAULT_PAGE_SIZE } from '../views/pageSize';
import type { ViewQuery } from '../views/row';

/** What the address holds besides the values: host, path, columns, limit; in characters. */
const RESERVED_URL_LENGTH = 400;

export interface MatchQuery extends Omit<ViewQuery, 'offset' | 'limit'> {
	column: string;
	type: ValueType;
	/**
	 * Whether a value that no row has makes a new record. Then it is looked for again where rows came in several pages:
	 * between two pages a row may have moved to one that was read already. The type of its column is always asked for;
	 * without one, a number is matched as text too, and the other way round.
	 */
	createsMissing?: boolean;
}

/** A value to find in a column. */
export interface WantedValue extends Spelling {
	/** As the filter writes it. */
	literal: string;
}

/** Whether names of columns leave at least half of an address for values. */
export const fitInAddress = (names: string[]): boolean =>
	encode(names.join()).length <= MAX_URL_LENGTH / 2;

/** Characters that one more value takes in the address. */
const getUrlCost = (column: string, literal: string): number =>
	encode(` OR ${column}=${literal}`).length;

/** Characters that an address has for values, encoded. */
export const getUrlBudget = (query: MatchQuery): number => {
	const { columns, properties, filter } = withColumn(query, query.column);
	return [columns, properties, filter]
		.map((part) => (part ? encode(part.toString()).length : 0))
		.reduce((left, length) => left - length, MAX_URL_LENGTH - RESERVED_URL_LENGTH);
};

const TOO_LONG_ADVICE = 'Match on a shorter column, e.g. id or number.';

/**
 * A value as a filter asks for it. Text is asked for in its composed form alone: a server that treats
 * both forms as equal would give the same rows twice.
 *
 * @param where names the value in messages
 * @throws InvalidInput when it is not of the type, or larger than numbers and addresses are
 */
export function toMatchLiteral(
	query: MatchQuery,
	value: unknown,
	where: string,
	hintForSeveral?: string,
): string {
	const { type, column } = query;
	const isText = type === 'string' && typeof value === 'string';
	if (isText && value.length > MAX_URL_LENGTH) throw tooLongError(where, TOO_LONG_ADVICE);
	assertSingleValue(value, where, hintForSeveral);
	const literal = toLiteral({ value: isText ? composeText(value) : value, type }, where);
	if (type === 'number' && Math.abs(Number(literal)) > Number.MAX_SAFE_INTEGER) {
		throw new InvalidInput(
			`${where}, "${formatValue(value)}", has too many digits to be compared as a number`,
			'Check the value. If the column contains text, it can only be compared as text.',
		);
	}
	if (getUrlCost(column, literal) > getUrlBudget(query)) throw tooLongError(where, TOO_LONG_ADVICE);
	return literal;
}

/** @throws InvalidInput as `toMatchLiteral` */
export function toWantedValue(query: MatchQuery, value: unknown): WantedValue {
	const literal = toMatchLiteral(query, value, 'The value to look for');
	return { literal, ...toSpelling(value, query.type) };
}

/** Values in batches, each of which fits one address and one page of rows. */
export function toBatches(query: MatchQuery, values: WantedValue[]): WantedValue[][] {
	const { column, pageSize = DEFAULT_PAGE_SIZE } = query;
	const budget = getUrlBudget(query);
	const batches: WantedValue[][] = [];
	let batch: WantedValue[] = [];
	let left = 0;
	for (const value of values) {
		const cost = getUrlCost(column, value.literal);
		if (cost > left || batch.length >= pageSize) {
			batch = [];
			batches.push(batch);
			left = budget;
		}
		batch.push(value);
		left -= cost;
	}
	return batches;
}
