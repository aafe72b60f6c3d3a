/** Servers that drip, put off, never come to an end or write far too much: the node ends and says so. */
import { itSince } from '../../../engine/since.mts';
import { Trigger, type EventName } from '../../../helpers/polling/trigger.mts';
import { useTestBed, type TestBed } from '../../../helpers/testBed.mts';
import {
	fakeClient,
	freshOrigin,
	ok,
	rejection,
	status,
} from '../../../helpers/transport/client.mts';
import {
	maxWithinWindow,
	passUntil,
	pause,
	virtualTime,
} from '../../../helpers/transport/clock.mts';
import {
	answerWith,
	answerWithRows,
	drip,
	relayTo,
	startStrangeServer,
	type Answer,
	type StrangeServer,
} from '../../../helpers/transport/strangeServer.mts';

const testBed = useTestBed({ rows: { jobs: 0, opportunities: 0 } });
let server: StrangeServer;

// The first request of all takes n8n longer than the time-outs here are.
beforeAll(async () => void (await testBed.run(allJobs)));
beforeEach(async () => {
	server = await startStrangeServer();
});
afterEach(async () => await server.close());

const allJobs = { resource: 'job', operation: 'getAll', output: 'all', returnAll: true };
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

const run = async (parameters: object, more: Parameters<TestBed['run']>[1] = {}) =>
	await testBed.run(parameters, { credentials: { teamogyApi: server.credential }, ...more });
const withBudget = (requestsPerMinute: number) => ({
	credentials: { teamogyApi: { ...server.credential, requestsPerMinute } },
});

/** The first so many requests in one way, the others in another. */
const firstThen =
	(count: number, first: Answer, then: Answer): Answer =>
	(response, request, nth) =>
		(nth <= count ? first : then)(response, request, nth);

const until = async (met: () => boolean): Promise<void> => {
	while (!met()) await pause(1);
};

