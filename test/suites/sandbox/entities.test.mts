import { DOCUMENT_TYPES, type Row } from '../../sandbox/index.mts';
import { encodeFilter, openSandbox, shareSandbox } from '../../sandbox/testClient.mts';

const shared = shareSandbox({ strict: true });

describe('A request', () => {
	test('A request needs the API key as a bearer token', async () => {
		for (const key of ['', 'wrong', `${shared.sandbox.apiKey}x`]) {
			const { status, json } = await shared.get('1/views/jobs', { key });
			expect([status, typeof json.message]).toEqual([401, 'string']);
		}
		const headers = { authorization: shared.sandbox.apiKey };
		expect((await shared.get('1/views/jobs', { headers })).status).toBe(401);
	});

	test.each([
		['POST', '1/views/jobs', 405],
		['DELETE', '1/companies?id=30001', 405],
		['PUT', '1/companies?id=30001', 405],
		['GET', '1/time?id=500001', 405],
		['PATCH', '1/time?id=500001', 405],
		['GET', '1/views/nope', 404],
		['GET', '1/nope?id=1', 404],
		['GET', '1/companies/30001', 404],
		['GET', '1/views/a/b', 404],
		['GET', '9/companies?id=30001', 404],
	])('The request %s %s is refused with %i', async (method, path, status) => {
		const response = await shared.call(method, path, method === 'GET' ? {} : { body: {} });
		expect(response.status).toBe(status);
		if (path.includes('nope')) expect(response.json.message).toContain('nope');
		expect(shared.sandbox.log[0]).toMatchObject({ method, status, applied: false });
	});
});

/** The fields that the sandbox requires of a document, and of a user. */
const NEW_DOCUMENT = { type: 'DOCUMENT.ISSUED', ownerId: 11, companyId: 30001 };
const NEW_USER = { userName: 'ivo', email: 'ivo@example.com', phone: '+420 1', category: 'USER' };

