/** Servers that drip, or put off for ever: the node ends and says so. */
import { itSince } from '../../../engine/since.mts';
import type * as NodeErrorModule from '../../../../nodes/n8n/errors.js';
import { Trigger, type EventName } from '../../../helpers/polling/trigger.mts';
import { waitUntil } from '../../../helpers/waitUntil.mts';
import { builtModule } from '../../../helpers/testBed.mts';
import { rejection } from '../../../helpers/rejection.mts';
import { fakeClient, freshOrigin, ok, status } from '../../../helpers/transport/client.mts';
import {
	maxWithinWindow,
	passUntil,
	pause,
	virtualTime,
} from '../../../helpers/transport/clock.mts';
import {
	allJobs,
	respondWith,
	respondWithRows,
	drip,
	relayTo,
	useWarmStrangeServer,
	type Responder,
} from '../../../helpers/transport/strangeServer.mts';

const { toN8nFailure } = builtModule<typeof NodeErrorModule>('nodes/n8n/errors.js');
const { testBed, server, run, searchRecords } = useWarmStrangeServer();

const getCompany = {
	resource: 'company',
	operation: 'get',
	output: 'all',
	recordId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
};
const createCompany = {
	resource: 'company',
	operation: 'create',
	fieldsMode: 'json',
	body: '{"name":"Slow Ltd"}',
};

const withBudget = (requestsPerMinute: number) => ({
	credentials: { teamogyApi: { ...server.credential, requestsPerMinute } },
});

/** The first so many requests in one way, the others in another. */
const firstThen =
	(count: number, first: Responder, then: Responder): Responder =>
	(response, request, nth) =>
		(nth <= count ? first : then)(response, request, nth);

describe('A response that drips', () => {
	it('A response that drips is given up at the time-out, as often as one that does not come, and its connections are closed', async () => {
		testBed.pace.timeout = 300;
		server.respond(drip);
		const { error, json } = await run(allJobs);
		expect(error?.message).toBe(
			'Teamogy did not answer the request for the view "jobs" in time [item 0]',
		);
		expect(error?.description).toMatch(/Waited 1 second\. Sent 3 times\.$/);
		expect(json).toEqual([]);
		await waitUntil(() => server.requests.every(({ givenUp }) => givenUp));
		expect(server.requests.length).toBe(3);
	});

	it('A response that drips once costs one more request', async () => {
		testBed.pace.timeout = 300;
		server.respond(firstThen(1, drip, respondWithRows([{ id: 1 }])));
		expect((await run(allJobs)).json).toEqual([{ id: 1 }]);
		expect(server.requests.map(({ givenUp }) => givenUp)).toEqual([true, false]);
	});

	it('A POST whose response drips may have been saved, and is not sent again', async () => {
		testBed.pace.timeout = 300;
		server.respond(drip);
		const { error } = await run(createCompany);
		expect(error?.message).toMatch(/^Teamogy did not answer the request for .* in time/);
		expect(error?.description).toContain('may have been saved');
		expect(server.requests.map(({ method }) => method)).toEqual(['POST']);
	});

	it('A response that drips gives its place in the budget back', async () => {
		Object.assign(testBed.pace, { timeout: 300, budgetWindow: 0, budgetMargin: 0 });
		server.respond(firstThen(1, drip, respondWith({ id: 5 })));
		const more = withBudget(1);
		const results = await Promise.all([
			run(getCompany, { ...more, input: [{ id: 5 }] }),
			run(getCompany, { ...more, input: [{ id: 5 }] }),
		]);
		expect(results.map(({ json }) => json)).toEqual([[{ id: 5 }], [{ id: 5 }]]);
		const arrivals = server.requests.map(({ at }) => at);
		expect(maxWithinWindow(arrivals, 140)).toBeLessThanOrEqual(2);
	});

	it('A probe after a 429 whose response drips does not hold the others', async () => {
		testBed.pace.timeout = 300;
		const refusal = respondWith({}, 429, { 'retry-after': '0.01' });
		let refused = 0;
		server.respond((response, request, nth) => {
			if (nth <= 3) {
				refused++;
				return refusal(response, request, nth);
			}
			return (refused === 3 && nth === 4 ? drip : respondWith({ id: 5 }))(response, request, nth);
		});
		const { json, error } = await run(getCompany, { input: [{ id: 5 }, { id: 6 }, { id: 7 }] });
		expect(error).toBeUndefined();
		expect(json.length).toBe(3);
		expect(server.requests.filter(({ givenUp }) => givenUp).length).toBe(1);
	});

	it('A response that drips ends with the execution, and so does its connection', async () => {
		server.respond(drip);
		const stop = new AbortController();
		const running = run(allJobs, { signal: stop.signal });
		await waitUntil(() => server.requests.length === 1);
		stop.abort();
		expect((await running).execution.status).toBe('canceled');
		await waitUntil(() => server.requests[0].givenUp);
	});

	it('A response that drips is given up where n8n cannot close its connection either', async () => {
		jest.useFakeTimers();
		try {
			const { client } = fakeClient(async () => await new Promise(() => undefined));
			const request = {
				requestKind: 'create',
				method: 'POST',
				path: 'jobs',
				subject: 'a job',
			} as const;
			const error = await passUntil(rejection(client.request(request)));
			expect(error.message).toBe('Teamogy did not answer the request for a job in time');
			expect(error.maybeSaved).toBe(true);
		} finally {
			jest.useRealTimers();
		}
	});

	it('A response that drips does not hold up the lists of the editor', async () => {
		testBed.pace.timeout = 300;
		server.respond(drip);
		await expect(searchRecords('company')).rejects.toThrow(
			'Teamogy did not answer the request for the view "companies" in time',
		);
		await waitUntil(() => server.requests.every(({ givenUp }) => givenUp));
	});
});

