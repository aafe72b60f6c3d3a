/** Reading: every resource gives exactly the requested rows, and nothing outside the business unit. */
import { since } from '../../engine/since.mts';
import { VIEW_NAMES, type FaultRule, type Row } from '../../sandbox/index.mts';
import { builtModule, useTestBed, expectItemError, type TestBed } from '../../helpers/testBed.mts';

interface Resource {
	value: string;
	name: string;
	entity?: string;
	views: string[];
}

const { RESOURCES, supportsMethod } = builtModule<{
	RESOURCES: Resource[];
	supportsMethod(resource: Resource, method: string): boolean;
}>('nodes/api/schema/catalog.js');

const views = RESOURCES.flatMap(({ value, views: own }) => own.map((view) => [value, view]));
const readEntities = RESOURCES.filter((resource) => supportsMethod(resource, 'GET'));
const readViews = RESOURCES.filter((resource) => !supportsMethod(resource, 'GET'));

/** The number of jobs in the first unit: two full pages and a rest. */
const JOBS = 2345;
const UNICODE = 'Žluťoučký 🦄 “kůň” \u202Eעברית\u202C – e\u0301 %20 + & # \' " \\ \n\t 漢字 👩🏽‍💻';

const testBed = useTestBed({ rows: { jobs: JOBS }, hasLateRequests: true });

const getAll = async (parameters: object, more: object = {}) =>
	await testBed.run({ resource: 'job', operation: 'getAll', output: 'all', ...parameters }, more);
const urls = (): string[] => testBed.sandbox.log.map(({ method, url }) => `${method} ${url}`);
const inList = <T,>(list: T[], index: number): T => list[(index + list.length) % list.length];

/** Expects a refusal before anything is sent, with a message that names the item and what to do. */
const expectRefused = (
	result: Awaited<ReturnType<TestBed['run']>>,
	message: string | RegExp,
): void => {
	expectItemError(result, message);
	expect(result.error?.name).toBe('NodeOperationError');
	expect(urls()).toEqual([]);
};

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
		for (const [resource, view] of views.filter(([, name]) => name !== 'jobs')) {
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
		[{ options: { unitId: 'Praha' } }, 'Unit ID "Praha" is not a whole number'],
		[{ options: { unitId: -1 } }, 'Unit ID "-1"'],
		[{ options: { unitId: '1/../2' } }, 'Unit ID "1/../2"'],
		[{ options: { unitId: 1.5 } }, 'Unit ID "1.5"'],
	])('%j is refused', async (parameters, message) => {
		expectRefused(await getAll(parameters), message);
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
			expectRefused(result, "'Column Names or IDs' is empty");
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
		expectRefused(await getAll({ output: 'selected', columns }), message);
	});

	it("A column that does not exist is reported in Teamogy's words", async () => {
		const { error } = await getAll({ output: 'selected', columns: 'nmae' });
		expect(error?.message).toBe('Teamogy did not accept the request for the view "jobs" [item 0]');
		expect(error?.description).toContain('Teamogy says: columns: there is no column "nmae".');
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
		expect(error?.description).toContain('the Business Unit ID');
	});
});

describe('Get Many: a view by its name', () => {
	const ofView = async (viewName: string, more: object = {}) =>
		await testBed.run(
			{ resource: 'view', operation: 'getAll', output: 'all', viewName, returnAll: true },
			more,
		);

	it.each(['jobs.overbudget', ' invoices.sales ', 'views/users'])(
		'The view "%s" is read',
		async (viewName) => {
			const { json } = await ofView(viewName);
			const name = viewName.trim().replace('views/', '');
			expect(json).toEqual(testBed.sandbox.rows(name));
			expect(testBed.sandbox.log[0].path).toBe(`/rest/v1/1/views/${name}`);
		},
	);

	it('An expression gives each item a view of its own', async () => {
		const input = [{ name: 'units' }, { name: 'groups' }];
		const { json } = await ofView('={{ $json.name }}', { input });
		expect(json).toEqual([...testBed.sandbox.rows('units'), ...testBed.sandbox.rows('groups')]);
	});

	it('A view that Teamogy does not know is explained', async () => {
		const { error } = await ofView('zakázky.přehled');
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
		expectRefused(await ofView('={{ $json.name }}', { input: [{ name }] }), message);
	});

	it('n8n itself reports an empty view name before the run', async () => {
		expect((await ofView('')).error?.message).toContain(
			since('2.30') ? 'Parameter "View Name" is required' : 'has issues',
		);
		expect(urls()).toEqual([]);
	});
});

