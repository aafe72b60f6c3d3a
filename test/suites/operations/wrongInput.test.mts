/** The nodes keep their promises on servers that behave differently wherever nothing is documented. */
import type { IDataObject } from 'n8n-workflow';
import { EVENTS, Trigger } from '../../helpers/polling/trigger.mts';
import type { Row, SandboxOptions } from '../../sandbox/index.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import {
	getBodies,
	toRecordId,
	toJsonBody,
	looseKey,
	toMapping,
	getWrites,
} from '../../helpers/writeHelpers.mts';

const COMPANIES = 40;
/** The view that the triggers watch. */
const WATCHED = 'opportunities';

const testBed = useTestBed({ rows: { companies: COMPANIES, [WATCHED]: 5 } });

beforeEach(() => testBed.sandbox.set({ maxLimit: undefined, order: undefined }));

const run = async (operation: string, parameters: object, input: object[] = [{}]) => {
	const { sandbox, run: start } = testBed;
	sandbox.clearLog();
	const all = { resource: 'company', operation, output: 'all', ...parameters };
	const { json: rows, items, error, hints } = await start(all, { input: input as IDataObject[] });
	return { rows, items, error, hints: hints.map(({ message }) => message) };
};
const companies = () => testBed.sandbox.rows('companies') as Array<Row & { id: number }>;
const recordOf = (id: unknown, entity = 'companies') =>
	testBed.sandbox.records(entity).find((record) => record.id === id)!;
const lookUpBy = (lookUpColumn: string, lookUpType = 'string', more: object = {}) => ({
	lookUpColumn,
	lookUpType,
	lookUpValue: '={{ $json.value }}',
	...more,
});
const newestFirst = (one: Row, other: Row) => Number(other.id) - Number(one.id);

const SETTINGS: Record<string, Partial<SandboxOptions>> = {
	'the usual': {},
	'views return few columns by themselves': {
		defaultColumns: {
			companies: ['id', 'name', 'properties'],
			'documents.order.purchase': ['id'],
			[WATCHED]: ['id', 'name'],
		},
	},
	'views return no ID by themselves': {
		defaultColumns: { companies: ['name'], 'documents.order.purchase': ['number'] },
	},
	'rows come newest first': { order: newestFirst },
	'pages are cut': { maxLimit: 7 },
	'texts are compared whatever their case': { ignoreCase: true },
	'texts are compared whatever their case, accents and spacing': { compareBy: looseKey },
	'records come wrapped': { wrapEntity: true },
	'a change replaces properties': { patchProperties: 'replace' },
	'writes are answered with 201': { createdStatus: 201 },
	'writes are answered with the record': { writeResponse: 'record', createdStatus: 201 },
	'writes are answered with nothing': { writeResponse: 'nothing' },
	'documents need their unit': { agencyId: 'required' },
};

