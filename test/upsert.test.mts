/** Create or Update: few reads for many items, the right record for each, and each record once. */
import type { IDataObject } from 'n8n-workflow';
import { setStage, wasRefused, type Stage } from './support.mts';
import {
	automatic,
	bodiesTo,
	fieldsFor,
	json,
	looseKey,
	LOOSELY_EQUAL,
	mapped,
	named,
	readsOf,
	writesTo,
} from './writing.mts';

const COMPANIES = 1500;
const LONGEST_URL = 6000;

let stage: Stage;

beforeAll(async () => {
	stage = await setStage({ rows: { companies: COMPANIES } });
});

afterAll(async () => await stage.close());

beforeEach(() => stage.sandbox.reset());

const upsert = async (parameters: object, more: object = {}) =>
	await stage.run({ resource: 'company', operation: 'upsert', ...parameters }, more);
/** Matched by a column of the mapper, with the input's fields of the same names. */
const byMapper = (column: string, ...names: string[]): object =>
	mapped(
		Object.fromEntries([column, ...names].map((name) => [name, `={{ $json["${name}"] }}`])),
		[],
		{ matchingColumns: [column] },
	);
/** Matched by the parameters, the whole input as the body. */
const byJson = (matchColumn: string, matchValue = `={{ $json["${matchColumn}"] }}`): object => ({
	fieldsMode: 'json',
	body: '={{ $json }}',
	matchColumn,
	matchValue,
});
const recordOf = (id: unknown, entity = 'companies') =>
	stage.sandbox.records(entity).find((record) => record.id === id)!;
const companies = () => stage.sandbox.rows('companies') as IDataObject[];
const add = (name: string, more: object = {}): number =>
	stage.sandbox.insert('companies', { name, ...more }).id;
const methods = (): string =>
	writesTo(stage.sandbox)
		.map(({ method }) => method[1])
		.join('');
const filters = (): string[] =>
	readsOf(stage.sandbox)
		.map(({ query }) => query.externalFilter)
		.filter((filter) => filter !== undefined);

describe('many items', () => {
	it.each(['mapper', 'JSON'])(
		'300, of which 100 are new: few reads, one write each: %s',
		async (how) => {
			const known = companies().slice(0, 200);
			const unknown = Array.from({ length: 100 }, (_, index) => ({
				name: `Brand New ${index} s.r.o.`,
			}));
			// New ones among the known ones.
			const input = [...known, ...unknown]
				.map(({ name }, index) => ({
					name,
					industry: `Industry ${index}`,
					place: (index * 7) % 300,
				}))
				.sort((a, b) => a.place - b.place)
				.map(({ name, industry }) => ({ name, industry })) as IDataObject[];
			const parameters = how === 'mapper' ? byMapper('name', 'industry') : byJson('name');
			const { items, error } = await upsert(parameters, { input });
			expect(error).toBeUndefined();

			const byName = new Map(companies().map((row) => [row.name, row]));
			const names = new Set(known.map(({ name }) => name));
			expect(items).toEqual(
				input.map(({ name }, item) => {
					const teamogyEvent = names.has(name as string) ? 'updated' : 'created';
					return { json: { teamogyEvent, id: byName.get(name)!.id }, pairedItem: { item } };
				}),
			);
			for (const { name, industry } of input) expect(byName.get(name)).toMatchObject({ industry });
			expect(stage.sandbox.records('companies')).toHaveLength(COMPANIES + 100);

			expect(methods()).toBe(
				input.map(({ name }) => (names.has(name as string) ? 'A' : 'O')).join(''),
			);
			expect(bodiesTo(stage.sandbox)).toEqual(input);
			const reads = readsOf(stage.sandbox);
			expect(reads.length).toBeLessThanOrEqual(12);
			for (const { url } of reads)
				expect(url.length + stage.sandbox.domain.length).toBeLessThanOrEqual(LONGEST_URL);
			// All are read before the first is written.
			const first = stage.sandbox.log.findIndex(({ method }) => method !== 'GET');
			expect(first).toBe(reads.length);
		},
	);

	it('by ID: few requests, none for how the view holds it', async () => {
		const input = companies()
			.slice(0, 300)
			.map(({ id }) => ({ id, industry: 'Food' }));
		await upsert(byMapper('id', 'industry'), { input });
		expect(readsOf(stage.sandbox)).toHaveLength(1);
		expect(methods()).toBe('A'.repeat(300));
		expect(bodiesTo(stage.sandbox)[0]).toEqual({ industry: 'Food' });
	});

	it('asks for no more values than a page has rows, and reads every page', async () => {
		const input = companies()
			.slice(0, 25)
			.map(({ name }) => ({ name }));
		await upsert({ ...byMapper('name'), options: { pageSize: 10 } }, { input });
		const asked = filters().map((filter) => filter.split(' OR ').length);
		expect(Math.max(...asked)).toBe(10);
		expect(asked.reduce((a, b) => a + b)).toBe(25);
	});

	it('asks for each value once', async () => {
		const [, { name }] = companies();
		await upsert(byMapper('name', 'industry'), { input: Array(50).fill({ name, industry: 'x' }) });
		expect(filters()).toEqual([`(name='${String(name)}')`]);
		expect(methods()).toBe('A'.repeat(50));
	});

	it('none: nothing is asked', async () => {
		await upsert(byMapper('name'), { input: [] });
		expect(stage.sandbox.log).toEqual([]);
	});
});

