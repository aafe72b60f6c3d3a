import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { Client, type Dispatcher } from 'undici';
import { Budget } from './sandbox/budget.mts';
import { compile, evaluate, FilterError, parseFilter } from './sandbox/filter.mts';
import {
	DOCUMENT_TYPES,
	startSandbox,
	VIEW_NAMES,
	type FaultRule,
	type LoggedRequest,
	type PushRule,
	type Row,
	type Sandbox,
	type SandboxOptions,
} from './sandbox/index.mts';
import { parseFault } from './sandbox/orders.mts';
import { toXml } from './sandbox/push.mts';
import { rulesOf } from './sandbox/registers.mts';

interface Answer {
	status: number;
	headers: Dispatcher.ResponseData['headers'];
	text: string;
	json: any;
}

type CallOptions = { headers?: Record<string, string>; body?: unknown; key?: string };

const cleanUp: (() => Promise<unknown>)[] = [];

/** A sandbox and a client that sends paths exactly as written. Both end with the test file. */
async function open(options: SandboxOptions = {}) {
	const sandbox = await startSandbox(options);
	const client = new Client(sandbox.domain);
	cleanUp.push(
		() => client.destroy(),
		() => sandbox.close(),
	);
	const call = async (method: string, path: string, options: CallOptions = {}): Promise<Answer> => {
		const { statusCode, headers, body } = await client.request({
			method: method as 'GET',
			path: `/rest/v1/${path}`,
			headers: {
				authorization: `Bearer ${options.key ?? sandbox.apiKey}`,
				...(options.body !== undefined && { 'content-type': 'application/json' }),
				...options.headers,
			},
			body:
				options.body === undefined || typeof options.body === 'string'
					? (options.body as string | undefined)
					: JSON.stringify(options.body),
		});
		const text = await body.text();
		let json: unknown;
		try {
			json = JSON.parse(text);
		} catch {
			json = undefined;
		}
		return { status: statusCode, headers, text, json };
	};
	return {
		sandbox,
		call,
		get: (path: string, options?: CallOptions) => call('GET', path, options),
		post: (entity: string, body: unknown, options?: CallOptions) =>
			call('POST', `1/${entity}`, { ...options, body }),
		patch: (path: string, body: unknown) => call('PATCH', `1/${path}`, { body }),
	};
}

/** A filter as the documentation encodes it. */
function filter(text: string): string {
	const encoded = encodeURIComponent(text).replace(
		/['()!*]/g,
		(character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
	);
	return `externalFilter=${encoded}`;
}

let shared: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
	// Strict, as for the nodes; what others may send is in sandbox.vendor.test.mts.
	shared = await open({ strict: true });
});
beforeEach(() => shared.sandbox.reset());
afterAll(async () => {
	for (const end of cleanUp.reverse()) await end();
});

describe('The filter grammar', () => {
	const rows = [
		{ id: 1, name: 'Ema', active: true, due: null, properties: { name: 'x', 'a-1': 7 } },
		{ id: 2, name: "O'Neill", active: false, due: '2026-01-02', properties: { name: null } },
		{ id: 3, name: '1', active: true, due: '2026-03-04', properties: {} },
	];
	const found = (text: string) => rows.filter(compile(parseFilter(text))).map((row) => row.id);

	test.each([
		['id=1', [1]],
		['id>1', [2, 3]],
		['id>-1.5', [1, 2, 3]],
		['active=true', [1, 3]],
		["name='O''Neill'", [2]],
		["name=''", []],
		["name='1'", [3]],
		['name=1', []],
		["due>'2026-01-31'", [3]],
		['id=1 OR id=2 AND active=true', [1]],
		['(id=1 OR id=2) AND active=true', [1]],
		['NOT id=1', [2, 3]],
		['NOT id=1 AND active=true', [3]],
		['NOT (id=1 OR id=2)', [3]],
		['NOT NOT id=1', [1]],
		["due='2026-01-02'", [2]],
		["NOT due='2026-01-02'", [3]],
		["due='2026-01-02' OR id=1", [1, 2]],
		["NOT (due='2026-01-02' AND id=1)", [2, 3]],
		["properties.name='x'", [1]],
		['properties.a-1=7', [1]],
		['  id  =\n1\tOR(id=3)', [1, 3]],
	])('%s', (text, ids) => expect(found(text)).toEqual(ids));

	test.each([
		['', 1],
		['id', 3],
		['id=', 4],
		['id>=1', 4],
		['id<1', 3],
		['id!=1', 3],
		['id<>1', 3],
		['id==1', 4],
		['id=1;', 5],
		['id=1--', 5],
		['id=1 -- x', 6],
		['id=null', 4],
		['id IS NULL', 4],
		["name LIKE 'a'", 6],
		['id IN (1,2)', 4],
		['id=ANY(1)', 4],
		['ANY(id=1)', 1],
		['id=1 and id=2', 6],
		['NOTid=1 OR', 11],
		['id="1"', 4],
		["name='x", 6],
		["name=''x'", 8],
		['(id=1', 6],
		['id=1)', 5],
		['id=name', 4],
		['1=id', 1],
		['id=1e3', 4],
		['id=1.', 4],
		['true', 1],
		['id=TRUE', 4],
	])('refuses %s at %i', (text, position) => {
		expect(() => parseFilter(text)).toThrow(FilterError);
		try {
			parseFilter(text);
		} catch (caught) {
			expect((caught as FilterError).position).toBe(position);
			expect((caught as FilterError).message).toContain(`Position ${position}.`);
		}
	});

	test('takes any value as exactly one literal', () => {
		const hostile = fc.oneof(
			fc.string({ unit: 'grapheme' }),
			fc.string({ unit: 'binary' }),
			fc.constantFrom("' OR id>0 OR name='", "';--", "''", "'", "\\'", '\u0000', "x' AND NOT ('"),
		);
		fc.assert(
			fc.property(hostile, (value) => {
				const ast = parseFilter(`name='${value.replaceAll("'", "''")}'`);
				expect(ast).toEqual({ kind: 'comparison', column: 'name', operator: '=', value });
				expect(evaluate(ast, { name: value })).toBe(true);
				expect(evaluate(ast, { name: `${value}x` })).toBe(false);
			}),
		);
	});

	test('is fast with many terms and many rows', () => {
		const many = Array.from({ length: 100_000 }, (_, id) => ({ id }));
		const terms = Array.from({ length: 150 }, (_, index) => `id=${index * 600}`).join(' OR ');
		const start = performance.now();
		expect(many.filter(compile(parseFilter(`(${terms})`)))).toHaveLength(150);
		expect(many.filter(compile(parseFilter('id>99000')))).toHaveLength(999);
		expect(performance.now() - start).toBeLessThan(500);
	});

	test('says no to what is nested without end', () => {
		expect(() => parseFilter('('.repeat(100_000))).toThrow(FilterError);
	});
});

