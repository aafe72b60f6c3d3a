/** Update: the requests for every entity, the ways to pick a record, and the input that is refused. */
import { useTestBed } from '../../helpers/testBed.mts';
import { DOCUMENTED, flatten, insertDocumented } from '../../helpers/documentedBodies.mts';
import { getBodies, getReads, getWrites } from '../../helpers/loggedRequests.mts';
import { RESOURCES, listResourcesFor } from '../../helpers/resources.mts';
import {
	toAutoMapping,
	toRecordId,
	loadFields,
	toJsonBody,
	toMapping,
	toDocumentType,
} from '../../helpers/writeParameters.mts';

const changeable = listResourcesFor('PATCH');

const testBed = useTestBed();
let company: number;

beforeEach(() => {
	company = testBed.sandbox.rows('companies')[0].id as number;
});

const update = async (parameters: object, more: object = {}) =>
	await testBed.run({ resource: 'company', operation: 'update', ...parameters }, more);
const registration = (value: unknown): object => ({
	recordId: { __rl: true, mode: 'registration', value },
});

describe('Update: the request', () => {
	it('Every entity can be updated except time entries', () => {
		expect(changeable.map(({ entity }) => entity)).not.toContain('time');
		expect(new Set(changeable.map(({ entity }) => entity)).size).toBe(7);
	});

	it.each(changeable.map(({ value, entity, views }) => [value, entity!, views[0]]))(
		'%s: the mapper and JSON send the same body',
		async (resource, entity, view) => {
			const { id } = testBed.sandbox.rows(view)[0];
			const before = testBed.findRecord(id, entity);
			const body = { note: 'Changed', properties: { extName: 'x' } };
			for (const fields of [toMapping(flatten(body)), toJsonBody(body)]) {
				testBed.sandbox.clearLog();
				const { json: rows, error } = await update({ resource, ...toRecordId(id), ...fields });
				expect(error).toBeUndefined();
				expect(rows).toEqual([expect.objectContaining({ id })]);
				expect(testBed.sandbox.log).toMatchObject([
					{ method: 'PATCH', url: `/rest/v1/1/${entity}?id=${String(id)}`, body, applied: true },
				]);
				// Fields that are not given stay as they are.
				const properties = { ...(before.properties as object), extName: 'x' };
				expect(testBed.findRecord(id, entity)).toEqual({ ...before, note: 'Changed', properties });
			}
		},
	);

	it.each(DOCUMENTED)('The documented fields are sent: %s', async (_, { type, ...fields }) => {
		insertDocumented(testBed.sandbox);
		for (const given of [toMapping(flatten(fields)), toJsonBody(fields)]) {
			const { id } = testBed.sandbox.insert('documents', { type, agencyId: 1 });
			const { error } = await update({ resource: 'document', ...toRecordId(id), ...given });
			expect(error).toBeUndefined();
		}
		const text = JSON.stringify(fields);
		expect(getWrites(testBed.sandbox).map(({ rawBody }) => rawBody)).toEqual([text, text]);
	});

	it('Empty text and null clear a field', async () => {
		const id = testBed.sandbox.insert('companies', {
			name: 'A',
			industry: 'Food',
			segment: 'x',
		}).id;
		const body = { industry: '', segment: null, properties: { note: '', extName: null } };
		await update({ ...toRecordId(id), ...toMapping(flatten(body)) });
		await update({ ...toRecordId(id), ...toJsonBody(body) });
		expect(getBodies(testBed.sandbox)).toEqual([body, body]);
		expect(testBed.findRecord(id)).toMatchObject({ name: 'A', ...body });
	});

	it('A number that is emptied is cleared as a text that is emptied', async () => {
		const { id } = testBed.sandbox.rows('jobs')[0];
		const schema = await loadFields(testBed, { resource: 'job', operation: 'update' });
		testBed.sandbox.clearLog();
		// A list has no empty entry, so an expression clears its field.
		const value = { name: '', hoursBudget: '', brandId: '={{ "" }}', 'properties.note': '' };
		const { error } = await update({
			resource: 'job',
			...toRecordId(id),
			...toMapping(
				value,
				schema.map((field) => ({ ...field, removed: !(field.id in value) })),
			),
		});
		expect(error).toBeUndefined();
		expect(getBodies(testBed.sandbox)).toEqual([
			{ name: '', hoursBudget: null, brandId: null, properties: { note: '' } },
		]);
		expect(testBed.findRecord(id, 'jobs')).toMatchObject({
			name: '',
			hoursBudget: null,
			brandId: null,
		});
	});

	it('The editor requires no field and shows only chosen fields', async () => {
		for (const resource of ['invoice', 'company', 'job']) {
			const type = resource === 'invoice' ? toDocumentType('INVOICE.SALES') : {};
			const schema = await loadFields(testBed, { resource, operation: 'update', ...type });
			expect(schema.length).toBeGreaterThan(10);
			expect(schema.filter(({ required }) => required)).toEqual([]);
			expect(schema.filter(({ removed }) => !removed)).toEqual([]);
			testBed.sandbox.clearLog();
			const [view] = RESOURCES.find(({ value }) => value === resource)!.views;
			const fields = toMapping(
				{ category: '' },
				schema.map((field) => ({ ...field, removed: field.id !== 'category' })),
			);
			const { error } = await update({
				resource,
				...toRecordId(testBed.sandbox.rows(view)[0].id),
				...fields,
			});
			expect(error).toBeUndefined();
			expect(getBodies(testBed.sandbox)).toEqual([{ category: '' }]);
		}
	});

	it('Input fields named like fields of the record are sent, even those of a whole record', async () => {
		const schema = await loadFields(testBed, { resource: 'company', operation: 'update' });
		const { id, ...record } = testBed.findRecord(company);
		testBed.sandbox.clearLog();
		await update(
			{ ...toRecordId('={{ $json.id }}'), ...toAutoMapping(schema) },
			{ input: [{ id, ...record, own: 1 }] },
		);
		expect(getBodies(testBed.sandbox)).toEqual([record]);
		expect(testBed.findRecord(id)).toEqual({ id, ...record });
	});
});

