/** The lists of the editor from the live account: records, columns, document types and fields. */
import type { INodeListSearchItems, INodePropertyOptions, ResourceMapperField } from 'n8n-workflow';
import type { Row } from '../../sandbox/index.mts';
import { columnsIn } from '../../helpers/columns.mts';
import { loadFields, type SavedMapping } from '../../helpers/mapperPanel.mts';
import { useTestBed } from '../../helpers/testBed.mts';

const JOBS = 1234;
const PERSONS = 30_000;

const testBed = useTestBed({ rows: { jobs: JOBS, persons: PERSONS }, hasLateRequests: true });

const teamogy = { type: 'teamogy' };
const wrongKey = (): object => ({
	credentials: { teamogyApi: { ...testBed.sandbox.credential, apiKey: 'not-the-key' } },
});
const caught = async (running: Promise<unknown>): Promise<Error & { description?: string }> =>
	await running.then(
		() => expect('this').toBe('never reached') as never,
		(error: Error) => error,
	);
const idsOf = (rows: readonly Row[]): string[] => rows.map(({ id }) => String(id));
const valuesOf = (results: INodeListSearchItems[]): unknown[] => results.map(({ value }) => value);

describe('The list of records', () => {
	const search = async (
		parameters: object,
		filter?: string,
		paginationToken?: string,
		more: object = {},
	) =>
		await testBed.engine.listSearch({
			...teamogy,
			method: 'searchRecords',
			parameters: { operation: 'get', ...parameters },
			path: 'parameters.recordId',
			filter,
			paginationToken,
			...more,
		});

	/** Scrolls to the end; gives the entries of each response. */
	const scroll = async (parameters: object, filter?: string): Promise<INodeListSearchItems[][]> => {
		const answers: INodeListSearchItems[][] = [];
		let token: string | undefined;
		do {
			const { results, paginationToken } = await search(parameters, filter, token);
			answers.push(results);
			token = paginationToken as string | undefined;
			if (answers.length > 100) throw new Error('The list has no end');
		} while (token !== undefined);
		return answers;
	};

	/** Rows as the list has them: page by page, open ones first, the newest first. */
	const inListOrder = (rows: readonly Row[]): Row[] => {
		const isClosed = ({ isDisabled, isCancelled, status }: Row): boolean =>
			isDisabled === true ||
			isCancelled === true ||
			['CLOSED', 'CANCELLED', 'DONE', 'REJECTED'].includes(String(status));
		const pages = Array.from({ length: Math.ceil(rows.length / 1000) }, (_, page) =>
			rows.slice(page * 1000, (page + 1) * 1000),
		);
		return pages.flatMap((page) => [
			...page.filter((row) => !isClosed(row)).toSorted((a, b) => Number(b.id) - Number(a.id)),
			...page.filter(isClosed).toSorted((a, b) => Number(b.id) - Number(a.id)),
		]);
	};

	it('Open and new records are listed first, at once, in one request', async () => {
		const { results, paginationToken } = await search({ resource: 'invoice' });
		const rows = testBed.sandbox.rows('invoices.sales');
		expect(valuesOf(results)).toEqual(idsOf(inListOrder(rows).slice(0, 50)));
		const newest = rows.filter(({ isCancelled }) => !isCancelled).at(-1)!;
		expect(results[0].value).toBe(String(newest.id));
		expect(paginationToken).toEqual(expect.any(String));
		expect(testBed.sandbox.log).toHaveLength(1);
	});

	it('Closed jobs are listed after open ones', async () => {
		const ids = valuesOf((await scroll({ resource: 'job' })).flat().slice(0, 1000));
		const status = new Map(testBed.sandbox.rows('jobs').map((row) => [String(row.id), row.status]));
		const isClosed = ids.map((id) => status.get(String(id)) === 'CLOSED');
		expect(isClosed).toEqual(isClosed.toSorted());
		expect(new Set(isClosed).size).toBe(2);
	});

	it.each([
		[{ resource: 'job' }, 'J-2025-0001', 'J-2025-0001 – Vánoční kampaň 2025 (5001)'],
		[{ resource: 'user' }, 'ema.novakova', 'Ema Nováková (11)'],
		[{ resource: 'overhead' }, 'CLI-1', "CLI-1 – Péče o klienta: O'Neill & Sons, Ltd. (6010)"],
		[{ resource: 'company' }, 'Neill & Sons', "O'Neill & Sons, Ltd. (30001)"],
	])('A record is listed by its number and one name: %j', async (parameters, filter, name) => {
		const { results } = await search(parameters, filter);
		expect(results.map((result) => result.name)).toContain(name);
	});

	it('The list continues to its end, each record once, in one request for each part', async () => {
		const answers = await scroll({ resource: 'job' });
		expect(valuesOf(answers.flat())).toEqual(idsOf(inListOrder(testBed.sandbox.rows('jobs'))));
		expect(answers.slice(0, -1).every(({ length }) => length === 50)).toBe(true);
		expect(testBed.sandbox.log.length).toBeLessThanOrEqual(answers.length + 1);
	});

	it('The list continues from one view of the resource to the next', async () => {
		const answers = await scroll({ resource: 'invoice' });
		const views = ['invoices.sales', 'invoices.purchase'].map((view) =>
			inListOrder(testBed.sandbox.rows(view)),
		);
		expect(valuesOf(answers.flat())).toEqual(idsOf(views.flat()));
		expect(testBed.sandbox.log.length).toBeLessThanOrEqual(answers.length + 2);
	});

	it('A number that has lost digits is not listed as an ID', async () => {
		const body =
			'{"metadata":{"nextOffset":null},"data":[{"id":9007199254740993},{"id":1e999},{"id":"9007199254740993"},{"id":7}]}';
		const headers = { 'content-type': 'application/json' };
		testBed.sandbox.fault({ kind: 'html', status: 200, body, headers });
		const { results } = await search({ resource: 'brand' });
		expect(valuesOf(results)).toEqual(['9007199254740993', '7']);
	});

	it('A record in two views is listed once', async () => {
		const answers = await scroll({ resource: 'company' });
		expect(valuesOf(answers.flat())).toEqual(idsOf(inListOrder(testBed.sandbox.rows('companies'))));
	});

	it('The chosen view is listed where records are rows of a view', async () => {
		const answers = await scroll({ resource: 'overhead', view: 'overheads.internal' });
		expect(valuesOf(answers.flat())).toEqual(
			idsOf(inListOrder(testBed.sandbox.rows('overheads.internal'))),
		);
	});

	it.each(['škoda', 'SKODA', '  skoda & zak ', 'S\u030Ckoda'])(
		'"%s" finds records in any case and with any accents',
		async (filter) => {
			const { results, paginationToken } = await search({ resource: 'company' }, filter);
			const rows = testBed.sandbox.rows('companies');
			const found = rows.filter(({ name }) => String(name).startsWith('Škoda & Žák'));
			expect(found.length).toBeGreaterThan(0);
			expect(valuesOf(results)).toEqual(expect.arrayContaining(idsOf(found)));
			expect(results.length).toBeLessThan(rows.length);
			expect(paginationToken).toBeUndefined();
		},
	);

	it('ID, number and properties find a record', async () => {
		const { id } = testBed.sandbox.insert('jobs', {
			name: 'Hidden',
			properties: { note: 'Věc číslo 🔑' },
		});
		const { number } = testBed.sandbox.rows('jobs').at(-1)!;
		for (const filter of [String(id), String(number), 'vec cislo 🔑']) {
			const { results } = await search({ resource: 'job' }, filter);
			expect(valuesOf(results)).toContain(String(id));
		}
	});

	it('A search scans a long list to its end and lists each match once', async () => {
		const answers = await scroll({ resource: 'job' }, '2026');
		const rows = testBed.sandbox.rows('jobs').filter((row) => JSON.stringify(row).includes('2026'));
		expect(rows.length).toBeGreaterThan(1000);
		expect(valuesOf(answers.flat()).sort()).toEqual(idsOf(rows).sort());
		expect(answers.every(({ length }) => length <= 50)).toBe(true);
	});

	it('A search scans few rows at a time, in whole pages', async () => {
		await search({ resource: 'job' }, 'nothing is called like this');
		expect(testBed.sandbox.log.map(({ query }) => query.limit)).toEqual(['1000', '1000']);
	});

	it.each([{ resource: 'opportunity' }, { resource: 'binder' }])(
		'The list of %j is empty',
		async (parameters) => {
			const given = { ...parameters, options: { unitId: 2 } };
			expect(await search(given)).toEqual({ results: [] });
			expect(await search(given, 'any')).toEqual({ results: [] });
		},
	);

	it('The list shows the chosen business unit', async () => {
		const answers = await scroll({ resource: 'job', options: { unitId: 2 } });
		expect(valuesOf(answers.flat())).toEqual(idsOf(inListOrder(testBed.sandbox.rows('jobs', 2))));
	});

	it('A view without IDs is explained', async () => {
		const body = {
			metadata: { nextOffset: null },
			data: [{ name: 'A' }, { id: null }, { id: {} }],
		};
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		const error = await caught(search({ resource: 'brand' }));
		expect(error.message).toBe('The rows of the view "brands" have no ID that can be used');
	});

	it('A record without a name is listed by its ID', async () => {
		const { id } = testBed.sandbox.insert('brands', { name: null });
		const { results } = await search({ resource: 'brand' }, String(id));
		expect(results).toEqual([{ name: String(id), value: String(id) }]);
	});

	it('A wrong key is explained', async () => {
		const error = await caught(search({ resource: 'job' }, undefined, undefined, wrongKey()));
		expect(error.message).toBe('Teamogy did not accept the API key');
		expect(error.description).toContain('Integrations → Public API');
		expect(JSON.stringify([error, error.message, error.stack])).not.toContain('not-the-key');
		expect(testBed.sandbox.log).toHaveLength(1);
	});

	it('A domain that is not a host is explained', async () => {
		const credentials = { teamogyApi: { ...testBed.sandbox.credential, domain: 'my teamogy' } };
		const error = await caught(search({ resource: 'job' }, undefined, undefined, { credentials }));
		expect(error.message).toContain('The Domain of the Teamogy API credential is not a host name');
		expect(error.description).toContain('e.g. yourcompany.teamogy.com');
	});
});

