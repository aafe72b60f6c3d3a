import {
	createServer,
	type IncomingHttpHeaders,
	type OutgoingHttpHeaders,
	request as sendRequest,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
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

/** What came back over HTTP. */
export interface ResponseData {
	status: number;
	headers: IncomingHttpHeaders;
	body: string;
}

/** The parts of Express's response that nodes and n8n use. */
export interface WebhookResponse extends ServerResponse {
	locals: Record<string, unknown>;
	status(code: number): WebhookResponse;
	sendStatus(code: number): WebhookResponse;
	set(name: string, value: string): WebhookResponse;
	header(name: string, value: string): WebhookResponse;
	type(value: string): WebhookResponse;
	json(body: unknown): WebhookResponse;
	send(body: unknown): WebhookResponse;
}

export interface Listener {
	port: number;
	/** Resolves when every request that came has been handled; rejects when that was not possible. */
	settled(): Promise<void>;
	close(): Promise<void>;
}

/** Hands each request that comes in over HTTP to a handler, as Express would. */
export async function listen(
	handle: (request: WebhookRequest, response: WebhookResponse) => Promise<void>,
): Promise<Listener> {
	const underWay: Array<Promise<void>> = [];
	const server = createServer((request, response) => {
		const handled = handle(
			toExpressRequest(request as WebhookRequest),
			toExpressResponse(response),
		);
		handled.catch(() => response.destroy());
		underWay.push(handled);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		port: (server.address() as AddressInfo).port,
		settled: async () => {
			for (const handled of underWay) await handled;
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

/** Sends one request and gives what comes back. */
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

function toExpressRequest(request: WebhookRequest): WebhookRequest {
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
	const query: Record<string, unknown> = {};
	for (const name of new Set(searchParams.keys())) {
		const values = searchParams.getAll(name);
		query[name] = values.length > 1 ? values : values[0];
	}
	prepareBody(request);
	const header = (name: string): unknown => request.headers[name.toLowerCase()];
	return Object.assign(request, {
		params: {},
		query,
		path: pathname,
		originalUrl: request.url,
		hostname: 'localhost',
		protocol: 'http',
		ip: request.socket.remoteAddress,
		ips: [],
		cookies: {},
		get: header,
		header,
	});
}

function toExpressResponse(plain: ServerResponse): WebhookResponse {
	const response = plain as WebhookResponse;
	const set = (name: string, value: string): WebhookResponse => {
		response.setHeader(name, value);
		return response;
	};
	const end = (contentType: string, body: string | Buffer): WebhookResponse => {
		if (!response.hasHeader('content-type')) response.setHeader('content-type', contentType);
		response.end(body);
		return response;
	};
	return Object.assign(response, {
		locals: {},
		set,
		header: set,
		type: (value: string) => set('content-type', value),
		status: (code: number) => {
			response.statusCode = code;
			return response;
		},
		sendStatus: (code: number) => response.status(code).send(String(code)),
		json: (body: unknown) => end('application/json; charset=utf-8', JSON.stringify(body) ?? ''),
		send: (body: unknown) => {
			if (Buffer.isBuffer(body)) return end('application/octet-stream', body);
			if (typeof body === 'string') return end('text/html; charset=utf-8', body);
			return response.json(body);
		},
	});
}
