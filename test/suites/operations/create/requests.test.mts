/** Create: the requests for every entity, from the mapper and from JSON, and what comes out. */
import fc from 'fast-check';
import { useCreate } from '../../../helpers/create.mts';
import { DOCUMENTED, flatten, insertDocumented } from '../../../helpers/documentedBodies.mts';
import { getReads, getWrites } from '../../../helpers/loggedRequests.mts';
import { listResourcesFor } from '../../../helpers/resources.mts';
import {
	toAutoMapping,
	toJsonBody,
	toMapping,
	toDocumentType,
} from '../../../helpers/writeParameters.mts';

const creatable = listResourcesFor('POST');
const documents = creatable.flatMap(({ value, documentTypes = [] }) =>
	documentTypes.map((type) => [value, type]),
);
/** A believable new record of each entity. */
const RECORDS: Record<string, Record<string, unknown>> = {
	agencies: { name: 'Studio Brno' },
	companies: {
		name: 'Nové Zelí s.r.o.',
		isClient: true,
		registrations: { registration: '27082440' },
		addresses: [{ street: 'Nová 1', city: 'Praha', zip: '11000', country: 'CZ' }],
	},
	jobs: { name: 'Redesign', companyId: 30001, ownerId: 11, startOn: '2026-11-20' },
	persons: { firstName: 'Jana', lastName: 'Nováková', companyId: 30001 },
	tasks: { name: 'Sketches', jobId: 5001, hoursPlanned: 2.5 },
	time: { type: 'TRACK', userId: 11, jobId: 5001, date: '2026-11-19', hours: 1.25 },
	users: {
		userName: 'jana',
		email: 'jana@example.com',
		phone: '+420 601 234 567',
		category: 'USER',
		person: { firstName: 'Jana' },
	},
};
const HOSTILE = '\' " \\ %20 + & # </script> {{ $json }} \u0000 🦄 e\u0301 \u202E\n\t';

const { testBed, ownerId, companyId, create, loadSchema, sentBodies } = useCreate();
const newest = (entity: string) => testBed.sandbox.records(entity).at(-1)!;

