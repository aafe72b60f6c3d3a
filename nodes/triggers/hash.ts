import { createHash } from 'node:crypto';

/** Characters of a record's key. */
export const KEY_LENGTH = 11;

const sortKeys = (_key: string, value: unknown): unknown =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
		: value;

/**
 * A short text that stands for a JSON value. Equal values have equal hashes, whatever the order of their
 * keys; different values have different hashes but for chance.
 *
 * @param characters the length of the hash; a character holds 6 bits
 */
export const hash = (value: unknown, characters: number): string =>
	createHash('sha256')
		.update(JSON.stringify(value, sortKeys) ?? '')
		.digest('base64url')
		.slice(0, characters);

/** The key of a record: stands for its ID, whatever the ID is. */
export const toKey = (id: unknown): string => hash(id, KEY_LENGTH);

/** Splits a text into parts of the same length, e.g. keys that stand one after the other. */
export const splitEvery = (length: number, text: string): string[] =>
	Array.from({ length: text.length / length }, (_, n) => text.slice(n * length, (n + 1) * length));