describe('an answer that drips', () => {
	it('a response that drips is given up at the time-out, as often as one that does not come, and its connections are closed', async () => {
		testBed.pace.timeout = 300;
		server.answer(drip);
		const { error, json } = await run(allJobs);
		expect(error?.message).toBe(
			'Teamogy did not answer the request for the view "jobs" in time [item 0]',
		);
		expect(error?.description).toMatch(/Waited 1 second\. Sent 3 times\.$/);
		expect(json).toEqual([]);
		await until(() => server.requests.every(({ givenUp }) => givenUp));
		expect(server.requests.length).toBe(3);
	});

	it('a response that drips once costs one more request', async () => {
		testBed.pace.timeout = 300;
		server.answer(firstThen(1, drip, answerWithRows([{ id: 1 }])));
		expect((await run(allJobs)).json).toEqual([{ id: 1 }]);
		expect(server.requests.map(({ givenUp }) => givenUp)).toEqual([true, false]);
	});

	it('a POST whose response drips may have been saved, and is not sent again', async () => {
		testBed.pace.timeout = 300;
		server.answer(drip);
		const { error } = await run(createCompany);
		expect(error?.message).toMatch(/^Teamogy did not answer the request for .* in time/);
		expect(error?.description).toContain('may have been saved');
		expect(server.requests.map(({ method }) => method)).toEqual(['POST']);
	});

	it('a response that drips gives its place in the budget back', async () => {
		Object.assign(testBed.pace, { timeout: 300, budgetWindow: 0, budgetMargin: 0 });
		server.answer(firstThen(1, drip, answerWith({ id: 5 })));
		const more = withBudget(1);
		const results = await Promise.all([
			run(getCompany, { ...more, input: [{ id: 5 }] }),
			run(getCompany, { ...more, input: [{ id: 5 }] }),
		]);
		expect(results.map(({ json }) => json)).toEqual([[{ id: 5 }], [{ id: 5 }]]);
		const arrivals = server.requests.map(({ at }) => at);
		expect(maxWithinWindow(arrivals, 140)).toBeLessThanOrEqual(2);
	});

	it('a probe after a 429 whose response drips does not hold the others', async () => {
		testBed.pace.timeout = 300;
		const refusal = answerWith({}, 429, { 'retry-after': '0.01' });
		let refused = 0;
		server.answer((response, request, nth) => {
			if (nth <= 3) {
				refused++;
				return refusal(response, request, nth);
			}
			return (refused === 3 && nth === 4 ? drip : answerWith({ id: 5 }))(response, request, nth);
		});
		const { json, error } = await run(getCompany, { input: [{ id: 5 }, { id: 6 }, { id: 7 }] });
		expect(error).toBeUndefined();
		expect(json.length).toBe(3);
		expect(server.requests.filter(({ givenUp }) => givenUp).length).toBe(1);
	});

	it('a response that drips ends with the execution, and so does its connection', async () => {
		server.answer(drip);
		const stop = new AbortController();
		const running = run(allJobs, { signal: stop.signal });
		await until(() => server.requests.length === 1);
		stop.abort();
		expect((await running).execution.status).toBe('canceled');
		await until(() => server.requests[0].givenUp);
	});

	it('a response that drips is given up where n8n cannot close its connection either', async () => {
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

	it('a response that drips does not hold up the lists of the editor', async () => {
		testBed.pace.timeout = 300;
		server.answer(drip);
		const list = testBed.engine.listSearch({
			type: 'teamogy',
			method: 'searchRecords',
			path: 'parameters.recordId',
			parameters: { ...getCompany, recordId: { __rl: true, mode: 'list', value: '' } },
			credentials: { teamogyApi: server.credential },
		});
		await expect(list).rejects.toThrow(
			'Teamogy did not answer the request for the view "companies" in time',
		);
		await until(() => server.requests.every(({ givenUp }) => givenUp));
	});
});

describe('a poll', () => {
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
	const relay: Answer = (...call) => relayTo(testBed.sandbox)(...call);

	it.each(events)(
		'a poll that meets one dripping response delivers all the same: %s',
		async (event) => {
			insert();
			server.answer(relay);
			const one = trigger(event);
			expect(await one.items(here())).toBeNull();
			const news = [insert(), insert()];
			testBed.pace.timeout = 300;
			server.answer(firstThen(1, drip, relay));
			expect(ids(await one.poll(here()))).toEqual(news);
			expect(server.requests[0].givenUp).toBe(true);
			expect(await one.items(here())).toBeNull();
		},
	);

	it.each(events)(
		'a poll that hangs gives way to the next, says so, and loses and doubles nothing: %s',
		async (event) => {
			insert();
			server.answer(relay);
			const one = trigger(event);
			expect(await one.items(here())).toBeNull();
			const state = JSON.stringify(one.staticData);
			const news = [insert(), insert()];
			testBed.pace.timeout = 60_000;
			testBed.pollPace.maxDuration = 300;
			server.answer(drip);
			const hanging = one.failure(here());
			await until(() => server.requests.length === 1);
			// The next one comes on time, and waits for its turn.
			expect(await one.items(here())).toBeNull();
			const { message, description } = await hanging;
			expect(message).toMatch(
				/^The poll of the view "opportunities" was given up, since it did not end within /,
			);
			expect(description).toMatch(/^Nothing is lost: the next poll tries again\./);
			expect(JSON.stringify(one.staticData)).toBe(state);
			await until(() => server.requests[0].givenUp);
			expect(server.requests.length).toBe(1);
			server.answer(relay);
			expect(ids(await one.poll(here()))).toEqual(news);
			expect(await one.items(here())).toBeNull();
		},
	);

	itSince('2.41')('a poll that hangs ends before n8n would leave it to itself', async () => {
		testBed.pollPace.overtime = 100;
		server.answer(drip);
		const { message } = await trigger('created').failure({ ...here(), budgetMs: 200 });
		expect(message).toMatch(/ was given up, since it did not end within 1 seconds$/);
	});

	it('a poll that hangs at activation or as a test ends as well', async () => {
		testBed.pollPace.maxDuration = 100;
		server.answer(drip);
		const one = trigger('created');
		for (const call of [here(), { ...here(), mode: 'manual' as const }])
			expect((await one.failure(call)).message).toMatch(/ was given up, /);
		expect(one.staticData).not.toHaveProperty('node:Teamogy Trigger.getWatchHash');
	});
});

describe('a Retry-After without end', () => {
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
		'a Retry-After of %p is tried again after the longest wait, by whoever comes then',
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
			const retryAfterMs = (refused.n8nFailure as { retryAfterMs: number }).retryAfterMs;
			expect(retryAfterMs).toBeLessThanOrEqual(1.1 * 24 * 3_600_000);
			await jest.advanceTimersByTimeAsync(LONGEST - 1000);
			await passUntil(rejection(client().request(get)));
			expect(sent).toBe(1);
			await jest.advanceTimersByTimeAsync(2000);
			expect(await passUntil(client().request(get))).toEqual({ sent: 2 });
			expect(await passUntil(client().request(get))).toEqual({ sent: 3 });
		},
	);

	it('a Retry-After without end is over when the probe is told of a shorter wait', async () => {
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

describe('a Retry-After without end, in n8n', () => {
	it('a Retry-After without end stops no later run of the host for good', async () => {
		testBed.pace.maxBlocked = 200;
		server.answer(
			firstThen(1, answerWith({}, 429, { 'retry-after': '1767225600' }), answerWith({ id: 5 })),
		);
		const first = await run(getCompany, { input: [{ id: 5 }] });
		expect(first.error?.message).toMatch(/^Teamogy is receiving more requests than it allows/);
		await pause(250);
		expect((await run(getCompany, { input: [{ id: 5 }] })).json).toEqual([{ id: 5 }]);
	});
});

describe('a view without end', () => {
	const page = (nextOffset: unknown, rows: object[], more: object = {}) => ({
		metadata: { count: rows.length, limit: 1000, nextOffset, ...more },
		data: rows,
	});
	/** Pages that go on for ever: what follows an offset. */
	const endless =
		(make: (offset: number) => object): Answer =>
		(response, request, nth) => {
			const offset = Number(new URL(request.url, 'http://x').searchParams.get('offset'));
			answerWith(make(offset))(response, request, nth);
		};
	const lists = {
		'Return All': allJobs,
		'a limit': { resource: 'job', operation: 'getAll', output: 'all', limit: 50 },
	};

	it.each(Object.entries(lists))(
		'a view of empty pages without end is refused: %s',
		async (_, parameters) => {
			server.answer(endless((offset) => page(offset + 50, [])));
			const { error, json } = await run(parameters);
			expect(error?.message).toBe(
				'The answer for the view "jobs" was not the JSON Teamogy sends [item 0]',
			);
			expect(error?.description).toContain('an empty page with a nextOffset 50 after offset 0');
			expect(json).toEqual([]);
			expect(server.requests.length).toBe(1);
		},
	);

	it('a view of empty pages without end is refused in the lists of the editor', async () => {
		server.answer(endless((offset) => page(offset + 50, [])));
		for (const filter of [undefined, 'x']) {
			const list = testBed.engine.listSearch({
				type: 'teamogy',
				method: 'searchRecords',
				path: 'parameters.recordId',
				parameters: { ...getCompany, recordId: { __rl: true, mode: 'list', value: '' } },
				credentials: { teamogyApi: server.credential },
				filter,
			});
			await expect(list).rejects.toThrow('was not the JSON Teamogy sends');
		}
		expect(server.requests.length).toBe(2);
	});

	it.each([
		[0, '0'],
		[-1, '-1'],
		[0.5, '0.5'],
		['x', 'x'],
		['', ''],
		[true, 'true'],
		[[7], 'that is an object'],
		[{ offset: 7 }, 'that is an object'],
		[9007199254740992, '9007199254740992'],
	])('a page with a nextOffset of %j is refused', async (nextOffset, shown) => {
		server.answer(endless(() => page(nextOffset, [{ id: 1 }])));
		const { error, json } = await run(allJobs);
		expect(error?.message).toMatch(/^The answer for the view "jobs" was not the JSON/);
		expect(error?.description).toContain(`nextOffset ${shown} after offset 0`.replace('  ', ' '));
		expect(json).toEqual([]);
		expect(server.requests.length).toBe(1);
	});

	it('a page with a nextOffset beyond all numbers is refused', async () => {
		server.answer(answerWith('{"metadata":{"nextOffset":1e999},"data":[{"id":1}]}'));
		const { error } = await run(allJobs);
		expect(error?.description).toContain('nextOffset Infinity after offset 0');
	});

	it.each([['x'], [true], [{}], [[]], [0], [-5], [1.5]])(
		'a page without nextOffset and with a limit of %j is not cut short in silence',
		async (limit) => {
			server.answer(answerWith({ metadata: { limit }, data: [{ id: 1 }, { id: 2 }] }));
			const { error, json } = await run(allJobs);
			expect(error?.message).toMatch(/^The answer for the view "jobs" was not the JSON/);
			expect(error?.description).toContain('no nextOffset, and a limit ');
			expect(json).toEqual([]);
		},
	);

	it('a view that sends the same page again and again is refused', async () => {
		const rows = Array.from({ length: 10 }, (_, id) => ({ id }));
		server.answer(answerWith({ data: rows }));
		const { error } = await run({ ...allJobs, options: { pageSize: 10 } });
		expect(error?.description).toContain('the same rows at offset 10 as before');
		expect(server.requests.length).toBeLessThanOrEqual(3);
	});

	describe('whose nextOffset counts up', () => {
		const rowsOf = (text: string) =>
			Array.from({ length: 3 }, (_, at) => ({ id: `${text}${at}`, status: 'OPEN' }));
		/** Gives these pages by turns, whatever offset is asked for. */
		const inTurns =
			(...pages: object[][]): Answer =>
			(response, request, nth) => {
				const offset = Number(new URL(request.url, 'http://x').searchParams.get('offset'));
				answerWith(page(offset + 3, pages[(offset / 3) % pages.length]))(response, request, nth);
			};
		const inSmallPages = { ...allJobs, options: { pageSize: 3 } };

		it.each([
			['one page again and again', [rowsOf('a')], 9],
			['two pages by turns', [rowsOf('a'), rowsOf('b')], 21],
			['three pages by turns', [rowsOf('a'), rowsOf('b'), rowsOf('c')], 39],
		])(
			'a view whose nextOffset counts up is refused where it gives %s',
			async (_, pages, offset) => {
				server.answer(inTurns(...pages));
				const { error, json } = await run(inSmallPages);
				expect(error?.message).toBe(
					'The answer for the view "jobs" was not the JSON Teamogy sends [item 0]',
				);
				expect(error?.description).toContain(`the same rows at offset ${offset} as before`);
				expect(json).toEqual([]);
				expect(server.requests.length).toBeLessThanOrEqual(offset / 3 + 3);
			},
		);

		it('a view is read to its end where inserted rows move a page once', async () => {
			const pages = [rowsOf('b'), rowsOf('b'), rowsOf('c')];
			server.answer(endless((offset) => page(offset < 6 ? offset + 3 : null, pages[offset / 3])));
			const { error, json } = await run(inSmallPages);
			expect(error).toBeUndefined();
			expect(json).toEqual(pages.flat());
		});

		it.each([null, undefined])(
			'a view of equal rows without IDs is read to its end (nextOffset %j)',
			async (last) => {
				const row = { status: 'OPEN' };
				server.answer(
					endless((offset) =>
						offset < 30 ? page(offset < 27 ? offset + 3 : last, [row, row, row]) : page(null, []),
					),
				);
				const { error, json } = await run(inSmallPages);
				expect(error).toBeUndefined();
				expect(json).toEqual(Array.from({ length: 30 }, () => row));
			},
		);
	});

	/** The values of all parts of a list, in their order. */
	const listWhole = async (
		call: Parameters<TestBed['engine']['listSearch']>[0],
	): Promise<unknown[]> => {
		const seen: unknown[] = [];
		let paginationToken: string | undefined;
		do {
			const list = await testBed.engine.listSearch({ ...call, paginationToken });
			expect(list.results.length).toBeLessThanOrEqual(100);
			seen.push(...list.results.map(({ value }) => value));
			paginationToken = list.paginationToken as string | undefined;
		} while (paginationToken);
		return seen;
	};

	it('a view that is sent whole, whatever is asked for, is shown whole and once in the editor', async () => {
		const rows = Array.from({ length: 120 }, (_, index) => ({ id: index + 1, name: 'Job' }));
		server.answer(answerWith({ data: rows }));
		const call = {
			type: 'teamogy',
			method: 'searchRecords',
			path: 'parameters.recordId',
			parameters: { ...getCompany, recordId: { __rl: true, mode: 'list', value: '' } },
			credentials: { teamogyApi: server.credential },
		};
		const seen = await listWhole(call);
		// The newest record is listed first.
		expect(seen).toEqual(rows.map(({ id }) => String(id)).reverse());
		const found = await testBed.engine.listSearch({ ...call, filter: 'job' });
		expect(found.results.length).toBeGreaterThanOrEqual(50);
	});

	it('a view with pages longer than asked for is shown part by part in the editor', async () => {
		const rows = Array.from({ length: 500 }, (_, index) => ({ id: index + 1, name: 'Job' }));
		server.answer(
			endless((offset) => {
				const end = offset + 100;
				return page(end < rows.length ? end : null, rows.slice(offset, end));
			}),
		);
		const seen = await listWhole({
			type: 'teamogy',
			method: 'searchRecords',
			path: 'parameters.recordId',
			parameters: { ...getCompany, recordId: { __rl: true, mode: 'list', value: '' } },
			credentials: { teamogyApi: server.credential },
		});
		expect(seen.map(Number).sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
	});
});
