import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';

export type Response = ReturnType<IWebhookFunctions['getResponseObject']>;

/** The response to a delivery. */
export interface SentResponse {
	status: number;
	/** JSON, as n8n responds. Undefined if it is not kept: a repeat then gets a message that the push came before. */
	body?: string;
}

const HANDLED: IWebhookResponseData = { noWebhookResponse: true };

/** Resolves with the response when n8n sends it. */
export async function captureResponse(response: Response): Promise<SentResponse> {
	return await new Promise((resolve) => {
		const end = response.end.bind(response) as (...values: unknown[]) => Response;
		response.end = ((...values: unknown[]): Response => {
			const [chunk] = values;
			const hasBody = typeof chunk === 'string' || Buffer.isBuffer(chunk);
			resolve({ status: response.statusCode, body: hasBody ? chunk.toString() : undefined });
			return end(...values);
		}) as Response['end'];
	});
}

/** Sends the response to an earlier delivery again. */
export function replayResponse(
	response: Response,
	{ status, body }: SentResponse,
): IWebhookResponseData {
	response.status(status);
	if (body === undefined) response.json({ message: 'This was received before' });
	else response.type('json').send(body);
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
