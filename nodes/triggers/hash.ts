import { createHash } from 'node:crypto';

/** Characters of a record's key. */
export const KEY_LENGTH = 11;

/** Records of Teamogy nest a few levels. A value of some thousand levels can be neither hashed nor stored. */
export const MAX_DEPTH = 100;

/** Whether a JSON value is an object or a list. */
export const isContent = (value: unknown): value is object =>
	typeof value === 'object' && value !== null;

/** Whether a JSON value nests deeper than so many levels. */
export const isTooDeep = (value: unknown, levels = MAX_DEPTH): boolean =>
	isContent(value) &&
	(levels === 0 || Object.values(value).some((entry) => isTooDeep(entry, levels - 1)));

const sortKeys = (_key: string, value: unknown): unknown =>
	isContent(value) && !Array.isArray(value)
		? Object.fromEntries(
				Object.keys(value)
					.sort()
					.map((key) => [key, value[key as keyof typeof value]]),
			)
		: value;

/**
 * A short text that stands for a JSON value. Equal values have equal hashes, whatever the order of their
 * keys; different values have different hashes but for chance.
 *
 * @param value nests at most `MAX_DEPTH` levels
 * @param characters the length of the hash; a character holds 6 bits
 */
export const hash = (value: unknown, characters: number): string =>
	createHash('sha256')
		.update(JSON.stringify(value, sortKeys) ?? '')
		.digest('base64url')
		.slice(0, characters);

/** A JSON value as text: equal for values that differ by the order of keys or of list entries only. */
export function toUnorderedText(value: unknown): string {
	if (Array.isArray(value)) return `[${value.map(toUnorderedText).sort().join()}]`;
	if (!isContent(value)) return JSON.stringify(value);
	const entries = Object.entries(value).map(
		([key, entry]) => `${JSON.stringify(key)}:${toUnorderedText(entry)}`,
	);
	return `{${entries.sort().join()}}`;
}

/** The key of a record: stands for its ID, whatever the ID is. IDs that nest too deeply share one key. */
export const toKey = (id: unknown): string =>
	hash(isTooDeep(id) ? 'nested too deeply' : id, KEY_LENGTH);

/** Splits a text into parts of the same length, e.g. keys that stand one after the other. */
export const splitEvery = (length: number, text: string): string[] =>
	Array.from({ length: text.length / length }, (_, n) => text.slice(n * length, (n + 1) * length));
