import fc from 'fast-check';
import {
	fakeClient,
	freshOrigin,
	MINUTE,
	ok,
	readRateLimitReset,
	status,
	type HttpRequest,
	type TeamogyClient,
} from '../../../helpers/transport/client.mts';
import {
	maxWithinWindow,
	now,
	passUntil,
	pause,
	virtualTime,
} from '../../../helpers/transport/clock.mts';

virtualTime();

/** The limits of a host; `perMinute` is what it allows in the long run. */
interface Limits {
	kind: 'window' | 'bucket' | 'quota';
	perMinute: number;
	/** Requests that a bucket holds. */
	burst: number;
	/** The header that a refusal has. */
	header: 'retry-after' | 'ratelimit-reset' | 'x-ratelimit-reset' | 'epoch' | 'none';
}

/** Takes a request at a time, or tells for how many milliseconds none is taken. */
function createLimiter({ kind, perMinute, burst }: Limits): (time: number) => number {
	let taken: number[] = [];
	let tokens = burst;
	let filledAt = 0;
	return (time) => {
		if (kind === 'bucket') {
			tokens = Math.min(burst, tokens + ((time - filledAt) * perMinute) / MINUTE);
			filledAt = time;
			if (tokens < 1) return ((1 - tokens) * MINUTE) / perMinute;
			tokens--;
			return 0;
		}
		// A quota begins anew with each minute of the clock, a window slides.
		const start = kind === 'quota' ? Math.floor(time / MINUTE) * MINUTE : time - MINUTE;
		taken = taken.filter((at) => (kind === 'quota' ? at >= start : at > start));
		if (taken.length >= perMinute) return (kind === 'quota' ? start : taken[0]) + MINUTE - time;
		taken.push(time);
		return 0;
	};
}

const headersFor = (header: Limits['header'], waitMs: number): Record<string, string> => {
	const seconds = Math.ceil(waitMs / 1000);
	if (header === 'none') return {};
	if (header !== 'epoch') return { [header]: String(seconds) };
	return { 'x-ratelimit-reset': String(Math.ceil((Date.now() + waitMs) / 1000)) };
};

/** A host with these limits. Every request goes to a path of its own. */
function createHost(limits: Limits, latencyMs = 20) {
	const origin = freshOrigin();
	const began = now();
	const take = createLimiter(limits);
	const served: Array<{ at: number; path: string }> = [];
	const refused: number[] = [];
	const send = async ({ url }: HttpRequest) => {
		await pause(latencyMs / 2);
		const at = now() - began;
		const waitMs = take(at);
		if (waitMs > 0) refused.push(at);
		else served.push({ at, path: new URL(url).pathname });
		await pause(latencyMs / 2);
		return waitMs > 0 ? status(429, {}, headersFor(limits.header, waitMs)) : ok({});
	};
	let paths = 0;
	const run = (requestsPerMinute: number) => fakeClient(send, { origin, requestsPerMinute });
	const request = async (client: TeamogyClient) =>
		await client.request({
			requestKind: 'create',
			method: 'POST',
			path: `jobs/${paths++}`,
			body: {},
			subject: 'a job',
		});
	return { served, refused, run, request, elapsed: () => now() - began };
}

const many = (count: number, work: () => Promise<unknown>) => Array.from({ length: count }, work);

const limits = fc.record({
	kind: fc.constantFrom('window' as const, 'bucket' as const, 'quota' as const),
	perMinute: fc.integer({ min: 10, max: 90 }),
	burst: fc.integer({ min: 1, max: 20 }),
	header: fc.constantFrom<Limits['header'][]>(
		'retry-after',
		'ratelimit-reset',
		'x-ratelimit-reset',
		'epoch',
		'none',
	),
});