describe('Views', () => {
	test('there are the 27 of the vendor and one of the customer', () => {
		expect(VIEW_NAMES).toHaveLength(28);
		expect(VIEW_NAMES).toContain('jobs.overbudget');
	});

	test.each(VIEW_NAMES)('%s has rows, in order, with the same columns', async (view) => {
		const { json, headers, status } = await shared.get(`1/views/${view}`);
		expect(status).toBe(200);
		expect(headers['content-type']).toBe('application/json');
		const all = shared.sandbox.rows(view);
		expect(all.length).toBeGreaterThan(0);
		expect(json.data).toEqual(JSON.parse(JSON.stringify(all.slice(0, 1000))));
		expect(json.metadata).toEqual({
			count: Math.min(1000, all.length),
			limit: 1000,
			nextOffset: all.length > 1000 ? 1000 : null,
		});
		const ids = all.map((row) => row.id as number);
		expect(ids).toEqual([...new Set(ids)].sort((one, other) => one - other));
		const columns = Object.keys(all[0]).join();
		expect(all.every((row) => Object.keys(row).join() === columns)).toBe(true);
	});

	test.each([1, 7, 50, 250, 999])('pages of %i rows join exactly', async (size) => {
		const joined: Row[] = [];
		for (let offset: number | null = 0; offset !== null; ) {
			const { json } = await shared.get(`1/views/tasks?limit=${size}&offset=${offset}`);
			expect(json.metadata).toMatchObject({ count: json.data.length, limit: size });
			joined.push(...json.data);
			offset = json.metadata.nextOffset;
		}
		expect(joined).toEqual(JSON.parse(JSON.stringify(shared.sandbox.rows('tasks'))));
	});

	test('a full last page is the last one, and past the end there is nothing', async () => {
		const count = shared.sandbox.rows('tasks').length;
		expect((await shared.get(`1/views/tasks?limit=${count}`)).json.metadata.nextOffset).toBeNull();
		const past = await shared.get(`1/views/tasks?offset=${count}`);
		expect(past.json).toEqual({ metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] });
	});

	test('filters', async () => {
		const { json } = await shared.get(
			`1/views/invoices.sales?${filter("(type='INVOICE.SALES' AND status='APPROVED')")}`,
		);
		const expected = shared.sandbox
			.rows('invoices.sales')
			.filter((row) => row.type === 'INVOICE.SALES' && row.status === 'APPROVED');
		expect(json.data.map((row: Row) => row.id)).toEqual(expected.map((row) => row.id));
		const oneill = await shared.get(`1/views/companies?${filter("name='O''Neill & Sons, Ltd.'")}`);
		expect(oneill.json.metadata.count).toBe(1);
	});

	test('columns and properties restrict', async () => {
		const row = async (query: string) =>
			(await shared.get(`1/views/companies?limit=1&${query}`)).json.data[0];
		expect(Object.keys(await row('columns=name,id'))).toEqual(['name', 'id']);
		expect(await row('columns=id&properties=note,extStatus')).toEqual({
			id: 30001,
			properties: { note: null, extStatus: 'EXT.EXPORTED' },
		});
		expect(Object.keys(await row('properties=note'))).toEqual(
			Object.keys(shared.sandbox.rows('companies')[0]),
		);
	});

	test('answer with their predefined columns, and with others when asked', async () => {
		const companies = ['id', 'name', 'properties.note'];
		shared.sandbox.set({ defaultColumns: { companies } });
		const row = async (query = '') =>
			(await shared.get(`1/views/companies?limit=1${query}`)).json.data[0];
		const { id, name, city } = shared.sandbox.rows('companies')[0];
		expect(await row()).toEqual({ id, name, properties: { note: null } });
		expect(await row(`&${filter(`city='${city as string}'`)}`)).not.toHaveProperty('city');
		expect(await row('&columns=city')).toEqual({ city });
		const extStatus = 'EXT.EXPORTED';
		expect(await row('&properties=extStatus')).toEqual({ id, name, properties: { extStatus } });
		shared.sandbox.set({ defaultColumns: { companies: ['name'] } });
		expect(await row()).toEqual({ name });
		expect(Object.keys((await shared.get('1/views/jobs?limit=1')).json.data[0])).toContain('id');
	});

	test.each([
		['columns=id,nope', 'nope'],
		['columns=id,properties.note', 'parameter properties'],
		['properties=nope', 'nope'],
		[filter('nope=1'), 'nope'],
		[filter('properties.nope=1'), 'nope'],
		[filter('id>=1'), 'Position 4'],
		['externalFilter=', 'Position 1'],
		['limit=0', 'limit'],
		['limit=-1', 'limit'],
		['limit=1.5', 'limit'],
		['limit=many', 'limit'],
		['offset=-1', 'offset'],
		['sort=id', 'sort'],
		['limit=1&limit=2', 'twice'],
		['limit=1&%6Cimit=2', '"limit" is given twice'],
		['%E0=1', 'percent-encoded'],
		['limit', 'name=value'],
	])('refuses %s', async (query, word) => {
		const { status, json } = await shared.get(`1/views/jobs?${query}`);
		expect(status).toBe(400);
		expect(json.message).toContain(word);
	});

	test('know their unit', async () => {
		const two = shared.sandbox.rows('jobs', 2);
		expect(two.length).toBeGreaterThan(0);
		expect(two.every((row) => row.agencyId === 2)).toBe(true);
		expect((await shared.get('2/views/jobs')).json.data).toHaveLength(two.length);
		expect((await shared.get('3/views/jobs')).json.message).toContain('unit "3"');
		for (const unit of ['x', '01', '00', '+1', '%201']) {
			expect((await shared.get(`${unit}/views/jobs`)).status).toBe(404);
		}
	});

	test('maxLimit caps what is asked for', async () => {
		shared.sandbox.set({ maxLimit: 10 });
		const { json } = await shared.get('1/views/jobs?limit=50');
		expect(json.metadata).toEqual({ count: 10, limit: 10, nextOffset: 10 });
	});

	test('order changes the order of rows, pages and filters included', async () => {
		shared.sandbox.set({ order: (one, other) => Number(other.id) - Number(one.id) });
		const { json } = await shared.get('1/views/jobs?limit=2&offset=1&externalFilter=id%3E0');
		const ids = shared.sandbox.rows('jobs').map(({ id }) => id);
		expect(json.data.map((row: { id: number }) => row.id)).toEqual(ids.toReversed().slice(1, 3));
	});
});

