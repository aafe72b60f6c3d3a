import timers from 'node:timers/promises';
import { AMAZON } from '../../sandbox/gateway.mts';
import type { FaultRule, SandboxOptions } from '../../sandbox/index.mts';
import {
	openSandbox,
	shareSandbox,
	waitFor,
	type TestResponse,
} from '../../sandbox/testClient.mts';

const shared = shareSandbox({ strict: true });
afterEach(() => jest.restoreAllMocks());

describe('A fault', () => {
	const groups = '1/views/groups';
	const broken = { rejects: true };
	const expected: [FaultRule, Partial<TestResponse> | typeof broken][] = [
		[{ kind: 'status' }, { status: 500 }],
		[
			{ kind: 'status', status: 403, body: { why: 'x' }, headers: { 'x-a': 'b' } },
			{ status: 403, json: { why: 'x' } },
		],
		[
			{ kind: 'html' },
			{ status: 502, text: expect.stringContaining('<title>502 Bad Gateway</title>') as string },
		],
		[
			{ kind: 'text', status: 503, body: 'plain' },
			{ status: 503, text: 'plain', json: undefined },
		],
		[{ kind: 'reset' }, broken],
		[{ kind: 'resetAfter' }, broken],
		[{ kind: 'cut' }, { status: 200, json: undefined }],
		[{ kind: 'torn' }, broken],
		[{ kind: 'empty' }, { status: 200, text: '' }],
		[{ kind: 'tooLarge' }, { status: 413 }],
		[{ kind: 'redirect' }, { status: 302 }],
		[{ kind: 'echoKey' }, { status: 500 }],
		[{ kind: 'tooManyRequests' }, { status: 429, json: { message: 'Too Many Requests' } }],
	];

	test.each(expected)(
		'A fault replaces one response, and the next is proper: %j',
		async (rule, response) => {
			const { sandbox, get } = await openSandbox();
			sandbox.fault(rule);
			if (response === broken) await expect(get(groups)).rejects.toThrow();
			else expect(await get(groups)).toMatchObject(response);
			expect((await get(groups)).status).toBe(200);
			expect(sandbox.log.map(({ status }) => status)).toEqual([expect.any(Number), 200]);
			if (response === broken) expect(sandbox.log[0].status).toBe(0);
		},
	);

	test.each([
		['status', false],
		['html', false],
		['reset', false],
		['empty', false],
		['resetAfter', true],
		['cut', true],
		['torn', true],
		['slow', true],
	] as const)(
		'A fault of the kind %s says whether a write takes effect: %s',
		async (kind, applied) => {
			for (const wish of [undefined, true]) {
				const { sandbox, post } = await openSandbox();
				const before = sandbox.records('companies').length;
				sandbox.fault({ kind, ms: 5, applied: wish });
				await post('companies', { name: 'x' }).catch(() => undefined);
				const took = wish ?? applied;
				expect(sandbox.log[0].applied).toBe(took);
				expect(sandbox.records('companies').length - before).toBe(took ? 1 : 0);
			}
		},
	);

	test('The fault hang sends no response until the sandbox closes', async () => {
		for (const applied of [false, true]) {
			const { sandbox, post } = await openSandbox();
			sandbox.fault({ kind: 'hang', applied });
			const response = post('companies', { name: 'x' });
			const closed = expect(response).rejects.toThrow();
			await waitFor(() => sandbox.log.length > 0 && sandbox.log[0].applied === applied);
			await sandbox.close();
			await closed;
			expect(sandbox.log).toMatchObject([{ status: 0, applied }]);
		}
	});

	test('The fault stall sends half of the response and no more until the sandbox closes', async () => {
		const { sandbox } = await openSandbox();
		sandbox.fault({ kind: 'stall' });
		const response = await fetch(`${sandbox.domain}/rest/v1/1/${groups}`, {
			headers: { authorization: `Bearer ${sandbox.apiKey}` },
		});
		const reader = response.body!.getReader();
		const { value } = await reader.read();
		expect(Number(response.headers.get('content-length'))).toBeGreaterThan(value!.length);
		const closed = expect(reader.read()).rejects.toThrow();
		await sandbox.close();
		await closed;
	});

	test('The fault slow sends the proper response later, compressed and limited in size as ever', async () => {
		const pauses = jest.spyOn(timers, 'setTimeout').mockResolvedValue(undefined);
		const { sandbox, get } = await openSandbox({ compress: 'gzip' });
		const read = async () => {
			const response = await get(groups, { headers: { 'accept-encoding': 'gzip' } });
			delete response.headers.date;
			return response;
		};
		const proper = await read();
		expect([proper.status, proper.headers['content-encoding']]).toEqual([200, 'gzip']);
		sandbox.fault({ kind: 'slow', ms: 10_000, times: 2 });
		expect(await read()).toEqual(proper);
		sandbox.set({ maxResponseBytes: 100 });
		expect((await read()).status).toBe(413);
		expect(pauses.mock.calls).toEqual([[10_000], [10_000]]);
	});

	test('The fault tooManyRequests has the Retry-After of the sandbox, and none behind Amazon’s gateway', async () => {
		const retryAfter = async (options: SandboxOptions) => {
			const { sandbox, get } = await openSandbox(options);
			sandbox.fault({ kind: 'tooManyRequests' });
			const { status, text, headers } = await get(groups);
			expect([status, text]).toEqual([429, '{"message":"Too Many Requests"}']);
			return headers['retry-after'];
		};
		expect(await retryAfter({})).toBe('5');
		expect(await retryAfter({ retryAfter: 'date' })).toMatch(/GMT$/);
		expect(await retryAfter(AMAZON)).toBeUndefined();
	});

	test('The fault echoKey repeats the API key in a message, in data or as the reason phrase', async () => {
		const { apiKey, domain } = shared.sandbox;
		shared.sandbox.fault({ kind: 'echoKey' });
		expect((await shared.get(groups)).text).toContain(apiKey);
		shared.sandbox.fault({ kind: 'echoKey', echoIn: 'data', times: 2 });
		const echo = `Authorization: Bearer ${apiKey}`;
		expect((await shared.get(groups)).json).toMatchObject({ data: [{ id: 1, echo }] });
		expect((await shared.get('1/companies?id=1')).json).toEqual({ id: 1, echo });
		shared.sandbox.fault({ kind: 'echoKey', echoIn: 'reason' });
		const headers = { authorization: `Bearer ${apiKey}` };
		const { status, statusText } = await fetch(`${domain}/rest/v1/${groups}`, { headers });
		expect([status, statusText]).toEqual([500, echo]);
	});

	test('The fault cut announces the length of the half that it sends', async () => {
		shared.sandbox.fault({ kind: 'cut' });
		const { text, headers } = await shared.get(groups);
		expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text));
		expect(headers['content-type']).toBe('application/json');
	});

	test('The fault stride gives fewer rows and the offset of the next one', async () => {
		shared.sandbox.fault({ kind: 'stride', rows: 3, times: Infinity });
		const { json } = await shared.get(`${groups}?limit=5&offset=2`);
		expect(json.metadata).toEqual({ count: 3, limit: 5, nextOffset: 5 });
	});

	test('A fault takes the requests that match its method, path, number and condition', async () => {
		const { sandbox, get, post } = shared;
		sandbox.fault({
			kind: 'status',
			status: 500,
			method: 'GET',
			path: /views\/groups/,
			skip: 1,
			times: 2,
		});
		sandbox.fault({
			kind: 'status',
			status: 418,
			path: 'views/users',
			when: (request, nth) => nth === 2 && request.query.limit === '1',
		});
		const statuses = async (path: string, times: number) => {
			const found: number[] = [];
			for (let nth = 0; nth < times; nth++) found.push((await get(path)).status);
			return found;
		};
		expect(await statuses(groups, 4)).toEqual([200, 500, 500, 200]);
		expect(await statuses('1/views/users?limit=1', 3)).toEqual([200, 418, 200]);
		expect((await post('companies', { name: 'x' })).status).toBe(200);
		sandbox.fault({ kind: 'status', times: Infinity });
		sandbox.clearFaults();
		expect((await get(groups)).status).toBe(200);
	});
});
