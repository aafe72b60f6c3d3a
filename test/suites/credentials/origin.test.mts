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
	await listen('127.0.0.2', ownPort);
	otherPort = await listen('127.0.0.1', 0);
});

afterAll(() => {
	for (const server of servers) server.close();
});

beforeEach(() => {
	seen.length = 0;
});

const PATH = '/rest/v1/1/views/jobs?limit=1';

/** Puts the ports of this run into addresses: `{port}` is the account's, `{otherPort}` another one of its host. */
const fillPorts = <T,>(value: T): T =>
	JSON.parse(
		JSON.stringify(value)
			.replaceAll('{port}', String(ownPort))
			.replaceAll('{otherPort}', String(otherPort)),
	) as T;

const send = async (options: object, legacy = false) =>
	await testBed.engine
		.request({ credentialType: 'teamogyApi', options: fillPorts(options), legacy })
		.then(
			(response) => ({ response, error: undefined }),
			(error: Error & { description?: string }) => ({ response: undefined, error }),
		);

const expectUnseen = (): void => {
	expect(seen).toEqual([]);
	expect(testBed.sandbox.log).toEqual([]);
};

const HOST = "is at another host than 'Domain' in the credential";
const PORT = "is at another port than 'Domain' in the credential";
const NOT_FULL = 'is not a full one, which begins with "https://"';
const USER = 'has a user name or password before its host';

