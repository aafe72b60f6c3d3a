/** Create: the requests for every entity, from the mapper and from JSON, and the input that is refused. */
import fc from 'fast-check';
import type { FieldType, INodePropertyOptions } from 'n8n-workflow';
import { useTestBed } from '../../helpers/testBed.mts';
import { DOCUMENTED, flatten, insertDocumented } from '../../helpers/documentedBodies.mts';
import { getBodies, getReads, getWrites } from '../../helpers/loggedRequests.mts';
import { listResourcesFor } from '../../helpers/resources.mts';
import {
	toAutoMapping,
	loadFields,
	toJsonBody,
	toMapping,
	toDocumentType,
} from '../../helpers/writeParameters.mts';

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

const testBed = useTestBed({ properties: { companies: { segment: 'text', rare: 'number' } } });
let ownerId: number;
let companyId: number;

beforeEach(() => {
	ownerId = testBed.sandbox.rows('users')[0].id as number;
	companyId = testBed.sandbox.rows('companies')[0].id as number;
});

const create = async (parameters: object, more: object = {}) =>
	await testBed.run({ operation: 'create', ...parameters }, more);
const newest = (entity: string) => testBed.sandbox.records(entity).at(-1)!;
/** The record with references that exist in this account. */
const existing = (record: Record<string, unknown>): Record<string, unknown> => ({
	...record,
	...('ownerId' in record && { ownerId }),
	...('userId' in record && { userId: ownerId }),
	...('companyId' in record && { companyId }),
	...('jobId' in record && { jobId: testBed.sandbox.rows('jobs')[0].id }),
});

