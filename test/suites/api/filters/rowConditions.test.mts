/** The operators that n8n checks on rows: Contains, Is Empty, Is Not Empty. */
import type * as MissingColumnModule from '../../../../nodes/api/filters/missingColumn.js';
import type * as ViewSamplesModule from '../../../../nodes/api/filters/viewSamples.js';
import type { Row } from '../../../sandbox/index.mts';
import { rejection } from '../../../helpers/rejection.mts';
import { fakeClient, jestModule, ok } from '../../../helpers/transport/client.mts';
import { useTestBed, expectItemError } from '../../../helpers/testBed.mts';

const INVOICES = 'invoices.sales';

const testBed = useTestBed({ hasLateRequests: true });

beforeEach(() => testBed.sandbox.set({ defaultColumns: {} }));

const getAll = async (viewName: string, conditions: object[], more: object = {}) =>
	await testBed.run({
		resource: 'view',
		operation: 'getAll',
		output: 'all',
		viewName,
		returnAll: true,
		filters: { conditions },
		...more,
	});
const filters = () => testBed.sandbox.log.map(({ query }) => query.externalFilter);
const findRows = (view: string, meets: (row: Row) => boolean) =>
	testBed.sandbox.rows(view).filter(meets);

it('A part of a name is found ignoring case and accents, in any place of the text', async () => {
	const ids = ['Lékárny Hvězdička', 'HVEZDICKA s.r.o.', 'Dům u hvězdičky'].map(
		(name) => testBed.sandbox.insert('companies', { name }).id,
	);
	const { json, hints } = await getAll('companies', [
		{ column: 'name', operator: 'contains', value: ' hvezdíč' },
	]);
	expect(json.map(({ id }) => id)).toEqual(ids);
	const read = testBed.sandbox.rows('companies').length;
	expect(hints.map(({ message }) => message)).toEqual([
		`The node read ${read} records to search them, since Teamogy cannot. To read fewer, add a filter that Teamogy applies, e.g. 'Equal'.`,
	]);
});

it.each(['Studio  Nová Vlna', 'Studio\u00a0Nová\u00a0Vlna', 'Studio Nová\nVlna'])(
	'A part of a name is found whatever spaces stand between its words: %j',
	async (name) => {
		const { id } = testBed.sandbox.insert('companies', { name });
		for (const value of ['studio nova vlna', ' Studio\u00a0 Nová Vlna ']) {
			const condition = { column: 'name', operator: 'contains', value };
			const { json } = await getAll('companies', [condition]);
			expect(json.map((row) => row.id)).toEqual([id]);
		}
	},
);

it.each([
	[
		'numbers',
		{ column: 'total', value: '={{ 95 }}' },
		(row: Row) => String(row.total).includes('95'),
	],
	['lists', { column: 'tags', value: 'VIP' }, (row: Row) => /vip/i.test(String(row.tags))],
])('Text is found within %s', async (_, condition, meets) => {
	testBed.sandbox.insert('documents', { type: 'INVOICE.SALES', tags: ['old', 'vip client'] });
	const { json, error } = await getAll(INVOICES, [{ ...condition, operator: 'contains' }]);
	expect(error).toBeUndefined();
	expect(json).toEqual(findRows(INVOICES, meets));
	expect(json.length).toBeGreaterThan(0);
});

it.each([
	['isEmpty', (row: Row) => !row.paidDate],
	['isNotEmpty', (row: Row) => Boolean(row.paidDate)],
])(
	'%s needs no value, and Teamogy is asked for the other conditions alone',
	async (operator, meets) => {
		const { json } = await getAll(INVOICES, [
			{ column: 'status', value: 'APPROVED' },
			{ column: 'paidDate', operator },
			{ column: 'total', operator: 'greaterThan', value: '50000' },
		]);
		const expected = findRows(
			INVOICES,
			(row) => row.status === 'APPROVED' && meets(row) && Number(row.total) > 50_000,
		);
		expect(json).toEqual(expected);
		expect(filters().at(-1)).toBe("(status='APPROVED' AND total>50000)");
	},
);

it('Null, an empty text, white space and an empty list are no value; 0 and false are values', async () => {
	const cells = [null, '', ' \t', [], 0, false, 'x'];
	const ids = cells.map((cell) => testBed.sandbox.insert('companies', { industry: cell }).id);
	const { json } = await getAll('companies', [
		{ column: 'industry', operator: 'isEmpty' },
		{ column: 'id', operator: 'greaterThanOrEqual', value: ids[0] },
	]);
	expect(json.map(({ id }) => id)).toEqual(ids.slice(0, 4));
});

