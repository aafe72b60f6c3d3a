import fc from 'fast-check';
import { rejection } from '../../../helpers/rejection.mts';
import {
	rateLimiter,
	RequestQueue,
	errors,
	fakeClient,
	freshOrigin,
	MINUTE,
	ok,
	CancelSignal,
	TIMING,
	status,
	type TeamogyClient,
	type TeamogyError,
} from '../../../helpers/transport/client.mts';
import {
	maxWithinWindow,
	now,
	passUntil,
	pause,
	virtualTime,
} from '../../../helpers/transport/clock.mts';

virtualTime();

/** Requests of one run under way at the same time, at most. */
const MAX_CONCURRENT_REQUESTS = 9;

/** The turn of a run of its own. */
const enter = async (origin: string, perMinute: number, stop = new CancelSignal()) =>
	await rateLimiter.acquireTicket(origin, new RequestQueue(perMinute), stop);

interface Plan {
	/** When it asks. */
	at: number;
	/** How long its request is under way, and where in between the server counts it. */
	takes: number;
	counted: number;
	/** When it is given up. */
	stopsAt?: number;
}

const plan: fc.Arbitrary<Plan> = fc.record({
	at: fc.oneof(fc.constant(0), fc.nat(90_000)),
	takes: fc.oneof(fc.constant(0), fc.nat(5000)),
	counted: fc.constantFrom(0, 0.5, 1),
	stopsAt: fc.option(fc.nat(120_000), { freq: 6, nil: undefined }),
});
/** The budgets of four runs. */
const different = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 4, maxLength: 4 });
const alike = fc.integer({ min: 1, max: 20 }).map((perMinute) => Array<number>(4).fill(perMinute));
const runs = fc.array(fc.array(plan, { minLength: 1, maxLength: 25 }), {
	minLength: 1,
	maxLength: 4,
});

interface Passage extends Plan {
	run: number;
	started?: number;
	/** When the server counts it. */
	arrived?: number;
	stopped?: boolean;
}

/**
 * Plays the runs against one budget, or each with its own, and tells what became of every request, in
 * order of starts.
 */
async function play(
	given: Plan[][],
	perMinute: number | number[],
): Promise<{ began: number; all: Passage[]; started: Passage[] }> {
	const origin = freshOrigin();
	const began = now();
	const started: Passage[] = [];
	const all = given.flatMap((plans, run) => plans.map((one): Passage => ({ ...one, run })));
	const keys = given.map(
		(_, run) => new RequestQueue(Array.isArray(perMinute) ? perMinute[run] : perMinute),
	);
	await passUntil(
		Promise.all(
			all.map(async (passage) => {
				const stop = new CancelSignal();
				const { at, takes, counted, stopsAt, run } = passage;
				await pause(at);
				if (stopsAt !== undefined) setTimeout(() => stop.cancel(), Math.max(0, stopsAt - at));
				let ticket;
				try {
					ticket = await rateLimiter.acquireTicket(origin, keys[run], stop);
				} catch (error) {
					expect(error).toBeInstanceOf(errors.ExecutionCancelled);
					passage.stopped = true;
					expect(now() - began - Math.max(at, stopsAt!)).toBeLessThanOrEqual(1);
					return;
				}
				passage.started = now() - began;
				passage.arrived = passage.started + takes * counted;
				started.push(passage);
				await pause(takes);
				ticket.release();
			}),
		),
	);
	return { began, all, started };
}