describe('by which column', () => {
	it('of the mapper, from the live account, automatically', async () => {
		const schema = await fieldsFor(stage, { resource: 'company', operation: 'upsert' });
		expect(schema.find(({ id }) => id === 'name')).toMatchObject({ canBeUsedToMatch: true });
		stage.sandbox.clearLog();
		const [{ id, name }] = companies();
		const input = [
			{ name, industry: 'A', own: 1 },
			{ name: 'Unheard of', industry: 'B' },
		];
		await upsert(automatic(schema, { matchingColumns: ['name'] }), { input });
		expect(methods()).toBe('AO');
		expect(bodiesTo(stage.sandbox)).toEqual([{ name, industry: 'A' }, input[1]]);
		expect(recordOf(id)).toMatchObject({ industry: 'A' });
	});

	it('any column of the view, with a value that is no field of the record', async () => {
		const id = add('A', { registrations: { registration: '27082440' } });
		const body = { name: 'B' };
		const match = { matchColumn: 'registration', matchValue: 27082440 };
		await upsert({ ...json(body), ...match });
		expect(bodiesTo(stage.sandbox)).toEqual([body]);
		expect(recordOf(id)).toMatchObject(body);
	});

	it('an entry of properties that most records lack', async () => {
		const id = add('A', {
			properties: { ...(companies()[0].properties as object), extId: '0042' },
		});
		add('B', { properties: { extId: '42' } });
		const input = [{ name: 'C', 'properties.extId': '0042' }];
		const { error } = await upsert(byMapper('properties.extId', 'name'), { input });
		expect(error).toBeUndefined();
		expect(writesTo(stage.sandbox).map(({ method, query }) => [method, query.id])).toEqual([
			['PATCH', String(id)],
		]);
		expect(recordOf(id)).toMatchObject({ name: 'C', properties: { extId: '0042' } });
		// Entries of properties are asked for by the parameter that is documented for them.
		const { columns, properties } = readsOf(stage.sandbox).at(-1)!.query;
		expect([columns, properties]).toEqual(['id', 'extId']);
	});

	it.each([
		['text', '12345', 12345],
		['a number', 12345, '12345'],
	])('is compared as the view holds it, %s, be it in few records only', async (_, held, given) => {
		const id = add('A', { properties: { extId: held } });
		for (let times = 0; times < 2; times++) {
			const match = {
				matchColumn: 'properties.extId',
				matchValue: `={{ ${JSON.stringify(given)} }}`,
			};
			await upsert({ ...json({ name: 'B' }), ...match });
		}
		expect(methods()).toBe('AA');
		expect(recordOf(id)).toMatchObject({ name: 'B' });
	});

	it.each([400, 414, 422])(
		'held by few records, where the server refuses to be asked for those with a value: %d',
		async (status) => {
			stage.sandbox.set({ defaultColumns: { companies: ['id', 'name'] } });
			const id = add('A', { industry: 'Law' });
			stage.sandbox.fault({ kind: 'status', status, path: /externalFilter=%28NOT/ });
			const match = { matchColumn: 'industry', matchValue: 'Law' };
			const filters = { conditions: [{ column: 'name', value: 'A' }] };
			const { error } = await upsert({ ...json({ name: 'B' }), ...match, filters });
			expect(error).toBeUndefined();
			expect(stage.sandbox.log.map((request) => request.status)).toContain(status);
			expect(recordOf(id)).toMatchObject({ name: 'B' });
		},
	);

	describe('that no record has a value in', () => {
		const byPosition = {
			resource: 'person',
			...json({ lastName: 'New', position: '={{ $json.position }}' }),
			body: '={{ { lastName: "New", position: $json.position } }}',
			matchColumn: 'position',
			matchValue: '={{ $json.position }}',
		};
		const positions = (): unknown[] =>
			stage.sandbox
				.records('persons')
				.map(({ position }) => position)
				.filter((position) => position !== null);

		beforeEach(() => {
			for (const { id } of stage.sandbox.records('persons'))
				stage.sandbox.patch('persons', id, { position: null });
		});

		it.each([[[1001, 'A-1002']], [['A-1002', 1001]]])(
			'each value is compared as what it is: %j',
			async (values) => {
				const input = values.map((position) => ({ position }));
				const { error } = await upsert(byPosition, { input });
				expect(error).toBeUndefined();
				expect(methods()).toBe('OO');
				expect(positions()).toEqual(values);
				await upsert(byPosition, { input });
				expect(methods()).toBe('OOAA');
			},
		);

		it('one that Teamogy refuses to compare fails alone', async () => {
			stage.sandbox.fault({
				kind: 'status',
				status: 400,
				times: Infinity,
				when: ({ query }) => /position=\d/.test(query.externalFilter ?? ''),
			});
			const { json: rows, errorItems } = await upsert(byPosition, {
				input: [{ position: 1001 }, { position: 'A-1002' }],
				onError: 'continueErrorOutput',
			});
			expect(errorItems.map((item) => item.json.position)).toEqual([1001]);
			expect(rows).toHaveLength(1);
			expect(positions()).toEqual(['A-1002']);
		});

		it('a number and its text are one value', async () => {
			await upsert(byPosition, { input: [{ position: 1001 }, { position: '1001' }] });
			expect(methods()).toBe('OA');
		});
	});

	it('true and false', async () => {
		const id = add('The only one', { isDraft: true });
		await upsert({ ...json({ industry: 'x' }), matchColumn: 'isDraft', matchValue: 'TRUE' });
		expect(writesTo(stage.sandbox).map(({ query }) => query.id)).toEqual([String(id)]);
	});

	it('narrowed by conditions, and by an expression', async () => {
		const [one, two] = [add('Twice', { industry: 'a' }), add('Twice', { industry: 'b' })];
		const conditions = [{ column: 'industry', value: 'a' }];
		await upsert(
			{ ...byMapper('name', 'mark'), filters: { conditions } },
			{ input: [{ name: 'Twice', mark: 1 }] },
		);
		const filterExpression = "industry='b' OR industry='c'";
		await upsert(
			{ ...byMapper('name', 'mark'), filterType: 'expression', filterExpression },
			{ input: [{ name: 'Twice', mark: 2 }] },
		);
		expect([recordOf(one).mark, recordOf(two).mark]).toEqual([1, 2]);
		expect(methods()).toBe('AA');
	});

	it('different ones for different items', async () => {
		const [a, b] = companies();
		const input = [
			{ column: 'id', value: a.id },
			{ column: 'name', value: b.name },
			{ column: 'id', value: b.id },
		];
		const match = { matchColumn: '={{ $json.column }}', matchValue: '={{ $json.value }}' };
		const { json: rows } = await upsert({ ...json({ industry: 'x' }), ...match }, { input });
		expect(rows.map(({ id }) => id)).toEqual([a.id, b.id, b.id]);
		// Written in the order of the items, whichever column they are matched by.
		expect(writesTo(stage.sandbox).map(({ query }) => Number(query.id))).toEqual([
			a.id,
			b.id,
			b.id,
		]);
	});

	it('in another business unit', async () => {
		const [{ id, name }] = stage.sandbox.rows('jobs', 2);
		const options = { unitId: 2 };
		await upsert({
			resource: 'job',
			...json({ name }),
			matchColumn: 'name',
			matchValue: name,
			options,
		});
		expect(stage.sandbox.log.map(({ unit }) => unit)).toEqual(stage.sandbox.log.map(() => 2));
		expect(writesTo(stage.sandbox).map(({ query }) => query.id)).toEqual([String(id)]);
	});

	it('an empty view: all are new', async () => {
		const body = { metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] };
		stage.sandbox.fault({ kind: 'status', status: 200, body, path: 'views/', times: Infinity });
		await upsert(byMapper('name'), { input: [{ name: 'A' }, { name: 'B' }, { name: 'A' }] });
		expect(methods()).toBe('OOA');
	});
});

