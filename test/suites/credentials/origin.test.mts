/** The API key goes to the origin of its credential, however an address, a redirect or a proxy is dressed up. */
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { useTestBed } from '../../helpers/testBed.mts';

const testBed = useTestBed();
/** What arrived where the key must not go: at another host with the same port, and at another port of the same host. */
const seen: Array<{ url?: string; headers: IncomingMessage['headers'] }> = [];
const servers: Server[] = [];
let ownPort = 0;
let otherPort = 0;

const OTHER_HOST = '127.0.0.2';

const listen = async (host: string, port: number): Promise<number> => {
	const server = createServer((request, response) => {
		seen.push({ url: request.url, headers: request.headers });
		response.end('{}');
	});
	server.on('connect', (request, socket) => {
		seen.push({ url: request.url, headers: request.headers });
		socket.end();
	});
	servers.push(server);
	await new Promise<void>((resolve) => server.listen(port, host, resolve));
	return (server.address() as AddressInfo).port;
};

beforeAll(async () => {
	ownPort = Number(new URL(testBed.sandbox.domain).port);
	await listen(OTHER_HOST, ownPort);
	otherPort = await listen('127.0.0.1', 0);
});

afterAll(() => {
	for (const server of servers) server.close();
});

beforeEach(() => {
	seen.length = 0;
});

const PATH = '/rest/v1/1/views/jobs?limit=1';

/** With the ports of this run: OWN and OTHER are origins, P is the port of OWN. */
const filled = (options: object): Record<string, unknown> =>
	JSON.parse(
		JSON.stringify(options)
			.replaceAll('OWN', `http://127.0.0.1:${ownPort}`)
			.replaceAll('OTHER', `http://${OTHER_HOST}:${ownPort}`)
			.replaceAll(':Q', `:${otherPort}`)
			.replaceAll(':P', `:${ownPort}`),
	) as Record<string, unknown>;

const send = async (options: object, legacy = false) =>
	await testBed.engine
		.request({ credentialType: 'teamogyApi', options: filled(options), legacy })
		.then(
			(answer) => ({ answer, error: undefined }),
			(error: Error & { description?: string }) => ({ answer: undefined, error }),
		);

const expectUnseen = (): void => {
	expect(seen).toEqual([]);
	expect(testBed.sandbox.log).toEqual([]);
};

const HOST = 'is at another host than the Domain of the credential';
const PORT = 'is at another port than the Domain of the credential';
const NOT_FULL = 'is not a full one, which begins with "https://"';
const USER = 'has a user name or password before its host';

