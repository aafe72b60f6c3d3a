/** Update: what is sent for every entity, how a record is picked, and what is refused before. */
import { setStage, wasRefused, type Stage } from './support.mts';
import {
	automatic,
	bodiesTo,
	byId,
	DOCUMENTED,
	fieldsFor,
	flat,
	insertDocumented,
	json,
	mapped,
	named,
	readsOf,
	RESOURCES,
	resourcesTaking,
	writesTo,
} from './writing.mts';

const changeable = resourcesTaking('PATCH');

let stage: Stage;
let company: number;

beforeAll(async () => {
	stage = await setStage();
});

afterAll(async () => await stage.close());

beforeEach(() => {
	stage.sandbox.reset();
	company = stage.sandbox.rows('companies')[0].id as number;
});

const update = async (parameters: object, more: object = {}) =>
	await stage.run({ resource: 'company', operation: 'update', ...parameters }, more);
const registration = (value: unknown): object => ({
	recordId: { __rl: true, mode: 'registration', value },
});
const recordOf = (entity: string, id: unknown) =>
	stage.sandbox.records(entity).find((record) => record.id === id)!;

const expectRefused = async (
	parameters: object,
	message: RegExp | string,
	more: object = {},
): Promise<void> => {
	wasRefused(await update(parameters, more), message);
	expect(stage.sandbox.log).toEqual([]);
};

describe('what is sent', () => {
	it('covers all but time entries, which can only be created', () => {
		expect(changeable.map(({ entity }) => entity)).not.toContain('time');
		expect(new Set(changeable.map(({ entity }) => entity)).size).toBe(7);
	});

	it.each(changeable.map(({ value, entity, views }) => [value, entity!, views[0]]))(
		'%s: by mapping and as JSON the same',
		async (resource, entity, view) => {
			const { id } = stage.sandbox.rows(view)[0];
			const before = recordOf(entity, id);
			const body = { note: 'Changed', properties: { extName: 'x' } };
			for (const fields of [mapped(flat(body)), json(body)]) {
				stage.sandbox.clearLog();
				const { json: rows, error } = await update({ resource, ...byId(id), ...fields });
				expect(error).toBeUndefined();
				expect(rows).toEqual([expect.objectContaining({ id })]);
				expect(stage.sandbox.log).toMatchObject([
					{ method: 'PATCH', url: `/rest/v1/1/${entity}?id=${String(id)}`, body, applied: true },
				]);
				// What is not given stays as it is.
				const properties = { ...(before.properties as object), extName: 'x' };
				expect(recordOf(entity, id)).toEqual({ ...before, note: 'Changed', properties });
			}
		},
	);

	it.each(DOCUMENTED)('the fields of %s', async (_, { type, ...fields }) => {
		insertDocumented(stage.sandbox);
		for (const given of [mapped(flat(fields)), json(fields)]) {
			const { id } = stage.sandbox.insert('documents', { type, agencyId: 1 });
			const { error } = await update({ resource: 'document', ...byId(id), ...given });
			expect(error).toBeUndefined();
		}
		const text = JSON.stringify(fields);
		expect(writesTo(stage.sandbox).map(({ rawBody }) => rawBody)).toEqual([text, text]);
	});

	it('empty text and null: a field is cleared', async () => {
		const id = stage.sandbox.insert('companies', { name: 'A', industry: 'Food', segment: 'x' }).id;
		const body = { industry: '', segment: null, properties: { note: '', extName: null } };
		await update({ ...byId(id), ...mapped(flat(body)) });
		await update({ ...byId(id), ...json(body) });
		expect(bodiesTo(stage.sandbox)).toEqual([body, body]);
		expect(recordOf('companies', id)).toMatchObject({ name: 'A', ...body });
	});

	it("the editor's fields: none required, none shown that was not chosen", async () => {
		for (const resource of ['invoice', 'company', 'job']) {
			const type = resource === 'invoice' ? named('INVOICE.SALES') : {};
			const schema = await fieldsFor(stage, { resource, operation: 'update', ...type });
			expect(schema.length).toBeGreaterThan(10);
			expect(schema.filter(({ required }) => required)).toEqual([]);
			expect(schema.filter(({ removed }) => !removed)).toEqual([]);
			stage.sandbox.clearLog();
			const [view] = RESOURCES.find(({ value }) => value === resource)!.views;
			const fields = mapped(
				{ category: '' },
				schema.map((field) => ({ ...field, removed: field.id !== 'category' })),
			);
			const { error } = await update({
				resource,
				...byId(stage.sandbox.rows(view)[0].id),
				...fields,
			});
			expect(error).toBeUndefined();
			expect(bodiesTo(stage.sandbox)).toEqual([{ category: '' }]);
		}
	});

	it("takes the input's own fields, a whole record too", async () => {
		const schema = await fieldsFor(stage, { resource: 'company', operation: 'update' });
		const { id, ...record } = recordOf('companies', company);
		stage.sandbox.clearLog();
		await update(
			{ ...byId('={{ $json.id }}'), ...automatic(schema) },
			{ input: [{ id, ...record, own: 1 }] },
		);
		expect(bodiesTo(stage.sandbox)).toEqual([record]);
		expect(recordOf('companies', id)).toEqual({ id, ...record });
	});
});

