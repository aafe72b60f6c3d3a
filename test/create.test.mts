/** Create: what is sent for every entity, by mapping and as JSON, and what is refused before. */
import fc from 'fast-check';
import type { FieldType } from 'n8n-workflow';
import { setStage, wasRefused, type Stage } from './support.mts';
import {
	automatic,
	bodiesTo,
	DOCUMENTED,
	fieldsFor,
	flat,
	insertDocumented,
	json,
	mapped,
	named,
	readsOf,
	resourcesTaking,
	writesTo,
} from './writing.mts';

const creatable = resourcesTaking('POST');
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

let stage: Stage;
let ownerId: number;
let companyId: number;

beforeAll(async () => {
	stage = await setStage({ properties: { companies: { segment: 'text', rare: 'number' } } });
});

afterAll(async () => await stage.close());

beforeEach(() => {
	stage.sandbox.reset();
	ownerId = stage.sandbox.rows('users')[0].id as number;
	companyId = stage.sandbox.rows('companies')[0].id as number;
});

const create = async (parameters: object, more: object = {}) =>
	await stage.run({ operation: 'create', ...parameters }, more);
const newest = (entity: string) => stage.sandbox.records(entity).at(-1)!;
/** The references of a new record that exist in this account. */
const existing = (record: Record<string, unknown>): Record<string, unknown> => ({
	...record,
	...('ownerId' in record && { ownerId }),
	...('userId' in record && { userId: ownerId }),
	...('companyId' in record && { companyId }),
	...('jobId' in record && { jobId: stage.sandbox.rows('jobs')[0].id }),
});

/** Refused before anything was sent, with the field, the item and what to do. */
const expectRefused = async (
	parameters: object,
	message: RegExp | string,
	more: object = {},
): Promise<void> => {
	wasRefused(await create(parameters, more), message);
	expect(stage.sandbox.log).toEqual([]);
};

