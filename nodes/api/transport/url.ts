import { formatValue } from '../formatValue';
import { InvalidInput } from './errors';

/** A query, in the order it is sent. Undefined values are left out. */
export type Query = Record<string, string | number | undefined>;

/**
 * The same text, if it can be written in an address. Half of a character cannot; a text that was cut at a
 * fixed length may end with one.
 *
 * @param where names the text in messages
 * @throws InvalidInput when it holds half of a character
 */
export function assertWellFormed(text: string, where: string): string {
	if (!/\p{Surrogate}/u.test(text)) return text;
	throw new InvalidInput(
		`${where} contains a broken character`,
		'It is probably half of an emoji that was cut. Shorten the text by whole characters, e.g. with [...text].slice(0, 50).join("").',
	);
}

/**
 * Percent-encoding as Teamogy's documentation shows it: also quotes and brackets, and a space is
 * `%20`, never `+` (DOC "Views").
 *
 * @throws InvalidInput when it holds half of a character
 */
export const encode = (text: string): string =>
	encodeURIComponent(assertWellFormed(text, 'What is sent in the address')).replace(
		/[!'()*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);

/** Parameters that list names: their commas are sent as they are (CLIENT); whether `%2C` is taken is UNKNOWN. */
const LISTS = ['columns', 'properties'];

/** The query string, with its question mark, or nothing. */
export function buildQueryString(query: Query): string {
	const pairs = Object.entries(query)
		.filter(([, value]) => value !== undefined)
		.map(([name, value]) => {
			const encoded = encode(String(value));
			return `${encode(name)}=${LISTS.includes(name) ? encoded.replaceAll('%2C', ',') : encoded}`;
		});
	return pairs.length ? `?${pairs.join('&')}` : '';
}

/** The address of a request as n8n's request helpers take it; `uri` is an older name of `url`. */
export type RequestAddress = Partial<Record<'url' | 'uri' | 'baseURL', unknown>> & {
	headers?: object;
};

/**
 * The full address of a request of n8n's helpers, put together as their HTTP client (axios) does. The API
 * key goes to the origin of its account and nowhere else.
 *
 * @param origin of the account: scheme, host and port
 * @throws InvalidInput when the address is at another origin
 */
export function resolveOwnAddress(
	origin: string,
	{ url, uri, baseURL, headers }: RequestAddress,
): string {
	const refuse = (why: string): never => {
		throw new InvalidInput(
			`The API key was not sent: the address of the request ${why}`,
			`The key of this credential is only sent to ${origin}. Enter an address there, e.g. ${origin}${buildUnitPath(1, 'views/jobs')}. For another host choose another credential.`,
		);
	};
	const target = String(url ?? uri ?? '');
	const base = String(baseURL ?? '');
	const isFull = /^([a-z][a-z\d+.-]*:)?\/\//i.test(target);
	const joined = `${base.replace(/\/?\/$/, '')}/${target.replace(/^\/+/, '')}`;
	const text = isFull || !base ? target : target ? joined : base;
	const address = URL.canParse(text) ? new URL(text) : undefined;
	if (!address || !/^https?:$/.test(address.protocol))
		return refuse('is not a full one, which begins with "https://"');
	const { protocol, hostname, port, username, password } = address;
	const own = new URL(origin);
	if (username || password) refuse('has a user name or password before its host');
	if (hostname !== own.hostname) refuse('is at another host than the Domain of the credential');
	if (protocol !== own.protocol) refuse(`begins with "${protocol}//", not "${own.protocol}//"`);
	if (port !== own.port) refuse('is at another port than the Domain of the credential');
	const hosts = Object.entries(headers ?? {}).filter(([name]) => /^host$/i.test(name));
	if (hosts.some(([, host]) => host !== undefined && host !== own.host))
		refuse('has a Host header of another host');
	return address.href;
}

/** The path of a view or entity below the business unit, `/rest/v1/{unitId}/…` (DOC "Views"). */
export const buildUnitPath = (unitId: number, path: string): string => `/rest/v1/${unitId}/${path}`;

/**
 * A path from the user, relative to the business unit, e.g. `companies` or `views/jobs`; encoded.
 *
 * @throws InvalidInput for a full address, a step out of the unit, or a query within it
 */
export function parseRelativePath(path: unknown): string {
	const text = typeof path === 'string' ? path.trim() : '';
	const refuse = (why: string): never => {
		throw new InvalidInput(
			`The Path "${formatValue(text)}" ${why}`,
			'Enter it relative to the business unit, e.g. companies or views/jobs. What follows a "?" belongs in \'Query Parameters\'.',
		);
	};
	if (!text) refuse('is empty');
	if (/^[a-z][a-z0-9+.-]*:/i.test(text) || text.startsWith('//')) refuse('is a full address');
	if (/^\/?rest\/v\d/i.test(text)) refuse('starts before the business unit');
	if (/[?#]/.test(text)) refuse('has a query in it');
	if (text.includes('\\')) refuse('has a backslash in it');
	const steps = text
		.replace(/^\/|\/$/g, '')
		.split('/')
		.map((step) => {
			try {
				return decodeURIComponent(step);
			} catch {
				return refuse('has a "%" that stands for no character');
			}
		});
	if (steps.some((step) => step === '..' || step === '.' || /[/\\]/.test(step))) {
		refuse('leaves the business unit');
	}
	if (steps.some((step) => step === '')) refuse('has an empty part');
	return steps.map(encode).join('/');
}
