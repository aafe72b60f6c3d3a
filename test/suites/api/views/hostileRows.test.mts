/** Rows and values that freeze, mislead or flood: names without end, rounded IDs, deep rows, tiny pages. */
import {
	respondWith,
	respondWithRows,
	useStrangeServer,
	type Responder,
} from '../../../helpers/transport/strangeServer.mts';

const { testBed, server, run, searchRecords } = useStrangeServer({ rows: { jobs: 0 } });

const credentials = () => ({ teamogyApi: server.credential });

/** The only page of a view, of rows as they are written: no object of JavaScript holds some of them. */
const respondWithJson = (...rows: string[]): Responder =>
	respondWith(`{"metadata":{"limit":1000,"nextOffset":null},"data":[${rows.join()}]}`);
const toDeepJson = (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`;
const jobs = { resource: 'job', operation: 'getAll', returnAll: true };
const lookUp = (value: unknown, more: object = {}) => ({
	resource: 'job',
	operation: 'lookUp',
	lookUpColumn: 'name',
	lookUpValue: value,
	...more,
});

describe('The name of a column', () => {
	const marks = (text: string) => `a${text.repeat(20_000)}`;

	it('A name that is too long is not listed', async () => {
		const names = ['id', 'n'.repeat(200), 'n'.repeat(201), marks('\u0323\u0301'), marks('\u0301')];
		server.respond(respondWithRows([Object.fromEntries(names.map((name) => [name, 1]))]));
		const options = await testBed.engine.loadOptions({
			type: 'teamogy',
			method: 'getColumns',
			path: 'parameters.options.columns',
			parameters: { resource: 'job', operation: 'getAll' },
			credentials: credentials(),
		});
		expect(options.map(({ value }) => value)).toEqual(names.slice(0, 2));
	});

	it('A name that is too long is refused as input', async () => {
		const { error } = await run(lookUp('x', { lookUpColumn: 'n'.repeat(201) }));
		expect(error?.message).toMatch(/^Look Up Column Name or ID, "n+…", is not a column name/);
		expect(error?.description).toContain('at most 200');
		expect(server.requests).toEqual([]);
	});
});

describe('The list of records', () => {
	it('A row whose ID has lost digits, is no number or is an expression is left out', async () => {
		server.respond(
			respondWithJson(
				'{"id":9007199254740993}',
				'{"id":1e999}',
				'{"id":0.5}',
				'{"id":9007199254740991}',
				'{"id":"9007199254740993"}',
				'{"id":"key"}',
				'{"id":"={{ 40 + 2 }}"}',
			),
		);
		expect((await searchRecords('brand')).results.map(({ value }) => value)).toEqual([
			'9007199254740993',
			'9007199254740991',
		]);
	});

	it('A list without a usable ID is explained', async () => {
		server.respond(respondWithJson('{"id":9007199254740993}'));
		await expect(searchRecords('brand')).rejects.toThrow(
			'The records of the view "brands" have no ID that can be used',
		);
	});

	it('A search passes a row that nests deeper than the stack', async () => {
		server.respond(
			respondWithJson(
				`{"id":1,"x":${toDeepJson(20_000)}}`,
				'{"id":2,"a":{"b":[{"c":"Good"}]}}',
				'{"id":3}',
			),
		);
		expect((await searchRecords('brand', 'good')).results.map(({ value }) => value)).toEqual(['2']);
	});

	it('A search reads few pages however small they are, and goes on from there', async () => {
		server.respond((response, request, nth) => {
			const offset = Number(new URL(request.url, 'http://x').searchParams.get('offset'));
			const data = [{ id: offset + 1, name: offset === 50 ? 'wanted' : 'other' }];
			respondWith({ metadata: { limit: 1, nextOffset: offset + 1 }, data })(response, request, nth);
		});
		const first = await searchRecords('brand', 'wanted');
		expect(server.requests.length).toBeLessThanOrEqual(40);
		const second = await searchRecords('brand', 'wanted', String(first.paginationToken));
		expect(second.results.map(({ value }) => value)).toEqual(['51']);
		expect(server.requests.length).toBeLessThanOrEqual(80);
	});
});

describe('The list of fields', () => {
	const listFields = async (parameters: object) =>
		await testBed.engine.resourceMapping({
			type: 'teamogy',
			method: 'getFields',
			path: 'parameters.fields',
			parameters: { resource: 'job', ...parameters },
			credentials: credentials(),
		});

	it.each([
		'{"toString":1}',
		'"\\ud800"',
		`"${'x'.repeat(7000)}"`,
		'[[1]]',
		'9007199254740993',
		'null',
	])('Fields are listed from the row of a record whose ID cannot be used: %s', async (id) => {
		server.respond(respondWithJson('{"id":5}', `{"id":${id},"ours":1,"more":2}`));
		const { fields } = await listFields({
			operation: 'create',
			fields: { mappingMode: 'defineBelow', value: null },
		});
		expect(fields.map((field) => field.id)).toEqual(expect.arrayContaining(['ours', 'more']));
		expect(server.requests.length).toBe(1);
	});

	it('The names of fields have no tags', async () => {
		server.respond(respondWithRows([{ properties: { '<img src=x>': 1 } }]));
		const { fields } = await listFields({ operation: 'update' });
		const [id, displayName] = ['properties.<img src=x>', 'Property \u2039img src=x> (Number)'];
		expect(fields).toContainEqual(expect.objectContaining({ id, displayName }));
	});

	it('Of more fields than 1,000 found, the list has the first and those in the mapping', async () => {
		const properties = Object.fromEntries(Array.from({ length: 5000 }, (_, n) => [`p${n}`, n]));
		server.respond(respondWithRows([{ properties }]));
		const { fields } = await listFields({
			operation: 'update',
			fields: { mappingMode: 'defineBelow', value: { 'properties.p4000': 1 } },
		});
		const found = fields.map(({ id }) => id).filter((id) => /^properties\.p/.test(id));
		expect(found).toHaveLength(1001);
		expect(found.slice(-2)).toEqual(['properties.p999', 'properties.p4000']);
	});
});

describe('A view with many long names', () => {
	it('Many values are not looked up one by one where the names of all columns fill the address', async () => {
		const wide = Array.from({ length: 150 }, (_, n) => [`c${String(n).padStart(39, '0')}`, 1]);
		server.respond(respondWithRows([{ id: 1, ...Object.fromEntries(wide) }]));
		const { error } = await run(lookUp('={{ $json.v }}'), {
			input: Array.from({ length: 500 }, (_, n) => ({ v: `value ${n}` })),
		});
		expect(error?.message).toMatch(/^The view "jobs" returns "name" only on request, and/);
		expect(server.requests.length).toBeLessThan(5);
	});
});

describe('A message', () => {
	const digits = '9'.repeat(1_000_000);
	const text = 'x'.repeat(1_000_000);
	const record = (mode: string, value: string) => ({ recordId: { __rl: true, mode, value } });
	const company = (operation: string, more: object) => ({
		resource: 'company',
		operation,
		...more,
	});
	const request = (more: object) => ({
		resource: 'apiRequest',
		operation: 'request',
		method: 'GET',
		path: 'companies',
		...more,
	});

	it.each<[string, object]>([
		['a number to look up', lookUp(digits, { lookUpType: 'number' })],
		['a text to look up', lookUp(text)],
		['a column', lookUp('x', { lookUpColumn: text })],
		['the name of a view', { ...jobs, resource: 'view', viewName: text }],
		['a path', request({ path: text })],
		['a path that leaves the unit', request({ path: `../${text}` })],
		['an ID', company('get', record('id', digits))],
		['a registration number', company('get', record('registration', text))],
		['a registration number to update', company('update', record('registration', text))],
		[
			'the name of a new record',
			company('create', { fieldsMode: 'json', body: JSON.stringify({ name: text }) }),
		],
		[
			'the name of a field of a new record',
			company('create', { fieldsMode: 'json', body: JSON.stringify({ [text]: 1 }) }),
		],
		['the name of a field', company('create', { fieldsMode: 'json', body: `{"${text}":1e999}` })],
		['a resource', { ...jobs, resource: text }],
		['an operation', { ...jobs, operation: text }],
	])('A message repeats the beginning of %s alone', async (_, parameters) => {
		server.respond(respondWith({ message: 'no' }, 400));
		const { error } = await run(parameters);
		expect(error?.message).toMatch(/ \[item 0\]$/);
		expect(`${error?.message}${error?.description}`.length).toBeLessThan(1000);
	});
});

describe('A value', () => {
	it.each(['equal', 'anyOf', 'notEqual'])(
		'Far too long a value is refused: %s',
		async (operator) => {
			const conditions = [{ column: 'name', operator, value: "'".repeat(100_001), type: 'string' }];
			const { error } = await run({ ...jobs, filters: { conditions } });
			expect(error?.message).toMatch(/ is too long for the address of a request \[item 0\]$/);
			expect(server.requests).toEqual([]);
		},
	);
});

describe('A file', () => {
	it('A column with thousands of dots fails no row that nests as deep', async () => {
		const levels = 20_000;
		const name = Array(levels).fill('a').join('.');
		const nested = `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
		server.respond(
			respondWithJson(
				`{"id":1,"properties":{"${name}":1}}`,
				`{"id":2,"properties":${nested}}`,
				'{"id":3,"properties":{"a.b":2,"__proto__.toString":3}}',
			),
		);
		const { error, items } = await run({ ...jobs, output: 'file', fileFormat: 'csv' });
		expect(error).toBeUndefined();
		const [header, ...lines] = Buffer.from(items[0].binary!.data.data, 'base64')
			.toString()
			.trim()
			.split('\r\n');
		expect(header.length).toBeGreaterThan(name.length);
		expect(lines.map((line) => line.replace(/"\{.*\}"/, 'nested'))).toEqual([
			'1,1,,,',
			'2,,nested,,',
			'3,,,2,3',
		]);
	});
});

