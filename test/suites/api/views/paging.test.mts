import fc from 'fast-check';
import { rejection } from '../../../helpers/rejection.mts';
import {
	errors,
	fakeClient,
	matching,
	ok,
	TIMING,
	restoreTiming,
	turnEventLoop,
	status,
	views,
	type Row,
	type ViewQuery,
} from '../../../helpers/transport/client.mts';
import {
	rowsUpTo,
	viewServer,
	type ViewServerOptions,
} from '../../../helpers/transport/viewServer.mts';

beforeEach(() => {
	Object.assign(TIMING, { firstPause: 0, maxPause: 0, maxTries: 5 });
});
afterEach(restoreTiming);

/** Reads a view of a server made for it, and gives the rows with all that was asked for. */
async function read(options: ViewServerOptions, query: Partial<ViewQuery> = {}) {
	const server = viewServer(options);
	const { client, hints } = fakeClient(server.send);
	const pages: Row[][] = [];
	for await (const page of views.readPages(client, { view: 'jobs', ...query })) pages.push(page);
	const { offset = 0, limit = Infinity } = query;
	return {
		...server,
		hints,
		pages,
		read: pages.flat(),
		wanted: server.rows.slice(offset, offset + limit),
	};
}

const count = (max: number) => fc.integer({ min: 0, max });
const size = (max: number) => fc.integer({ min: 1, max });
const perhaps = <T,>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Responses that overtake each other: each takes some turns of the event loop. */
const turns = fc
	.array(count(6), { minLength: 1, maxLength: 12 })
	.map((list) => async (nth: number) => await turnEventLoop(list[nth % list.length]));

const query = fc.record({
	pageSize: size(40),
	limit: perhaps(size(600)),
	offset: perhaps(count(600)),
});

