/**
 * Requests recorded from the vendor's own client (0.0.8, unchanged, on Node.js 20), byte for byte, over a bare socket.
 * Only the host, the key and the length of the body are filled in. What they ask for is in the vendor's README and in
 * Teamogy's documentation. Requests that were not recorded say so.
 */
import { startSandbox } from '../../sandbox/index.mts';
import { sendRaw, shareSandbox } from '../../sandbox/testClient.mts';

const shared = shareSandbox();

interface Response {
	status: number;
	json: any;
}

/** Sends a request line with the headers that the vendor's client sends, in their order and spelling. */
async function send(line: string, body = '', port = shared.sandbox.port): Promise<Response> {
	const head = [
		`${line} HTTP/1.1`,
		`host: localhost:${port}`,
		'connection: close',
		`Authorization: Bearer ${shared.sandbox.apiKey}`,
		'Accept: application/json',
		'Content-type: application/json',
		'accept-language: *',
		'sec-fetch-mode: cors',
		'user-agent: node',
		'accept-encoding: br, gzip, deflate',
		...(body ? [`content-length: ${Buffer.byteLength(body)}`] : []),
	];
	const text = await sendRaw(port, `${head.join('\r\n')}\r\n\r\n${body}`);
	const [, status] = /^HTTP\/1.1 (\d+)/.exec(text)!;
	return { status: Number(status), json: JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) };
}

const ids = ({ json }: Response) => json.data.map(({ id }: { id: number }) => id);
const idsWhere = (view: string, passes: (row: any) => boolean, unit = 1) =>
	shared.sandbox.rows(view, unit).flatMap((row) => (passes(row) ? [row.id] : []));

const isApproved = ({ type, status }: any) => type === 'INVOICE.SALES' && status === 'APPROVED';

/** The vendor's table of views, as their names stand in addresses. */
const VENDOR_VIEWS = `
	units users groups companies companies.client companies.supplier persons brands documents
	documents.order.purchase documents.quotation.sales invoices.purchase invoices.sales
	internals.purchase internals.sales overheads.client overheads.internal cashboxes journal
	intervals.absence intervals.attendance intervals.track binders opportunities jobs tasks gems`
	.trim()
	.split(/\s+/);

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