describe('The budget', () => {
	it('The budget is never exceeded in any minute, wherever the server counts a request', async () => {
		await fc.assert(
			fc.asyncProperty(runs, fc.integer({ min: 1, max: 20 }), async (given, perMinute) => {
				const { all, started } = await play(given, perMinute);
				expect(started.length + all.filter(({ stopped }) => stopped).length).toBe(all.length);
				const arrivals = started.map(({ arrived }) => arrived!);
				expect(maxWithinWindow(arrivals, MINUTE)).toBeLessThanOrEqual(perMinute);
			}),
			{ numRuns: 150 },
		);
	});

	it('The budget is spent at once: no request waits while some of it is left', async () => {
		let compared = 0;
		await fc.assert(
			fc.asyncProperty(runs, fc.oneof(alike, different), async (given, perMinute) => {
				const { all, started } = await play(given, perMinute);
				for (const { at, started: start, run } of started) {
					if (start === at) continue;
					// Just before it started all of the budget was taken, or all a run may take at a time.
					const underWay = started.filter(
						(other) =>
							other.run === run &&
							other.started! <= start! &&
							other.started! + other.takes >= start! - 2,
					);
					if (underWay.length > MAX_CONCURRENT_REQUESTS) continue;
					const taken = started.filter(
						(other) =>
							other.started! < start! &&
							other.started! + other.takes > start! - 2 - MINUTE - TIMING.budgetMargin,
					);
					const waiting = all.filter(
						(other) => other.at < start! && (other.started ?? other.stopsAt!) > start! - 2,
					);
					const smallest = Math.min(...[...taken, ...waiting].map((one) => perMinute[one.run]));
					expect(taken.length).toBeGreaterThanOrEqual(smallest);
					compared++;
				}
			}),
			{ numRuns: 200 },
		);
		expect(compared).toBeGreaterThan(0);
	});

	it('Sixty requests start at once and the next one a minute after', async () => {
		const plans = Array.from({ length: 8 }, () => ({ at: 0, takes: 200, counted: 1 }));
		const { started } = await play(Array(8).fill(plans), 60);
		const starts = started.map(({ started: at }) => at!);
		expect(starts.slice(0, 60)).toEqual(Array(60).fill(0));
		expect(starts[60]).toBeGreaterThanOrEqual(MINUTE);
		expect(starts[60]).toBeLessThan(MINUTE + 1000);
	});

	it('One run sends nine requests at a time', async () => {
		const plans = Array.from({ length: 60 }, () => ({ at: 0, takes: 200, counted: 1 }));
		const { started } = await play([plans], 60);
		const maxStarted = maxWithinWindow(
			started.map(({ started: at }) => at!),
			200,
		);
		expect(maxStarted).toBe(MAX_CONCURRENT_REQUESTS);
		expect(started.at(-1)!.started).toBeLessThan(2000);
	});

	it('A short run does not wait for a long one', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 1, max: 10 }),
				fc.integer({ min: 1, max: 8 }),
				fc.integer({ min: 1, max: 3 }),
				async (perMinute, short, long) => {
					const longRuns = Array.from({ length: long }, () =>
						Array.from({ length: 60 }, () => ({ at: 0, takes: 10, counted: 0 })),
					);
					const shortRun = Array.from({ length: short }, () => ({
						at: 30_000,
						takes: 10,
						counted: 0,
					}));
					const { started } = await play([...longRuns, shortRun], perMinute);
					const afterwards = started.filter(({ started: at }) => at! >= 30_000);
					const places = afterwards.flatMap(({ run }, place) => (run === long ? [place] : []));
					// One of each other run at the most goes before each of its own.
					places.forEach((place, index) =>
						expect(place).toBeLessThanOrEqual((index + 1) * (long + 1)),
					);
					expect(places.length).toBe(short);
				},
			),
			{ numRuns: 40 },
		);
	});

	it('Each host has a budget of its own', async () => {
		const starts: number[] = [];
		const began = now();
		const all = Array.from({ length: 3 }, async () => {
			(await enter(freshOrigin(), 1)).release();
			starts.push(now() - began);
		});
		await passUntil(Promise.all(all));
		expect(starts).toEqual([0, 0, 0]);
	});

	it('Runs with different budgets share the smallest of them', async () => {
		await fc.assert(
			fc.asyncProperty(runs, different, async (given, perMinute) => {
				const { all, started } = await play(given, perMinute);
				expect(started.length + all.filter(({ stopped }) => stopped).length).toBe(all.length);
				const arrivals = started.toSorted((a, b) => a.arrived! - b.arrived!);
				arrivals.forEach(({ arrived: from }, index) => {
					const minute = arrivals.slice(index).filter(({ arrived }) => arrived! < from! + MINUTE);
					const smallest = Math.min(...minute.map(({ run }) => perMinute[run]));
					expect(minute.length).toBeLessThanOrEqual(smallest);
				});
			}),
			{ numRuns: 150 },
		);
	});

	const plans = (at: number, count: number): Plan[] =>
		Array.from({ length: count }, () => ({ at, takes: 100, counted: 1 }));

	it('A run with a smaller budget does not wait for the end of one with a larger budget', async () => {
		const { started } = await play([plans(0, 120), plans(10_000, 1)], [20, 5]);
		const startsOf = (of: number) =>
			started.filter(({ run }) => run === of).map((passage) => passage.started!);
		const [small] = startsOf(1);
		expect(small).toBeLessThan(MINUTE + 1000);
		expect(startsOf(0)).toHaveLength(120);
		// A minute after it the larger one has all of its own again.
		const after = startsOf(0).filter((at) => at > small + MINUTE);
		expect(maxWithinWindow(after, MINUTE)).toBe(20);
	});

	it('A run with a larger and one with a smaller budget take turns', async () => {
		const { started } = await play([plans(0, 60), plans(1000, 20)], [20, 5]);
		const both = started.filter((passage) => passage.started! >= 1000);
		const places = both.flatMap(({ run }, place) => (run === 1 ? [place] : []));
		expect(places).toEqual(Array.from({ length: 20 }, (_, index) => index * 2 + 1));
	});

	it('No timer is left behind when nobody waits', async () => {
		const origin = freshOrigin();
		const stop = new CancelSignal();
		(await passUntil(enter(origin, 1))).release();
		const waiting = rejection(enter(origin, 1, stop));
		await jest.advanceTimersByTimeAsync(100);
		stop.cancel();
		expect(await waiting).toBeInstanceOf(errors.ExecutionCancelled);
		await jest.advanceTimersByTimeAsync(1000);
		expect(jest.getTimerCount()).toBe(0);
	});
});

