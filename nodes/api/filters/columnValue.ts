import { isDate, toDay } from '../common/day';
import { formatValue } from '../common/formatValue';
import { InvalidInput } from '../common/invalidInput';
import { parseBoolean, toPlainNumber } from '../common/scalars';
import { assertSingleValue, type TypedValue, type ValueType } from '../views/literal';

/** What the values of a column are. Days are texts such as 2026-11-30; texts with a time of day are text. */
export type ColumnType = 'number' | 'boolean' | 'day' | 'text';

/** The type of a column and one of its values. A column with values of several types is mixed. */
export interface ColumnInfo {
	type: ColumnType | 'mixed';
	example: unknown;
}

export const isPlainNumber = (value: unknown): boolean => toPlainNumber(value) !== undefined;

/**
 * Whether a value could be read in two ways, so that the type of its column decides. Only text that begins with no
 * digit and is no word for true or false is text in any column. Numbers, dates and some codes begin with digits.
 */
export const isAmbiguous = (value: unknown): boolean =>
	typeof value !== 'string' ||
	/^[-+.,]?\d/.test(value.trimStart()) ||
	parseBoolean(value) !== undefined;

interface ColumnKind {
	type: ValueType;
	/** Gives the value as the column has it; undefined for a value that cannot be in the column. */
	parse: (value: unknown, timeZone: string) => string | boolean | undefined;
	/** One value, and all values, for messages. */
	noun: string;
	plural: string;
	/** How to give such a value. */
	hint: string;
}

const COLUMN_KINDS: Record<ColumnType, ColumnKind> = {
	number: {
		type: 'number',
		parse: toPlainNumber,
		noun: 'a number',
		plural: 'numbers',
		hint: 'Enter digits without spaces and units, with a dot for decimals, e.g. 1250.50.',
	},
	boolean: {
		type: 'boolean',
		parse: parseBoolean,
		noun: 'true or false',
		plural: 'true and false',
		hint: 'Enter true or false.',
	},
	day: {
		type: 'string',
		parse: toDay,
		noun: 'a day',
		plural: 'days',
		hint: 'Enter the day as 2026-11-30, or a date by an expression.',
	},
	text: {
		type: 'string',
		parse: (value) => (isDate(value) ? undefined : String(value)),
		noun: 'text',
		plural: 'text',
		hint: 'Enter a date as the text that the column has, e.g. 2026-11-30, as toISODate() writes it.',
	},
};

/** What is known of the column that a value is compared with. */
interface ComparedColumn {
	column: string;
	/** Undefined where nothing is known: the value keeps its own type then. */
	info: ColumnInfo | undefined;
	/** Of the workflow: tells the day of a date with a time. */
	timeZone: string;
}

/** The error for a value that could be read in two ways, in a column that has values of several types. */
const mixedColumnError = (where: string, value: unknown, column: string): InvalidInput =>
	new InvalidInput(
		`${where}, "${formatValue(value)}", could be compared in several ways, since the column "${column}" has values of several types`,
		'Choose the value type that it is compared as.',
	);

/** A value of its own type. Throws InvalidInput for a date that is none. */
const toOwnType = (value: unknown, timeZone: string, where: string): TypedValue => {
	if (isDate(value)) {
		const day = toDay(value, timeZone);
		if (day) return { type: 'string', value: day };
		const { hint } = COLUMN_KINDS.day;
		throw new InvalidInput(`${where}, "${formatValue(value)}", is not a day`, hint);
	}
	const type = typeof value === 'number' || typeof value === 'boolean' ? typeof value : 'string';
	return { type: type as ValueType, value };
};

/** How to write a number whose commas may separate thousands; undefined for other text. */
function buildNumberHint(text: string): string | undefined {
	const [, groups] = /^\s*(-?\d{1,3}(?:,\d{3})+)\s*$/.exec(text) ?? [];
	return groups && `Write ${groups.replaceAll(',', '')}, or a decimal with a dot.`;
}

/** Checks that a value is a date, or a single value. Throws as `assertSingleValue`. */
export function assertComparable(value: unknown, where: string, hintForSeveral?: string): void {
	if (!isDate(value)) assertSingleValue(value, where, hintForSeveral);
}

/**
 * A value as a value of a column.
 *
 * @param where names the value in messages
 * @throws InvalidInput where the value is no single value, or cannot be in the column
 */
export function toColumnValue(
	value: unknown,
	{ column, info, timeZone }: ComparedColumn,
	where: string,
): TypedValue {
	assertComparable(value, where);
	if (info?.type === 'mixed' && isAmbiguous(value)) throw mixedColumnError(where, value, column);
	if (!info || info.type === 'mixed') return toOwnType(value, timeZone, where);
	const { type, parse, noun, plural, hint } = COLUMN_KINDS[info.type];
	const parsed = parse(value, timeZone);
	if (parsed !== undefined) return { type, value: parsed };
	const formHint = info.type === 'number' ? buildNumberHint(String(value)) : undefined;
	throw new InvalidInput(
		`${where}, "${formatValue(value)}", is not ${noun}`,
		`The column "${column}" contains ${plural}, e.g. ${formatValue(info.example)}. ${formHint ?? hint}`,
	);
}