describe('Create: the request', () => {
	it.each(creatable.filter(({ documentTypes }) => !documentTypes).map(({ value }) => value))(
		'%s: the mapper and JSON send the same body',
		async (resource) => {
			const { entity } = creatable.find(({ value }) => value === resource)!;
			const body = RECORDS[entity!];
			for (const fields of [toMapping(body), toJsonBody(body)]) {
				testBed.sandbox.clearLog();
				const { json: rows, error } = await create({ resource, ...fields });
				expect(error).toBeUndefined();
				expect(rows).toEqual([expect.objectContaining({ id: newest(entity!).id })]);
				expect(testBed.sandbox.log).toMatchObject([
					{ method: 'POST', url: `/rest/v1/1/${entity}`, body, applied: true },
				]);
				expect(testBed.sandbox.log[0].headers['content-type']).toBe('application/json');
				expect(newest(entity!)).toMatchObject(body);
			}
		},
	);

	it('The records of this suite cover every entity', () => {
		const entities = new Set(creatable.map(({ entity }) => entity!));
		expect([...entities].sort()).toEqual([...Object.keys(RECORDS), 'documents'].sort());
	});

	it.each(documents)('%s: a document of the type %s is created', async (resource, type) => {
		const fields = { ownerId, companyId, 'properties.name': 'Subject' };
		const { json: rows, error } = await create({
			resource,
			...toDocumentType(type),
			...toMapping(fields),
		});
		expect(error).toBeUndefined();
		const { id, number } = newest('documents');
		expect(rows).toEqual([{ id, number }]);
		expect(getWrites(testBed.sandbox)).toMatchObject([{ url: '/rest/v1/1/documents' }]);
		expect(sentBodies()).toEqual([{ type, ownerId, companyId, properties: { name: 'Subject' } }]);
	});

	describe.each(DOCUMENTED)('Create: the documented body, %s', (_, body) => {
		beforeEach(() => insertDocumented(testBed.sandbox));
		const { type, ...fields } = body;
		const resource = type === 'DOCUMENT.ORDER.PURCHASE' ? 'purchaseOrder' : 'document';

		it('The mapper sends the documented body', async () => {
			const given = { resource, ...toDocumentType(type as string), ...toMapping(flatten(fields)) };
			expect((await create(given)).error).toBeUndefined();
			expect(testBed.sandbox.log.map(({ rawBody }) => rawBody)).toEqual([JSON.stringify(body)]);
		});

		it('JSON sends the documented body', async () => {
			const given = { resource, ...toDocumentType(type as string), ...toJsonBody(body) };
			expect((await create(given)).error).toBeUndefined();
			expect(testBed.sandbox.log.map(({ rawBody }) => rawBody)).toEqual([JSON.stringify(body)]);
		});

		it('The mapper sends the documented body where lists and objects are texts, as the editor holds them', async () => {
			const texts = Object.entries(flatten(fields)).map(([name, value]) => [
				name,
				typeof value === 'object' || typeof value === 'number' ? JSON.stringify(value) : value,
			]);
			const given = { ...toDocumentType(type as string), ...toMapping(Object.fromEntries(texts)) };
			expect((await create({ resource, ...given })).error).toBeUndefined();
			expect(sentBodies()).toEqual([body]);
		});
	});

	it('The type in the body takes precedence over the chosen type', async () => {
		const body = { ownerId, companyId, type: 'DOCUMENT.CONTRACT' };
		await create({ resource: 'document', ...toJsonBody(body) });
		await create({
			resource: 'document',
			...toDocumentType('HR.DOC'),
			...toJsonBody({ ...body, type: '' }),
		});
		expect(sentBodies()).toMatchObject([{ type: 'DOCUMENT.CONTRACT' }, { type: 'HR.DOC' }]);
	});

	it('A type that the account has defined itself is sent', async () => {
		const given = { ...toDocumentType(' DOCUMENT.BRIEF '), ...toMapping({ ownerId, companyId }) };
		await create({ resource: 'document', ...given });
		expect(sentBodies()).toMatchObject([{ type: 'DOCUMENT.BRIEF' }]);
	});

	it('Empty text, null, 0 and false are sent as given', async () => {
		const body = { name: '', industry: null, isClient: false, number0: 0, tags: [], own: {} };
		await create({ resource: 'company', ...toMapping(body) });
		await create({ resource: 'company', ...toJsonBody(body) });
		expect(sentBodies()).toEqual([body, body]);
	});

	it('Hostile keys and values are sent as given', async () => {
		const keys = ['__proto__', 'constructor', 'toString', 'a.b', 'properties', ' ', '"', '{}'];
		const inner = Object.fromEntries([...keys, HOSTILE].map((key) => [key, HOSTILE]));
		const outer = Object.fromEntries(
			keys.filter((key) => key !== 'properties').map((key) => [key, HOSTILE]),
		);
		const text = JSON.stringify({ name: HOSTILE, ...outer, properties: inner });
		const { error } = await create({ resource: 'company', ...toJsonBody(text) });
		// The node sends the keys unchanged. Teamogy says that they are not configured.
		expect(error?.description).toMatch(/^Teamogy says: properties.__proto__: is not configured/);
		expect(testBed.sandbox.log[0].rawBody).toBe(text);
		// The engine drops these keys of a parameter.
		for (const key of ['__proto__', 'constructor']) delete outer[key];
		await create({ resource: 'company', ...toMapping({ name: HOSTILE, ...outer }) });
		expect(testBed.sandbox.log[1].rawBody).toBe(JSON.stringify({ name: HOSTILE, ...outer }));
		expect(({} as { HOSTILE?: string }).HOSTILE).toBeUndefined();
	});

	it('Any JSON object is sent key for key', async () => {
		const values = [fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null)];
		const object = fc
			.object({ key: fc.string({ unit: 'grapheme' }), values, maxDepth: 3 })
			.filter((body) => Object.keys(body).length > 0 && !('properties' in body));
		await fc.assert(
			fc.asyncProperty(object, async (body) => {
				testBed.sandbox.clearLog();
				const text = JSON.stringify(body);
				await create({ resource: 'task', ...toJsonBody(text) });
				expect(getWrites(testBed.sandbox).map(({ rawBody }) => rawBody)).toEqual([text]);
			}),
			{ numRuns: 100 },
		);
	});

	it('A document is sent key for key too', async () => {
		const text = `{"type":"GEM","ownerId":${ownerId},"companyId":${companyId},"__proto__":1}`;
		await create({ resource: 'gem', ...toDocumentType('GEM'), ...toJsonBody(text) });
		expect(getWrites(testBed.sandbox).map(({ rawBody }) => rawBody)).toEqual([text]);
	});

	it("Only the first dot of a property's name nests the property", async () => {
		const fields = { 'properties.a': 1, 'properties.properties.a': 2, 'properties.a.b': 3 };
		const properties = { a: 1, 'properties.a': 2, 'a.b': 3 };
		await create({ resource: 'company', ...toMapping(fields) });
		await create({ resource: 'company', ...toJsonBody(fields) });
		await create({ resource: 'company', ...toJsonBody({ ...fields, properties: { a: 0, b: 4 } }) });
		await create({ resource: 'company', ...toJsonBody({ properties: null, ...fields }) });
		await create({ resource: 'company', ...toJsonBody({ ...fields, properties: '' }) });
		expect(sentBodies()).toEqual([
			{ properties },
			{ properties },
			{ properties: { ...properties, b: 4 } },
			{ properties },
			{ properties },
		]);
	});

	it('Null clears all properties', async () => {
		const { error } = await create({
			resource: 'company',
			...toJsonBody({ name: 'A', properties: null }),
		});
		expect(error).toBeUndefined();
		expect(sentBodies()).toEqual([{ name: 'A', properties: null }]);
	});

	it('Each item creates one record from its own parameters and is linked to it', async () => {
		const input = [{ name: 'A' }, { name: 'B' }, { name: 'C' }];
		const { items } = await create(
			{ resource: 'company', ...toMapping({ name: '={{ $json.name }}' }) },
			{ input },
		);
		expect(sentBodies()).toEqual(input);
		const ids = testBed.sandbox.records('companies').slice(-3);
		expect(items).toEqual(ids.map(({ id }, item) => ({ json: { id }, pairedItem: { item } })));
	});

	it('Execute Once creates a record for the first item only', async () => {
		const input = [{ name: 'A' }, { name: 'B' }];
		const fields = toMapping({ name: '={{ $json.name }}' });
		await create({ resource: 'company', ...fields }, { input, executeOnce: true });
		expect(sentBodies()).toEqual([{ name: 'A' }]);
	});

	it('A record is created in another business unit', async () => {
		const options = { unitId: 2 };
		await create({ resource: 'job', ...toJsonBody({ name: 'Elsewhere' }), options });
		expect(testBed.sandbox.log.map(({ unit }) => unit)).toEqual([2]);
		expect(newest('jobs')).toMatchObject({ name: 'Elsewhere', agencyId: 2 });
	});
});

