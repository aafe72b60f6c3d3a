import { InvalidInput } from '../common/invalidInput';
import { assertWellFormed } from '../common/unicode';

/** A query, in the order it is sent. Undefined values are left out. */
export type Query = Record<string, string | number | undefined>;

/** Characters of an address that the node composes itself, at most. What Teamogy's gateway takes is UNKNOWN. */
export const MAX_URL_LENGTH = 6000;
/** Characters of a text to encode, at most. To encode millions stops n8n for seconds. No server takes so many. */
export const MAX_ENCODABLE_LENGTH = 100_000;

/**
 * The error for what does not fit in an address.
 *
 * @param subject names it in the message
 * @param advice what to do instead
 */
export const tooLongError = (subject: string, advice: string): InvalidInput =>
	new InvalidInput(
		`${subject} is too long for the address of a request`,
		`An address holds a few thousand characters in all, and a letter with an accent counts as six. ${advice}`,
	);

/**
 * Percent-encoding as Teamogy's documentation shows it: also quotes and brackets, and a space is
 * `%20`, never `+` (DOC "Views").
 *
 * @throws InvalidInput as `assertWellFormed`, and for a text that is too long
 */
export function encode(text: string): string {
	if (text.length > MAX_ENCODABLE_LENGTH)
		throw tooLongError('What is sent', 'Shorten the value, or send it in a body.');
	return encodeURIComponent(assertWellFormed(text, 'What is sent in the address')).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
}

/** Parameters that list names: their commas are not encoded (CLIENT); whether Teamogy accepts `%2C` is UNKNOWN. */
const LISTS = ['columns', 'properties'];

/** Builds the query string with its question mark; empty for an empty query. */
export function buildQueryString(query: Query): string {
	const pairs = Object.entries(query)
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => {
			const encoded = encode(String(value));
			return `${encode(name)}=${LISTS.includes(name) ? encoded.replaceAll('%2C', ',') : encoded}`;
		});
	return pairs.length ? `?${pairs.join('&')}` : '';
}

/** The path of a view or entity below the business unit, `/rest/v1/{unitId}/…` (DOC "Views"). */
export const buildUnitPath = (unitId: number, path: string): string => `/rest/v1/${unitId}/${path}`;
