/** Get Many's order and search, which n8n does since Teamogy does not. */
import fc from 'fast-check';
import type { Row } from '../../sandbox/index.mts';
import { builtModule, useTestBed, expectItemError } from '../../helpers/testBed.mts';

interface SortField {
	column: string;
	direction: 'asc' | 'desc';
}

const { SortedRows } = builtModule<{
	SortedRows: new (
		fields: SortField[],
		max: number,
	) => { add(row: object): void; toRows(): object[] };
}>('nodes/api/views/sortRows.js');

const JOBS = 2345;

const testBed = useTestBed({ rows: { jobs: JOBS }, hasLateRequests: true });

const getAll = async (parameters: object) =>
	await testBed.run({ resource: 'job', operation: 'getAll', output: 'all', ...parameters });
const by = (...fields: Array<[column: string, direction?: string]>): object => ({
	sort: { fields: fields.map(([column, direction = 'asc']) => ({ column, direction })) },
});
const compareTexts = new Intl.Collator(undefined, { numeric: true }).compare;
const messages = ({ hints }: Awaited<ReturnType<typeof getAll>>): string[] =>
	hints.map(({ message }) => message);

describe('Sort', () => {
	it('A value of 50,000 levels is sorted by its first levels', () => {
		const deep = JSON.parse(`${'['.repeat(50_000)}${']'.repeat(50_000)}`) as unknown;
		const rows = [{ name: 'b' }, { name: deep }, { name: 'a' }, { name: ['x'] }];
		const sorted = new SortedRows([{ column: 'name', direction: 'asc' }], 10);
		for (const row of rows) sorted.add(row);
		expect(sorted.toRows()).toEqual([rows[3], rows[1], rows[2], rows[0]]);
	});

	it('Numbers are sorted by value over all pages, before the limit', async () => {
		const options = { pageSize: 1000 };
		const { json } = await getAll({ limit: 5, options, ...by(['priceBudget', 'desc']) });
		const rows = testBed.sandbox
			.rows('jobs')
			.toSorted((a, b) => Number(b.priceBudget) - Number(a.priceBudget));
		expect(json).toEqual(rows.slice(0, 5));
		const offsets = testBed.sandbox.log.map(({ query }) => query.offset);
		expect(offsets).toEqual(['0', '1000', '2000']);
	});

	it('Text is sorted by alphabet, the numbers in it by value', async () => {
		for (const name of ['Čáp', 'cesta', 'Cyril', 'dům', 'job 10', 'job 9'])
			testBed.sandbox.insert('brands', { name: `test ${name}` });
		const { json } = await getAll({
			resource: 'brand',
			returnAll: true,
			...by(['name']),
			options: { search: 'test ' },
		});
		const names = json.map(({ name }) => String(name));
		expect(names).toEqual(names.toSorted(compareTexts));
		expect(names.indexOf('test job 9')).toBe(names.indexOf('test job 10') - 1);
		expect(names.indexOf('test Čáp')).toBeLessThan(names.indexOf('test dům'));
	});

	it.each(['asc', 'desc'])('Empty values come last: %s', async (direction) => {
		const { json } = await getAll({
			resource: 'invoice',
			returnAll: true,
			...by(['paidDate', direction]),
		});
		const days = json.map(({ paidDate }) => paidDate);
		const paid = days.filter((day) => day !== null);
		expect(paid.length).toBeGreaterThan(1);
		expect(paid.length).toBeLessThan(days.length);
		expect(days.slice(paid.length).every((day) => day === null)).toBe(true);
		const inOrder = paid.toSorted();
		expect(paid).toEqual(direction === 'asc' ? inOrder : inOrder.toReversed());
	});

	it('Rows that are equal by the first column are sorted by the second', async () => {
		const { json } = await getAll({ returnAll: true, ...by(['status'], ['priceBudget', 'desc']) });
		const expected = testBed.sandbox
			.rows('jobs')
			.toSorted(
				(a, b) =>
					compareTexts(String(a.status), String(b.status)) ||
					Number(b.priceBudget) - Number(a.priceBudget),
			);
		expect(json).toEqual(expected);
	});

	it('The offset skips sorted rows', async () => {
		const { json } = await getAll({ limit: 3, ...by(['id', 'desc']), options: { offset: 2 } });
		const ids = testBed.sandbox.rows('jobs').map(({ id }) => Number(id));
		expect(json.map(({ id }) => id)).toEqual(ids.toSorted((a, b) => b - a).slice(2, 5));
	});

	it('A hint says what sorting cost where the limit cuts', async () => {
		const limited = await getAll({ limit: 5, ...by(['id']) });
		expect(messages(limited)).toEqual([
			"The limit of 5 records was reached, and there may be more. To get all, turn on 'Return All'.",
			`The node read ${JOBS} records to sort them, since Teamogy cannot. To read fewer, add a filter that Teamogy applies, e.g. 'Equal'.`,
		]);
		expect(messages(await getAll({ returnAll: true, ...by(['id']) }))).toEqual([]);
	});

	it('A hint says that no record has a value in the column to sort by', async () => {
		const row = testBed.sandbox.rows('jobs').find((one) => Object.values(one).includes(null))!;
		const [column] = Object.entries(row).find(([, value]) => value === null)!;
		const conditions = [{ column: 'id', value: row.id }];
		const result = await getAll({ filters: { conditions }, ...by([column]) });
		expect(result.json).toEqual([row]);
		expect(messages(result)).toEqual([
			`No record has a value in "${column}", so it does not change the order.`,
		]);
	});

	it('A column to sort by that the view lacks is refused', async () => {
		const result = await getAll({ returnAll: true, ...by(['noSuchColumn']) });
		expectItemError(result, 'Sort: the view "jobs" has no column "noSuchColumn"');
		expect(result.error?.description).toMatch(/^Choose one of its columns, e\.g\. [\w.]+, /);
	});

	it('An entry of properties sorts', async () => {
		const { json } = await getAll({ returnAll: true, ...by(['properties.poNumber', 'desc']) });
		const numbers = json.map(({ properties }) => (properties as Row).poNumber);
		const given = numbers.filter((number) => number !== null).map(String);
		expect(given.length).toBeGreaterThan(1);
		expect(given.length).toBeLessThan(numbers.length);
		expect(given).toEqual(given.toSorted((a, b) => compareTexts(b, a)));
		expect(numbers.slice(given.length).every((number) => number === null)).toBe(true);
	});

	it.each([
		[{ sort: { fields: [{ column: '' }] } }, /^The column of sort field 1 is empty/],
		[{ sort: { fields: [{ column: 'a b' }] } }, /^The column of sort field 1, "a b", is not/],
		[
			{ sort: { fields: [{ column: 'id', direction: '={{ "up" }}' }] } },
			/^"up" is not a valid value for 'Direction of sort field 1'/,
		],
	])('%j is refused', async (parameters, message) => {
		expectItemError(await getAll(parameters), message);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('Text that takes long to compare does not keep the sort from its end', () => {
		const marks = ['\u0323\u0301', '\u0301\u0323'];
		const sorted = new SortedRows([{ column: 'name', direction: 'asc' }], 10);
		const rows = Array.from({ length: 3000 }, (_, index) => ({
			name: `${index % 2 ? 'b' : 'a'}${marks[index % 2].repeat(5000)}`,
		}));
		for (const row of rows) sorted.add(row);
		expect(sorted.toRows()).toEqual(rows.filter(({ name }) => name.startsWith('a')).slice(0, 10));
	});

	it('Long texts that begin alike are sorted by what follows', () => {
		const sorted = new SortedRows([{ column: 'name', direction: 'desc' }], 10);
		const rows = ['a', 'b', 'c'].map((end) => ({ name: `${'x'.repeat(500)}${end}` }));
		for (const row of rows) sorted.add(row);
		expect(sorted.toRows()).toEqual(rows.toReversed());
	});

	it('Any rows are sorted as a plain sort does, whatever the limit', () => {
		const value = fc.oneof(
			fc.integer({ min: -3, max: 3 }),
			fc.double({ noNaN: true }),
			fc.constantFrom('', 'a', 'A', 'á', 'b', 'x 9', 'x 10', '2026-01-05'),
			fc.constantFrom(null, undefined, true, false),
		);
		const direction = fc.constantFrom<'asc' | 'desc'>('asc', 'desc');
		const rank = (one: unknown) =>
			one === undefined || one === null || one === '' ? 2 : typeof one === 'number' ? 0 : 1;
		const compare = (a: unknown, b: unknown, order: 'asc' | 'desc'): number => {
			if (rank(a) === 2 || rank(b) === 2) return Number(rank(a) === 2) - Number(rank(b) === 2);
			const sign = order === 'asc' ? 1 : -1;
			if (rank(a) !== rank(b)) return sign * (rank(a) - rank(b));
			if (rank(a) === 0) return sign * Math.sign(Number(a) - Number(b));
			return sign * compareTexts(String(a), String(b));
		};
		fc.assert(
			fc.property(
				fc.array(fc.record({ a: value, b: value }), { maxLength: 300 }),
				fc.nat({ max: 40 }),
				direction,
				direction,
				(some, max, first, second) => {
					// More rows than are kept at a time, each with its place, which tells whether the sort is stable.
					const rows = Array.from({ length: 8 }, () => some)
						.flat()
						.map((row, place) => ({ ...row, place }));
					const sorted = new SortedRows(
						[
							{ column: 'a', direction: first },
							{ column: 'b', direction: second },
						],
						max,
					);
					for (const row of rows) sorted.add(row);
					const plain = rows.toSorted(
						(one, other) => compare(one.a, other.a, first) || compare(one.b, other.b, second),
					);
					expect(sorted.toRows()).toEqual(plain.slice(0, max));
				},
			),
			{ numRuns: 60 },
		);
	});
});

describe('Search', () => {
	const search = async (text: unknown, parameters: object = {}) =>
		await getAll({ returnAll: true, ...parameters, options: { search: text } });

	it.each(['škoda', 'SKODA', ' skoda & zak ', 'S\u030Ckoda'])(
		'"%s" finds records in any case and with any accents',
		async (text) => {
			const { json } = await search(text, { resource: 'company' });
			const rows = testBed.sandbox.rows('companies');
			expect(json).toEqual(rows.filter((row) => JSON.stringify(row).includes('Škoda & Žák')));
			expect(json.length).toBeGreaterThan(0);
		},
	);

	it('Words are found whatever spaces stand between them', async () => {
		const { id } = testBed.sandbox.insert('jobs', { properties: { note: 'Dva\u00a0 kusy\nmilk' } });
		for (const text of ['dva kusy milk', 'kusy  milk'])
			expect((await search(text)).json.map((row) => row.id)).toEqual([id]);
	});

	it('A number and a text within properties find a record', async () => {
		const { id } = testBed.sandbox.insert('jobs', { properties: { note: 'Věc číslo 🔑' } });
		expect((await search(id)).json.map((row) => row.id)).toContain(id);
		expect((await search('vec cislo 🔑')).json.map((row) => row.id)).toEqual([id]);
	});

	it('Reading stops as soon as the limit is reached', async () => {
		const { json, hints } = await search('2025', { returnAll: false, limit: 10 });
		const rows = testBed.sandbox.rows('jobs').filter((row) => JSON.stringify(row).includes('2025'));
		expect(json).toEqual(rows.slice(0, 10));
		// The next page is under way by then, ahead of the reader.
		expect(testBed.sandbox.log.length).toBeLessThanOrEqual(2);
		expect(hints).toMatchObject([
			{ message: expect.stringMatching(/^The limit of 10 records was reached/) as string },
			{ message: expect.stringMatching(/^The node read 1000 records to search them/) as string },
		]);
	});

	it('The offset skips records that were found', async () => {
		const all = (await search('2025')).json;
		const options = { search: '2025', offset: 7 };
		const { json } = await getAll({ limit: 5, options });
		expect(json).toHaveLength(5);
		expect(json).toEqual(all.slice(7, 12));
	});

	it('The hint of a search beside filters names both, and a value that cannot be in its column first', async () => {
		const hintFor = async (column: string, value: string) => {
			const filters = { conditions: [{ column, value }] };
			return (await search('no such text', { filters })).hints[0].message;
		};
		expect(await hintFor('status', 'NONE')).toMatch(
			/^No record meets the filters and contains "no such text" in the columns that are read\. Teamogy may compare text/,
		);
		expect(await hintFor('companyId', 'none')).toMatch(
			/^The value of filter condition 1, "none", is not a number\./,
		);
	});

	it('A sample that only explains why nothing was found does not make the node fail', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 403, skip: 1, times: Infinity });
		const filters = { conditions: [{ column: 'status', value: 'NONE' }] };
		const { json, error, hints } = await getAll({ returnAll: true, filters });
		expect(error).toBeUndefined();
		expect(json).toEqual([]);
		expect(hints[0].message).toMatch(/^No record meets the filters\./);
	});

	it('The reasons of many items are counted, and a few of them shown', async () => {
		const input = Array.from({ length: 30 }, (_, index) => ({ text: `no such text ${index}` }));
		const { hints } = await testBed.run(
			{
				...{ resource: 'brand', operation: 'getAll', returnAll: true },
				options: { search: '={{ $json.text }}' },
			},
			{ input },
		);
		const messages = hints.map(({ message }) => message);
		expect(messages[0]).toBe('30 of 30 items found no record.');
		expect(messages.filter((message) => message.startsWith('No record'))).toHaveLength(5);
	});

	it('A search that is sorted says how many records were read', async () => {
		const sort = { fields: [{ column: 'id', direction: 'desc' }] };
		const { hints } = await search('2025', { sort });
		expect(hints.map(({ message }) => message)).toContainEqual(
			expect.stringMatching(/^The node read \d+ records to search them/),
		);
	});

	it('The hint names the offset where it skips all records that were found', async () => {
		const skipped = async (parameters: object) => {
			const { json, hints } = await getAll({ returnAll: true, ...parameters });
			expect(json).toEqual([]);
			return hints[0].message;
		};
		const hint = "No record is left: 'Offset' skips the first 5000 that are found.";
		expect(await skipped({ options: { search: '2025', offset: 5000 } })).toBe(hint);
		const filters = { conditions: [{ column: 'status', value: 'CLOSED' }] };
		expect(await skipped({ filters, options: { offset: 5000 } })).toBe(hint);
	});

	it('Filters and the search apply together, the filters in Teamogy', async () => {
		const filters = { conditions: [{ column: 'status', value: 'CLOSED' }] };
		const { json } = await search('vánoční', { filters });
		const rows = testBed.sandbox.rows('jobs').filter(({ status }) => status === 'CLOSED');
		expect(json.length).toBeGreaterThan(0);
		expect(json).toEqual(rows.filter((row) => JSON.stringify(row).includes('Vánoční')));
		expect(testBed.sandbox.log[0].query.externalFilter).toBe("status='CLOSED'");
	});

	it('A search that finds nothing says so', async () => {
		const { json, hints } = await search('nothing is called like this');
		expect(json).toEqual([]);
		expect(hints.map(({ message }) => message)).toEqual([
			'No record contains "nothing is called like this" in the columns that are read.',
			`The node read ${JOBS} records to search them, since Teamogy cannot. To read fewer, add a filter that Teamogy applies, e.g. 'Equal'.`,
		]);
	});

	it.each(['', '  ', null])('The search %j finds all records', async (text) => {
		const { json, hints } = await search(text, { resource: 'brand' });
		expect(json).toEqual(testBed.sandbox.rows('brands'));
		expect(hints).toEqual([]);
	});

	it('A row that is nested deeply does not stop the search', async () => {
		const deep = `${'{"a":'.repeat(5000)}1${'}'.repeat(5000)}`;
		const body = `{"metadata":{"nextOffset":null},"data":[{"id":1,"x":${deep}},{"id":2,"name":"found"}]}`;
		const headers = { 'content-type': 'application/json' };
		testBed.sandbox.fault({ kind: 'html', status: 200, body, headers });
		const { json, error } = await search('found');
		expect(error).toBeUndefined();
		expect(json).toEqual([{ id: 2, name: 'found' }]);
	});
});
