/** Teamogy's own words in an answer, from which the API key is removed. */

const MAX_MESSAGE_LENGTH = 500;
/** Of a long list only the first words are compared with each other, which are more than are shown. */
const MAX_COMPARED_LENGTH = 4 * MAX_MESSAGE_LENGTH;
/** Keys under which APIs say what is wrong, the most general first. */
const MESSAGE_KEYS = [
	'message',
	'error',
	'errors',
	'title',
	'detail',
	'details',
	'description',
	'text',
];
/** Keys that name what it is about. */
const SUBJECT_KEYS = ['field', 'path', 'property'];
const MAX_DEPTH = 6;

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
	if (depth > MAX_DEPTH) return '…';
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
	const saying = MESSAGE_KEYS.filter((key) => Object.hasOwn(fields, key));
	for (const key of saying.length ? new Set([...saying, ...keys]) : keys) {
		if (!hasRoom()) break;
		room.characters -= key.length;
		entries.push([beginning(key), looked(fields[key], room, depth + 1)]);
	}
	return Object.fromEntries(entries);
};

const collectMessages = (body: unknown, depth = 0): string[] => {
	if (depth > MAX_DEPTH) return [];
	if (typeof body === 'string') {
		if (!/<(!doctype|html|head|body)\b/i.test(body)) return [body];
		// No character is read twice: `<` ends the tag too.
		const title = /<title[^<>]*>([^<]*)/i.exec(body) ?? /<h1[^<>]*>([^<]*)/i.exec(body);
		return [(title?.[1] ?? '').trim()];
	}
	if (Array.isArray(body)) return body.flatMap((one) => collectMessages(one, depth + 1));
	if (typeof body !== 'object' || body === null) return [];
	const fields = body as Record<string, unknown>;
	const messages = MESSAGE_KEYS.flatMap((key) => collectMessages(fields[key], depth + 1)).filter(
		Boolean,
	);
	const name = SUBJECT_KEYS.map((key) => fields[key]).find((value) => typeof value === 'string');
	if (messages.length) return name ? [`${name as string}: ${messages.join('; ')}`] : messages;
	return Object.keys(fields).length ? [JSON.stringify(body)] : [];
};

/**
 * Teamogy's own words in an answer, as plain text: from JSON of any shape, plain text, or the title
 * of an HTML page. The shape of error bodies is UNKNOWN, so the usual ones are tried.
 */
export function extractMessage(body: unknown): string {
	let length = 0;
	const message = [...new Set(collectMessages(looked(body)))].filter((one) => {
		const before = length;
		length += one.length;
		return before < MAX_COMPARED_LENGTH;
	});
	const own = message.filter(
		(one) => !message.some((other) => other !== one && other.includes(one)),
	);
	return own.map((one, index) => (index < own.length - 1 ? trimFullStop(one) : one)).join('; ');
}

