import type { IWebhookFunctions } from 'n8n-workflow';

import { isTooDeep, MAX_DEPTH_STORED } from '../../api/common/depth';
import { isObjectOrList, parseJson } from '../../api/common/json';
import { InvalidInput } from '../../api/common/invalidInput';
import type { Row } from '../../api/views/row';
import { getColumnValue } from '../../api/views/columns';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

const METHODS_WITHOUT_BODY = ['GET', 'DELETE', 'HEAD'];
const HOW_TO_SEND =
	"In the adapter's requestMapping, send a body in UTF-8: a JSON object with the header Content-Type: application/json, or XML with application/xml.";

const bodyError = (message: string): InvalidInput => new InvalidInput(message, HOW_TO_SEND);

/** Whether the bytes are not in UTF-8 although no other encoding is named. Letters would be lost. */
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

/** A number beyond 2^53 has 16 digits, maybe with a point between them, or an exponent. */
const MAY_BE_LARGE = /\d(?:\.?\d){15}|\d[eE]\+?\d/;
/** Whether a character is one of a number in JSON, by its code: a digit, or one of `+-.Ee`. */
const isNumberPart = (code: number): boolean =>
	(code >= 48 && code <= 57) || [43, 45, 46, 69, 101].includes(code);

/** The index of the quote that ends the string which begins at `start`. A long string overflows the stack of a pattern. */
function findStringEnd(json: string, start: number): number {
	for (let end = json.indexOf('"', start + 1); end >= 0; end = json.indexOf('"', end + 1)) {
		let backslashes = 0;
		while (json[end - backslashes - 1] === '\\') backslashes++;
		if (backslashes % 2 === 0) return end;
	}
	return json.length;
}

/**
 * Turns the numbers beyond 2^53 of a valid JSON text into texts. A pattern that matches each string and number takes
 * several times as long (measured).
 */
function quoteLargeNumbers(json: string): string {
	const parts: string[] = [];
	let end = 0;
	for (let at = 0; at < json.length; at++) {
		const code = json.charCodeAt(at);
		if (code === 34) at = findStringEnd(json, at);
		if (code !== 45 && !(code >= 48 && code <= 57)) continue;
		const start = at;
		while (isNumberPart(json.charCodeAt(at + 1))) at++;
		const number = json.slice(start, at + 1);
		// The shortest is 1e16.
		if (number.length < 4 || Math.abs(Number(number)) <= Number.MAX_SAFE_INTEGER) continue;
		parts.push(json.slice(end, start), `"${number}"`);
		end = at + 1;
	}
	return parts.join('') + json.slice(end);
}

/**
 * Parses a text as JSON; undefined if the text is no JSON. Numbers beyond 2^53 become texts in any notation:
 * two rounded IDs could be equal (IDs are int64, DOC "Patch document").
 */
function parseJsonExactly(text: string): unknown {
	try {
		const value: unknown = JSON.parse(text);
		if (!MAY_BE_LARGE.test(text)) return value;
		return JSON.parse(quoteLargeNumbers(text));
	} catch {
		return undefined;
	}
}

/** Parses a body that n8n has not parsed, or has parsed as a form. */
function parseText(text: string, { method, body }: Request): object {
	if (!text) {
		if (METHODS_WITHOUT_BODY.includes(method)) return {};
		throw bodyError('The push has no body');
	}
	if (text.startsWith('<'))
		throw bodyError('The body of the push is XML, but its Content-Type does not say so');
	const content = parseJsonExactly(text);
	if (isObjectOrList(content)) return content;
	if (isObjectOrList(body)) return body;
	throw bodyError(
		content === undefined
			? 'The body of the push could not be read as JSON'
			: 'The body of the push holds no object and no list',
	);
}

/**
 * Reads the body of a push. n8n parses JSON, XML and forms by their content type before a node sees them, and
 * responds with 422 if it cannot. JSON with another content type, with none, or with that of a form, as some clients
 * add it, is parsed here. The content type that Teamogy sends is UNKNOWN.
 *
 * @returns an object or a list
 * @throws InvalidInput if the body is something else or nests deeper than `MAX_DEPTH_STORED`; an error with the status 413
 * as `readRawBody`
 */
export async function readPushBody(request: Request): Promise<object> {
	const { contentType = '', body } = request;
	if (contentType.startsWith('multipart/'))
		throw bodyError('The push came as a form with files, not as JSON or XML');
	const text = await readText(request);
	if (isBrokenUtf8(request)) throw bodyError('The body of the push is not in UTF-8');
	const isForm = contentType === 'application/x-www-form-urlencoded';
	const isReadByN8n = isObjectOrList(body) && !isForm;
	const isExact = contentType !== 'application/json' || !MAY_BE_LARGE.test(text);
	// What n8n has parsed is valid JSON: to parse it once more only to know that takes as long again.
	const readExactly = () => (isExact ? undefined : parseJson(quoteLargeNumbers(text))) ?? body;
	const content = (isReadByN8n ? readExactly() : parseText(text, request)) as object;
	if (isTooDeep(content))
		throw bodyError(`The body of the push is nested deeper than ${MAX_DEPTH_STORED} levels`);
	return content;
}

/**
 * The ID of the record that a push is about. It is in a field of the body, or of the only root element of XML (n8n
 * turns names in XML to lower case), or in the query if the push has no body.
 */
export function findRecordId(field: string, body: object, query: object): string | undefined {
	const values = Object.values(body) as unknown[];
	const rootElement = values.length === 1 && isObjectOrList(values[0]) ? [values[0]] : [];
	for (const row of [body, ...rootElement, query] as Row[]) {
		const id = getColumnValue(row, field) ?? getColumnValue(row, field.toLowerCase());
		if (typeof id === 'number' || (typeof id === 'string' && id)) return String(id);
	}
	return undefined;
}
