import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A local server that counts its requests. */
export interface FixtureServer {
	url: string;
	/** Method and address of each request. */
	requests: string[];
	close(): Promise<void>;
}

type Responder = (request: IncomingMessage, response: ServerResponse) => void;

const json = (response: ServerResponse, status: number, body: unknown): void => {
	response.writeHead(status, { 'content-type': 'application/json' });
	response.end(JSON.stringify(body));
};

/** Responders by path; anything else is echoed. */
const responders: Record<string, Responder> = {
	'/401': (_request, response) => json(response, 401, { message: 'No such key' }),
	'/403': (_request, response) => json(response, 403, { message: 'Not allowed' }),
	'/404': (_request, response) => json(response, 404, { message: 'Not here' }),
	'/off': (_request, response) => json(response, 200, { state: { code: 'off' } }),
	'/broken': (_request, response) => response.destroy(),
	'/slow': () => undefined,
	'/invalid': (_request, response) => {
		response.writeHead(200, { 'content-type': 'application/json' });
		response.end('{"half":');
	},
	'/moved': (_request, response) => {
		response.writeHead(302, { location: '/echo?moved=1' });
		response.end();
	},
};

/** Starts the server on a free port. */
export async function startFixtureServer(): Promise<FixtureServer> {
	const requests: string[] = [];
	const server = createServer((request, response) => {
		const { method, url = '/', headers } = request;
		requests.push(`${method} ${url}`);
		const respond = responders[url.split('?')[0]];
		if (respond) respond(request, response);
		else json(response, 200, { method, url, headers });
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