const trimFullStop = (message: string): string => {
	let end = message.length;
	while (end && /[.\s]/.test(message[end - 1])) end--;
	return message.slice(0, end);
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

/** So many characters of the key in a row are shown nowhere. */
const RUN = 12;
/** A shorter key stands in other words too, and is none of Teamogy's: those are far longer (CLIENT). */
const SHORTEST_FORM = 8;

/** Characters as JSON, addresses and HTML write them: `\u0065`, `%65`, `&#x65;`, `&#101;`, `&amp;`. */
const ESCAPE =
	/\\{1,8}u([0-9a-f]{4})|\\{1,8}u\{([0-9a-f]{1,6})\}|\\{1,8}x([0-9a-f]{2})|%([0-9a-f]{2})|&#x([0-9a-f]{1,8});?|&#(\d{1,8});?|&(amp|lt|gt|quot|apos);|\\(["'\\/])/gi;
/** So often a text may have been escaped: by a server, a gateway, and JSON within JSON. */
const ESCAPED_TIMES = 5;
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/** A text, and where each of its characters stood in the text it was made from. */
interface Traced {
	text: string;
	from: number[];
	to: number[];
}

const trace = (text: string): Traced => ({
	text,
	from: Array.from({ length: text.length }, (_, index) => index),
	to: Array.from({ length: text.length }, (_, index) => index + 1),
});

/** Replaces each escape by its character; the key is ASCII, so any other character will do for the rest. */
function unescape({ text, from, to }: Traced): Traced {
	const result: Traced = { text: '', from: [], to: [] };
	const add = (characters: string, start: number, end: number) => {
		result.text += characters;
		for (let index = 0; index < characters.length; index++) {
			result.from.push(start);
			result.to.push(end);
		}
	};
	let done = 0;
	const copyUntil = (end: number) => {
		for (; done < end; done++) add(text[done], from[done], to[done]);
	};
	for (const match of text.matchAll(ESCAPE)) {
		const [whole, ...groups] = match;
		const [, , , , , decimal, entity, plain] = groups;
		const code = decimal ? Number(decimal) : parseInt(groups.slice(0, 5).join(''), 16);
		const character =
			plain ??
			(entity ? ENTITIES[entity.toLowerCase()] : code < 128 ? String.fromCharCode(code) : ' ');
		copyUntil(match.index);
		done += whole.length;
		add(character, from[match.index], to[done - 1]);
	}
	copyUntil(text.length);
	return result;
}

/** The characters that `keep` names, in lower case. */
function reduce({ text, from, to }: Traced, keep: Set<string>): Traced {
	const result: Traced = { text: '', from: [], to: [] };
	for (let at = 0; at < text.length; at++) {
		const character = text[at].toLowerCase();
		if (!keep.has(character)) continue;
		result.text += character;
		result.from.push(from[at]);
		result.to.push(to[at]);
	}
	return result;
}

/** Runs of characters to look for, all of one length, in a text that is reduced to `keep`. */
interface Needles {
	keep: Set<string>;
	length: number;
	runs: Set<string>;
}

const KEY_SHOWN_AS = '[API key]';

const ALPHANUMERIC = 'abcdefghijklmnopqrstuvwxyz0123456789';

/** Each form is looked for as it is, and by its letters and digits alone, whatever stands between them. */
function needlesFor(key: string): Needles[] {
	const inBase64 = [`Bearer ${key}`, key].flatMap(withinBase64);
	const wanted: Array<[keep: string, forms: string[]]> = [
		[key, [key]],
		[`${ALPHANUMERIC}+/-_`, inBase64],
		[ALPHANUMERIC, [key, ...inBase64]],
	];
	const all = new Map<string, Needles>();
	for (const [characters, forms] of wanted) {
		const keep = new Set(characters.toLowerCase());
		for (const form of forms) {
			const { text } = reduce(trace(form), keep);
			const length = Math.min(RUN, text.length);
			if (length < SHORTEST_FORM) continue;
			const name = `${length} of ${characters}`;
			const { runs } = all.get(name) ?? { runs: new Set<string>() };
			for (let at = 0; at + length <= text.length; at++) runs.add(text.slice(at, at + length));
			all.set(name, { keep, length, runs });
		}
	}
	return [...all.values()];
}

/** Of the key asked about last: a run of the node has one. */
let kept: { key: string; needles: Needles[] } | undefined;

/** Where a text holds a run of the key. */
const findRuns = (traced: Traced, needles: Needles[]): Array<[from: number, to: number]> =>
	needles.flatMap(({ keep, length, runs }) => {
		const { text, from, to } = reduce(traced, keep);
		const found: Array<[number, number]> = [];
		for (let at = 0; at + length <= text.length; at++) {
			if (runs.has(text.slice(at, at + length))) found.push([from[at], to[at + length - 1]]);
		}
		return found;
	});

/**
 * The text without any twelve characters in a row of the key: cut, split by other characters, in
 * another case, escaped up to five times over, or in Base64.
 *
 * @param text up to a few thousand characters
 */
export function redact(text: string, key: string): string {
	if (kept?.key !== key) kept = { key, needles: needlesFor(key) };
	const { needles } = kept;
	// Each level: the key itself may hold what looks like an escape.
	const levels = [trace(text)];
	for (let level = 0; level < ESCAPED_TIMES; level++) {
		const plain = unescape(levels[level]);
		if (plain.text.length === levels[level].text.length) break;
		levels.push(plain);
	}
	const found = levels.flatMap((traced) => findRuns(traced, needles)).sort(([a], [b]) => a - b);
	const spans: Array<[number, number]> = [];
	for (const [from, to] of found) {
		const last = spans.at(-1);
		if (last && from <= last[1]) last[1] = Math.max(last[1], to);
		else spans.push([from, to]);
	}
	const between = [0, ...spans.map(([, to]) => to)].map((start, index) =>
		text.slice(start, spans[index]?.[0]),
	);
	return between.join(KEY_SHOWN_AS);
}

/** What the server said, without the key and not too long: in this order, or half a key might stay. */
export function quoteServer(body: unknown, key: string): string {
	const message = redact(extractMessage(body).slice(0, MAX_COMPARED_LENGTH), key);
	if (message.length > MAX_MESSAGE_LENGTH) return `${message.slice(0, MAX_MESSAGE_LENGTH)}…`;
	return trimFullStop(message);
}

/** How much of a body is looked at to tell a web page. */
const PAGE_BEGINNING = 1000;

/** Whether a body is a web page, which an API does not send. */
export const isWebPage = (body: unknown): boolean =>
	typeof body === 'string' && /<(!doctype|html|head|body)\b/i.test(body.slice(0, PAGE_BEGINNING));