describe('Create: text', () => {
	it('A field found as text gets text, whatever the input gives', async () => {
		const schema = await loadSchema('company');
		const input = [
			{ name: 5, 'properties.extName': 12345678 },
			{ name: 'B', 'properties.extName': true },
		];
		const { error } = await create({ resource: 'company', ...toAutoMapping(schema) }, { input });
		expect(error).toBeUndefined();
		expect(sentBodies()).toEqual([
			{ name: '5', properties: { extName: '12345678' } },
			{ name: 'B', properties: { extName: 'true' } },
		]);
	});

	it('`properties` may be JSON text', async () => {
		const schema = await loadSchema('company');
		const input = [{ name: 'A', properties: '{"note": "x", "extName": "y"}' }];
		await create({ resource: 'company', ...toAutoMapping(schema) }, { input });
		await create({ resource: 'company', ...toJsonBody(input[0]) });
		const sent = { name: 'A', properties: { note: 'x', extName: 'y' } };
		expect(sentBodies()).toEqual([sent, sent]);
	});
});

describe('Create: the output', () => {
	it.each(['identifiers', 'record'] as const)(
		"The output is Teamogy's response where that holds the %s",
		async (writeResponse) => {
			testBed.sandbox.set({ writeResponse });
			const { json: rows } = await create({ resource: 'company', ...toJsonBody({ name: 'A' }) });
			const record = newest('companies');
			expect(rows).toEqual([writeResponse === 'record' ? record : { id: record.id }]);
			expect(getReads(testBed.sandbox)).toEqual([]);
		},
	);

	it.each([
		['a bare ID', 30999, { id: 30999 }],
		['a bare ID as text', '30999', { id: '30999' }],
		['an empty list', [], {}],
		['a list', [{ id: 5 }], { id: 5 }],
		['a wrapped record', { data: { id: 5 } }, { data: { id: 5 } }],
		['a list in a list', [[{ id: 5 }]], { data: [{ id: 5 }] }],
	])('The item gets a row where the response is %s', async (_, body, row) => {
		testBed.sandbox.fault({ kind: 'status', status: 201, body, applied: true });
		const { json: rows, error } = await create({
			resource: 'company',
			...toJsonBody({ name: 'A' }),
		});
		expect(error).toBeUndefined();
		expect(rows).toEqual([row]);
		expect(getWrites(testBed.sandbox)).toHaveLength(1);
	});

	it('The item gets a row where the response is empty', async () => {
		testBed.sandbox.fault({ kind: 'empty', applied: true });
		const { json: rows, items } = await create({
			resource: 'company',
			...toJsonBody({ name: 'A' }),
		});
		expect(rows).toEqual([{}]);
		expect(items[0].pairedItem).toEqual({ item: 0 });
	});

	describe('Return Full Record', () => {
		const whole = {
			resource: 'company',
			...toJsonBody({ name: 'A' }),
			options: { returnRecord: true },
		};

		it('The record is read back', async () => {
			const { json: rows } = await create(whole);
			expect(rows).toEqual([newest('companies')]);
			expect(getReads(testBed.sandbox).map(({ url }) => url)).toEqual([
				`/rest/v1/1/companies?id=${newest('companies').id}`,
			]);
		});

		it('The output is the response, and a hint says so, where the record cannot be read back', async () => {
			testBed.sandbox.fault({ kind: 'status', status: 403, method: 'GET' });
			const { json: rows, hints, error } = await create(whole);
			expect(error).toBeUndefined();
			expect(rows).toEqual([{ id: newest('companies').id }]);
			expect(hints.map(({ message }) => message)).toEqual([
				expect.stringMatching(/^The record was saved, but could not be read back: Teamogy refused/),
			]);
		});

		it.each([[], {}, [{}], { data: {} }, { data: [] }, { data: null }].map((body) => [body]))(
			'The output is the response, and a hint says so, where %j is read back',
			async (body) => {
				testBed.sandbox.fault({ kind: 'status', status: 200, body, method: 'GET' });
				const { items, hints, error } = await create(whole);
				expect(error).toBeUndefined();
				const json = { id: newest('companies').id };
				expect(items).toEqual([{ json, pairedItem: { item: 0 } }]);
				expect(hints.map(({ message }) => message)).toEqual([
					"The record was saved, but could not be read back: Teamogy's response holds no record.",
				]);
			},
		);

		it('The output is the response, and a hint says so, where the response has no ID', async () => {
			testBed.sandbox.fault({ kind: 'status', status: 200, body: { ok: true }, applied: true });
			const { json: rows, hints } = await create(whole);
			expect(rows).toEqual([{ ok: true }]);
			expect(hints[0].message).toMatch(/holds no ID\.$/);
			expect(testBed.sandbox.log).toHaveLength(1);
		});
	});
});
