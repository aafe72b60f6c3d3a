/** Look Up of many items: they need few requests, and each gets its own record. */
import { by, byId, useLookUp } from '../../../helpers/lookUp.mts';

const { testBed, lookUp, companies, filters } = useLookUp();

const LONGEST_URL = 6000;

/** Shuffles numbers in the same way every time. */
const shuffled = <T,>(list: T[]): T[] =>
	list
		.map((value, index) => [value, (index * 7919) % list.length] as const)
		.sort(([, a], [, b]) => a - b)
		.map(([value]) => value);

describe('Look Up: many items', () => {
	it('1,000 IDs in any order, some twice and some unknown, need at most eight requests', async () => {
		const ids = companies()
			.map(({ id }) => id as number)
			.slice(0, 900);
		const asked = shuffled([
			...ids,
			...ids.slice(0, 50),
			...Array.from({ length: 50 }, (_, i) => 9_000_000 + i),
		]);
		const input = asked.map((id, place) => ({ id, place }));
		const { items, error } = await lookUp(byId(), { input });
		expect(error).toBeUndefined();
		const rows = new Map(companies().map((row) => [row.id, row]));
		expect(items).toEqual(
			input.map((json, item) => ({
				json: { ...json, teamogy: rows.get(json.id) ?? null },
				pairedItem: { item },
			})),
		);
		const { log, domain } = testBed.sandbox;
		expect(log.length).toBeGreaterThan(0);
		expect(log.length).toBeLessThanOrEqual(8);
		for (const { url } of log) expect(url.length + domain.length).toBeLessThanOrEqual(LONGEST_URL);
		const values = filters().flatMap((filter) => filter.match(/id=\d+/g) ?? []);
		expect(values.length).toBe(new Set(asked).size);
		expect(new Set(values).size).toBe(values.length);
	});

	it.each([414, 431])(
		'100 IDs are found where long addresses are refused with the status %i',
		async (status) => {
			const ids = companies()
				.slice(0, 100)
				.map(({ id }) => ({ id }));
			testBed.sandbox.fault({
				kind: 'status',
				status,
				times: Infinity,
				when: ({ url }) => url.length > 500,
			});
			const { json: rows } = await lookUp(byId({ lookUpOutput: 'record' }), { input: ids });
			expect(rows.map(({ id }) => id)).toEqual(ids.map(({ id }) => id));
		},
	);

	it('No address is too long where names are long', async () => {
		const input = companies()
			.slice(0, 300)
			.map(({ name }) => ({ name }));
		const { json: rows } = await lookUp(by('name', { lookUpOutput: 'record' }), {
			input,
		});
		expect(rows.map(({ name }) => name)).toEqual(input.map(({ name }) => name));
		const { log, domain } = testBed.sandbox;
		expect(log.length).toBeGreaterThan(1);
		for (const { url } of log) expect(url.length + domain.length).toBeLessThanOrEqual(LONGEST_URL);
	});

	it('All rows of a value are returned, page after page', async () => {
		const clients = companies().filter(({ isClient }) => isClient);
		const { items } = await lookUp(
			by('isClient', { lookUpOutput: 'record', options: { pageSize: 100 } }),
			{ input: [{ isClient: true }] },
		);
		expect(items.map(({ json }) => json)).toEqual(clients);
		expect(new Set(items.map(({ pairedItem }) => JSON.stringify(pairedItem)))).toEqual(
			new Set(['{"item":0}']),
		);
	});

	it('Many thousand items with few values need few requests', async () => {
		const ids = companies()
			.slice(0, 5)
			.map(({ id }) => id);
		const input = Array.from({ length: 20_000 }, (_, index) => ({ id: ids[index % 5] }));
		const { json: rows } = await lookUp(byId({ lookUpOutput: 'record' }), { input });
		expect(rows.map(({ id }) => id)).toEqual(input.map(({ id }) => id));
		expect(testBed.sandbox.log).toHaveLength(1);
	});
});
