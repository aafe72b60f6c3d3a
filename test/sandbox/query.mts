import { Refusal } from './types.mts';

/** What our own requests may hold as it is. The documented examples encode `= ' ( )` and the space. */
const NOT_RAW = /[^A-Za-z0-9\-._~!*,:;@$/?%]/u;

/**
 * Reads the query string of a raw URL. The vendor's client leaves `= ( ) , : / +` as they are, an empty first
 * parameter (`?&id=3`) and a `limit` of the user's before its own (CLIENT), so these are taken. Of a parameter given
 * twice the last one counts, as at Amazon's gateway, and `+` is a plus (assumptions).
 *
 * `strict` is for our own requests, which must depend on nothing of that.
 */
export function parseQuery(url: string, strict: boolean): Record<string, string> {
	return strict ? parseStrictly(url) : parseFreely(url);
}

function parseFreely(url: string): Record<string, string> {
	const query: Record<string, string> = {};
	const [, ...parts] = url.split('?');
	for (const pair of parts.join('?').split('&')) {
		if (pair === '') continue;
		const [name, ...value] = pair.split('=');
		query[decode(name, name)] = decode(value.join('='), name);
	}
	return query;
}

function parseStrictly(url: string): Record<string, string> {
	const query: Record<string, string> = {};
	const start = url.indexOf('?');
	if (start < 0 || start === url.length - 1) return query;
	for (const pair of url.slice(start + 1).split('&')) {
		const equals = pair.indexOf('=');
		if (equals < 1) throw new Refusal(400, `Query: "${pair}" is not of the form name=value.`);
		const name = pair.slice(0, equals);
		const value = pair.slice(equals + 1);
		const raw = NOT_RAW.exec(value)?.[0] ?? NOT_RAW.exec(name)?.[0];
		if (raw !== undefined) {
			const encoded = raw === '+' ? '%20 for a space, %2B for a plus' : percent(raw);
			throw new Refusal(
				400,
				`Query: the character ${raw} in "${name}" must be encoded (${encoded}).`,
			);
		}
		const decoded = decode(name, name);
		if (Object.hasOwn(query, decoded)) {
			throw new Refusal(400, `Query: "${decoded}" is given twice.`);
		}
		query[decoded] = decode(value, name);
	}
	return query;
}

function decode(text: string, name: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new Refusal(400, `Query: "${name}" is not properly percent-encoded.`);
	}
}

/** The same for the log: never refuses, leaves alone what it cannot decode. */
export function decodeQuery(url: string): Record<string, string> {
	const start = url.indexOf('?');
	return start < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(start + 1)));
}

/** Refuses a parameter that is not in the list. */
export function allowOnly(query: Record<string, string>, names: string[]): void {
	for (const name of Object.keys(query)) {
		if (!names.includes(name)) {
			throw new Refusal(
				400,
				names.length
					? `Unknown query parameter "${name}". Known: ${names.join(', ')}.`
					: `Unknown query parameter "${name}". None is known here.`,
			);
		}
	}
}

function percent(character: string): string {
	return [...new TextEncoder().encode(character)]
		.map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
		.join('');
}