describe('A poll', () => {
	const events: EventName[] = ['created', 'createdOrUpdated', 'entersFilter'];
	const trigger = (event: EventName) =>
		new Trigger(testBed, {
			view: 'opportunities',
			event,
			filters: { conditions: [{ column: 'status', value: 'WON' }] },
		});
	const insert = () => testBed.sandbox.insert('opportunities', { status: 'WON' }).id;
	const here = () => ({ credentials: { teamogyApi: server.credential } });
	const ids = (rows: Array<Record<string, unknown>>) => rows.map(({ id }) => id);
	const relay: Responder = (...call) => relayTo(testBed.sandbox)(...call);
	/** A trigger that knows the one record of the view. */
	const activate = async (event: EventName): Promise<Trigger> => {
		insert();
		server.respond(relay);
		const one = trigger(event);
		expect(await one.items(here())).toBeNull();
		return one;
	};

	it.each(events)(
		'A poll that meets one dripping response delivers all the same: %s',
		async (event) => {
			const one = await activate(event);
			const news = [insert(), insert()];
			testBed.pace.timeout = 300;
			server.respond(firstThen(1, drip, relay));
			expect(ids(await one.poll(here()))).toEqual(news);
			expect(server.requests[0].givenUp).toBe(true);
			expect(await one.items(here())).toBeNull();
		},
	);

	it.each(events)(
		'A poll that hangs gives way to the next, says so, and loses and doubles nothing: %s',
		async (event) => {
			const one = await activate(event);
			const state = JSON.stringify(one.staticData);
			const news = [insert(), insert()];
			testBed.pace.timeout = 60_000;
			testBed.pollPace.maxDuration = 300;
			server.respond(drip);
			const hanging = one.failure(here());
			await waitUntil(() => server.requests.length === 1);
			// The next one comes on time, and waits for its turn.
			expect(await one.items(here())).toBeNull();
			const { message, description } = await hanging;
			expect(message).toMatch(/^The poll of the view "opportunities" took longer than /);
			expect(description).toMatch(/^Nothing is lost: the next poll tries again\./);
			expect(JSON.stringify(one.staticData)).toBe(state);
			await waitUntil(() => server.requests[0].givenUp);
			expect(server.requests.length).toBe(1);
			server.respond(relay);
			expect(ids(await one.poll(here()))).toEqual(news);
			expect(await one.items(here())).toBeNull();
		},
	);

	itSince('2.41')('A poll that hangs ends before n8n would leave it to itself', async () => {
		testBed.pollPace.overtime = 100;
		server.respond(drip);
		const { message } = await trigger('created').failure({ ...here(), budgetMs: 200 });
		expect(message).toMatch(/ took longer than 1 seconds and was stopped$/);
	});

	it('A poll that hangs at activation or as a test ends as well', async () => {
		testBed.pollPace.maxDuration = 100;
		server.respond(drip);
		const one = trigger('created');
		for (const call of [here(), { ...here(), mode: 'manual' as const }])
			expect((await one.failure(call)).message).toMatch(
				/ took longer than \d+ seconds and was stopped/,
			);
		expect(one.staticData).not.toHaveProperty('node:Teamogy Trigger.watchHash');
	});
});