describe('Pages', () => {
	it('Pages come in order and complete, each is asked for once, and none beyond the limit', async () => {
		await fc.assert(
			fc.asyncProperty(count(500), query, turns, async (total, asked, slow) => {
				const { read: rows, wanted, requests } = await read({ total, wait: slow }, asked);
				expect(rows).toEqual(wanted);
				const end = (asked.offset ?? 0) + (asked.limit ?? Infinity);
				for (const { offset, limit } of requests) expect(offset + limit).toBeLessThanOrEqual(end);
				expect(new Set(requests.map(({ offset }) => offset)).size).toBe(requests.length);
			}),
			{ numRuns: 300 },
		);
	});

	it('Pages past the end are asked for less than a quarter as often as pages are read', async () => {
		await fc.assert(
			fc.asyncProperty(size(3000), size(30), turns, async (total, pageSize, slow) => {
				const { requests, pages } = await read({ total, wait: slow }, { pageSize });
				const vain = requests.filter(({ offset }) => offset >= total).length;
				expect(pages.length).toBe(Math.ceil(total / pageSize));
				expect(vain).toBe(requests.length - pages.length);
				expect(vain).toBeLessThan(pages.length / 4);
			}),
			{ numRuns: 200 },
		);
	});

	it('A view of one page costs one request', async () => {
		await fc.assert(
			fc.asyncProperty(size(50), size(50), async (total, more) => {
				const pageSize = total + more - 1;
				expect((await read({ total }, { pageSize })).requests).toMatchObject([
					{ offset: 0, limit: pageSize, status: 200 },
				]);
				expect((await read({ total: 500 }, { pageSize, limit: total })).requests).toMatchObject([
					{ offset: 0, limit: total, status: 200 },
				]);
			}),
		);
	});

	it('Up to nine pages are under way at a time, one more with every four that were read', async () => {
		let underWay = 0;
		const counts: number[] = [];
		const server = viewServer({ total: 400, wait: async () => await turnEventLoop(3) });
		const { client } = fakeClient(async (request) => {
			counts.push(++underWay);
			const response = await server.send(request);
			underWay--;
			return response;
		});
		const rows = await views.readRows(client, { view: 'jobs', pageSize: 5 });
		expect(rows).toEqual(server.rows);
		expect(Math.max(...counts.slice(0, 4))).toBe(1);
		expect(Math.max(...counts)).toBe(9);
	});

	it('Pages are exact where the server caps the limit or advances by strides of its own', async () => {
		const strides = fc.oneof(
			fc.record({ maxLimit: size(20) }),
			fc.array(size(30), { minLength: 1, maxLength: 5 }).map((list) => ({
				stride: (limit: number, nth: number) => Math.min(limit, list[nth % list.length]),
			})),
			// Keeps the stride for a while, so that pages are fetched ahead, then gives it up.
			fc.record({ keeps: size(40), rows: size(10) }).map(({ keeps, rows }) => ({
				stride: (limit: number, nth: number) => (nth > keeps ? Math.min(limit, rows) : limit),
			})),
		);
		await fc.assert(
			fc.asyncProperty(count(400), query, strides, turns, async (total, asked, quirk, slow) => {
				const { read: rows, wanted, requests } = await read({ total, ...quirk, wait: slow }, asked);
				expect(rows).toEqual(wanted);
				const end = (asked.offset ?? 0) + (asked.limit ?? Infinity);
				for (const { offset, limit } of requests) expect(offset + limit).toBeLessThanOrEqual(end);
			}),
			{ numRuns: 300 },
		);
	});

	it('Pages are read one after another where the server caps the limit', async () => {
		let underWay = 0;
		let maxUnderWay = 0;
		const server = viewServer({
			total: 300,
			maxLimit: 7,
			wait: async () => await turnEventLoop(2),
		});
		const { client } = fakeClient(async (request) => {
			maxUnderWay = Math.max(maxUnderWay, ++underWay);
			const response = await server.send(request);
			underWay--;
			return response;
		});
		expect(await views.readRows(client, { view: 'jobs', pageSize: 10 })).toEqual(server.rows);
		expect(maxUnderWay).toBe(1);
		expect(server.requests.length).toBe(Math.ceil(300 / 7));
	});

	it('Pages that fail are repeated alone', async () => {
		const failures = fc.dictionary(size(40).map(String), fc.constantFrom(429, 500, 502, 503, 504));
		await fc.assert(
			fc.asyncProperty(size(400), query, failures, turns, async (total, asked, failing, slow) => {
				// Never the same page too often in a row: that would be a server that stays away.
				const failed = new Map<number, number>();
				const {
					read: rows,
					wanted,
					requests,
				} = await read(
					{
						total,
						wait: slow,
						fails: (nth, { offset }) => {
							const times = failed.get(offset) ?? 0;
							if (!(nth in failing) || times >= TIMING.maxTries - 1) return undefined;
							failed.set(offset, times + 1);
							return failing[nth];
						},
					},
					asked,
				);
				expect(rows).toEqual(wanted);
				const good = requests.filter((request) => request.status === 200);
				expect(new Set(good.map(({ offset }) => offset)).size).toBe(good.length);
			}),
			{ numRuns: 200 },
		);
	});

	it.each([[null], [5], ['x'], [[1]]])('A page with a row such as %j is refused', async (row) => {
		const { client } = fakeClient(async () =>
			ok({ metadata: { nextOffset: null }, data: [{ id: 1 }, row] }),
		);
		const error = await rejection(views.readRows(client, { view: 'jobs' }));
		expect(error.message).toBe('The response for the view "jobs" was not the JSON Teamogy sends');
	});

	it('Reading ends where a nextOffset leads nowhere', async () => {
		const { client } = fakeClient(async () =>
			ok({ metadata: { count: 1, limit: 1, nextOffset: 0 }, data: [{ id: 1 }] }),
		);
		const error = await rejection(views.readRows(client, { view: 'jobs' }));
		expect(error.message).toBe(
			'The pages of the view "jobs" do not lead to its end: nextOffset 0 after offset 0',
		);
	});
});

