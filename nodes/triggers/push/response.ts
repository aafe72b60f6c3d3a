import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

export type Response = ReturnType<IWebhookFunctions['getResponseObject']>;
type Headers = ReturnType<Response['getHeaders']>;

/** What a delivery was answered with. */
export interface SentResponse {
	status: number;
	/** Undefined where it is not known or not kept: then a repeat gets the status alone. */
	content?: {
		/** Those that n8n and the workflow set for this response, by names in lower case. */
		headers: Headers;
		/** Its bytes, one character each: whatever they are, they survive JSON. */
		body: string;
	};
}

const HANDLED: IWebhookResponseData = { noWebhookResponse: true };

/** What n8n will have answered, once it has. */
export async function captureResponse(response: Response): Promise<SentResponse> {
	// These belong to the request (CORS) or to the server; every response gets its own.
	const earlier = response.getHeaders();
	const readResponse = (chunk: unknown, encoding: unknown): SentResponse => {
		const { statusCode: status } = response;
		const bytes =
			typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk;
		if (!Buffer.isBuffer(bytes)) return { status };
		const set = Object.entries(response.getHeaders()).filter(
			([name, value]) => value !== earlier[name],
		);
		return {
			status,
			content: { headers: Object.fromEntries(set), body: bytes.toString('latin1') },
		};
	};
	return await new Promise((resolve) => {
		const end = response.end.bind(response) as (...given: unknown[]) => Response;
		const capturingEnd = (...given: unknown[]): Response => {
			resolve(readResponse(given[0], given[1]));
			return end(...given);
		};
		response.end = capturingEnd as Response['end'];
	});
}

/**
 * Answers a repeat as the delivery before it was answered, with the same headers: above all n8n's
 * `Content-Security-Policy`, without which HTML would run on n8n's own origin.
 */
export function sendAgain(
	response: Response,
	{ status, content }: SentResponse,
): IWebhookResponseData {
	response.status(status);
	if (!content) {
		response.json({ message: 'This was received before' });
		return HANDLED;
	}
	for (const [name, value] of Object.entries(content.headers)) {
		if (value !== undefined) response.setHeader(name, value);
	}
	response.send(Buffer.from(content.body, 'latin1'));
	return HANDLED;
}

/** Answers a push that is not taken; no execution starts. */
export function refuse(response: Response, status: number, message: string): IWebhookResponseData {
	response.status(status).json({ message });
	return HANDLED;
}
