import { createHash } from 'node:crypto';

/** Characters of a record's key: the same room for every ID, whatever it looks like. */
export const KEY_LENGTH = 11;

const sortKeys = (_key: string, value: unknown): unknown =>
	typeof value === 'object' && value !== null && !Array.isArray(value)
		? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
		: value;

/**
 * A short text that stands for a value: equal for equal content in whatever order its keys come,
 * different otherwise but for chance.
 *
 * @param characters its length, 6 bits each: 8 tell two contents of one record apart, `KEY`
 * tells records apart
 */
export const hash = (value: unknown, characters: number): string =>
	createHash('sha256')
		.update(JSON.stringify(value, sortKeys) ?? '')
		.digest('base64url')
		.slice(0, characters);
