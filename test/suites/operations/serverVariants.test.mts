/** The nodes keep their promises on servers that behave differently wherever nothing is documented. */
import type { IDataObject } from 'n8n-workflow';
import { COMPANIES, toTriggerParameters, useCompanies, WATCHED } from '../../helpers/companies.mts';
import { getBodies, getWrites } from '../../helpers/loggedRequests.mts';
import { by } from '../../helpers/lookUp.mts';
import { looseKey } from '../../helpers/looseKey.mts';
import { EVENTS, Trigger } from '../../helpers/polling/trigger.mts';
import { toJsonBody, toMapping, toRecordId } from '../../helpers/writeParameters.mts';
import type { Row, SandboxOptions } from '../../sandbox/index.mts';

const { testBed, run, companies } = useCompanies();

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
		const record = testBed.findRecord(id);
		expect(rows).toEqual([settings.wrapEntity ? { data: record } : record]);
	});

	it.each([
		['id', 9_999_999],
		['name', 'nowhere'],
		['vat', 'nowhere'],
		['properties.extId', 'nowhere'],
	])('Look Up by %s returns the right row for every item', async (column, unknown) => {
		for (const [at, { id }] of companies().entries())
			testBed.sandbox.patch('companies', id, {
				registrations: { vat: `CZ${at}` },
				properties: { extId: `ext ${at}` },
			});
		const readValue = (row: Row) =>
			column.startsWith('properties.')
				? (row.properties as IDataObject)[column.slice('properties.'.length)]
				: row[column];
		const there = companies();
		const names = there.map(({ name }) => name);
		// Several companies with one name would all match.
		const unique = there.filter(({ name }) => names.indexOf(name) === names.lastIndexOf(name));
		const input = [
			...unique.map((row) => ({ [column]: readValue(row), of: row.name })),
			{ [column]: unknown, of: null },
		];
		const { rows, items, error } = await run('lookUp', by(column), input);
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
		const { name, properties } = testBed.findRecord(id);
		const given = { ...(properties as IDataObject), extStatus: 'EXT.READY', note: null };
		const fields = toJsonBody({ industry: 'Law', properties: given });
		const options = { returnRecord: true };
		const { rows, error, hints } = await run('update', { ...toRecordId(id), ...fields, options });
		expect([error, hints]).toEqual([undefined, []]);
		expect(testBed.findRecord(id)).toMatchObject({ name, industry: 'Law' });
		expect(testBed.findRecord(id).properties).toEqual(given);
		expect(rows).toEqual([
			settings.wrapEntity ? { data: testBed.findRecord(id) } : testBed.findRecord(id),
		]);
		expect(getWrites(testBed.sandbox)).toHaveLength(1);
	});

	it.each(['name', 'properties.extId'])(
		'Create or Update by %s writes each record once, and a second run changes nothing more',
		async (column) => {
			const within = column !== 'name';
			const buildKey = (at: number) => (within ? `ext ${at}` : `Company ${at}`);
			const buildBody = (at: number) =>
				within ? { properties: { extId: buildKey(at) } } : { name: buildKey(at) };
			const known = [1, 2, 3].map((at) => testBed.sandbox.insert('companies', buildBody(at)).id);
			// A new company comes twice: the second item updates the record of the first.
			const input = [1, 4, 2, 5, 5, 3].map((at, n) => ({
				at,
				[column]: buildKey(at),
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
			const industries = [...known, ...made.map(({ id }) => id)].map(
				(id) => testBed.findRecord(id).industry,
			);
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
		expect(testBed.findRecord(id, 'documents').tags).toEqual(['matched']);
	});

	it.each(EVENTS)('The trigger delivers each record once: %s', async (event) => {
		const one = new Trigger(testBed, toTriggerParameters(event));
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
