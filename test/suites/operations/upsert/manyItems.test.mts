/** Create or Update of many items: they need few reads, and a failed read fails its own items. */
import type { IDataObject } from 'n8n-workflow';
import { getBodies, getReads, getWrites } from '../../../helpers/loggedRequests.mts';
import { byJson, byMapper, useUpsert } from '../../../helpers/upsert.mts';

const COMPANIES = 1500;
const LONGEST_URL = 6000;

const { testBed, upsert, companies, writeMethods, filters } = useUpsert({
	rows: { companies: COMPANIES },
});

describe('Create or Update: many items', () => {
	it.each(['mapper', 'JSON'])(
		'300 items, 100 of them new, need few reads and one write each: %s',
		async (how) => {
			const known = companies().slice(0, 200);
			const unknown = Array.from({ length: 100 }, (_, index) => ({
				name: `Brand New ${index} s.r.o.`,
			}));
			// New companies stand among known companies.
			const input = [...known, ...unknown]
				.map(({ name }, index) => ({
					name,
					industry: `Industry ${index}`,
					place: (index * 7) % 300,
				}))
				.sort((a, b) => a.place - b.place)
				.map(({ name, industry }) => ({ name, industry })) as IDataObject[];
			const parameters = how === 'mapper' ? byMapper('name', 'industry') : byJson('name');
			const { items, error } = await upsert(parameters, { input });
			expect(error).toBeUndefined();

			const byName = new Map(companies().map((row) => [row.name, row]));
			const names = new Set(known.map(({ name }) => name));
			expect(items).toEqual(
				input.map(({ name }, item) => {
					const teamogyEvent = names.has(name as string) ? 'updated' : 'created';
					return { json: { teamogyEvent, id: byName.get(name)!.id }, pairedItem: { item } };
				}),
			);
			for (const { name, industry } of input) expect(byName.get(name)).toMatchObject({ industry });
			expect(testBed.sandbox.records('companies')).toHaveLength(COMPANIES + 100);

			expect(writeMethods()).toEqual(
				input.map(({ name }) => (names.has(name as string) ? 'PATCH' : 'POST')),
			);
			expect(getBodies(testBed.sandbox)).toEqual(input);
			const reads = getReads(testBed.sandbox);
			expect(reads.length).toBeGreaterThan(0);
			expect(reads.length).toBeLessThanOrEqual(12);
			for (const { url } of reads)
				expect(url.length + testBed.sandbox.domain.length).toBeLessThanOrEqual(LONGEST_URL);
			// All reads come before the first write.
			const first = testBed.sandbox.log.findIndex(({ method }) => method !== 'GET');
			expect(first).toBe(reads.length);
		},
	);

	it('A match by ID needs few requests and no sample of the view', async () => {
		const input = companies()
			.slice(0, 300)
			.map(({ id }) => ({ id, industry: 'Food' }));
		await upsert(byMapper('id', 'industry'), { input });
		expect(getReads(testBed.sandbox)).toHaveLength(1);
		expect(writeMethods()).toEqual(Array(300).fill('PATCH'));
		expect(getBodies(testBed.sandbox)[0]).toEqual({ industry: 'Food' });
	});

	it('A request has no more values than a page has rows, and every page is read', async () => {
		const input = companies()
			.slice(0, 25)
			.map(({ name }) => ({ name }));
		await upsert({ ...byMapper('name'), options: { pageSize: 10 } }, { input });
		const asked = filters().map((filter) => filter.split(' OR ').length);
		expect(Math.max(...asked)).toBe(10);
		expect(asked.reduce((a, b) => a + b)).toBe(25);
	});

	it('Each value is requested once', async () => {
		const [, { name }] = companies();
		await upsert(byMapper('name', 'industry'), { input: Array(50).fill({ name, industry: 'x' }) });
		expect(filters()).toEqual([`(name='${String(name)}')`]);
		expect(writeMethods()).toEqual(Array(50).fill('PATCH'));
	});

	it('No request is sent without items', async () => {
		await upsert(byMapper('name'), { input: [] });
		expect(testBed.sandbox.log).toEqual([]);
	});
});

describe('Create or Update: failed reads', () => {
	const input = (): IDataObject[] =>
		companies()
			.slice(0, 150)
			.map(({ name }) => ({ name, industry: 'x' }))
			.concat([{ name: "Not 'asked'", industry: 'x' }]);
	const parameters = byMapper('name', 'industry');

	it('A failed read stops the run before the first write', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 403, path: 'externalFilter', times: Infinity });
		const { error } = await upsert(parameters, { input: input() });
		expect(error?.message).toBe('Teamogy refused access to the view "companies" [item 0]');
		expect(getWrites(testBed.sandbox)).toEqual([]);
	});

	it.each([
		['a quote', "'", "''"],
		['a backslash', '\\', '\\'],
	])('A refusal of the values with %s leaves the other values alone', async (_, mark, written) => {
		const given = [...input(), { name: `Not ${mark} asked`, industry: 'x' }];
		testBed.sandbox.fault({
			kind: 'status',
			status: 400,
			times: Infinity,
			when: ({ query }) => query.externalFilter?.includes(written) ?? false,
		});
		const { json: rows, errorItems } = await upsert(parameters, {
			input: given,
			onError: 'continueErrorOutput',
		});
		const marked = given.filter(({ name }) => String(name).includes(mark)).map(({ name }) => name);
		expect(errorItems.map((item) => item.json.name)).toEqual(marked);
		expect(rows).toHaveLength(given.length - marked.length);
		const found = rows.filter(({ teamogyEvent }) => teamogyEvent === 'updated');
		expect(found.length).toBeGreaterThan(100);
		for (const item of errorItems) {
			expect(item.json.error).toMatch(
				/^Teamogy did not accept the request for the view "companies" \[item \d+\]$/,
			);
		}
	});

	it('A request without a response fails its items alone', async () => {
		const given = input();
		const lost = `'${String(given[1].name)}'`;
		testBed.sandbox.fault({
			kind: 'status',
			status: 503,
			times: Infinity,
			when: ({ query }) => query.externalFilter?.includes(lost) ?? false,
		});
		const { json: rows, errorItems } = await upsert(parameters, {
			input: given,
			onError: 'continueErrorOutput',
		});
		expect(errorItems.length).toBeGreaterThan(0);
		expect(rows.length + errorItems.length).toBe(given.length);
		expect(errorItems[1].json).toMatchObject({
			name: given[1].name,
			error: expect.stringContaining('[item 1]'),
		});
		// No item was taken for a new record.
		expect(writeMethods()).toEqual([...Array<string>(rows.length - 1).fill('PATCH'), 'POST']);
	});
});