describe('what is sent', () => {
	it.each(creatable.filter(({ documentTypes }) => !documentTypes).map(({ value }) => value))(
		'%s: by mapping and as JSON the same',
		async (resource) => {
			const { entity } = creatable.find(({ value }) => value === resource)!;
			const body = existing(RECORDS[entity!]);
			for (const fields of [mapped(body), json(body)]) {
				stage.sandbox.clearLog();
				const { json: rows, error } = await create({ resource, ...fields });
				expect(error).toBeUndefined();
				expect(rows).toEqual([expect.objectContaining({ id: newest(entity!).id })]);
				expect(stage.sandbox.log).toMatchObject([
					{ method: 'POST', url: `/rest/v1/1/${entity}`, body, applied: true },
				]);
				expect(stage.sandbox.log[0].headers['content-type']).toBe('application/json');
				expect(newest(entity!)).toMatchObject(body);
			}
		},
	);

	it('covers every entity', () => {
		const entities = new Set(creatable.map(({ entity }) => entity!));
		expect([...entities].sort()).toEqual([...Object.keys(RECORDS), 'documents'].sort());
	});

	it.each(documents)('%s: a document of the type %s', async (resource, type) => {
		const fields = { ownerId, companyId, 'properties.name': 'Subject' };
		const { json: rows, error } = await create({ resource, ...named(type), ...mapped(fields) });
		expect(error).toBeUndefined();
		const { id, number } = newest('documents');
		expect(rows).toEqual([{ id, number }]);
		expect(writesTo(stage.sandbox)).toMatchObject([{ url: '/rest/v1/1/documents' }]);
		expect(bodiesTo(stage.sandbox)).toEqual([
			{ type, ownerId, companyId, properties: { name: 'Subject' } },
		]);
	});

	describe.each(DOCUMENTED)('the documented body: %s', (_, body) => {
		beforeEach(() => insertDocumented(stage.sandbox));
		const { type, ...fields } = body;
		const resource = type === 'DOCUMENT.ORDER.PURCHASE' ? 'purchaseOrder' : 'document';

		it('by mapping', async () => {
			const given = { resource, ...named(type as string), ...mapped(flat(fields)) };
			expect((await create(given)).error).toBeUndefined();
			expect(stage.sandbox.log.map(({ rawBody }) => rawBody)).toEqual([JSON.stringify(body)]);
		});

		it('as JSON', async () => {
			const given = { resource, ...named(type as string), ...json(body) };
			expect((await create(given)).error).toBeUndefined();
			expect(stage.sandbox.log.map(({ rawBody }) => rawBody)).toEqual([JSON.stringify(body)]);
		});

		it('by mapping, lists and objects as the editor holds them: texts', async () => {
			const texts = Object.entries(flat(fields)).map(([name, value]) => [
				name,
				typeof value === 'object' || typeof value === 'number' ? JSON.stringify(value) : value,
			]);
			const given = { ...named(type as string), ...mapped(Object.fromEntries(texts)) };
			expect((await create({ resource, ...given })).error).toBeUndefined();
			expect(bodiesTo(stage.sandbox)).toEqual([body]);
		});
	});

	it("the body's own type goes before the one that is chosen", async () => {
		const body = { ownerId, companyId, type: 'DOCUMENT.CONTRACT' };
		await create({ resource: 'document', ...json(body) });
		await create({ resource: 'document', ...named('HR.DOC'), ...json({ ...body, type: '' }) });
		expect(bodiesTo(stage.sandbox)).toMatchObject([
			{ type: 'DOCUMENT.CONTRACT' },
			{ type: 'HR.DOC' },
		]);
	});

	it("takes a type of the account's own", async () => {
		const given = { ...named(' DOCUMENT.BRIEF '), ...mapped({ ownerId, companyId }) };
		await create({ resource: 'document', ...given });
		expect(bodiesTo(stage.sandbox)).toMatchObject([{ type: 'DOCUMENT.BRIEF' }]);
	});

	it('empty text, null, 0 and false as given', async () => {
		const body = { name: '', industry: null, isClient: false, number0: 0, tags: [], own: {} };
		await create({ resource: 'company', ...mapped(body) });
		await create({ resource: 'company', ...json(body) });
		expect(bodiesTo(stage.sandbox)).toEqual([body, body]);
	});

	it('hostile keys and values as given', async () => {
		const keys = ['__proto__', 'constructor', 'toString', 'a.b', 'properties', ' ', '"', '{}'];
		const inner = Object.fromEntries([...keys, HOSTILE].map((key) => [key, HOSTILE]));
		const outer = Object.fromEntries(
			keys.filter((key) => key !== 'properties').map((key) => [key, HOSTILE]),
		);
		const text = JSON.stringify({ name: HOSTILE, ...outer, properties: inner });
		const { error } = await create({ resource: 'company', ...json(text) });
		// They go out as they are; that nobody has configured them is Teamogy's to say.
		expect(error?.description).toMatch(/^Teamogy says: properties.__proto__: is not configured/);
		expect(stage.sandbox.log[0].rawBody).toBe(text);
		// The engine itself drops these among a parameter's own keys.
		for (const key of ['__proto__', 'constructor']) delete outer[key];
		await create({ resource: 'company', ...mapped({ name: HOSTILE, ...outer }) });
		expect(stage.sandbox.log[1].rawBody).toBe(JSON.stringify({ name: HOSTILE, ...outer }));
		expect(({} as { HOSTILE?: string }).HOSTILE).toBeUndefined();
	});

	it('any JSON object, key for key', async () => {
		const values = [fc.string({ unit: 'binary' }), fc.integer(), fc.boolean(), fc.constant(null)];
		const object = fc
			.object({ key: fc.string({ unit: 'grapheme' }), values, maxDepth: 3 })
			.filter((body) => Object.keys(body).length > 0 && !('properties' in body));
		await fc.assert(
			fc.asyncProperty(object, async (body) => {
				stage.sandbox.clearLog();
				const text = JSON.stringify(body);
				await create({ resource: 'task', ...json(text) });
				expect(writesTo(stage.sandbox).map(({ rawBody }) => rawBody)).toEqual([text]);
			}),
			{ numRuns: 100 },
		);
	});

	it('a document with such keys too', async () => {
		const text = `{"type":"GEM","ownerId":${ownerId},"companyId":${companyId},"__proto__":1}`;
		await create({ resource: 'gem', ...named('GEM'), ...json(text) });
		expect(writesTo(stage.sandbox).map(({ rawBody }) => rawBody)).toEqual([text]);
	});

	it('what is under properties by its first dot only', async () => {
		const fields = { 'properties.a': 1, 'properties.properties.a': 2, 'properties.a.b': 3 };
		const properties = { a: 1, 'properties.a': 2, 'a.b': 3 };
		await create({ resource: 'company', ...mapped(fields) });
		await create({ resource: 'company', ...json(fields) });
		await create({ resource: 'company', ...json({ ...fields, properties: { a: 0, b: 4 } }) });
		await create({ resource: 'company', ...json({ properties: null, ...fields }) });
		await create({ resource: 'company', ...json({ ...fields, properties: '' }) });
		expect(bodiesTo(stage.sandbox)).toEqual([
			{ properties },
			{ properties },
			{ properties: { ...properties, b: 4 } },
			{ properties },
			{ properties },
		]);
	});

	it('clears all properties with null', async () => {
		const { error } = await create({
			resource: 'company',
			...json({ name: 'A', properties: null }),
		});
		expect(error).toBeUndefined();
		expect(bodiesTo(stage.sandbox)).toEqual([{ name: 'A', properties: null }]);
	});

	it('one record for each item, each with its own parameters and link', async () => {
		const input = [{ name: 'A' }, { name: 'B' }, { name: 'C' }];
		const { items } = await create(
			{ resource: 'company', ...mapped({ name: '={{ $json.name }}' }) },
			{ input },
		);
		expect(bodiesTo(stage.sandbox)).toEqual(input);
		const ids = stage.sandbox.records('companies').slice(-3);
		expect(items).toEqual(ids.map(({ id }, item) => ({ json: { id }, pairedItem: { item } })));
	});

	it('only for the first item with Execute Once', async () => {
		const input = [{ name: 'A' }, { name: 'B' }];
		const fields = mapped({ name: '={{ $json.name }}' });
		await create({ resource: 'company', ...fields }, { input, executeOnce: true });
		expect(bodiesTo(stage.sandbox)).toEqual([{ name: 'A' }]);
	});

	it('into another business unit', async () => {
		const options = { unitId: 2 };
		await create({ resource: 'job', ...json({ name: 'Elsewhere' }), options });
		expect(stage.sandbox.log.map(({ unit }) => unit)).toEqual([2]);
		expect(newest('jobs')).toMatchObject({ name: 'Elsewhere', agencyId: 2 });
	});
});

