/** Values are compared as their columns: numbers, days, true and false, text, without a value type. */
import fc from 'fast-check';
import { Trigger } from '../../../helpers/polling/trigger.mts';
import { cells, cases, isFilled, meetsOperator } from '../../../helpers/randomConditions.mts';
import { useTestBed, expectItemError } from '../../../helpers/testBed.mts';

const SEED = 20_261_127;

const testBed = useTestBed({ hasLateRequests: true });

/** A row whose values are compared as what they are. */
type Row = Record<string, any>;

interface Condition {
	column: string;
	operator?: string;
	type?: string;
	value?: unknown;
}

const getAll = async (view: string, conditions: Condition[], more: object = {}, run: object = {}) =>
	await testBed.run(
		{
			resource: 'view',
			operation: 'getAll',
			output: 'all',
			viewName: view,
			returnAll: true,
			filters: { conditions },
			...more,
		},
		{ settings: { timezone: 'Europe/Prague' }, ...run },
	);
const INVOICES = 'invoices.sales';
const filters = () => testBed.sandbox.log.map(({ query }) => query.externalFilter);

describe('A filter means what it says', () => {
	it.each<[string, Condition, (row: Row) => boolean]>([
		[
			INVOICES,
			{ column: 'total', operator: 'lessThan', value: '100000' },
			(row) => row.total < 100_000,
		],
		[
			INVOICES,
			{ column: 'total', operator: 'greaterThan', value: '={{ 100000 }}' },
			(row) => row.total > 100_000,
		],
		[
			INVOICES,
			{ column: 'total', operator: 'greaterThanOrEqual', value: ' 100000.00 ' },
			(row) => row.total >= 100_000,
		],
		[INVOICES, { column: 'companyId', value: '30001' }, (row) => row.companyId === 30001],
		[
			INVOICES,
			{ column: 'companyId', operator: 'notEqual', value: '={{ "30001" }}' },
			(row) => row.companyId !== 30001,
		],
		[
			INVOICES,
			{ column: 'companyId', operator: 'anyOf', value: '30001, 30002' },
			(row) => [30001, 30002].includes(row.companyId as number),
		],
		[
			INVOICES,
			{ column: 'dueDate', operator: 'lessThan', value: '2026-06-15' },
			(row) => row.dueDate < '2026-06-15',
		],
		[
			INVOICES,
			{ column: 'dueDate', operator: 'lessThan', value: '={{ DateTime.fromISO("2026-06-15") }}' },
			(row) => row.dueDate < '2026-06-15',
		],
		[
			INVOICES,
			{
				column: 'dueDate',
				operator: 'lessThanOrEqual',
				value: '={{ new Date("2026-06-14T22:30:00Z") }}',
			},
			(row) => row.dueDate <= '2026-06-15',
		],
		[
			INVOICES,
			{ column: 'dueDate', operator: 'greaterThan', value: '2026-06-15T12:00:00+02:00' },
			(row) => row.dueDate > '2026-06-15',
		],
		[
			INVOICES,
			{ column: 'dueDate', operator: 'greaterThanOrEqual', value: '2026-06-15 08:30' },
			(row) => row.dueDate >= '2026-06-15',
		],
		[
			INVOICES,
			{ column: 'dueDate', operator: 'lessThan', value: '2026-6-5' },
			(row) => row.dueDate < '2026-06-05',
		],
		[
			INVOICES,
			{ column: 'dueDate', operator: 'lessThan', value: ' 5. 6. 2026' },
			(row) => row.dueDate < '2026-06-05',
		],
		[
			INVOICES,
			{ column: 'dueDate', operator: 'greaterThan', value: '20260615' },
			(row) => row.dueDate > '2026-06-15',
		],
		[
			INVOICES,
			{
				column: 'issueDate',
				operator: 'lessThan',
				value: '={{ DateTime.fromISO("2026-06-15").toISO() }}',
			},
			(row) => row.issueDate < '2026-06-15',
		],
		[
			INVOICES,
			{ column: 'paidDate', operator: 'greaterThan', value: '2026-06-15' },
			(row) => isFilled(row.paidDate) && row.paidDate > '2026-06-15',
		],
		[INVOICES, { column: 'status', value: 'APPROVED' }, (row) => row.status === 'APPROVED'],
		[
			INVOICES,
			{ column: 'status', operator: 'greaterThan', value: 'B' },
			(row) => row.status > 'B',
		],
		['companies', { column: 'isClient', value: 'no' }, (row) => row.isClient === false],
		[
			'companies',
			{ column: 'isClient', type: 'boolean', value: 'yes' },
			(row) => row.isClient === true,
		],
		[
			INVOICES,
			{ column: 'total', operator: 'greaterThan', value: '80000,5' },
			(row) => Number(row.total) > 80_000.5,
		],
		[
			'companies',
			{ column: 'isClient', operator: 'notEqual', value: 'Yes' },
			(row) => row.isClient === false,
		],
		[
			'jobs',
			{ column: 'id', operator: 'greaterThan', value: '5010' },
			(row) => Number(row.id) > 5010,
		],
		[
			'intervals.track',
			{ column: 'isBillable', value: 'FALSE' },
			(row) => row.isBillable === false,
		],
		[
			'intervals.track',
			{ column: 'isBillable', value: '={{ true }}' },
			(row) => row.isBillable === true,
		],
		[
			'tasks',
			{ column: 'hoursTracked', operator: 'lessThanOrEqual', value: '10' },
			(row) => isFilled(row.hoursTracked) && row.hoursTracked <= 10,
		],
		[
			'jobs',
			{ column: 'number', operator: 'anyOf', value: 'J-2025-0001, J-2025-0002' },
			(row) => /J-2025-000[12]/.test(String(row.number)),
		],
		[
			'companies',
			{ column: 'registration', value: '={{ 27082440 }}' },
			(row) => row.registration === '27082440',
		],
	])('%s: %j', async (view, condition, meets) => {
		if (view === 'companies')
			testBed.sandbox.insert('companies', {
				name: 'A',
				registrations: { registration: '27082440' },
			});
		const { json, error } = await getAll(view, [condition]);
		expect(error).toBeUndefined();
		const rows = testBed.sandbox.rows(view).filter(meets);
		expect(json).toEqual(rows);
		expect(rows.length).toBeGreaterThan(0);
		expect(rows.length).toBeLessThan(testBed.sandbox.rows(view).length);
	});

	it('Unpaid approved invoices of less than 100,000 are found with three conditions', async () => {
		const { json } = await getAll(INVOICES, [
			{ column: 'status', value: 'APPROVED' },
			{ column: 'total', operator: 'lessThan', value: '100000' },
			{ column: 'paidDate', operator: 'isEmpty' },
		]);
		const meets = (row: Row) => row.status === 'APPROVED' && row.total < 100_000 && !row.paidDate;
		const rows = testBed.sandbox.rows(INVOICES).filter(meets);
		expect(rows.length).toBeGreaterThan(0);
		expect(json).toEqual(rows);
	});

	it('1,000 values of any form give what a person expects of 1,000 rows', async () => {
		for (const properties of fc.sample(cells, { seed: SEED, numRuns: 1000 }))
			testBed.sandbox.insert('opportunities', { name: 'x', properties });
		const rows = testBed.sandbox.rows('opportunities');
		const asked = fc.sample(cases, { seed: SEED, numRuns: 1000 });
		const input = asked.map(([{ column, value }, operator, offset]) => ({
			column,
			value,
			operator,
			offset,
		}));
		const { items, error } = await getAll(
			'opportunities',
			[
				{
					column: '={{ $json.column }}',
					operator: '={{ $json.operator }}',
					value: '={{ $json.value }}',
				},
			],
			{ returnAll: false, limit: 10, options: { offset: '={{ $json.offset }}' } },
			{ input },
		);
		expect(error).toBeUndefined();
		const found = new Map<number, unknown[]>(input.map((_, index) => [index, []]));
		for (const { json, pairedItem } of items)
			found.get((pairedItem as { item: number }).item)!.push(json.id);
		expect(asked).toHaveLength(1000);
		expect(items.length).toBeGreaterThan(1000);
		for (const [index, [{ column, wanted }, operator, offset]] of asked.entries()) {
			const key = column.slice('properties.'.length);
			const expected = rows
				.filter((row) => meetsOperator((row.properties as Row)?.[key], operator, wanted))
				.slice(offset, offset + 10)
				.map(({ id }) => id);
			expect([input[index], found.get(index)]).toEqual([input[index], expected]);
		}
		// One sample, and rows with a value for the columns that the sample has not.
		expect(testBed.sandbox.log.length).toBeLessThanOrEqual(1000 + 1 + 4);
	});
});

