/** Get Many: every view gives exactly the requested rows and columns, and nothing outside the business unit. */
import { readFileSync } from 'node:fs';
import { since } from '../../engine/since.mts';
import { RESOURCES } from '../../helpers/resources.mts';
import { VIEW_NAMES, type Row } from '../../sandbox/index.mts';
import { useTestBed } from '../../helpers/testBed.mts';

const views = RESOURCES.flatMap(({ value, views: own }) => own.map((view) => [value, view]));

/** The number of jobs in the first unit: two full pages and a rest. */
const JOBS = 2345;

const testBed = useTestBed({ rows: { jobs: JOBS }, hasLateRequests: true });

const getAll = async (parameters: object, more: object = {}) =>
	await testBed.run({ resource: 'job', operation: 'getAll', output: 'all', ...parameters }, more);
const urls = (): string[] => testBed.sandbox.log.map(({ method, url }) => `${method} ${url}`);

describe('Get Many: every view', () => {
	it('The resources cover all views of the vendor', () => {
		expect(views.map(([, view]) => view).sort()).toEqual(
			VIEW_NAMES.filter((view) => view !== 'jobs.overbudget').sort(),
		);
	});

	it.each(views)('%s: all rows of the view %s are returned', async (resource, view) => {
		const { json, error } = await getAll({ resource, view, returnAll: true });
		expect(error).toBeUndefined();
		expect(json).toEqual(testBed.sandbox.rows(view));
		expect(json.length).toBeGreaterThan(0);
	});

	it('Rows are returned in pages, unchanged and in order', async () => {
		const pageSize = 29;
		const others = views.filter(([, name]) => name !== 'jobs');
		expect(others).toHaveLength(views.length - 1);
		for (const [resource, view] of others) {
			const { json } = await getAll({ resource, view, returnAll: true, options: { pageSize } });
			expect(json).toEqual(testBed.sandbox.rows(view));
		}
	});

	it('The first of several views is the default', async () => {
		const { json } = await getAll({ resource: 'invoice', returnAll: true });
		expect(json).toEqual(testBed.sandbox.rows('invoices.sales'));
	});

	it('A view without rows gives no item', async () => {
		const { json, error } = await getAll({ resource: 'opportunity', options: { unitId: 2 } });
		expect([error, json]).toEqual([undefined, []]);
	});

	it('Rows with only the columns of an error item are returned', async () => {
		const { json } = await getAll({ resource: 'task', output: 'selected', columns: 'error' });
		expect(json).toHaveLength(50);
	});
});

