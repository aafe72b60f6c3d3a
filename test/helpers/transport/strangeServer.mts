import {
	createServer,
	type IncomingMessage,
	type OutgoingHttpHeaders,
	type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { RunOptions } from '../../engine/index.mts';
import { useTestBed, type TestBedOptions } from '../testBed.mts';

/** A request as it arrived, and whether its connection was closed before the response was over. */
export interface StrangeRequest {
	method: string;
	/** Path and query. */
	url: string;
	body: string;
	at: number;
	givenUp: boolean;
}

/** Responds to a request in whatever way; `nth` counts requests from 1. */
export type Responder = (response: ServerResponse, request: StrangeRequest, nth: number) => void;

/** A response of JSON, or of the text as it is. */
export const respondWith =
	(body: unknown, status = 200, headers: OutgoingHttpHeaders = {}): Responder =>
	(response) => {
		response.writeHead(status, { 'content-type': 'application/json', ...headers });
		response.end(typeof body === 'string' ? body : JSON.stringify(body));
	};

/** A response that begins well and then brings a byte now and then, for ever. */
export const drip: Responder = (response) => {
	response.writeHead(200, { 'content-type': 'application/json' });
	const drops = setInterval(() => response.write(' '), 20);
	response.on('close', () => clearInterval(drops));
};

/** The only page of a view. */
export const respondWithRows = (rows: object[]): Responder =>
	respondWith({ metadata: { count: rows.length, limit: 1000, nextOffset: null }, data: rows });

/** The response of another server to the same request with the right key, e.g. a sandbox. */
export const relayTo =
	({ credential }: { credential: { domain: string; apiKey: string } }): Responder =>
	(response, request, nth) => {
		const headers = { authorization: `Bearer ${credential.apiKey}` };
		void fetch(`${credential.domain}${request.url}`, { headers })
			.then(async (relayed) => respondWith(await relayed.text(), relayed.status))
			.then((respond) => respond(response, request, nth));
	};

/**
 * A server on loopback that responds as the test says: what no server of Teamogy is known to do, so
 * that it is no fault of the sandbox.
 */
export async function startStrangeServer(first: Responder = respondWithRows([])) {
	const requests: StrangeRequest[] = [];
	const state = { respond: first };
	const server = createServer((incoming: IncomingMessage, response) => {
		const request: StrangeRequest = {
			method: incoming.method ?? '',
			url: incoming.url ?? '',
			body: '',
			at: performance.now(),
			givenUp: false,
		};
		const nth = requests.push(request);
		response.on('close', () => (request.givenUp = !response.writableFinished));
		response.on('error', () => undefined);
		incoming.on('data', (chunk) => (request.body += String(chunk)));
		incoming.on('end', () => state.respond(response, request, nth));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		requests,
		/** The credential of an account at this server. */
		credential: {
			domain: `http://127.0.0.1:${port}`,
			unitId: 1,
			apiKey: 'key-that-must-not-be-seen-0123456789',
			requestsPerMinute: 1_000_000,
		},
		/** Responds so from now on, and forgets the requests so far. */
		respond(respond: Responder): void {
			requests.length = 0;
			state.respond = respond;
		},
		async close(): Promise<void> {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

export type StrangeServer = Awaited<ReturnType<typeof startStrangeServer>>;

/** Starts a test bed for the tests of a file, and a strange server for each of them. */
export function useStrangeServer(options?: TestBedOptions) {
	const testBed = useTestBed(options);
	const server = {} as StrangeServer;
	beforeEach(async () => void Object.assign(server, await startStrangeServer()));
	afterEach(async () => await server.close());
	/** Runs the `teamogy` node with a credential for the strange server. */
	const run = async (parameters: object, more: Partial<RunOptions> = {}) =>
		await testBed.run(parameters, { credentials: { teamogyApi: server.credential }, ...more });
	/** Loads a part of the list of records in the editor. */
	const searchRecords = async (resource: string, filter?: string, paginationToken?: string) =>
		await testBed.engine.listSearch({
			type: 'teamogy',
			method: 'searchRecords',
			path: 'parameters.recordId',
			parameters: {
				resource,
				operation: 'get',
				recordId: { __rl: true, mode: 'list', value: '' },
			},
			credentials: { teamogyApi: server.credential },
			filter,
			paginationToken,
		});
	return { testBed, server, run, searchRecords };
}

/** Parameters that list all jobs of an account. */
export const allJobs = { resource: 'job', operation: 'getAll', output: 'all', returnAll: true };

/** Starts strange servers for the tests of a file, where n8n has sent its first request before any of them. */
export function useWarmStrangeServer() {
	const strange = useStrangeServer({ rows: { jobs: 0, opportunities: 0 } });
	// The first request of all takes n8n longer than the time-outs of these tests are.
	beforeAll(async () => void (await strange.testBed.run(allJobs)));
	return strange;
}