describe('documents', () => {
	const invoice = (type: string, name: string, more: object = {}): object => ({
		resource: 'invoice',
		...named(type),
		...json({ 'properties.name': name, ...more }),
		matchColumn: 'name',
		matchValue: name,
	});

	it.each([
		['INVOICE.SALES', 'invoices.sales'],
		['INVOICE.PURCHASE.CORRECTION', 'invoices.purchase'],
	])('%s are matched in the view %s, among those of their type', async (type, view) => {
		const other = type === 'INVOICE.SALES' ? 'INVOICE.SALES.PROFORMA' : 'INVOICE.PURCHASE';
		const both = [type, other].map((one) =>
			stage.sandbox.insert('documents', { type: one, agencyId: 1, properties: { name: 'Same' } }),
		);
		const { error } = await upsert(invoice(type, 'Same', { category: '' }));
		expect(error).toBeUndefined();
		expect(new Set(readsOf(stage.sandbox).map((request) => request.view))).toEqual(new Set([view]));
		expect(writesTo(stage.sandbox)).toMatchObject([
			{ method: 'PATCH', query: { id: String(both[0].id) } },
		]);
	});

	it('by the type in the body, where that is another one', async () => {
		const { id } = stage.sandbox.insert('documents', {
			type: 'INVOICE.PURCHASE',
			agencyId: 1,
			properties: { name: 'From the body' },
		});
		await upsert(invoice('INVOICE.SALES', 'From the body', { type: 'INVOICE.PURCHASE' }));
		expect(writesTo(stage.sandbox)).toMatchObject([{ method: 'PATCH', query: { id: String(id) } }]);
	});

	/** Each item's own fields, matched by the name. */
	const binders = {
		resource: 'binder',
		fieldsMode: 'json',
		body: '={{ { ...$json.fields, properties: { name: $json.name } } }}',
		matchColumn: 'name',
		matchValue: '={{ $json.name }}',
	};

	it('one that is like a new one may lack what Teamogy requires, in one run as in two', async () => {
		stage.sandbox.set({ compareBy: looseKey });
		const [ownerId, companyId] = [stage.sandbox.rows('users')[0].id, companies()[0].id];
		const input = [
			{ name: 'Zz New', fields: { ownerId, companyId } },
			{ name: 'ZZ NEW', fields: {} },
		];
		const { error, json: rows } = await upsert(binders, { input });
		expect(error).toBeUndefined();
		expect(methods()).toBe('OA');
		expect(rows[1].id).toBe(rows[0].id);
	});

	it('a new one has its type; one that lacks what Teamogy requires fails alone, before all', async () => {
		const [ownerId, companyId] = [stage.sandbox.rows('users')[0].id, companies()[0].id];
		const { id } = stage.sandbox.insert('documents', {
			type: 'BINDER',
			agencyId: 1,
			properties: { name: 'Old' },
		});
		const input = [
			{ name: 'New', fields: { ownerId, companyId } },
			{ name: 'Old', fields: {} },
			{ name: 'Without', fields: { ownerId } },
			{ name: 'Without', fields: { ownerId, companyId } },
			{ name: 'New', fields: {} },
		];
		const stopped = await upsert(binders, { input });
		expect(stopped.error?.message).toBe('The required field companyId is missing [item 2]');
		expect(writesTo(stage.sandbox)).toEqual([]);

		const { json: rows, errorItems } = await upsert(binders, {
			input,
			onError: 'continueErrorOutput',
		});
		expect(methods()).toBe('OAOA');
		expect(bodiesTo(stage.sandbox)[0]).toMatchObject({ type: 'BINDER', ownerId, companyId });
		expect(bodiesTo(stage.sandbox)[1]).toEqual({ properties: { name: 'Old' } });
		expect(rows[1].id).toBe(id);
		expect(rows[0].id).toBe(rows[3].id);
		expect(errorItems.map((item) => item.json)).toMatchObject([
			{ name: 'Without', fields: { ownerId } },
		]);
	});
});

