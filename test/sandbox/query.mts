import { Refusal } from './types.mts';

/** What a value in the query may hold as it is. The documented examples encode `= ' ( )` and the space. */
const NOT_RAW = /[^A-Za-z0-9\-._~!*,:;@$/?%]/u;

/**
 * Reads the query string of a raw URL, strictly: a character that the documented form encodes must be encoded.
 * Whether Teamogy takes `+` for a space is unknown, so nobody should depend on it: it is refused too.
 */
export function parseQuery(url: string): Record<string, string> {
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