describe('The account is asked', () => {
	it('The account is not asked for text that is text in any column, and for IDs', async () => {
		await getAll(INVOICES, [
			{ column: 'status', value: 'APPROVED' },
			{ column: 'number', operator: 'anyOf', value: 'F1, F2' },
			{ column: 'id', operator: 'greaterThan', value: '5' },
		]);
		expect(filters()).toEqual(["(status='APPROVED' AND (number='F1' OR number='F2') AND id>5)"]);
	});

	it('The account is asked once for a view, whatever the number of conditions and items', async () => {
		const conditions = [
			{ column: 'total', operator: 'greaterThan', value: '={{ $json.total }}' },
			{ column: 'dueDate', operator: 'lessThan', value: '2026-06-15' },
			{ column: 'number', operator: 'notEqual', value: '7' },
		];
		const input = Array.from({ length: 20 }, (_, total) => ({ total }));
		await getAll(INVOICES, conditions, {}, { input });
		// The sample of the view has no filter.
		expect(filters()).toEqual([
			undefined,
			...input.map(() => expect.stringMatching(/total>\d+/) as string),
		]);
	});

	it('The account is asked once more for a column that few records have a value in', async () => {
		for (let index = 0; index < 300; index++)
			testBed.sandbox.insert('opportunities', {
				name: 'x',
				properties: index > 250 ? { rank: 7 } : {},
			});
		const { json } = await getAll('opportunities', [{ column: 'properties.rank', value: '7' }]);
		expect(json).toHaveLength(49);
		expect(filters()).toEqual([undefined, "(NOT (properties.rank=''))", 'properties.rank=7']);
	});
});