/** Expects a refusal before anything is sent, which names the field, the item and what to do. */
describe('Create: the request', () => {
	it.each(creatable.filter(({ documentTypes }) => !documentTypes).map(({ value }) => value))(
		'%s: the mapper and JSON send the same body',
		async (resource) => {
			const { entity } = creatable.find(({ value }) => value === resource)!;
			const body = existing(RECORDS[entity!]);
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
		expect(getBodies(testBed.sandbox)).toEqual([
			{ type, ownerId, companyId, properties: { name: 'Subject' } },
		]);
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
			expect(getBodies(testBed.sandbox)).toEqual([body]);
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
		expect(getBodies(testBed.sandbox)).toMatchObject([
			{ type: 'DOCUMENT.CONTRACT' },
			{ type: 'HR.DOC' },
		]);
	});

	it('A type that the account has defined itself is sent', async () => {
		const given = { ...toDocumentType(' DOCUMENT.BRIEF '), ...toMapping({ ownerId, companyId }) };
		await create({ resource: 'document', ...given });
		expect(getBodies(testBed.sandbox)).toMatchObject([{ type: 'DOCUMENT.BRIEF' }]);
	});

	it('Empty text, null, 0 and false are sent as given', async () => {
		const body = { name: '', industry: null, isClient: false, number0: 0, tags: [], own: {} };
		await create({ resource: 'company', ...toMapping(body) });
		await create({ resource: 'company', ...toJsonBody(body) });
		expect(getBodies(testBed.sandbox)).toEqual([body, body]);
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
		expect(getBodies(testBed.sandbox)).toEqual([
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
		expect(getBodies(testBed.sandbox)).toEqual([{ name: 'A', properties: null }]);
	});

	it('Each item creates one record from its own parameters and is linked to it', async () => {
		const input = [{ name: 'A' }, { name: 'B' }, { name: 'C' }];
		const { items } = await create(
			{ resource: 'company', ...toMapping({ name: '={{ $json.name }}' }) },
			{ input },
		);
		expect(getBodies(testBed.sandbox)).toEqual(input);
		const ids = testBed.sandbox.records('companies').slice(-3);
		expect(items).toEqual(ids.map(({ id }, item) => ({ json: { id }, pairedItem: { item } })));
	});

	it('Execute Once creates a record for the first item only', async () => {
		const input = [{ name: 'A' }, { name: 'B' }];
		const fields = toMapping({ name: '={{ $json.name }}' });
		await create({ resource: 'company', ...fields }, { input, executeOnce: true });
		expect(getBodies(testBed.sandbox)).toEqual([{ name: 'A' }]);
	});

	it('A record is created in another business unit', async () => {
		const options = { unitId: 2 };
		await create({ resource: 'job', ...toJsonBody({ name: 'Elsewhere' }), options });
		expect(testBed.sandbox.log.map(({ unit }) => unit)).toEqual([2]);
		expect(newest('jobs')).toMatchObject({ name: 'Elsewhere', agencyId: 2 });
	});
});

describe('Create: fields of the live account', () => {
	const fields = async (resource: string, type?: string) =>
		await loadFields(testBed, { resource, operation: 'create', ...(type && toDocumentType(type)) });

	it('Properties of the account are written beside the documented fields', async () => {
		testBed.sandbox.insert('documents', {
			type: 'INVOICE.SALES',
			properties: { 'own-key': 5, amountTotal: 1, ready: false, parts: [1] },
		});
		const schema = await fields('invoice', 'INVOICE.SALES');
		testBed.sandbox.clearLog();
		const value = {
			// A text that an expression gives: n8n takes no other value than those of the list.
			ownerId: `=${ownerId}`,
			companyId,
			statusDate: '2026-11-20T00:00:00',
			participantIds: `[${ownerId}, "${ownerId}"]`,
			tags: "={{ ['a', 'b'] }}",
			'properties.own-key': '7.25',
			'properties.ready': true,
			'properties.parts': '[1, 2]',
			'properties.amountTotal': '1250,5',
			'properties.unheardOf': '007',
		};
		// The editor has seen these fields on a record that is not in the sample any more.
		const seen: Record<string, FieldType> = {
			'own-key': 'number',
			ready: 'options',
			parts: 'array',
		};
		const options = [true, false].map((value) => ({ name: String(value), value }));
		const known = Object.entries(seen).map(([key, type]) => ({
			id: `properties.${key}`,
			type,
			options: type === 'options' ? options : undefined,
		}));
		const shown = [...schema, ...known].map((field) => ({
			...field,
			removed: !(field.id in value),
		}));
		const { error } = await create({
			resource: 'invoice',
			...toDocumentType('INVOICE.SALES'),
			...toMapping(value, shown),
		});
		// The account has no such entry.
		expect(error?.description).toMatch(/^Teamogy says: properties.unheardOf: is not configured/);
		expect(getBodies(testBed.sandbox)).toEqual([
			{
				type: 'INVOICE.SALES',
				ownerId,
				companyId,
				statusDate: '2026-11-20',
				participantIds: [ownerId, ownerId],
				tags: ['a', 'b'],
				properties: {
					'own-key': 7.25,
					ready: true,
					parts: [1, 2],
					amountTotal: 1250.5,
					unheardOf: '007',
				},
			},
		]);
	});

	it('True and false are sent as chosen, and also when an expression gives them as text', async () => {
		const schema = await fields('company');
		testBed.sandbox.clearLog();
		const shown = schema.map((field) => ({ ...field, removed: false }));
		const of = (isClient: unknown) => toMapping({ name: 'A', isClient }, shown);
		const sent = { name: 'A', isClient: false };
		for (const value of [false, '={{ false }}', '={{ "false" }}'])
			await create({ resource: 'company', ...of(value) });
		expect(getBodies(testBed.sandbox)).toEqual([sent, sent, sent]);
	});

	it('A hidden field is not sent, whatever value the editor left in it', async () => {
		const schema = await fields('company');
		testBed.sandbox.clearLog();
		const value = { name: 'Shown', isClient: false, isDisabled: false, industry: 'Left' };
		const shown = schema.map((field) => ({ ...field, removed: field.id !== 'name' }));
		await create({ resource: 'company', ...toMapping(value, shown) });
		expect(getBodies(testBed.sandbox)).toEqual([{ name: 'Shown' }]);
	});

	it('Input fields named like fields of the record are sent, properties too', async () => {
		const schema = await fields('company');
		testBed.sandbox.clearLog();
		const input = [
			{ id: 5, name: 'A', own: 'not a field', isClient: 'true', tags: '["x"]' },
			{ name: 'B', 'properties.segment': 'x', properties: { segment: 'y', rare: 1 } },
		];
		const { error } = await create({ resource: 'company', ...toAutoMapping(schema) }, { input });
		expect(error).toBeUndefined();
		expect(getBodies(testBed.sandbox)).toEqual([
			{ name: 'A', isClient: true, tags: ['x'] },
			{ name: 'B', properties: { segment: 'x', rare: 1 } },
		]);
	});

	it('Map Automatically is refused while the editor has loaded no fields', async () => {
		testBed.expectRefused(
			await create({ resource: 'company', ...toAutoMapping([]) }, { input: [{ name: 'A' }] }),
			'The node does not know the fields of the record yet',
		);
	});

	it('An input without a field of the record is refused', async () => {
		const schema = await fields('company');
		testBed.sandbox.clearLog();
		testBed.expectRefused(
			await create({ resource: 'company', ...toAutoMapping(schema) }, { input: [{ other: 1 }] }),
			/^No input field has the same name as a field of the record/,
		);
	});

	it('A whole time entry is sent, whose fields are known from the view alone', async () => {
		const schema = await fields('timeEntry');
		testBed.sandbox.clearLog();
		const body = existing(RECORDS.time);
		const texts = Object.fromEntries(
			Object.entries(body).map(([name, value]) => [name, String(value)]),
		);
		await create({ resource: 'timeEntry', ...toAutoMapping(schema) }, { input: [texts] });
		expect(getBodies(testBed.sandbox)).toEqual([body]);
	});
});

describe('Create: a time entry from lists', () => {
	const track = { resource: 'timeEntry' };
	const log = async (value: object, more: object = {}) => {
		const schema = await loadFields(testBed, { ...track, operation: 'create' });
		const shown = schema.map((field) => ({ ...field, removed: !(field.id in value) }));
		testBed.sandbox.clearLog();
		return await create({ ...track, ...toMapping(value, shown) }, more);
	};
	const choose = async (id: string, name: RegExp) => {
		const schema = await loadFields(testBed, { ...track, operation: 'create' });
		const options = schema.find((field) => field.id === id)?.options as INodePropertyOptions[];
		return options.find((option) => name.test(option.name))!.value;
	};

	it('A person, a job, a day and hours make a time entry, without an ID that is typed', async () => {
		const userId = await choose('userId', /^Ema Nováková/);
		const jobId = await choose('jobId', /Retainer/);
		const value = { userId, jobId, date: '2026-11-19T00:00:00', hours: '1,5' };
		expect((await log(value)).error).toBeUndefined();
		const sent = { userId: 11, jobId, date: '2026-11-19', hours: 1.5 };
		expect(getBodies(testBed.sandbox)).toEqual([sent]);
		expect(String(testBed.sandbox.rows('jobs').find(({ id }) => id === jobId)!.name)).toContain(
			'Retainer',
		);
	});

	it.each([
		['1.5', 1.5],
		['1,5', 1.5],
		[' 2 ', 2],
		['0,125', 0.125],
		['-1,25', -1.25],
		['=1,5', 1.5],
		['={{ 7.25 }}', 7.25],
		['={{ "0.50" }}', 0.5],
		['1250', 1250],
		['', null],
		['={{ null }}', null],
	])('The hours %j are sent as %j', async (hours, sent) => {
		await log({ userId: 11, hours });
		expect(getBodies(testBed.sandbox)).toEqual([{ userId: 11, hours: sent }]);
	});

	it.each(['abc', '1:30', '1,5 h', '1,500', '1 500', '1.5.0', '1e3', '={{ true }}', '={{ [1] }}'])(
		'The hours %j are refused with field, value and example',
		async (hours) => {
			const { error } = await log({ userId: 11, hours });
			expect(error?.message).toMatch(/^The field "hours", .+, is not a number \[item 0\]$/);
			expect(error?.description).toBe('Enter a number, e.g. 1250 or 1.5.');
			expect(testBed.sandbox.log).toEqual([]);
		},
	);

	it.each([
		['={{ "11" }}', 11],
		['=11', 11],
		[11, 11],
	])('The person %j is sent as the ID %j', async (userId, sent) => {
		await log({ userId, hours: 1 });
		expect(getBodies(testBed.sandbox)).toEqual([{ userId: sent, hours: 1 }]);
	});

	it('A name by an expression is refused, and the message says where IDs come from', async () => {
		const { error } = await log({ userId: '={{ "Ema Nováková" }}' });
		expect(error?.message).toBe('The field "userId", Ema Nováková, is not a whole number [item 0]');
		expect(error?.description).toBe(
			'Enter a whole number, e.g. 1234. It is the ID of a record, which Look Up finds by a name.',
		);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it.each([
		['2026-11-19T23:30:00Z', '2026-11-20'],
		['2026-11-19T23:30:00', '2026-11-19'],
		['={{ DateTime.fromISO("2026-11-19T23:30:00Z") }}', '2026-11-20'],
		['={{ new Date("2026-11-19T23:30:00Z") }}', '2026-11-20'],
	])('The day of a field found on the account is a day: %s', async (date, day) => {
		const { error } = await log({ date }, { settings: { timezone: 'Europe/Prague' } });
		expect(error).toBeUndefined();
		expect(getBodies(testBed.sandbox)).toEqual([{ date: day }]);
	});

	it('A day that is none is refused', async () => {
		const { error } = await log({ date: '={{ "19.11.2026" }}' });
		expect(error?.message).toBe('The field "date", 19.11.2026, is not a date [item 0]');
		expect(testBed.sandbox.log).toEqual([]);
	});
});

describe('Create: text', () => {
	it('A field found as text gets text, whatever the input gives', async () => {
		const schema = await loadFields(testBed, { resource: 'company', operation: 'create' });
		testBed.sandbox.clearLog();
		const input = [
			{ name: 5, 'properties.extName': 12345678 },
			{ name: 'B', 'properties.extName': true },
		];
		const { error } = await create({ resource: 'company', ...toAutoMapping(schema) }, { input });
		expect(error).toBeUndefined();
		expect(getBodies(testBed.sandbox)).toEqual([
			{ name: '5', properties: { extName: '12345678' } },
			{ name: 'B', properties: { extName: 'true' } },
		]);
	});

	it('`properties` may be JSON text', async () => {
		const schema = await loadFields(testBed, { resource: 'company', operation: 'create' });
		testBed.sandbox.clearLog();
		const input = [{ name: 'A', properties: '{"note": "x", "extName": "y"}' }];
		await create({ resource: 'company', ...toAutoMapping(schema) }, { input });
		await create({ resource: 'company', ...toJsonBody(input[0]) });
		const sent = { name: 'A', properties: { note: 'x', extName: 'y' } };
		expect(getBodies(testBed.sandbox)).toEqual([sent, sent]);
	});
});

describe('Create: dates', () => {
	const dayOf = async (value: unknown, timezone = 'Europe/Prague') => {
		testBed.sandbox.clearLog();
		const fields = toMapping({
			ownerId,
			companyId,
			statusDate: value,
			'properties.createdOn': value,
		});
		const { error } = await create(
			{ resource: 'document', ...toDocumentType('DOCUMENT.ISSUED'), ...fields },
			{ settings: { timezone } },
		);
		const [body] = getBodies(testBed.sandbox) as Array<{ statusDate: string; properties: object }>;
		if (body) expect(body.properties).toEqual({ createdOn: body.statusDate });
		return body?.statusDate ?? error?.message;
	};

	it.each([
		['2026-11-30', 'Europe/Prague', '2026-11-30'],
		['2026-11-30', 'America/New_York', '2026-11-30'],
		[' 2026-11-30 ', 'Europe/Prague', '2026-11-30'],
		['2026-11-30T23:30:00Z', 'Europe/Prague', '2026-12-01'],
		['2026-11-30T23:30:00Z', 'America/New_York', '2026-11-30'],
		['2026-11-30T23:30:00', 'Europe/Prague', '2026-11-30'],
		['2026-11-30 08:00:00', 'Europe/Prague', '2026-11-30'],
		['2026-12-01T00:30:00+01:00', 'Europe/Prague', '2026-12-01'],
		['2024-02-29', 'Europe/Prague', '2024-02-29'],
		['={{ DateTime.fromISO("2026-11-30T23:30:00Z") }}', 'Europe/Prague', '2026-12-01'],
		['={{ DateTime.fromISO("2026-11-30") }}', 'America/New_York', '2026-11-30'],
		['={{ new Date("2026-11-30T23:30:00Z") }}', 'Europe/Prague', '2026-12-01'],
	])('%s in the time zone %s is sent as %s', async (given, zone, day) => {
		expect(await dayOf(given, zone)).toBe(day);
	});

	it.each(['30.11.2026', '2026-02-30', '2026-13-01', 'tomorrow', '2026-11-30T25:00', 20261130])(
		'%s is refused as a date',
		async (given) => {
			expect(await dayOf(given)).toMatch(/^The field "statusDate", .+, is not a date \[item 0\]$/);
			expect(testBed.sandbox.log).toEqual([]);
		},
	);

	it('An empty date clears the field', async () => {
		const body = { ownerId, companyId, statusDate: null, properties: { createdOn: '' } };
		await create({ resource: 'document', ...toJsonBody(body) });
		expect(getBodies(testBed.sandbox)).toMatchObject([body]);
	});
});

describe('Create: invalid input', () => {
	const document = (fields: object): object => ({
		resource: 'document',
		...toDocumentType('DOCUMENT.ISSUED'),
		...toJsonBody({ ownerId, companyId, ...fields }),
	});

	it.each(['null', '[]', '[{"name": "A"}]', '"text"', '5', 'true', '{"name": }'])(
		'The body %s is refused',
		async (body) =>
			testBed.expectRefused(
				await create({ resource: 'job', ...toJsonBody(body) }),
				/^The Body is /,
			),
	);

	it.each([
		toJsonBody(''),
		toJsonBody('{}'),
		toMapping({}),
		toMapping({ name: '={{ $json.no.such.field }}' }),
	])('%j is refused because it has no field', async (fields) =>
		testBed.expectRefused(
			await create({ resource: 'job', ...fields }),
			/^There is no field to write/,
		),
	);

	it.each([
		['={{ [1] }}', 'The Body is a list, not an object'],
		['={{ 5 }}', 'The Body is a number, not an object'],
		['={{ null }}', 'The Body is null, not an object'],
		['={{ { price: NaN } }}', 'The Body, at "price", contains NaN, which is not a number'],
		['={{ { a: { b: [1, Infinity] } } }}', 'The Body, at "a.b.1", contains Infinity'],
		[
			'{"companyId": 9007199254740993}',
			'The Body, at "companyId", contains a whole number of more',
		],
	])('The body %s is refused with the place of the wrong value', async (body, message) => {
		testBed.expectRefused(await create({ resource: 'job', fieldsMode: 'json', body }), message);
	});

	it('A number that is not a number is refused in the mapper', async () => {
		for (const name of ['hours', 'name', 'properties.x']) {
			testBed.expectRefused(
				await create({ resource: 'timeEntry', ...toMapping({ [name]: '={{ Number("x") }}' }) }),
				`The data to send, at "${name}", contains NaN, which is not a number`,
			);
		}
	});

	it('A body that nests too deeply is refused with a plain message', async () => {
		const list = `${'['.repeat(20_000)}${']'.repeat(20_000)}`;
		testBed.expectRefused(
			await create({ resource: 'company', fieldsMode: 'json', body: `{"name":${list}}` }),
			/^The Body, at "name\.0\.0.*…", is nested deeper than 1000 levels/,
		);
	});

	it('An invalid date is refused in the mapper', async () => {
		for (const [resource, name] of [
			['document', 'statusDate'],
			['timeEntry', 'date'],
			['job', 'properties.x'],
		])
			testBed.expectRefused(
				await create({ resource, ...toMapping({ [name]: '={{ new Date("tomorrow") }}' }) }),
				`The data to send, at "${name}", contains Invalid Date, which is not a date`,
			);
	});

	it.each([
		['statusDate', '={{ { statusDate: new Date("tomorrow") } }}'],
		['a.list.1', '={{ { a: { list: [1, new Date("tomorrow")] } } }}'],
	])('An invalid date is refused in the body, at %s', async (name, body) => {
		testBed.expectRefused(
			await create({ resource: 'document', fieldsMode: 'json', body }),
			`The Body, at "${name}", contains Invalid Date, which is not a date`,
		);
	});

	it.each([
		[{ ownerId: undefined }, 'The required field ownerId is missing'],
		[{ companyId: '' }, 'The required field companyId is missing'],
		[{ companyId: null }, 'The required field companyId is missing'],
		[{ ownerId: 'Jana' }, 'The field "ownerId", Jana, is not a whole number'],
		[{ ownerId: 1.5 }, 'The field "ownerId", 1.5, is not a whole number'],
		[{ companyId: -5 }, 'The field "companyId", -5, is not a whole number'],
		[{ companyId: true }, 'The field "companyId", true, is not a whole number'],
		[{ companyId: '9007199254740993' }, 'The field "companyId", 9007199254740993, is not a whole'],
		[{ statusDate: '30.11.2026' }, 'The field "statusDate", 30.11.2026, is not a date'],
		[{ participantIds: 5 }, 'The field "participantIds", 5, is not a list of IDs'],
		[{ participantIds: ['x'] }, 'The field "participantIds", ["x"], is not a list of IDs'],
		[{ participantIds: [1, 2.5] }, 'The field "participantIds", [1,2.5], is not a list of IDs'],
		[{ tags: 'one, two' }, 'The field "tags", one, two, is not a list in JSON'],
		[{ tags: { a: 1 } }, 'The field "tags", {"a":1}, is not a list in JSON'],
		[{ acl: [] }, 'The field "acl", [], is not an object in JSON'],
		[{ acl: 'text' }, 'The field "acl", text, is not an object in JSON'],
		[{ category: { a: 1 } }, 'The field "category", {"a":1}, is not text'],
		[{ properties: 'text' }, 'The field "properties" is not an object'],
		[{ properties: [1] }, 'The field "properties" is not an object'],
		[{ properties: { createdOn: 'x' } }, 'The field "properties.createdOn", x, is not a date'],
		[{ type: {} }, "'Document Type' is empty or not text"],
	])('The fields %j are refused', async (fields, message) => {
		testBed.expectRefused(await create(document(fields)), message);
	});

	it.each(['constructor', 'toString', '__proto__', 'yes', 1, 0])(
		'A flag with the value %s is refused',
		async (isClient) => {
			testBed.expectRefused(
				await create({ resource: 'company', ...toJsonBody({ isClient }) }),
				/^The field "isClient", .*, is not true or false/,
			);
		},
	);

	it('Every missing required field is named', async () => {
		const { error } = await create({ resource: 'document', ...toJsonBody({ category: '' }) });
		expect(error?.message).toBe('Required fields are missing: ownerId, companyId [item 0]');
		expect(error?.description).toBe(
			'Teamogy requires of a new document: Owner ID (User) (ownerId), Company ID (companyId). Give them as fields, or in the JSON.',
		);
	});

	it('An empty document type is refused', async () => {
		testBed.expectRefused(
			await create({
				resource: 'document',
				...toDocumentType(' '),
				...toJsonBody({ ownerId, companyId }),
			}),
			"'Document Type' is empty",
		);
	});

	it('One invalid item stops the run before anything is sent', async () => {
		testBed.expectRefused(
			await create(
				{ resource: 'company', ...toMapping({ isClient: '={{ $json.is }}' }) },
				{ input: [{ is: true }, { is: 'false' }, { is: 'perhaps' }] },
			),
			/^The field "isClient", perhaps, is not true or false \[item 2\]$/,
			{ item: 2 },
		);
	});

	it('One invalid item fails alone where the node continues on errors', async () => {
		const { json: rows, errorItems } = await create(
			{ resource: 'company', ...toMapping({ isClient: '={{ $json.is }}' }) },
			{ input: [{ is: true }, { is: 'perhaps' }, { is: 'false' }], onError: 'continueErrorOutput' },
		);
		expect(getBodies(testBed.sandbox)).toEqual([{ isClient: true }, { isClient: false }]);
		expect(rows).toHaveLength(2);
		expect(errorItems.map((item) => item.json)).toMatchObject([
			{ is: 'perhaps', error: expect.stringMatching(/"isClient", perhaps.*\[item 1\]$/) },
		]);
	});

	it('An item with an expression that cannot be evaluated fails alone', async () => {
		const { json: rows, errorItems } = await create(
			{ resource: 'company', ...toMapping({ name: "={{ $json.name ?? $('None').item.json }}" }) },
			{ input: [{ name: 'A' }, {}], onError: 'continueErrorOutput' },
		);
		expect([rows.length, errorItems.length]).toEqual([1, 1]);
		expect(getBodies(testBed.sandbox)).toEqual([{ name: 'A' }]);
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
		['a bare ID', 30999, { id: '30999' }],
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