describe('An entity', () => {
	test('An entity is read by ID, by registration number and by both', async () => {
		const invoice = shared.sandbox
			.records('documents')
			.find((record) => record.type === 'INVOICE.SALES')!;
		const number = String(invoice.number);
		expect((await shared.get(`1/documents?id=${invoice.id}`)).json).toEqual(invoice);
		expect((await shared.get(`1/documents?registration=${number}`)).json).toEqual(invoice);
		expect((await shared.get(`1/documents?id=${invoice.id}&registration=${number}`)).status).toBe(
			200,
		);
		expect((await shared.get(`1/documents?id=100001&registration=${number}`)).status).toBe(404);
		const missing = await shared.get(`1/documents?id=1&registration=${number}`);
		expect(missing.status).toBe(404);
		expect(missing.json.message).toContain(`id 1 and registration "${number}" in unit 1`);
		expect((await shared.get('1/documents')).status).toBe(400);
		expect((await shared.get(`1/documents?number=${number}`)).status).toBe(400);
		shared.sandbox.set({ registrationParameter: 'number', wrapEntity: true });
		expect((await shared.get(`1/documents?number=${number}`)).json).toEqual({ data: invoice });
		expect((await shared.get(`1/documents?registration=${number}`)).status).toBe(400);
	});

	test('An entity is found by a filter in its own case, or in any case where that is set', async () => {
		const { name } = shared.sandbox.insert('companies', { name: 'Žluťoučký Kůň' });
		const query = encodeFilter(`name='${String(name).toUpperCase()}'`);
		const rows = async () =>
			(await shared.get(`1/views/companies?${query}`)).json.data.map((row: Row) => row.name);
		expect(await rows()).toEqual([]);
		shared.sandbox.set({ ignoreCase: true });
		expect(await rows()).toEqual([name]);
		shared.sandbox.set({ ignoreCase: false, compareBy: (value) => String(value).length });
		expect(await rows()).toContain(name);
	});

	test('An entity is not found in another unit', async () => {
		const [job] = shared.sandbox.rows('jobs', 2);
		expect((await shared.get(`1/jobs?id=${job.id}`)).status).toBe(404);
		expect((await shared.get(`2/jobs?id=${job.id}`)).status).toBe(200);
	});

	test.each([
		['companies', { name: 'Nová & syn', isClient: true }, 'companies.client'],
		['persons', { firstName: 'Ivo', lastName: "D'Arc", companyId: 30001 }, 'persons'],
		['users', NEW_USER, 'users'],
		['agencies', { name: 'Studio Ostrava' }, 'units'],
		['jobs', { name: 'Job', companyId: 30001, ownerId: 11 }, 'jobs'],
		['tasks', { name: 'Task', jobId: 5001, userId: 11 }, 'tasks'],
		[
			'time',
			{ type: 'TRACK', userId: 11, jobId: 5001, hours: 1.5, date: '2026-11-19' },
			'intervals.track',
		],
		['time', { type: 'ATTENDANCE', userId: 11, timeFrom: '08:00' }, 'intervals.attendance'],
		['time', { type: 'ABSENCE', userId: 11 }, 'intervals.absence'],
	])('An entity is created by POST and shows in its view: %s', async (entity, body, view) => {
		const before = shared.sandbox.rows(view).length;
		const { status, json } = await shared.post(entity, body);
		expect(status).toBe(200);
		const rows = shared.sandbox.rows(view);
		expect(rows).toHaveLength(before + 1);
		expect(rows.at(-1)).toMatchObject(body);
		expect(json.id).toBe(rows.at(-1)!.id);
		expect(shared.sandbox.log[0]).toMatchObject({ applied: true, entity, body });
	});

	test.each(Object.keys(DOCUMENT_TYPES))(
		'A document has its view and its number: %s',
		async (type) => {
			const { status, json } = await shared.post('documents', { ...NEW_DOCUMENT, type });
			expect(status).toBe(200);
			expect(json.number).toMatch(/^[A-Z]+-2026-\d{4}$/);
			const views: [RegExp, string][] = [
				[/^INVOICE\.SALES/, 'invoices.sales'],
				[/^INVOICE\.PURCHASE/, 'invoices.purchase'],
				[/^CASHBOX/, 'cashboxes'],
				[/^BINDER/, 'binders'],
				[/^GEM$/, 'gems'],
				[/ORDER\.PURCHASE/, 'documents.order.purchase'],
				[/QUOTATION/, 'documents.quotation.sales'],
				[/./, 'documents'],
			];
			const view = views.find(([pattern]) => pattern.test(type))![1];
			const expected = { ...json, type, companyName: "O'Neill & Sons, Ltd.", agencyId: 1 };
			expect(shared.sandbox.rows(view).at(-1)).toMatchObject(expected);
		},
	);

	test.each<[string, object]>([
		['type', { type: undefined }],
		['type', { type: 'NOPE' }],
		['ownerId', { ownerId: undefined }],
		['ownerId', { ownerId: '11' }],
		['companyId', { companyId: null }],
		['companyId', { companyId: 1 }],
		['status', { status: 'NOPE' }],
		['statusDate', { statusDate: '20.11.2026' }],
		['properties', { properties: [] }],
		['properties.nope', { properties: { nope: 'x' } }],
		['properties.createdOn', { properties: { createdOn: '2026-02-30' } }],
		['properties.amountNet', { properties: { amountNet: '1' } }],
		['tags', { tags: 'a' }],
		['isDraft', { isDraft: 'no' }],
		['setProcess', { setProcess: 5 }],
		['acl', { acl: [] }],
		['id', { id: 5 }],
	])(
		'An entity is not created where the field %s of a document is wrong: %j',
		async (field, wrong) => {
			const before = shared.sandbox.records('documents').length;
			const { status, json } = await shared.post('documents', { ...NEW_DOCUMENT, ...wrong });
			expect([status, json.message.split(':')[0]]).toEqual([400, field]);
			expect(shared.sandbox.records('documents')).toHaveLength(before);
			expect(shared.sandbox.log[0].applied).toBe(false);
		},
	);

	test.each([
		['jobs', 'status', 'NOPE'],
		['jobs', 'category', 'NOPE'],
		['tasks', 'status', 'NEW'],
		['tasks', 'category', 'NOPE'],
		['companies', 'category', 'NOPE'],
		['time', 'type', 'NOPE'],
		['time', 'status', 'NOPE'],
		['time', 'category', 'NOPE'],
	])(
		'An entity is not created with a value that is not configured: %s, %s',
		async (entity, field, value) => {
			const { status, json } = await shared.post(entity, { [field]: value });
			expect([status, json.message]).toEqual([400, expect.stringMatching(`^${field}: "${value}"`)]);
		},
	);

	test('An entity takes any category where it is unknown whether categories are configured', async () => {
		const user = { userName: 'new', email: 'new@agency.example', phone: '1', category: 'NOPE' };
		expect((await shared.post('users', user)).status).toBe(200);
		expect((await shared.post('persons', { category: 'NOPE' })).status).toBe(200);
	});

	test.each(['companies', 'persons', 'agencies', 'jobs', 'tasks', 'time'])(
		'An entity is created without any field where none is documented as required: %s',
		async (entity) => expect((await shared.post(entity, {})).status).toBe(200),
	);

	test('An entity takes the properties that the configuration of the account has', async () => {
		const properties = { companies: { extId: 'text', score: 'number' } } as const;
		const { post } = await openSandbox({ properties });
		const write = async (given: object) => (await post('companies', { properties: given })).status;
		expect(await write({ extId: '42', score: 5, note: null })).toBe(200);
		expect(await write({ extId: 42 })).toBe(400);
		expect(await write({ other: 1 })).toBe(400);
		shared.sandbox.patch('companies', 30001, { properties: { other: 1 } });
		expect((await shared.post('companies', { properties: { other: 2 } })).status).toBe(200);
	});

	test('An entity is refused where the body is no JSON object or is not labelled as JSON', async () => {
		for (const body of ['[]', '"x"', '{"name":'])
			expect((await shared.post('companies', body)).status).toBe(400);
		const headers = { 'content-type': 'text/plain' };
		expect((await shared.post('companies', '{}', { headers })).status).toBe(415);
		expect((await shared.call('POST', '1/companies?id=5', { body: {} })).status).toBe(400);
	});

	test('An entity is changed by PATCH, which merges properties by key and keeps null and empty text', async () => {
		const changes = { tags: ['a'], properties: { note: '', extName: null, vatRate: 7 } };
		const { status, json } = await shared.patch('documents?id=100001', changes);
		expect([status, json]).toEqual([200, { id: 100001, number: 'SLO-2025-0001' }]);
		const record = shared.sandbox.records('documents').find(({ id }) => id === 100001)!;
		expect(record).toMatchObject(changes);
		expect((record.properties as Row).name).toBeTruthy();
		const row = await shared.get(`1/views/binders?${encodeFilter('properties.vatRate=7')}`);
		expect(row.json.metadata.count).toBe(1);
		expect((await shared.patch('documents?id=100001', { id: 5 })).status).toBe(400);
		expect((await shared.patch('documents', {})).status).toBe(400);
		shared.sandbox.set({ writeResponse: 'record' });
		expect((await shared.patch('documents?id=100001', { tags: [] })).json).toMatchObject({
			tags: [],
			type: 'BINDER',
		});
	});

	test('An entity shows a change in every view that repeats it', async () => {
		await shared.patch('companies?id=30001', { name: 'Renamed' });
		expect(shared.sandbox.rows('jobs')[0].companyName).toBe('Renamed');
		const before = shared.sandbox.rows('jobs')[0].hoursTracked as number;
		await shared.post('time', { userId: 11, jobId: 5001, hours: 0.75 });
		expect(shared.sandbox.rows('jobs')[0].hoursTracked).toBe(before + 0.75);
		const invoice = shared.sandbox
			.rows('invoices.sales')
			.find((row) => row.status === 'PROCESSING')!;
		const lines = () =>
			shared.sandbox.rows('journal').filter((row) => row.documentId === invoice.id);
		expect(lines()).toHaveLength(0);
		await shared.patch(`documents?id=${invoice.id}`, { status: 'APPROVED' });
		expect(lines()).toHaveLength(3);
		await shared.post('companies', { name: 'X', brands: [{ name: 'Brand X' }] });
		expect(shared.sandbox.rows('brands').at(-1)).toMatchObject({
			name: 'Brand X',
			companyName: 'X',
		});
	});

	test('A new business unit has views that can be read at once', async () => {
		const { json } = await shared.post('agencies', { name: 'Studio Ostrava' });
		expect((await shared.get(`${json.id}/views/jobs`)).json.data).toEqual([]);
	});

	test('An entity is refused without its required fields: those of a user, and the unit where that is set', async () => {
		for (const field of Object.keys(NEW_USER)) {
			const { status, json } = await shared.post('users', { ...NEW_USER, [field]: undefined });
			expect([status, json.message]).toEqual([400, `${field}: is required.`]);
		}
		const { status, json } = await shared.post('users', NEW_USER);
		expect(status).toBe(200);
		expect((await shared.patch(`users?id=${json.id}`, { email: null })).status).toBe(400);
		shared.sandbox.set({ agencyId: 'required' });
		const { json: refused } = await shared.post('documents', NEW_DOCUMENT);
		expect(refused.message).toBe('agencyId: is required.');
		expect((await shared.post('documents', { ...NEW_DOCUMENT, agencyId: 1 })).status).toBe(200);
	});

	test('An entity keeps the properties that a change leaves out, or loses them where that is set', async () => {
		const properties = () => shared.sandbox.records('companies')[0].properties as Row;
		const before = properties();
		await shared.patch('companies?id=30001', { properties: { note: 'a' } });
		expect(properties()).toEqual({ ...before, note: 'a' });
		shared.sandbox.set({ patchProperties: 'replace' });
		await shared.patch('companies?id=30001', { name: 'B' });
		expect(properties()).toEqual({ ...before, note: 'a' });
		await shared.patch('companies?id=30001', { properties: { note: 'b' } });
		expect(properties()).toEqual({ note: 'b' });
	});

	test('An entity is answered with 201 or without a body where that is set', async () => {
		shared.sandbox.set({ createdStatus: 201 });
		const created = await shared.post('companies', { name: 'A' });
		expect([created.status, created.json]).toEqual([201, { id: expect.any(Number) as number }]);
		expect((await shared.patch(`companies?id=${created.json.id}`, { name: 'B' })).status).toBe(200);
		shared.sandbox.set({ writeResponse: 'nothing' });
		const nothing = [
			await shared.post('companies', { name: 'C' }),
			await shared.patch('companies?id=30001', { name: 'D' }),
		];
		expect(nothing.map(({ status, text }) => [status, text])).toEqual([
			[204, ''],
			[204, ''],
		]);
		expect(shared.sandbox.records('companies').at(-1)).toMatchObject({ name: 'C' });
	});

	test('An entity starts its approval by setProcess', async () => {
		const name = 'PROCESS-DOCUMENT.MANAGER.APPROVAL';
		await shared.post('documents', { ...NEW_DOCUMENT, setProcess: name });
		expect(shared.sandbox.records('documents').at(-1)).toMatchObject({ process: { name } });
	});
});
