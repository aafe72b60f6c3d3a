import { isObjectOrList, isUnsafeNumber } from '../common/json';
import { shorten } from '../common/formatValue';
import { redact } from './redaction';

const MAX_MESSAGE_LENGTH = 500;
/** Only the beginning of a long list of messages is searched for repetitions; it is more than is shown. */
const MAX_COMPARED_LENGTH = 4 * MAX_MESSAGE_LENGTH;
/** Keys under which APIs describe an error, the most general first. */
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
/** Keys that name the field an error is about. */
const SUBJECT_KEYS = ['field', 'path', 'property'];
/** Levels of a body that messages are taken from. */
const MAX_MESSAGE_DEPTH = 6;

/** Maximum number of characters to read, in one text and in a whole response. */
const MAX_CHARACTERS = 20_000;
/** Longer than any API key. */
const MAX_KEY_LENGTH = 4_000;
/** Maximum number of values to read in a response. */
const MAX_VALUES = 2_000;
/** The part of a body, in characters, that shows whether it is a web page. */
const PAGE_BEGINNING = 1000;
const WEB_PAGE = /<(!doctype|html|head|body)\b/i;

/** Whether a body is a web page, which an API does not send. */
export const isWebPage = (body: unknown): boolean =>
	typeof body === 'string' && WEB_PAGE.test(body.slice(0, PAGE_BEGINNING));

/**
 * The beginning of a text, in one line. The end of a cut text is left out: a key cut in two would not be recognized.
 */
const readStart = (text: string): string => {
	const line = text.slice(0, MAX_CHARACTERS).replace(/\s+/g, ' ').trim();
	return text.length > MAX_CHARACTERS ? line.slice(0, -MAX_KEY_LENGTH) : line;
};

/** A bounded copy of a response: the keys of messages first, then the others while there is room. */
const toExcerpt = (
	body: unknown,
	room = { values: MAX_VALUES, characters: MAX_CHARACTERS },
	depth = 0,
): unknown => {
	room.values--;
	if (typeof body === 'string') {
		const text = readStart(body);
		room.characters -= text.length;
		return text;
	}
	if (isUnsafeNumber(body)) return `about ${String(body)}`;
	if (!isObjectOrList(body)) return body;
	if (depth > MAX_MESSAGE_DEPTH) return '…';
	const fields = (Array.isArray(body) ? body.slice(0, MAX_VALUES) : body) as Record<
		string,
		unknown
	>;
	const entries: Array<[string, unknown]> = [];
	const messageKeys = MESSAGE_KEYS.filter((key) => Object.hasOwn(fields, key));
	const keys = Object.keys(fields).slice(0, MAX_VALUES);
	for (const key of new Set([...messageKeys, ...keys])) {
		if (room.values <= 0 || room.characters <= 0) break;
		room.characters -= key.length;
		entries.push([readStart(key), toExcerpt(fields[key], room, depth + 1)]);
	}
	return Array.isArray(body) ? entries.map(([, value]) => value) : Object.fromEntries(entries);
};

const collectMessages = (body: unknown, depth = 0): string[] => {
	if (depth > MAX_MESSAGE_DEPTH) return [];
	if (typeof body === 'string') {
		if (!WEB_PAGE.test(body)) return [body];
		// No character is read twice: `<` ends the tag too.
		const title = /<title[^<>]*>([^<]*)/i.exec(body) ?? /<h1[^<>]*>([^<]*)/i.exec(body);
		return [(title?.[1] ?? '').trim()];
	}
	if (Array.isArray(body)) return body.flatMap((one) => collectMessages(one, depth + 1));
	if (!isObjectOrList(body)) return [];
	const fields = body as Record<string, unknown>;
	const messages = MESSAGE_KEYS.flatMap((key) => collectMessages(fields[key], depth + 1)).filter(
		Boolean,
	);
	const subject = SUBJECT_KEYS.map((key) => fields[key]).find((name) => typeof name === 'string');
	if (messages.length) return subject ? [`${subject as string}: ${messages.join('; ')}`] : messages;
	return Object.keys(fields).length ? [JSON.stringify(body)] : [];
};

const trimFullStop = (message: string): string => {
	let end = message.length;
	while (end && /[.\s]/.test(message[end - 1])) end--;
	return message.slice(0, end);
};

/**
 * The server's message in a response: from JSON of any shape, plain text, or the title of a web page. The shape of
 * error bodies is UNKNOWN, so common shapes are tried.
 */
export function extractMessage(body: unknown): string {
	let length = 0;
	const messages = [...new Set(collectMessages(toExcerpt(body)))].filter((message) => {
		const before = length;
		length += message.length;
		return before < MAX_COMPARED_LENGTH;
	});
	const distinct = messages.filter(
		(message) => !messages.some((other) => other !== message && other.includes(message)),
	);
	return distinct
		.map((message, index) => (index < distinct.length - 1 ? trimFullStop(message) : message))
		.join('; ');
}

/** The server's message without the key, of limited length. The key is removed before the text is cut. */
export function quoteServer(body: unknown, key: string): string {
	const message = redact(extractMessage(body).slice(0, MAX_COMPARED_LENGTH), key);
	return message.length > MAX_MESSAGE_LENGTH
		? shorten(message, MAX_MESSAGE_LENGTH)
		: trimFullStop(message);
}
