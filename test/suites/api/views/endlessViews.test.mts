/** Views that never come to an end or write far too much: the node ends and says so. */
import {
	allJobs,
	respondWith,
	useWarmStrangeServer,
	type Responder,
} from '../../../helpers/transport/strangeServer.mts';

const { server, run, searchRecords } = useWarmStrangeServer();

describe('A view without end', () => {
	const page = (nextOffset: unknown, rows: object[], more: object = {}) => ({
		metadata: { count: rows.length, limit: 1000, nextOffset, ...more },
		data: rows,
	});
	/** Pages that go on for ever: what follows an offset. */
	const endless =
		(make: (offset: number) => object): Responder =>
		(response, request, nth) => {
			const offset = Number(new URL(request.url, 'http://x').searchParams.get('offset'));
			respondWith(make(offset))(response, request, nth);
		};
	const lists = {
		'Return All': allJobs,
		'a limit': { resource: 'job', operation: 'getAll', output: 'all', limit: 50 },
	};

	it.each(Object.entries(lists))(
		'A view of empty pages without end is refused: %s',
		async (_, parameters) => {
			server.respond(endless((offset) => page(offset + 50, [])));
			const { error, json } = await run(parameters);
			expect(error?.message).toBe(
				'The pages of the view "jobs" do not lead to its end: an empty page with a nextOffset 50 after offset 0 [item 0]',
			);
			expect(json).toEqual([]);
			expect(server.requests.length).toBe(1);
		},
	);

	it('A view of empty pages without end is refused in the lists of the editor', async () => {
		server.respond(endless((offset) => page(offset + 50, [])));
		for (const filter of [undefined, 'x']) {
			await expect(searchRecords('company', filter)).rejects.toThrow('do not lead to its end');
		}
		expect(server.requests.length).toBe(2);
	});

	it.each([
		[0, '0'],
		[-1, '-1'],
		[0.5, '0.5'],
		['x', '"x"'],
		['', '""'],
		[true, 'true'],
		[[7], 'that is an object'],
		[{ offset: 7 }, 'that is an object'],
		[9007199254740992, '9007199254740992'],
	])('A page with a nextOffset of %j is refused', async (nextOffset, shown) => {
		server.respond(endless(() => page(nextOffset, [{ id: 1 }])));
		const { error, json } = await run(allJobs);
		expect(error?.message).toBe(
			`The pages of the view "jobs" do not lead to its end: nextOffset ${shown} after offset 0 [item 0]`,
		);
		expect(json).toEqual([]);
		expect(server.requests.length).toBe(1);
	});

	it('A page whose next page begins within it is refused, since its rows would come twice', async () => {
		server.respond(endless((offset) => page(offset + 2, [{ id: 1 }, { id: 2 }, { id: 3 }])));
		const { error, json } = await run(allJobs);
		expect(error?.message).toContain('nextOffset 2 after offset 0');
		expect(json).toEqual([]);
	});

	it('A page with a nextOffset beyond all numbers is refused', async () => {
		server.respond(respondWith('{"metadata":{"nextOffset":1e999},"data":[{"id":1}]}'));
		const { error } = await run(allJobs);
		expect(error?.message).toContain('nextOffset Infinity after offset 0');
	});

	it.each([undefined, { count: 10 }, { limit: 10 }, { limit: 'x' }, { nextOffset: null }])(
		'A page that names no next page is the last one, whatever else it says: %j',
		async (metadata) => {
			const rows = Array.from({ length: 10 }, (_, id) => ({ id }));
			server.respond(respondWith({ metadata, data: rows }));
			const { error, json } = await run({ ...allJobs, options: { pageSize: 10 } });
			expect(error).toBeUndefined();
			expect(json).toEqual(rows);
			expect(server.requests.length).toBe(1);
		},
	);

	describe('Whose nextOffset counts up', () => {
		const rowsOf = (text: string) =>
			Array.from({ length: 3 }, (_, at) => ({ id: `${text}${at}`, status: 'OPEN' }));
		/** Gives these pages by turns, whatever offset is asked for. */
		const inTurns =
			(...pages: object[][]): Responder =>
			(response, request, nth) => {
				const offset = Number(new URL(request.url, 'http://x').searchParams.get('offset'));
				respondWith(page(offset + 3, pages[(offset / 3) % pages.length]))(response, request, nth);
			};
		const inSmallPages = { ...allJobs, options: { pageSize: 3 } };

		it.each([
			['one page again and again', [rowsOf('a')], 9],
			['two pages by turns', [rowsOf('a'), rowsOf('b')], 21],
			['three pages by turns', [rowsOf('a'), rowsOf('b'), rowsOf('c')], 39],
		])(
			'A view whose nextOffset counts up is refused where it gives %s',
			async (_, pages, offset) => {
				server.respond(inTurns(...pages));
				const { error, json } = await run(inSmallPages);
				expect(error?.message).toBe(
					`The pages of the view "jobs" do not lead to its end: the rows at offset ${offset} came before [item 0]`,
				);
				expect(json).toEqual([]);
				expect(server.requests.length).toBeLessThanOrEqual(offset / 3 + 3);
			},
		);

		it('A view is read to its end where inserted rows move a page once', async () => {
			const pages = [rowsOf('b'), rowsOf('b'), rowsOf('c')];
			server.respond(endless((offset) => page(offset < 6 ? offset + 3 : null, pages[offset / 3])));
			const { error, json } = await run(inSmallPages);
			expect(error).toBeUndefined();
			expect(json).toEqual(pages.flat());
		});

		it.each([null, undefined])(
			'A view of equal rows without IDs is read to its end (nextOffset %j)',
			async (last) => {
				const row = { status: 'OPEN' };
				server.respond(
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
	const listWhole = async (): Promise<unknown[]> => {
		const seen: unknown[] = [];
		let paginationToken: string | undefined;
		do {
			const list = await searchRecords('company', undefined, paginationToken);
			expect(list.results.length).toBeLessThanOrEqual(100);
			seen.push(...list.results.map(({ value }) => value));
			paginationToken = list.paginationToken as string | undefined;
		} while (paginationToken);
		return seen;
	};

	it('A view that is sent whole, whatever is asked for, is shown whole and once in the editor', async () => {
		const rows = Array.from({ length: 120 }, (_, index) => ({ id: index + 1, name: 'Job' }));
		server.respond(respondWith({ data: rows }));
		const seen = await listWhole();
		// The newest record is listed first.
		expect(seen).toEqual(rows.map(({ id }) => String(id)).reverse());
		const found = await searchRecords('company', 'job');
		expect(found.results.length).toBeGreaterThanOrEqual(50);
	});

	it('A view with pages longer than asked for is shown part by part in the editor', async () => {
		const rows = Array.from({ length: 500 }, (_, index) => ({ id: index + 1, name: 'Job' }));
		server.respond(
			endless((offset) => {
				const end = offset + 100;
				return page(end < rows.length ? end : null, rows.slice(offset, end));
			}),
		);
		const seen = await listWhole();
		expect(seen.map(Number).sort((a, b) => a - b)).toEqual(rows.map(({ id }) => id));
	});
});