describe('which record', () => {
	it.each([
		['5001', '5001'],
		[5001, '5001'],
		[' 0005001 ', '5001'],
	])('by the ID %j', async (given, id) => {
		await update({ resource: 'job', ...byId(given), ...json({ name: 'A' }) });
		expect(stage.sandbox.log.map(({ query }) => query)).toEqual([{ id }]);
	});

	it.each(['registration', 'number'] as const)('by registration number, sent as %s', async (as) => {
		const number = stage.sandbox.rows('invoices.sales')[3].number as string;
		stage.sandbox.set({ registrationParameter: as });
		const { json: rows } = await update({
			resource: 'invoice',
			...registration(` ${number} `),
			...json({ category: '' }),
			options: { registrationParameter: as },
		});
		expect(rows).toMatchObject([{ number }]);
		expect(stage.sandbox.log.map(({ query }) => query)).toEqual([{ [as]: number }]);
	});

	it('encodes what a registration number may hold', async () => {
		const number = "A&B=C/1 'x' +#%20 č";
		stage.sandbox.insert('jobs', { number, name: 'Odd' });
		const fields = json({ name: 'Even' });
		const { error } = await update({ resource: 'job', ...registration(number), ...fields });
		expect(error).toBeUndefined();
		expect(recordOf('jobs', stage.sandbox.records('jobs').at(-1)!.id)).toMatchObject({
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
	])('the ID %j is refused', async (id) => {
		await expectRefused(
			{ ...byId('={{ $json.id }}'), ...json({ name: 'A' }) },
			/^The Company ID(, ".+", is not an ID| is empty)/,
			{ input: [{ id }] },
		);
	});

	it('an empty registration number is refused', async () => {
		await expectRefused(
			{ ...registration(' '), ...json({ name: 'A' }) },
			'The Registration Number is empty',
		);
	});

	it.each([
		[{ number: 'J-1' }, '"{"number":"J-1"}", is not a single value'],
		[['J-1'], '"["J-1"]", is not a single value'],
		[2 ** 53, '"9007199254740992", has more digits than a number keeps'],
		[1e21, '"1e+21", has more digits than a number keeps'],
	])('the registration number %j is refused', async (number, why) => {
		await expectRefused(
			{ ...registration('={{ $json.number }}'), ...json({ name: 'A' }) },
			`The Registration Number, ${why}`,
			{ input: [{ number }] },
		);
	});

	it.each([27082440, '12345678901234567890'])('by the registration number %j', async (number) => {
		const parameters = { ...registration('={{ $json.number }}'), ...json({ name: 'A' }) };
		await update(parameters, { input: [{ number }] });
		expect(stage.sandbox.log.map(({ query }) => query)).toEqual([{ registration: String(number) }]);
	});

	it('a registration number cut within a character is refused', async () => {
		await expectRefused(
			{ ...registration('A🦄'.slice(0, 2)), ...json({ name: 'A' }) },
			'The Registration Number contains a broken character',
		);
	});

	it('one that is not there fails with its number', async () => {
		const { error } = await update({ ...byId(999_999), ...json({ name: 'A' }) });
		expect(error?.message).toBe('Teamogy did not find company 999999 [item 0]');
	});
});

describe('what cannot be right', () => {
	it.each([
		[json('[]'), 'The Body is a list, not an object'],
		[json('"x"'), 'The Body is a string, not an object'],
		[json({}), 'There is no field to write'],
		[mapped({}), 'There is no field to write'],
		[mapped({ isClient: 'maybe' }), 'The field "isClient", maybe, is not true or false'],
		[
			json('{"a": 12345678901234567890}'),
			'The Body, at "a", contains a whole number of more than 16',
		],
	])('%j', async (fields, message) => {
		await expectRefused({ ...byId(company), ...fields }, message);
	});

	it('leaves nothing half done: no item is sent when one cannot be', async () => {
		await expectRefused(
			{ ...byId('={{ $json.id }}'), ...json({ name: 'A' }) },
			'The Company ID, "x", is not an ID [item 1]',
			{ input: [{ id: company }, { id: 'x' }] },
		);
	});
});

describe('what is returned', () => {
	it('the whole record, if asked for', async () => {
		const fields = { ...byId(company), ...json({ name: 'Renamed' }) };
		const { json: rows } = await update({ ...fields, options: { returnRecord: true } });
		expect(rows).toEqual([recordOf('companies', company)]);
		expect(rows[0].name).toBe('Renamed');
		expect(readsOf(stage.sandbox)).toHaveLength(1);
	});

	it('the ID, where Teamogy answers with nothing', async () => {
		stage.sandbox.fault({ kind: 'empty', applied: true });
		const { json: rows } = await update({ ...byId(company), ...json({ name: 'A' }) });
		expect(rows).toEqual([{ id: String(company) }]);
	});

	it('one item for each, in order and linked', async () => {
		const input = stage.sandbox
			.rows('companies')
			.slice(0, 5)
			.map(({ id }) => ({ id }));
		const { items } = await update(
			{ ...byId('={{ $json.id }}'), ...json({ name: 'A' }) },
			{ input },
		);
		expect(items).toEqual(input.map((row, item) => ({ json: row, pairedItem: { item } })));
	});
});
