import { Refusal } from './types.mts';

/** A character that our own requests must encode. The documented examples encode `= ' ( )` and the space. */
const NOT_RAW = /[^A-Za-z0-9\-._~!*,:;@$/?%]/u;

/**
 * Parses the query string of a raw URL. The vendor's client sends `= ( ) , : / +` raw, an empty first parameter
 * (`?&id=3`) and the user's `limit` before its own (CLIENT). Assumptions: any other raw character is taken too, the last
 * one counts of a parameter that is given twice, as behind Amazon's gateway, and `+` is a plus.
 *
 * `strict` is for our own requests, which must not depend on any of that.
 */
export function parseQuery(url: string, strict: boolean): Record<string, string> {
	const query: Record<string, string> = {};
	const start = url.indexOf('?') + 1;
	const text = start > 0 ? url.slice(start) : '';
	for (const pair of text === '' ? [] : text.split('&')) {
		const [name, ...rest] = pair.split('=');
		const value = rest.join('=');
		if (strict) checkForm(pair, name, value, query);
		else if (pair === '') continue;
		query[decode(name, name)] = decode(value, name);
	}
	return query;
}

function checkForm(pair: string, name: string, value: string, query: object): void {
	if (!/^[^=]+=/.test(pair)) {
		throw new Refusal(400, `Query: "${pair}" is not of the form name=value.`);
	}
	const raw = NOT_RAW.exec(value)?.[0] ?? NOT_RAW.exec(name)?.[0];
	if (raw !== undefined) {
		const encoded = raw === '+' ? '%20 for a space, %2B for a plus' : encodePercent(raw);
		throw new Refusal(
			400,
			`Query: the character ${raw} in "${name}" must be encoded (${encoded}).`,
		);
	}
	const decoded = decode(name, name);
	if (Object.hasOwn(query, decoded)) throw new Refusal(400, `Query: "${decoded}" is given twice.`);
}

function decode(text: string, name: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		throw new Refusal(400, `Query: "${name}" is not properly percent-encoded.`);
	}
}

/** Decodes a query for the log. It refuses nothing and leaves what it cannot decode. */
export function decodeQuery(url: string): Record<string, string> {
	const start = url.indexOf('?');
	return start < 0 ? {} : Object.fromEntries(new URLSearchParams(url.slice(start + 1)));
}

/** Refuses a parameter that is not in the list. */
export function allowOnly(query: Record<string, string>, names: string[]): void {
	const unknown = Object.keys(query).find((name) => !names.includes(name));
	if (unknown === undefined) return;
	const known = names.join(', ') || 'none';
	throw new Refusal(400, `Unknown query parameter "${unknown}". Known: ${known}.`);
}

function encodePercent(character: string): string {
	return Buffer.from(character).toString('hex').toUpperCase().replace(/../g, '%$&');
}