it.each([
	['equal', 'APPROVED', (row: Row) => row.status === 'APPROVED'],
	['notEqual', 'APPROVED', (row: Row) => row.status !== 'APPROVED'],
	['anyOf', 'SENT, DRAFT', (row: Row) => ['SENT', 'DRAFT'].includes(String(row.status))],
	['greaterThan', 'B', (row: Row) => String(row.status) > 'B'],
	['lessThanOrEqual', 'B', (row: Row) => String(row.status) <= 'B'],
])('With OR all conditions are checked on all rows: %s', async (operator, value, meets) => {
	const { json } = await getAll(
		INVOICES,
		[
			{ column: 'status', operator, value },
			{ column: 'total', operator: 'lessThan', value: '20000' },
			{ column: 'paidDate', operator: 'isEmpty' },
		],
		{ combine: 'or' },
	);
	const expected = findRows(
		INVOICES,
		(row) => meets(row) || (row.total !== null && Number(row.total) < 20_000) || !row.paidDate,
	);
	expect(json).toEqual(expected);
	expect(filters()).toEqual(testBed.sandbox.log.map(() => undefined));
});

it('Offset and limit count the rows that match, and the limit ends the reading', async () => {
	const { json } = await getAll(INVOICES, [{ column: 'paidDate', operator: 'isEmpty' }], {
		returnAll: false,
		limit: 3,
		options: { offset: 2, pageSize: 20 },
	});
	expect(json).toEqual(findRows(INVOICES, (row) => !row.paidDate).slice(2, 5));
	// The whole view has ten pages.
	expect(testBed.sandbox.log.length).toBeLessThan(9);
});

it('The column of a condition is asked for with the chosen columns', async () => {
	const { json } = await getAll(
		'companies',
		[{ column: 'name', operator: 'contains', value: 'a' }],
		{
			output: 'selected',
			columns: ['id'],
			returnAll: false,
			limit: 2,
		},
	);
	expect(json).toHaveLength(2);
	expect(testBed.sandbox.log.at(-1)?.query.columns).toBe('name,id');
});

it.each(['isEmpty', 'isNotEmpty', 'contains'])(
	'A column that the view lacks is refused, so that %s does not select all or nothing',
	async (operator) => {
		const result = await getAll(INVOICES, [{ column: 'paiddate', operator, value: 'x' }]);
		expectItemError(
			result,
			'Filter condition 1: the view "invoices.sales" has no column "paiddate"',
		);
		expect(result.error?.description).toMatch(
			/^Did you mean "paidDate"\? Choose one of its columns, e\.g\. paidDate, .* …\.$/,
		);
		expect(result.error?.description?.split(', ')).toHaveLength(11);
	},
);

it('A column that the view does not return by default has to be chosen', async () => {
	testBed.sandbox.set({ defaultColumns: { companies: ['id', 'name'] } });
	testBed.sandbox.insert('companies', { name: 'A', industry: 'Cars' });
	const conditions = [{ column: 'industry', operator: 'contains', value: 'cars' }];
	const refused = await getAll('companies', conditions);
	expectItemError(refused, 'The view "companies" does not return the column "industry" by default');
	const chosen = await getAll('companies', conditions, { output: 'selected', columns: ['name'] });
	// The column of the condition is asked for, and not returned.
	expect(chosen.json).toEqual([{ name: 'A' }]);
});

it('A column that the view filters by and never returns is refused, so that Is Empty does not select all', async () => {
	const { assertColumnReturned } = jestModule<typeof MissingColumnModule>(
		'nodes/api/filters/missingColumn.js',
	);
	const { ViewSamples } = jestModule<typeof ViewSamplesModule>('nodes/api/filters/viewSamples.js');
	const { client } = fakeClient(async () => ok({ data: [{ id: 1 }], metadata: {} }));
	const samples = new ViewSamples(client);
	const error = await rejection(
		assertColumnReturned(samples, { view: 'jobs' }, { column: 'secret' }),
	);
	expect(error.message).toBe('The view "jobs" is filtered by "secret" but does not return it');
});

it('A number with zeros before it is compared with rows as a number', async () => {
	const { id } = testBed.sandbox.insert('companies', { name: 'Seven' });
	const { json } = await getAll(
		'companies',
		[
			{ column: 'id', operator: 'equal', type: 'number', value: `00${id}` },
			{ column: 'name', operator: 'contains', value: 'no such name' },
		],
		{ combine: 'or' },
	);
	expect(json.map(({ name }) => name)).toEqual(['Seven']);
});

it.each([
	['={{ "" }}', 'is empty'],
	['={{ "\\u0301" }}', 'has no letter or digit to look for'],
	['={{ ["a"] }}', 'is not a single value'],
])('Contains with the value %j is refused', async (value, message) => {
	const result = await getAll('companies', [{ column: 'name', operator: 'contains', value }]);
	expectItemError(result, new RegExp(message));
	expect(testBed.sandbox.log).toEqual([]);
});
