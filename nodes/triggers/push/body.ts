import type { IWebhookFunctions } from 'n8n-workflow';

import { InvalidInput } from '../../api/transport/errors';
import { type Row } from '../../api/views/view';
import { getColumnValue } from '../../api/views/columns';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

const METHODS_WITHOUT_BODY = ['GET', 'DELETE', 'HEAD'];
const HOW_TO_SEND =
	"In the adapter's requestMapping, send a body in UTF-8: a JSON object with the header Content-Type: application/json, or XML with application/xml.";
/** Teamogy's records nest a few levels. From some thousands on neither this node nor n8n can store a value. */
const MAX_DEPTH = 100;

const isContent = (value: unknown): value is object => typeof value === 'object' && value !== null;

const refusal = (message: string): InvalidInput => new InvalidInput(message, HOW_TO_SEND);

/** Whether bytes that say they are UTF-8, or nothing, are not. Read all the same, letters would be lost. */
function isOtherThanUtf8({ rawBody, encoding = 'utf-8' }: Request): boolean {
	if (!rawBody || !/^utf-?8$/i.test(encoding)) return false;
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(rawBody);
		return false;
	} catch {
		return true;
	}
}

/** The text of a request, as it came but for blanks and a byte order mark around it. */
async function readText(request: Request): Promise<string> {
	if (!request.rawBody) await request.readRawBody?.();
	const { rawBody, encoding } = request;
	if (!rawBody && typeof request.body === 'string') return request.body.trim();
	const text = rawBody?.toString(Buffer.isEncoding(encoding ?? '') ? encoding : 'utf8') ?? '';
	return text.trim();
}

/** Digits that may be an integer beyond 2^53, of which a JavaScript number holds the first 15 or 16 only. */
const MANY_DIGITS = /\d{16}/;
/** The loop over a string is unrolled: an alternative for each character overflows V8's stack. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

const quoteUnsafeInteger = (token: string): string =>
	/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token;

/**
 * The JSON in a text; undefined where there is none. Integers beyond 2^53 are texts: rounded, two
 * records could become one (IDs are int64, DOC "Patch document").
 */
function parseJson(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		if (!MANY_DIGITS.test(text)) return value;
		return JSON.parse(text.replace(STRING_OR_NUMBER, quoteUnsafeInteger));
	} catch {
		return undefined;
	}
}

/** The content of a body that n8n has not read, or has read as a form. */
function parseText(text: string, { method, body }: Request): object {
	if (!text) {
		if (METHODS_WITHOUT_BODY.includes(method)) return {};
		throw refusal('The push has no body');
	}
	if (text.startsWith('<')) {
		throw refusal('The body of the push is XML, but its Content-Type does not say so');
	}
	const content = parseJson(text);
	if (isContent(content)) return content;
	if (isContent(body)) return body;
	throw refusal(
		content === undefined
			? 'The body of the push could not be read as JSON'
			: 'The body of the push holds no object and no list',
	);
}

function isDeeper(value: unknown, depth: number): boolean {
	if (!isContent(value)) return false;
	return depth === 0 || Object.values(value).some((entry) => isDeeper(entry, depth - 1));
}

/**
 * What a push brings. n8n parses JSON, XML and forms by their content type before a node sees them,
 * and answers 422 itself where it cannot. What comes with no or another content type (which of them
 * Teamogy sends is UNKNOWN), or with that of a form, as some clients add it, is read here, if it is JSON.
 *
 * @throws InvalidInput when it is neither an object nor a list, or nests deeper than `MAX_DEPTH`
 */
export async function readPushBody(request: Request): Promise<object> {
	const { contentType = '', body } = request;
	if (contentType.startsWith('multipart/')) {
		throw refusal('The push came as a form with files, not as JSON or XML');
	}
	const text = await readText(request);
	if (isOtherThanUtf8(request)) throw refusal('The body of the push is not in UTF-8');
	const isForm = contentType === 'application/x-www-form-urlencoded';
	const isReadByN8n = isContent(body) && !isForm;
	const isExact = contentType !== 'application/json' || !MANY_DIGITS.test(text);
	const content = isReadByN8n && isExact ? body : parseText(text, request);
	if (isDeeper(content, MAX_DEPTH)) {
		throw refusal(`The body of the push is nested deeper than ${MAX_DEPTH} levels`);
	}
	return content;
}

/**
 * The ID of the record a push is about: at the field of the body, also within the one root element of
 * XML, whose names n8n turns to lower case; or in the query, where a push without a body has it.
 */
export function findRecordId(field: string, body: object, query: object): string | undefined {
	const values = Object.values(body) as unknown[];
	const inner = values.length === 1 && isContent(values[0]) ? [values[0]] : [];
	for (const row of [body, ...inner, query] as Row[]) {
		const id = getColumnValue(row, field) ?? getColumnValue(row, field.toLowerCase());
		if (typeof id === 'number' || (typeof id === 'string' && id)) return String(id);
	}
	return undefined;
}
