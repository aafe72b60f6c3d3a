import { toDay } from '../api/common/day';
import { isObject, parseJson } from '../api/common/json';
import { formatValue } from '../api/common/formatValue';
import type { Field } from '../api/schema/fields';
import { InvalidInput } from '../api/common/invalidInput';
import { parseBoolean } from './reader';

const parseText = (value: unknown): string | undefined =>
	typeof value === 'object' ? undefined : String(value);

/** Every documented number is an ID. */
const toId = (value: unknown): number | undefined =>
	/^\s*\d+\s*$/.test(String(value)) && Number.isSafeInteger(Number(value))
		? Number(value)
		: undefined;

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

interface FieldKind {
	/** Returns the value to send; undefined for a value of another kind. */
	parse: (value: unknown, timeZone: string) => unknown;
	/** The kind in messages. */
	noun: string;
	example?: string;
}

const FIELD_KINDS: Record<Field['kind'] | 'ids', FieldKind> = {
	string: { parse: parseText, noun: 'text' },
	number: { parse: toId, noun: 'a whole number', example: '1234' },
	boolean: { parse: parseBoolean, noun: 'true or false' },
	date: { parse: toDay, noun: 'a date', example: '2026-11-30' },
	array: { parse: toList, noun: 'a list in JSON', example: '["first", "second"]' },
	ids: { parse: toIds, noun: 'a list of IDs', example: '[12, 34]' },
	object: { parse: toObject, noun: 'an object in JSON', example: '{"key": "value"}' },
};

/** Parses the value of a documented field. @throws InvalidInput for a value of another kind */
export function parseFieldValue({ id, kind }: Field, value: unknown, timeZone: string): unknown {
	const { parse, noun, example } =
		FIELD_KINDS[kind === 'array' && id.endsWith('Ids') ? 'ids' : kind];
	const parsed = parse(value, timeZone);
	if (parsed !== undefined) return parsed;
	throw new InvalidInput(
		`The field "${id}", ${formatValue(value)}, is not ${noun}`,
		`Enter ${example ? `${noun}, e.g. ${example}` : noun}.`,
	);
}

/**
 * Converts text to the type that the field has on a record of the account. Any other value, and text without a
 * value of that type, stays the same.
 *
 * @param type n8n's type of the field in the mapper
 */
export function toSampledType(value: unknown, type: string | undefined): unknown {
	if (typeof value !== 'string') return value;
	if (type === 'number') return /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value;
	// The mapper offers true and false as options.
	if (type === 'options') return parseBoolean(value) ?? value;
	return type === 'array' || type === 'object' ? (parseJson(value) ?? value) : value;
}
