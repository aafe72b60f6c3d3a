import { isDate, toDay } from '../api/common/day';
import { isEmpty, isObject, parseJson } from '../api/common/json';
import { formatValue } from '../api/common/formatValue';
import { parseBoolean, parseWholeNumber, toPlainNumber } from '../api/common/scalars';
import type { Field } from '../api/schema/fields';
import { InvalidInput } from '../api/common/invalidInput';

/** JSON writes a date as text. */
const parseText = (value: unknown): unknown =>
	typeof value !== 'object' ? String(value) : isDate(value) ? value : undefined;

function parseNumber(value: unknown): number | undefined {
	if (typeof value === 'number') return value;
	const number = Number(toPlainNumber(value) ?? NaN);
	return Math.abs(number) <= Number.MAX_SAFE_INTEGER ? number : undefined;
}

const toId = (value: unknown): number | undefined => parseWholeNumber(value, 0);

const parseIfText = (value: unknown): unknown =>
	typeof value === 'string' ? parseJson(value) : value;

const toList = (value: unknown): unknown[] | undefined => {
	const list = parseIfText(value);
	return Array.isArray(list) ? list : undefined;
};

const toIds = (value: unknown): unknown[] | undefined => {
	const ids = toList(value)?.map(toId);
	return ids?.includes(undefined) ? undefined : ids;
};

const toObject = (value: unknown): object | undefined => {
	const object = parseIfText(value);
	return isObject(object) ? object : undefined;
};

interface KindParser {
	/** Returns the value to send; undefined for a value of another kind. */
	parse: (value: unknown, timeZone: string) => unknown;
	/** The kind in messages. */
	noun: string;
	example?: string;
	hint?: string;
}

const KIND_PARSERS: Record<Field['kind'] | 'ids', KindParser> = {
	string: { parse: parseText, noun: 'text' },
	number: { parse: parseNumber, noun: 'a number', example: '1250 or 1.5' },
	id: {
		parse: toId,
		noun: 'an ID',
		example: '1234',
		hint: 'Look Up finds it by the name of the record.',
	},
	boolean: { parse: parseBoolean, noun: 'true or false' },
	date: { parse: toDay, noun: 'a date', example: '2026-11-30' },
	array: { parse: toList, noun: 'a list in JSON', example: '["first", "second"]' },
	ids: { parse: toIds, noun: 'a list of IDs', example: '[12, 34]' },
	object: { parse: toObject, noun: 'an object in JSON', example: '{"key": "value"}' },
};

/**
 * Parses the value of a field, text as the kind of the field. An empty text clears a field, for numbers as null: an
 * empty text is no number.
 *
 * @throws InvalidInput for a value of another kind
 */
export function parseFieldValue(
	{ id, kind, example: ownExample }: Pick<Field, 'id' | 'kind' | 'example'>,
	value: unknown,
	timeZone: string,
): unknown {
	if (value === '' && (kind === 'number' || kind === 'id')) return null;
	if (isEmpty(value)) return value;
	const {
		parse,
		noun,
		example,
		hint = '',
	} = KIND_PARSERS[kind === 'array' && id.endsWith('Ids') ? 'ids' : kind];
	const parsed = parse(value, timeZone);
	if (parsed !== undefined) return parsed;
	const shown = ownExample ?? example;
	throw new InvalidInput(
		`The field "${id}", ${formatValue(value)}, is not ${noun}`,
		`Enter ${shown ? `${noun}, e.g. ${shown}` : noun}. ${hint}`.trim(),
	);
}