describe('Get Many: options', () => {
	const COLUMNS = ['id', 'name', 'companyName'];

	it.each([
		['a list', COLUMNS],
		['a text', 'id, name ,companyName,'],
		['an expression that gives a list', '={{ $json.columns }}'],
		['an expression that gives a text', '={{ $json.columns.join() }}'],
	])('Column names from %s are sent to the server', async (_, columns) => {
		const input = [{ columns: COLUMNS }];
		const { json } = await getAll({ limit: 2, output: 'selected', columns }, { input });
		const rows = testBed.sandbox.rows('jobs').slice(0, 2);
		expect(json).toEqual(rows.map(({ id, name, companyName }) => ({ id, name, companyName })));
		expect(Object.keys(json[0])).toEqual(COLUMNS);
		expect(testBed.sandbox.log[0].query.columns).toBe(COLUMNS.join());
	});

	it('Properties among the column names are sent as properties', async () => {
		const columns = 'id, properties.poNumber, properties.extStatus';
		const { json } = await getAll({ limit: 1, output: 'selected', columns });
		const [{ id, properties }] = testBed.sandbox.rows('jobs');
		const { poNumber, extStatus } = properties as Row;
		expect(json).toEqual([{ id, properties: { poNumber, extStatus } }]);
		expect(testBed.sandbox.log[0].query).toMatchObject({
			columns: 'id',
			properties: 'poNumber,extStatus',
		});
	});

	it.each([{ columns: [] }, { columns: '' }, { columns: ' , ' }, {}])(
		'Selected columns with %j are refused',
		async (parameters) => {
			const result = await getAll({ output: 'selected', ...parameters });
			testBed.expectRefused(result, "'Column Names or IDs' is empty");
		},
	);

	it.each([
		[['id', "na'me"], `Column Names or IDs, "na'me", is not a column name`],
		['id, the name', 'Column Names or IDs, "the name", is not a column name'],
		[['id&limit=1'], 'Column Names or IDs, "id&limit=1"'],
		[[1], 'Column Names or IDs, "1", is not a column name'],
		['={{ ({ a: 1 }) }}', 'is not a column name'],
		['={{ 7 }}', 'Column Names or IDs, "7", is not a column name'],
	])('The columns %j are refused', async (columns, message) => {
		testBed.expectRefused(await getAll({ output: 'selected', columns }), message);
	});

	it("A request that Teamogy refuses is reported in Teamogy's words", async () => {
		const filterExpression = 'status ~ 1';
		const { error } = await getAll({ filterType: 'expression', filterExpression });
		expect(error?.message).toBe('Teamogy did not accept the request for the view "jobs" [item 0]');
		expect(error?.description).toContain('Teamogy says: externalFilter: ');
		expect(error?.description).toContain('Check the filters, the column names');
		expect(error).toMatchObject({ httpCode: '400', name: 'NodeApiError' });
	});

	it.each([2, '2', '={{ $json.unit }}'])('The unit ID %j reads another unit', async (unitId) => {
		const { json } = await getAll({ options: { unitId } }, { input: [{ unit: 2 }] });
		expect(json).toEqual(testBed.sandbox.rows('jobs', 2));
		expect(testBed.sandbox.log[0].unit).toBe(2);
	});

	it('The unit ID 0 reads the unit 0', async () => {
		const { error } = await getAll({ options: { unitId: 0 } });
		expect(error?.description).toContain('There is no unit "0"');
		expect(testBed.sandbox.log[0].path).toBe('/rest/v1/0/views/jobs');
	});

	it('An unknown unit is explained', async () => {
		const { error } = await getAll({ options: { unitId: 77 } });
		expect(error?.message).toBe('Teamogy does not know the view "jobs" [item 0]');
		expect(error?.description).toContain("'Business Unit ID'");
	});
});

describe('Get Many: a view by its name', () => {
	const getView = async (viewName: string, more: object = {}) =>
		await testBed.run(
			{ resource: 'view', operation: 'getAll', output: 'all', viewName, returnAll: true },
			more,
		);

	it.each(['jobs.overbudget', ' invoices.sales ', 'views/users'])(
		'The view "%s" is read',
		async (viewName) => {
			const { json } = await getView(viewName);
			const name = viewName.trim().replace('views/', '');
			expect(json).toEqual(testBed.sandbox.rows(name));
			expect(testBed.sandbox.log[0].path).toBe(`/rest/v1/1/views/${name}`);
		},
	);

	it('An expression gives each item a view of its own', async () => {
		const input = [{ name: 'units' }, { name: 'groups' }];
		const { json } = await getView('={{ $json.name }}', { input });
		expect(json).toEqual([...testBed.sandbox.rows('units'), ...testBed.sandbox.rows('groups')]);
	});

	it('A view that Teamogy does not know is explained', async () => {
		const { error } = await getView('zakázky.přehled');
		expect(error?.message).toBe('Teamogy does not know the view "zakázky.přehled" [item 0]');
		expect(error?.description).toMatch(/^Teamogy says: There is no view "zakázky.přehled"\./);
		expect(testBed.sandbox.log).toHaveLength(1);
		expect(decodeURIComponent(testBed.sandbox.log[0].path)).toBe(
			'/rest/v1/1/views/zakázky.přehled',
		);
	});

	it.each([
		['', "'View Name' is empty"],
		['  ', "'View Name' is empty"],
		['../companies', 'is not the name of a view'],
		['..', 'is not the name of a view'],
		['jobs?limit=1', 'is not the name of a view'],
		['jobs/1', 'is not the name of a view'],
		['jobs%2F..', 'is not the name of a view'],
		['my jobs', 'is not the name of a view'],
		['https://example.com/jobs', 'is not the name of a view'],
	])('The view name "%s" is refused', async (name, message) => {
		testBed.expectRefused(await getView('={{ $json.name }}', { input: [{ name }] }), message);
	});

	it('n8n itself reports an empty view name before the run', async () => {
		expect((await getView('')).error?.message).toContain(
			since('2.30') ? 'Parameter "View Name" is required' : 'has issues',
		);
		expect(urls()).toEqual([]);
	});
});