describe('Pages nobody waits for any more', () => {
	/** A reader that holds pages ahead back in the budget: `perMinute` requests go out, no more. */
	const heldBack = (perMinute: number, options: ViewServerOptions) => {
		const server = viewServer(options);
		Object.assign(TIMING, { budgetWindow: 100, budgetMargin: 0 });
		return { server, ...fakeClient(server.send, { requestsPerMinute: perMinute }) };
	};
	const later = async () => await new Promise((resolve) => setTimeout(resolve, 250));

	it('Pages ahead are not asked for when the reader stops early', async () => {
		const { server, client } = heldBack(12, { total: 1000 });
		let pages = 0;
		for await (const page of views.readPages(client, { view: 'jobs', pageSize: 10 })) {
			expect(page.length).toBe(10);
			if (++pages === 10) break;
		}
		await turnEventLoop();
		const asked = server.requests.length;
		expect(asked).toBeLessThanOrEqual(12);
		await later();
		expect(server.requests.length).toBe(asked);
	});

	it('Pages ahead are not asked for when a page cannot be had', async () => {
		const { server, client } = heldBack(9, {
			total: 1000,
			fails: (_, { offset }) => (offset === 70 ? 403 : undefined),
		});
		const error = await rejection(views.readRows(client, { view: 'jobs', pageSize: 10 }));
		expect(error.status).toBe(403);
		await turnEventLoop();
		const asked = server.requests.length;
		await later();
		expect(server.requests.length).toBe(asked);
	});

	it('Pages ahead are not asked for when the size has changed', async () => {
		// Rows 400 and on are larger: pages ahead of them go in vain.
		const server = viewServer({
			total: 1000,
			fails: (_, { offset, limit }) => (offset >= 400 && limit > 20 ? 413 : undefined),
		});
		const { client, hints } = fakeClient(server.send);
		expect(await views.readRows(client, { view: 'jobs', pageSize: 40 })).toEqual(server.rows);
		expect(hints.length).toBe(1);
		const good = server.requests.filter((request) => request.status === 200);
		expect(new Set(good.map(({ offset }) => offset)).size).toBe(good.length);
	});

	it('Pages ahead are not repeated in the background', async () => {
		// Past the end the server breaks down.
		const server = viewServer({
			total: 100,
			fails: (_, { offset }) => (offset >= 100 ? 503 : undefined),
		});
		Object.assign(TIMING, { firstPause: 30, maxPause: 30 });
		const { client } = fakeClient(server.send);
		expect(await views.readRows(client, { view: 'jobs', pageSize: 10 })).toEqual(server.rows);
		const asked = server.requests.length;
		expect(asked).toBeGreaterThan(10);
		await later();
		expect(server.requests.length).toBe(asked);
	});
});