describe('Get', () => {
	const get = async (resource: string, recordId: unknown, more: object = {}) =>
		await testBed.run({ resource, operation: 'get', output: 'all', recordId, ...more });
	const locator = (mode: string, value: unknown): object => ({ __rl: true, mode, value });

	it.each(readEntities.map(({ value, views: [view], entity }) => [value, view, entity!]))(
		'%s: the list and the ID return the record itself',
		async (resource, view, entity) => {
			for (const [mode, row] of [
				['list', inList(testBed.sandbox.rows(view), 0)],
				['id', inList(testBed.sandbox.rows(view), -1)],
			] as const) {
				testBed.sandbox.clearLog();
				const { json, items, error } = await get(resource, locator(mode, String(row.id)));
				expect(error).toBeUndefined();
				expect(json).toEqual([testBed.sandbox.records(entity).find(({ id }) => id === row.id)]);
				expect(items[0].pairedItem).toEqual({ item: 0 });
				expect(urls()).toEqual([`GET /rest/v1/1/${entity}?id=${String(row.id)}`]);
			}
		},
	);

	it.each(readViews.flatMap(({ value, views: own }) => own.map((view) => [value, view])))(
		'%s: the list and the ID return the row of the view %s',
		async (resource, view) => {
			for (const [mode, row] of [
				['list', inList(testBed.sandbox.rows(view), 0)],
				['id', inList(testBed.sandbox.rows(view), -1)],
			] as const) {
				const { json } = await get(resource, locator(mode, String(row.id)), { view });
				expect(json).toEqual([row]);
			}
			expect(testBed.sandbox.log).toHaveLength(2);
		},
	);

	it('Every resource returns a record or a row', () => {
		expect(readEntities.length + readViews.length).toBe(RESOURCES.length);
	});

	it.each(['registration', 'number'] as const)(
		'The registration number returns the record, sent as the parameter %s',
		async (registrationParameter) => {
			testBed.sandbox.set({ registrationParameter });
			const options = registrationParameter === 'number' ? { registrationParameter } : {};
			for (const [resource, view, entity] of [
				['invoice', 'invoices.sales', 'documents'],
				['job', 'jobs', 'jobs'],
			]) {
				const { id, number } = inList(testBed.sandbox.rows(view), 3);
				const { json } = await get(resource, locator('registration', number), { options });
				expect(json).toEqual([testBed.sandbox.records(entity).find((record) => record.id === id)]);
			}
			const [{ id, registration }] = testBed.sandbox.rows('companies');
			const { json } = await get('company', locator('registration', registration), { options });
			expect(json.map((record) => record.id)).toEqual([id]);
			expect(testBed.sandbox.log.map(({ query }) => Object.keys(query))).toEqual([
				[registrationParameter],
				[registrationParameter],
				[registrationParameter],
			]);
		},
	);

	it('The error for an unknown registration number names the other parameter', async () => {
		const parameters = { options: { registrationParameter: 'number' } };
		const { error } = await get('job', locator('registration', 'J-2025-0001'), parameters);
		expect(error?.message).toBe('Teamogy did not accept the request for job J-2025-0001 [item 0]');
		expect(error?.description).toContain('Unknown query parameter "number"');
	});

	it('A registration number may have any characters', async () => {
		const number = "Č 1/2026 #5 & 'x' + ✓ %41";
		const { id } = testBed.sandbox.insert('jobs', { number });
		const { json } = await get('job', locator('registration', ` ${number} `));
		expect(json).toMatchObject([{ id, number }]);
		expect(testBed.sandbox.log[0].query).toEqual({ registration: number });
	});

	it('Selected columns of a row are returned from another unit', async () => {
		const [{ id }] = testBed.sandbox.rows('journal', 2);
		const selection = { output: 'selected', columns: ['account'], options: { unitId: 2 } };
		const { json } = await get('journalEntry', locator('id', id), selection);
		expect(json).toEqual([{ account: testBed.sandbox.rows('journal', 2)[0].account }]);
	});

	it('A record of another unit is returned', async () => {
		const [{ id }] = testBed.sandbox.rows('jobs', 2);
		expect((await get('job', locator('id', id))).error).toMatchObject({ httpCode: '404' });
		const { json } = await get('job', locator('id', id), { options: { unitId: 2 } });
		expect(json).toMatchObject([{ id, agencyId: 2 }]);
	});

	it('The ID may come from an expression, a number or a plain parameter', async () => {
		const [{ id }] = testBed.sandbox.records('users');
		for (const recordId of [locator('id', '={{ $json.id }}'), locator('id', id), '={{ $json.id }}'])
			expect(
				(
					await testBed.run(
						{ resource: 'user', operation: 'get', output: 'all', recordId },
						{ input: [{ id }] },
					)
				).json,
			).toMatchObject([{ id }]);
	});

	it("Teamogy's response is returned as it is, even if it wraps the record", async () => {
		testBed.sandbox.set({ wrapEntity: true });
		const [record] = testBed.sandbox.records('users');
		const { json } = await get('user', locator('id', record.id));
		expect(json).toEqual([{ data: record }]);
	});

	it('A record that does not exist is reported', async () => {
		const { error } = await get('company', locator('id', '987654321'));
		expect(error?.message).toBe('Teamogy did not find company 987654321 [item 0]');
		expect(error?.description).toContain('companies: nothing found with id 987654321 in unit 1');
		expect(error?.description).toContain('Check the ID, registration number or path');
	});

	it.each([[], {}, { data: null }, { data: [] }].map((body) => [body]))(
		'The response %j is reported as no record',
		async (body) => {
			testBed.sandbox.fault({ kind: 'status', status: 200, body });
			const { error } = await get('company', locator('id', 5));
			expect(error?.message).toMatch(
				/^(There is no company 5|The answer for company 5 was not the JSON Teamogy sends) \[item 0\]$/,
			);
		},
	);

	it('A hint says that several rows have the ID', async () => {
		const body = { metadata: { nextOffset: null }, data: [{ id: 5 }, { id: 5 }] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		const { json, hints } = await get('brand', locator('id', 5));
		expect(json).toHaveLength(2);
		expect(hints.map(({ message }) => message)).toEqual([
			'Several rows of the view "brands" have the ID 5; the first two were returned. Use Get Many with a filter to see all.',
		]);
	});

	it('A row that does not exist is reported', async () => {
		const { error } = await get('brand', locator('id', '987654321'));
		expect(error?.message).toBe('There is no brand 987654321 in the view "brands" [item 0]');
		expect(error?.description).toContain('Check the ID and the Business Unit ID');
	});

	it.each([
		['', 'The Company ID is empty'],
		['abc', 'The Company ID, "abc", is not an ID'],
		['0', 'The Company ID, "0", is not an ID'],
		['-5', 'The Company ID, "-5", is not an ID'],
		['1.5', 'The Company ID, "1.5", is not an ID'],
		['1 OR id>0', 'The Company ID, "1 OR id>0", is not an ID'],
		['1&x=2', 'The Company ID, "1&x=2", is not an ID'],
		[null, 'The Company ID is empty'],
		[[1, 2], 'The Company ID, "[1,2]", is not an ID'],
		[{}, 'is not an ID'],
	])('The ID %j is refused', async (value, message) => {
		const recordId = locator('id', '={{ $json.value }}');
		const parameters = { resource: 'company', operation: 'get', output: 'all', recordId };
		expectRefused(await testBed.run(parameters, { input: [{ value }] }), message);
	});

	// The locator has no pattern: n8n checks patterns in a sandbox with a deadline, which a busy machine misses.
	it('A text that is not an ID is refused where it is entered, in the words of the node', async () => {
		const result = await get('company', locator('id', 'abc'));
		expectRefused(result, 'The Company ID, "abc", is not an ID');
		expect(result.error?.description).toContain('a whole number above 0, e.g. 1234');
		const modes = testBed.engine
			.description('teamogy')
			.properties.flatMap((one) => one.modes ?? []);
		expect(modes.length).toBeGreaterThan(20);
		for (const mode of modes) expect(mode.validation).toBeUndefined();
	});

	it('An empty registration number is refused', async () => {
		const given = locator('registration', ' ');
		expectRefused(await get('company', given), 'The Registration Number is empty');
	});

	it.each([
		['group', 'A group'],
		['opportunity', 'An opportunity'],
		['internalDocument', 'An internal document'],
	])(
		'A registration number is refused where records are found by ID only: %s',
		async (resource, name) => {
			const given = locator('registration', 'X-1');
			expectRefused(await get(resource, given), `${name} is found by its ID only`);
		},
	);
});

describe('API Request', () => {
	const send = async (parameters: object, more: object = {}) =>
		await testBed.run({ resource: 'apiRequest', operation: 'request', ...parameters }, more);
	const query = (values: object): object => ({
		parameters: Object.entries(values).map(([name, value]) => ({ name, value: value as unknown })),
	});

	it('GET of a view returns the response as it is', async () => {
		const { json } = await send({ path: 'views/users', query: query({ limit: 2 }) });
		expect(json).toEqual([
			{
				metadata: { count: 2, limit: 2, nextOffset: 2 },
				data: testBed.sandbox.rows('users').slice(0, 2),
			},
		]);
	});

	it('GET of a record returns the record', async () => {
		const [record] = testBed.sandbox.records('companies');
		const { json } = await send({ path: '/companies/', query: query({ id: record.id }) });
		expect(json).toEqual([record]);
		expect(urls()).toEqual([`GET /rest/v1/1/companies?id=${record.id}`]);
	});

	it('POST and PATCH send their bodies', async () => {
		const body = { name: UNICODE, properties: { note: UNICODE } };
		const made = await send({ method: 'POST', path: 'companies', body: JSON.stringify(body) });
		const { id } = made.json[0];
		expect(testBed.sandbox.records('companies').at(-1)).toMatchObject({ id, ...body });
		expect(testBed.sandbox.log[0]).toMatchObject({ body, applied: true, status: 200 });

		const changed = await send(
			{
				method: 'PATCH',
				path: 'companies',
				query: query({ id: '={{ $json.id }}' }),
				body: '={{ { name: "New" } }}',
			},
			{ input: [{ id }] },
		);
		expect(changed.json).toEqual([{ id }]);
		expect(testBed.sandbox.records('companies').at(-1)).toMatchObject({ id, name: 'New' });
	});

	it('GET sends no body, whatever the hidden field holds', async () => {
		await send({ path: 'views/units', body: '{"a":1}' });
		expect(testBed.sandbox.log[0].rawBody).toBe('');
	});

	it('Every request names JSON as its content type', async () => {
		for (const method of ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'])
			for (const body of ['', '{}', '{"name":"A"}'])
				await send({ method, path: 'companies', body });
		await testBed.run({ resource: 'job', operation: 'getAll', output: 'all' });
		const types = testBed.sandbox.log.map(({ headers }) => headers['content-type']);
		expect(types).toEqual(Array(16).fill('application/json'));
	});

	it('The query is encoded as in the documentation', async () => {
		const externalFilter = "(name='O''Neill & Sons, Ltd.' AND NOT (category='+#%'))";
		const { json } = await send({
			path: 'views/companies',
			query: query({ externalFilter, columns: 'id,name' }),
		});
		expect(json).toMatchObject([{ data: [{ name: "O'Neill & Sons, Ltd." }] }]);
		expect(testBed.sandbox.log[0].url).toBe(
			'/rest/v1/1/views/companies?externalFilter=%28name%3D%27O%27%27Neill%20%26%20Sons%2C%20Ltd.%27' +
				'%20AND%20NOT%20%28category%3D%27%2B%23%25%27%29%29&columns=id,name',
		);
	});

	it('The request goes to another unit', async () => {
		const { json } = await send({ path: 'views/jobs', options: { unitId: 2 } });
		expect(json).toMatchObject([{ data: testBed.sandbox.rows('jobs', 2) }]);
	});

	it('A list gives one item for each entry', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 200, body: [{ id: 1 }, { id: 2 }, 'x'] });
		const { json, items } = await send({ path: 'views/jobs' });
		expect(json).toEqual([{ id: 1 }, { id: 2 }, { data: 'x' }]);
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(json.map(() => ({ item: 0 })));
	});

	describe('responses', () => {
		const answer = (body: string, type?: string, more: Partial<FaultRule> = {}) =>
			testBed.sandbox.fault({
				kind: 'text',
				status: 200,
				body,
				...more,
				headers: { 'content-type': type ?? '', ...more.headers },
			});
		const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

		it.each([200, 201, 202, 204, 205, 206])(
			'The status %d with an empty body gives an empty item',
			async (status) => {
				for (const responseFormat of ['autodetect', 'json', 'text', 'file']) {
					for (const method of methods) {
						testBed.sandbox.reset();
						testBed.sandbox.fault({ kind: 'empty', status });
						const result = await send({ method, path: 'companies', options: { responseFormat } });
						expect(result.error).toBeUndefined();
						expect(result.items).toEqual([{ json: {}, pairedItem: { item: 0 } }]);
						expect(testBed.sandbox.log).toHaveLength(1);
					}
				}
			},
		);

		it.each<[string, string | undefined, unknown, string?]>([
			['{"id":1}', 'application/json', { id: 1 }],
			['{"id":1}', 'application/problem+json; charset=utf-8', { id: 1 }],
			['{"id":1}', 'text/plain', { id: 1 }],
			['{"id":1}', undefined, { id: 1 }],
			['"text"', 'application/json', { data: 'text' }],
			['pong', 'text/plain', { data: 'pong' }],
			['pong', undefined, { data: 'pong' }],
			['a;b\n1;2', 'text/csv', { data: 'a;b\n1;2' }],
			['<a/>', 'application/xml', { data: '<a/>' }],
			['{"id":1}', 'application/json', { data: '{"id":1}' }, 'text'],
			[
				'<html><title>A page</title></html>',
				'text/html',
				{ data: '<html><title>A page</title></html>' },
				'text',
			],
			['{"id":1}', 'application/octet-stream', { id: 1 }, 'json'],
		])(
			'The body %j of the type %s gives %j',
			async (body, type, json, responseFormat = '={{ undefined }}') => {
				for (const method of methods) {
					testBed.sandbox.reset();
					answer(body, type);
					const result = await send({ method, path: 'companies', options: { responseFormat } });
					expect(result.error).toBeUndefined();
					expect(result.json).toEqual([json]);
					expect(testBed.sandbox.log).toHaveLength(1);
				}
			},
		);

		it.each<[string, string, object, string?]>([
			['%PDF-1.7', 'application/pdf', { mimeType: 'application/pdf' }],
			['PK', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', {}],
			['{"id":1}', 'application/json', { mimeType: 'application/json' }, 'file'],
			['pong', 'text/plain', { mimeType: 'text/plain' }, 'file'],
		])(
			'The body %j of the type %s gives a file',
			async (body, type, file, responseFormat = 'autodetect') => {
				const disposition = 'attachment; filename="../Invoice 12.pdf"';
				answer(body, type, { headers: { 'content-disposition': disposition } });
				const { items, error } = await send({ path: 'companies', options: { responseFormat } });
				expect(error).toBeUndefined();
				expect(items[0].json).toEqual({});
				expect(items[0].binary?.data).toMatchObject({ fileName: 'Invoice 12.pdf', ...file });
				expect(Buffer.from(items[0].binary!.data.data, 'base64').toString()).toBe(body);
				expect(testBed.sandbox.log).toHaveLength(1);
				expect(testBed.sandbox.log[0].headers.accept).toBe(
					responseFormat === 'file' ? '*/*' : 'application/json',
				);
			},
		);

		it('Retry On Fail keeps the file that a write was answered with', async () => {
			answer('%PDF-1.7', 'application/pdf');
			testBed.sandbox.fault({ kind: 'status', status: 400 });
			testBed.sandbox.fault({ kind: 'status', status: 200, body: { id: 2 } });
			const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
			const post = { method: 'POST', path: 'companies' };
			const { items, error } = await send(post, { input: [{ id: 1 }, { id: 2 }], ...retry });
			expect(error).toBeUndefined();
			expect(items[0].binary?.data.mimeType).toBe('application/pdf');
			expect(items[1].json).toEqual({ id: 2 });
			expect(testBed.sandbox.log).toHaveLength(3);
		});

		it.each<[string, string, string]>([
			['{"id":', 'application/json', 'autodetect'],
			['<!DOCTYPE html><title>Log in</title>', 'text/html', 'autodetect'],
			['pong', 'text/plain', 'json'],
		])(
			'The body %j of the type %s is requested once and reported (%s)',
			async (body, type, responseFormat) => {
				const options = { responseFormat };
				answer(body, type, { times: 2 });
				const read = await send({ path: 'companies', options });
				expect(read.error?.message).toMatch(/is not JSON|was not the JSON Teamogy sends/);
				expect(testBed.sandbox.log).toHaveLength(1);
				const written = await send({ method: 'POST', path: 'companies', options });
				expect(written.error?.description).toMatch(/may have been saved/);
				expect(testBed.sandbox.log).toHaveLength(2);
			},
		);

		it('An unknown response format is refused', async () => {
			const options = { responseFormat: '={{ "pdf" }}' };
			expectRefused(
				await send({ path: 'companies', options }),
				'"pdf" is not a valid value for \'Response Format\'',
			);
		});
	});

	it('Characters of a path are escaped', async () => {
		const { error } = await send({ path: 'companies/ž 1/%41' });
		expect(error).toMatchObject({ httpCode: '404' });
		expect(testBed.sandbox.log[0].path).toBe('/rest/v1/1/companies/%C5%BE%201/A');
	});

	it.each([
		['', 'is empty'],
		['  ', 'is empty'],
		['../2/companies', 'leaves the business unit'],
		['companies/../../2/companies', 'leaves the business unit'],
		['companies/..', 'leaves the business unit'],
		['..', 'leaves the business unit'],
		['.', 'leaves the business unit'],
		['%2e%2e/2/companies', 'leaves the business unit'],
		['%2E%2E/2/companies', 'leaves the business unit'],
		['.%2e/2/companies', 'leaves the business unit'],
		['companies/%2e%2e%2f%2e%2e%2f2', 'leaves the business unit'],
		['companies%2f..%2f..', 'leaves the business unit'],
		['companies%5C..', 'leaves the business unit'],
		['..\\2\\companies', 'has a backslash in it'],
		['\\\\evil.example\\x', 'has a backslash in it'],
		['https://evil.example/companies', 'is a full address'],
		['HTTPS:evil.example', 'is a full address'],
		['//evil.example/companies', 'is a full address'],
		['///evil.example', 'is a full address'],
		['javascript:alert(1)', 'is a full address'],
		['/rest/v1/1/companies', 'starts before the business unit'],
		['rest/v1/1/companies', 'starts before the business unit'],
		['companies?id=1', 'has a query in it'],
		['companies#1', 'has a query in it'],
		['companies//1', 'has an empty part'],
		['companies/%', 'has a "%" that stands for no character'],
		['companies/%c3', 'has a "%" that stands for no character'],
	])('The path "%s" is refused', async (path, why) => {
		const result = await send({ path: '={{ $json.path }}' }, { input: [{ path }] });
		expectRefused(result, `The Path "${path.trim()}" ${why}`);
		expect(result.error?.description).toContain('e.g. companies or views/jobs');
	});

	it('Half a character is refused', async () => {
		const value = '={{ $json.half }}';
		const parameters = { path: 'companies', query: query({ name: value }) };
		const { error } = await send(parameters, { input: [{ half: '\uD83E' }] });
		expect(error?.message).toBe('What is sent in the address contains a broken character [item 0]');
		expect(urls()).toEqual([]);
	});

	it.each([
		[{ method: 'TRACE', path: 'companies' }, '"TRACE" is not a valid value for \'Method\''],
		[{ path: 'companies', query: query({ ' ': 1 }) }, 'The name of query parameter 1 is empty'],
		[{ method: 'POST', path: 'companies', body: '{"a": ' }, 'The Body is not valid JSON: '],
		[{ method: 'POST', path: 'companies', body: "{'a': 1}" }, 'The Body is not valid JSON: '],
		[{ path: 'companies', options: { unitId: 'one' } }, 'The Business Unit ID "one" is not'],
		[
			{ path: 'companies', query: query({ id: '={{ [1, 2] }}' }) },
			'The value of the query parameter "id" is not a single value',
		],
	])('%j is refused', async (parameters, message) => {
		expectRefused(await send(parameters), message);
	});

	it('Expressions may give the method, a name and a value in other forms', async () => {
		const parameters = [
			{ name: '={{ 5 }}', value: '={{ 7 }}' },
			{ name: 'none', value: '={{ undefined }}' },
		];
		await send({ method: '={{ " get " }}', path: 'views/jobs', query: { parameters } });
		expect(urls()).toEqual(['GET /rest/v1/1/views/jobs?5=7']);
	});

	it('A parameter is sent whatever its name is', async () => {
		const parameters = ['__proto__', 'constructor'].map((name) => ({ name, value: 'x' }));
		await send({ path: 'views/jobs', query: { parameters } });
		expect(urls()).toEqual(['GET /rest/v1/1/views/jobs?__proto__=x&constructor=x']);
		const twice = [...parameters, parameters[0]];
		expect((await send({ path: 'views/jobs', query: { parameters: twice } })).error?.message).toBe(
			'The query parameter "__proto__" is given twice [item 0]',
		);
	});

	it("An error holds Teamogy's own words", async () => {
		const { error } = await send({ method: 'DELETE', path: 'companies' });
		expect(error?.message).toBe('Teamogy does not offer this for "companies" (DELETE) [item 0]');
		expect(error?.description).toContain('DELETE is not possible here, only GET, POST, PATCH');
	});
});