describe('A Retry-After without end', () => {
	virtualTime();
	const LONGEST = 300_000;
	const get = { requestKind: 'get', method: 'GET', path: 'jobs', subject: 'the job 1' } as const;

	it.each([
		'1767225600',
		'99999999999',
		'9'.repeat(400),
		'Fri, 31 Dec 9999 23:59:59 GMT',
		'Sat, 13 Sep 275760 00:00:00 GMT',
	])(
		'A Retry-After of %p is tried again after the longest wait, by whoever comes then',
		async (header) => {
			const origin = freshOrigin();
			let sent = 0;
			const client = () =>
				fakeClient(
					async () => (++sent === 1 ? status(429, {}, { 'retry-after': header }) : ok({ sent })),
					{ origin },
				).client;
			const refused = await passUntil(rejection(client().request(get)));
			expect(refused.message).toBe('Teamogy is receiving more requests than it allows');
			const failure = toN8nFailure(refused) as { retryAfterMs: number };
			expect(failure.retryAfterMs).toBeLessThanOrEqual(1.1 * 24 * 3_600_000);
			await jest.advanceTimersByTimeAsync(LONGEST - 1000);
			await passUntil(rejection(client().request(get)));
			expect(sent).toBe(1);
			await jest.advanceTimersByTimeAsync(2000);
			expect(await passUntil(client().request(get))).toEqual({ sent: 2 });
			expect(await passUntil(client().request(get))).toEqual({ sent: 3 });
		},
	);

	it('A Retry-After without end is over when the probe is told of a shorter wait', async () => {
		const origin = freshOrigin();
		const headers = ['99999999999', '5'];
		let sent = 0;
		const client = () =>
			fakeClient(
				async () => {
					const header = headers[sent++];
					return header ? status(429, {}, { 'retry-after': header }) : ok({ sent });
				},
				{ origin },
			).client;
		await passUntil(rejection(client().request(get)));
		await jest.advanceTimersByTimeAsync(LONGEST + 1000);
		expect(await passUntil(client().request(get))).toEqual({ sent: 3 });
	});
});

describe('A Retry-After without end, in n8n', () => {
	it('A Retry-After without end stops no later run of the host for good', async () => {
		testBed.pace.maxBlocked = 200;
		server.respond(
			firstThen(1, respondWith({}, 429, { 'retry-after': '1767225600' }), respondWith({ id: 5 })),
		);
		const first = await run(getCompany, { input: [{ id: 5 }] });
		expect(first.error?.message).toMatch(/^Teamogy is receiving more requests than it allows/);
		await pause(250);
		expect((await run(getCompany, { input: [{ id: 5 }] })).json).toEqual([{ id: 5 }]);
	});
});