const get = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'the job 1' } as const;
const post = { ...get, requestKind: 'create', method: 'POST', body: {} } as const;

/** A host that responds with 429 as the function says: the header's value, `true` for none, undefined for a response. */
function refusingHost(
	refuses: (elapsed: number, nth: number) => string | true | undefined,
	takes = 20,
) {
	const origin = freshOrigin();
	const began = now();
	const sent: Array<{ at: number; status: number }> = [];
	const wire = async () => {
		const entry = { at: now() - began, status: 0 };
		const nth = sent.push(entry);
		await pause(takes);
		const refusal = refuses(entry.at, nth);
		entry.status = refusal === undefined ? 200 : 429;
		return refusal === undefined
			? ok({ nth })
			: status(
					429,
					{ message: 'Too many requests.' },
					refusal === true ? {} : { 'retry-after': refusal },
				);
	};
	const run = (more: { signal?: AbortSignal; requestsPerMinute?: number } = {}) =>
		fakeClient(wire, { origin, ...more }).client;
	return { sent, run, elapsed: () => now() - began };
}

const all = async (clients: TeamogyClient[], requests: number) =>
	await passUntil(
		Promise.allSettled(
			clients.flatMap((client) =>
				Array.from({ length: requests }, async () => await client.request(get)),
			),
		),
	);

