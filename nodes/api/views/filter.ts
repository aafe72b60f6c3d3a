import { assertWellFormed } from '../transport/url';
import { parseColumnName } from './names';
import { InvalidInput } from '../transport/errors';
import { formatValue } from '../formatValue';

/** The usual one first. */
export const VALUE_TYPES = ['string', 'number', 'boolean'] as const;
export type ValueType = (typeof VALUE_TYPES)[number];
/** The usual one first. */
export const OPERATORS = [
	'equal',
	'notEqual',
	'greaterThan',
	'greaterThanOrEqual',
	'lessThan',
	'lessThanOrEqual',
	'anyOf',
] as const;
export type Operator = (typeof OPERATORS)[number];

/** One condition as the user fills it in. */
export interface Condition {
	column: unknown;
	type?: ValueType;
	operator?: Operator;
	value: unknown;
}

/**
 * The one normal form of a number, digit by digit, so that long numbers lose nothing: `042` is 42, `1.50` is
 * 1.5, and `1e-7`, as JavaScript writes small numbers, is 0.0000001. Undefined where the text is no number.
 *
 * @param isScientific whether the text may have an exponent; typed text with one is more likely a code
 */
function toPlainNumber(text: string, isScientific: boolean): string | undefined {
	const parts = /^\s*(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d{1,3}))?\s*$/.exec(text);
	if (!parts || (parts[4] && !isScientific)) return undefined;
	const [, sign, integer, fraction = '', exponent = '0'] = parts;
	const shift = Number(exponent);
	const digits = `${'0'.repeat(Math.max(0, -shift))}${integer}${fraction}${'0'.repeat(Math.max(0, shift))}`;
	// The decimal point moves by `shift` places, and as many zeros were added for it.
	const point = Math.max(0, -shift) + integer.length + shift;
	const before = digits.slice(0, point).replace(/^0+(?=\d)/, '');
	let end = digits.length;
	while (end > point && digits[end - 1] === '0') end--;
	const after = digits.slice(point, end);
	const number = after ? `${before}.${after}` : before;
	return number === '0' ? number : `${sign}${number}`;
}

/**
 * A value as the grammar writes it: a number, `true` or `false`, or text in single quotes.
 * How a quote within text is escaped is UNKNOWN; it is doubled, as in SQL (INFERRED).
 *
 * @param where names the value in messages
 * @param hintForSeveral what to do with several values, following "For several values"
 * @throws InvalidInput when the value is not of the type, or contains half of a character
 */
export function toLiteral(
	value: unknown,
	type: ValueType,
	where: string,
	hintForSeveral = 'give this node one item for each, e.g. with a Split Out node before it',
): string {
	if (value === null || value === undefined || typeof value === 'object') {
		throw new InvalidInput(
			`${where} is ${value === null || value === undefined ? 'empty' : 'not a single value'}`,
			`Give text, a number or true/false. For a date give its text, e.g. {{ $today.toISODate() }}. For several values ${hintForSeveral}.`,
		);
	}
	const text = String(value);
	if (type === 'string') return `'${assertWellFormed(text, where).replaceAll("'", "''")}'`;
	if (type === 'boolean') {
		const lower = text.trim().toLowerCase();
		if (lower === 'true' || lower === 'false') return lower;
		throw new InvalidInput(
			`${where}, "${formatValue(text)}", is not true or false`,
			'Enter true or false. A column of something else needs another Value Type.',
		);
	}
	const number = toPlainNumber(text, typeof value === 'number');
	if (number !== undefined) return number;
	throw new InvalidInput(
		`${where}, "${formatValue(text)}", is not a number`,
		'Enter digits without spaces, with a dot for decimals, e.g. 1250.50. If the column contains text, compare it as String.',
	);
}

/**
 * Uses only `=`, AND, OR, NOT and brackets (DOC "Views"), and `>` (CLIENT). The other comparisons are put
 * together from these.
 */
const OPERATOR_SYNTAX: Record<
	Exclude<Operator, 'anyOf'>,
	(column: string, value: string) => string
> = {
	equal: (column, value) => `${column}=${value}`,
	notEqual: (column, value) => `NOT (${column}=${value})`,
	greaterThan: (column, value) => `${column}>${value}`,
	greaterThanOrEqual: (column, value) => `(${column}>${value} OR ${column}=${value})`,
	lessThan: (column, value) => `NOT (${column}>${value} OR ${column}=${value})`,
	lessThanOrEqual: (column, value) => `NOT (${column}>${value})`,
};

/** The values of "Is Any Of": an array, or a comma-separated text. */
export const toValueList = (value: unknown): unknown[] => {
	if (typeof value !== 'string') return Array.isArray(value) ? value : [value];
	const parts = value.split(',').map((part) => part.trim());
	return parts.filter(Boolean);
};

/** `(column=1 OR column=2 …)`: one of several values, already written as literals. */
export const anyOfFilter = (column: string, literals: string[]): string =>
	`(${literals.map((value) => `${column}=${value}`).join(' OR ')})`;

const compileCondition = (
	{ column, type = 'string', operator = 'equal', value }: Condition,
	where: string,
): string => {
	const name = parseColumnName(column, `The column ${where}`);
	const label = `The value ${where}`;
	if (operator !== 'anyOf')
		return OPERATOR_SYNTAX[operator](
			name,
			toLiteral(value, type, label, "use the operator 'Is Any Of'"),
		);
	const values = toValueList(value);
	if (values.length)
		return anyOfFilter(
			name,
			values.map((one) => toLiteral(one, type, label)),
		);
	throw new InvalidInput(
		`The list of values ${where} is empty`,
		'Give at least one value, separated by commas, or skip this node when there is none (e.g. with an If node before it).',
	);
};

/**
 * The filter for a list of conditions; undefined for an empty list.
 *
 * @throws InvalidInput naming the condition, by its number from 1, and what is wrong with it
 */
export function compileFilter(conditions: Condition[], combine: 'and' | 'or'): string | undefined {
	const parts = conditions.map((condition, index) =>
		compileCondition(condition, `of filter condition ${index + 1}`),
	);
	return parts.join(combine === 'or' ? ' OR ' : ' AND ') || undefined;
}

/** The filter that both filters fit; either may be missing. */
export const andFilters = (a: string | undefined, b: string | undefined): string | undefined =>
	a && b ? `(${a}) AND (${b})` : (a ?? b);

/**
 * The filter as it is sent. One that combines or negates conditions stands in one pair of brackets, as the
 * documented example (DOC "Views"): so it stays one condition where a server adds conditions of its own.
 * Also what a user wrote: brackets around a whole filter change nothing.
 */
export function encloseFilter(filter: string): string {
	const unquoted = filter.replace(/'[^']*'/g, '');
	if (!/\b(AND|OR|NOT)\b/i.test(unquoted)) return filter;
	let depth = 0;
	const depths = [...unquoted].map((character) =>
		character === '(' ? ++depth : character === ')' ? --depth : depth,
	);
	// Enclosed: a first bracket that only the last one closes.
	return depths.indexOf(0) === depths.length - 1 ? filter : `(${filter})`;
}
