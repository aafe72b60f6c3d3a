import type { IWebhookFunctions } from 'n8n-workflow';

import { isTooDeep, MAX_DEPTH_STORED } from '../../api/common/depth';
import { isObjectOrList, parseJson } from '../../api/common/json';
import { InvalidInput } from '../../api/common/invalidInput';
import type { Row } from '../../api/views/row';
import { getColumnValue } from '../../api/views/columns';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

const METHODS_WITHOUT_BODY = ['GET', 'DELETE'];
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

/** Parses a body that n8n has not parsed, or has parsed as a form. */
function parseText(text: string, { method, body }: Request): object {
	if (!text) {
		if (METHODS_WITHOUT_BODY.includes(method)) return {};
		throw bodyError('The push has no body');
	}
	if (text.startsWith('<'))
		throw bodyError('The body of the push is XML, but its Content-Type does not say so');
	const content = parseJson(text);
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
	const content = isObjectOrList(body) && !isForm ? body : parseText(text, request);
	if (isTooDeep(content))
		throw bodyError(`The body of the push is nested deeper than ${MAX_DEPTH_STORED} levels`);
	return content;
}

/**
 * The ID of the record that a push is about. It is in a field of the body, else of the only entry of the body, as the root
 * element of XML is one (n8n turns names in XML to lower case), else in the query.
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