describe('A value that cannot be in its column is refused before a page is read', () => {
	it.each<[Condition, string, RegExp]>([
		[
			{ column: 'dueDate', operator: 'lessThan', value: 'today' },
			'The value of filter condition 1, "today", is not a day [item 0]',
			/^The column "dueDate" contains days, e\.g\. \d{4}-\d\d-\d\d\. .*a date by an expression/,
		],
		[
			{ column: 'dueDate', value: '31. 11. 2026' },
			'The value of filter condition 1, "31. 11. 2026", is not a day [item 0]',
			/2026-11-30/,
		],
		[
			{ column: 'dueDate', value: '2026-02-30' },
			'The value of filter condition 1, "2026-02-30", is not a day [item 0]',
			/2026-11-30/,
		],
		[
			{ column: 'total', operator: 'greaterThan', value: 'abc' },
			'The value of filter condition 1, "abc", is not a number [item 0]',
			/^The column "total" contains numbers, e\.g\. \d+(\.\d+)?\. Enter digits/,
		],
		[
			{ column: 'total', operator: 'greaterThan', value: '100,000' },
			'The value of filter condition 1, "100,000", is not a number [item 0]',
			/Write 100000, or a decimal with a dot\.$/,
		],
		[
			{ column: 'total', operator: 'anyOf', value: '={{ [5, "100 000"] }}' },
			'The value of filter condition 1, "100 000", is not a number [item 0]',
			/without spaces/,
		],
		[
			{ column: 'total', value: '={{ $today }}' },
			'is not a number [item 0]',
			/The column "total" contains numbers/,
		],
		[
			{ column: 'isDraft', value: '1' },
			'The value of filter condition 1, "1", is not true or false [item 0]',
			/^The column "isDraft" contains true and false/,
		],
		[
			{ column: 'name', value: '={{ new Date(0) }}' },
			'is not text [item 0]',
			/^The column "name" contains text, e\.g\. .*toISODate/,
		],
		[{ column: 'id', value: 'abc' }, 'is not a number [item 0]', /"id" contains numbers/],
	])('The condition %j is refused before a page is read', async (condition, message, hint) => {
		const result = await getAll(INVOICES, [condition]);
		expect(result.error?.message).toContain(message);
		expect(result.error?.description).toMatch(hint);
		expect(result.json).toEqual([]);
		// Nothing but the sample was asked for.
		expect(filters().filter((filter) => filter !== undefined)).toEqual([]);
	});

	it('Other items are read where the value of one is refused', async () => {
		const { json, errorItems } = await getAll(
			INVOICES,
			[{ column: 'total', operator: 'greaterThan', value: '={{ $json.min }}' }],
			{ returnAll: false, limit: 1 },
			{ input: [{ min: '5' }, { min: 'five' }, { min: 6 }], onError: 'continueErrorOutput' },
		);
		expect(json).toHaveLength(2);
		expect(errorItems.map(({ json: item }) => item.min)).toEqual(['five']);
	});

	it.each(['={{ undefined }}', '={{ null }}', '', '  '])(
		'The value %j of a condition is refused as empty',
		async (value) => {
			const result = await getAll(INVOICES, [{ column: 'status', value }]);
			expectItemError(result, 'The value of filter condition 1, for the column "status", is empty');
			expect(result.error?.description).toMatch(
				/^Enter a value, or remove the condition .*isEmpty/,
			);
			expect(testBed.sandbox.log).toEqual([]);
		},
	);
});