describe('the same new value twice', () => {
	it('makes one record and updates it', async () => {
		const input = [
			{ name: 'Twice', industry: 'a' },
			{ name: 'Once', industry: 'b' },
			{ name: 'Twice', industry: 'c' },
		];
		const { json: rows } = await upsert(byMapper('name', 'industry'), { input });
		expect(methods()).toBe('OOA');
		expect(rows[2].id).toBe(rows[0].id);
		expect(rows.map(({ teamogyEvent }) => teamogyEvent)).toEqual(['created', 'created', 'updated']);
		expect(recordOf(rows[0].id)).toMatchObject({ name: 'Twice', industry: 'c' });
	});

	it.each([
		['number', 70001, '70001'],
		['number', '70002.0', ' 70002 '],
		['text', 'Caf\u00e9 New', 'Cafe\u0301 New'],
	])('however it is written: %s %j and %j', async (kind, one, two) => {
		add('A', { properties: { extId: kind === 'number' ? 1 : 'text' } });
		const match = { matchColumn: 'properties.extId', matchValue: '={{ $json.key }}' };
		await upsert({ ...json({ name: 'B' }), ...match }, { input: [{ key: one }, { key: two }] });
		expect(methods()).toBe('OA');
	});

	it.each([
		['that ignores case, accents and spacing', looseKey, 'OAAOA'],
		['that tells them apart', undefined, 'OOOOA'],
	])('alike but not the same: one record or several as a server has it %s', async (_, by, sent) => {
		stage.sandbox.set({ compareBy: by });
		const names = ['Acme New', 'ACME NEW', 'Ácme  new', 'Other', 'ACME NEW'];
		const input = names.map((name, place) => ({ name, industry: `${place}` }));
		const { json: rows, error } = await upsert(byMapper('name', 'industry'), { input });
		expect(error).toBeUndefined();
		expect(methods()).toBe(sent);
		expect(rows[4].id).toBe(rows[1].id);
		expect(new Set(rows.map(({ id }) => id)).size).toBe(sent.split('O').length - 1);
		// In a run of its own each finds what it found in common.
		stage.sandbox.clearLog();
		const { json: again } = await upsert(byMapper('name', 'industry'), { input });
		expect(methods()).toBe('AAAAA');
		expect(again.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
	});

	it('alike: asked again once for each that is new, and for no other', async () => {
		stage.sandbox.set({ compareBy: looseKey });
		const input = ['Acme New', 'Other', 'ACME NEW', 'ACME NEW'].map((name) => ({ name }));
		await upsert(byMapper('name'), { input });
		const written = stage.sandbox.log.findIndex(({ method }) => method === 'POST');
		const later = stage.sandbox.log.slice(written).filter(({ method }) => method === 'GET');
		expect(later.map(({ query }) => query.externalFilter)).toEqual(["(name='ACME NEW')"]);
		expect(methods()).toBe('OOAA');
	});

	it.each([
		['that ignores case, accents and spacing', looseKey, 'O' + 'A'.repeat(29)],
		['that tells them apart', undefined, 'O'.repeat(30)],
	])('30 spellings cost no more reads than 30 values, on a server %s', async (_, by, sent) => {
		stage.sandbox.set({ compareBy: by });
		const letters = [...'Amplifier'];
		const input = Array.from({ length: 30 }, (_one, index) => ({
			name: letters
				.map((letter, at) => (index & (1 << at) ? letter.toUpperCase() : letter.toLowerCase()))
				.join(''),
		}));
		await upsert(byMapper('name'), { input });
		expect(methods()).toBe(sent);
		// A sample, the values, and one of them again.
		expect(readsOf(stage.sandbox)).toHaveLength(3);
	});

	it.each(['\u00dcber', 'U\u0308ber'])('however its letters are composed: %j', async (first) => {
		for (const compareBy of [undefined, looseKey]) {
			stage.sandbox.reset();
			stage.sandbox.set({ compareBy });
			const input = [first, '\u00dcber', 'U\u0308ber'].map((name) => ({ name }));
			await upsert(byMapper('name'), { input });
			expect(methods()).toBe('OAA');
		}
	});

	it('is not made again where Teamogy does not tell the ID', async () => {
		stage.sandbox.fault({
			kind: 'status',
			status: 200,
			body: { ok: true },
			applied: true,
			method: 'POST',
		});
		const input = [
			{ name: 'Untold', industry: 'a' },
			{ name: 'Untold', industry: 'b' },
		];
		const { error } = await upsert(byMapper('name', 'industry'), { input });
		expect(error).toBeUndefined();
		expect(methods()).toBe('OA');
		expect(recordOf(stage.sandbox.records('companies').at(-1)!.id)).toMatchObject(input[1]);
	});

	it('nor where the view does not show it yet', async () => {
		stage.sandbox.fault({ kind: 'status', status: 200, body: { ok: true }, method: 'POST' });
		const input = [{ name: 'Late' }, { name: 'Late' }];
		const { error } = await upsert(byMapper('name'), { input });
		expect(error?.message).toBe(
			'The record just made for "Late" in "name" is not in the view "companies" yet [item 1]',
		);
		expect(error?.description).toMatch(/Already written: items 0\.$/);
		expect(methods()).toBe('O');
	});

	it('is left alone where the first write is in doubt', async () => {
		stage.sandbox.fault({ kind: 'resetAfter', method: 'POST' });
		const input = [{ name: 'Doubtful' }, { name: 'Doubtful' }, { name: 'Clear' }];
		const { errorItems, json: rows } = await upsert(byMapper('name'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect(methods()).toBe('OO');
		expect(rows).toHaveLength(1);
		for (const item of errorItems) {
			expect(item.json.error).toMatch(/a new company "Doubtful"|kept/);
			expect(item.json.message).toMatch(/may have been saved/);
		}
		expect(errorItems).toHaveLength(2);
	});

	it('so is one that is alike, as it may be the same', async () => {
		stage.sandbox.set({ compareBy: looseKey });
		stage.sandbox.fault({ kind: 'status', status: 502, method: 'POST' });
		const input = [{ name: 'Doubt Co' }, { name: 'DOUBT CO' }, { name: 'Clear' }];
		const { errorItems } = await upsert(byMapper('name'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect(methods()).toBe('OO');
		expect(bodiesTo(stage.sandbox)).toEqual([input[0], input[2]]);
		for (const item of errorItems) expect(item.json.message).toMatch(/may have been saved/);
		expect(errorItems).toHaveLength(2);
	});

	it('goes to the next item where the first was refused', async () => {
		const input = [
			{ name: 'Fresh', industry: 'a' },
			{ name: 'Fresh', industry: 'b' },
		];
		stage.sandbox.fault({ kind: 'status', status: 400, method: 'POST' });
		const { json: rows } = await upsert(byMapper('name', 'industry'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect(methods()).toBe('OO');
		expect(recordOf(rows[0].id)).toMatchObject({ industry: 'b' });
	});
});

describe('whose record it is', () => {
	it('the server tells case apart: so does the node', async () => {
		const upper = add('ABC Case');
		const input = [
			{ name: 'abc case', industry: 'x' },
			{ name: 'ABC Case', industry: 'y' },
		];
		const { json: rows } = await upsert(byMapper('name', 'industry'), { input });
		expect(methods()).toBe('OA');
		expect(rows[1].id).toBe(upper);
		expect(rows[0].id).not.toBe(upper);
		expect(recordOf(upper)).toMatchObject({ name: 'ABC Case', industry: 'y' });
	});

	it('the server does not: neither does the node', async () => {
		stage.sandbox.set({ ignoreCase: true });
		const upper = add('ABC Case');
		const input = [
			{ name: 'abc case', industry: 'x' },
			{ name: 'ABC Case', industry: 'y' },
		];
		const { json: rows } = await upsert(byMapper('name', 'industry'), { input });
		expect(methods()).toBe('AA');
		expect(rows.map(({ id }) => id)).toEqual([upper, upper]);
	});

	it('it does not, and both are there: each its own', async () => {
		stage.sandbox.set({ ignoreCase: true });
		const [upper, lower] = [add('ABC Case'), add('abc case')];
		const input = [
			{ name: 'abc case', industry: 'x' },
			{ name: 'ABC Case', industry: 'y' },
		];
		const { json: rows } = await upsert(byMapper('name', 'industry'), { input });
		expect(rows.map(({ id }) => id)).toEqual([lower, upper]);
	});

	it.each(LOOSELY_EQUAL)(
		'what the server holds for equal is no new record: %j for %j',
		async (given, there) => {
			stage.sandbox.set({ compareBy: looseKey });
			const id = stage.sandbox.insert('companies', { name: there }).id;
			const match = { matchColumn: 'name', matchValue: '={{ $json.name }}' };
			const parameters = { ...json({ industry: 'x' }), ...match };
			for (const input of [[{ name: given }], [{ name: given }, { name: 'Brand New' }]])
				await upsert(parameters, { input });
			expect(methods()).toBe('AAO');
			expect(writesTo(stage.sandbox)[1].query.id).toBe(String(id));
		},
	);

	it('a row without the column, though it was asked for by name, is not changed', async () => {
		const rows = [{ id: companies()[0].id, name: 'A' }];
		const body = { metadata: { count: 1, limit: 1000, nextOffset: null }, data: rows };
		stage.sandbox.fault({ kind: 'status', status: 200, body, path: 'views/', times: Infinity });
		const { error } = await upsert({
			...json({ industry: 'x' }),
			matchColumn: 'properties.extId',
			matchValue: 'of another',
		});
		expect(error?.message).toBe(
			'The view "companies" is filtered by "properties.extId" but does not return it [item 0]',
		);
		expect(writesTo(stage.sandbox)).toEqual([]);
	});

	it.each([
		"O'Brien & Sons",
		"'; DROP TABLE companies; --",
		"') OR (id>0",
		'100% "quoted" \\ + # ? /',
		' padded ',
		'čeština 漢字 🦄',
		'__proto__',
		'constructor',
		'null',
		'0',
		'false',
	])('%j is found again as it is', async (name) => {
		const id = add(name);
		add(`${name}x`);
		const { json: rows, error } = await upsert(byMapper('name', 'industry'), {
			input: [{ name, industry: 'x' }],
		});
		expect(error).toBeUndefined();
		expect(rows).toEqual([{ teamogyEvent: 'updated', id }]);
		expect(methods()).toBe('A');
	});

	it('several match: that item fails with their IDs, before anything is written', async () => {
		const ids = [add('Several'), add('Several'), add('Several')];
		const input = [{ name: 'First' }, { name: 'Several' }, { name: 'Last' }];
		const stopped = await upsert(byMapper('name'), { input });
		expect(stopped.error?.message).toBe(
			`3 records have "Several" in "name": ${ids.join(', ')} [item 1]`,
		);
		expect(stopped.error?.description).toMatch(/^Match by a column that is different/);
		expect(writesTo(stage.sandbox)).toEqual([]);

		const { json: rows, errorItems } = await upsert(byMapper('name'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect([rows.length, methods()]).toEqual([2, 'OO']);
		expect(errorItems.map((item) => item.json)).toMatchObject([
			{ name: 'Several', error: stopped.error?.message },
		]);
	});

	it('an ID that is not there makes a record, and the user is told it has another', async () => {
		const { json: rows, hints } = await upsert(byMapper('id', 'name'), {
			input: [{ id: 9_999_999, name: 'A' }],
		});
		expect(bodiesTo(stage.sandbox)).toEqual([{ name: 'A' }]);
		expect(rows[0].id).not.toBe(9_999_999);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^No record had these IDs, so new ones were created/),
		]);
	});
});

describe('a new record without a value in the column it is matched by', () => {
	const hintsFor = async (column: string, body: object, more: object = {}) => {
		const match = { matchColumn: column, matchValue: 'A1' };
		const { hints, error } = await upsert({ ...json(body), ...match, ...more });
		expect(error).toBeUndefined();
		return hints.map(({ message }) => message);
	};

	it.each([
		['name', { industry: 'x' }],
		['name', { name: ' ', industry: 'x' }],
		['registration', { name: 'x' }],
		['properties.extId', { name: 'x', extId: 'A1' }],
		['properties.extId', { name: 'x', properties: { extId: null } }],
	])('by %s, of %j: the user is told that it is made again', async (column, body) => {
		add('A', { properties: { extId: 'A0' } });
		expect(await hintsFor(column, body)).toEqual([
			`New records were made without a value in "${column}", the column they are matched by: unless Teamogy fills it with that value, the next run makes them again. Give the value as a field of the record too.`,
		]);
		expect(methods()).toBe('O');
	});

	it.each([
		['name', { name: 'A1' }],
		['registration', { name: 'x', registrations: { registration: 'A1' } }],
		['properties.extId', { name: 'x', 'properties.extId': 'A1' }],
		['properties.extId', { name: 'x', properties: { extId: 'A1' } }],
	])('by %s, of %j: it has one, wherever Teamogy keeps it', async (column, body) => {
		add('A', { properties: { extId: 'A0' } });
		expect(await hintsFor(column, body)).toEqual([]);
		expect(methods()).toBe('O');
	});

	it("a document's name is an entry of properties", async () => {
		const [ownerId, companyId] = [stage.sandbox.rows('users')[0].id, companies()[0].id];
		const gem = { resource: 'gem' };
		const body = { ownerId, companyId, 'properties.name': 'A1' };
		expect(await hintsFor('name', body, gem)).toEqual([]);
		expect(await hintsFor('number', body, gem)).toHaveLength(1);
	});

	it('is no matter where the record is there', async () => {
		add('A1');
		expect(await hintsFor('name', { industry: 'x' })).toEqual([]);
		expect(methods()).toBe('A');
	});
});

describe('what cannot be right', () => {
	const expectRefused = async (parameters: object, message: RegExp | string, more: object = {}) => {
		wasRefused(await upsert(parameters, more), message);
		expect(writesTo(stage.sandbox)).toEqual([]);
	};

	it.each([
		[{ name: '' }, 'The value of "name" to match by is empty'],
		[{ name: null }, 'The value of "name" to match by is empty'],
		[{ name: '  ' }, 'The value of "name" to match by is empty'],
		[{ name: '\u00a0\n' }, 'The value of "name" to match by is empty'],
		[{}, /^(There is no field to write|The value of "name" to match by is empty)/],
	])('no value to match by: %j', async (input, message) => {
		await expectRefused(byMapper('name'), message, { input: [input] });
		expect(stage.sandbox.log).toEqual([]);
	});

	it('white space is no value, so the record without one is not changed for it', async () => {
		stage.sandbox.set({ compareBy: looseKey });
		add('');
		const match = { matchColumn: 'name', matchValue: '={{ "  " }}' };
		await expectRefused(
			{ ...json({ industry: 'x' }), ...match },
			'The value of "name" to match by is empty',
		);
	});

	it.each([
		[{ matchColumn: '={{ "" }}', matchValue: 'x' }, 'Match Column Name or ID is empty'],
		[
			{ matchColumn: "a' OR", matchValue: 'x' },
			'Match Column Name or ID, "a\' OR", is not a column name',
		],
		[{ matchColumn: 'name', matchValue: '={{ [1] }}' }, 'is not a single value'],
		[{ matchColumn: 'name', matchValue: '={{ {} }}' }, 'is not a single value'],
		[{ matchColumn: 'name', matchValue: '={{ "🦄".slice(0, 1) }}' }, 'contains a broken character'],
		[{ matchColumn: 'id', matchValue: 'abc' }, 'The ID to match by, "abc", is not an ID'],
		[{ matchColumn: 'id', matchValue: '1.5' }, 'The ID to match by, "1.5", is not an ID'],
		[{ matchColumn: 'id', matchValue: '={{ 2 ** 53 }}' }, 'The ID to match by, '],
	])('%j', async (match, message) => {
		await expectRefused({ ...json({ name: 'A' }), ...match }, message);
		expect(stage.sandbox.log).toEqual([]);
	});

	it('a value that is none for the column fails alone', async () => {
		add('A', { properties: { extId: 5 } });
		const match = { matchColumn: 'properties.extId', matchValue: '={{ $json.key }}' };
		const input = [{ key: 5 }, { key: 'five' }, { key: 6 }, { key: '9007199254740993' }];
		const parameters = { ...json({ name: 'B' }), ...match };
		await expectRefused(parameters, /"five", is not a number \[item 1\]$/, { input });
		const { json: rows, errorItems } = await upsert(parameters, {
			input,
			onError: 'continueErrorOutput',
		});
		expect([rows.length, methods()]).toEqual([2, 'AO']);
		expect(errorItems.map((item) => item.json.error)).toEqual([
			expect.stringContaining('"five", is not a number [item 1]'),
			expect.stringContaining('has more digits than numbers are told apart by [item 3]'),
		]);
	});

	it('a value too long for an address fails alone', async () => {
		const input = [{ name: 'Short' }, { name: 'č'.repeat(1000) }];
		const { json: rows, errorItems } = await upsert(byMapper('name'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect([rows.length, methods()]).toEqual([1, 'O']);
		expect(errorItems[0].json.error).toMatch(
			/is too long for the address of a request \[item 1\]$/,
		);
	});

	it.each(['nothing', 'properties.nothing', 'constructor', 'toString'])(
		'a column the view lacks: %s',
		async (matchColumn) => {
			await expectRefused(
				{ ...json({ name: 'A' }), matchColumn, matchValue: 'x' },
				`The view "companies" has no column "${matchColumn}" to match by`,
			);
			const { error } = await upsert({ ...json({ name: 'A' }), matchColumn, matchValue: 'x' });
			expect(error?.description).toMatch(/^Choose one of its columns: id, type, name/);
		},
	);

	it('nothing but the ID', async () => {
		await expectRefused(byMapper('id'), 'There is no field to write', { input: [{ id: 30001 }] });
		expect(stage.sandbox.log).toEqual([]);
	});
});

describe('a read that goes wrong', () => {
	const input = (): IDataObject[] =>
		companies()
			.slice(0, 150)
			.map(({ name }) => ({ name, industry: 'x' }))
			.concat([{ name: "Not 'asked'", industry: 'x' }]);
	const parameters = byMapper('name', 'industry');

	it('stops before anything is written', async () => {
		stage.sandbox.fault({ kind: 'status', status: 403, path: 'externalFilter', times: Infinity });
		const { error } = await upsert(parameters, { input: input() });
		expect(error?.message).toBe('Teamogy refused access to the view "companies" [item 0]');
		expect(writesTo(stage.sandbox)).toEqual([]);
	});

	it.each([
		['a quote', "'", "''"],
		['a backslash', '\\', '\\'],
	])('a refusal of values with %s leaves the others alone', async (_, mark, written) => {
		const given = [...input(), { name: `Not ${mark} asked`, industry: 'x' }];
		stage.sandbox.fault({
			kind: 'status',
			status: 400,
			times: Infinity,
			when: ({ query }) => query.externalFilter?.includes(written) ?? false,
		});
		const { json: rows, errorItems } = await upsert(parameters, {
			input: given,
			onError: 'continueErrorOutput',
		});
		const marked = given.filter(({ name }) => String(name).includes(mark)).map(({ name }) => name);
		expect(errorItems.map((item) => item.json.name)).toEqual(marked);
		expect(rows).toHaveLength(given.length - marked.length);
		const found = rows.filter(({ teamogyEvent }) => teamogyEvent === 'updated');
		expect(found.length).toBeGreaterThan(100);
		for (const item of errorItems) {
			expect(item.json.error).toMatch(
				/^Teamogy did not accept the request for the view "companies" \[item \d+\]$/,
			);
		}
	});

	it('one request that is not answered fails its items alone', async () => {
		const given = input();
		const lost = `'${String(given[1].name)}'`;
		stage.sandbox.fault({
			kind: 'status',
			status: 503,
			times: Infinity,
			when: ({ query }) => query.externalFilter?.includes(lost) ?? false,
		});
		const { json: rows, errorItems } = await upsert(parameters, {
			input: given,
			onError: 'continueErrorOutput',
		});
		expect(errorItems.length).toBeGreaterThan(0);
		expect(rows.length + errorItems.length).toBe(given.length);
		expect(errorItems[1].json).toMatchObject({
			name: given[1].name,
			error: expect.stringContaining('[item 1]'),
		});
		// None of them was taken for new.
		expect(methods()).toBe(`${'A'.repeat(rows.length - 1)}O`);
	});
});