const documentType = (value: string): object => ({
	documentType: { __rl: true, mode: 'name', value },
});

describe('The list of columns', () => {
	const columns = async (parameters: object, more: object = {}): Promise<unknown[]> => {
		const options = await testBed.engine.loadOptions({
			...teamogy,
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
				...documentType('INVOICE.PURCHASE'),
			},
			'invoices.purchase',
		],
		[{ resource: 'document', operation: 'upsert', ...documentType('GEM') }, 'gems'],
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
			...teamogy,
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

	it('Without parameters the list says which parameters to pass', async () => {
		const error = await caught(
			testBed.engine.loadOptions({ ...teamogy, method: 'getColumns', parameters: {} }),
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
		expect(names).toEqual(['name (text)', 'dueDate (not seen in this view)']);
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
			'The Business Unit ID "x" is not a whole number',
		],
	])('%j is explained', async (parameters, message) => {
		const error = await caught(columns(parameters));
		expect(error.message).toBe(message);
		expect(error.description).toMatch(/\S/);
	});

	it('A wrong key is explained', async () => {
		const error = await caught(columns({ resource: 'job' }, wrongKey()));
		expect(error.message).toBe('Teamogy did not accept the API key');
		expect(testBed.sandbox.log).toHaveLength(1);
	});
});

describe('The list of document types', () => {
	const types = async (
		resource: string,
		filter?: string,
		more: object = {},
	): Promise<unknown[]> => {
		const { results, paginationToken } = await testBed.engine.listSearch({
			...teamogy,
			method: 'searchDocumentTypes',
			parameters: { resource, operation: 'create', ...more },
			filter,
		});
		expect(paginationToken).toBeUndefined();
		expect(testBed.sandbox.log).toEqual([]);
		return valuesOf(results);
	};

	it.each([
		['binder', ['BINDER']],
		['gem', ['GEM']],
		['purchaseOrder', ['DOCUMENT.ORDER.PURCHASE']],
		['salesQuotation', ['DOCUMENT.QUOTATION.SALES']],
		[
			'cashVoucher',
			[
				// The default comes first.
				'CASHBOX.DEBIT',
				'CASHBOX.CARD.DEBIT',
				'CASHBOX.CARD.DEBIT.BILL',
				'CASHBOX.CREDIT',
				'CASHBOX.DEBIT.BILL',
			],
		],
		[
			'invoice',
			['SALES', 'PURCHASE'].flatMap((side) =>
				['', '.CORRECTION', '.PREPAYMENT', '.PROFORMA'].map((kind) => `INVOICE.${side}${kind}`),
			),
		],
		['job', []],
	])('The types of the resource are listed: %s', async (resource, expected) => {
		expect(await types(resource)).toEqual(expected);
	});

	it('All 22 types are listed for documents', async () => {
		const all = await types('document');
		expect(new Set(all).size).toBe(22);
		expect(all).toHaveLength(22);
	});

	it.each([{ unitId: 'nonsense' }, { unitId: -1 }, { unitId: null }])(
		'The types are listed with the options %j, since no request is sent',
		async (options) => {
			expect(await types('binder', '', { options })).toEqual(['BINDER']);
		},
	);

	it('A search finds types in any case', async () => {
		const found = ['INVOICE.PURCHASE.PREPAYMENT', 'INVOICE.SALES.PREPAYMENT'];
		expect((await types('document', 'prepay')).sort()).toEqual(found);
		expect(await types('document', 'purchase corr')).toEqual(['INVOICE.PURCHASE.CORRECTION']);
		expect(await types('document', 'nothing')).toEqual([]);
	});
});

describe('The fields to write', () => {
	const mapping = async (parameters: object, more: object = {}) =>
		await testBed.engine.resourceMapping({
			...teamogy,
			method: 'getFields',
			parameters: { operation: 'create', ...parameters },
			path: 'parameters.fields',
			...more,
		});
	const fieldsOf = async (parameters: object, more: object = {}) =>
		(await mapping(parameters, more)).fields;
	const byId = (fields: ResourceMapperField[]): Record<string, ResourceMapperField> =>
		Object.fromEntries(fields.map((field) => [field.id, field]));

	it('The editor first shows the fields that getFields shows: with addAllFields false n8n hides the field to match on', async () => {
		const fields = byId(await fieldsOf({ resource: 'company', operation: 'upsert' }));
		expect([fields.name.removed, fields.id.removed]).toEqual([false, true]);
		const mappers = testBed.engine
			.description('teamogy')
			.properties.flatMap(({ typeOptions }) => typeOptions?.resourceMapper ?? []);
		expect(mappers.length).toBeGreaterThan(0);
		for (const mapper of mappers) expect(mapper.addAllFields).not.toBe(false);
	});

	/** The first row of a view, whose record gets enough properties to be the fullest row. */
	const enrich = (view: string, entity: string, fields: object): number => {
		const id = testBed.sandbox.rows(view)[0].id as number;
		const more = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`e${index}`, index]));
		const { properties, ...others } = { properties: {}, ...fields };
		testBed.sandbox.patch(entity, id, { ...others, properties: { ...more, ...properties } });
		return id;
	};

	it('A document has the documented fields first, then those of the fullest record of a sample', async () => {
		const id = enrich('invoices.purchase', 'documents', {
			ownField: 5,
			properties: { 'own-key': true, when: null },
		});
		const fields = await fieldsOf({ resource: 'invoice', ...documentType('INVOICE.PURCHASE') });
		expect(fields.slice(0, 2).map(({ id, required }) => [id, required])).toEqual([
			['ownerId', true],
			['companyId', true],
		]);
		const found = byId(fields);
		expect(found).toMatchObject({
			ownerId: { type: 'options', removed: false },
			statusDate: { type: 'string', required: false, removed: true },
			participantIds: { type: 'array' },
			acl: { type: 'object', displayName: 'Access Rights, e.g. {"read": {"users": [24]}}' },
			'properties.properties.companyLabelName': { type: 'string' },
			ownField: { type: 'string', displayName: 'ownField (Number)', removed: true },
			'properties.own-key': { type: 'options', displayName: 'Property own-key' },
			'properties.when': { type: 'string' },
		});
		for (const name of ['id', 'type']) expect(found).not.toHaveProperty([name]);
		expect(fields.some(({ canBeUsedToMatch }) => canBeUsedToMatch)).toBe(false);
		const log = testBed.sandbox.log.map(({ view, entity, query }) => [view ?? entity, query]);
		expect(log.slice(0, 2)).toEqual([
			['invoices.purchase', { limit: '100', offset: '0' }],
			['documents', { id: String(id) }],
		]);
	});

	it("A document type of the account's own has the fields of the resource's usual view", async () => {
		await fieldsOf({ resource: 'document', ...documentType('DOCUMENT.BRIEF') });
		expect(testBed.sandbox.log[0].view).toBe('documents');
	});

	it.each([
		['businessUnit', 'units', 'agencies'],
		['company', 'companies', 'companies'],
		['task', 'tasks', 'tasks'],
		['user', 'users', 'users'],
	])('Every field of a record of the sample is listed: %s', async (resource, view, entity) => {
		const fields = byId(await fieldsOf({ resource }));
		const [first, second] = testBed.sandbox.log;
		expect([first.view, second.entity]).toEqual([view, entity]);
		const sample = testBed.sandbox.rows(view).slice(0, 100);
		expect(idsOf(sample)).toContain(second.query.id);
		const record = testBed.sandbox
			.records(entity)
			.find(({ id }) => String(id) === second.query.id)!;
		const names = Object.keys(record).filter((name) => !['id', 'properties'].includes(name));
		const inner = Object.keys(record.properties as object).map((key) => `properties.${key}`);
		expect(Object.keys(fields)).toEqual(expect.arrayContaining([...names, ...inner]));
		expect(fields).not.toHaveProperty('id');
	});

	it('Fields are listed for every resource that can be written and every operation that shows them', async () => {
		const { properties } = testBed.engine.description('teamogy');
		const calls = properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ displayOptions, options = [] }) =>
				options.map((option) => ({
					resource: displayOptions!.show!.resource![0] as string,
					operation: (option as { value: string }).value,
				})),
			)
			.filter(({ operation }) => ['create', 'update', 'upsert'].includes(operation));
		expect(calls.length).toBeGreaterThan(30);
		for (const call of calls.filter(({ resource }) => resource !== 'person')) {
			const fields = await fieldsOf(call);
			expect([call, fields.length > 0]).toEqual([call, true]);
		}
	});

	it('The list needs few requests however long the view is', async () => {
		await fieldsOf({ resource: 'person' });
		expect(testBed.sandbox.rows('persons')).toHaveLength(PERSONS);
		const asked = testBed.sandbox.log.map(({ view, entity }) => view ?? entity);
		expect(asked).toEqual(['persons', 'persons', 'companies']);
	});

	it('A record with all fields is read alone, and two more records where records lack their empty fields', async () => {
		const readsOf = () => testBed.sandbox.log.filter(({ entity }) => entity).length;
		const whole = (await fieldsOf({ resource: 'task' })).map(({ id }) => id);
		expect(readsOf()).toBe(1);
		testBed.sandbox.clearLog();
		testBed.sandbox.set({
			interpose: ({ entity }, proceed) => {
				const { status, body } = proceed();
				const filled = Object.entries(body as object).filter(([, value]) => value !== null);
				return { status, body: entity ? Object.fromEntries(filled) : body };
			},
		});
		const sparse = (await fieldsOf({ resource: 'task' })).map(({ id }) => id);
		expect([readsOf() > 1, readsOf() <= 3]).toEqual([true, true]);
		expect(sparse.toSorted()).toEqual(whole.toSorted());
	});

	it.each([
		['timeEntry', ['userName', 'jobName', 'taskName', 'overheadName', 'companyId', 'companyName']],
		['job', ['companyName', 'brandName', 'binderName', 'ownerName', 'hoursTracked']],
		['task', ['jobName', 'companyName', 'userName', 'hoursTracked']],
		['user', ['name', 'agencyName']],
		['invoice', ['companyName', 'total', 'net', 'paymentStatus', 'dueDate']],
	])('What the view of a %s computes is not offered', async (resource, computed) => {
		const type = resource === 'invoice' ? documentType('INVOICE.SALES') : {};
		const fields = byId(await fieldsOf({ resource, ...type }));
		for (const name of computed) expect(fields).not.toHaveProperty([name]);
	});

	it('The list does not shrink where newer records have no values', async () => {
		const ids = async () => (await fieldsOf({ resource: 'timeEntry' })).map(({ id }) => id);
		const before = await ids();
		expect(before).toEqual(expect.arrayContaining(['note', 'taskId', 'overheadId', 'isBillable']));
		for (const { id } of testBed.sandbox.records('time').slice(0, 200))
			testBed.sandbox.patch('time', id, { note: null, taskId: null, hours: null });
		expect(await ids()).toEqual(before);
	});

	it('The list does not depend on the newest record', async () => {
		const before = await fieldsOf({ resource: 'company' });
		testBed.sandbox.insert('companies', { name: 'Bare' });
		expect(await fieldsOf({ resource: 'company' })).toEqual(before);
	});

	it('A time entry, which cannot be read by itself, has the fields of a row', async () => {
		const fields = byId(await fieldsOf({ resource: 'timeEntry' }));
		expect(fields).toMatchObject({
			jobId: { displayName: 'Job (jobId)', type: 'options' },
			hours: { displayName: 'hours (Number)', type: 'string' },
			date: { type: 'string' },
			note: { displayName: 'note', type: 'string' },
		});
		expect(testBed.sandbox.log.filter(({ entity }) => entity)).toEqual([]);
	});

	it('The properties of all rows of the sample are listed', async () => {
		const rows = testBed.sandbox.rows('companies').slice(0, 20);
		testBed.sandbox.patch('companies', rows[7].id as number, { properties: { own: 1 } });
		const fields = byId(await fieldsOf({ resource: 'company', operation: 'upsert' }));
		const inside = rows.flatMap(({ properties }) => Object.keys(properties as object));
		for (const key of [...inside, 'own']) expect(fields).toHaveProperty([`properties.${key}`]);
		expect(fields['properties.extName']).toMatchObject({ canBeUsedToMatch: true, removed: true });
	});

	it('A boolean is a choice without a default, and is not offered to match by', async () => {
		const { isClient } = byId(await fieldsOf({ resource: 'company', operation: 'upsert' }));
		expect(isClient).toMatchObject({
			type: 'options',
			options: [{ value: true }, { value: false }],
			canBeUsedToMatch: false,
		});
	});

	it('The documented fields are listed without a request while the node has no credential', async () => {
		const none = { credentials: false } as const;
		const fields = byId(await fieldsOf({ resource: 'company', operation: 'upsert' }, none));
		expect(fields.name).toMatchObject({ defaultMatch: true, removed: false });
		const { fields: ofJobs, emptyFieldsNotice } = await mapping({ resource: 'job' }, none);
		expect([ofJobs, emptyFieldsNotice]).toEqual([
			[],
			'The fields are loaded with the credential of the node. Once it has one, close the node and open it again.',
		]);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('Names that are not confirmed are marked until a record shows them', async () => {
		const names = async () => byId(await fieldsOf({ resource: 'person' })).firstName.displayName;
		expect(await names()).toBe('First Name');
		const body = { metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		expect(await names()).toBe('First Name (?)');
		const { properties } = testBed.engine.description('teamogy');
		const notices = properties.filter(({ name }) => name === 'unconfirmedNotice');
		expect(notices.length).toBeGreaterThan(0);
		for (const { displayName, displayOptions } of notices) {
			expect(displayName).toContain('(?)');
			expect(displayOptions!.show!.resource).toEqual(['company', 'person', 'user']);
		}
	});

	it('Create or Update also lists the ID, matches by single values, and requires nothing', async () => {
		const parameters = {
			operation: 'upsert',
			resource: 'invoice',
			...documentType('INVOICE.SALES'),
		};
		const fields = await fieldsOf(parameters);
		expect(fields[0]).toMatchObject({ id: 'id', canBeUsedToMatch: true, defaultMatch: false });
		expect(fields.filter(({ required }) => required)).toEqual([]);
		expect(byId(fields)).toMatchObject({
			number: { canBeUsedToMatch: true, defaultMatch: true, removed: false },
			tags: { canBeUsedToMatch: false },
			acl: { canBeUsedToMatch: false },
		});
	});

	it.each([
		['company', 'name'],
		['job', 'number'],
		['task', 'number'],
		['user', 'userName'],
		['person', 'email'],
	])(
		'The proposed match of a %s is its %s, since a new record cannot be given an ID',
		async (resource, match) => {
			const fields = await fieldsOf({ resource, operation: 'upsert' });
			const proposed = fields.filter(({ defaultMatch }) => defaultMatch);
			expect(proposed).toMatchObject([{ id: match, canBeUsedToMatch: true, removed: false }]);
		},
	);

	it('The proposed match is the ID where no other field names a record', async () => {
		const body = { metadata: { nextOffset: null }, data: [{ id: 1, street: 'X' }] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body, path: 'views/units' });
		testBed.sandbox.fault({ kind: 'status', status: 200, body: body.data[0], path: 'agencies' });
		const fields = await fieldsOf({ resource: 'businessUnit', operation: 'upsert' });
		expect(fields.filter(({ defaultMatch }) => defaultMatch).map(({ id }) => id)).toEqual(['id']);
	});

	it.each([403, 404])(
		'The documented fields are listed where reading is refused with the status %d',
		async (status) => {
			testBed.sandbox.fault({ kind: 'status', status, times: Infinity });
			const fields = await fieldsOf({ resource: 'invoice', ...documentType('INVOICE.SALES') });
			expect(fields.map(({ id }) => id)).toEqual(
				expect.arrayContaining(['ownerId', 'companyId', 'properties.name']),
			);
			// Jobs have no documented field, so the list shows the reason only.
			const { fields: ofJobs, emptyFieldsNotice } = await mapping({ resource: 'job' });
			expect(ofJobs).toEqual([]);
			expect(emptyFieldsNotice).toMatch(
				/^Teamogy (refused access to|does not know) the view "jobs"/,
			);
		},
	);

	it('The list shows the chosen business unit', async () => {
		const fields = byId(await fieldsOf({ resource: 'job', options: { unitId: 2 } }));
		expect(fields).toHaveProperty('name');
		expect(new Set(testBed.sandbox.log.map(({ unit }) => unit))).toEqual(new Set([2]));
		const ids = fields.ownerId.options!.map(({ value }) => String((value as number) ?? ''));
		expect(ids.toSorted()).toEqual(idsOf(testBed.sandbox.rows('users', 2)).toSorted());
	});

	describe('records to choose by name', () => {
		const optionsOf = (field: ResourceMapperField) => field.options as INodePropertyOptions[];
		const viewsAsked = () => testBed.sandbox.log.map(({ view }) => view);

		it('A time entry lists people, jobs and tasks by name, the open and newest first, in one request for each list', async () => {
			const { userId, jobId, taskId, agencyId } = byId(await fieldsOf({ resource: 'timeEntry' }));
			expect(viewsAsked().toSorted()).toEqual(
				['intervals.track', 'jobs', 'tasks', 'units', 'users'].toSorted(),
			);
			expect(optionsOf(userId).map(({ name }) => name)).toContain('Ema Nováková (11)');
			expect(optionsOf(userId)).toHaveLength(testBed.sandbox.rows('users').length);
			expect(optionsOf(agencyId)).toHaveLength(testBed.sandbox.rows('units').length);
			const jobs = testBed.sandbox.rows('jobs');
			const isOpen = new Map(jobs.map(({ id, status }) => [id, status !== 'CLOSED']));
			const values = optionsOf(jobId).map(({ value }) => value);
			expect(values).toHaveLength(1000);
			const open = jobs.filter(({ status }) => status !== 'CLOSED').map(({ id }) => id as number);
			expect(values.slice(0, open.length)).toEqual(open.toSorted((a, b) => b - a).slice(0, 1000));
			expect(isOpen.get(values[0])).toBe(true);
			expect(optionsOf(taskId)[0].name).toMatch(/^T-\d+ – .+ \(\d+\)$/);
		});

		it('No list is read where no field needs one', async () => {
			await fieldsOf({ resource: 'company' });
			expect(new Set(viewsAsked())).toEqual(new Set(['companies', undefined]));
		});

		it.each([403, 404, 500])(
			'A list that is answered with %d leaves the field to be filled with an ID',
			async (status) => {
				const fault = { kind: 'status', status, path: /views\/jobs/, times: Infinity } as const;
				testBed.sandbox.fault(fault);
				const fields = byId(await fieldsOf({ resource: 'timeEntry' }));
				expect(fields.jobId).toMatchObject({ type: 'string' });
				expect(fields.jobId).not.toHaveProperty('options');
				expect(fields.userId).toMatchObject({ type: 'options' });
			},
		);

		it('A view that refuses the usual columns is read with its own columns', async () => {
			testBed.sandbox.fault({ kind: 'status', status: 400, path: /views\/jobs\?columns/ });
			const { jobId } = byId(await fieldsOf({ resource: 'timeEntry' }));
			expect(optionsOf(jobId)[0].name).toMatch(/^J-\d+-\d+ – .+ \(\d+\)$/);
			expect(viewsAsked().filter((view) => view === 'jobs')).toHaveLength(2);
		});

		it.each([
			['in the list', 5001, /^J-\d+-0001 – .+ \(5001\)$/],
			['in the list, as text', '5001', /^J-\d+-0001 – .+ \(5001\)$/],
			['that is not in the list', 77, /^77 \(Not in the List\)$/],
		])('A mapped ID %s is an option, so that n8n keeps it', async (_what, jobId, name) => {
			testBed.sandbox.patch('jobs', 5001, { status: 'OPEN' });
			const fields = { value: { jobId }, schema: [] };
			const field = byId(await fieldsOf({ resource: 'timeEntry', fields })).jobId;
			const options = optionsOf(field).filter(({ value }) => value === jobId);
			expect(options.map((option) => option.name)).toEqual([expect.stringMatching(name)]);
		});

		it('An expression is no option', async () => {
			const fields = { value: { jobId: '={{ $json.id }}' } };
			const plain = byId(await fieldsOf({ resource: 'timeEntry' })).jobId;
			expect(byId(await fieldsOf({ resource: 'timeEntry', fields })).jobId.options).toEqual(
				plain.options,
			);
		});
	});

	// The editor does not show an error here and keeps its list of fields.
	it('A wrong key is explained in an empty list, and a list with fields stays', async () => {
		const { fields, emptyFieldsNotice } = await mapping({ resource: 'job' }, wrongKey());
		expect(fields).toEqual([]);
		expect(emptyFieldsNotice).toMatch(/^Teamogy did not accept the API key\. .*Public API/);
		expect(emptyFieldsNotice).toMatch(/ Then close the node and open it again\.$/);
		expect(emptyFieldsNotice).not.toContain('not-the-key');
		expect(testBed.sandbox.log).toHaveLength(1);

		const mapped = { resource: 'job', fields: { value: { name: 'A' } } };
		const error = await caught(fieldsOf(mapped, wrongKey()));
		expect(error.message).toBe('Teamogy did not accept the API key');
	});

	it('A view without records is explained in an empty list', async () => {
		const body = { metadata: { nextOffset: null }, data: [] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		expect(await mapping({ resource: 'job' })).toEqual({
			fields: [],
			emptyFieldsNotice: `The view "jobs" has no record that shows the fields. Choose 'Using JSON' under 'Specify Fields'.`,
		});
	});

	describe('mapped fields that the account does not show', () => {
		const parameters = { resource: 'company', operation: 'upsert' };
		/** A mapping written by a script: it has no schema. */
		const written = {
			mappingMode: 'defineBelow',
			value: { name: 'A', vatCode: 'CZ1', 'properties.own.key': 5, labels: ['x'], legal: { a: 1 } },
			matchingColumns: ['vatCode'],
		};

		it('Mapped fields are listed, shown, marked, and of a type that takes their values', async () => {
			const fields = byId(await fieldsOf({ ...parameters, fields: written }));
			expect(fields).toMatchObject({
				name: { displayName: 'Name', removed: false },
				vatCode: { displayName: 'vatCode (Not Seen)', type: 'string', canBeUsedToMatch: true },
				'properties.own.key': {
					displayName: 'Property own.key (Not Seen)',
					type: 'string',
					removed: false,
					required: false,
				},
				labels: { type: 'array', canBeUsedToMatch: false, removed: false },
				legal: { type: 'object', removed: false },
				industry: { displayName: 'Industry', removed: true },
			});
		});

		it('Mapped fields keep their saved type and stay hidden', async () => {
			const saved = (id: string, type: string, removed?: boolean) => ({ id, type, removed });
			const schema = [
				saved('rating', 'number', false),
				saved('since', 'dateTime', true),
				saved('vip', 'options', false),
				saved('odd', 'no type of n8n'),
			];
			const fields = byId(await fieldsOf({ ...parameters, fields: { value: null, schema } }));
			expect(fields).toMatchObject({
				rating: { type: 'string', displayName: 'rating (Number, Not Seen)', removed: false },
				since: { type: 'string', removed: true },
				vip: { type: 'options', options: [{ value: true }, { value: false }], removed: false },
				odd: { type: 'string', removed: false },
			});
		});

		it.each<[string, unknown, string[]]>([
			['nothing at all', undefined, []],
			['an empty object', {}, []],
			['text', 'name', []],
			['a list', ['name'], []],
			['a mapping that is empty', { mappingMode: 'defineBelow', value: null, schema: null }, []],
			['a value that is a list', { value: ['a'], schema: {} }, []],
			['a schema with gaps', { schema: [null, 'a', {}, { id: 5 }, { id: 'own' }] }, ['own']],
			['only the field to match on', { matchingColumns: ['own', 5] }, ['own']],
			['values that are not known yet', { value: { own: null, other: null } }, ['own', 'other']],
		])('The list is right with %s as mapping', async (_what, fields, more) => {
			const plain = await fieldsOf(parameters);
			const found = await fieldsOf({ ...parameters, fields });
			expect(found.map(({ id }) => id)).toEqual([...plain.map(({ id }) => id), ...more]);
		});

		it('Mapped fields are not marked without a sample', async () => {
			const of = async (more: object) =>
				byId(await fieldsOf({ resource: 'job', operation: 'create', fields: written }, more));
			expect((await of({ credentials: false })).vatCode.displayName).toBe('vatCode');
			const body = { metadata: { nextOffset: null }, data: [] };
			testBed.sandbox.fault({ kind: 'status', status: 200, body });
			expect((await of({})).vatCode.displayName).toBe('vatCode');
		});

		it('A mapping that the editor could not read is refused, so that it is not lost', async () => {
			const error = await caught(fieldsOf({ ...parameters, fields: null }));
			expect(error.message).toBe("An expression in 'Values to Send' has no data yet");
			expect(testBed.sandbox.log).toEqual([]);
		});

		const mappings: Array<[string, SavedMapping]> = [
			['written by a script', written],
			[
				'written by a script, to map automatically',
				{ ...written, mappingMode: 'autoMapInputData' },
			],
			[
				'saved by the editor, when the account still had the field',
				{
					...written,
					schema: [
						...['name', 'vatCode', 'labels'].map((id) => ({ id, removed: false })),
						...['properties.own.key', 'legal', 'old'].map((id) => ({ id, removed: true })),
					],
				},
			],
		];
		describe.each([{ old: false }, { old: true }])('the editor of n8n, %j', (version) => {
			it.each(mappings)('A mapping %s stays however often it is opened', async (_what, saved) => {
				let mapping = saved;
				for (const unit of [1, 2, 1]) {
					const given = { ...parameters, fields: mapping, options: { unitId: unit } };
					mapping = loadFields(mapping, await fieldsOf(given), version);
					expect(mapping.value).toEqual(written.value);
				}
				const schema = new Map(mapping.schema!.map(({ id, removed }) => [id, removed]));
				for (const { id, removed } of saved.schema ??
					Object.keys(written.value).map((id) => ({ id, removed: false })))
					expect([id, schema.get(id)]).toEqual([id, removed]);
			});
		});

		it('Mapped fields are sent as they are mapped', async () => {
			// The account has the field, on a record outside the sample.
			testBed.sandbox.insert('companies', { name: 'Last', properties: { 'own.key': 1 } });
			const mapping = loadFields(written, await fieldsOf({ ...parameters, fields: written }));
			const create = { resource: 'company', operation: 'create', fields: mapping };
			expect((await testBed.run(create)).error).toBeUndefined();
			expect(testBed.sandbox.log.at(-1)!.body).toEqual({
				name: 'A',
				vatCode: 'CZ1',
				labels: ['x'],
				legal: { a: 1 },
				properties: { 'own.key': 5 },
			});
		});
	});

	it('A change of unit or document type keeps the mapping, and a change of resource or view clears the record', () => {
		const dependencies = (name: string) =>
			testBed.engine
				.description('teamogy')
				.properties.filter((property) => property.name === name)
				.map(({ typeOptions }) => typeOptions?.loadOptionsDependsOn);
		const each = (name: string, expected: string[]) => {
			const found = dependencies(name);
			expect(found.length).toBeGreaterThan(0);
			expect(found).toEqual(found.map(() => expected));
		};
		each('fields', ['resource', 'operation']);
		each('recordId', ['resource', 'view']);
		each('documentType', ['resource']);
	});
});
