/** Get Many: the limit, the offset and the page size. */
import { useTestBed } from '../../helpers/testBed.mts';

/** The number of jobs in the first unit: two full pages and a rest. */
const JOBS = 2345;

const testBed = useTestBed({ rows: { jobs: JOBS }, hasLateRequests: true });

const getAll = async (parameters: object, more: object = {}) =>
	await testBed.run({ resource: 'job', operation: 'getAll', output: 'all', ...parameters }, more);
const urls = (): string[] => testBed.sandbox.log.map(({ method, url }) => `${method} ${url}`);

describe('Get Many: the number of rows', () => {
	it.each([1, 50, 999, 1000, 1001, 2000, JOBS - 1, JOBS, JOBS + 1, 100_000])(
		'The limit %i is kept',
		async (limit) => {
			const { json } = await getAll({ limit });
			expect(json).toEqual(testBed.sandbox.rows('jobs').slice(0, limit));
		},
	);

	it('The default limit is 50, in one request for one row more, which tells whether there are more', async () => {
		expect((await getAll({})).json).toHaveLength(50);
		expect(urls()).toEqual(['GET /rest/v1/1/views/jobs?limit=51&offset=0']);
	});

	it('Rows beyond the limit are never requested, but for the one that tells of more', async () => {
		const options = { pageSize: 1000 };
		await getAll({ limit: 1001, options });
		await getAll({ limit: 2000, options });
		const asked = testBed.sandbox.log.map(({ query }) => [query.offset, query.limit]);
		expect(asked).toEqual([
			['0', '1000'],
			['1000', '2'],
			['0', '1000'],
			['1000', '1000'],
		]);
	});

	it('An expression may give the limit as text', async () => {
		const { json } = await getAll({ limit: '={{ $json.wanted }}' }, { input: [{ wanted: '3' }] });
		expect(json).toHaveLength(3);
	});

	it('Return All overrides the limit', async () => {
		expect((await getAll({ returnAll: true, limit: 3 })).json).toHaveLength(JOBS);
	});

	it.each([
		[{ offset: 1 }, 1],
		[{ offset: 1000, pageSize: 300 }, 1000],
		[{ offset: JOBS - 1 }, JOBS - 1],
		[{ offset: JOBS }, JOBS],
		[{ offset: JOBS + 500 }, JOBS],
	])('%j skips the rows before it', async (options, from) => {
		const { json, error } = await getAll({ returnAll: true, options });
		expect(error).toBeUndefined();
		expect(json).toEqual(testBed.sandbox.rows('jobs').slice(from));
	});

	it.each([
		[1, 40],
		[33, 1000],
		[999, 1001],
		[1000, 1000],
		[2344, 2345],
		[5000, 5000],
	])('The page size %i with the limit %i gives the right rows', async (pageSize, limit) => {
		const { json } = await getAll({ limit, options: { pageSize, offset: 5 } });
		expect(json).toEqual(testBed.sandbox.rows('jobs').slice(5, 5 + limit));
		const largest = Math.max(...testBed.sandbox.log.map(({ query }) => Number(query.limit)));
		expect(largest).toBe(Math.min(pageSize, limit));
	});

	it('Pages grow without a page size, and the next run begins with the size that was learned', async () => {
		const askedFor = async (options: object) => {
			testBed.sandbox.clearLog();
			const { json, error } = await getAll({ returnAll: true, options });
			expect(error).toBeUndefined();
			expect(json).toEqual(testBed.sandbox.rows('jobs'));
			return testBed.sandbox.log.map(({ query }) => Number(query.limit));
		};
		const [first, second] = await askedFor({});
		expect(first).toBe(1000);
		expect(second).toBeGreaterThan(1000);
		const [learned] = await askedFor({});
		expect(learned).toBeGreaterThan(1000);
		expect(await askedFor({ pageSize: 2000 })).toEqual([2000, 2000]);
		const [automatic] = await askedFor({ pageSize: '' });
		expect(automatic).toBeGreaterThan(1000);
	});

	it('The number of rows is exact where the server gives shorter pages than requested', async () => {
		testBed.sandbox.set({ maxLimit: 90 });
		const { json } = await getAll({ limit: 1001 });
		expect(json).toEqual(testBed.sandbox.rows('jobs').slice(0, 1001));
	});

	it.each([
		[{ limit: 0 }, '\'Limit\' must be a whole number of at least 1, but is "0"'],
		[{ limit: -1 }, /^'Limit' must be a whole number of at least \d, but is "-1"/],
		[{ limit: 1.5 }, /^'Limit' must be a whole number of at least \d, but is "1.5"/],
		[{ limit: '={{ "many" }}' }, /^'Limit' must be a whole number of at least \d, but is "many"/],
		[{ options: { offset: -1 } }, '\'Offset\' must be a whole number of at least 0, but is "-1"'],
		[{ options: { offset: 'x' } }, /^'Offset' must be a whole number of at least \d, but is "x"/],
		[
			{ options: { pageSize: 0 } },
			/^'Page Size' must be a whole number of at least \d, but is "0"/,
		],
		[
			{ options: { pageSize: 'ten' } },
			/^'Page Size' must be a whole number of at least \d, but is "ten"/,
		],
		[{ options: { unitId: 'Praha' } }, 'Unit ID\' "Praha" is not a whole number'],
		[{ options: { unitId: -1 } }, 'Unit ID\' "-1" is not a whole number of at least 0'],
		[{ options: { unitId: '0x10' } }, 'Unit ID\' "0x10"'],
		[{ options: { unitId: '1e2' } }, 'Unit ID\' "1e2"'],
		[{ options: { unitId: '={{ true }}' } }, 'Unit ID\' "true"'],
		[{ options: { unitId: '1/../2' } }, 'Unit ID\' "1/../2"'],
		[{ options: { unitId: 1.5 } }, 'Unit ID\' "1.5"'],
	])('%j is refused', async (parameters, message) => {
		testBed.expectRefused(await getAll(parameters), message);
	});
});