describe('Limiters of any kind', () => {
	it('Every request is served once, few are refused, and the budget is held', async () => {
		await fc.assert(
			fc.asyncProperty(
				limits,
				fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 3 }),
				fc.integer({ min: 0, max: 800 }),
				async (limited, runs, latencyMs) => {
					const host = createHost(limited, latencyMs);
					const requests = runs.flatMap((count) => {
						const { client } = host.run(60);
						return many(count, async () => await host.request(client));
					});
					await passUntil(Promise.all(requests));
					const { served, refused } = host;
					expect(served.length).toBe(requests.length);
					expect(new Set(served.map(({ path }) => path)).size).toBe(requests.length);
					const arrivals = served.map(({ at }) => at);
					expect(maxWithinWindow(arrivals, MINUTE)).toBeLessThanOrEqual(60);
					// Those under way together at the first refusal, and a part of the rest. Where no header
					// says when a window ends, it is tried after growing pauses.
					const tried = limited.header === 'none' ? (6 * host.elapsed()) / MINUTE : 0;
					expect(refused.length).toBeLessThanOrEqual(9 * runs.length + served.length / 3 + tried);
				},
			),
			{ numRuns: 150 },
		);
	});

	it('A host that keeps to the budget in a window is used at once and refuses nothing', async () => {
		const host = createHost({ kind: 'window', perMinute: 60, burst: 0, header: 'none' });
		const { client } = host.run(60);
		await passUntil(Promise.all(many(60, async () => await host.request(client))));
		expect(host.elapsed()).toBeLessThan(1000);
		await passUntil(Promise.all(many(60, async () => await host.request(client))));
		expect(host.refused).toEqual([]);
	});

	it.each(['retry-after', 'none'] as const)(
		'50 requests to a token bucket of one a second take little longer than evenly spaced ones (%s)',
		async (header) => {
			const host = createHost({ kind: 'bucket', perMinute: 60, burst: 5, header });
			const { client, hints } = host.run(60);
			await passUntil(Promise.all(many(50, async () => await host.request(client))));
			expect(host.elapsed()).toBeLessThan(49_000 * 1.05);
			// As many as are under way when the first one is refused.
			expect(host.refused.length).toBeLessThanOrEqual(9);
			client.close();
			expect(hints).toHaveLength(1);
		},
	);

	it('Requests become slower where evenly spaced ones are refused, and do not stay so', async () => {
		const limited = { kind: 'bucket' as const, perMinute: 30, burst: 2, header: 'none' as const };
		const host = createHost(limited);
		const { client } = host.run(60);
		await passUntil(Promise.all(many(300, async () => await host.request(client))));
		expect(host.elapsed()).toBeLessThan(298 * 2000 * 1.35);
		expect(host.refused.length).toBeLessThan(300 / 8);
	});

	it('Bursts are tried again when nothing has been refused for some minutes', async () => {
		const host = createHost({ kind: 'bucket', perMinute: 60, burst: 30, header: 'none' });
		const { client } = host.run(60);
		const send = async (count: number) =>
			await passUntil(Promise.all(many(count, async () => await host.request(client))));
		await send(40);
		expect(host.refused.length).toBeGreaterThan(0);
		const refused = host.refused.length;
		await jest.advanceTimersByTimeAsync(4 * 60_500);
		const began = host.elapsed();
		await send(8);
		expect(host.elapsed() - began).toBeLessThan(1000);
		expect(host.refused.length).toBe(refused);
	});

	it('A refused request leaves the budget, since it was not served', async () => {
		// Nine requests more than the budget are sent within the first minute.
		let sent = 0;
		const { client } = fakeClient(
			async () => (++sent <= 9 ? status(503, {}, { 'retry-after': '1' }) : ok({})),
			{ requestsPerMinute: 20 },
		);
		const get = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'the job' } as const;
		const began = now();
		await passUntil(Promise.all(many(20, async () => await client.request(get))));
		expect(sent).toBe(29);
		expect(now() - began).toBeLessThan(MINUTE);
	});

	it('A 503 with Retry-After is a pause, and nothing is spaced after it', async () => {
		let sent = 0;
		const { client } = fakeClient(
			async () => (++sent === 1 ? status(503, {}, { 'retry-after': '5' }) : ok({})),
			{ requestsPerMinute: 60 },
		);
		const get = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'the job' } as const;
		const began = now();
		await passUntil(Promise.all(many(9, async () => await client.request(get))));
		expect(now() - began).toBeLessThan(6000);
	});
});

describe('How long a 429 asks to wait', () => {
	const date = 'Fri, 27 Nov 2026 12:00:00 GMT';
	const epoch = Date.parse(date) / 1000;

	it.each<[Record<string, unknown>, number | undefined]>([
		[{ 'retry-after': '7', 'ratelimit-reset': '9' }, 7000],
		[{ 'ratelimit-reset': '9' }, 9000],
		[{ 'ratelimit-reset': '9', 'x-ratelimit-reset': '30' }, 9000],
		[{ 'x-ratelimit-reset': '30' }, 30_000],
		[{ 'x-ratelimit-reset': `${epoch + 40}`, date }, 40_000],
		[{ 'x-ratelimit-reset': `${epoch - 40}`, date }, 0],
		[{ 'x-ratelimit-reset': '9'.repeat(30), date }, 100 * 365 * 24 * 60 * 60_000],
		[{ 'x-ratelimit-reset': 'soon' }, undefined],
		[{ 'x-ratelimit-reset': '-5' }, undefined],
		[{ 'ratelimit-reset': '' }, undefined],
		[{}, undefined],
	])('%j asks for %p milliseconds', (headers, expected) => {
		expect(readRateLimitReset(headers)).toBe(expected);
	});
});

describe('A run that waited', () => {
	const hintsAfter = async (requests: number, perMinute: number) => {
		const { client, hints } = fakeClient(async () => ok({}), { requestsPerMinute: perMinute });
		const get = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'the job' } as const;
		await passUntil(Promise.all(many(requests, async () => await client.request(get))));
		client.close();
		return hints;
	};

	it('A run that waited for the budget says how long, and what helps', async () => {
		const [hint, ...others] = await hintsAfter(25, 10);
		expect(others).toEqual([]);
		expect(hint).toMatch(/^The node waited 2 minutes in all before sending requests: /);
		expect(hint).toContain('10 a minute');
		expect(hint).toContain("raise 'Requests per Minute' in the credential");
	});

	it('A run that did not wait says nothing', async () => {
		expect(await hintsAfter(10, 10)).toEqual([]);
		// More than may be under way at a time, which is no wait for the budget.
		expect(await hintsAfter(500, 10_000)).toEqual([]);
	});

	it('A run that was refused says so', async () => {
		let sent = 0;
		const { client, hints } = fakeClient(async () =>
			++sent === 1 ? status(429, {}, { 'retry-after': '30' }) : ok({}),
		);
		const get = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'the job' } as const;
		await passUntil(client.request(get));
		client.close();
		expect(hints).toHaveLength(1);
		expect(hints[0]).toMatch(
			/^The node waited 3\d seconds in all .* since Teamogy refused some \(429/,
		);
	});
});
