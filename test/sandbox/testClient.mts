import { connect } from 'node:net';
import { text as readText } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { Client, type Dispatcher } from 'undici';
import { startSandbox, type SandboxOptions } from './index.mts';

/** A response; `json` is undefined where the body is no JSON. */
export interface TestResponse {
	status: number;
	headers: Dispatcher.ResponseData['headers'];
	text: string;
	json: any;
}

type RequestOptions = { headers?: Record<string, string>; body?: unknown; key?: string };

const cleanUps: Array<() => Promise<unknown>> = [];
afterAll(async () => {
	for (const end of cleanUps.reverse()) await end();
});

/** Runs `end` when the test file ends; the last one registered runs first. */
export function onEnd(end: () => Promise<unknown>): void {
	cleanUps.push(end);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

export type TestClient = Awaited<ReturnType<typeof openSandbox>>;

/** Starts a sandbox and a client that sends paths exactly as written. Both end with the test file. */
export async function openSandbox(options: SandboxOptions = {}) {
	const sandbox = await startSandbox(options);
	const client = new Client(sandbox.domain);
	onEnd(async () => await sandbox.close());
	onEnd(async () => await client.destroy());
	const call = async (
		method: string,
		path: string,
		{ headers, body, key = sandbox.apiKey }: RequestOptions = {},
	): Promise<TestResponse> => {
		const response = await client.request({
			method: method as 'GET',
			path: `/rest/v1/${path}`,
			headers: {
				authorization: `Bearer ${key}`,
				...(body !== undefined && { 'content-type': 'application/json' }),
				...headers,
			},
			body: typeof body === 'string' ? body : JSON.stringify(body),
		});
		const { statusCode: status } = response;
		const text = await response.body.text();
		return { status, headers: response.headers, text, json: parseJson(text) };
	};
	return {
		sandbox,
		call,
		get: (path: string, options?: RequestOptions) => call('GET', path, options),
		post: (entity: string, body: unknown, options?: RequestOptions) =>
			call('POST', `1/${entity}`, { ...options, body }),
		patch: (path: string, body: unknown) => call('PATCH', `1/${path}`, { body }),
	};
}

/** A sandbox for all tests of a file, reset before each of them. It exists once the tests run. */
export function shareSandbox(options: SandboxOptions = {}): TestClient {
	const shared = {} as TestClient;
	beforeAll(async () => void Object.assign(shared, await openSandbox(options)));
	beforeEach(() => shared.sandbox.reset());
	return shared;
}

/** The parameter `externalFilter` as the documentation encodes it. */
export function encodeFilter(text: string): string {
	const encoded = encodeURIComponent(text).replace(
		/['()!*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `externalFilter=${encoded}`;
}

/** Sends text over a bare socket and gives everything that comes back until the connection closes. */
export async function sendRaw(port: number, request: string): Promise<string> {
	const socket = connect(port, '127.0.0.1', () => socket.write(request));
	return await readText(socket);
}

/** Resolves when the condition holds. */
export async function waitFor(condition: () => boolean): Promise<void> {
	while (!condition()) await setTimeout(5);
}
