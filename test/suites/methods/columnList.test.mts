/** The list of columns in the editor, from the live account. */
import type { NodeError } from 'n8n-workflow';
import { columnsIn } from '../../helpers/columns.mts';
import { rejection } from '../../helpers/rejection.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { toDocumentType } from '../../helpers/writeParameters.mts';

const testBed = useTestBed({ rows: { jobs: 1234 }, hasLateRequests: true });

const wrongKey = (): object => ({
	credentials: { teamogyApi: { ...testBed.sandbox.credential, apiKey: 'not-the-key' } },
});

describe('The list of columns', () => {
	const columns = async (parameters: object, more: object = {}): Promise<unknown[]> => {
		const options = await testBed.engine.loadOptions({
			type: 'teamogy',
			method: 'getColumns',
			parameters: { operation: 'getAll', ...parameters },
			...more,
		});
		for (const { name, value } of options)
			expect(name).toMatch(new RegExp(`^${value} \\([a-z/ ]+\\)$`));
		return options.map(({ value }) => value);
	};
	const sorted = (names: unknown[]): string[] =>
		names.map(String).sort((a, b) => a.localeCompare(b));
	/** The columns of a hundred rows, as many as the node reads. */
	const columnsOf = (view: string, unit = 1): string[] =>
		columnsIn(testBed.sandbox.rows(view, unit).slice(0, 100));

	it.each([
		[{ resource: 'job' }, 'jobs'],
		[{ resource: 'invoice' }, 'invoices.sales'],
		[{ resource: 'invoice', view: 'invoices.purchase' }, 'invoices.purchase'],
		[{ resource: 'timeEntry', view: 'intervals.absence' }, 'intervals.absence'],
		[{ resource: 'view', viewName: 'jobs.overbudget' }, 'jobs.overbudget'],
		[{ resource: 'view', viewName: ' journal ' }, 'journal'],
		// The type of the document decides the view, whatever view was chosen for another operation.
		[
			{
				resource: 'invoice',
				operation: 'upsert',
				view: 'invoices.sales',
				...toDocumentType('INVOICE.PURCHASE'),
			},
			'invoices.purchase',
		],
		[{ resource: 'document', operation: 'upsert', ...toDocumentType('GEM') }, 'gems'],
	])('The columns of the view are listed: %j', async (parameters, view) => {
		expect(sorted(await columns(parameters))).toEqual(columnsOf(view));
		const path = `/rest/v1/1/views/${view}`;
		// The second request looks for the values of a status and the like in more rows.
		const sent = [
			[path, '100', undefined],
			[path, '1000', expect.stringMatching(/./)],
		];
		expect(
			testBed.sandbox.log.map(({ path: at, query }) => [at, query.limit, query.columns]),
		).toEqual(sent.slice(0, testBed.sandbox.rows(view).length < 100 ? 1 : 2));
	});

	it('Columns tell their types, their values where these are few, and an example elsewhere', async () => {
		const options = await testBed.engine.loadOptions({
			type: 'teamogy',
			method: 'getColumns',
			parameters: { resource: 'invoice', operation: 'getAll', view: 'invoices.sales' },
		});
		const named = new Map(options.map((option) => [option.value, option]));
		const rows = testBed.sandbox.rows('invoices.sales').slice(0, 100);
		expect(named.get('total')).toEqual({
			name: 'total (numeric)',
			value: 'total',
			description: `E.g. ${String(rows.find(({ total }) => total !== null)?.total)}`,
		});
		expect(named.get('dueDate')?.name).toBe('dueDate (day)');
		expect(named.get('isDraft')?.name).toBe('isDraft (true/false)');
		expect(named.get('tags')?.name).toBe('tags (list)');
		const all = testBed.sandbox.rows('invoices.sales').slice(0, 1000);
		const statuses = [...new Set(all.map(({ status }) => String(status)))].sort();
		expect(statuses.length).toBeGreaterThan(new Set(rows.map(({ status }) => status)).size);
		expect(named.get('status')).toEqual({
			name: 'status (text)',
			value: 'status',
			description: `Values: ${statuses.join(', ')}`,
		});
		expect(named.get('number')?.description).toBe(`E.g. ${String(rows[0].number)}`);
	});

	it('The columns that Simplified shows come first, and properties last', async () => {
		const names = (await columns({ resource: 'invoice' })).map(String);
		expect(names.slice(0, 7)).toEqual([
			'id',
			'number',
			'name',
			'companyName',
			'status',
			'paymentStatus',
			'total',
		]);
		const firstProperty = names.findIndex((name) => name.startsWith('properties.'));
		expect(names.slice(firstProperty).every((name) => name.startsWith('properties.'))).toBe(true);
		expect(firstProperty).toBeGreaterThan(10);
	});

	it('At most a thousand columns are listed, the main ones and the chosen one among them', async () => {
		const data = Array.from({ length: 100 }, (_, id) => ({
			...Object.fromEntries(Array.from({ length: 100 }, (__, at) => [`own${id}_${at}`, 'x'])),
			zLast: 1,
			number: `N-${id}`,
			id,
		}));
		const body = { metadata: { nextOffset: null }, data };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		const names = await columns({ resource: 'job', columns: ['zLast'] });
		expect(names).toHaveLength(1001);
		expect(names.slice(0, 2)).toEqual(['id', 'number']);
		expect(names.at(-1)).toBe('zLast');
	});

	it('A description has no tags of the account: the editor shows it as HTML', async () => {
		const name = '<a href="https://evil.example">Sign in again</a>';
		const body = { metadata: { nextOffset: null }, data: [{ id: 1, name, list: [name] }] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		const options = await testBed.engine.loadOptions({
			type: 'teamogy',
			method: 'getColumns',
			parameters: { resource: 'job', operation: 'getAll' },
		});
		const descriptions = options.map(({ description }) => description).join();
		expect(descriptions).toContain('Sign in again');
		expect(descriptions).not.toMatch(/<[a-z/]/i);
	});

	it('Without parameters the list says which parameters to pass', async () => {
		const error = await rejection<NodeError>(
			testBed.engine.loadOptions({ type: 'teamogy', method: 'getColumns', parameters: {} }),
		);
		// A model that builds workflows reads the message alone.
		expect(error.message).toContain('{"resource": "invoice", "operation": "getAll", "view": "');
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('A new node opens with an empty list, not with an error', async () => {
		const noCredential = { credentials: false as const };
		expect(await columns({ resource: 'job' }, noCredential)).toEqual([]);
		expect(await columns({ resource: 'view', viewName: '' })).toEqual([]);
		const trigger = { type: 'teamogyTrigger', method: 'getColumns' };
		for (const parameters of [{ view: 'jobs' }, { view: 'custom', viewName: '' }])
			expect(await testBed.engine.loadOptions({ ...trigger, parameters, ...noCredential })).toEqual(
				[],
			);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('Columns that were chosen for another view are marked', async () => {
		const options = await testBed.engine.loadOptions({
			type: 'teamogyTrigger',
			method: 'getColumns',
			parameters: {
				view: 'jobs',
				options: { columns: ['name', 'dueDate'], watchColumns: '={{ $json.x }}' },
			},
		});
		const names = options.map(({ name }) => name).filter((name) => /^(name|dueDate|=)/.test(name));
		expect(names).toEqual(['name (text)', 'dueDate (not shown by this view)']);
	});

	it('Columns of conditions and sort fields stay where the list cannot be loaded', async () => {
		const options = await testBed.engine.loadOptions({
			type: 'teamogy',
			method: 'getColumns',
			parameters: {
				resource: 'job',
				filters: { conditions: [{ column: 'name' }, { column: '={{ $json.x }}' }, {}] },
				sort: { fields: [{ column: 'status' }] },
			},
			...wrongKey(),
		});
		const description = expect.stringContaining('did not accept the API key') as string;
		expect(options).toEqual(
			['name', 'status'].map((value) => ({
				name: `${value} (the list could not be loaded)`,
				value,
				description,
			})),
		);
	});

	it('The list shows the chosen business unit', async () => {
		const listed = await columns({ resource: 'job', options: { unitId: 2 } });
		expect(sorted(listed)).toEqual(columnsOf('jobs', 2));
		expect(testBed.sandbox.log[0].unit).toBe(2);
	});

	it('Columns that only some rows have are listed', async () => {
		const data = [{ id: 1 }, { id: 2, žluté: null }, { id: 3, a: { b: 1 }, properties: {} }];
		const body = { metadata: { count: 3, limit: 10, nextOffset: null }, data };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		expect(await columns({ resource: 'job' })).toEqual(['id', 'a', 'žluté']);
	});

	it('Names that neither a filter nor a list can hold are left out', async () => {
		const data = [{ 'Client, name': 1, '2nd': 1, zluté: 1, properties: { 'a b': 1, c: 1 } }];
		const body = { metadata: { count: 1, limit: 10, nextOffset: null }, data };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		expect(await columns({ resource: 'job' })).toEqual(['zluté', 'properties.c']);
	});

	it('A run takes each listed column alone and all columns together', async () => {
		const columnsGiven = await columns({ resource: 'invoice' });
		const { json, error } = await testBed.run({
			resource: 'invoice',
			operation: 'getAll',
			limit: 2,
			output: 'selected',
			columns: columnsGiven,
		});
		expect(error).toBeUndefined();
		const [row] = testBed.sandbox.rows('invoices.sales');
		expect(Object.keys(json[0])).toEqual(expect.arrayContaining(Object.keys(row)));
		expect(columnsGiven.length).toBeGreaterThan(10);
		for (const column of columnsGiven.map(String)) {
			const filters = { conditions: [{ column, type: 'string', value: 'x' }] };
			const result = await testBed.run({ resource: 'invoice', operation: 'getAll', filters });
			expect([column, result.error]).toEqual([column, undefined]);
		}
	});

	it('Null as business unit means the unit of the credential', async () => {
		await columns({ resource: 'job', options: { unitId: null } });
		expect(testBed.sandbox.log[0].unit).toBe(1);
	});

	it('An empty view has no columns', async () => {
		expect(await columns({ resource: 'opportunity', options: { unitId: 2 } })).toEqual([]);
	});

	it.each([
		[
			{ resource: 'view', viewName: 'no view' },
			'\'View Name\', "no view", is not the name of a view',
		],
		[{ resource: 'view', viewName: 'nothing' }, 'Teamogy does not know the view "nothing"'],
		[{ resource: 'job', options: { unitId: 9 } }, 'Teamogy does not know the view "jobs"'],
		[
			{ resource: 'job', options: { unitId: 'x' } },
			'\'Business Unit ID\' "x" is not a whole number of at least 0',
		],
	])('%j is explained', async (parameters, message) => {
		const error = await rejection<NodeError>(columns(parameters));
		expect(error.message).toBe(message);
		expect(error.description).toMatch(/\S/);
	});

	it('A wrong key is explained', async () => {
		const error = await rejection<NodeError>(columns({ resource: 'job' }, wrongKey()));
		expect(error.message).toBe('Teamogy did not accept the API key');
		expect(testBed.sandbox.log).toHaveLength(1);
	});
});
