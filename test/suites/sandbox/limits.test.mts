import { Budget } from '../../sandbox/budget.mts';
import { openSandbox } from '../../sandbox/testClient.mts';

const GROUPS = '1/views/groups?limit=1';

describe('A budget', () => {
	test.each([
		['A budget slides with its window', false, [0, 0, 250, 0, 349]],
		['A budget counts refused requests where that is set', true, [0, 0, 600, 349, 600]],
	])('%s', (_, countRefused, waits) => {
		const budget = new Budget(() => ({ budget: 2, windowMs: 600, countRefused, burst: 5 }));
		expect([0, 350, 350, 601, 601].map((now) => budget.take(now))).toEqual(waits);
	});

	test('A budget refuses a write before it takes effect, and can be changed and reset', async () => {
		const { get, post, sandbox } = await openSandbox({ budget: 1 });
		const statuses = async () => [(await get(GROUPS)).status, (await get(GROUPS)).status];
		expect(await statuses()).toEqual([200, 429]);
		expect((await post('companies', { name: 'x' })).status).toBe(429);
		expect(sandbox.log.at(-1)).toMatchObject({ applied: false, status: 429 });
		sandbox.set({ budget: Infinity });
		expect(await statuses()).toEqual([200, 200]);
		sandbox.reset();
		expect(await statuses()).toEqual([200, 429]);
	});

	test.each([
		['seconds', /^\d+$/],
		['date', /GMT$/],
		['none', /^undefined$/],
	] as const)(
		'A budget responds with 429 with Retry-After in the form of %s',
		async (retryAfter, form) => {
			const { get, sandbox } = await openSandbox({ budget: 1, retryAfter });
			expect(sandbox.credential.requestsPerMinute).toBe(1);
			await get(GROUPS);
			const { status, headers, text } = await get(GROUPS);
			expect([status, text]).toEqual([429, '{"message":"Too Many Requests"}']);
			expect(String(headers['retry-after'])).toMatch(form);
		},
	);
});

describe('A token bucket', () => {
	test('A token bucket holds a burst and fills at its rate', () => {
		const limits = { rate: 60, burst: 3, budget: Infinity, windowMs: 60_000, countRefused: false };
		const bucket = new Budget(() => limits);
		const waits = [0, 0, 0, 0, 500, 1000, 1500, 60_000, 60_000, 60_000, 60_000];
		expect(waits.map((now) => bucket.take(now))).toEqual([
			0, 0, 0, 1000, 500, 0, 500, 0, 0, 0, 1000,
		]);
		bucket.reset();
		expect([1, 2, 3].map(() => bucket.take(60_000))).toEqual([0, 0, 0]);
	});

	test('A token bucket takes the place of the budget', async () => {
		const { get, sandbox } = await openSandbox({ budget: 1, rate: 30, burst: 2 });
		expect(sandbox.credential.requestsPerMinute).toBe(30);
		const responses = [await get(GROUPS), await get(GROUPS), await get(GROUPS)];
		expect(responses.map(({ status }) => status)).toEqual([200, 200, 429]);
	});
});
