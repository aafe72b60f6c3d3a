/** The list of fields to write in the editor, from the live account. */
import {
	NodeHelpers,
	type INodeParameters,
	type NodeError,
	type ResourceMapperField,
} from 'n8n-workflow';
import { rejection } from '../../helpers/rejection.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { fieldsById, loadFieldList, toDocumentType } from '../../helpers/writeParameters.mts';

const PERSONS = 30_000;

const testBed = useTestBed({ rows: { persons: PERSONS }, hasLateRequests: true });

const wrongKey = (): object => ({
	credentials: { teamogyApi: { ...testBed.sandbox.credential, apiKey: 'not-the-key' } },
});
const idsOf = (rows: ReadonlyArray<{ id?: unknown }>): string[] => rows.map(({ id }) => String(id));
const fieldList = async (parameters: object, more: object = {}) =>
	await loadFieldList(testBed, { operation: 'create', ...parameters }, more);
const fieldsOf = async (parameters: object, more?: object) =>
	(await fieldList(parameters, more)).fields;

describe('The fields to write', () => {
	it('The editor first shows the fields that getFields shows: with addAllFields false n8n hides the field to match on', async () => {
		const fields = fieldsById(await fieldsOf({ resource: 'company', operation: 'upsert' }));
		expect([fields.name.removed, fields.id.removed]).toEqual([false, true]);
		const mappers = testBed.engine
			.description('teamogy')
			.properties.flatMap(({ typeOptions }) => typeOptions?.resourceMapper ?? []);
		expect(mappers.length).toBeGreaterThan(0);
		for (const mapper of mappers) expect(mapper.addAllFields).not.toBe(false);
	});

	/** The first row of a view, whose record gets enough properties to be the fullest row. */
	const enrich = (view: string, entity: string, fields: object): number => {
		const id = testBed.sandbox.rows(view)[0].id as number;
		const more = Object.fromEntries(Array.from({ length: 20 }, (_, index) => [`e${index}`, index]));
		const { properties, ...others } = { properties: {}, ...fields };
		testBed.sandbox.patch(entity, id, { ...others, properties: { ...more, ...properties } });
		return id;
	};

	it('A document has the documented fields first, then those of the fullest record of a sample', async () => {
		const id = enrich('invoices.purchase', 'documents', {
			ownField: 5,
			properties: { 'own-key': true, when: null },
		});
		const fields = await fieldsOf({ resource: 'invoice', ...toDocumentType('INVOICE.PURCHASE') });
		expect(fields.slice(0, 2).map(({ id, required }) => [id, required])).toEqual([
			['ownerId', true],
			['companyId', true],
		]);
		const found = fieldsById(fields);
		expect(found).toMatchObject({
			ownerId: { type: 'options', removed: false },
			statusDate: { type: 'string', required: false, removed: true },
			participantIds: { type: 'array' },
			acl: { type: 'object', displayName: 'Access Rights, e.g. {"read": {"users": [24]}}' },
			'properties.properties.companyLabelName': { type: 'string' },
			ownField: { type: 'string', displayName: 'ownField (Number)', removed: true },
			'properties.own-key': { type: 'options', displayName: 'Property own-key' },
			'properties.when': { type: 'string' },
		});
		for (const name of ['id', 'type']) expect(found).not.toHaveProperty([name]);
		expect(fields.some(({ canBeUsedToMatch }) => canBeUsedToMatch)).toBe(false);
		const log = testBed.sandbox.log.map(({ view, entity, query }) => [view ?? entity, query]);
		expect(log.slice(0, 2)).toEqual([
			['invoices.purchase', { limit: '100', offset: '0' }],
			['documents', { id: String(id) }],
		]);
	});

	it.each([
		['document', 'DOCUMENT.BRIEF', 'documents'],
		['gem', 'GEM.SPECIAL', 'documents'],
		['invoice', 'INVOICE.PURCHASE.FOREIGN', 'invoices.purchase'],
	])(
		"A document type of the account's own has the fields of a view that lists it: %s %s",
		async (resource, type, view) => {
			await fieldsOf({ resource, ...toDocumentType(type) });
			expect(testBed.sandbox.log[0].view).toBe(view);
		},
	);

	const expression = toDocumentType('={{ $json.type }}');
	it.each([
		['Update', { operation: 'update' }],
		['Update after another operation', { operation: 'update', ...toDocumentType('BINDER') }],
		['Create with a type of each item', { operation: 'create', ...expression }],
		['Create or Update with a type of each item', { operation: 'upsert', ...expression }],
	])(
		'An invoice of an unknown type has the fields of sales and purchases, for one request more: %s',
		async (_, parameters) => {
			enrich('invoices.sales', 'documents', { properties: { ofSales: 'x' } });
			enrich('invoices.purchase', 'documents', { properties: { ofPurchases: 'x' } });
			const fields = fieldsById(await fieldsOf({ resource: 'invoice', ...parameters }));
			expect(fields).toMatchObject({ 'properties.ofSales': {}, 'properties.ofPurchases': {} });
			const views = testBed.sandbox.log.flatMap(({ view }) => view ?? []);
			expect(views.filter((view) => view.startsWith('invoices.')).toSorted()).toEqual([
				'invoices.purchase',
				'invoices.sales',
			]);
		},
	);

	it('Update of an invoice has the fields of purchases where the key must not read sales', async () => {
		enrich('invoices.purchase', 'documents', { properties: { ofPurchases: 'x' } });
		const path = /views\/invoices\.sales/;
		testBed.sandbox.fault({ kind: 'status', status: 403, path, times: Infinity });
		const fields = fieldsById(await fieldsOf({ resource: 'invoice', operation: 'update' }));
		expect(fields).toHaveProperty(['properties.ofPurchases']);
	});

	it.each([
		['businessUnit', 'units', 'agencies'],
		['company', 'companies', 'companies'],
		['task', 'tasks', 'tasks'],
		['user', 'users', 'users'],
	])('Every field of a record of the sample is listed: %s', async (resource, view, entity) => {
		const fields = fieldsById(await fieldsOf({ resource }));
		const [first, second] = testBed.sandbox.log;
		expect([first.view, second.entity]).toEqual([view, entity]);
		const sample = testBed.sandbox.rows(view).slice(0, 100);
		expect(idsOf(sample)).toContain(second.query.id);
		const record = testBed.sandbox
			.records(entity)
			.find(({ id }) => String(id) === second.query.id)!;
		const names = Object.keys(record).filter((name) => !['id', 'properties'].includes(name));
		const inner = Object.keys(record.properties as object).map((key) => `properties.${key}`);
		expect(Object.keys(fields)).toEqual(expect.arrayContaining([...names, ...inner]));
		expect(fields).not.toHaveProperty('id');
	});

	it('Fields are listed for every resource that can be written and every operation that shows them', async () => {
		const { properties } = testBed.engine.description('teamogy');
		const calls = properties
			.filter(({ name }) => name === 'operation')
			.flatMap(({ displayOptions, options = [] }) =>
				options.map((option) => ({
					resource: displayOptions!.show!.resource![0] as string,
					operation: (option as { value: string }).value,
				})),
			)
			.filter(({ operation }) => ['create', 'update', 'upsert'].includes(operation));
		expect(calls.length).toBeGreaterThan(30);
		for (const call of calls.filter(({ resource }) => resource !== 'person')) {
			const fields = await fieldsOf(call);
			expect([call, fields.length > 0]).toEqual([call, true]);
		}
	});

	it('The list needs few requests however long the view is', async () => {
		await fieldsOf({ resource: 'person' });
		expect(testBed.sandbox.rows('persons')).toHaveLength(PERSONS);
		const asked = testBed.sandbox.log.map(({ view, entity }) => view ?? entity);
		expect(asked).toEqual(['persons', 'persons', 'companies']);
	});

	it('A record with all fields is read alone, and two more records where records lack their empty fields', async () => {
		const readsOf = () => testBed.sandbox.log.filter(({ entity }) => entity).length;
		const whole = (await fieldsOf({ resource: 'task' })).map(({ id }) => id);
		expect(readsOf()).toBe(1);
		testBed.sandbox.clearLog();
		testBed.sandbox.set({
			interpose: ({ entity }, proceed) => {
				const { status, body } = proceed();
				const filled = Object.entries(body as object).filter(([, value]) => value !== null);
				return { status, body: entity ? Object.fromEntries(filled) : body };
			},
		});
		const sparse = (await fieldsOf({ resource: 'task' })).map(({ id }) => id);
		expect([readsOf() > 1, readsOf() <= 3]).toEqual([true, true]);
		expect(sparse.toSorted()).toEqual(whole.toSorted());
	});

	it.each([
		['timeEntry', ['userName', 'jobName', 'taskName', 'overheadName', 'companyId', 'companyName']],
		['job', ['companyName', 'brandName', 'binderName', 'ownerName', 'hoursTracked']],
		['task', ['jobName', 'companyName', 'userName', 'hoursTracked']],
		['user', ['name', 'agencyName']],
		['invoice', ['companyName', 'total', 'net', 'paymentStatus', 'dueDate']],
	])('What the view of a %s computes is not offered', async (resource, computed) => {
		const type = resource === 'invoice' ? toDocumentType('INVOICE.SALES') : {};
		const fields = fieldsById(await fieldsOf({ resource, ...type }));
		for (const name of computed) expect(fields).not.toHaveProperty([name]);
	});

	it('The list does not shrink where newer records have no values', async () => {
		const ids = async () => (await fieldsOf({ resource: 'timeEntry' })).map(({ id }) => id);
		const before = await ids();
		expect(before).toEqual(expect.arrayContaining(['note', 'taskId', 'overheadId', 'isBillable']));
		for (const { id } of testBed.sandbox.records('time').slice(0, 200))
			testBed.sandbox.patch('time', id, { note: null, taskId: null, hours: null });
		expect(await ids()).toEqual(before);
	});

	it('The list does not depend on the newest record', async () => {
		const before = await fieldsOf({ resource: 'company' });
		testBed.sandbox.insert('companies', { name: 'Bare' });
		expect(await fieldsOf({ resource: 'company' })).toEqual(before);
	});

	it('A time entry, which cannot be read by itself, has the fields of a row', async () => {
		const fields = fieldsById(await fieldsOf({ resource: 'timeEntry' }));
		expect(fields).toMatchObject({
			jobId: { displayName: 'Job (jobId)', type: 'options' },
			hours: { displayName: 'hours (Number)', type: 'string' },
			date: { type: 'string' },
			note: { displayName: 'note', type: 'string' },
		});
		expect(testBed.sandbox.log.filter(({ entity }) => entity)).toEqual([]);
	});

	it('The properties of all rows of the sample are listed', async () => {
		const rows = testBed.sandbox.rows('companies').slice(0, 20);
		testBed.sandbox.patch('companies', rows[7].id as number, { properties: { own: 1 } });
		const fields = fieldsById(await fieldsOf({ resource: 'company', operation: 'upsert' }));
		const inside = rows.flatMap(({ properties }) => Object.keys(properties as object));
		for (const key of [...inside, 'own']) expect(fields).toHaveProperty([`properties.${key}`]);
		expect(fields['properties.extName']).toMatchObject({ canBeUsedToMatch: true, removed: true });
	});

	it('A boolean is a choice without a default, and is not offered to match on', async () => {
		const { isClient } = fieldsById(await fieldsOf({ resource: 'company', operation: 'upsert' }));
		expect(isClient).toMatchObject({
			type: 'options',
			options: [{ value: true }, { value: false }],
			canBeUsedToMatch: false,
		});
	});

	it('The documented fields are listed without a request while the node has no credential', async () => {
		const none = { credentials: false } as const;
		const fields = fieldsById(await fieldsOf({ resource: 'company', operation: 'upsert' }, none));
		expect(fields.name).toMatchObject({ defaultMatch: true, removed: false });
		const { fields: ofJobs, emptyFieldsNotice } = await fieldList({ resource: 'job' }, none);
		expect([ofJobs, emptyFieldsNotice]).toEqual([
			[],
			'The fields could not be loaded yet. If a credential is chosen above, close the node and open it again.',
		]);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('A notice says that documented fields alone are listed, until the account was read', async () => {
		const { properties } = testBed.engine.description('teamogy');
		const isNoticeShown = (schema: ResourceMapperField[]): boolean => {
			const parameters = {
				...{ resource: 'company', operation: 'create', fieldsMode: 'mapping' },
				fields: { mappingMode: 'defineBelow', value: null, schema },
			} as unknown as INodeParameters;
			return properties.some(
				(one) =>
					one.name === 'accountUnreadNotice' &&
					NodeHelpers.displayParameter(parameters, one, null, null),
			);
		};
		const schema = await fieldsOf({ resource: 'company' }, { credentials: false });
		expect(isNoticeShown(schema)).toBe(true);
		// The editor loads such a list again when the node is opened.
		expect(schema.every(({ readOnly }) => readOnly === undefined)).toBe(true);
		expect(isNoticeShown(await fieldsOf({ resource: 'company' }))).toBe(false);
		expect(isNoticeShown([])).toBe(false);
	});

	it('Names that are not confirmed are marked until a record shows them', async () => {
		const names = async () =>
			fieldsById(await fieldsOf({ resource: 'person' })).firstName.displayName;
		expect(await names()).toBe('First Name');
		const body = { metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		expect(await names()).toBe('First Name (?)');
		const { properties } = testBed.engine.description('teamogy');
		const notices = properties.filter(({ name }) => name === 'unconfirmedNotice');
		expect(notices.length).toBeGreaterThan(0);
		for (const { displayName, displayOptions } of notices) {
			expect(displayName).toContain('(?)');
			expect(displayOptions!.show!.resource).toEqual(['company', 'person', 'user']);
		}
	});

	it('Lists and objects of a company show the keys that the account has, without its data', async () => {
		const names = async () => {
			const fields = fieldsById(await fieldsOf({ resource: 'company' }));
			const ids = ['registrations', 'contacts', 'bankAccounts', 'addresses', 'tags'];
			return ids.map((id) => fields[id].displayName);
		};
		expect(await names()).toEqual([
			'Registrations, e.g. {"registration":"…","vat":"…"}',
			'Contacts, e.g. [{"type":"…","value":"…"}]',
			'Bank Accounts, e.g. [{"number":"…","currency":"…"}]',
			'Addresses, e.g. [{"city": "Praha"}]',
			'Tags, e.g. ["print"]',
		]);
		const body = { metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		expect(await names()).toEqual([
			'Registrations, e.g. {"key": "value"}',
			'Contacts, e.g. [{"key": "value"}]',
			'Bank Accounts, e.g. [{"key": "value"}]',
			'Addresses, e.g. [{"city": "Praha"}]',
			'Tags, e.g. ["print"]',
		]);
	});

	it('Create or Update also lists the ID, matches by single values, and requires nothing', async () => {
		const parameters = {
			operation: 'upsert',
			resource: 'invoice',
			...toDocumentType('INVOICE.SALES'),
		};
		const fields = await fieldsOf(parameters);
		expect(fields[0]).toMatchObject({ id: 'id', canBeUsedToMatch: true, defaultMatch: false });
		expect(fields.filter(({ required }) => required)).toEqual([]);
		expect(fieldsById(fields)).toMatchObject({
			number: { canBeUsedToMatch: true, defaultMatch: true, removed: false },
			tags: { canBeUsedToMatch: false },
			acl: { canBeUsedToMatch: false },
		});
	});

	it.each([
		['company', 'name'],
		['job', 'number'],
		['task', 'number'],
		['user', 'userName'],
		['person', 'email'],
	])(
		'The proposed match of a %s is its %s, since a new record cannot be given an ID',
		async (resource, match) => {
			const fields = await fieldsOf({ resource, operation: 'upsert' });
			const proposed = fields.filter(({ defaultMatch }) => defaultMatch);
			expect(proposed).toMatchObject([{ id: match, canBeUsedToMatch: true, removed: false }]);
		},
	);

	it('The proposed match is the ID where no other field names a record', async () => {
		const body = { metadata: { nextOffset: null }, data: [{ id: 1, street: 'X' }] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body, path: 'views/units' });
		testBed.sandbox.fault({ kind: 'status', status: 200, body: body.data[0], path: 'agencies' });
		const fields = await fieldsOf({ resource: 'businessUnit', operation: 'upsert' });
		expect(fields.filter(({ defaultMatch }) => defaultMatch).map(({ id }) => id)).toEqual(['id']);
	});

	it.each([403, 404])(
		'The documented fields are listed where reading is refused with the status %d',
		async (status) => {
			testBed.sandbox.fault({ kind: 'status', status, times: Infinity });
			const fields = await fieldsOf({ resource: 'invoice', ...toDocumentType('INVOICE.SALES') });
			expect(fields.map(({ id }) => id)).toEqual(
				expect.arrayContaining(['ownerId', 'companyId', 'properties.name']),
			);
			// Jobs have no documented field, so the list shows the reason only.
			const { fields: ofJobs, emptyFieldsNotice } = await fieldList({ resource: 'job' });
			expect(ofJobs).toEqual([]);
			expect(emptyFieldsNotice).toMatch(
				/^Teamogy (refused access to|does not know) the view "jobs"/,
			);
		},
	);

	it('The list shows the chosen business unit', async () => {
		const fields = fieldsById(await fieldsOf({ resource: 'job', options: { unitId: 2 } }));
		expect(fields).toHaveProperty('name');
		expect(new Set(testBed.sandbox.log.map(({ unit }) => unit))).toEqual(new Set([2]));
		const ids = fields.ownerId.options!.map(({ value }) => String((value as number) ?? ''));
		expect(ids.toSorted()).toEqual(idsOf(testBed.sandbox.rows('users', 2)).toSorted());
	});

	// The editor does not show an error here and keeps its list of fields.
	it('A wrong key is explained in an empty list, and a list with fields stays', async () => {
		const { fields, emptyFieldsNotice } = await fieldList({ resource: 'job' }, wrongKey());
		expect(fields).toEqual([]);
		expect(emptyFieldsNotice).toMatch(/^Teamogy did not accept the API key\. .*Public API/);
		expect(emptyFieldsNotice).toMatch(/ Then close the node and open it again\.$/);
		expect(emptyFieldsNotice).not.toContain('not-the-key');
		expect(testBed.sandbox.log).toHaveLength(1);

		const mapped = { resource: 'job', fields: { value: { name: 'A' } } };
		const error = await rejection<NodeError>(fieldsOf(mapped, wrongKey()));
		expect(error.message).toBe('Teamogy did not accept the API key');
	});

	it('A notice has no tags of a server: the editor shows it as HTML', async () => {
		const message = 'Please <a href="https://evil.example">sign in again</a><img src=x>';
		testBed.sandbox.fault({ kind: 'status', status: 422, body: { message } });
		const { fields, emptyFieldsNotice } = await fieldList({ resource: 'job' });
		expect(fields).toEqual([]);
		expect(emptyFieldsNotice).toContain('sign in again');
		expect(emptyFieldsNotice).not.toMatch(/<[a-z/]/i);
	});

	it('A field whose value has 50,000 levels is listed', async () => {
		const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
		const body = `{"metadata":{"nextOffset":null},"data":[{"id":1,"name":"a","own":${deep}}]}`;
		const headers = { 'content-type': 'application/json' };
		testBed.sandbox.fault({ kind: 'text', status: 200, headers, body });
		const fields = await fieldsOf({ resource: 'timeEntry' });
		expect(fields.find(({ id }) => id === 'own')?.type).toBe('array');
	});

	it('A view without records is explained in an empty list', async () => {
		const body = { metadata: { nextOffset: null }, data: [] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		expect(await fieldList({ resource: 'job' })).toEqual({
			fields: [],
			emptyFieldsNotice: `The view "jobs" has no record that shows the fields. Choose 'Using JSON' under 'Specify Fields'.`,
		});
	});

	it('A change of unit or document type keeps the mapping, and a change of resource or view clears the record', () => {
		const dependencies = (name: string) =>
			testBed.engine
				.description('teamogy')
				.properties.filter((property) => property.name === name)
				.map(({ typeOptions }) => typeOptions?.loadOptionsDependsOn);
		const each = (name: string, expected: string[]) => {
			const found = dependencies(name);
			expect(found.length).toBeGreaterThan(0);
			expect(found).toEqual(found.map(() => expected));
		};
		each('fields', ['resource', 'operation']);
		each('recordId', ['resource', 'view']);
		each('documentType', ['resource']);
	});
});
