import {
	createServer,
	type IncomingHttpHeaders,
	type OutgoingHttpHeaders,
	request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Express, Response } from 'express';
import { load } from './outsideJest.mts';
import { prepareBody, type WebhookRequest } from './webhookBody.mts';

/** A request to send to a webhook. */
export interface RequestData {
	method: string;
	headers?: OutgoingHttpHeaders;
	/** Sent as it is. */
	body?: Buffer | string;
	contentType?: string;
	query?: Record<string, string> | string;
}

/** An HTTP response. */
export interface ResponseData {
	status: number;
	headers: IncomingHttpHeaders;
	body: string;
}

export interface Listener {
	port: number;
	/** Resolves when all requests so far are handled; rejects when the handler of one fails. */
	waitUntilHandled(): Promise<void>;
	close(): Promise<void>;
}

/** Passes each HTTP request to a handler, through Express as n8n sets it up. */
export async function listen(
	handle: (request: WebhookRequest, response: Response) => Promise<void>,
): Promise<Listener> {
	const underWay: Array<Promise<void>> = [];
	const app = (load('express') as () => Express)();
	app.disable('x-powered-by');
	app.set('query parser', 'extended');
	app.use((request, response) => {
		prepareBody(request as WebhookRequest);
		const handled = handle(request as WebhookRequest, response);
		handled.catch(() => response.destroy());
		underWay.push(handled);
	});
	const server = createServer(app);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		waitUntilHandled: async () => {
			for (const handled of underWay) await handled;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Sends one request. */
export async function send(port: number, path: string, data: RequestData): Promise<ResponseData> {
	const { method, headers = {}, body = '', contentType, query = '' } = data;
	const search = String(new URLSearchParams(query));
	const allHeaders: OutgoingHttpHeaders = { 'content-length': Buffer.byteLength(body), ...headers };
	if (contentType) allHeaders['content-type'] = contentType;
	return await new Promise((resolve, reject) => {
		const options = {
			host: '127.0.0.1',
			port,
			method,
			path: search ? `${path}?${search}` : path,
			headers: allHeaders,
		};
		const request = sendRequest(options, (response) => {
			const chunks: Buffer[] = [];
			response.on('data', (chunk: Buffer) => chunks.push(chunk));
			response.on('error', reject);
			response.on('end', () =>
				resolve({
					status: response.statusCode ?? 0,
					headers: response.headers,
					body: Buffer.concat(chunks).toString(),
				}),
			);
		});
		request.on('error', reject);
		request.end(body);
	});
}