describe('Choices by expression', () => {
	const conditions = [
		{ column: 'status', value: 'CLOSED' },
		{ column: 'id', type: 'number', operator: 'greaterThan', value: 0 },
	];
	const byName = { resource: 'job', operation: 'lookUp', lookUpColumn: 'name', lookUpValue: '-' };

	it.each([
		['in capitals', { filters: { conditions }, combine: '={{ "OR" }}' }],
		['as text', { returnAll: '={{ "true" }}' }],
		['in capitals, with space', { returnAll: '={{ " TRUE " }}' }],
		['by the default', { returnAll: '={{ null }}', limit: 1_000_000 }],
	])('A choice is taken %s', async (_, parameters) => {
		const { json } = await testBed.run({
			resource: 'job',
			operation: 'getAll',
			output: 'all',
			returnAll: true,
			...parameters,
		});
		expect(json).toHaveLength(JOBS);
	});

	it('Every operation takes a choice from an expression', async () => {
		const missing = await testBed.run({ ...byName, onMissing: '={{ "Fail" }}' });
		expect(missing.error?.message).toMatch(/^No row of the view "jobs" has "-" in "name"/);
		const alone = await testBed.run(
			{ ...byName, lookUpOutput: '={{ "RECORD" }}' },
			{ input: [{ a: 1 }] },
		);
		expect(alone.json).toEqual([{ teamogy: null }]);
	});

	it.each([
		[
			{ filters: { conditions }, combine: '={{ "oder" }}' },
			'"oder" is not a valid value for \'Combine Conditions\'',
		],
		[{ filterType: '={{ "sql" }}' }, '"sql" is not a valid value for \'Filter By\''],
		[{ returnAll: '={{ "yes" }}' }, '\'Return All\' must be true or false, but is "yes"'],
		[{ limit: '={{ true }}' }, '\'Limit\' must be a whole number of at least 1, but is "true"'],
		[{ limit: '={{ [5] }}' }, '\'Limit\' must be a whole number of at least 1, but is "[5]"'],
		[
			{ ...byName, onMissing: '={{ "ignore" }}' },
			'"ignore" is not a valid value for \'When Nothing Is Found\'',
		],
		[{ ...byName, lookUpOutput: '={{ "both" }}' }, '"both" is not a valid value for \'Output\''],
		[
			{
				operation: 'upsert',
				fieldsMode: '={{ "yaml" }}',
				body: '{}',
				matchColumn: 'name',
				matchValue: 'x',
			},
			'"yaml" is not a valid value for \'Specify Fields\'',
		],
		[
			{
				operation: 'create',
				fieldsMode: 'json',
				body: '{"name":"x"}',
				options: { returnRecord: '={{ "yes" }}' },
			},
			'\'Return Full Record\' must be true or false, but is "yes"',
		],
		[
			{
				operation: 'get',
				output: 'all',
				recordId: { __rl: true, mode: 'registration', value: 'J-1' },
				options: { registrationParameter: '={{ "code" }}' },
			},
			'"code" is not a valid value for \'Registration Number Is Sent As\'',
		],
		[{ ...byName, lookUpType: '={{ "text" }}' }, '"text" is not a valid value for \'Value Type\''],
		[
			{ filters: { conditions: [{ column: 'id', type: '={{ "text" }}', value: '1' }] } },
			'"text" is not a valid value for \'Value Type of filter condition 1\'',
		],
	])('%j is refused', async (parameters, message) => {
		expectRefused(
			await testBed.run({ resource: 'job', operation: 'getAll', output: 'all', ...parameters }),
			message,
		);
	});
});