describe('Look Up and Create or Update whatever case and accents', () => {
	const names = (...list: string[]) => ({ input: list.map((name) => ({ name })) as never });
	const loosely = { options: { ignoreCase: true } };
	const byName = lookUp('={{ $json.name }}', loosely);
	const upsertByName = {
		resource: 'company',
		operation: 'upsert',
		fieldsMode: 'json',
		body: '={{ { name: $json.name, vatCode: "1" } }}',
		matchColumn: 'name',
		matchValue: '={{ $json.name }}',
		...loosely,
	};

	/** A server that compares no number with a text, and gives the rows of IDs unless they are lost. */
	const respondByIds =
		(rows: object[], lost: unknown[] = []): Responder =>
		(response, request, nth) => {
			const filter = new URL(request.url, 'http://x').searchParams.get('externalFilter');
			const ids = [...(filter ?? '').matchAll(/id=([^ )]+)/g)].map(([, id]) => id);
			const found = rows.filter((row) => {
				const { id } = row as { id: unknown };
				return ids.includes(typeof id === 'string' ? `'${id}'` : String(id)) && !lost.includes(id);
			});
			const page = request.method === 'GET' ? (filter ? found : rows) : undefined;
			(page ? respondWithRows(page) : respondWith({ id: 99 }))(response, request, nth);
		};
	const getWrites = () =>
		server.requests.filter(({ method }) => method !== 'GET').map(({ method }) => method);

	it('A record whose ID is a text does not make other records be created again', async () => {
		server.respond(
			respondByIds([
				{ id: 1, name: 'A' },
				{ id: 0, name: 'B' },
				{ id: 'x', name: 'C' },
			]),
		);
		const { json } = await run(upsertByName, {
			...names('a', 'c'),
			onError: 'continueRegularOutput',
		});
		expect(getWrites()).toEqual(['PATCH']);
		expect(json[1].error).toContain('The ID of the record found, "x", is not an ID');
		expect((await run(byName, names('b', 'c'))).json.map(({ teamogy }) => teamogy)).toEqual([
			{ id: 0, name: 'B' },
			{ id: 'x', name: 'C' },
		]);
	});

	it('A record that does not come again by its ID is not created again', async () => {
		server.respond(respondByIds([{ id: 1, name: 'A' }], [1]));
		const { error } = await run(upsertByName, names('a'));
		expect(error?.message).toBe(
			'The view "companies" has the record 1, but does not find it by its ID [item 0]',
		);
		expect(getWrites()).toEqual([]);
	});

	it.each<[string, unknown]>([
		['too long', 'x'.repeat(7000)],
		['too large', 1e20],
		['half an emoji', '\ud83d'],
		['null', null],
		['empty', ''],
		['an object', { a: 1 }],
	])('A record with an ID that cannot be asked for fails its item alone: %s', async (_, id) => {
		server.respond(
			respondByIds([
				{ id: 1, name: 'A' },
				{ id, name: 'B' },
			]),
		);
		const { json } = await run(byName, {
			...names('a', 'b', 'c'),
			onError: 'continueRegularOutput',
		});
		expect(json[0].teamogy).toEqual({ id: 1, name: 'A' });
		expect(json[1].error).toMatch(/^The (ID of the record found|view "jobs" returns records)/);
		expect(json[2].teamogy).toBeNull();
	});

	it('A legal form alone is not the name of a record without one', async () => {
		server.respond(
			respondByIds([
				{ id: 1, name: '' },
				{ id: 2, name: '-' },
			]),
		);
		const { json } = await run(byName, names(', s.r.o.', '- a.s.'));
		expect(json.map(({ teamogy }) => teamogy)).toEqual([null, null]);
	});

	it('Names of letters that are long to compare do not stop n8n', async () => {
		server.respond(
			respondByIds(
				Array.from({ length: 60 }, (_, id) => ({ id, name: '\ufdfa'.repeat(5990) + id })),
			),
		);
		const started = performance.now();
		let last = started;
		let longest = 0;
		const measure = () => {
			longest = Math.max(longest, performance.now() - last);
			last = performance.now();
		};
		const timer = setInterval(measure, 5);
		await run(byName, names('acme'));
		measure();
		clearInterval(timer);
		// Compared with the whole run, since the machine may be busy.
		expect(longest).toBeLessThan((performance.now() - started) / 2);
	});
});

it('Text that only looks like a day is refused in the words of the node', async () => {
	server.respond(respondWithRows([{ id: 1, day: '2026-11-30' }]));
	const condition = { column: 'day', operator: 'equal', value: '00042026' };
	const { error } = await run({ ...jobs, filters: { conditions: [condition] } });
	expect(error?.message).toContain('"00042026", is not a day');
});