describe.each(Object.entries(SETTINGS))('A server where %s', (_, settings) => {
	const tellsId = settings.writeResponse !== 'nothing';

	beforeEach(() => testBed.sandbox.set(settings));

	it('Get Many returns exactly the rows, with the requested columns', async () => {
		const output = { output: 'selected', columns: ['id', 'city', 'properties.extStatus'] };
		const conditions = [{ column: 'city', operator: 'notEqual', value: 'Brno' }];
		const { rows } = await run('getAll', {
			...output,
			returnAll: true,
			filters: { conditions },
			options: { pageSize: 10 },
		});
		const expected = companies().filter(({ city }) => city !== null && city !== 'Brno');
		const inOrder = settings.order ? expected.toSorted(settings.order) : expected;
		expect(rows).toEqual(
			inOrder.map(({ id, city, properties }) => ({
				id,
				city,
				properties: { extStatus: (properties as IDataObject).extStatus ?? null },
			})),
		);
	});

	it('Get returns the record', async () => {
		const [{ id }] = companies();
		const { rows } = await run('get', toRecordId(id));
		const record = recordOf(id);
		expect(rows).toEqual([settings.wrapEntity ? { data: record } : record]);
	});

	it.each([
		['id', 'number'],
		['name', 'string'],
		['vat', 'string'],
		['properties.extId', 'string'],
	])('Look Up by %s returns the right row for every item', async (column, type) => {
		for (const [at, { id }] of companies().entries())
			testBed.sandbox.patch('companies', id, {
				registrations: { vat: `CZ${at}` },
				properties: { extId: `ext ${at}` },
			});
		const valueOf = (row: Row) =>
			column.startsWith('properties.')
				? (row.properties as IDataObject)[column.slice('properties.'.length)]
				: row[column];
		const there = companies();
		const names = there.map(({ name }) => name);
		// Several companies with one name would all match.
		const unique = there.filter(({ name }) => names.indexOf(name) === names.lastIndexOf(name));
		const input = [
			...unique.map((row) => ({ value: valueOf(row), of: row.name })),
			{ value: type === 'number' ? 9_999_999 : 'nowhere', of: null },
		];
		const { rows, items, error } = await run('lookUp', lookUpBy(column, type), input);
		expect(error).toBeUndefined();
		expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
			input.map((_one, item) => ({ item })),
		);
		expect(rows.map(({ teamogy }) => (teamogy as IDataObject | null)?.name ?? null)).toEqual(
			input.map(({ of }) => of),
		);
		const needed = Math.ceil(COMPANIES / (settings.maxLimit ?? COMPANIES));
		expect(testBed.sandbox.log.length).toBeLessThanOrEqual(2 * needed + 2);
	});

	it('Create writes once and returns an item', async () => {
		const properties = { name: 'Order', note: 'x' };
		const body = { ownerId: 11, companyId: companies()[0].id, agencyId: 1, properties };
		const { rows, error } = await run('create', { resource: 'purchaseOrder', ...toJsonBody(body) });
		expect(error).toBeUndefined();
		expect(getBodies(testBed.sandbox)).toEqual([{ type: 'DOCUMENT.ORDER.PURCHASE', ...body }]);
		const record = testBed.sandbox.records('documents').at(-1)!;
		expect(record).toMatchObject(body);
		expect(rows).toEqual([tellsId ? expect.objectContaining({ id: record.id }) : {}]);
	});

	it('Update writes the given fields, and all properties where all are given', async () => {
		const [{ id }] = companies();
		const { name, properties } = recordOf(id);
		const given = { ...(properties as IDataObject), extStatus: 'EXT.READY', note: null };
		const fields = toJsonBody({ industry: 'Law', properties: given });
		const options = { returnRecord: true };
		const { rows, error, hints } = await run('update', { ...toRecordId(id), ...fields, options });
		expect([error, hints]).toEqual([undefined, []]);
		expect(recordOf(id)).toMatchObject({ name, industry: 'Law' });
		expect(recordOf(id).properties).toEqual(given);
		expect(rows).toEqual([settings.wrapEntity ? { data: recordOf(id) } : recordOf(id)]);
		expect(getWrites(testBed.sandbox)).toHaveLength(1);
	});

	it.each(['name', 'properties.extId'])(
		'Create or Update by %s writes each record once, and a second run changes nothing more',
		async (column) => {
			const within = column !== 'name';
			const keyOf = (at: number) => (within ? `ext ${at}` : `Company ${at}`);
			const bodyOf = (at: number) =>
				within ? { properties: { extId: keyOf(at) } } : { name: keyOf(at) };
			const known = [1, 2, 3].map((at) => testBed.sandbox.insert('companies', bodyOf(at)).id);
			// A new company comes twice: the second item updates the record of the first.
			const input = [1, 4, 2, 5, 5, 3].map((at, n) => ({
				at,
				[column]: keyOf(at),
				industry: `${n}`,
			}));
			const fields = { [column]: `={{ $json["${column}"] }}`, industry: '={{ $json.industry }}' };
			const parameters = toMapping(fields, [], { matchingColumns: [column] });
			const count = companies().length;
			const first = await run('upsert', parameters, input);
			expect(first.error).toBeUndefined();
			expect(first.rows).toHaveLength(input.length);
			expect(companies()).toHaveLength(count + 2);
			expect(getWrites(testBed.sandbox).map(({ method }) => method)).toEqual([
				'PATCH',
				'POST',
				'PATCH',
				'POST',
				'PATCH',
				'PATCH',
			]);
			const second = await run('upsert', parameters, input);
			expect(second.error).toBeUndefined();
			expect(companies()).toHaveLength(count + 2);
			const made = companies().slice(count);
			const industries = [...known, ...made.map(({ id }) => id)].map((id) => recordOf(id).industry);
			expect(industries).toEqual(['0', '2', '5', '1', '4']);
		},
	);

	it('Create or Update matches documents by their number', async () => {
		const [{ id, number }] = testBed.sandbox.rows('documents.order.purchase');
		const body = { ownerId: 11, companyId: companies()[0].id, agencyId: 1, tags: ['matched'] };
		const parameters = {
			resource: 'purchaseOrder',
			...toJsonBody(body),
			matchColumn: 'number',
			matchValue: '={{ $json.number }}',
		};
		const { error } = await run('upsert', parameters, [{ number }]);
		expect(error).toBeUndefined();
		expect(getWrites(testBed.sandbox).map(({ url }) => url)).toEqual([
			`/rest/v1/1/documents?id=${id}`,
		]);
		expect(recordOf(id, 'documents').tags).toEqual(['matched']);
	});

	it.each(EVENTS)('The trigger delivers each record once: %s', async (event) => {
		const won = { filters: { conditions: [{ column: 'status', value: 'WON' }] } };
		const filtered = event === 'entersFilter';
		const one = new Trigger(testBed, { view: WATCHED, event, ...(filtered && won) });
		expect(await one.items()).toBeNull();
		const ids = [1, 2, 3].map((n) => {
			const name = `Opportunity ${n}`;
			return testBed.sandbox.insert(WATCHED, { name, status: 'WON' }).id;
		});
		const told = async () => (await one.poll()).map(({ id, name }) => [id, name]);
		expect(await told()).toEqual(ids.map((id, n) => [id, `Opportunity ${n + 1}`]));
		expect(await told()).toEqual([]);
		testBed.sandbox.patch(WATCHED, ids[1], { name: 'Another' });
		expect(await told()).toEqual(event === 'createdOrUpdated' ? [[ids[1], 'Another']] : []);
	});
});