describe('A column without values', () => {
	beforeEach(() => {
		for (const { id } of testBed.sandbox.records('persons'))
			testBed.sandbox.patch('persons', id, { position: null });
	});

	it.each([
		['={{ 5 }}', 'position=5'],
		['5', "position='5'"],
		['={{ true }}', 'position=true'],
		['={{ new Date("2026-11-30T12:00:00Z") }}', "position='2026-11-30'"],
	])('The value %j is compared as what it is itself, and a hint says so', async (value, filter) => {
		const { json, hints } = await getAll('persons', [{ column: 'position', value }]);
		expect(filters().at(-1)).toBe(filter);
		expect(json).toEqual([]);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(/The column "position" has no values that tell its type/),
		]);
	});
});

describe('Look Up', () => {
	const lookUp = async (lookUpColumn: string, values: unknown[], more: object = {}) =>
		await testBed.run(
			{
				resource: 'invoice',
				operation: 'lookUp',
				lookUpColumn,
				lookUpValue: '={{ $json.v }}',
				lookUpOutput: 'record',
				...more,
			},
			{ input: values.map((v) => ({ v })) as never, settings: { timezone: 'Europe/Prague' } },
		);

	it('Values are compared as the column, whatever form they have', async () => {
		const [invoice] = testBed.sandbox.rows(INVOICES);
		const same = (column: string) =>
			testBed.sandbox.rows(INVOICES).filter((row) => row[column] === invoice[column]);
		const id = Number(invoice.id);
		expect((await lookUp('id', [id, String(id), ` 0${id}.0`])).json).toEqual(
			Array(3).fill(invoice),
		);
		const total = await lookUp('total', [String(invoice.total)]);
		expect(total.json).toEqual(same('total'));
		const due = await lookUp('dueDate', [`${String(invoice.dueDate)}T12:00:00Z`]);
		expect(due.json).toEqual(same('dueDate'));
	});

	it('A value that cannot be in the column fails alone, with column, type and example', async () => {
		const { error } = await lookUp('total', [5, 'five']);
		expect(error?.message).toBe('The Value to look up, "five", is not a number [item 1]');
		expect(error?.description).toMatch(/^The column "total" contains numbers, e\.g\. \d/);
	});
});