describe('After a 429', () => {
	it('Everyone waits as long as Retry-After says, then one request probes for all', async () => {
		const host = refusingHost((at) => (at < 20_000 ? '20' : undefined));
		const results = await all([host.run(), host.run()], 10);
		expect(results.every((result) => result.status === 'fulfilled')).toBe(true);
		const later = host.sent.filter(({ at }) => at > 0);
		expect(later.length).toBe(20);
		expect(Math.min(...later.map(({ at }) => at))).toBeGreaterThanOrEqual(20_000);
		// The one ahead is answered before the next is sent.
		expect(later[1].at - later[0].at).toBeGreaterThanOrEqual(20);
	});

	it('A date in Retry-After is kept too', async () => {
		const until = new Date(Math.ceil((Date.now() + 15_000) / 1000) * 1000);
		const left = until.getTime() - Date.now();
		const host = refusingHost((at) => (at < left ? until.toUTCString() : undefined));
		const results = await all([host.run()], 3);
		expect(results.map((result) => result.status)).toEqual(Array(3).fill('fulfilled'));
		expect(host.sent.filter(({ at }) => at > 0 && at < left)).toEqual([]);
		expect(host.elapsed()).toBeLessThan(left * 1.2);
	});

	it('The pause grows where no header says how long it is', async () => {
		const host = refusingHost((at) => (at < 60_000 ? true : undefined));
		await all([host.run()], 1);
		const pauses = host.sent.map(({ at }, index) => at - (host.sent[index - 1]?.at ?? 0)).slice(1);
		expect(pauses.length).toBeGreaterThan(4);
		pauses
			.slice(1, -1)
			.forEach((length, index) => expect(length).toBeGreaterThan(pauses[index] * 1.5));
		expect(pauses[0]).toBeGreaterThan(500);
		expect(Math.max(...pauses)).toBeLessThan(35_000);
	});

	it.each(['0', 'Thu, 01 Jan 1970 00:00:00 GMT', 'soon'])(
		'The pause grows where Retry-After says %p',
		async (header) => {
			const host = refusingHost(() => header);
			const [result] = await all([host.run()], 1);
			expect(result.status).toBe('rejected');
			expect(host.sent.length).toBeLessThan(20);
		},
	);

	it('A request is sent a few times in three seconds where Retry-After is next to nothing', async () => {
		const host = refusingHost((at) => (at < 3000 ? '0.001' : undefined));
		const [result] = await all([host.run()], 1);
		expect(result.status).toBe('fulfilled');
		expect(host.sent.length).toBeLessThanOrEqual(7);
	});

	it('The error after many 429s does not say that the request was taken', async () => {
		const host = refusingHost(() => '20');
		const [result] = await passUntil(Promise.allSettled([host.run().request(post)]));
		const { description } = (result as PromiseRejectedResult).reason as TeamogyError;
		expect(description).toMatch(/ Tried \d+ times\. Nothing was saved by this request\.$/);
	});

	it.each([
		['3600', 'Teamogy asks to wait 60 minutes from now'],
		['259200', 'Teamogy asks to wait more than a day from now'],
	])('Another run is told what a 503 with Retry-After %s asked for', async (seconds, asked) => {
		const origin = freshOrigin();
		const wire = async () => status(503, {}, { 'retry-after': seconds });
		for (const { client } of [fakeClient(wire, { origin }), fakeClient(wire, { origin })]) {
			const [result] = await all([client], 1);
			const { message, description } = (result as PromiseRejectedResult).reason as TeamogyError;
			expect(message).toBe('Teamogy was not available for longer than the node waits');
			expect(description).toContain(asked);
		}
	});

	it('A POST is sent again as well, since a refused one was not taken', async () => {
		const host = refusingHost((_, nth) => (nth === 1 ? '1' : undefined));
		expect(await passUntil(host.run().request(post))).toEqual({ nth: 2 });
	});

	it('A request that is refused every other time comes through', async () => {
		const host = refusingHost((_, nth) => (nth % 2 ? '1' : undefined));
		const results = await all([host.run(), host.run(), host.run()], 30);
		expect(results.every((result) => result.status === 'fulfilled')).toBe(true);
		expect(host.sent.filter((one) => one.status === 200).length).toBe(90);
	});

	it('All who wait give up together, and say how long they waited', async () => {
		const host = refusingHost(() => true);
		const [first, second] = [host.run(), host.run()];
		const results = await all([first, second], 100);
		const told = results.map((result) => (result as PromiseRejectedResult).reason as TeamogyError);
		expect(told).toHaveLength(200);
		for (const { message, description } of told) {
			expect(message).toBe('Teamogy is receiving more requests than it allows');
			expect(description).toMatch(/Waited [45] minutes/);
		}
		expect(host.elapsed()).toBeGreaterThan(TIMING.maxBlocked * 0.8);
		expect(host.elapsed()).toBeLessThan(TIMING.maxBlocked * 1.2);
		// Besides the first 200: one at a time, with growing pauses.
		expect(host.sent.length).toBeLessThan(230);
	});

	it('A run that has given up fails at once while the pause lasts, and another one waits anew', async () => {
		const host = refusingHost((at) => (at < 330_000 ? true : undefined));
		const tired = host.run();
		await all([tired], 1);
		const sent = host.sent.length;
		const at = host.elapsed();
		const [again] = await all([tired], 1);
		expect(again.status).toBe('rejected');
		expect(host.elapsed()).toBe(at);
		expect(host.sent.length).toBe(sent);
		const [fresh] = await all([host.run()], 1);
		expect(fresh.status).toBe('fulfilled');
		const [recovered] = await all([tired], 1);
		expect(recovered.status).toBe('fulfilled');
	});

	it('A pause longer than anyone waits ends all requests at once, also those of later runs', async () => {
		const host = refusingHost((at) => (at < 3_600_000 ? '3600' : undefined));
		const results = await all([host.run(), host.run()], 5);
		expect(results.every((result) => result.status === 'rejected')).toBe(true);
		expect(host.sent.length).toBe(10);
		const error = await passUntil(rejection(host.run().request(get)));
		expect(error.description).toMatch(/Teamogy asks to wait 6\d minutes from now\./);
		expect(error.description).not.toMatch(/Sent|Waited/);
		expect(error.failureCause).toBe('rate-limited');
		expect(host.elapsed()).toBeLessThan(1000);
		await jest.advanceTimersByTimeAsync(4_000_000);
		expect(await passUntil(host.run().request(get))).toEqual({ nth: 11 });
	});

	it('A stopped run gives its place up at once', async () => {
		const host = refusingHost((_, nth) => (nth === 1 ? '30' : undefined));
		const stop = new AbortController();
		const waiting = rejection(host.run({ signal: stop.signal }).request(get));
		await jest.advanceTimersByTimeAsync(5000);
		stop.abort();
		expect(await passUntil(waiting)).toBeInstanceOf(errors.ExecutionCancelled);
		expect(host.elapsed()).toBe(5000);
		const [other] = await all([host.run()], 1);
		expect(other.status).toBe('fulfilled');
		expect(host.sent.length).toBe(2);
	});

	it('A run that is stopped during its probe does not keep the others waiting', async () => {
		const host = refusingHost((_, nth) => (nth < 3 ? '1' : undefined), 500);
		const stop = new AbortController();
		const first = host.run({ signal: stop.signal }).request(get);
		const second = host.run().request(get);
		await jest.advanceTimersByTimeAsync(1800);
		expect(host.sent.length).toBe(3);
		stop.abort();
		const [, other] = await passUntil(Promise.allSettled([first, second]));
		expect(other.status).toBe('fulfilled');
	});

	it('The client settles with an account that allows less than the credential says', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.integer({ min: 4, max: 12 }),
				fc.constantFrom('seconds', 'none'),
				fc.integer({ min: 1, max: 3 }),
				async (allowed, header, clients) => {
					const taken: number[] = [];
					const host = refusingHost((at) => {
						const recent = taken.filter((time) => time > at - MINUTE);
						if (recent.length < allowed) return void taken.push(at);
						return header === 'none' ? true : String(Math.ceil((recent[0] + MINUTE - at) / 1000));
					});
					const runsOf = Array.from({ length: clients }, () => host.run({ requestsPerMinute: 60 }));
					const results = await all(runsOf, 15);
					expect(results.every((result) => result.status === 'fulfilled')).toBe(true);
					expect(taken.length).toBe(clients * 15);
				},
			),
			{ numRuns: 25 },
		);
	});
});
