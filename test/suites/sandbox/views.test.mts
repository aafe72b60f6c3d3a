import { VIEW_NAMES, type Row } from '../../sandbox/index.mts';
import { encodeFilter, sendRaw, shareSandbox } from '../../sandbox/testClient.mts';

const shared = shareSandbox({ strict: true });

describe('A view', () => {
	test('A view is one of the 27 of the vendor, or the one of the customer', () => {
		expect(VIEW_NAMES).toHaveLength(28);
		expect(VIEW_NAMES).toContain('jobs.overbudget');
	});

	test.each(VIEW_NAMES)(
		'A view gives its rows in order and with the same columns: %s',
		async (view) => {
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
		},
	);

	test.each(VIEW_NAMES)('A view has extStatus and extName as properties only: %s', (view) => {
		const columns = Object.keys(shared.sandbox.rows(view)[0]);
		expect(columns).not.toContain('extStatus');
		expect(columns).not.toContain('extName');
	});

	test.each([1, 7, 50, 250, 999])(
		'A view gives pages of %i rows that join exactly',
		async (size) => {
			const joined: Row[] = [];
			for (let offset: number | null = 0; offset !== null; ) {
				const { json } = await shared.get(`1/views/tasks?limit=${size}&offset=${offset}`);
				expect(json.metadata).toMatchObject({ count: json.data.length, limit: size });
				joined.push(...json.data);
				offset = json.metadata.nextOffset;
			}
			expect(joined).toEqual(JSON.parse(JSON.stringify(shared.sandbox.rows('tasks'))));
		},
	);

	test('A view names no next offset on a full last page, and gives no rows past the end', async () => {
		const count = shared.sandbox.rows('tasks').length;
		expect((await shared.get(`1/views/tasks?limit=${count}`)).json.metadata.nextOffset).toBeNull();
		const past = await shared.get(`1/views/tasks?offset=${count}`);
		expect(past.json).toEqual({ metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] });
	});

	test('A view gives only the rows that the filter describes', async () => {
		const { json } = await shared.get(
			`1/views/invoices.sales?${encodeFilter("(type='INVOICE.SALES' AND status='APPROVED')")}`,
		);
		const expected = shared.sandbox
			.rows('invoices.sales')
			.filter((row) => row.type === 'INVOICE.SALES' && row.status === 'APPROVED');
		expect(json.data.map((row: Row) => row.id)).toEqual(expected.map((row) => row.id));
		const oneill = await shared.get(
			`1/views/companies?${encodeFilter("name='O''Neill & Sons, Ltd.'")}`,
		);
		expect(oneill.json.metadata.count).toBe(1);
	});

	test('A view gives only the columns and properties that are asked for', async () => {
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

	test('A view gives its predefined columns, and others when they are asked for', async () => {
		const companies = ['id', 'name', 'properties.note'];
		shared.sandbox.set({ defaultColumns: { companies } });
		const row = async (query = '') =>
			(await shared.get(`1/views/companies?limit=1${query}`)).json.data[0];
		const { id, name, city } = shared.sandbox.rows('companies')[0];
		expect(await row()).toEqual({ id, name, properties: { note: null } });
		expect(await row(`&${encodeFilter(`city='${city as string}'`)}`)).not.toHaveProperty('city');
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
		[encodeFilter('nope=1'), 'nope'],
		[encodeFilter('properties.nope=1'), 'nope'],
		[encodeFilter('id>=1'), 'Position 4'],
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
	])('A view refuses the query %s', async (query, word) => {
		const { status, json } = await shared.get(`1/views/jobs?${query}`);
		expect(status).toBe(400);
		expect(json.message).toContain(word);
	});

	test('A view gives the rows of the unit in the path alone', async () => {
		const two = shared.sandbox.rows('jobs', 2);
		expect(two.length).toBeGreaterThan(0);
		expect(two.every((row) => row.agencyId === 2)).toBe(true);
		expect((await shared.get('2/views/jobs')).json.data).toHaveLength(two.length);
		expect((await shared.get('3/views/jobs')).json.message).toContain('unit "3"');
		for (const unit of ['x', '01', '00', '+1', '%201']) {
			expect((await shared.get(`${unit}/views/jobs`)).status).toBe(404);
		}
	});

	test('A view gives no larger page than maxLimit allows', async () => {
		shared.sandbox.set({ maxLimit: 10 });
		const { json } = await shared.get('1/views/jobs?limit=50');
		expect(json.metadata).toEqual({ count: 10, limit: 10, nextOffset: 10 });
	});

	test('A view gives its rows in the order that is set, pages and filters included', async () => {
		shared.sandbox.set({ order: (one, other) => Number(other.id) - Number(one.id) });
		const { json } = await shared.get('1/views/jobs?limit=2&offset=1&externalFilter=id%3E0');
		const ids = shared.sandbox.rows('jobs').map(({ id }) => id);
		expect(json.data.map((row: { id: number }) => row.id)).toEqual(ids.toReversed().slice(1, 3));
	});
});

describe('The encoding of a query', () => {
	test.each([
		["externalFilter=name%3D'x'", "'"],
		['externalFilter=name%3D"x"', '"'],
		['externalFilter=(id%3D1)', '('],
		['externalFilter=id=1', '='],
		['externalFilter=id>1', '>'],
		['externalFilter=id%3D1+OR+id%3D2', '+'],
		['columns=[id]', '['],
	])(
		'The encoding of a query must be the documented one, so that strict mode refuses %s',
		async (query, character) => {
			const { status, json } = await shared.get(`1/views/jobs?${query}`);
			expect(status).toBe(400);
			expect(json.message).toContain(`the character ${character} `);
		},
	);

	test.each(['a b', 'n\u00e1zev'])(
		'The sandbox refuses a raw space or accent in the URL: %s',
		async (value) => {
			const { port, apiKey } = shared.sandbox;
			const head = [
				`GET /rest/v1/1/views/jobs?columns=${value} HTTP/1.1`,
				'Host: x',
				`Authorization: Bearer ${apiKey}`,
				'Connection: close',
			];
			const response = await sendRaw(port, `${head.join('\r\n')}\r\n\r\n`);
			expect(response).toMatch(/^HTTP\/1.1 400 /);
			// Before 20.20 Node.js takes the second one, and the sandbox itself refuses it.
			expect(response).toMatch(/encoded/);
		},
	);

	test('The sandbox refuses broken percent-encoding', async () => {
		expect((await shared.get('1/views/jobs?externalFilter=%E0%A4')).status).toBe(400);
	});

	test('The sandbox takes the form that the documentation prints', async () => {
		const query = 'externalFilter=%28type%3D%27INVOICE.SALES%27%20AND%20status%3D%27APPROVED%27%29';
		expect((await shared.get(`1/views/invoices.sales?${query}`)).status).toBe(200);
		expect(shared.sandbox.log[0].query.externalFilter).toBe(
			"(type='INVOICE.SALES' AND status='APPROVED')",
		);
		expect(shared.sandbox.log[0].url).toContain(query);
	});

	test('The sandbox refuses a URL that is too long', async () => {
		const query = encodeFilter(`name='${'x'.repeat(9000)}'`);
		expect((await shared.get(`1/views/jobs?${query}`)).status).toBe(414);
	});
});