describe('Encoding', () => {
	test.each([
		["externalFilter=name%3D'x'", "'"],
		['externalFilter=name%3D"x"', '"'],
		['externalFilter=(id%3D1)', '('],
		['externalFilter=id=1', '='],
		['externalFilter=id>1', '>'],
		['externalFilter=id%3D1+OR+id%3D2', '+'],
		['columns=[id]', '['],
	])('%s', async (query, character) => {
		const { status, json } = await shared.get(`1/views/jobs?${query}`);
		expect(status).toBe(400);
		expect(json.message).toContain(`the character ${character} `);
	});

	test.each(['a b', 'n\u00e1zev'])('what is no HTTP is refused: %s', async (value) => {
		const { port, credential } = shared.sandbox;
		const request = [
			`GET /rest/v1/1/views/jobs?columns=${value} HTTP/1.1`,
			'Host: x',
			`Authorization: Bearer ${credential.apiKey}`,
			'Connection: close',
		].join('\r\n');
		const answer = await new Promise<string>((resolve) => {
			let text = '';
			const socket = connect(port, '127.0.0.1', () => socket.write(`${request}\r\n\r\n`));
			socket.on('data', (chunk) => (text += chunk.toString()));
			socket.on('close', () => resolve(text));
		});
		expect(answer).toMatch(/^HTTP\/1.1 400 /);
		// Before 20.20 Node.js takes the second one, and the sandbox itself refuses it.
		expect(answer).toMatch(/encoded/);
	});

	test('broken percent-encoding', async () => {
		expect((await shared.get('1/views/jobs?externalFilter=%E0%A4')).status).toBe(400);
	});

	test('the documented form is understood', async () => {
		const query = 'externalFilter=%28type%3D%27INVOICE.SALES%27%20AND%20status%3D%27APPROVED%27%29';
		expect((await shared.get(`1/views/invoices.sales?${query}`)).status).toBe(200);
		expect(shared.sandbox.log[0].query.externalFilter).toBe(
			"(type='INVOICE.SALES' AND status='APPROVED')",
		);
		expect(shared.sandbox.log[0].url).toContain(query);
	});

	test('a URL has its limits', async () => {
		expect((await shared.get(`1/views/jobs?${filter(`name='${'x'.repeat(9000)}'`)}`)).status).toBe(
			414,
		);
	});
});

describe('Access', () => {
	test('needs the key', async () => {
		for (const key of ['', 'wrong', `${shared.sandbox.apiKey}x`]) {
			const { status, json } = await shared.get('1/views/jobs', { key });
			expect(status).toBe(401);
			expect(typeof json.message).toBe('string');
		}
		expect(
			(await shared.get('1/views/jobs', { headers: { authorization: shared.sandbox.apiKey } }))
				.status,
		).toBe(401);
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
	])('%s %s is a %i', async (method, path, status) => {
		const answer = await shared.call(method, path, method === 'GET' ? {} : { body: {} });
		expect(answer.status).toBe(status);
		if (path.includes('nope')) expect(answer.json.message).toContain('nope');
		expect(shared.sandbox.log[0]).toMatchObject({ method, status, applied: false });
	});
});

/** As the sandbox wants them. */
const NEW_USER = { userName: 'ivo', email: 'ivo@example.com', phone: '+420 1', category: 'USER' };

