/** Teamogy's own words in an answer, from which the API key is removed. */

const MAX_WORDS = 500;
/** Of a long list only the first words are compared with each other, which are more than are shown. */
const COMPARED = 4 * MAX_WORDS;
/** Keys under which APIs say what is wrong, the most general first. */
const SAYING = ['message', 'error', 'errors', 'title', 'detail', 'details', 'description', 'text'];
/** Keys that name what it is about. */
const NAMING = ['field', 'path', 'property'];
const DEEPEST = 6;

const wordsIn = (body: unknown, depth = 0): string[] => {
	if (depth > DEEPEST) return [];
	if (typeof body === 'string') {
		const html = /<(!doctype|html|head|body)\b/i.test(body);
		const words = html
			? (/<title[^>]*>([^<]*)/i.exec(body)?.[1] ?? /<h1[^>]*>([^<]*)/i.exec(body)?.[1] ?? '')
			: body;
		return [words.replace(/\s+/g, ' ').trim()];
	}
	if (Array.isArray(body)) return body.flatMap((one) => wordsIn(one, depth + 1));
	if (typeof body !== 'object' || body === null) return [];
	const fields = body as Record<string, unknown>;
	const said = SAYING.flatMap((key) => wordsIn(fields[key], depth + 1)).filter(Boolean);
	const name = NAMING.map((key) => fields[key]).find((value) => typeof value === 'string');
	if (said.length) return name ? [`${name as string}: ${said.join('; ')}`] : said;
	return Object.keys(fields).length ? [JSON.stringify(body)] : [];
};

/**
 * Teamogy's own words in an answer, as plain text: from JSON of any shape, plain text, or the title
 * of an HTML page. The shape of error bodies is UNKNOWN, so the usual ones are tried.
 */
export function wordsOf(body: unknown): string {
	let length = 0;
	const words = [...new Set(wordsIn(body))].filter((one) => {
		const before = length;
		length += one.length;
		return before < COMPARED;
	});
	const own = words.filter((one) => !words.some((other) => other !== one && other.includes(one)));
	return own.map((one, index) => (index < own.length - 1 ? withoutStop(one) : one)).join('; ');
}

const withoutStop = (words: string): string => words.replace(/[.\s]+$/, '');

/**
 * A text as it stands in the Base64 of a longer one, which depends on where it begins there. The
 * characters it shares with its neighbours are left out.
 */
const withinBase64 = (text: string): string[] =>
	[0, 1, 2]
		.map((before) =>
			btoa(' '.repeat(before) + text).slice(
				Math.ceil((before * 8) / 6),
				Math.floor(((before + text.length) * 8) / 6),
			),
		)
		.flatMap((form) => [form, form.replace(/\+/g, '-').replace(/\//g, '_')]);

/** What is shorter stands in other words too, and is no key of Teamogy's: those are far longer (CLIENT). */
const SHORTEST_FORM = 8;

/** Everything by which a server may repeat the key: whole, one of its parts, or encoded. */
const formsOf = (key: string): string[] =>
	[
		key,
		JSON.stringify(key).slice(1, -1),
		encodeURIComponent(key),
		...[`Bearer ${key}`, key].flatMap(withinBase64),
		...key.split('.').filter((part) => part.length > 16),
	].filter((form) => form.length >= SHORTEST_FORM);

/** What Teamogy said, without the key and not too long: in this order, or half a key might stay. */
export function quote(body: unknown, key: string): string {
	let words = wordsOf(body);
	for (const form of formsOf(key)) {
		const spaced = [...form].map((character) => character.replace(/[^A-Za-z0-9]/, '\\$&'));
		words = words.replace(new RegExp(spaced.join('\\s*'), 'gi'), '[API key]');
	}
	if (words.length > MAX_WORDS) return `${words.slice(0, MAX_WORDS)}…`;
	return withoutStop(words);
}
