import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { rejection } from '../../../helpers/rejection.mts';
import {
	fakeClient,
	freshOrigin,
	newestId,
	ok,
	restoreTiming,
	status,
	TIMING,
	views,
	type ViewQuery,
} from '../../../helpers/transport/client.mts';
import { passUntil, pause, virtualTime } from '../../../helpers/transport/clock.mts';
import { viewServer, type ViewServerOptions } from '../../../helpers/transport/viewServer.mts';

virtualTime();
beforeEach(() => void Object.assign(TIMING, { firstPause: 0, maxPause: 0 }));
afterEach(restoreTiming);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What a server is like. Times in milliseconds. */
interface Quirks extends Omit<ViewServerOptions, 'wait'> {
	rowMs?: (nth: number) => number;
	latencyMs?: number;
}

const createServer = ({ rowMs = () => 0, latencyMs = 0, ...options }: Quirks) =>
	viewServer({
		rowBytes: () => 300,
		...options,
		wait: async (nth, rows) => await pause(latencyMs + rows * rowMs(nth)),
	});

type Client = ReturnType<typeof fakeClient>['client'];

/** Reads a view and fails where a row is missing, doubled or in the wrong place. Gives the number of rows. */
async function readInOrder(
	client: Client,
	{ offset = 0, ...query }: Partial<ViewQuery> = {},
): Promise<number> {
	let next = offset + 1;
	const readPages = async () => {
		for await (const page of views.readPages(client, { view: 'jobs', offset, ...query }))
			for (const { id } of page) if (id !== next++) throw new Error(`${id as number} came`);
	};
	await passUntil(readPages());
	return next - offset - 1;
}

async function read(quirks: Quirks, query: Partial<ViewQuery> = {}) {
	const server = createServer(quirks);
	const { client, hints } = fakeClient(server.send);
	return { count: await readInOrder(client, query), ...server, client, hints };
}

const size = (min: number, max: number) => fc.integer({ min, max });
const perhaps = <T,>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** Servers of all kinds: each property below holds for every one of them. */
const server = fc.record(
	{
		total: size(0, 40_000),
		rowBytes: fc.oneof(
			size(30, 5000).map((bytes) => () => bytes),
			// A part of the rows is much larger.
			fc.tuple(size(0, 40_000), size(30, 500), size(500, 9000)).map(
				([from, few, many]) =>
					(index: number) =>
						index < from ? few : many,
			),
		),
		hasLength: fc.boolean(),
		rowMs: fc.oneof(
			fc.constant(() => 0),
			size(1, 20).map((tenths) => () => tenths / 10),
			// It slows down.
			size(1, 10).map((from) => (nth: number) => (nth < from ? 0.1 : 4)),
		),
		latencyMs: size(0, 300),
		maxLimit: size(100, 6000),
		namesMaxLimit: fc.boolean(),
		maxRows: size(101, 8000),
		tooLargeStatus: fc.constantFrom(413, 500, 502, 504),
		stride: fc.oneof(
			fc
				.array(size(1, 30), { minLength: 1, maxLength: 4 })
				.map(
					(list) => (limit: number, nth: number) =>
						Math.ceil((limit * list[nth % list.length]) / 30),
				),
			size(2, 12).map(
				(from) => (limit: number, nth: number) => (nth < from ? limit : Math.ceil(limit / 2)),
			),
		),
	},
	{ requiredKeys: ['total'] },
);
const range = fc.record({ offset: perhaps(size(0, 5000)), limit: perhaps(size(1, 30_000)) });