describe.each([false, true])('an address (helper of older nodes: %s)', (legacy) => {
	it.each<[object, string]>([
		[{ url: `OTHER${PATH}` }, HOST],
		[{ url: `http://127.0.0.1:Q${PATH}` }, PORT],
		[{ url: `http://127.0.0.1${PATH}` }, PORT],
		[{ url: `https://127.0.0.1:P${PATH}` }, 'begins with "https://", not "http://"'],
		[{ url: `http://localhost:P${PATH}` }, HOST],
		[{ url: `http://127.0.0.1:P@${OTHER_HOST}:P${PATH}` }, USER],
		[{ url: `http://127.0.0.1%3AP@${OTHER_HOST}:P${PATH}` }, USER],
		[{ url: `http://user:password@127.0.0.1:P${PATH}` }, USER],
		[{ url: `http://127.0.0.1.evil.example:P${PATH}` }, HOST],
		[{ url: `http://evil.example/http://127.0.0.1:P${PATH}` }, HOST],
		[{ url: `http://evil.example:P?OWN` }, HOST],
		[{ url: `http:\\\\${OTHER_HOST}:P${PATH}` }, HOST],
		[{ url: `http:${OTHER_HOST}:P${PATH}` }, HOST],
		[{ url: `http:/\\/${OTHER_HOST}:P${PATH}` }, HOST],
		[{ url: ` \tOTHER${PATH}` }, HOST],
		[{ url: `ht\ttp://${OTHER_HOST}:P${PATH}` }, HOST],
		[{ url: `HTTP://${OTHER_HOST}:P${PATH}` }, HOST],
		[{ url: `http://2130706434:P${PATH}` }, HOST],
		[{ url: `http://0x7f.0.0.2:P${PATH}` }, HOST],
		[{ url: `http://0177.0.0.2:P${PATH}` }, HOST],
		[{ url: `http://127.2:P${PATH}` }, HOST],
		[{ url: `http://127\u30020\u30020\u30022:P${PATH}` }, HOST],
		[{ url: `http://[::ffff:127.0.0.2]:P${PATH}` }, HOST],
		[{ url: `http://127.0.0.2%00.127.0.0.1:P${PATH}` }, NOT_FULL],
		[{ url: `//${OTHER_HOST}:P${PATH}` }, NOT_FULL],
		[{ url: `${OTHER_HOST}:P${PATH}` }, NOT_FULL],
		[{ url: `127.0.0.1:P${PATH}` }, NOT_FULL],
		[{ url: PATH }, NOT_FULL],
		[{ url: '' }, NOT_FULL],
		[{ url: `ftp://127.0.0.1:P${PATH}` }, NOT_FULL],
		[{ url: `javascript:OWN` }, NOT_FULL],
		[{ url: PATH, baseURL: 'OTHER' }, HOST],
		[{ url: '', baseURL: 'OTHER' }, HOST],
		[{ url: `OTHER${PATH}`, baseURL: 'OWN' }, HOST],
		[{ url: `//${OTHER_HOST}:P${PATH}`, baseURL: 'OWN' }, NOT_FULL],
		[{ url: PATH, baseURL: `OWN@${OTHER_HOST}:P` }, USER],
		[{ url: `@${OTHER_HOST}:P${PATH}`, baseURL: 'http://127.0.0.1:P@evil.example' }, USER],
		[{ uri: `OTHER${PATH}` }, HOST],
		[{ url: `OWN${PATH}`, headers: { HOST: 'evil.example' } }, 'has a Host header of another host'],
		[
			{ url: `OWN${PATH}`, headers: { host: undefined, Host: 'evil.example' } },
			'has a Host header of another host',
		],
	])('the address %j is refused', async (options, why) => {
		const { error } = await send({ method: 'GET', ...options }, legacy);
		expect(error?.message).toBe(`The API key was not sent: the address of the request ${why}`);
		const own = `http://127.0.0.1:${ownPort}`;
		expect(error?.description).toBe(
			`The key of this credential is only sent to ${own}. Enter an address there, e.g. ${own}/rest/v1/1/views/jobs. For another host choose another credential.`,
		);
		expectUnseen();
	});

	it.each<[object, string?]>([
		[{ url: `OWN${PATH}` }],
		[{ url: `HTTP://127.0.0.1:P${PATH}` }],
		[{ url: `http://127.1:P${PATH}` }],
		[{ url: PATH, baseURL: 'OWN' }],
		[{ url: PATH, baseURL: 'OWN/' }],
		[{ url: 'views/jobs?limit=1', baseURL: 'OWN/rest/v1/1/' }],
		[{ url: `OWN${PATH}`, baseURL: 'OTHER' }],
		[{ url: `OWN${PATH}#@${OTHER_HOST}:P` }],
		[{ uri: `OWN${PATH}` }],
		[{ url: `OWN${PATH}`, uri: `OTHER${PATH}` }],
		[{ url: `OWN${PATH}`, headers: { host: '127.0.0.1:P' } }],
		[{ url: `http://127.0.0.1:P\\@${OTHER_HOST}:P${PATH}` }, `/@${OTHER_HOST}`],
		[{ url: `@${OTHER_HOST}:P${PATH}`, baseURL: 'OWN' }, `/@${OTHER_HOST}`],
		[{ url: `https:${OTHER_HOST}:P${PATH}`, baseURL: 'OWN' }, `/https:${OTHER_HOST}`],
	])('the address %j reaches the account', async (options, path = PATH) => {
		await send({ method: 'GET', ...options }, legacy);
		expect(seen).toEqual([]);
		expect(testBed.sandbox.log).toHaveLength(1);
		const [{ url, headers }] = testBed.sandbox.log;
		expect(url.startsWith(path)).toBe(true);
		expect(headers.authorization).toBe(`Bearer ${testBed.sandbox.apiKey}`);
	});

	it('an address of the account gives what the account answers', async () => {
		const options = { method: 'GET', url: `OWN${PATH}`, json: true };
		const { answer } = await send(options, legacy);
		expect(answer).toMatchObject({ data: testBed.sandbox.rows('jobs').slice(0, 1) });
	});

	it.each(
		[301, 302, 303, 307, 308].flatMap((status) =>
			['OTHER', 'http://127.0.0.1:Q', `//${OTHER_HOST}:P`].map((to) => [status, to] as const),
		),
	)('a redirect %d to %s is not followed', async (status, to) => {
		const location = filled({ to: `${to}${PATH}` }).to as string;
		for (const method of ['GET', 'POST']) {
			testBed.sandbox.fault({ kind: 'redirect', status, headers: { location } });
			const { error } = await send(
				{ method, url: `OWN${PATH}`, followAllRedirects: true, maxRedirects: 5 },
				legacy,
			);
			expect(error?.message).toContain(String(status));
			expect(seen).toEqual([]);
		}
		expect(testBed.sandbox.log).toHaveLength(2);
	});

	it('a request is not sent through a proxy that could read the key', async () => {
		const https = { teamogyApi: { ...testBed.sandbox.credential, domain: 'teamogy.example' } };
		const url = `https://teamogy.example${PATH}`;
		const proxy = filled({ proxy: 'OTHER' }).proxy;
		const weakened = [
			{ rejectUnauthorized: false },
			{ skipSslCertificateValidation: true },
			{ agentOptions: { ca: 'a certificate' } },
		];
		for (const more of weakened) {
			const options = { method: 'GET', url, proxy, ...more };
			const call = { credentialType: 'teamogyApi', options, legacy, credentials: https };
			await expect(testBed.engine.request(call)).rejects.toThrow(
				'The API key was not sent: the proxy of this request could read it',
			);
		}
		const { error } = await send({ method: 'GET', url: `OWN${PATH}`, proxy: 'OTHER' }, legacy);
		expect(error?.message).toBe(
			'The API key was not sent: the proxy of this request could read it',
		);
		expectUnseen();
		// With certificates checked a proxy sees the host alone.
		const options = { method: 'GET', url, proxy };
		const call = { credentialType: 'teamogyApi', options, legacy, credentials: https };
		await expect(testBed.engine.request(call)).rejects.toThrow();
		expect(seen.map((one) => one.url)).toEqual(['teamogy.example:443']);
		expect(JSON.stringify(seen)).not.toContain(testBed.sandbox.apiKey);
	});
});

it('an account with https is not asked without it', async () => {
	const credentials = {
		teamogyApi: { ...testBed.sandbox.credential, domain: `https://127.0.0.1:${ownPort}` },
	};
	for (const legacy of [false, true]) {
		const options = filled({ method: 'GET', url: `OWN${PATH}` });
		const call = { credentialType: 'teamogyApi', options, legacy, credentials };
		await expect(testBed.engine.request(call)).rejects.toThrow(
			'The API key was not sent: the address of the request begins with "http://", not "https://"',
		);
	}
	expectUnseen();
});