it('The filter that the documentation gives finds unpaid approved invoices of one currency', async () => {
	const page = readFileSync('docs/filters.md', 'utf8');
	const [, filterExpression] = /\*Filter in Teamogy Syntax\*: `(.+?)`/.exec(page)!;
	const { json } = await getAll({
		...{ resource: 'invoice', returnAll: true },
		...{ filterType: 'expression', filterExpression },
	});
	expect(json.length).toBeGreaterThan(0);
	for (const { status, currency, total, paymentStatus } of json) {
		expect({ status, currency }).toEqual({ status: 'APPROVED', currency: 'CZK' });
		expect(total).toBeGreaterThan(100_000);
		expect(paymentStatus).not.toBe('PAID');
	}
});

describe('Hints', () => {
	it('A hint says that nothing was found, and how text is compared', async () => {
		const filters = { conditions: [{ column: 'name', value: 'no such name' }] };
		const { json, hints } = await testBed.run({ resource: 'job', operation: 'getAll', filters });
		expect(json).toEqual([]);
		expect(hints).toMatchObject([
			{
				message: expect.stringMatching(
					/^No record meets the filters\. Teamogy may compare text/,
				) as string,
			},
		]);
	});

	it('The advice about case and accents does not come where Contains is the only filter', async () => {
		const filters = {
			conditions: [{ column: 'name', operator: 'contains', value: 'no such name' }],
		};
		const { hints } = await testBed.run({ resource: 'brand', operation: 'getAll', filters });
		expect(hints[0].message).toBe('No record meets the filters.');
	});

	describe('With several items', () => {
		const run = async (names: string[], parameters: object = {}) => {
			const filters = { conditions: [{ column: 'name', value: '={{ $json.name }}' }] };
			const { json, hints } = await testBed.run(
				{ resource: 'brand', operation: 'getAll', output: 'all', filters, ...parameters },
				{ input: names.map((name) => ({ name })) },
			);
			return { rows: json, messages: hints.map(({ message }) => message) };
		};
		const brand = () => String(testBed.sandbox.rows('brands')[0].name);

		it('A hint counts the items that found nothing beside the records of others', async () => {
			const { rows, messages } = await run([brand(), 'none', 'none', brand(), 'no such name']);
			expect(rows.length).toBeGreaterThan(1);
			expect(messages).toEqual(['3 of 5 items found no record.']);
		});

		it('A search of each item counts them too', async () => {
			const options = { search: '={{ $json.name }}' };
			const { messages } = await run([brand(), 'none'], { filters: {}, options });
			expect(messages[0]).toBe('1 of 2 items found no record.');
		});

		it('Where no item found a record the hint says why that may be, once', async () => {
			const { messages } = await run(['none', 'no such name']);
			expect(messages).toEqual([
				expect.stringMatching(/^No record meets the filters\. Teamogy may compare text/),
			]);
		});

		it('A value that cannot be in its column is named beside the records of others', async () => {
			const { companyId } = testBed.sandbox.rows('brands')[0];
			const filters = { conditions: [{ column: 'companyId', value: '={{ $json.name }}' }] };
			const { rows, messages } = await run([String(companyId), 'Acme'], { filters });
			expect(rows[0]).toMatchObject({ companyId });
			expect(messages).toEqual([
				'1 of 2 items found no record.',
				expect.stringMatching(/^The value of filter condition 1, "Acme", is not a number\./),
			]);
		});
	});

	it('No hint is shown for a right filter or without a filter', async () => {
		const filters = {
			conditions: [{ column: 'startOn', operator: 'greaterThan', value: '2020-01-01' }],
		};
		const readHints = async (parameters: object) =>
			(await testBed.run({ resource: 'job', operation: 'getAll', output: 'all', ...parameters }))
				.hints;
		expect(await readHints({ filters, returnAll: true })).toEqual([]);
		expect(await readHints({ options: { unitId: 2, offset: 10_000 } })).toEqual([]);
	});
});

it('A resource or operation that does not exist is refused', async () => {
	testBed.expectRefused(await getAll({ resource: 'robot' }), 'The resource "robot" does not exist');
	const result = await getAll({ resource: 'brand', operation: 'create' });
	testBed.expectRefused(result, 'The Operation "create" does not exist for Brands');
});