describe('Update: the record', () => {
	it.each([
		['5001', '5001'],
		[5001, '5001'],
		[' 0005001 ', '5001'],
	])('The ID %j picks the record', async (given, id) => {
		await update({ resource: 'job', ...toRecordId(given), ...toJsonBody({ name: 'A' }) });
		expect(testBed.sandbox.log.map(({ query }) => query)).toEqual([{ id }]);
	});

	it.each(['registration', 'number'] as const)(
		'The registration number picks the record, sent as the parameter %s',
		async (as) => {
			const number = testBed.sandbox.rows('invoices.sales')[3].number as string;
			testBed.sandbox.set({ registrationParameter: as });
			const { json: rows } = await update({
				resource: 'invoice',
				...registration(` ${number} `),
				...toJsonBody({ category: '' }),
				options: { registrationParameter: as },
			});
			expect(rows).toMatchObject([{ number }]);
			expect(testBed.sandbox.log.map(({ query }) => query)).toEqual([{ [as]: number }]);
		},
	);

	it('A registration number is encoded whatever it holds', async () => {
		const number = "A&B=C/1 'x' +#%20 č";
		testBed.sandbox.insert('jobs', { number, name: 'Odd' });
		const fields = toJsonBody({ name: 'Even' });
		const { error } = await update({ resource: 'job', ...registration(number), ...fields });
		expect(error).toBeUndefined();
		expect(testBed.findRecord(testBed.sandbox.records('jobs').at(-1)!.id, 'jobs')).toMatchObject({
			name: 'Even',
		});
	});

	it.each([
		'abc',
		'0',
		'-1',
		'1.5',
		'12 34',
		'1e3',
		'12345678901234567890',
		'',
		null,
		true,
		2 ** 53,
	])('The ID %j is refused', async (id) => {
		testBed.expectRefused(
			await update(
				{ ...toRecordId('={{ $json.id }}'), ...toJsonBody({ name: 'A' }) },
				{ input: [{ id }] },
			),
			/^The Company ID(, ".+", is not an ID| is empty)/,
		);
	});

	it('An empty registration number is refused', async () => {
		testBed.expectRefused(
			await update({ ...registration(' '), ...toJsonBody({ name: 'A' }) }),
			'The Registration Number is empty',
		);
	});

	it.each([
		[{ number: 'J-1' }, '"{"number":"J-1"}", is not a single value'],
		[['J-1'], '"["J-1"]", is not a single value'],
		[2 ** 53, '"9007199254740992", has more digits than a number keeps'],
		[1e21, '"1e+21", has more digits than a number keeps'],
	])('The registration number %j is refused', async (number, why) => {
		testBed.expectRefused(
			await update(
				{ ...registration('={{ $json.number }}'), ...toJsonBody({ name: 'A' }) },
				{ input: [{ number }] },
			),
			`The Registration Number, ${why}`,
		);
	});

	it.each([27082440, '12345678901234567890'])(
		'The registration number %j picks the record',
		async (number) => {
			const parameters = { ...registration('={{ $json.number }}'), ...toJsonBody({ name: 'A' }) };
			await update(parameters, { input: [{ number }] });
			expect(testBed.sandbox.log.map(({ query }) => query)).toEqual([
				{ registration: String(number) },
			]);
		},
	);

	it('A registration number that was cut within a character is refused', async () => {
		testBed.expectRefused(
			await update({ ...registration('A🦄'.slice(0, 2)), ...toJsonBody({ name: 'A' }) }),
			'The Registration Number contains a broken character',
		);
	});

	it('An ID that does not exist is named in the error', async () => {
		const { error } = await update({ ...toRecordId(999_999), ...toJsonBody({ name: 'A' }) });
		expect(error?.message).toBe('Teamogy did not find company 999999 [item 0]');
	});
});