describe('Pages that find their size', () => {
	it('Rows are complete and in order, whatever the server caps, refuses, slows down or strides by', async () => {
		await fc.assert(
			fc.asyncProperty(server, range, async (quirks, query) => {
				const { count, requests } = await read(quirks, query);
				const { offset = 0, limit = Infinity } = query;
				expect(count).toBe(Math.max(0, Math.min(quirks.total - offset, limit)));
				for (const one of requests) {
					expect(one.limit).toBeGreaterThan(0);
					expect(one.offset + one.limit).toBeLessThanOrEqual(offset + limit);
				}
			}),
			{ numRuns: 150 },
		);
	});

	it('The first page has 1,000 rows, and a page at most five times as many as a page before it', async () => {
		await fc.assert(
			fc.asyncProperty(server, async (quirks) => {
				const { requests } = await read(quirks);
				expect(requests[0].limit).toBe(1000);
				requests.slice(1).forEach(({ limit }, index) => {
					const before = requests.slice(0, index + 1).map((one) => one.limit);
					expect(limit).toBeLessThanOrEqual(5 * Math.max(...before));
				});
			}),
			{ numRuns: 60 },
		);
	});

	it('A row is asked for once where the size changes from page to page', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(size(5, 40), { minLength: 2, maxLength: 6 }),
				size(0, 300),
				async (tenths, latencyMs) => {
					const rowMs = (nth: number) => tenths[nth % tenths.length] / 10;
					const total = 40_000;
					const { requests } = await read({ total, rowMs, latencyMs });
					const good = requests.filter(({ offset }) => offset < total);
					const ends = good.map(({ offset, limit }) => offset + limit);
					expect(good.slice(1).map(({ offset }) => offset)).toEqual(ends.slice(0, -1));
				},
			),
			{ numRuns: 12 },
		);
	});

	it('100,000 rows of 300 bytes take at most twelve requests, of 4 MB each', async () => {
		const { count, requests } = await read({ total: 100_000, hasLength: true });
		expect(count).toBe(100_000);
		expect(requests.length).toBeLessThanOrEqual(12);
		expect(Math.max(...requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(4_000_000);
	});

	it.each([true, false])(
		'Pages of large rows stay below the limit of a response (Content-Length: %p)',
		async (hasLength) => {
			const { requests } = await read({ total: 20_000, rowBytes: () => 2500, hasLength });
			expect(requests.map((one) => one.status)).not.toContain(413);
			expect(Math.max(...requests.map(({ bytes }) => bytes))).toBeLessThan(4_500_000);
		},
	);

	it('A compressed body is measured by its rows, not by its Content-Length', async () => {
		const { send, requests } = createServer({ total: 20_000, rowBytes: () => 2500 });
		const { client } = fakeClient(async (request) => {
			const response = await send(request);
			return { ...response, headers: { 'content-length': '500' } };
		});
		expect(await readInOrder(client)).toBe(20_000);
		expect(Math.max(...requests.map(({ bytes }) => bytes))).toBeLessThan(4_500_000);
	});

	it('A server that slows down gets smaller pages, of 1,000 rows at least', async () => {
		const rowMs = (nth: number) => (nth < 4 ? 0.1 : 4);
		const { requests } = await read({ total: 60_000, rowMs });
		const sizes = requests.slice(0, -1).map(({ limit }) => limit);
		expect(Math.max(...sizes)).toBeGreaterThan(5000);
		expect(sizes.length).toBeGreaterThan(10);
		expect(sizes.slice(10).every((limit) => limit >= 1000 && limit <= 1250)).toBe(true);
	});

	it('A cap of the server is asked for from then on, with pages ahead', async () => {
		const { requests } = await read({ total: 40_000, maxLimit: 2000 });
		expect(requests.slice(0, 4).map(({ limit }) => limit)).toEqual([1000, 5000, 2000, 2000]);
		expect(requests.slice(2).every(({ limit }) => limit === 2000)).toBe(true);
		// Each offset once, but for pages asked for ahead past the end.
		expect(new Set(requests.map(({ offset }) => offset)).size).toBe(requests.length);
	});

	it.each([413, 502])(
		'A page refused with %p is halved and not tried again soon',
		async (tooLargeStatus) => {
			const first = await read({ total: 40_000, maxRows: 3000, tooLargeStatus });
			const refused = first.requests.filter((one) => one.status !== 200);
			expect(refused.length).toBe(tooLargeStatus === 413 ? 1 : 2);
			expect(first.hints.length).toBe(1);
			const before = first.requests.length;
			expect(await readInOrder(first.client)).toBe(40_000);
			expect(first.requests.slice(before).every((one) => one.status === 200)).toBe(true);
		},
	);

	it('Pages with fewer rows than they count are pointed out', async () => {
		const { send } = createServer({ total: 12_000 });
		const { client, hints } = fakeClient(async (request) => {
			const response = await send(request);
			const page = response.body as { data: unknown[] };
			return ok({ ...page, data: page.data.slice(0, 1000) });
		});
		const rows = views.readRows(client, { view: 'jobs' });
		expect((await passUntil(rows)).length).toBe(3000);
		expect(hints).toEqual([
			expect.stringMatching(
				/^Teamogy returned 4000 records fewer than it counted in the view "jobs"/,
			),
		]);
	});

	it('One response that refuses every size does not make the next readings small', async () => {
		const origin = freshOrigin();
		const refused = fakeClient(async () => status(413), { origin });
		await expect(passUntil(views.readRows(refused.client, { view: 'jobs' }))).rejects.toThrow();
		const { send, requests } = createServer({ total: 3000 });
		const { client } = fakeClient(send, { origin });
		expect(await readInOrder(client)).toBe(3000);
		// Pages of 100 rows, and some that were asked for ahead.
		expect(requests.length).toBeLessThan(40);
	});

	it('A size that was refused is tried again after ten minutes', async () => {
		let isUp = false;
		const { send, requests } = createServer({ total: 30_000 });
		const { client } = fakeClient(async (request) => {
			const { searchParams } = new URL(request.url);
			return isUp || Number(searchParams.get('limit')) <= 1000 ? await send(request) : status(502);
		});
		await readInOrder(client, { limit: 4000 });
		isUp = true;
		const during = requests.length;
		await readInOrder(client);
		expect(Math.max(...requests.slice(during).map(({ limit }) => limit))).toBeLessThan(1000);
		await jest.advanceTimersByTimeAsync(600_000);
		const after = requests.length;
		await readInOrder(client);
		expect(Math.max(...requests.slice(after).map(({ limit }) => limit))).toBeGreaterThan(5000);
	});

	it('A grown page that is not answered in time is asked for in halves', async () => {
		const { send, requests } = createServer({ total: 30_000 });
		const { client } = fakeClient(async (request) => {
			if (Number(new URL(request.url).searchParams.get('limit')) <= 2500)
				return await send(request);
			throw Object.assign(new Error('timeout of 60000ms exceeded'), { code: 'ECONNABORTED' });
		});
		expect(await readInOrder(client)).toBe(30_000);
		expect(Math.max(...requests.map(({ limit }) => limit))).toBe(2500);
	});

	it('A short list is one request of its own length', async () => {
		await fc.assert(
			fc.asyncProperty(size(1, 1000), size(1, 5000), async (limit, total) => {
				const { requests } = await read({ total, rowMs: () => 8 }, { limit });
				expect(requests.map((one) => one.limit)).toEqual([limit]);
			}),
			{ numRuns: 30 },
		);
	});

	it('A size is kept for the view, the unit and the columns, for all clients of the host', async () => {
		const { send, requests } = createServer({ total: 30_000 });
		const origin = freshOrigin();
		const firstSize = async (query: Partial<ViewQuery>) => {
			const before = requests.length;
			await readInOrder(fakeClient(send, { origin }).client, query);
			return requests[before].limit;
		};
		expect(await firstSize({})).toBe(1000);
		expect(await firstSize({})).toBeGreaterThan(5000);
		expect(await firstSize({ limit: 50 })).toBe(50);
		expect(await firstSize({ filter: 'id>0' })).toBeGreaterThan(5000);
		expect(await firstSize({ columns: ['id'] })).toBe(1000);
		expect(await firstSize({ properties: ['note'] })).toBe(1000);
		expect(await firstSize({ unitId: 2 })).toBe(1000);
		expect(await firstSize({ unitId: 1 })).toBeGreaterThan(5000);
	});

	it('A size that the user chose is kept, and nothing is learned from it', async () => {
		const { send, requests } = createServer({ total: 9000, maxLimit: 700 });
		const origin = freshOrigin();
		await readInOrder(fakeClient(send, { origin }).client, { pageSize: 900 });
		expect(requests.length).toBeGreaterThan(9);
		expect(requests.every(({ limit }) => limit === 900)).toBe(true);
		const before = requests.length;
		await readInOrder(fakeClient(send, { origin }).client);
		expect(requests[before].limit).toBe(1000);
	});

	it('Pages ahead hold few megabytes, and pages that were read are let go', async () => {
		let underWay = 0;
		let most = 0;
		const { send } = createServer({ total: 200_000, rowBytes: () => 1000, hasLength: true });
		const { client } = fakeClient(async (request) => {
			underWay += Number(new URL(request.url).searchParams.get('limit'));
			most = Math.max(most, underWay);
			await pause(50);
			return await send(request);
		});
		const pages: Array<WeakRef<object>> = [];
		const alive: number[] = [];
		const readPages = async () => {
			for await (const page of views.readPages(client, { view: 'jobs' })) {
				underWay -= page.length;
				pages.push(new WeakRef(page));
				await pause(100);
				if (pages.length % 10 === 0) {
					collectGarbage();
					alive.push(pages.filter((one) => one.deref()).length);
				}
			}
		};
		await passUntil(readPages());
		// The page that is read, and one that later pages are compared with.
		expect(alive.length).toBeGreaterThan(3);
		expect(Math.max(...alive)).toBeLessThanOrEqual(3);
		// The bytes ahead and the page that is read, with some room for pages of several sizes.
		expect(most * 1000).toBeLessThan(25_000_000);
	});
});