describe('fields of the live account', () => {
	const fields = async (resource: string, type?: string) =>
		await fieldsFor(stage, { resource, operation: 'create', ...(type && named(type)) });

	it("writes the account's own properties beside the documented fields", async () => {
		stage.sandbox.insert('documents', {
			type: 'INVOICE.SALES',
			properties: { 'own-key': 5, amountTotal: 1, ready: false, parts: [1] },
		});
		const schema = await fields('invoice', 'INVOICE.SALES');
		stage.sandbox.clearLog();
		const value = {
			ownerId: String(ownerId),
			companyId,
			statusDate: '2026-11-20T00:00:00',
			participantIds: `[${ownerId}, "${ownerId}"]`,
			tags: "={{ ['a', 'b'] }}",
			'properties.own-key': '7.25',
			'properties.ready': true,
			'properties.parts': '[1, 2]',
			'properties.amountTotal': "={{ 'not a number' }}",
			'properties.unheardOf': '007',
		};
		// As the editor has seen them on a record that is not in the sample any more.
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
			...named('INVOICE.SALES'),
			...mapped(value, shown),
		});
		expect(error?.description).toMatch(/^Teamogy says: properties.amountTotal: must be a number/);
		expect(bodiesTo(stage.sandbox)).toEqual([
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
					amountTotal: 'not a number',
					unheardOf: '007',
				},
			},
		]);
	});

	it('takes true and false as they are chosen, and as text by an expression', async () => {
		const schema = await fields('company');
		stage.sandbox.clearLog();
		const shown = schema.map((field) => ({ ...field, removed: false }));
		const of = (isClient: unknown) => mapped({ name: 'A', isClient }, shown);
		const sent = { name: 'A', isClient: false };
		for (const value of [false, '={{ false }}', '={{ "false" }}'])
			await create({ resource: 'company', ...of(value) });
		expect(bodiesTo(stage.sandbox)).toEqual([sent, sent, sent]);
	});

	it('sends nothing for a field that is not shown, whatever the editor left there', async () => {
		const schema = await fields('company');
		stage.sandbox.clearLog();
		const value = { name: 'Shown', isClient: false, isDisabled: false, industry: 'Left' };
		const shown = schema.map((field) => ({ ...field, removed: field.id !== 'name' }));
		await create({ resource: 'company', ...mapped(value, shown) });
		expect(bodiesTo(stage.sandbox)).toEqual([{ name: 'Shown' }]);
	});

	it('takes from the input what is named like a field, properties too', async () => {
		const schema = await fields('company');
		stage.sandbox.clearLog();
		const input = [
			{ id: 5, name: 'A', own: 'not a field', isClient: 'true', tags: '["x"]' },
			{ name: 'B', 'properties.segment': 'x', properties: { segment: 'y', rare: 1 } },
		];
		const { error } = await create({ resource: 'company', ...automatic(schema) }, { input });
		expect(error).toBeUndefined();
		expect(bodiesTo(stage.sandbox)).toEqual([
			{ name: 'A', isClient: true, tags: ['x'] },
			{ name: 'B', properties: { segment: 'x', rare: 1 } },
		]);
	});

	it('refuses to guess where the editor has loaded none', async () => {
		await expectRefused(
			{ resource: 'company', ...automatic([]) },
			'The node does not know the fields of the record yet',
			{ input: [{ name: 'A' }] },
		);
	});

	it('refuses an input without any such field', async () => {
		const schema = await fields('company');
		stage.sandbox.clearLog();
		await expectRefused(
			{ resource: 'company', ...automatic(schema) },
			/^No input field has the same name as a field of the record/,
			{ input: [{ other: 1 }] },
		);
	});

	it('a whole time entry, whose fields are known from the view alone', async () => {
		const schema = await fields('timeEntry');
		stage.sandbox.clearLog();
		const body = existing(RECORDS.time);
		const texts = Object.fromEntries(
			Object.entries(body).map(([name, value]) => [name, String(value)]),
		);
		await create({ resource: 'timeEntry', ...automatic(schema) }, { input: [texts] });
		expect(bodiesTo(stage.sandbox)).toEqual([body]);
	});
});