describe('A view of the vendor’s client', () => {
	test.each(VENDOR_VIEWS)('A view of the vendor’s client gives its pages: %s', async (view) => {
		const page = await send(`GET /rest/v1/1/views/${view}?limit=1000&offset=0`);
		expect(page.status).toBe(200);
		expect(ids(page)).toEqual(idsWhere(view, () => true).slice(0, 1000));
	});

	test.each<[string, string, (row: any) => boolean]>([
		['persons', 'columns=firstName,lastName&externalFilter=id%3E5', ({ id }) => id > 5],
		[
			'invoices.sales',
			'externalFilter=(type=%27INVOICE.SALES%27%20AND%20status=%27APPROVED%27)',
			isApproved,
		],
		[
			// The same as the documentation encodes it.
			'invoices.sales',
			'externalFilter=%28type%3D%27INVOICE.SALES%27%20AND%20status%3D%27APPROVED%27%29',
			isApproved,
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
	])(
		'A view of the vendor’s client takes the query as it is sent: %s?%s',
		async (view, query, passes) => {
			const page = await send(`GET /rest/v1/1/views/${view}?${query}&limit=1000&offset=0`);
			expect(page.status).toBe(200);
			const expected = idsWhere(view, passes);
			expect(page.json.metadata.count).toBe(expected.length);
			if (query.startsWith('columns')) {
				expect(Object.keys(page.json.data[0])).toEqual(['firstName', 'lastName']);
			} else expect(ids(page)).toEqual(expected);
		},
	);

	// Not recorded: these are the characters that `encodeURI` leaves, without & and #.
	test('A view of the vendor’s client takes every character that the client leaves raw', async () => {
		const name = '=(),:/+*!~$;?@';
		const { id } = shared.sandbox.insert('companies', { name });
		const query = `columns=id,name&externalFilter=(name=%27${name}%27)`;
		expect(ids(await send(`GET /rest/v1/1/views/companies?${query}`))).toEqual([id]);
	});

	// Not recorded: what the client makes of `name='A & B'`.
	test('A view of the vendor’s client refuses a filter that a raw ampersand cuts off', async () => {
		const query = 'externalFilter=name=%27A%20&%20B%27';
		expect((await send(`GET /rest/v1/1/views/companies?${query}`)).status).toBe(400);
	});

	test('A view of the vendor’s client gives its own page size where the editor has 0', async () => {
		const page = await send('GET /rest/v1/1/views/groups?limit=0&offset=0');
		expect(page.json.metadata).toMatchObject({ limit: 1000, nextOffset: null });
	});

	test('A view of the vendor’s client is read in unit 0, which the editor allows, where that unit exists', async () => {
		expect((await send('GET /rest/v1/0/views/jobs?limit=1000&offset=0')).status).toBe(404);
		const other = await startSandbox({ units: [0, 1] });
		const line = 'GET /rest/v1/0/views/units?limit=1000&offset=0';
		const page = await send(line, '', other.port);
		await other.close();
		expect([page.status, ids(page)]).toEqual([200, [0, 1, 18]]);
	});
});

describe.each(VENDOR_ENTITIES)('An entity of the vendor’s client: %s', (entity, id, body) => {
	test('An entity of the vendor’s client is read by GET', async () => {
		expect(await send(`GET /rest/v1/1/${entity}?id=${id}`)).toMatchObject({
			status: 200,
			json: { id },
		});
		// The first line of the parameters is empty.
		expect((await send(`GET /rest/v1/1/${entity}?&id=${id}`)).status).toBe(200);
	});

	test('An entity of the vendor’s client is created by POST, and an ID in the body is ignored', async () => {
		const text = JSON.stringify({ ...body, id }, null, 2);
		const { status, json } = await send(`POST /rest/v1/1/${entity}`, text);
		expect(status).toBe(200);
		expect(json.id).not.toBe(id);
		expect(shared.sandbox.records(entity).find((record) => record.id === json.id)).toMatchObject(
			body,
		);
	});

	test('An entity of the vendor’s client is changed by PATCH with the ID in the query or in the body', async () => {
		const { type: _, ...changes } = body as Record<string, unknown>;
		const text = JSON.stringify(changes);
		for (const [query, sent] of [
			[`?id=${id}`, text],
			['', JSON.stringify({ ...changes, id })],
		]) {
			const { status, json } = await send(`PATCH /rest/v1/1/${entity}${query}`, sent);
			expect([status, json.id]).toEqual([200, id]);
			expect(shared.sandbox.records(entity).find((one) => one.id === id)).toMatchObject(changes);
		}
	});
});

test('A time entry is created by POST', async () => {
	const body = { type: 'TRACK', userId: 11, jobId: 5001, hours: 1 };
	expect((await send('POST /rest/v1/1/time', JSON.stringify(body))).status).toBe(200);
});

test('A company is read by ID and registration number together, as the vendor’s README shows', async () => {
	const [{ id, registrations }] = shared.sandbox.records('companies') as any[];
	const query = `id=${id}&registration=${registrations.registration}`;
	expect((await send(`GET /rest/v1/1/companies?${query}`)).status).toBe(200);
});

/** The bodies that the documentation prints (R-docex), with the IDs it prints. */
const SMALLEST = {
	type: 'DOCUMENT.ISSUED',
	agencyId: 18,
	ownerId: 24,
	companyId: 30370,
	personId: 24409,
	binderId: 25619,
	properties: { name: 'Subject', createdOn: '2021-09-03', 'bodyRichtext-1': '<p>HTML</p>' },
};
const LETTER = {
	...SMALLEST,
	tags: ['tag1'],
	status: 'PROCESSING',
	statusDate: '2021-09-01',
	category: 'CATEGORY.DOCUMENT-LETTER',
	properties: {
		...SMALLEST.properties,
		'properties.companyName': 'Sample a.s.',
		'properties.companyLabelName': 'Ms. Sample',
		'properties.companyLabelNameSuffix': 'CEO',
		'properties.companyLabelAddress': 'Street 16\n15500 Praha\nCzechia',
	},
};
const PURCHASE_ORDER = {
	...LETTER,
	type: 'DOCUMENT.ORDER.PURCHASE',
	binderId: 26582,
	tags: ['štítek'],
	category: '',
	acl: { read: { users: [], groups: [232] }, write: { users: [24], groups: [] } },
	properties: { name: 'Order' },
};

test.each<[string, object]>([
	['the smallest one', SMALLEST],
	['one with an approval', { ...SMALLEST, setProcess: 'PROCESS-DOCUMENT.MANAGER.APPROVAL' }],
	['a letter', LETTER],
	['a purchase order', PURCHASE_ORDER],
])('POST documents takes the documented body: %s', async (_, body) => {
	const { status, json } = await send('POST /rest/v1/18/documents', JSON.stringify(body));
	expect(status).toBe(200);
	const { setProcess, ...fields } = body as { setProcess?: string };
	const record = shared.sandbox.records('documents').find(({ id }) => id === json.id);
	expect(record).toMatchObject(setProcess ? { ...fields, process: { name: setProcess } } : fields);
});