describe('A page that is too large', () => {
	const tooLarge = fc.record({
		total: size(3000),
		pageSize: fc.integer({ min: 101, max: 1000 }),
		// A page of 100 rows and less is not halved for a 5xx.
		maxRows: fc.integer({ min: 101, max: 1000 }),
		tooLargeStatus: fc.constantFrom(413, 500, 502, 504),
		offset: perhaps(count(500)),
		limit: perhaps(size(2000)),
	});

	it('A page that is too large is asked for in halves, and the smaller size is kept', async () => {
		await fc.assert(
			fc.asyncProperty(tooLarge, turns, async ({ pageSize, offset, limit, ...options }, slow) => {
				const result = await read({ ...options, wait: slow }, { pageSize, offset, limit });
				expect(result.read).toEqual(result.wanted);
				const sizes = result.requests.map((request) => request.limit);
				const refused = result.requests.filter((request) => request.status !== 200);
				// Once a smaller size is found no larger page is asked for.
				const smallest = sizes.map((_, index) => Math.min(...sizes.slice(0, index + 1)));
				const last = result.requests.lastIndexOf(refused.at(-1)!);
				for (const size of sizes.slice(last + 1))
					expect(size).toBeLessThanOrEqual(smallest[last + 1]);
				expect(result.hints.length).toBe(refused.length ? 1 : 0);
			}),
			{ numRuns: 150 },
		);
	});

	it('A smaller page size is remembered for the other reads of the run', async () => {
		const server = viewServer({ total: 400, maxRows: 60 });
		const { client, hints } = fakeClient(server.send);
		for (let read = 0; read < 3; read++) {
			expect(await views.readRows(client, { view: 'jobs', pageSize: 200 })).toEqual(server.rows);
		}
		expect(server.requests.filter((request) => request.status !== 200).length).toBe(2);
		expect(hints.length).toBe(1);
	});

	it('A page that is too large costs one request by a clear refusal', async () => {
		const { requests, hints } = await read({ total: 400, maxRows: 60 }, { pageSize: 200 });
		expect(requests.slice(0, 3).map(({ limit, status: response }) => [limit, response])).toEqual([
			[200, 413],
			[100, 413],
			[50, 200],
		]);
		expect(requests.slice(2).every(({ limit }) => limit === 50)).toBe(true);
		expect(hints).toEqual([
			`Teamogy could not deliver larger pages of the view "jobs", so it was read in pages of 50 rows. Fewer columns, or a smaller 'Page Size' under 'Options', avoid the extra requests.`,
		]);
	});

	it('A page that is too large costs few requests where the server only breaks down', async () => {
		const {
			requests,
			read: rows,
			wanted,
		} = await read({ total: 1000, maxRows: 130, tooLargeStatus: 502 }, { pageSize: 1000 });
		expect(rows).toEqual(wanted);
		const sizes = requests.map(({ limit }) => limit);
		expect(sizes.slice(0, 10)).toEqual([1000, 1000, 1000, 1000, 1000, 500, 500, 250, 250, 125]);
	});

	it('The size of a page is not to blame where a server stays away', async () => {
		const server = viewServer({ total: 1000, maxRows: 0, tooLargeStatus: 503 });
		const { client, hints } = fakeClient(server.send);
		const error = await rejection(views.readRows(client, { view: 'jobs' }));
		expect(error.status).toBe(503);
		expect(server.requests.length).toBeLessThanOrEqual(16);
		expect(hints).toEqual([]);
	});

	it('The size of a page is not to blame where a server hangs', async () => {
		let sent = 0;
		const { client } = fakeClient(async () => {
			sent++;
			throw Object.assign(new Error('timeout of 60000ms exceeded'), { code: 'ECONNABORTED' });
		});
		const error = await rejection(views.readRows(client, { view: 'jobs' }));
		expect(error.requestFailure.kind).toBe('timeout');
		expect(sent).toBe(3);
	});

	it('A single row that is too large is explained', async () => {
		const server = viewServer({ total: 3, maxRows: 0 });
		const { client } = fakeClient(server.send);
		const error = await rejection(views.readRows(client, { view: 'jobs', pageSize: 4 }));
		expect(server.requests.map(({ limit }) => limit)).toEqual([4, 2, 1]);
		expect(error.message).toBe(
			'A single record of the view "jobs" is larger than the 10 MB Teamogy delivers',
		);
		expect(error.description).toMatch(/Choose fewer columns or properties\./);
	});
});

describe('Look-ups', () => {
	const query = { view: 'jobs', column: 'id', type: 'number' as const };

	it('Look-ups stop asking when one of their requests is refused', async () => {
		let sent = 0;
		const { client } = fakeClient(async () => {
			await turnEventLoop(2);
			return ++sent === 3 ? status(403) : ok({ metadata: { nextOffset: null }, data: [] });
		});
		const values = Array.from({ length: 20_000 }, (_, index) => index);
		const matches = await matching.matchRows(client, query, values);
		// The refusal is that of its own values and of those not asked for; the others have their response.
		expect(() => matches.getRows(values.at(-1))).toThrow(errors.TeamogyError);
		expect(matches.getRows(values[0])).toEqual([]);
		await turnEventLoop(40);
		// The eight at once, and those begun before the refusal arrived.
		expect(sent).toBeLessThanOrEqual(10);
	});

	it('Look-ups of 1,000 records cost a handful of requests', async () => {
		let sent = 0;
		const rows = rowsUpTo(1000);
		const { client } = fakeClient(async ({ url }) => {
			sent++;
			const filter = new URL(url).searchParams.get('externalFilter')!;
			const ids = new Set([...filter.matchAll(/id=(\d+)/g)].map(([, id]) => Number(id)));
			expect(url.length).toBeLessThan(6000);
			return ok({
				metadata: { nextOffset: null },
				data: rows.filter(({ id }) => ids.has(id as number)),
			});
		});
		const values = rows.map(({ id }) => id);
		const matches = await matching.matchRows(client, query, values);
		expect(values.map((value) => matches.getRows(value))).toEqual(rows.map((row) => [row]));
		expect(sent).toBeLessThanOrEqual(8);
	});
});