describe('Hints', () => {
	it('A hint says that nothing was found, and how text is compared', async () => {
		const filters = { conditions: [{ column: 'name', value: 'no such name' }] };
		const { json, hints } = await testBed.run({ resource: 'job', operation: 'getAll', filters });
		expect(json).toEqual([]);
		expect(hints).toMatchObject([
			{
				message: expect.stringMatching(/^No record meets the filters\. Text is compared/) as string,
			},
		]);
	});

	it('No hint is shown for a right filter or without a filter', async () => {
		const filters = {
			conditions: [{ column: 'startOn', operator: 'greaterThan', value: '2020-01-01' }],
		};
		const hintsOf = async (parameters: object) =>
			(await testBed.run({ resource: 'job', operation: 'getAll', output: 'all', ...parameters }))
				.hints;
		expect(await hintsOf({ filters, returnAll: true })).toEqual([]);
		expect(await hintsOf({ options: { unitId: 2, offset: 10_000 } })).toEqual([]);
	});
});

describe('Unicode', () => {
	it('Unicode text passes every way of reading unchanged', async () => {
		const { sandbox, run } = testBed;
		const properties = { note: UNICODE, 'klíč 🔑': UNICODE };
		const record = sandbox.insert('companies', { name: UNICODE, tags: [UNICODE], properties });
		const recordId = { __rl: true, mode: 'id', value: record.id };
		const filters = { conditions: [{ column: 'name', value: '={{ $json.name }}' }] };
		const all = await run(
			{ resource: 'company', operation: 'getAll', output: 'all', filters },
			{ input: [{ name: UNICODE }] },
		);
		expect(all.json).toEqual([sandbox.rows('companies').at(-1)]);
		expect(all.json[0]).toMatchObject({ name: UNICODE, properties });
		const one = await run({ resource: 'company', operation: 'get', output: 'all', recordId });
		expect(one.json).toEqual([record]);
	});
});

it('A resource or operation that does not exist is refused', async () => {
	expectRefused(await getAll({ resource: 'robot' }), 'The resource "robot" does not exist');
	const result = await getAll({ resource: 'brand', operation: 'create' });
	expectRefused(result, 'The Operation "create" does not exist for Brands');
});