describe('Create or Update', () => {
	it('The filters of Create or Update are compared as the columns, and a wrong one fails before the first write', async () => {
		const parameters = {
			resource: 'company',
			operation: 'upsert',
			fieldsMode: 'json',
			body: '{"industry":"x"}',
			matchColumn: 'name',
			matchValue: 'Twice',
		};
		const [a, b] = [1, 2].map(
			(rank) => testBed.sandbox.insert('companies', { name: 'Twice', properties: { rank } }).id,
		);
		const toFilters = (value: unknown) => ({
			filters: { conditions: [{ column: 'properties.rank', value }] },
		});
		await testBed.run({ ...parameters, ...toFilters('2') });
		expect(testBed.findRecord(b)).toMatchObject({ industry: 'x' });
		expect(testBed.findRecord(a)).not.toMatchObject({ industry: 'x' });
		testBed.sandbox.clearLog();
		const refused = await testBed.run({ ...parameters, ...toFilters('1,500') });
		expectItemError(refused, 'The value of filter condition 1, "1,500", is not a number');
		expect(testBed.sandbox.log.filter(({ method }) => method !== 'GET')).toEqual([]);
		const conditions = [{ column: 'properties.rank', value: 'first' }];
		const text = await testBed.run({ ...parameters, filters: { conditions } });
		expectItemError(text, 'The value of filter condition 1, "first", is not a number');
		expect(testBed.sandbox.log.filter(({ method }) => method !== 'GET')).toEqual([]);
		const unknown = await testBed.run({
			...parameters,
			filters: { conditions: [{ column: 'name', operator: '={{ "contains" }}', value: 'x' }] },
		});
		expectItemError(
			unknown,
			'"contains" is not a valid value for \'Operator of filter condition 1\'',
		);
	});
});

describe('The trigger', () => {
	const trigger = (condition: Condition) =>
		new Trigger(testBed, {
			view: INVOICES,
			event: 'entersFilter',
			filters: { conditions: [condition] },
		});

	it('The filters of the trigger are compared as the columns', async () => {
		const one = trigger({ column: 'total', operator: 'greaterThan', value: '100000' });
		const sample = await one.poll({ mode: 'manual' });
		expect(sample.length).toBeGreaterThan(0);
		expect(sample.every((row) => Number(row.total) > 100_000)).toBe(true);
	});

	it('A value that cannot be in the column, and an operator for rows, are refused', async () => {
		const today = trigger({ column: 'dueDate', operator: 'lessThan', value: 'today' });
		expect((await today.failure()).message).toBe(
			'The value of filter condition 1, "today", is not a day',
		);
		const equal = trigger({ column: 'dueDate', operator: 'equal', value: 'today' });
		expect((await equal.failure()).message).toBe(
			'The value of filter condition 1, "today", is not a day',
		);
		const empty = trigger({ column: 'paidDate', operator: 'isEmpty' });
		expect((await empty.failure()).message).toBe(
			'"isEmpty" is not a valid value for \'Operator of filter condition 1\'',
		);
	});
});

it('Text that cannot be in its column is named where nothing was found', async () => {
	const { json, hints } = await getAll(INVOICES, [{ column: 'total', value: 'many' }]);
	expect(json).toEqual([]);
	expect(hints.map(({ message }) => message)).toEqual([
		expect.stringMatching(
			/^The value of filter condition 1, "many", is not a number\. The column "total" contains numbers/,
		),
	]);
});

it('A hint shows what Teamogy or a person wrote between angle brackets', async () => {
	const { hints } = await testBed.run({
		...{ resource: 'company', operation: 'lookUp', lookUpColumn: 'name' },
		lookUpValue: 'Sýrárna <hora> & syn',
	});
	expect(hints[0].message).toContain('"Sýrárna &lt;hora> &amp; syn"');
});
