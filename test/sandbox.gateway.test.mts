/** What stands in front of Teamogy: limits, sizes, addresses, encodings, connections, certificates. */
import { once } from 'node:events';
import { Agent, fetch, request } from 'undici';
import { Budget } from './sandbox/budget.mts';
import { AMAZON } from './sandbox/gateway.mts';
import { startSandbox, type Sandbox, type SandboxOptions } from './sandbox/index.mts';

const cleanUp: Array<() => Promise<unknown>> = [];
afterAll(async () => {
	for (const end of cleanUp.reverse()) await end();
});

async function open(options: SandboxOptions): Promise<Sandbox> {
	const sandbox = await startSandbox(options);
	cleanUp.push(async () => await sandbox.close());
	return sandbox;
}

async function send(
	{ domain, apiKey }: Sandbox,
	path: string,
	{ method = 'GET', headers = {} }: { method?: 'GET' | 'DELETE'; headers?: object } = {},
) {
	const response = await request(`${domain}/rest/v1/${path}`, {
		method,
		headers: { authorization: `Bearer ${apiKey}`, ...headers },
	});
	const text = await response.body.text();
	return { status: response.statusCode, headers: response.headers, text };
}

const GROUPS = '1/views/groups?limit=1';

describe('a token bucket', () => {
	test('holds a burst and fills at its rate', () => {
		const limits = { rate: 60, burst: 3, budget: Infinity, windowMs: 60_000, countRefused: false };
		const bucket = new Budget(() => limits);
		const waits = [0, 0, 0, 0, 500, 1000, 1500, 60_000, 60_000, 60_000, 60_000];
		expect(waits.map((now) => bucket.take(now))).toEqual([
			0, 0, 0, 1000, 500, 0, 500, 0, 0, 0, 1000,
		]);
		bucket.reset();
		expect([1, 2, 3].map(() => bucket.take(60_000))).toEqual([0, 0, 0]);
	});

	test.each([
		['none', undefined],
		['seconds', '1'],
	] as const)('answers 429, with Retry-After: %s', async (retryAfter, header) => {
		const sandbox = await open({ rate: 60, burst: 2, retryAfter });
		expect(sandbox.credential.requestsPerMinute).toBe(60);
		const responses = [];
		for (let nth = 0; nth < 3; nth++) responses.push(await send(sandbox, GROUPS));
		expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
		expect(responses[2].text).toBe('{"message":"Too Many Requests"}');
		expect(responses[2].headers['retry-after']).toBe(header);
	});
});

describe('as Amazon documents its gateway', () => {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await open({ ...AMAZON, maxUrlLength: 20_000 });
	});
	beforeEach(() => sandbox.reset());

	test.each([
		['GET', 'nowhere'],
		['GET', '1/views/nothing'],
		['GET', '1/views/a/b'],
		['GET', '1/nothing?id=1'],
		['GET', '1/companies/30001'],
		['DELETE', '1/companies?id=30001'],
		['GET', '1/time?id=1'],
	] as const)('%s %s is a 403, whatever the key', async (method, path) => {
		for (const authorization of [`Bearer ${sandbox.apiKey}`, 'Bearer wrong']) {
			const { status, text } = await send(sandbox, path, { method, headers: { authorization } });
			expect([status, text]).toEqual([403, '{"message":"Missing Authentication Token"}']);
		}
	});

	test('a known path and a wrong key are a 401', async () => {
		const headers = { authorization: 'Bearer wrong' };
		expect((await send(sandbox, GROUPS, { headers })).status).toBe(401);
	});

	test('an answer that is too large is a 502', async () => {
		sandbox.set({ maxResponseBytes: 5000 });
		const { status, text } = await send(sandbox, '1/views/jobs');
		expect([status, text]).toEqual([502, '{"message":"Internal server error"}']);
	});

	test('10,240 bytes of request line and headers pass, one more is a 431', async () => {
		const size = async (extra: number) => {
			sandbox.clearLog();
			const { status } = await send(sandbox, `${GROUPS}&columns=id${',id'.repeat(extra)}`);
			return status;
		};
		expect(await size(0)).toBe(200);
		let [fits, exceeds] = [0, 4000];
		while (exceeds - fits > 1) {
			const middle = (fits + exceeds) >> 1;
			if ((await size(middle)) === 200) fits = middle;
			else exceeds = middle;
		}
		const head = () => {
			const [{ method, url, headers }] = sandbox.log;
			const lines = Object.entries(headers).map(([name, value]) => `${name}: ${String(value)}`);
			return [`${method} ${url} HTTP/1.1`, ...lines].join('\r\n').length + 2;
		};
		expect(await size(fits)).toBe(200);
		expect(head()).toBeLessThanOrEqual(10_240);
		expect(await size(exceeds)).toBe(431);
		expect(head()).toBeGreaterThan(10_240);
	});
});

