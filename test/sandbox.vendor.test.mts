/**
 * Requests recorded from the vendor's own client (0.0.8, unchanged, on Node.js 20), byte for byte, over a bare socket.
 * Only the host, the key and the length of the body are filled in. What they ask for is in the vendor's README and in
 * Teamogy's documentation.
 */
import { connect } from 'node:net';
import { startSandbox, type Sandbox } from './sandbox/index.mts';

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox();
});
beforeEach(() => sandbox.reset());
afterAll(async () => await sandbox.close());

interface Response {
	status: number;
	json: any;
}

/** Sends a request line with the headers the vendor's client sends, in their order and spelling. */
async function sendRaw(line: string, body?: string, port = sandbox.port): Promise<Response> {
	const head = [
		`${line} HTTP/1.1`,
		`host: localhost:${port}`,
		'connection: close',
		`Authorization: Bearer ${sandbox.apiKey}`,
		'Accept: application/json',
		'Content-type: application/json',
		'accept-language: *',
		'sec-fetch-mode: cors',
		'user-agent: node',
		'accept-encoding: br, gzip, deflate',
		...(body === undefined ? [] : [`content-length: ${Buffer.byteLength(body)}`]),
	];
	const text = await new Promise<string>((resolve, reject) => {
		const chunks: Buffer[] = [];
		const socket = connect(port, '127.0.0.1', () =>
			socket.write(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`),
		);
		socket.on('data', (chunk: Buffer) => chunks.push(chunk));
		socket.on('error', reject);
		socket.on('close', () => resolve(Buffer.concat(chunks).toString()));
	});
	const [, status] = /^HTTP\/1.1 (\d+)/.exec(text)!;
	return { status: Number(status), json: JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) };
}

const ids = ({ json }: Response) => json.data.map(({ id }: { id: number }) => id);
const idsWhere = (view: string, passes: (row: any) => boolean, unit = 1) =>
	sandbox
		.rows(view, unit)
		.filter(passes)
		.map(({ id }) => id);

/** The vendor's table of views, as their names stand in addresses. */
const VENDOR_VIEWS = [
	'units',
	'users',
	'groups',
	'companies',
	'companies.client',
	'companies.supplier',
	'persons',
	'brands',
	'documents',
	'documents.order.purchase',
	'documents.quotation.sales',
	'invoices.purchase',
	'invoices.sales',
	'internals.purchase',
	'internals.sales',
	'overheads.client',
	'overheads.internal',
	'cashboxes',
	'journal',
	'intervals.absence',
	'intervals.attendance',
	'intervals.track',
	'binders',
	'opportunities',
	'jobs',
	'tasks',
	'gems',
];

/** The vendor's table of entities, each with a record of the sandbox and a body. */
const VENDOR_ENTITIES: Array<[entity: string, id: number, body: object]> = [
	['users', 11, { userName: 'ivo', email: 'i@example.com', phone: '1', category: 'Employee' }],
	['agencies', 1, { name: 'John' }],
	['companies', 30_001, { name: 'John', address: [{ city: 'Praha' }] }],
	['persons', 24_001, { firstName: 'John' }],
	['documents', 100_001, { type: 'GEM', ownerId: 11, companyId: 30_001 }],
	['jobs', 5001, { name: 'John' }],
	['tasks', 60_001, { name: 'John' }],
];

describe('views', () => {
	test.each(VENDOR_VIEWS)('%s, page by page', async (view) => {
		const page = await sendRaw(`GET /rest/v1/1/views/${view}?limit=1000&offset=0`);
		expect(page.status).toBe(200);
		expect(ids(page)).toEqual(idsWhere(view, () => true).slice(0, 1000));
	});

	test.each<[string, string, (row: any) => boolean]>([
		['persons', 'columns=firstName,lastName&externalFilter=id%3E5', ({ id }) => id > 5],
		[
			'invoices.sales',
			'externalFilter=(type=%27INVOICE.SALES%27%20AND%20status=%27APPROVED%27)',
			({ type, status }) => type === 'INVOICE.SALES' && status === 'APPROVED',
		],
		[
			// The same as the documentation encodes it.
			'invoices.sales',
			'externalFilter=%28type%3D%27INVOICE.SALES%27%20AND%20status%3D%27APPROVED%27%29',
			({ type, status }) => type === 'INVOICE.SALES' && status === 'APPROVED',
		],
		['companies', 'externalFilter=isDisabled=false', ({ isDisabled }) => !isDisabled],
		// The first line of the parameters is empty.
		['companies', '&externalFilter=id%3E30003', ({ id }) => id > 30_003],
		[
			'companies',
			'externalFilter=name=%27100%25%20Bio%20+%20Fit%20s.r.o.%27',
			({ name }) => name === '100% Bio + Fit s.r.o.',
		],
		[
			'companies',
			'externalFilter=name=%27Kur%C3%BDr%2024/7%20s.r.o.%27',
			({ name }) => /24\/7/.test(name),
		],
		// A limit of the user's, before the client's own; parameters that no view has.
		['companies', 'limit=5', () => true],
		['companies', 'id=2&name=John', () => true],
	])('%s?%s', async (view, query, passes) => {
		const page = await sendRaw(`GET /rest/v1/1/views/${view}?${query}&limit=1000&offset=0`);
		expect(page.status).toBe(200);
		const expected = idsWhere(view, passes);
		expect(page.json.metadata.count).toBe(expected.length);
		if (query.startsWith('columns')) {
			expect(Object.keys(page.json.data[0])).toEqual(['firstName', 'lastName']);
		} else expect(ids(page)).toEqual(expected);
	});

	test('a page size of 0 in the editor asks for the page of the view', async () => {
		const page = await sendRaw('GET /rest/v1/1/views/groups?limit=0&offset=0');
		expect(page.json.metadata).toMatchObject({ limit: 1000, nextOffset: null });
	});

	test('unit 0, which the editor allows, where it exists', async () => {
		expect((await sendRaw('GET /rest/v1/0/views/jobs?limit=1000&offset=0')).status).toBe(404);
		const other = await startSandbox({ units: [0, 1] });
		const line = 'GET /rest/v1/0/views/units?limit=1000&offset=0';
		const page = await sendRaw(line, undefined, other.port);
		await other.close();
		expect([page.status, ids(page)]).toEqual([200, [0, 1, 18]]);
	});
});

describe.each(VENDOR_ENTITIES)('%s', (entity, id, body) => {
	test('GET', async () => {
		expect(await sendRaw(`GET /rest/v1/1/${entity}?id=${id}`)).toMatchObject({
			status: 200,
			json: { id },
		});
		// The first line of the parameters is empty.
		expect((await sendRaw(`GET /rest/v1/1/${entity}?&id=${id}`)).status).toBe(200);
	});

	test('POST, where an ID in the body means nothing', async () => {
		const text = JSON.stringify({ ...body, id }, null, 2);
		const { status, json } = await sendRaw(`POST /rest/v1/1/${entity}`, text);
		expect(status).toBe(200);
		expect(json.id).not.toBe(id);
		expect(sandbox.records(entity).find((record) => record.id === json.id)).toMatchObject(body);
	});

	test('PATCH by the query, and by the ID in the body', async () => {
		const { type: _, ...changes } = body as Record<string, unknown>;
		const text = JSON.stringify(changes);
		for (const [query, sent] of [
			[`?id=${id}`, text],
			['', JSON.stringify({ ...changes, id })],
		]) {
			const { status, json } = await sendRaw(`PATCH /rest/v1/1/${entity}${query}`, sent);
			expect([status, json.id]).toEqual([200, id]);
			expect(sandbox.records(entity).find((one) => one.id === id)).toMatchObject(changes);
		}
	});
});

test('POST time', async () => {
	const body = { type: 'TRACK', userId: 11, jobId: 5001, hours: 1 };
	expect((await sendRaw('POST /rest/v1/1/time', JSON.stringify(body))).status).toBe(200);
});

test('by ID and registration number together, as the vendor’s README shows', async () => {
	const [{ id, registrations }] = sandbox.records('companies') as any[];
	const query = `id=${id}&registration=${registrations.registration}`;
	expect((await sendRaw(`GET /rest/v1/1/companies?${query}`)).status).toBe(200);
});

/** The bodies that the documentation prints (R-docex), with the IDs it prints. */
const DOCUMENTED_BODIES = {
	smallest: {
		type: 'DOCUMENT.ISSUED',
		agencyId: 18,
		ownerId: 24,
		companyId: 30370,
		personId: 24409,
		binderId: 25619,
		properties: { name: 'Subject', createdOn: '2021-09-03', 'bodyRichtext-1': '<p>HTML</p>' },
	},
	'with an approval': {
		type: 'DOCUMENT.ISSUED',
		agencyId: 18,
		ownerId: 24,
		companyId: 30370,
		personId: 24409,
		binderId: 25619,
		setProcess: 'PROCESS-DOCUMENT.MANAGER.APPROVAL',
		properties: { name: 'Subject', createdOn: '2021-09-03', 'bodyRichtext-1': '<p>HTML</p>' },
	},
	'a letter': {
		type: 'DOCUMENT.ISSUED',
		agencyId: 18,
		ownerId: 24,
		companyId: 30370,
		personId: 24409,
		binderId: 25619,
		tags: ['tag1'],
		status: 'PROCESSING',
		statusDate: '2021-09-01',
		category: 'CATEGORY.DOCUMENT-LETTER',
		properties: {
			name: 'Subject',
			createdOn: '2021-09-03',
			'bodyRichtext-1': '<p>HTML</p>',
			'properties.companyName': 'Sample a.s.',
			'properties.companyLabelName': 'Ms. Sample',
			'properties.companyLabelNameSuffix': 'CEO',
			'properties.companyLabelAddress': 'Street 16\n15500 Praha\nCzechia',
		},
	},
	'a purchase order': {
		type: 'DOCUMENT.ORDER.PURCHASE',
		agencyId: 18,
		ownerId: 24,
		companyId: 30370,
		personId: 24409,
		binderId: 26582,
		tags: ['štítek'],
		status: 'PROCESSING',
		statusDate: '2021-09-01',
		category: '',
		acl: { read: { users: [], groups: [232] }, write: { users: [24], groups: [] } },
		properties: { name: 'Order' },
	},
};

test.each(Object.entries(DOCUMENTED_BODIES))('the documented body: %s', async (_, body) => {
	const { status, json } = await sendRaw('POST /rest/v1/18/documents', JSON.stringify(body));
	expect(status).toBe(200);
	const { setProcess, ...fields } = body as typeof body & { setProcess?: string };
	const record = sandbox.records('documents').find(({ id }) => id === json.id);
	expect(record).toMatchObject(fields);
	if (setProcess) expect(record).toMatchObject({ process: { name: setProcess } });
});