describe('A view that leaves out the requested column by default', () => {
	const few = (...columns: string[]) =>
		testBed.sandbox.set({ defaultColumns: { companies: columns, [WATCHED]: columns } });

	it('Look Up of one value returns its rows in one request', async () => {
		few('name');
		const [{ id, name }] = companies();
		const alone = { lookUpOutput: 'record' };
		const { rows } = await run('lookUp', lookUpBy('id', 'number', alone), [{ value: id }]);
		expect(rows).toEqual([{ name }]);
		expect(testBed.sandbox.log).toHaveLength(1);
	});

	it('Look Up of several values requests them once more, with the column and those that came', async () => {
		few('name', 'properties');
		const [one, two] = companies();
		const { rows } = await run('lookUp', lookUpBy('id', 'number', { lookUpOutput: 'record' }), [
			{ value: two.id },
			{ value: one.id },
		]);
		const shown = ({ id, name, properties }: Row) => ({ id, name, properties });
		expect(rows).toEqual([shown(two), shown(one)]);
		const [first, second, ...more] = testBed.sandbox.log.map(({ query }) => query);
		expect(more).toEqual([]);
		expect(first).not.toHaveProperty('columns');
		expect(second.columns).toBe('id,name');
		expect(second.properties.split(',').sort()).toEqual(
			[...new Set([one, two].flatMap(({ properties }) => Object.keys(properties!)))].sort(),
		);
		expect(second.externalFilter).toBe(first.externalFilter);
	});

	it('Look Up of one text with several rows returns the rows that equal it, if there are any', async () => {
		few('id');
		testBed.sandbox.set({ ignoreCase: true });
		const ids = ['Šíp', 'ŠÍP', 'šíp'].map(
			(name) => testBed.sandbox.insert('companies', { name }).id,
		);
		const find = async (value: string) => {
			const parameters = lookUpBy('name', 'string', { lookUpOutput: 'record' });
			return (await run('lookUp', parameters, [{ value }])).rows.map(({ id }) => id);
		};
		expect(await find('ŠÍP')).toEqual([ids[1]]);
		expect(await find('šíP')).toEqual(ids);
	});

	it('Look Up with chosen properties keeps them chosen', async () => {
		few('name', 'properties');
		const [one, two] = companies();
		const options = { columns: 'properties.extStatus' };
		const parameters = lookUpBy('id', 'number', { lookUpOutput: 'record', options });
		const input = [{ value: one.id }, { value: two.id }];
		const { rows } = await run('lookUp', parameters, input);
		const extStatus = ({ properties }: Row) => (properties as IDataObject).extStatus ?? null;
		expect(rows).toEqual(
			[one, two].map((row) => ({
				id: row.id,
				name: row.name,
				properties: { extStatus: extStatus(row) },
			})),
		);
	});

	it('Look Up of many values needs few requests more, and no address is too long', async () => {
		few('name', 'properties');
		const input = Array.from({ length: 3000 }, (_, value) => ({ value: 30_001 + value }));
		const { rows } = await run('lookUp', lookUpBy('id', 'number'), input);
		expect(rows.filter(({ teamogy }) => teamogy)).toHaveLength(companies().length);
		const { log, domain } = testBed.sandbox;
		for (const { url } of log) expect(url.length + domain.length).toBeLessThanOrEqual(6000);
		expect(log.length).toBeLessThanOrEqual(2 * 12);
	});

	it('Look Up reports a column that does not come at all, and no value is held for missing', async () => {
		few('name');
		const [one, two] = companies();
		// The server leaves out the column even if it is requested.
		testBed.sandbox.fault({
			kind: 'status',
			status: 200,
			times: Infinity,
			body: {
				metadata: { count: 2, limit: 1000, nextOffset: null },
				data: [{ name: 1 }, { name: 2 }],
			},
		});
		const several = await run('lookUp', lookUpBy('id', 'number'), [
			{ value: one.id },
			{ value: two.id },
		]);
		expect(several.error?.message).toBe(
			'The view "companies" is filtered by "id" but does not return it [item 0]',
		);
		expect(several.error?.description).toMatch(/Match by a column that the view returns/);
	});

	it('Create or Update creates no record where the found rows cannot be told apart', async () => {
		const names = ['A', 'B'].map((name) => ({ name }));
		for (const { name } of names) testBed.sandbox.insert('companies', { name });
		testBed.sandbox.fault({
			kind: 'status',
			status: 200,
			times: Infinity,
			when: ({ query }) => /name='A'/.test(query.externalFilter ?? ''),
			body: { metadata: { count: 2, limit: 1000, nextOffset: null }, data: [{ id: 1 }, { id: 2 }] },
		});
		const fields = toMapping({ name: '={{ $json.name }}' }, [], { matchingColumns: ['name'] });
		const { error } = await run('upsert', fields, names);
		expect(error?.message).toMatch(/is filtered by "name" but does not return it/);
		expect(getWrites(testBed.sandbox)).toEqual([]);
	});

	it('Create or Update matches by a column that no record has a value for', async () => {
		few('id', 'name');
		for (const { id } of companies())
			testBed.sandbox.patch('companies', id, { industry: null, properties: {} });
		const fields = toMapping({ industry: '={{ $json.industry }}', name: 'New' }, [], {
			matchingColumns: ['industry'],
		});
		const { error } = await run('upsert', fields, [{ industry: 'Law' }, { industry: 'Law' }]);
		expect(error).toBeUndefined();
		expect(getWrites(testBed.sandbox).map(({ method }) => method)).toEqual(['POST', 'PATCH']);
		const unknown = toMapping({ nothing: 'x' }, [], { matchingColumns: ['nothing'] });
		const { error: refused } = await run('upsert', unknown);
		expect(refused?.message).toMatch(/^The view "companies" has no column "nothing" to match by/);
	});

	it.each(EVENTS)('The activated trigger says what to choose: %s', async (event) => {
		few('name');
		const won = { filters: { conditions: [{ column: 'status', value: 'WON' }] } };
		const parameters = { view: WATCHED, event, ...(event === 'entersFilter' && won) };
		testBed.sandbox.insert(WATCHED, { name: 'One', status: 'WON' });
		const { message, description } = await new Trigger(testBed, parameters).failure();
		expect(message).toMatch(
			/^A row of the view "opportunities" \(name "[^"]+"\) has no value in "id" to identify it$/,
		);
		expect(description).toMatch(/it by itself, choose 'Column Names or IDs' under 'Options'/);
		const options = { columns: ['name'] };
		const one = new Trigger(testBed, { ...parameters, options });
		expect(await one.items()).toBeNull();
		const { id } = testBed.sandbox.insert(WATCHED, { name: 'Two', status: 'WON' });
		expect((await one.poll()).map((row) => row.id)).toEqual([id]);
	});

	it.each(EVENTS)('The trigger takes an ID within properties: %s', async (event) => {
		const number = (extNumber: number) => ({ status: 'WON', properties: { extNumber } });
		testBed.sandbox.insert(WATCHED, number(1));
		for (const { id } of testBed.sandbox.records(WATCHED))
			testBed.sandbox.patch(WATCHED, id, { properties: { extNumber: id } });
		few('id', 'name', 'properties.extNumber');
		const won = { filters: { conditions: [{ column: 'status', value: 'WON' }] } };
		const options = { idColumn: 'properties.extNumber' };
		const one = new Trigger(testBed, {
			view: WATCHED,
			event,
			options,
			...(event === 'entersFilter' && won),
		});
		expect(await one.items()).toBeNull();
		const { id } = testBed.sandbox.insert(WATCHED, number(1_000_000));
		expect((await one.poll()).map((row) => row.id)).toEqual([id]);
		expect(testBed.sandbox.log.every(({ status }) => status === 200)).toBe(true);
	});
});

