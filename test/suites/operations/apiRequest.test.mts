/** API Request: the path, the query and the body of a request, and what is refused. */
import { useTestBed } from '../../helpers/testBed.mts';
import { UNICODE } from '../../helpers/hostileTexts.mts';

const testBed = useTestBed();

const send = async (parameters: object, more: object = {}) =>
	await testBed.run({ resource: 'apiRequest', operation: 'request', ...parameters }, more);
const urls = (): string[] => testBed.sandbox.log.map(({ method, url }) => `${method} ${url}`);

describe('API Request', () => {
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
		testBed.expectRefused(result, `'Path' "${path.trim()}" ${why}`);
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
		[{ method: 'POST', path: 'companies', body: '{"a": ' }, "'Body' is not valid JSON: "],
		[{ method: 'POST', path: 'companies', body: "{'a': 1}" }, "'Body' is not valid JSON: "],
		[
			{ method: 'POST', path: 'companies', body: '<a href=//x>' },
			`'Body' is not valid JSON: Unexpected token '<', "\u2039a href=//x>" is not valid JSON`,
		],
		[
			{ path: 'companies', query: query({ id: "'".repeat(100_001) }) },
			'What is sent is too long for the address of a request',
		],
		[{ path: 'companies', options: { unitId: 'one' } }, '\'Business Unit ID\' "one" is not'],
		[
			{ path: 'companies', options: { unitId: '<img src=x>' } },
			'\'Business Unit ID\' "\u2039img src=x>" is not',
		],
		[
			{ path: 'companies', query: query({ id: '={{ [1, 2] }}' }) },
			'The value of the query parameter "id" is not a single value',
		],
	])('%j is refused', async (parameters, message) => {
		testBed.expectRefused(await send(parameters), message);
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
			'The query parameter "__proto__" is entered twice [item 0]',
		);
	});

	it("An error holds Teamogy's own words", async () => {
		const { error } = await send({ method: 'DELETE', path: 'companies' });
		expect(error?.message).toBe('Teamogy does not offer this for "companies" (DELETE) [item 0]');
		expect(error?.description).toContain('DELETE is not possible here, only GET, POST, PATCH');
	});
});
