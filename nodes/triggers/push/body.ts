import type { IWebhookFunctions } from 'n8n-workflow';

import { InvalidInput } from '../../api/transport/errors';
import { type Row } from '../../api/views/view';
import { getColumnValue } from '../../api/views/columns';
import { isContent, isTooDeep, MAX_DEPTH } from '../hash';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

const METHODS_WITHOUT_BODY = ['GET', 'DELETE', 'HEAD'];
const HOW_TO_SEND =
	"In the adapter's requestMapping, send a body in UTF-8: a JSON object with the header Content-Type: application/json, or XML with application/xml.";

const refusal = (message: string): InvalidInput => new InvalidInput(message, HOW_TO_SEND);

/** Whether the bytes are not in UTF-8 although no other encoding is named: then letters are lost. */
const isBrokenUtf8 = ({ rawBody, encoding = 'utf-8' }: Request): boolean =>
	/^utf-?8$/i.test(encoding) && rawBody && !Buffer.from(rawBody.toString()).equals(rawBody);

/** The text of a request, without blanks and a byte order mark around it. */
async function readText(request: Request): Promise<string> {
	if (!request.rawBody) await request.readRawBody?.();
	const { rawBody, encoding } = request;
	if (!rawBody && typeof request.body === 'string') return request.body.trim();
	const text = rawBody?.toString(Buffer.isEncoding(encoding ?? '') ? encoding : 'utf8') ?? '';
	return text.trim();
}

/** A number beyond 2^53 has 16 digits, with or without a point within, or an exponent. */
const MAY_BE_LARGE = /\d(?:\.?\d){15}|\d[eE]\+?\d/;
/** The loop over a string is unrolled: an alternative for each character overflows V8's stack. */
const STRING_OR_NUMBER = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Of a string token, quotes included, `Number` gives NaN. */
const quoteLargeNumber = (token: string): string =>
	Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER ? `"${token}"` : token;

/**
 * Parses a text as JSON; undefined where the text is no JSON. Numbers beyond 2^53 become texts, however
 * they are written: rounded, two records could become one (IDs are int64, DOC "Patch document").
 */
function parseJson(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		if (!MAY_BE_LARGE.test(text)) return value;
		return JSON.parse(text.replace(STRING_OR_NUMBER, quoteLargeNumber));
	} catch {
		return undefined;
	}
}

/** Parses a body that n8n has not parsed, or has parsed as a form. */
function parseText(text: string, { method, body }: Request): object {
	if (!text) {
		if (METHODS_WITHOUT_BODY.includes(method)) return {};
		throw refusal('The push has no body');
	}
	if (text.startsWith('<'))
		throw refusal('The body of the push is XML, but its Content-Type does not say so');
	const content = parseJson(text);
	if (isContent(content)) return content;
	if (isContent(body)) return body;
	throw refusal(
		content === undefined
			? 'The body of the push could not be read as JSON'
			: 'The body of the push holds no object and no list',
	);
}

/**
 * Reads the body of a push. n8n parses JSON, XML and forms by their content type before a node sees them, and
 * answers 422 where it cannot. JSON with another content type or none (which one Teamogy sends is UNKNOWN), or
 * with that of a form, as some clients add it, is parsed here.
 *
 * @returns an object or a list
 * @throws InvalidInput when the body is something else or nests deeper than `MAX_DEPTH`; an error with the
 * status 413 as `readRawBody`
 */
export async function readPushBody(request: Request): Promise<object> {
	const { contentType = '', body } = request;
	if (contentType.startsWith('multipart/'))
		throw refusal('The push came as a form with files, not as JSON or XML');
	const text = await readText(request);
	if (isBrokenUtf8(request)) throw refusal('The body of the push is not in UTF-8');
	const isForm = contentType === 'application/x-www-form-urlencoded';
	const isReadByN8n = isContent(body) && !isForm;
	const isExact = contentType !== 'application/json' || !MAY_BE_LARGE.test(text);
	const content = isReadByN8n && isExact ? body : parseText(text, request);
	if (isTooDeep(content))
		throw refusal(`The body of the push is nested deeper than ${MAX_DEPTH} levels`);
	return content;
}

/**
 * The ID of the record that a push is about: in a field of the body, also within the one root element of XML,
 * whose names n8n turns to lower case; or in the query, where a push without a body has its ID.
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