describe('A column __proto__', () => {
	const row = '{"id":7,"name":"Acme","__proto__":{"teamogyEvent":"inherited"},"constructor":1}';
	const view = `{"metadata":{"count":1,"limit":1000,"nextOffset":null},"data":[${row}]}`;
	const headers = { 'content-type': 'application/json' };
	const answer = (body: string, path: string | RegExp) =>
		testBed.sandbox.fault({ kind: 'html', status: 200, body, headers, path, times: Infinity });
	const own = JSON.parse(row) as IDataObject;
	const check = (item: unknown, expected: object) => {
		expect(Object.getPrototypeOf(item)).toBe(Object.prototype);
		expect(Object.entries(item as object)).toEqual(
			expect.arrayContaining(Object.entries(expected)),
		);
		expect(Object.hasOwn(item as object, '__proto__')).toBe(true);
	};
	const full = { options: { returnRecord: true } };
	const byName = toMapping({ name: 'Acme' }, [], { matchingColumns: ['name'] });

	it.each([
		['getAll', {}],
		['lookUp', lookUpBy('name', 'string', { lookUpValue: 'Acme', lookUpOutput: 'record' })],
		['get', toRecordId(7)],
		['create', { ...toJsonBody({ name: 'Acme' }), ...full }],
		['update', { ...toRecordId(7), ...toJsonBody({ name: 'Acme' }), ...full }],
		['upsert', { ...byName, ...full }],
	])('%s keeps the column as a key of the item', async (operation, parameters) => {
		answer(view, 'views/');
		answer(row, /companies(\?|$)/);
		const { rows, error } = await run(operation, parameters);
		expect(error).toBeUndefined();
		check(rows[0], own);
	});

	it('Look Up keeps the column as a key of the input and of the record', async () => {
		answer(view, 'views/');
		const input = JSON.parse('{"value":"Acme","__proto__":{"of":"the input"}}') as object;
		const { rows } = await run('lookUp', lookUpBy('name'), [input]);
		check(rows[0], {});
		check(rows[0].teamogy, own);
	});

	it.each(EVENTS)('The trigger keeps the column as a key of the item: %s', async (event) => {
		const won = { filters: { conditions: [{ column: 'status', value: 'WON' }] } };
		const one = new Trigger(testBed, {
			view: WATCHED,
			event,
			...(event === 'entersFilter' && won),
		});
		for (const { id } of testBed.sandbox.records(WATCHED)) testBed.sandbox.remove(WATCHED, id);
		expect(await one.items()).toBeNull();
		answer(view, 'views/');
		const [item, ...others] = await one.poll();
		expect(others).toEqual([]);
		check(item, own);
		expect(item.teamogyEvent).toBe(event === 'entersFilter' ? 'entered' : 'created');
	});
});

