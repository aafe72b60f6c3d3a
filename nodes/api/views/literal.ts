import { formatValue } from '../common/formatValue';
import { InvalidInput } from '../common/invalidInput';
import { parseBoolean, toPlainNumber } from '../common/scalars';
import { assertWellFormed } from '../common/unicode';
import { MAX_ENCODABLE_LENGTH, tooLongError } from '../transport/url';

/** How a value can be compared. */
export const VALUE_TYPES = ['string', 'number', 'boolean'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

/** A single value and how it is compared. */
export interface TypedValue {
	value: unknown;
	type: ValueType;
}

/**
 * Checks that a value is text of whole characters, a number, true or false.
 *
 * @param where names the value in messages
 * @param hintForSeveral what to do with several values, following "For several values"
 * @throws InvalidInput for nothing, a list, an object, NaN, Infinity, or text with half of a character
 */
export function assertSingleValue(value: unknown, where: string, hintForSeveral?: string): void {
	if (typeof value === 'string') assertWellFormed(value, where);
	if (['string', 'boolean'].includes(typeof value) || Number.isFinite(value)) return;
	const hint =
		'Enter text, a number or true/false. For a date enter its text, as toISODate() writes it.';
	const state =
		typeof value === 'number' ? `, "${value}", is not a number` : ' is not a single value';
	throw new InvalidInput(
		`${where}${value === null || value === undefined ? ' is empty' : state}`,
		hintForSeveral ? `${hint} For several values ${hintForSeveral}.` : hint,
	);
}

/**
 * A value as the grammar writes it: a number, `true` or `false`, or text in single quotes.
 * How a quote within text is escaped is UNKNOWN; it is doubled, as in SQL (INFERRED).
 *
 * @param where names the value in messages
 * @throws InvalidInput when the value is not of the type, or contains half of a character or far too many
 */
export function toLiteral({ value, type }: TypedValue, where: string): string {
	assertSingleValue(value, where);
	const text = String(value);
	if (text.length > MAX_ENCODABLE_LENGTH) throw tooLongError(where, 'Shorten the value.');
	if (type === 'string') return `'${text.replaceAll("'", "''")}'`;
	if (type === 'boolean') {
		const flag = parseBoolean(value);
		if (flag !== undefined) return String(flag);
		throw new InvalidInput(
			`${where}, "${formatValue(text)}", is not true or false`,
			'Enter true or false. If the column has other values, it can only be compared as another type.',
		);
	}
	const number = toPlainNumber(value);
	if (number !== undefined) return number;
	throw new InvalidInput(
		`${where}, "${formatValue(text)}", is not a number`,
		'Enter digits without spaces, with a dot for decimals, e.g. 1250.50. If the column contains text, it can only be compared as text.',
	);
}