describe('Entities', () => {
	test('GET by ID, by registration number, by both', async () => {
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
		expect((await shared.get('1/documents?id=1')).status).toBe(404);
		expect((await shared.get('1/documents')).status).toBe(400);
		expect((await shared.get(`1/documents?number=${number}`)).status).toBe(400);
		shared.sandbox.set({ registrationParameter: 'number', wrapEntity: true });
		expect((await shared.get(`1/documents?number=${number}`)).json).toEqual({ data: invoice });
		expect((await shared.get(`1/documents?registration=${number}`)).status).toBe(400);
	});

	test('filters compare texts as they are, or whatever their case', async () => {
		const { name } = shared.sandbox.insert('companies', { name: 'Žluťoučký Kůň' });
		const filter = encodeURIComponent(`name='${String(name).toUpperCase()}'`).replace(/'/g, '%27');
		const rows = async () => {
			const { json } = await shared.get(`1/views/companies?externalFilter=${filter}`);
			return (json as { data: Array<{ name: string }> }).data.map((row) => row.name);
		};
		expect(await rows()).toEqual([]);
		shared.sandbox.set({ ignoreCase: true });
		expect(await rows()).toEqual([name]);
		shared.sandbox.set({ ignoreCase: false, compareBy: (value) => String(value).length });
		expect(await rows()).toContain(name);
	});

	test('a record of another unit is not found', async () => {
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
	])('POST %s shows in its view', async (entity, body, view) => {
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
		'POST documents: %s has its view and its number',
		async (type) => {
			const { status, json } = await shared.post('documents', {
				type,
				ownerId: 11,
				companyId: 30001,
			});
			expect(status).toBe(200);
			expect(json.number).toMatch(/^[A-Z]+-2026-\d{4}$/);
			const views: [RegExp, string][] = [
				[/^INVOICE\.SALES/, 'invoices.sales'],
				[/^INVOICE\.PURCHASE/, 'invoices.purchase'],
				[/^CASHBOX/, 'cashboxes'],
				[/^BINDER/, 'binders'],
				[/^GEM/, 'gems'],
				[/ORDER\.PURCHASE/, 'documents.order.purchase'],
				[/QUOTATION/, 'documents.quotation.sales'],
				[/./, 'documents'],
			];
			const view = views.find(([pattern]) => pattern.test(type))![1];
			const row = shared.sandbox.rows(view).at(-1);
			expect(row).toMatchObject({
				...json,
				type,
				companyName: "O'Neill & Sons, Ltd.",
				agencyId: 1,
			});
		},
	);

	test.each([
		['type', { ownerId: 11, companyId: 30001 }],
		['ownerId', { type: 'GEM', companyId: 30001 }],
		['companyId', { type: 'GEM', ownerId: 11, companyId: null }],
		['type', { type: 'NOPE', ownerId: 11, companyId: 30001 }],
		['status', { type: 'GEM', ownerId: 11, companyId: 30001, status: 'NOPE' }],
		['companyId', { type: 'GEM', ownerId: 11, companyId: 1 }],
		['ownerId', { type: 'GEM', ownerId: '11', companyId: 30001 }],
		['statusDate', { type: 'GEM', ownerId: 11, companyId: 30001, statusDate: '20.11.2026' }],
		[
			'properties.createdOn',
			{ type: 'GEM', ownerId: 11, companyId: 30001, properties: { createdOn: '2026-02-30' } },
		],
		['properties', { type: 'GEM', ownerId: 11, companyId: 30001, properties: [] }],
		['properties.nope', { type: 'GEM', ownerId: 11, companyId: 30001, properties: { nope: 'x' } }],
		[
			'properties.amountNet',
			{ type: 'GEM', ownerId: 11, companyId: 30001, properties: { amountNet: '1' } },
		],
		['tags', { type: 'GEM', ownerId: 11, companyId: 30001, tags: 'a' }],
		['id', { id: 5, type: 'GEM', ownerId: 11, companyId: 30001 }],
	])('POST documents: 400 about %s', async (field, body) => {
		const before = shared.sandbox.records('documents').length;
		const { status, json } = await shared.post('documents', body);
		expect(status).toBe(400);
		expect(json.message).toMatch(new RegExp(`^${field.replace('.', '\\.')}:`));
		expect(shared.sandbox.records('documents')).toHaveLength(before);
		expect(shared.sandbox.log[0].applied).toBe(false);
	});

	test.each([
		['jobs', 'status', 'NOPE'],
		['jobs', 'category', 'NOPE'],
		['tasks', 'status', 'NEW'],
		['companies', 'category', 'NOPE'],
		['time', 'type', 'NOPE'],
		['time', 'status', 'NOPE'],
		['time', 'category', 'NOPE'],
	])('POST %s: 400 about a %s that is not configured', async (entity, field, value) => {
		const { status, json } = await shared.post(entity, { [field]: value });
		expect([status, json.message]).toEqual([400, expect.stringMatching(`^${field}: "${value}"`)]);
	});

	test.each(['companies', 'persons', 'agencies', 'jobs', 'tasks', 'time'])(
		'POST %s: nothing is known to be required, so nothing is',
		async (entity) => expect((await shared.post(entity, {})).status).toBe(200),
	);

	test('the configuration of the account can have more entries of properties', async () => {
		const properties = { companies: { extId: 'text', score: 'number' } } as const;
		const { post } = await open({ properties });
		const write = async (given: object) => (await post('companies', { properties: given })).status;
		expect(await write({ extId: '42', score: 5, note: null })).toBe(200);
		expect(await write({ extId: 42 })).toBe(400);
		expect(await write({ other: 1 })).toBe(400);
		shared.sandbox.patch('companies', 30001, { properties: { other: 1 } });
		expect((await shared.post('companies', { properties: { other: 2 } })).status).toBe(200);
	});

	test('the body must be a JSON object, and say so', async () => {
		expect((await shared.post('companies', '[]')).status).toBe(400);
		expect((await shared.post('companies', '"x"')).status).toBe(400);
		expect((await shared.post('companies', '{"name":')).status).toBe(400);
		expect(
			(await shared.post('companies', '{}', { headers: { 'content-type': 'text/plain' } })).status,
		).toBe(415);
		expect((await shared.call('POST', '1/companies?id=5', { body: {} })).status).toBe(400);
	});

	test('PATCH merges properties by key, keeps null and the empty string', async () => {
		const { status, json } = await shared.patch('documents?id=100001', {
			tags: ['a'],
			properties: { note: '', extName: null, vatRate: 7 },
		});
		expect(status).toBe(200);
		expect(json).toEqual({ id: 100001, number: 'SLO-2025-0001' });
		const record = shared.sandbox.records('documents').find(({ id }) => id === 100001)!;
		expect(record).toMatchObject({
			tags: ['a'],
			properties: { note: '', extName: null, vatRate: 7 },
		});
		expect((record.properties as Row).name).toBeTruthy();
		const row = await shared.get(`1/views/binders?${filter('properties.vatRate=7')}`);
		expect(row.json.metadata.count).toBe(1);
		expect((await shared.patch('documents?id=100001', { id: 5 })).status).toBe(400);
		expect((await shared.patch('documents', {})).status).toBe(400);
		shared.sandbox.set({ entityAnswer: 'record' });
		expect((await shared.patch('documents?id=100001', { tags: [] })).json).toMatchObject({
			tags: [],
			type: 'BINDER',
		});
	});

	test('one change shows everywhere', async () => {
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

	test('a new business unit can be asked at once', async () => {
		const { json } = await shared.post('agencies', { name: 'Studio Ostrava' });
		expect((await shared.get(`${json.id}/views/jobs`)).json.data).toEqual([]);
	});

	test('what a user needs, and a document where its unit is required', async () => {
		for (const field of Object.keys(NEW_USER)) {
			const { status, json } = await shared.post('users', { ...NEW_USER, [field]: undefined });
			expect([status, json.message]).toEqual([400, `${field}: is required.`]);
		}
		const { status, json } = await shared.post('users', NEW_USER);
		expect(status).toBe(200);
		expect((await shared.patch(`users?id=${json.id}`, { email: null })).status).toBe(400);
		const document = { type: 'DOCUMENT.ISSUED', ownerId: 11, companyId: 30001 };
		shared.sandbox.set({ agencyId: 'required' });
		expect((await shared.post('documents', document)).json.message).toBe('agencyId: is required.');
		expect((await shared.post('documents', { ...document, agencyId: 1 })).status).toBe(200);
	});

	test('properties that a change leaves out stay, or go', async () => {
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

	test('writes are answered with 201, or with nothing', async () => {
		shared.sandbox.set({ createdStatus: 201 });
		const created = await shared.post('companies', { name: 'A' });
		expect([created.status, created.json]).toEqual([201, { id: expect.any(Number) as number }]);
		expect((await shared.patch(`companies?id=${created.json.id}`, { name: 'B' })).status).toBe(200);
		shared.sandbox.set({ entityAnswer: 'nothing' });
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

	test('setProcess starts an approval', async () => {
		const body = {
			type: 'DOCUMENT.ISSUED',
			ownerId: 11,
			companyId: 30001,
			setProcess: 'PROCESS-DOCUMENT.MANAGER.APPROVAL',
		};
		await shared.post('documents', body);
		expect(shared.sandbox.records('documents').at(-1)).toMatchObject({
			process: { name: body.setProcess },
		});
	});
});

describe('Changing data as in the app', () => {
	test('insert, patch, remove, and a late commit with a lower ID', () => {
		const { sandbox } = shared;
		const last = sandbox.rows('jobs').at(-1)!.id as number;
		const late = sandbox.insert('jobs', { id: last + 30, name: 'first' });
		expect(sandbox.insert('jobs', { id: last + 25, name: 'late' }).id).toBe(last + 25);
		expect(sandbox.insert('jobs', { name: 'next' }).id).toBe(late.id + 1);
		expect(
			sandbox
				.rows('jobs')
				.slice(-3)
				.map((row) => row.name),
		).toEqual(['late', 'first', 'next']);
		sandbox.patch('jobs', late.id, { status: 'CLOSED' });
		expect(sandbox.rows('jobs').at(-2)).toMatchObject({ name: 'first', status: 'CLOSED' });
		sandbox.remove('jobs', late.id);
		expect(sandbox.rows('jobs').some((row) => row.id === late.id)).toBe(false);
		expect(() => sandbox.insert('jobs', { id: 5001 })).toThrow('taken');
		sandbox.insert('opportunities', { name: 'New', companyId: 30001 });
		expect(sandbox.rows('opportunities').at(-1)).toMatchObject({ name: 'New', status: 'LEAD' });
		sandbox.reset();
		expect(sandbox.rows('jobs').at(-1)!.id).not.toBe(late.id + 1);
		expect(sandbox.rows('jobs').some((row) => row.name === 'late')).toBe(false);
	});
});

describe('The agency', () => {
	test.each(['invoices.sales', 'invoices.purchase', 'cashboxes', 'documents.order.purchase'])(
		'%s add up',
		(view) => {
			for (const row of shared.sandbox.rows(view)) {
				const cents = (value: unknown) => Math.round((value as number) * 100);
				expect(cents(row.net) + cents(row.vat)).toBe(cents(row.total));
				expect(cents(row.vat)).toBe(Math.round((cents(row.net) * (row.vatRate as number)) / 100));
			}
		},
	);

	test('invoices are due after they are issued, and paid or not', () => {
		const rows = [
			...shared.sandbox.rows('invoices.sales'),
			...shared.sandbox.rows('invoices.purchase'),
		];
		for (const row of rows) expect(String(row.dueDate) > String(row.issueDate)).toBe(true);
		for (const status of ['PAID', 'OVERDUE', 'UNPAID']) {
			expect(rows.filter((row) => row.paymentStatus === status).length).toBeGreaterThan(5);
		}
		for (const status of ['PROCESSING', 'APPROVED']) {
			expect(rows.filter((row) => row.status === status).length).toBeGreaterThan(3);
		}
	});

	test('the journal balances, and matches the invoices', () => {
		const lines = shared.sandbox.rows('journal');
		const invoices = new Map(
			[...shared.sandbox.rows('invoices.sales'), ...shared.sandbox.rows('invoices.purchase')].map(
				(row) => [row.id, row],
			),
		);
		const sums = new Map<unknown, number>();
		for (const line of lines) {
			const cents =
				Math.round((line.debit as number) * 100) - Math.round((line.credit as number) * 100);
			sums.set(line.documentId, (sums.get(line.documentId) ?? 0) + cents);
			expect(invoices.get(line.documentId)).toMatchObject({
				number: line.documentNumber,
				status: 'APPROVED',
			});
		}
		expect([...sums.values()].every((sum) => sum === 0)).toBe(true);
	});

	test.each(VIEW_NAMES)('%s: what an ID points to exists, and has its name beside it', (view) => {
		const targets: Record<string, string> = {
			agencyId: 'units',
			counterpartyAgencyId: 'units',
			ownerId: 'users',
			userId: 'users',
			companyId: 'companies',
			personId: 'persons',
			brandId: 'brands',
			jobId: 'jobs',
			taskId: 'tasks',
			parentId: 'tasks',
			binderId: 'binders',
			documentId: 'documents',
		};
		for (const [column, target] of Object.entries(targets)) {
			const rows = shared.sandbox.rows(view).filter((row) => (row[column] ?? null) !== null);
			const names = new Map(
				[1, 2, 18]
					.flatMap((unit) => shared.sandbox.rows(target, unit))
					.map((row) => [row.id, row.name]),
			);
			const name = column.replace(/Id$/, 'Name');
			const wrong = rows.filter(
				(row) => !names.has(row[column]) || (name in row && row[name] !== names.get(row[column])),
			);
			expect(wrong).toEqual([]);
		}
	});

	test('tasks have the documented statuses and numbers', () => {
		const tasks = shared.sandbox.rows('tasks');
		const known = ['WAITING', 'OPEN', 'PROCESSING', 'DONE', 'CLOSED'];
		expect(tasks.every(({ status }) => known.includes(String(status)))).toBe(true);
		expect(tasks[7].number).toBe('T-00008');
	});

	test('time belongs to a job or an overhead, and to that alone', () => {
		const tracks = shared.sandbox.rows('intervals.track');
		const overheads = tracks.filter(({ overheadId }) => overheadId !== null);
		expect(overheads.length).toBeGreaterThan(20);
		for (const { jobId, taskId, overheadName } of overheads) {
			expect([jobId, taskId, typeof overheadName]).toEqual([null, null, 'string']);
		}
		expect(
			tracks.every(({ jobId, overheadId }) => (jobId === null) !== (overheadId === null)),
		).toBe(true);
	});

	test('a cancelled invoice is another thing than one marked as invalid, and not booked', async () => {
		const invoices = shared.sandbox.rows('invoices.sales');
		const cancelled = invoices.filter(({ isCancelled }) => isCancelled);
		expect(cancelled.length).toBeGreaterThan(0);
		expect(cancelled.every(({ isDisabled }) => isDisabled === false)).toBe(true);
		const booked = new Set(shared.sandbox.rows('journal').map(({ documentId }) => documentId));
		expect(cancelled.some(({ id }) => booked.has(id))).toBe(false);
		const [{ id, status }] = cancelled;
		for (const isCancelled of [false, true]) {
			await shared.patch(`documents?id=${id}`, { isCancelled });
			const row = shared.sandbox.rows('invoices.sales').find((one) => one.id === id);
			expect(row).toMatchObject({ isCancelled, isDisabled: false, status });
		}
	});

	test('hours come in quarters, and some jobs are over their budget', () => {
		const tracks = shared.sandbox.rows('intervals.track');
		expect(tracks.length).toBeGreaterThan(1300);
		expect(tracks.every((row) => Number.isInteger((row.hours as number) * 4))).toBe(true);
		const over = shared.sandbox.rows('jobs.overbudget');
		expect(over.every((row) => (row.hoursTracked as number) > (row.hoursBudget as number))).toBe(
			true,
		);
		expect(over.length).toBeLessThan(shared.sandbox.rows('jobs').length);
	});

	test('has the characters that break things, and a column called error', () => {
		const text = JSON.stringify(VIEW_NAMES.map((view) => shared.sandbox.rows(view)));
		for (const part of [
			"O'Neill & Sons",
			'\\"Zlatý',
			'🍦',
			'+',
			'#',
			'%',
			'\\n',
			'<Hora>',
			'\\\\',
		]) {
			expect(text).toContain(part);
		}
		expect(shared.sandbox.rows('tasks').filter((row) => row.error)).toHaveLength(1);
		expect(
			shared.sandbox.rows('users').filter((row) => row.category === 'Programmatic user'),
		).toHaveLength(1);
	});

	test('is the same each time, and moves with its today', async () => {
		const bytes = (sandbox: Sandbox) =>
			JSON.stringify(VIEW_NAMES.map((view) => sandbox.rows(view)));
		const now = new Date('2026-11-21T00:00:00Z');
		const [one, other] = [await open({ now }), await open({ now: new Date(now) })];
		expect(bytes(one.sandbox)).toBe(bytes(other.sandbox));
		expect(bytes(one.sandbox)).not.toBe(bytes(shared.sandbox));
		expect(bytes(shared.sandbox)).not.toContain('2026-11-21T');
	});

	test('grows to 100,000 rows, quickly', async () => {
		const start = performance.now();
		const { sandbox, get } = await open({
			rows: { jobs: 100_000, documents: 3000, 'companies.client': 500, users: 3 },
		});
		const { json } = await get('1/views/jobs?offset=99500');
		expect(json.metadata).toEqual({ count: 500, limit: 1000, nextOffset: null });
		expect(performance.now() - start).toBeLessThan(6000);
		const rows = sandbox.rows('jobs');
		expect(rows).toHaveLength(100_000);
		expect(new Set(rows.map((row) => row.id)).size).toBe(100_000);
		expect(new Set(rows.map((row) => row.number)).size).toBe(100_000);
		expect(sandbox.rows('documents')).toHaveLength(3000);
		expect(sandbox.rows('companies.client')).toHaveLength(500);
		expect(sandbox.rows('companies.supplier')).toHaveLength(
			shared.sandbox.rows('companies.supplier').length,
		);
		expect(sandbox.rows('users')).toHaveLength(3);
		const filtered = await get(`1/views/jobs?limit=1&${filter('id>100000')}`);
		expect(filtered.json.data).toEqual([rows.find((row) => (row.id as number) > 100_000)]);
		await expect(startSandbox({ rows: { nope: 5 } })).rejects.toThrow('nope');
	});
});

describe('The budget', () => {
	const groups = '1/views/groups?limit=1';

	test.each([
		['seconds', /^1$/],
		['date', /GMT$/],
		['none', undefined],
	] as const)('429 with Retry-After as %s', async (retryAfter, form) => {
		const { get, sandbox } = await open({ budget: 2, windowMs: 400, retryAfter });
		expect(sandbox.credential.requestsPerMinute).toBe(2);
		expect([(await get(groups)).status, (await get(groups)).status]).toEqual([200, 200]);
		const refused = await get(groups);
		expect(refused.status).toBe(429);
		if (form) expect(refused.headers['retry-after']).toMatch(form);
		else expect(refused.headers['retry-after']).toBeUndefined();
		await sleep(450);
		expect((await get(groups)).status).toBe(200);
	});

	test.each([
		[false, [0, 200, 0]],
		[true, [0, 600, 600]],
	])('a refused request counts: %s', (countRefused, waits) => {
		const budget = new Budget(() => ({ budget: 1, windowMs: 600, countRefused, burst: 5 }));
		expect([0, 400, 800].map((now) => budget.take(now))).toEqual(waits);
	});

	test('slides, is told by no rejected request, and can be changed', async () => {
		const { get, post, sandbox } = await open({ budget: 2, windowMs: 600 });
		await get(groups);
		await sleep(350);
		await get(groups);
		expect((await post('companies', { name: 'x' })).status).toBe(429);
		expect(sandbox.log.at(-1)).toMatchObject({ applied: false, status: 429 });
		await sleep(300);
		expect((await get(groups)).status).toBe(200);
		expect((await get(groups)).status).toBe(429);
		sandbox.set({ budget: Infinity });
		expect((await get(groups)).status).toBe(200);
		sandbox.reset();
		expect((await get(groups)).status).toBe(200);
		expect((await get(groups)).status).toBe(200);
		expect((await get(groups)).status).toBe(429);
	});
});

describe('Faults', () => {
	const groups = '1/views/groups';
	const broken = { rejects: true };
	const expected: [FaultRule, Partial<Answer> | typeof broken][] = [
		[{ kind: 'status' }, { status: 500 }],
		[
			{ kind: 'status', status: 403, body: { why: 'x' }, headers: { 'x-a': 'b' } },
			{ status: 403, json: { why: 'x' } },
		],
		[
			{ kind: 'html' },
			{ status: 502, text: expect.stringContaining('<title>502 Bad Gateway</title>') as string },
		],
		[
			{ kind: 'text', status: 503, body: 'plain' },
			{ status: 503, text: 'plain', json: undefined },
		],
		[{ kind: 'reset' }, broken],
		[{ kind: 'resetAfter' }, broken],
		[{ kind: 'cut' }, { status: 200, json: undefined }],
		[{ kind: 'torn' }, broken],
		[{ kind: 'empty' }, { status: 200, text: '' }],
		[{ kind: 'tooLarge' }, { status: 413 }],
		[{ kind: 'redirect' }, { status: 302 }],
		[{ kind: 'echoKey' }, { status: 500 }],
		[{ kind: 'slow', ms: 50 }, { status: 200 }],
	];

	test.each(expected)('%j', async (rule, answer) => {
		const { sandbox, get } = await open();
		sandbox.fault(rule);
		if (answer === broken) await expect(get(groups)).rejects.toThrow();
		else expect(await get(groups)).toMatchObject(answer);
		expect((await get(groups)).status).toBe(200);
		if (rule.kind === 'echoKey') expect(sandbox.log).toHaveLength(2);
		if (answer === broken) expect(sandbox.log[0].status).toBe(0);
	});

	test.each([
		['status', false],
		['html', false],
		['reset', false],
		['empty', false],
		['resetAfter', true],
		['cut', true],
		['torn', true],
		['slow', true],
	] as const)('%s: whether a write took effect is %s', async (kind, applied) => {
		for (const wish of [undefined, true]) {
			const { sandbox, post } = await open();
			const before = sandbox.records('companies').length;
			sandbox.fault({ kind, ms: 5, applied: wish });
			await post('companies', { name: 'x' }).catch(() => undefined);
			await sleep(20);
			const took = wish ?? applied;
			expect(sandbox.log[0].applied).toBe(took);
			expect(sandbox.records('companies').length - before).toBe(took ? 1 : 0);
		}
	});

	test('hang never answers, and close ends it', async () => {
		const { sandbox, post } = await open();
		sandbox.fault({ kind: 'hang', applied: true });
		const waiting = post('companies', { name: 'x' }).then(
			() => 'answered',
			() => 'broken',
		);
		expect(await Promise.race([waiting, sleep(150, 'hanging')])).toBe('hanging');
		while (!sandbox.log.length) await sleep(5);
		expect(sandbox.log[0]).toMatchObject({ status: 0, applied: true });
		await sandbox.close();
		expect(await waiting).toBe('broken');
	});

	test('stall begins to answer and never ends, and close ends it', async () => {
		const { sandbox } = await open();
		sandbox.fault({ kind: 'stall' });
		const answer = await fetch(`${sandbox.domain}/rest/v1/1/${groups}`, {
			headers: { authorization: `Bearer ${sandbox.apiKey}` },
		});
		const reader = answer.body!.getReader();
		const { value } = await reader.read();
		expect(Number(answer.headers.get('content-length'))).toBeGreaterThan(value!.length);
		const more = reader.read().then(
			() => 'more',
			() => 'broken',
		);
		expect(await Promise.race([more, sleep(150, 'hanging')])).toBe('hanging');
		await sandbox.close();
		expect(await more).toBe('broken');
	});

	test('what hangs before it took effect never does', async () => {
		const { sandbox, post } = await open();
		sandbox.fault({ kind: 'hang' });
		const waiting = post('companies', { name: 'x' }).catch(() => 'broken');
		while (!sandbox.log.length) await sleep(5);
		await sandbox.close();
		expect(await waiting).toBe('broken');
		await sleep(50);
		expect(sandbox.log).toMatchObject([{ status: 0, applied: false }]);
	});

	test('echoKey repeats the key: in a message, encoded, in data, as the reason', async () => {
		const { apiKey, domain } = shared.sandbox;
		shared.sandbox.fault({ kind: 'echoKey' });
		expect((await shared.get(groups)).text).toContain(apiKey);
		shared.sandbox.fault({ kind: 'echoKey', echoIn: 'base64' });
		const words = String((await shared.get(groups)).json.message).split(' ');
		expect(Buffer.from(words[1], 'base64').toString()).toBe(`Authorization: Bearer ${apiKey}`);
		shared.sandbox.fault({ kind: 'echoKey', echoIn: 'data', times: 2 });
		const echo = `Authorization: Bearer ${apiKey}`;
		expect((await shared.get(groups)).json).toMatchObject({ data: [{ id: 1, echo }] });
		expect((await shared.get('1/companies?id=1')).json).toEqual({ id: 1, echo });
		shared.sandbox.fault({ kind: 'echoKey', echoIn: 'reason' });
		const headers = { authorization: `Bearer ${apiKey}` };
		const { status, statusText } = await fetch(`${domain}/rest/v1/${groups}`, { headers });
		expect([status, statusText]).toEqual([500, echo]);
	});

	test('cut announces only the half', async () => {
		shared.sandbox.fault({ kind: 'cut' });
		const { text, headers } = await shared.get(groups);
		expect(Number(headers['content-length'])).toBe(Buffer.byteLength(text));
		expect(headers['content-type']).toBe('application/json');
	});

	test('stride gives fewer rows and says so', async () => {
		shared.sandbox.fault({ kind: 'stride', rows: 3, times: Infinity });
		const { json } = await shared.get(`${groups}?limit=5&offset=2`);
		expect(json.metadata).toEqual({ count: 3, limit: 5, nextOffset: 5 });
	});

	test('rules choose by method, path, number, and a condition', async () => {
		const { sandbox, get, post } = shared;
		sandbox.fault({
			kind: 'status',
			status: 500,
			method: 'GET',
			path: /views\/groups/,
			skip: 1,
			times: 2,
		});
		sandbox.fault({
			kind: 'status',
			status: 418,
			path: 'views/users',
			when: (request, nth) => nth === 2 && request.query.limit === '1',
		});
		const statuses = async (path: string, times: number) => {
			const found: number[] = [];
			for (let nth = 0; nth < times; nth++) found.push((await get(path)).status);
			return found;
		};
		expect(await statuses(groups, 4)).toEqual([200, 500, 500, 200]);
		expect(await statuses('1/views/users?limit=1', 3)).toEqual([200, 418, 200]);
		expect((await post('companies', { name: 'x' })).status).toBe(200);
		sandbox.fault({ kind: 'status', times: Infinity });
		sandbox.clearFaults();
		expect((await get(groups)).status).toBe(200);
	});

	test('an answer over the limit is too large', async () => {
		shared.sandbox.set({ maxResponseBytes: 5000, tooLargeStatus: 500 });
		expect((await shared.get('1/views/jobs')).status).toBe(500);
		expect((await shared.get('1/views/jobs?limit=5')).status).toBe(200);
	});

	test('latency', async () => {
		shared.sandbox.set({ latencyMs: 80 });
		const start = performance.now();
		await shared.get(groups);
		expect(performance.now() - start).toBeGreaterThan(75);
		expect(() => shared.sandbox.set({ units: [5] })).toThrow('units');
	});
});

describe('Teamogy in the role of client', () => {
	/** A receiver that answers as told, one after the other. */
	async function receiver(...answers: ((response: ServerResponse) => void)[]) {
		const got: { headers: IncomingMessage['headers']; method?: string; body: string }[] = [];
		const server = createServer((request, response) => {
			let body = '';
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => {
				got.push({ headers: request.headers, method: request.method, body });
				(answers[got.length - 1] ?? answers.at(-1)!)(response);
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		cleanUp.push(async () => {
			server.closeAllConnections();
			server.close();
		});
		return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
	}

	const ok = (response: ServerResponse) =>
		void response.end('{"number":{"value":"EXT-1"},"state":"OK"}');
	const fails = (response: ServerResponse) => void response.writeHead(500).end('no');
	const breaks = (response: ServerResponse) => void response.socket!.destroy();
	const ready: PushRule['when'] = (record) => (record.properties as Row).extStatus === 'EXT.READY';

	test('sends what is saved and matches, and stores the answer', async () => {
		const { got, url } = await receiver(ok);
		const log = shared.sandbox.onSave({
			entity: 'companies',
			when: ready,
			url,
			headers: { 'x-api-key': 'secret' },
			responseMapping: {
				'properties.extName': 'number.value',
				category: 'state',
				'properties.gone': 'nothing',
			},
		});
		await shared.patch('companies?id=30001', { properties: { extStatus: 'EXT.WAIT' } });
		await shared.patch('companies?id=30001', { properties: { extStatus: 'EXT.READY' } });
		shared.sandbox.patch('jobs', 5001, { properties: { extStatus: 'EXT.READY' } });
		await log.settled();
		expect(got).toHaveLength(1);
		expect(got[0]).toMatchObject({
			method: 'POST',
			headers: { 'x-api-key': 'secret', 'content-type': 'application/json' },
		});
		expect(JSON.parse(got[0].body)).toMatchObject({ id: 30001, name: "O'Neill & Sons, Ltd." });
		expect(log.attempts).toMatchObject([{ attempt: 1, status: 200, ok: true, recordId: 30001 }]);
		const saved = shared.sandbox.records('companies')[0];
		expect(saved).toMatchObject({ category: 'OK', properties: { extName: 'EXT-1' } });
		expect(saved.properties).not.toHaveProperty('gone');
	});

	test('tries again, then succeeds', async () => {
		const { got, url } = await receiver(fails, breaks, ok);
		const log = shared.sandbox.onSave({ entity: 'companies', url, delaysMs: [0, 1, 1, 1] });
		shared.sandbox.insert('companies', { name: 'New' });
		await log.settled();
		expect(got).toHaveLength(3);
		expect(log.attempts.map((attempt) => attempt.status)).toEqual([500, 0, 200]);
	});

	test('gives up after four attempts and marks the record', async () => {
		const { got, url } = await receiver(fails);
		const log = shared.sandbox.onSave({
			entity: 'jobs',
			url,
			method: 'PUT',
			body: (record) => ({ n: record.number }),
		});
		const job = shared.sandbox.insert('jobs', { name: 'New' });
		await log.settled();
		expect(got.map((request) => request.method)).toEqual(['PUT', 'PUT', 'PUT', 'PUT']);
		expect(JSON.parse(got[3].body)).toEqual({ n: job.number });
		expect(shared.sandbox.records('jobs').at(-1)!.properties).toHaveProperty('connectorError');
		expect(shared.sandbox.pushRules).toHaveLength(1);
		shared.sandbox.reset();
		expect(shared.sandbox.pushRules).toHaveLength(0);
	});

	test('as registers of the configuration say', async () => {
		const { got, url } = await receiver(ok, ok);
		const adapter = {
			constants: { url, key: '{{secret:n8n}}', method: 'PUT' },
			requestMapping: {
				method: '${currentObject:constants.method}',
				url: '${currentObject:constants.url}/job',
				headers: { 'X-Key': '${currentObject:constants.key}' },
				body: { id: '${currentObject:input.id}', list: ['Job ${currentObject:input.name}!'] },
			},
			responseMapping: {
				category: { value: '${currentObject:response.state}' },
				properties: { extName: { '…': '${currentObject:response.number.value}' } },
			},
		};
		const registers = {
			'CONNECTOR.RULE-JOB': 'true',
			'CONNECTOR-JOB': 'ADAPTER.JOB-A, ADAPTER.JOB-B',
			'ADAPTER.JOB-A': JSON.stringify(adapter),
			'ADAPTER.JOB-B': JSON.stringify({ requestMapping: { method: 'POST', url } }),
		};
		const logs = rulesOf(registers, { n8n: 'secret' }).map((rule) => shared.sandbox.onSave(rule));
		const job = shared.sandbox.insert('jobs', { name: 'New' });
		for (const log of logs) await log.settled();
		expect(got.map(({ method }) => method).sort()).toEqual(['POST', 'PUT']);
		const put = got.find(({ method }) => method === 'PUT')!;
		expect(put.headers['x-key']).toBe('secret');
		expect(JSON.parse(put.body)).toEqual({ id: job.id, list: ['Job New!'] });
		expect(shared.sandbox.records('jobs').at(-1)).toMatchObject({
			category: 'OK',
			properties: { extName: 'EXT-1' },
		});
		for (const rule of ['', 'maybe', '${evaluate:1}'])
			expect(() => rulesOf({ ...registers, 'CONNECTOR.RULE-JOB': rule }, {})).toThrow('understand');
		const template = '${currentObject:response.number}';
		for (const extName of [template, {}, { a: template, b: template }, { a: 'x' }, null]) {
			const mapping = { ...adapter, responseMapping: { properties: { extName } } };
			const changed = { ...registers, 'ADAPTER.JOB-A': JSON.stringify(mapping) };
			expect(() => rulesOf(changed, {})).toThrow('understand');
		}
	});

	test('XML', async () => {
		const { got, url } = await receiver(ok);
		const log = shared.sandbox.onSave({ entity: 'companies', url, format: 'xml' });
		shared.sandbox.insert('companies', { name: 'A & <B>', tags: ['x', 'y'] });
		await log.settled();
		expect(got[0].headers['content-type']).toBe('application/xml');
		expect(got[0].body).toContain('<name>A &amp; &lt;B&gt;</name>');
		expect(got[0].body).toContain('<tags>x</tags><tags>y</tags>');
		expect(toXml('a', { '1 b': null, c: { d: true } })).toContain(
			'<a><entry key="1 b"/><c><d>true</d></c></a>',
		);
	});
});

describe('The command line', () => {
	/** Starts it with these switches; `until` waits for what it prints. */
	function start(...switches: string[]) {
		const cli = `${__dirname}/sandbox/cli.mts`;
		const child = spawn(process.execPath, ['--import', 'tsx', cli, ...switches]);
		let output = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
		const ended = new Promise((resolve) => child.once('exit', resolve));
		cleanUp.push(async () => child.kill());
		const until = async (pattern: RegExp) => {
			for (let tries = 0; tries < 600 && !pattern.test(output); tries++) await sleep(50);
			return pattern.exec(output)!;
		};
		return { child, ended, until, output: () => output };
	}

	test('shows what to enter, logs raw addresses without the key, ends cleanly', async () => {
		const { child, ended, until, output } = start('--port', '0', '--rows', 'jobs=100', '--live');
		const [, domain] = await until(/Domain +(\S+)/);
		const [, key] = await until(/API Key +(\S+)/);
		await until(/Ctrl-C/);
		const shown = output().length;
		const headers = { authorization: `Bearer ${key}` };
		const answer = await fetch(`${domain}/rest/v1/1/views/jobs?limit=1000`, { headers });
		expect(((await answer.json()) as { data: unknown[] }).data.length).toBeGreaterThanOrEqual(100);
		await until(/GET +200 +\/rest\/v1\/1\/views\/jobs\?limit=1000/);
		await fetch(`${domain}/rest/v1/1/views/jobs?externalFilter=id%3E5%20AND+`, { headers });
		await until(/GET +400 +\/rest\/v1\/1\/views\/jobs\?externalFilter=id%3E5%20AND\+\n/);
		await until(/was approved/);
		expect(output().slice(shown)).not.toContain(key);
		child.kill('SIGINT');
		expect(await ended).toBe(0);
		expect(output()).toContain('Sandbox ended.');
	});

	test('brings about faults: ordered at the start, or typed while it runs', async () => {
		const { child, until } = start('--port', '0', '--fault', '503,3', '--fault', 'reset-before,9');
		const [, domain] = await until(/Domain +(\S+)/);
		const [, key] = await until(/API Key +(\S+)/);
		const status = async () => {
			const headers = { authorization: `Bearer ${key}` };
			const url = `${domain}/rest/v1/1/views/groups?limit=1`;
			return await fetch(url, { headers }).then(
				(response) => response.status,
				() => 'broken',
			);
		};
		expect([await status(), await status(), await status()]).toEqual([200, 200, 503]);
		child.stdin.write('nonsense\n');
		await until(/"nonsense" is no fault/);
		child.stdin.write('418,GET,groups\n');
		await until(/the next request it fits gets 418,GET,groups/);
		expect([await status(), await status(), await status()]).toEqual([418, 200, 503]);
	});

	test('has every switch in its help, and says what it does not understand', async () => {
		const [help, wrong] = [start('--help'), start('--compress', 'zip')];
		expect(await help.ended).toBe(0);
		const source = readFileSync(`${__dirname}/sandbox/cli.mts`, 'utf8');
		const table = /const OPTIONS = \{([^]*?)\n\}/.exec(source)![1];
		const switches = [...table.matchAll(/^\t'?([\w-]+)'?: \{/gm)].map(([, name]) => name);
		expect(switches.length).toBeGreaterThan(15);
		for (const name of switches) expect(help.output()).toContain(`--${name}`);
		expect(await wrong.ended).toBe(1);
		expect(wrong.output().trim()).toBe('--compress: "zip" is none of gzip, deflate, br.');
	});

	test.each<[string, Partial<FaultRule>]>([
		['429', { kind: 'status', status: 429, headers: { 'retry-after': '5' } }],
		['500', { kind: 'status', status: 500 }],
		['reset-before', { kind: 'reset' }],
		['reset-after,POST', { kind: 'resetAfter', method: 'POST' }],
		['slow,patch,views/jobs', { kind: 'slow', method: 'PATCH', path: 'views/jobs' }],
		['cut', { kind: 'cut' }],
	])('understands the fault %s', (text, rule) => {
		const { when, ...parsed } = parseFault(text, 2);
		expect(parsed).toMatchObject({ ...rule, times: Infinity });
		expect([1, 2, 3, 4].map((nth) => when!({} as LoggedRequest, nth))).toEqual([
			false,
			true,
			false,
			true,
		]);
	});
});
