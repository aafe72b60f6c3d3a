import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

export type Response = ReturnType<IWebhookFunctions['getResponseObject']>;
type Headers = ReturnType<Response['getHeaders']>;

/** The response to a delivery. */
export interface SentResponse {
	status: number;
	/** Undefined if it is not known or too long to keep. A repeat then gets the status alone. */
	content?: {
		/** The headers that n8n and the workflow set for this response, by names in lower case. */
		headers: Headers;
		/** The bytes, one character each, so that JSON holds any of them. */
		body: string;
	};
}

const HANDLED: IWebhookResponseData = { noWebhookResponse: true };

/** Resolves with the response when n8n sends it. */
export async function captureResponse(response: Response): Promise<SentResponse> {
	// These headers belong to the request (CORS) or to the server: each response gets its own.
	const earlier = response.getHeaders();
	const readResponse = (chunk: unknown, encoding: unknown): SentResponse => {
		const { statusCode: status } = response;
		const bytes =
			typeof chunk === 'string' ? Buffer.from(chunk, encoding as BufferEncoding) : chunk;
		if (!Buffer.isBuffer(bytes)) return { status };
		const headers = Object.entries(response.getHeaders()).filter(
			([name, value]) => value !== earlier[name],
		);
		return {
			status,
			content: { headers: Object.fromEntries(headers), body: bytes.toString('latin1') },
		};
	};
	return await new Promise((resolve) => {
		const end = response.end.bind(response) as (...values: unknown[]) => Response;
		response.end = ((...values: unknown[]): Response => {
			resolve(readResponse(values[0], values[1]));
			return end(...values);
		}) as Response['end'];
	});
}

/**
 * Sends the response to an earlier delivery again, with its headers: without n8n's `Content-Security-Policy`
 * HTML would run on n8n's own origin.
 */
export function replayResponse(
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

/** Responds to a push that is not accepted. No execution starts. */
export function sendError(
	response: Response,
	status: number,
	message: string,
): IWebhookResponseData {
	response.status(status).json({ message });
	return HANDLED;
}