it('For a new user the editor says what is not known and Teamogy says what is missing', async () => {
	const { properties } = testBed.engine.description('teamogy');
	const notices = properties.filter(({ name }) => name === 'newUserNotice');
	expect(notices.map(({ displayOptions }) => displayOptions)).toEqual(
		['create', 'upsert'].map((operation) => ({
			show: { resource: ['user'], operation: [operation] },
		})),
	);
	const { error } = await run('create', { resource: 'user', ...toJsonBody({ userName: 'jana' }) });
	expect(error?.description).toMatch(/^Teamogy says: email: is required\./);
});

it('For a new document without its unit Teamogy says what is missing', async () => {
	testBed.sandbox.set({ agencyId: 'required' });
	const body = { ownerId: 11, companyId: companies()[0].id };
	const { error } = await run('create', { resource: 'gem', ...toJsonBody(body) });
	expect(error?.description).toMatch(/^Teamogy says: agencyId: is required\./);
});

it('All rows are read with few refusals where refused requests count too', async () => {
	testBed.sandbox.set({ budget: 4, windowMs: 300, countRefused: true });
	const options = { pageSize: 4 };
	const { rows } = await run('getAll', { returnAll: true, options });
	expect(rows).toEqual(companies());
	const refused = testBed.sandbox.log.filter(({ status }) => status === 429);
	expect(refused.length).toBeGreaterThan(0);
	expect(refused.length).toBeLessThan(rows.length / 4);
});
