import type { IWebhookFunctions } from 'n8n-workflow';

import { InvalidInput } from '../../api/errors';
import { valueAt, type Row } from '../../api/view';

type Request = ReturnType<IWebhookFunctions['getRequestObject']>;

const WITHOUT_BODY = ['GET', 'DELETE', 'HEAD'];
const HOW_TO_SEND =
	"In the adapter's requestMapping, send a body in UTF-8: a JSON object with the header Content-Type: application/json, or XML with application/xml.";

const isContent = (body: unknown): boolean => typeof body === 'object' && body !== null;

const refused = (message: string): InvalidInput => new InvalidInput(message, HOW_TO_SEND);

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

/** The text of a request, as it came. */
async function textOf(request: Request): Promise<string> {
	if (!request.rawBody) await request.readRawBody?.();
	const { rawBody, encoding } = request;
	if (!rawBody && typeof request.body === 'string') return request.body;
	return rawBody?.toString(Buffer.isEncoding(encoding ?? '') ? encoding : 'utf8') ?? '';
}

/** The JSON in a text; undefined where there is none. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/**
 * What a push brings. n8n parses JSON, XML and forms by their content type before a node sees them,
 * and answers 422 itself where it cannot. What comes with no or another content type (which of them
 * Teamogy sends is UNKNOWN), or with that of a form, as some clients add it, is read here, if it is JSON.
 *
 * @throws InvalidInput when it is neither an object nor a list
 */
export async function pushBodyOf(request: Request): Promise<object> {
	const { contentType = '' } = request;
	if (contentType.startsWith('multipart/')) {
		throw refused('The push came as a form with files, not as JSON or XML');
	}
	const isForm = contentType === 'application/x-www-form-urlencoded';
	const text = isContent(request.body) && !isForm ? undefined : (await textOf(request)).trim();
	if (isOtherThanUtf8(request)) throw refused('The body of the push is not in UTF-8');
	if (text === undefined) return request.body as object;
	if (!text) {
		if (WITHOUT_BODY.includes(request.method)) return {};
		throw refused('The push has no body');
	}
	if (text.startsWith('<'))
		throw refused('The body of the push is XML, but its Content-Type does not say so');
	const body = parsed(text);
	if (isContent(body)) return body as object;
	if (isContent(request.body)) return request.body as object;
	throw refused(
		body === undefined
			? 'The body of the push could not be read as JSON'
			: 'The body of the push holds no object and no list',
	);
}

/**
 * The ID of the record a push is about: at the field of the body, also within the one root element of
 * XML, whose names n8n turns to lower case; or in the query, where a push without a body has it.
 */
export function recordIdOf(field: string, body: object, query: object): string | undefined {
	const values = Object.values(body) as unknown[];
	const inner = values.length === 1 && isContent(values[0]) ? [values[0]] : [];
	for (const row of [body, ...inner, query] as Row[]) {
		const id = valueAt(row, field) ?? valueAt(row, field.toLowerCase());
		if (typeof id === 'number' || (typeof id === 'string' && id)) return String(id);
	}
	return undefined;
}