describe.each([false, true])('An address (helper of older nodes: %s)', (legacy) => {
	it.each<[object, string]>([
		[{ url: `http://127.0.0.2:{port}${PATH}` }, HOST],
		[{ url: `http://127.0.0.1:{otherPort}${PATH}` }, PORT],
		[{ url: `http://127.0.0.1${PATH}` }, PORT],
		[{ url: `https://127.0.0.1:{port}${PATH}` }, 'begins with "https://", not "http://"'],
		[{ url: `http://localhost:{port}${PATH}` }, HOST],
		[{ url: `http://127.0.0.1:{port}@127.0.0.2:{port}${PATH}` }, USER],
		[{ url: `http://127.0.0.1%3A{port}@127.0.0.2:{port}${PATH}` }, USER],
		[{ url: `http://user:password@127.0.0.1:{port}${PATH}` }, USER],
		[{ url: `http://127.0.0.1.evil.example:{port}${PATH}` }, HOST],
		[{ url: `http://evil.example/http://127.0.0.1:{port}${PATH}` }, HOST],
		[{ url: `http://evil.example:{port}?http://127.0.0.1:{port}` }, HOST],
		[{ url: `http:\\\\127.0.0.2:{port}${PATH}` }, HOST],
		[{ url: `http:127.0.0.2:{port}${PATH}` }, HOST],
		[{ url: `http:/\\/127.0.0.2:{port}${PATH}` }, HOST],
		[{ url: ` \thttp://127.0.0.2:{port}${PATH}` }, HOST],
		[{ url: `ht\ttp://127.0.0.2:{port}${PATH}` }, HOST],
		[{ url: `HTTP://127.0.0.2:{port}${PATH}` }, HOST],
		[{ url: `http://2130706434:{port}${PATH}` }, HOST],
		[{ url: `http://0x7f.0.0.2:{port}${PATH}` }, HOST],
		[{ url: `http://0177.0.0.2:{port}${PATH}` }, HOST],
		[{ url: `http://127.2:{port}${PATH}` }, HOST],
		[{ url: `http://127\u30020\u30020\u30022:{port}${PATH}` }, HOST],
		[{ url: `http://[::ffff:127.0.0.2]:{port}${PATH}` }, HOST],
		[{ url: `http://127.0.0.2%00.127.0.0.1:{port}${PATH}` }, NOT_FULL],
		[{ url: `//127.0.0.2:{port}${PATH}` }, NOT_FULL],
		[{ url: `127.0.0.2:{port}${PATH}` }, NOT_FULL],
		[{ url: `127.0.0.1:{port}${PATH}` }, NOT_FULL],
		[{ url: PATH }, NOT_FULL],
		[{ url: '' }, NOT_FULL],
		[{ url: `ftp://127.0.0.1:{port}${PATH}` }, NOT_FULL],
		[{ url: `javascript:http://127.0.0.1:{port}` }, NOT_FULL],
		[{ url: PATH, baseURL: 'http://127.0.0.2:{port}' }, HOST],
		[{ url: '', baseURL: 'http://127.0.0.2:{port}' }, HOST],
		[{ url: `http://127.0.0.2:{port}${PATH}`, baseURL: 'http://127.0.0.1:{port}' }, HOST],
		[{ url: `//127.0.0.2:{port}${PATH}`, baseURL: 'http://127.0.0.1:{port}' }, NOT_FULL],
		[{ url: PATH, baseURL: `http://127.0.0.1:{port}@127.0.0.2:{port}` }, USER],
		[{ url: `@127.0.0.2:{port}${PATH}`, baseURL: 'http://127.0.0.1:{port}@evil.example' }, USER],
		[{ uri: `http://127.0.0.2:{port}${PATH}` }, HOST],
		[
			{ url: `http://127.0.0.1:{port}${PATH}`, headers: { HOST: 'evil.example' } },
			'has a Host header of another host',
		],
		[
			{ url: `http://127.0.0.1:{port}${PATH}`, headers: { host: undefined, Host: 'evil.example' } },
			'has a Host header of another host',
		],
		...[
			...['Host ', ' host', '\tHOST', 'Host\n', 'host\u00a0', '\ufeffHost'].map((name) => ({
				[name]: 'evil.example',
			})),
			{ common: { Host: 'evil.example' } },
			{ get: { 'host ': 'evil.example' } },
			{ common: { get: { Host: 'evil.example' } } },
		].map((headers): [object, string] => [
			{ url: `http://127.0.0.1:{port}${PATH}`, headers },
			'has a Host header of another host',
		]),
	])('The address %j is refused', async (options, why) => {
		const { error } = await send({ method: 'GET', ...options }, legacy);
		expect(error?.message).toBe(`The API key was not sent: the address of the request ${why}`);
		const own = `http://127.0.0.1:${ownPort}`;
		expect(error?.description).toBe(
			`The key of this credential is only sent to ${own}. Enter an address there, e.g. ${own}/rest/v1/1/views/jobs. For another host choose another credential.`,
		);
		expectUnseen();
	});

	it.each<[object, string?]>([
		[{ url: `http://127.0.0.1:{port}${PATH}` }],
		[{ url: `HTTP://127.0.0.1:{port}${PATH}` }],
		[{ url: `http://127.1:{port}${PATH}` }],
		[{ url: PATH, baseURL: 'http://127.0.0.1:{port}' }],
		[{ url: PATH, baseURL: 'http://127.0.0.1:{port}/' }],
		[{ url: 'views/jobs?limit=1', baseURL: 'http://127.0.0.1:{port}/rest/v1/1/' }],
		[{ url: `http://127.0.0.1:{port}${PATH}`, baseURL: 'http://127.0.0.2:{port}' }],
		[{ url: `http://127.0.0.1:{port}${PATH}#@127.0.0.2:{port}` }],
		[{ uri: `http://127.0.0.1:{port}${PATH}` }],
		[{ url: `http://127.0.0.1:{port}${PATH}`, uri: `http://127.0.0.2:{port}${PATH}` }],
		[{ url: `http://127.0.0.1:{port}${PATH}`, headers: { host: '127.0.0.1:{port}' } }],
		[{ url: `http://127.0.0.1:{port}\\@127.0.0.2:{port}${PATH}` }, `/@127.0.0.2`],
		[{ url: `@127.0.0.2:{port}${PATH}`, baseURL: 'http://127.0.0.1:{port}' }, `/@127.0.0.2`],
		[
			{ url: `https:127.0.0.2:{port}${PATH}`, baseURL: 'http://127.0.0.1:{port}' },
			`/https:127.0.0.2`,
		],
	])('The address %j reaches the account', async (options, path = PATH) => {
		await send({ method: 'GET', ...options }, legacy);
		expect(seen).toEqual([]);
		expect(testBed.sandbox.log).toHaveLength(1);
		const [{ url, headers }] = testBed.sandbox.log;
		expect(url.startsWith(path)).toBe(true);
		expect(headers.authorization).toBe(`Bearer ${testBed.sandbox.apiKey}`);
	});

	it('An address of the account gives what the account responds', async () => {
		const options = { method: 'GET', url: `http://127.0.0.1:{port}${PATH}`, json: true };
		const { response } = await send(options, legacy);
		expect(response).toMatchObject({ data: testBed.sandbox.rows('jobs').slice(0, 1) });
	});

	it.each(
		[301, 302, 303, 307, 308].flatMap((status) =>
			['http://127.0.0.2:{port}', 'http://127.0.0.1:{otherPort}', `//127.0.0.2:{port}`].map(
				(to) => [status, to] as const,
			),
		),
	)('A redirect %d to %s is not followed', async (status, to) => {
		const location = fillPorts(`${to}${PATH}`);
		for (const method of ['GET', 'POST']) {
			testBed.sandbox.fault({ kind: 'redirect', status, headers: { location } });
			const { error } = await send(
				{
					method,
					url: `http://127.0.0.1:{port}${PATH}`,
					followAllRedirects: true,
					maxRedirects: 5,
				},
				legacy,
			);
			expect(error?.message).toContain(String(status));
			expect(seen).toEqual([]);
		}
		expect(testBed.sandbox.log.map(({ method }) => method)).toEqual(['GET', 'POST']);
	});

	it('A request is not sent through a proxy that could read the key', async () => {
		const https = { teamogyApi: { ...testBed.sandbox.credential, domain: 'teamogy.example' } };
		const url = `https://teamogy.example${PATH}`;
		const proxy = fillPorts('http://127.0.0.2:{port}');
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
		const { error } = await send(
			{ method: 'GET', url: `http://127.0.0.1:{port}${PATH}`, proxy: 'http://127.0.0.2:{port}' },
			legacy,
		);
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

it('An account with https is not asked without it', async () => {
	const credentials = {
		teamogyApi: { ...testBed.sandbox.credential, domain: `https://127.0.0.1:${ownPort}` },
	};
	for (const legacy of [false, true]) {
		const options = fillPorts({ method: 'GET', url: `http://127.0.0.1:{port}${PATH}` });
		const call = { credentialType: 'teamogyApi', options, legacy, credentials };
		await expect(testBed.engine.request(call)).rejects.toThrow(
			'The API key was not sent: the address of the request begins with "http://", not "https://"',
		);
	}
	expectUnseen();
});
