/** Teamogy's own words in an answer, from which the API key is removed. */

const MAX_WORDS = 500;
/** Of a long list only the first words are compared with each other, which are more than are shown. */
const COMPARED = 4 * MAX_WORDS;
/** Keys under which APIs say what is wrong, the most general first. */
const SAYING = ['message', 'error', 'errors', 'title', 'detail', 'details', 'description', 'text'];
/** Keys that name what it is about. */
const NAMING = ['field', 'path', 'property'];
const DEEPEST = 6;

/** Characters that are looked at, of one text and of all in an answer. A server may write as much as it likes. */
const MAX_READ = 20_000;
/** Longer than any API key. */
const MAX_KEY = 4_000;
/** Values that are looked at in an answer. */
const MAX_VALUES = 2_000;

/**
 * The beginning of a text, in one line. Where it is cut the API key may have begun and not ended, and
 * the part of it would not be known for the key: so the end is left out.
 */
const beginning = (text: string): string => {
	const line = text.slice(0, MAX_READ).replace(/\s+/g, ' ').trim();
	return text.length > MAX_READ ? line.slice(0, -MAX_KEY) : line;
};

/** The part of an answer that is looked at: what says something first, then the rest while there is room. */
const looked = (
	body: unknown,
	room = { values: MAX_VALUES, characters: MAX_READ },
	depth = 0,
): unknown => {
	room.values--;
	if (typeof body === 'string') {
		const text = beginning(body);
		room.characters -= text.length;
		return text;
	}
	if (typeof body !== 'object' || body === null) return body;
	if (depth > DEEPEST) return '…';
	const hasRoom = () => room.values > 0 && room.characters > 0;
	if (Array.isArray(body)) {
		const values: unknown[] = [];
		for (const value of body) {
			if (!hasRoom()) break;
			values.push(looked(value, room, depth + 1));
		}
		return values;
	}
	const fields = body as Record<string, unknown>;
	const entries: Array<[string, unknown]> = [];
	const keys = Object.keys(fields);
	const saying = SAYING.filter((key) => Object.hasOwn(fields, key));
	for (const key of saying.length ? new Set([...saying, ...keys]) : keys) {
		if (!hasRoom()) break;
		room.characters -= key.length;
		entries.push([beginning(key), looked(fields[key], room, depth + 1)]);
	}
	return Object.fromEntries(entries);
};

const wordsIn = (body: unknown, depth = 0): string[] => {
	if (depth > DEEPEST) return [];
	if (typeof body === 'string') {
		if (!/<(!doctype|html|head|body)\b/i.test(body)) return [body];
		// No character is read twice: `<` ends the tag too.
		const title = /<title[^<>]*>([^<]*)/i.exec(body) ?? /<h1[^<>]*>([^<]*)/i.exec(body);
		return [(title?.[1] ?? '').trim()];
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
	const words = [...new Set(wordsIn(looked(body)))].filter((one) => {
		const before = length;
		length += one.length;
		return before < COMPARED;
	});
	const own = words.filter((one) => !words.some((other) => other !== one && other.includes(one)));
	return own.map((one, index) => (index < own.length - 1 ? withoutStop(one) : one)).join('; ');
}

const withoutStop = (words: string): string => {
	let end = words.length;
	while (end && /[.\s]/.test(words[end - 1])) end--;
	return words.slice(0, end);
};

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