describe('Update: invalid input', () => {
	it.each([
		[toJsonBody('[]'), "'Body' is a list, not an object"],
		[toJsonBody('"x"'), "'Body' is a string, not an object"],
		[toJsonBody({}), 'There is no field to write'],
		[toMapping({}), 'There is no field to write: no field under'],
		// A box that is shown and that nobody has touched.
		[toMapping({}, [{ id: 'name', type: 'string', removed: false }]), 'There is no field to write'],
		[toMapping({ isClient: 'maybe' }), 'The field "isClient", maybe, is not true or false'],
		[
			toJsonBody('{"a": 12345678901234567890}'),
			'\'Body\', at "a", contains a whole number beyond 9007199254740991',
		],
	])('%j is refused', async (fields, message) => {
		testBed.expectRefused(await update({ ...toRecordId(company), ...fields }), message);
	});

	it('No item is sent when one item is invalid', async () => {
		testBed.expectRefused(
			await update(
				{ ...toRecordId('={{ $json.id }}'), ...toJsonBody({ name: 'A' }) },
				{ input: [{ id: company }, { id: 'x' }] },
			),
			'The Company ID, "x", is not an ID [item 1]',
			{ item: 1 },
		);
	});
});

describe('Update: the output', () => {
	it('Return Full Record returns the whole record', async () => {
		const fields = { ...toRecordId(company), ...toJsonBody({ name: 'Renamed' }) };
		const { json: rows } = await update({ ...fields, options: { returnRecord: true } });
		expect(rows).toEqual([testBed.findRecord(company)]);
		expect(rows[0].name).toBe('Renamed');
		expect(getReads(testBed.sandbox)).toHaveLength(1);
	});

	it.each([{}, { data: {} }, []])('The ID is returned where the response is %j', async (body) => {
		testBed.sandbox.fault({ kind: 'status', status: 200, body, applied: true });
		const { json: rows } = await update({ ...toRecordId(company), ...toJsonBody({ name: 'A' }) });
		expect(rows[0].id).toBe(String(company));
	});

	it("The ID is returned where Teamogy's response is empty", async () => {
		testBed.sandbox.fault({ kind: 'empty', applied: true });
		const { json: rows } = await update({ ...toRecordId(company), ...toJsonBody({ name: 'A' }) });
		expect(rows).toEqual([{ id: String(company) }]);
	});

	it('Each item returns one linked row, in the order of the items', async () => {
		const input = testBed.sandbox
			.rows('companies')
			.slice(0, 5)
			.map(({ id }) => ({ id }));
		const { items } = await update(
			{ ...toRecordId('={{ $json.id }}'), ...toJsonBody({ name: 'A' }) },
			{ input },
		);
		expect(items).toEqual(input.map((row, item) => ({ json: row, pairedItem: { item } })));
	});
});
