import { hash as digest } from 'node:crypto';

import { isTooDeep } from '../api/common/depth';
import { isObject, isObjectOrList } from '../api/common/json';

/** Characters of a record's key. */
export const KEY_LENGTH = 11;

const sortKeys = (_key: string, value: unknown): unknown =>
	isObject(value)
		? Object.fromEntries(
				Object.keys(value)
					.sort()
					.map((key) => [key, value[key]]),
			)
		: value;

/**
 * A short text that stands for a JSON value. The order of keys does not change the hash. Different values
 * have different hashes, except by chance.
 *
 * @param value nests at most `MAX_DEPTH_STORED` levels
 * @param characters the length of the hash; a character holds 6 bits
 */
export const hash = (value: unknown, characters: number): string =>
	digest('sha256', JSON.stringify(value, sortKeys) ?? '', 'base64url').slice(0, characters);

/** A JSON value as text. The order of keys and of list entries does not change the text. */
export function toUnorderedText(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(toUnorderedText).sort().join()}]`;
	if (!isObjectOrList(value)) return JSON.stringify(value);
	const entries = Object.entries(value).map(
		([key, entry]) => `${JSON.stringify(key)}:${toUnorderedText(entry)}`,
	);
	return `{${entries.sort().join()}}`;
}

/** The key that stands for the ID of a record; the ID is any JSON value. IDs that nest too deeply share one key. */
export const toRecordKey = (id: unknown): string =>
	hash(isTooDeep(id) ? 'nested too deeply' : id, KEY_LENGTH);

/** Splits a text into parts of the same length, e.g. keys that stand one after the other. */
export const splitEvery = (length: number, text: string): string[] =>
	Array.from({ length: text.length / length }, (_, n) => text.slice(n * length, (n + 1) * length));