describe('The newest ID', () => {
	/** A server of IDs that knows `id>…`. */
	const search = async (ids: number[], cap = Infinity) => {
		let requests = 0;
		const { client } = fakeClient(async ({ url }) => {
			requests++;
			const query = new URL(url).searchParams;
			expect(query.get('columns')).toBe('id');
			const above = Number(/^id>(\d+)$/.exec(query.get('externalFilter') ?? 'id>0')![1]);
			const matching = ids.filter((id) => id > above);
			const limit = Math.min(cap, Number(query.get('limit')));
			const data = matching.slice(0, limit).map((id) => ({ id }));
			const nextOffset = matching.length > limit ? limit : null;
			return ok({ metadata: { count: data.length, limit, nextOffset }, data });
		});
		const newest = await passUntil(newestId.findNewestId(client, 'jobs'));
		return { newest, requests };
	};
	const upTo = (total: number) => Array.from({ length: total }, (_, index) => (index + 1) * 3);

	it.each([0, 1, 900, 10_000, 10_001, 60_000, 210_000])(
		'The newest of %p records is found in at most two requests',
		async (total) => {
			const rising = upTo(total);
			for (const ids of [rising, rising.toReversed()]) {
				const { newest, requests } = await search(ids);
				expect(newest).toBe(rising.at(-1));
				expect(requests).toBeLessThanOrEqual(total > 10_000 ? 2 : 1);
			}
		},
	);

	it('The newest record of a large view, or of small pages, is found in at most eight requests', async () => {
		const many = upTo(500_000);
		const large = await search(many);
		expect(large.requests).toBeLessThanOrEqual(8);
		expect(large.newest).toBeGreaterThan(many.at(-1)! * 0.8);
		const capped = await search(upTo(40_000), 1000);
		expect(capped.requests).toBeLessThanOrEqual(8);
	});

	it('A view that cannot be read is an error', async () => {
		const { client } = fakeClient(async () => status(403));
		const error = await passUntil(rejection(newestId.findNewestId(client, 'jobs')));
		expect(error.status).toBe(403);
	});
});