describe('dates', () => {
	const dayOf = async (value: unknown, timezone = 'Europe/Prague') => {
		stage.sandbox.clearLog();
		const fields = mapped({ ownerId, companyId, statusDate: value, 'properties.createdOn': value });
		const { error } = await create(
			{ resource: 'document', ...named('DOCUMENT.ISSUED'), ...fields },
			{ settings: { timezone } },
		);
		const [body] = bodiesTo(stage.sandbox) as Array<{ statusDate: string; properties: object }>;
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
	])('%s in %s is %s', async (given, zone, day) => {
		expect(await dayOf(given, zone)).toBe(day);
	});

	it.each(['30.11.2026', '2026-02-30', '2026-13-01', 'tomorrow', '2026-11-30T25:00', 20261130])(
		'%s is refused',
		async (given) => {
			expect(await dayOf(given)).toMatch(/^The field "statusDate", .+, is not a date \[item 0\]$/);
			expect(stage.sandbox.log).toEqual([]);
		},
	);

	it('empty ones clear the field', async () => {
		const body = { ownerId, companyId, statusDate: null, properties: { createdOn: '' } };
		await create({ resource: 'document', ...json(body) });
		expect(bodiesTo(stage.sandbox)).toMatchObject([body]);
	});
});

describe('what cannot be right', () => {
	const document = (fields: object): object => ({
		resource: 'document',
		...named('DOCUMENT.ISSUED'),
		...json({ ownerId, companyId, ...fields }),
	});

	it.each(['null', '[]', '[{"name": "A"}]', '"text"', '5', 'true', '{"name": }'])(
		'the body %s',
		async (body) => await expectRefused({ resource: 'job', ...json(body) }, /^The Body is /),
	);

	it.each([json(''), json('{}'), mapped({}), mapped({ name: '={{ $json.no.such.field }}' })])(
		'no field at all: %j',
		async (fields) =>
			await expectRefused({ resource: 'job', ...fields }, /^There is no field to write/),
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
	])('the body %s', async (body, message) => {
		await expectRefused({ resource: 'job', fieldsMode: 'json', body }, message);
	});

	it('a number that is none in the mapper', async () => {
		for (const name of ['hours', 'name', 'properties.x']) {
			await expectRefused(
				{ resource: 'timeEntry', ...mapped({ [name]: '={{ Number("x") }}' }) },
				`What is to be sent, at "${name}", contains NaN, which is not a number`,
			);
		}
	});

	it('a date that is none in the mapper', async () => {
		for (const [resource, name] of [
			['document', 'statusDate'],
			['timeEntry', 'date'],
			['job', 'properties.x'],
		])
			await expectRefused(
				{ resource, ...mapped({ [name]: '={{ new Date("tomorrow") }}' }) },
				`What is to be sent, at "${name}", contains Invalid Date, which is not a date`,
			);
	});

	it.each([
		['statusDate', '={{ { statusDate: new Date("tomorrow") } }}'],
		['a.list.1', '={{ { a: { list: [1, new Date("tomorrow")] } } }}'],
	])('a date that is none in the body, at %s', async (name, body) => {
		await expectRefused(
			{ resource: 'document', fieldsMode: 'json', body },
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
	])('%j', async (fields, message) => {
		await expectRefused(document(fields), message);
	});

	it.each(['constructor', 'toString', '__proto__', 'yes', 1, 0])(
		'a flag that is %s',
		async (isClient) => {
			await expectRefused(
				{ resource: 'company', ...json({ isClient }) },
				/^The field "isClient", .*, is not true or false/,
			);
		},
	);

	it('names every required field that is missing', async () => {
		const { error } = await create({ resource: 'document', ...json({ category: '' }) });
		expect(error?.message).toBe('Required fields are missing: ownerId, companyId [item 0]');
		expect(error?.description).toBe(
			'Teamogy requires of a new document: Owner ID (User) (ownerId), Company ID (companyId). Give them as fields, or in the JSON.',
		);
	});

	it('an empty document type', async () => {
		await expectRefused(
			{ resource: 'document', ...named(' '), ...json({ ownerId, companyId }) },
			"'Document Type' is empty",
		);
	});

	it('in one item stops all before anything is sent', async () => {
		await expectRefused(
			{ resource: 'company', ...mapped({ isClient: '={{ $json.is }}' }) },
			/^The field "isClient", perhaps, is not true or false \[item 2\]$/,
			{ input: [{ is: true }, { is: 'false' }, { is: 'perhaps' }] },
		);
	});

	it('in one item fails that item alone, with a setting to continue', async () => {
		const { json: rows, errorItems } = await create(
			{ resource: 'company', ...mapped({ isClient: '={{ $json.is }}' }) },
			{ input: [{ is: true }, { is: 'perhaps' }, { is: 'false' }], onError: 'continueErrorOutput' },
		);
		expect(bodiesTo(stage.sandbox)).toEqual([{ isClient: true }, { isClient: false }]);
		expect(rows).toHaveLength(2);
		expect(errorItems.map((item) => item.json)).toMatchObject([
			{ is: 'perhaps', error: expect.stringMatching(/"isClient", perhaps.*\[item 1\]$/) },
		]);
	});

	it('an expression that cannot be evaluated fails its item alone', async () => {
		const { json: rows, errorItems } = await create(
			{ resource: 'company', ...mapped({ name: "={{ $json.name ?? $('None').item.json }}" }) },
			{ input: [{ name: 'A' }, {}], onError: 'continueErrorOutput' },
		);
		expect([rows.length, errorItems.length]).toEqual([1, 1]);
		expect(bodiesTo(stage.sandbox)).toEqual([{ name: 'A' }]);
	});
});