describe('answers', () => {
	test.each(['gzip', 'deflate', 'br'] as const)('%s, for who takes it', async (compress) => {
		const sandbox = await open({ compress });
		const url = `${sandbox.domain}/rest/v1/1/views/companies`;
		const authorization = `Bearer ${sandbox.apiKey}`;
		const response = await fetch(url, { headers: { authorization, 'accept-encoding': compress } });
		expect(response.headers.get('content-encoding')).toBe(compress);
		expect(((await response.json()) as { data: unknown }).data).toEqual(sandbox.rows('companies'));
		const plain = await send(sandbox, '1/views/companies');
		expect(plain.headers['content-encoding']).toBeUndefined();
		expect(JSON.parse(plain.text).data).toEqual(sandbox.rows('companies'));
	});

	test('in chunks, which end in the middle of characters too', async () => {
		const sandbox = await open({ chunked: true });
		for (const path of ['1/views/companies', '1/companies?id=30001']) {
			const { headers, text } = await send(sandbox, path);
			expect(headers['transfer-encoding']).toBe('chunked');
			expect(headers['content-length']).toBeUndefined();
			expect(text).toContain("O'Neill & Sons");
		}
		expect((await send(sandbox, '1/companies?id=1')).status).toBe(404);
	});
});

describe('connections', () => {
	test('are kept, or closed after each answer', async () => {
		const kept = await send(await open({}), GROUPS);
		expect(kept.headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=72' });
		const closed = await send(await open({ keepAliveMs: 0 }), GROUPS);
		expect(closed.headers.connection).toBe('close');
	});

	test('are closed when nothing comes for so long', async () => {
		const { domain, apiKey } = await open({ keepAliveMs: 50 });
		const agent = new Agent({ connections: 1, keepAliveTimeoutThreshold: 0 });
		cleanUp.push(async () => await agent.destroy());
		const gone = once(agent, 'disconnect');
		const { body } = await request(`${domain}/rest/v1/${GROUPS}`, {
			dispatcher: agent,
			headers: { authorization: `Bearer ${apiKey}` },
		});
		await body.dump();
		await gone;
	});

	test('https, for who trusts the certificate', async () => {
		const sandbox = await open({ https: true });
		expect(sandbox.domain).toBe(`https://localhost:${sandbox.port}`);
		expect(sandbox.credential.domain).toBe(sandbox.domain);
		const headers = { authorization: `Bearer ${sandbox.apiKey}` };
		for (const host of ['localhost', '127.0.0.1']) {
			const url = `https://${host}:${sandbox.port}/rest/v1/${GROUPS}`;
			const dispatcher = new Agent({ connect: { ca: sandbox.certificate } });
			cleanUp.push(async () => await dispatcher.destroy());
			expect((await request(url, { headers, dispatcher })).statusCode).toBe(200);
			await expect(request(url, { headers })).rejects.toThrow(/self-signed/);
		}
	});
});
