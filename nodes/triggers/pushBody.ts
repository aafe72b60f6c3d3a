import { jsonParse, type IWebhookFunctions } from 'n8n-workflow';

import { InvalidInput } from '../api/errors';
import { valueAt, type Row } from '../api/view';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

const WITHOUT_BODY = ['GET', 'DELETE', 'HEAD'];
const HOW_TO_SEND =
	"In the adapter's requestMapping, send a body as a JSON object with the header Content-Type: application/json, or as XML with application/xml.";

const isContent = (body: unknown): boolean => typeof body === 'object' && body !== null;

const refused = (message: string): InvalidInput => new InvalidInput(message, HOW_TO_SEND);

/** The text of a request that n8n has not parsed. */
async function textOf(request: Request): Promise<string> {
	if (typeof request.body === 'string') return request.body;
	if (!request.rawBody) await request.readRawBody?.();
	const { rawBody, encoding } = request;
	return rawBody?.toString(Buffer.isEncoding(encoding ?? '') ? encoding : 'utf8') ?? '';
}

/**
 * What a push brings. n8n parses JSON, XML and forms by their content type before a node sees them,
 * and answers 422 itself where it cannot. What comes with no or another content type (which of them
 * Teamogy sends is UNKNOWN) is read here, if it is JSON.
 *
 * @throws InvalidInput when it is neither an object nor a list
 */
export async function bodyOf(request: Request): Promise<object> {
	const { contentType = '' } = request;
	if (contentType.startsWith('multipart/')) {
		throw refused('The push came as a form with files, not as JSON or XML');
	}
	if (isContent(request.body)) return request.body as object;
	const text =
		request.body === undefined || request.body === '' || typeof request.body === 'string'
			? (await textOf(request)).trim()
			: JSON.stringify(request.body);
	if (!text) {
		if (WITHOUT_BODY.includes(request.method)) return {};
		throw refused('The push has no body');
	}
	if (text.startsWith('<'))
		throw refused('The body of the push is XML, but its Content-Type does not say so');
	const body = jsonParse<unknown>(text, { fallbackValue: undefined });
	if (isContent(body)) return body as object;
	throw refused(
		body === undefined
			? 'The body of the push could not be read as JSON'
			: 'The body of the push holds no object and no list',
	);
}

/**
 * The ID of the record a push is about: at the field, also within the one root element of XML, whose
 * names n8n turns to lower case.
 */
export function recordIdOf(body: object, field: string): string | undefined {
	const values = Object.values(body) as unknown[];
	const inner = values.length === 1 && isContent(values[0]) ? [values[0]] : [];
	for (const row of [body, ...inner] as Row[]) {
		const id = valueAt(row, field) ?? valueAt(row, field.toLowerCase());
		if (typeof id === 'number' || (typeof id === 'string' && id)) return String(id);
	}
	return undefined;
}