describe('what is returned', () => {
	it.each(['identifiers', 'record'] as const)('Teamogy answers with %s', async (entityAnswer) => {
		stage.sandbox.set({ entityAnswer });
		const { json: rows } = await create({ resource: 'company', ...json({ name: 'A' }) });
		const record = newest('companies');
		expect(rows).toEqual([entityAnswer === 'record' ? record : { id: record.id }]);
		expect(readsOf(stage.sandbox)).toEqual([]);
	});

	it.each([
		['a bare ID', 30999, { id: '30999' }],
		['a bare ID as text', '30999', { id: '30999' }],
		['an empty list', [], {}],
		['a list', [{ id: 5 }], { id: 5 }],
		['a wrapped record', { data: { id: 5 } }, { data: { id: 5 } }],
	])('%s', async (_, body, row) => {
		stage.sandbox.fault({ kind: 'status', status: 201, body, applied: true });
		const { json: rows, error } = await create({ resource: 'company', ...json({ name: 'A' }) });
		expect(error).toBeUndefined();
		expect(rows).toEqual([row]);
		expect(writesTo(stage.sandbox)).toHaveLength(1);
	});

	it('nothing is answered: an item all the same', async () => {
		stage.sandbox.fault({ kind: 'empty', applied: true });
		const { json: rows, items } = await create({ resource: 'company', ...json({ name: 'A' }) });
		expect(rows).toEqual([{}]);
		expect(items[0].pairedItem).toEqual({ item: 0 });
	});

	describe('Return Full Record', () => {
		const whole = { resource: 'company', ...json({ name: 'A' }), options: { returnRecord: true } };

		it('reads it back', async () => {
			const { json: rows } = await create(whole);
			expect(rows).toEqual([newest('companies')]);
			expect(readsOf(stage.sandbox).map(({ url }) => url)).toEqual([
				`/rest/v1/1/companies?id=${newest('companies').id}`,
			]);
		});

		it('gives the answer and says so when it cannot be read back', async () => {
			stage.sandbox.fault({ kind: 'status', status: 403, method: 'GET' });
			const { json: rows, hints, error } = await create(whole);
			expect(error).toBeUndefined();
			expect(rows).toEqual([{ id: newest('companies').id }]);
			expect(hints.map(({ message }) => message)).toEqual([
				expect.stringMatching(/^The record was saved, but could not be read back: Teamogy refused/),
			]);
		});

		it.each([[], {}, [{}], { data: {} }, { data: [] }, { data: null }].map((body) => [body]))(
			'gives the answer and says so when what is read back is %j',
			async (body) => {
				stage.sandbox.fault({ kind: 'status', status: 200, body, method: 'GET' });
				const { items, hints, error } = await create(whole);
				expect(error).toBeUndefined();
				const json = { id: newest('companies').id };
				expect(items).toEqual([{ json, pairedItem: { item: 0 } }]);
				expect(hints.map(({ message }) => message)).toEqual([
					"The record was saved, but could not be read back: Teamogy's answer holds no record.",
				]);
			},
		);

		it('gives the answer and says so when that holds no ID', async () => {
			stage.sandbox.fault({ kind: 'status', status: 200, body: { ok: true }, applied: true });
			const { json: rows, hints } = await create(whole);
			expect(rows).toEqual([{ ok: true }]);
			expect(hints[0].message).toMatch(/holds no ID\.$/);
			expect(stage.sandbox.log).toHaveLength(1);
		});
	});
});
