import { once } from 'node:events';
import timers from 'node:timers/promises';
import { Agent, fetch, request } from 'undici';
import { AMAZON } from '../../sandbox/gateway.mts';
import { onEnd, openSandbox, sendRaw, shareSandbox } from '../../sandbox/testClient.mts';

const GROUPS = '1/views/groups?limit=1';

describe('Amazon’s gateway', () => {
	const amazon = shareSandbox(AMAZON);

	test.each([
		['GET', 'nowhere'],
		['GET', '1/views/nothing'],
		['GET', '1/views/a/b'],
		['GET', '1/views/%E0'],
		['GET', '1/nothing?id=1'],
		['GET', '1/companies/30001'],
		['DELETE', '1/companies?id=30001'],
		['GET', '1/time?id=1'],
	])(
		'Amazon’s gateway responds to an unknown path or method with 403, whatever the key: %s %s',
		async (method, path) => {
			for (const key of [amazon.sandbox.apiKey, 'wrong']) {
				const { status, text } = await amazon.call(method, path, { key });
				expect([status, text]).toEqual([403, '{"message":"Missing Authentication Token"}']);
				expect(amazon.sandbox.log.at(-1)).toMatchObject({ url: `/rest/v1/${path}`, status });
			}
		},
	);

	test('Amazon’s gateway responds to a known path and a wrong key with 401', async () => {
		expect((await amazon.get(GROUPS, { key: 'wrong' })).status).toBe(401);
	});

	test('Amazon’s gateway responds with 502 where the response is too large', async () => {
		amazon.sandbox.set({ maxResponseBytes: 5000 });
		const { status, text } = await amazon.get('1/views/jobs');
		expect([status, text]).toEqual([502, '{"message":"Internal server error"}']);
		expect((await amazon.get('1/views/jobs?limit=5')).status).toBe(200);
	});

	test('Amazon’s gateway takes 10,240 bytes of request line and headers, and responds to one more with 431', async () => {
		const { port, apiKey } = amazon.sandbox;
		const status = async (size: number) => {
			const start = `GET /rest/v1/${GROUPS}&x=`;
			const end = ` HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${apiKey}\r\nConnection: close\r\n`;
			const padding = 'x'.repeat(size - start.length - end.length);
			return (await sendRaw(port, `${start}${padding}${end}\r\n`)).slice(9, 12);
		};
		expect([await status(10_240), await status(10_241)]).toEqual(['200', '431']);
	});
});

describe('A response', () => {
	test.each([
		['gzip', 'br, gzip, deflate'],
		['deflate', 'gzip;q=1.0,deflate;q=0.6'],
		['br', 'br'],
	] as const)(
		'A response is compressed by %s for a client that accepts it',
		async (compress, accepted) => {
			const { sandbox, get } = await openSandbox({ compress });
			const response = await fetch(`${sandbox.domain}/rest/v1/1/views/companies`, {
				headers: { authorization: `Bearer ${sandbox.apiKey}`, 'accept-encoding': accepted },
			});
			expect(response.headers.get('content-encoding')).toBe(compress);
			expect(await response.json()).toMatchObject({ data: sandbox.rows('companies') });
			const plain = await get('1/views/companies');
			expect(plain.headers['content-encoding']).toBeUndefined();
			expect(plain.json.data).toEqual(sandbox.rows('companies'));
		},
	);

	test('A response comes in chunks, which end in the middle of characters too', async () => {
		const { get } = await openSandbox({ chunked: true });
		for (const path of ['1/views/companies', '1/companies?id=30001']) {
			const { headers, text } = await get(path);
			expect(headers['transfer-encoding']).toBe('chunked');
			expect(headers['content-length']).toBeUndefined();
			expect(text).toContain("O'Neill & Sons");
		}
		expect((await get('1/companies?id=1')).status).toBe(404);
	});

	test('A response comes after the latency, which can change while the sandbox runs', async () => {
		const pauses = jest.spyOn(timers, 'setTimeout').mockResolvedValue(undefined);
		const { sandbox, get } = await openSandbox();
		await get(GROUPS);
		sandbox.set({ latencyMs: 80 });
		await get(GROUPS);
		expect(pauses.mock.calls).toEqual([[80]]);
		pauses.mockRestore();
		expect(() => sandbox.set({ units: [5] })).toThrow('units');
	});
});

describe('A connection', () => {
	test('A connection is kept open, or closed after each response where that is set', async () => {
		const kept = await (await openSandbox()).get(GROUPS);
		expect(kept.headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=72' });
		const closed = await (await openSandbox({ keepAliveMs: 0 })).get(GROUPS);
		expect(closed.headers.connection).toBe('close');
	});

	test('A connection is closed when it stays unused', async () => {
		const { sandbox } = await openSandbox({ keepAliveMs: 50 });
		const agent = new Agent({ connections: 1, keepAliveTimeoutThreshold: 0 });
		onEnd(async () => await agent.destroy());
		const gone = once(agent, 'disconnect');
		const { body } = await request(`${sandbox.domain}/rest/v1/${GROUPS}`, { dispatcher: agent });
		await body.dump();
		await gone;
	});

	test('A connection speaks https with a client that trusts the certificate', async () => {
		const { sandbox } = await openSandbox({ https: true });
		const { domain, port, apiKey, certificate } = sandbox;
		expect(domain).toBe(`https://localhost:${port}`);
		expect(sandbox.credential.domain).toBe(domain);
		const headers = { authorization: `Bearer ${apiKey}` };
		for (const host of ['localhost', '127.0.0.1']) {
			const url = `https://${host}:${port}/rest/v1/${GROUPS}`;
			const dispatcher = new Agent({ connect: { ca: certificate } });
			onEnd(async () => await dispatcher.destroy());
			expect((await request(url, { headers, dispatcher })).statusCode).toBe(200);
			await expect(request(url, { headers })).rejects.toThrow(/self-signed/);
		}
	});
});
