/** Create or Update: many items need few reads, each item writes the right record, and no record is doubled. */
import type { IDataObject } from 'n8n-workflow';
import { useTestBed, expectItemError } from '../../helpers/testBed.mts';
import { getBodies, getReads, getWrites } from '../../helpers/loggedRequests.mts';
import { looseKey, LOOSELY_EQUAL } from '../../helpers/looseKey.mts';
import {
	toAutoMapping,
	loadFields,
	toJsonBody,
	toMapping,
	toDocumentType,
} from '../../helpers/writeParameters.mts';

const COMPANIES = 1500;
const LONGEST_URL = 6000;

const testBed = useTestBed({ rows: { companies: COMPANIES } });

const upsert = async (parameters: object, more: object = {}) =>
	await testBed.run({ resource: 'company', operation: 'upsert', ...parameters }, more);
/** A match by a column of the mapper, with the input fields of the same names. */
const byMapper = (column: string, ...names: string[]): object =>
	toMapping(
		Object.fromEntries([column, ...names].map((name) => [name, `={{ $json["${name}"] }}`])),
		[],
		{ matchingColumns: [column] },
	);
/** A match by the parameters, with the whole input as the body. */
const byJson = (matchColumn: string, matchValue = `={{ $json["${matchColumn}"] }}`): object => ({
	fieldsMode: 'json',
	body: '={{ $json }}',
	matchColumn,
	matchValue,
});
const companies = () => testBed.sandbox.rows('companies') as IDataObject[];
const add = (name: string, more: object = {}): number =>
	testBed.sandbox.insert('companies', { name, ...more }).id;
const writeMethods = (): string[] => getWrites(testBed.sandbox).map(({ method }) => method);
const filters = (): string[] =>
	getReads(testBed.sandbox)
		.map(({ query }) => query.externalFilter)
		.filter((filter) => filter !== undefined);

describe('Create or Update: many items', () => {
	it.each(['mapper', 'JSON'])(
		'300 items, 100 of them new, need few reads and one write each: %s',
		async (how) => {
			const known = companies().slice(0, 200);
			const unknown = Array.from({ length: 100 }, (_, index) => ({
				name: `Brand New ${index} s.r.o.`,
			}));
			// New companies stand among known companies.
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
			expect(testBed.sandbox.records('companies')).toHaveLength(COMPANIES + 100);

			expect(writeMethods()).toEqual(
				input.map(({ name }) => (names.has(name as string) ? 'PATCH' : 'POST')),
			);
			expect(getBodies(testBed.sandbox)).toEqual(input);
			const reads = getReads(testBed.sandbox);
			expect(reads.length).toBeLessThanOrEqual(12);
			for (const { url } of reads)
				expect(url.length + testBed.sandbox.domain.length).toBeLessThanOrEqual(LONGEST_URL);
			// All reads come before the first write.
			const first = testBed.sandbox.log.findIndex(({ method }) => method !== 'GET');
			expect(first).toBe(reads.length);
		},
	);

	it('A match by ID needs few requests and no sample of the view', async () => {
		const input = companies()
			.slice(0, 300)
			.map(({ id }) => ({ id, industry: 'Food' }));
		await upsert(byMapper('id', 'industry'), { input });
		expect(getReads(testBed.sandbox)).toHaveLength(1);
		expect(writeMethods()).toEqual(Array(300).fill('PATCH'));
		expect(getBodies(testBed.sandbox)[0]).toEqual({ industry: 'Food' });
	});

	it('A request has no more values than a page has rows, and every page is read', async () => {
		const input = companies()
			.slice(0, 25)
			.map(({ name }) => ({ name }));
		await upsert({ ...byMapper('name'), options: { pageSize: 10 } }, { input });
		const asked = filters().map((filter) => filter.split(' OR ').length);
		expect(Math.max(...asked)).toBe(10);
		expect(asked.reduce((a, b) => a + b)).toBe(25);
	});

	it('Each value is requested once', async () => {
		const [, { name }] = companies();
		await upsert(byMapper('name', 'industry'), { input: Array(50).fill({ name, industry: 'x' }) });
		expect(filters()).toEqual([`(name='${String(name)}')`]);
		expect(writeMethods()).toEqual(Array(50).fill('PATCH'));
	});

	it('No request is sent without items', async () => {
		await upsert(byMapper('name'), { input: [] });
		expect(testBed.sandbox.log).toEqual([]);
	});
});

describe('Create or Update: the column to match by', () => {
	it('The mapper proposes a column of the live account to match by', async () => {
		const schema = await loadFields(testBed, { resource: 'company', operation: 'upsert' });
		expect(schema.find(({ id }) => id === 'name')).toMatchObject({ canBeUsedToMatch: true });
		testBed.sandbox.clearLog();
		const [{ id, name }] = companies();
		const input = [
			{ name, industry: 'A', own: 1 },
			{ name: 'Unheard of', industry: 'B' },
		];
		await upsert(toAutoMapping(schema, { matchingColumns: ['name'] }), { input });
		expect(writeMethods()).toEqual(['PATCH', 'POST']);
		expect(getBodies(testBed.sandbox)).toEqual([{ name, industry: 'A' }, input[1]]);
		expect(testBed.findRecord(id)).toMatchObject({ industry: 'A' });
	});

	it('Any column of the view matches, with a value that is not a field of the record', async () => {
		const id = add('A', { registrations: { registration: '27082440' } });
		const body = { name: 'B' };
		const match = { matchColumn: 'registration', matchValue: 27082440 };
		await upsert({ ...toJsonBody(body), ...match });
		expect(getBodies(testBed.sandbox)).toEqual([body]);
		expect(testBed.findRecord(id)).toMatchObject(body);
	});

	it('A property matches even if most records lack it', async () => {
		const id = add('A', {
			properties: { ...(companies()[0].properties as object), extId: '0042' },
		});
		add('B', { properties: { extId: '42' } });
		const input = [{ name: 'C', 'properties.extId': '0042' }];
		const { error } = await upsert(byMapper('properties.extId', 'name'), { input });
		expect(error).toBeUndefined();
		expect(getWrites(testBed.sandbox).map(({ method, query }) => [method, query.id])).toEqual([
			['PATCH', String(id)],
		]);
		expect(testBed.findRecord(id)).toMatchObject({ name: 'C', properties: { extId: '0042' } });
		// Properties are requested with the parameter documented for them.
		const { columns, properties } = getReads(testBed.sandbox).at(-1)!.query;
		expect([columns, properties]).toEqual(['id', 'extId']);
	});

	it.each([
		['text', '12345', 12345],
		['a number', 12345, '12345'],
	])(
		'Values are compared as the view holds them, as %s, even if few records have a value',
		async (_, held, given) => {
			const id = add('A', { properties: { extId: held } });
			for (let times = 0; times < 2; times++) {
				const match = {
					matchColumn: 'properties.extId',
					matchValue: `={{ ${JSON.stringify(given)} }}`,
				};
				await upsert({ ...toJsonBody({ name: 'B' }), ...match });
			}
			expect(writeMethods()).toEqual(['PATCH', 'PATCH']);
			expect(testBed.findRecord(id)).toMatchObject({ name: 'B' });
		},
	);

	it.each([400, 414, 422])(
		'The match works where the server refuses the request for rows with a value: %d',
		async (status) => {
			testBed.sandbox.set({ defaultColumns: { companies: ['id', 'name'] } });
			const id = add('A', { industry: '1st Law' });
			testBed.sandbox.fault({ kind: 'status', status, path: /externalFilter=%28NOT/ });
			const match = { matchColumn: 'industry', matchValue: '1st Law' };
			const filters = { conditions: [{ column: 'name', value: 'A' }] };
			const { error } = await upsert({ ...toJsonBody({ name: 'B' }), ...match, filters });
			expect(error).toBeUndefined();
			expect(testBed.sandbox.log.map((request) => request.status)).toContain(status);
			expect(testBed.findRecord(id)).toMatchObject({ name: 'B' });
		},
	);

	describe('a column without values', () => {
		const byPosition = {
			resource: 'person',
			...toJsonBody({ lastName: 'New', position: '={{ $json.position }}' }),
			body: '={{ { lastName: "New", position: $json.position } }}',
			matchColumn: 'position',
			matchValue: '={{ $json.position }}',
		};
		const positions = (): unknown[] =>
			testBed.sandbox
				.records('persons')
				.map(({ position }) => position)
				.filter((position) => position !== null);

		beforeEach(() => {
			for (const { id } of testBed.sandbox.records('persons'))
				testBed.sandbox.patch('persons', id, { position: null });
		});

		it.each([[[1001, 'A-1002']], [['A-1002', 1001]]])(
			'Each value is compared by its own type: %j',
			async (values) => {
				const input = values.map((position) => ({ position }));
				const { error } = await upsert(byPosition, { input });
				expect(error).toBeUndefined();
				expect(writeMethods()).toEqual(['POST', 'POST']);
				expect(positions()).toEqual(values);
				await upsert(byPosition, { input });
				expect(writeMethods()).toEqual(['POST', 'POST', 'PATCH', 'PATCH']);
			},
		);

		it('A value that Teamogy refuses to compare fails alone', async () => {
			testBed.sandbox.fault({
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

		it.each([
			[
				[1001, 'A-1002', '1001'],
				['1001', 'A-1002'],
			],
			[
				['1001', 'A-1002', 1001],
				[1001, 'A-1002'],
			],
			[
				['A-1002', 'b', '2026-01-31', 7],
				['A-1002', 'b', '2026-01-31', 7],
			],
		])('One run and several runs give the same records: %j', async (values, records) => {
			const input = values.map((position) => ({ position }));
			await upsert(byPosition, { input });
			expect(positions()).toEqual(records);
			testBed.sandbox.reset();
			for (const { id } of testBed.sandbox.records('persons'))
				testBed.sandbox.patch('persons', id, { position: null });
			await upsert(byPosition, { input: input.slice(0, 2) });
			for (const item of input.slice(2)) await upsert(byPosition, { input: [item] });
			expect(positions()).toEqual(records);
			await upsert(byPosition, { input });
			expect(positions()).toHaveLength(records.length);
		});

		it('A type that Teamogy refuses to compare has no records', async () => {
			testBed.sandbox.fault({
				kind: 'status',
				status: 400,
				times: Infinity,
				when: ({ query }) => /position=\d/.test(query.externalFilter ?? ''),
			});
			const { error } = await upsert(byPosition, { input: [{ position: '1001' }] });
			expect(error).toBeUndefined();
			expect(positions()).toEqual(['1001']);
		});

		it('A number and its text are the same value', async () => {
			await upsert(byPosition, { input: [{ position: 1001 }, { position: '1001' }] });
			expect(writeMethods()).toEqual(['POST', 'PATCH']);
		});
	});

	it('True and false match', async () => {
		const id = add('The only one', { isDraft: true });
		await upsert({ ...toJsonBody({ industry: 'x' }), matchColumn: 'isDraft', matchValue: 'TRUE' });
		expect(getWrites(testBed.sandbox).map(({ query }) => query.id)).toEqual([String(id)]);
	});

	it('Conditions and expressions narrow the match', async () => {
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
		expect([testBed.findRecord(one).mark, testBed.findRecord(two).mark]).toEqual([1, 2]);
		expect(writeMethods()).toEqual(['PATCH', 'PATCH']);
	});

	it('Each item may match by a column of its own', async () => {
		const [a, b] = companies();
		const input = [
			{ column: 'id', value: a.id },
			{ column: 'name', value: b.name },
			{ column: 'id', value: b.id },
		];
		const match = { matchColumn: '={{ $json.column }}', matchValue: '={{ $json.value }}' };
		const { json: rows } = await upsert({ ...toJsonBody({ industry: 'x' }), ...match }, { input });
		expect(rows.map(({ id }) => id)).toEqual([a.id, b.id, b.id]);
		// The writes have the order of the items, whichever column each item matches by.
		expect(getWrites(testBed.sandbox).map(({ query }) => Number(query.id))).toEqual([
			a.id,
			b.id,
			b.id,
		]);
	});

	it('The match works in another business unit', async () => {
		const [{ id, name }] = testBed.sandbox.rows('jobs', 2);
		const options = { unitId: 2 };
		await upsert({
			resource: 'job',
			...toJsonBody({ name }),
			matchColumn: 'name',
			matchValue: name,
			options,
		});
		expect(testBed.sandbox.log.map(({ unit }) => unit)).toEqual(testBed.sandbox.log.map(() => 2));
		expect(getWrites(testBed.sandbox).map(({ query }) => query.id)).toEqual([String(id)]);
	});

	it('Every item creates a record where the view is empty', async () => {
		const body = { metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body, path: 'views/', times: Infinity });
		await upsert(byMapper('name'), { input: [{ name: 'A' }, { name: 'B' }, { name: 'A' }] });
		expect(writeMethods()).toEqual(['POST', 'POST', 'PATCH']);
	});
});

describe('Create or Update: documents', () => {
	const invoice = (type: string, name: string, more: object = {}): object => ({
		resource: 'invoice',
		...toDocumentType(type),
		...toJsonBody({ 'properties.name': name, ...more }),
		matchColumn: 'name',
		matchValue: name,
	});

	it.each([
		['INVOICE.SALES', 'invoices.sales'],
		['INVOICE.PURCHASE.CORRECTION', 'invoices.purchase'],
	])(
		'Documents of the type %s match in the view %s, among documents of their type',
		async (type, view) => {
			const other = type === 'INVOICE.SALES' ? 'INVOICE.SALES.PROFORMA' : 'INVOICE.PURCHASE';
			const both = [type, other].map((one) =>
				testBed.sandbox.insert('documents', {
					type: one,
					agencyId: 1,
					properties: { name: 'Same' },
				}),
			);
			const { error } = await upsert(invoice(type, 'Same', { category: '' }));
			expect(error).toBeUndefined();
			expect(new Set(getReads(testBed.sandbox).map((request) => request.view))).toEqual(
				new Set([view]),
			);
			expect(getWrites(testBed.sandbox)).toMatchObject([
				{ method: 'PATCH', query: { id: String(both[0].id) } },
			]);
		},
	);

	it('The type in the body decides where documents match', async () => {
		const { id } = testBed.sandbox.insert('documents', {
			type: 'INVOICE.PURCHASE',
			agencyId: 1,
			properties: { name: 'From the body' },
		});
		await upsert(invoice('INVOICE.SALES', 'From the body', { type: 'INVOICE.PURCHASE' }));
		expect(getWrites(testBed.sandbox)).toMatchObject([
			{ method: 'PATCH', query: { id: String(id) } },
		]);
	});

	/** A match by the name, with the fields of each item. */
	const binders = {
		resource: 'binder',
		fieldsMode: 'json',
		body: '={{ { ...$json.fields, properties: { name: $json.name } } }}',
		matchColumn: 'name',
		matchValue: '={{ $json.name }}',
	};

	it('An item like a new one may lack required fields, in one run as in two', async () => {
		testBed.sandbox.set({ compareBy: looseKey });
		const [ownerId, companyId] = [testBed.sandbox.rows('users')[0].id, companies()[0].id];
		const input = [
			{ name: 'Zz New', fields: { ownerId, companyId } },
			{ name: 'ZZ NEW', fields: {} },
		];
		const { error, json: rows } = await upsert(binders, { input });
		expect(error).toBeUndefined();
		expect(writeMethods()).toEqual(['POST', 'PATCH']);
		expect(rows[1].id).toBe(rows[0].id);
	});

	it('A new document gets its type, and a new one without required fields fails alone before the first write', async () => {
		const [ownerId, companyId] = [testBed.sandbox.rows('users')[0].id, companies()[0].id];
		const { id } = testBed.sandbox.insert('documents', {
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
		expect(getWrites(testBed.sandbox)).toEqual([]);

		const { json: rows, errorItems } = await upsert(binders, {
			input,
			onError: 'continueErrorOutput',
		});
		expect(writeMethods()).toEqual(['POST', 'PATCH', 'POST', 'PATCH']);
		expect(getBodies(testBed.sandbox)[0]).toMatchObject({ type: 'BINDER', ownerId, companyId });
		expect(getBodies(testBed.sandbox)[1]).toEqual({ properties: { name: 'Old' } });
		expect(rows[1].id).toBe(id);
		expect(rows[0].id).toBe(rows[3].id);
		expect(errorItems.map((item) => item.json)).toMatchObject([
			{ name: 'Without', fields: { ownerId } },
		]);
	});
});

describe('Create or Update: the same new value twice', () => {
	it('The first item creates the record and the next item updates it', async () => {
		const input = [
			{ name: 'Twice', industry: 'a' },
			{ name: 'Once', industry: 'b' },
			{ name: 'Twice', industry: 'c' },
		];
		const { json: rows } = await upsert(byMapper('name', 'industry'), { input });
		expect(writeMethods()).toEqual(['POST', 'POST', 'PATCH']);
		expect(rows[2].id).toBe(rows[0].id);
		expect(rows.map(({ teamogyEvent }) => teamogyEvent)).toEqual(['created', 'created', 'updated']);
		expect(testBed.findRecord(rows[0].id)).toMatchObject({ name: 'Twice', industry: 'c' });
	});

	it.each([
		['number', 70001, '70001'],
		['number', '70002.0', ' 70002 '],
		['text', 'Caf\u00e9 New', 'Cafe\u0301 New'],
	])('Spellings of one value make one record: %s %j and %j', async (kind, one, two) => {
		add('A', { properties: { extId: kind === 'number' ? 1 : 'text' } });
		const match = { matchColumn: 'properties.extId', matchValue: '={{ $json.key }}' };
		await upsert(
			{ ...toJsonBody({ name: 'B' }), ...match },
			{ input: [{ key: one }, { key: two }] },
		);
		expect(writeMethods()).toEqual(['POST', 'PATCH']);
	});

	it.each([
		[
			'that ignores case, accents and spacing',
			looseKey,
			['POST', 'PATCH', 'PATCH', 'POST', 'PATCH'],
		],
		['that tells them apart', undefined, ['POST', 'POST', 'POST', 'POST', 'PATCH']],
	])('Like values make the records that a server makes of them %s', async (_, by, sent) => {
		testBed.sandbox.set({ compareBy: by });
		const names = ['Acme New', 'ACME NEW', 'Ácme  new', 'Other', 'ACME NEW'];
		const input = names.map((name, place) => ({ name, industry: `${place}` }));
		const { json: rows, error } = await upsert(byMapper('name', 'industry'), { input });
		expect(error).toBeUndefined();
		expect(writeMethods()).toEqual(sent);
		expect(rows[4].id).toBe(rows[1].id);
		expect(new Set(rows.map(({ id }) => id)).size).toBe(
			sent.filter((method) => method === 'POST').length,
		);
		// In a second run each item finds the record of the first run.
		testBed.sandbox.clearLog();
		const { json: again } = await upsert(byMapper('name', 'industry'), { input });
		expect(writeMethods()).toEqual(['PATCH', 'PATCH', 'PATCH', 'PATCH', 'PATCH']);
		expect(again.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
	});

	it('A like value is requested again once for each new spelling, and for no other value', async () => {
		testBed.sandbox.set({ compareBy: looseKey });
		const input = ['Acme New', 'Other', 'ACME NEW', 'ACME NEW'].map((name) => ({ name }));
		await upsert(byMapper('name'), { input });
		const written = testBed.sandbox.log.findIndex(({ method }) => method === 'POST');
		const later = testBed.sandbox.log.slice(written).filter(({ method }) => method === 'GET');
		expect(later.map(({ query }) => query.externalFilter)).toEqual(["(name='ACME NEW')"]);
		expect(writeMethods()).toEqual(['POST', 'POST', 'PATCH', 'PATCH']);
	});

	it.each([
		[
			'that ignores case, accents and spacing',
			looseKey,
			['POST', ...Array<string>(29).fill('PATCH')],
		],
		['that tells them apart', undefined, Array<string>(30).fill('POST')],
	])('30 spellings need no more reads than 30 values, on a server %s', async (_, by, sent) => {
		testBed.sandbox.set({ compareBy: by });
		const letters = [...'Amplifier'];
		const input = Array.from({ length: 30 }, (_one, index) => ({
			name: letters
				.map((letter, at) => (index & (1 << at) ? letter.toUpperCase() : letter.toLowerCase()))
				.join(''),
		}));
		await upsert(byMapper('name'), { input });
		expect(writeMethods()).toEqual(sent);
		// One read is the type of the column, one the values, and one repeats one value.
		expect(getReads(testBed.sandbox)).toHaveLength(3);
	});

	it.each(['\u00dcber', 'U\u0308ber'])(
		'Composed and decomposed letters make one record: %j',
		async (first) => {
			for (const compareBy of [undefined, looseKey]) {
				testBed.sandbox.reset();
				testBed.sandbox.set({ compareBy });
				const input = [first, '\u00dcber', 'U\u0308ber'].map((name) => ({ name }));
				await upsert(byMapper('name'), { input });
				expect(writeMethods()).toEqual(['POST', 'PATCH', 'PATCH']);
			}
		},
	);

	it('The record is not created again where Teamogy does not return its ID', async () => {
		testBed.sandbox.fault({
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
		expect(writeMethods()).toEqual(['POST', 'PATCH']);
		expect(testBed.findRecord(testBed.sandbox.records('companies').at(-1)!.id)).toMatchObject(
			input[1],
		);
	});

	it('The record is not created again while the view does not show it', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 200, body: { ok: true }, method: 'POST' });
		const input = [{ name: 'Late' }, { name: 'Late' }];
		const { error } = await upsert(byMapper('name'), { input });
		expect(error?.message).toBe(
			'The new record for "Late" in "name" is not in the view "companies" yet [item 1]',
		);
		expect(error?.description).toMatch(/Already written: items 0\.$/);
		expect(writeMethods()).toEqual(['POST']);
	});

	it('The second item writes nothing where the first write may have been saved', async () => {
		testBed.sandbox.fault({ kind: 'resetAfter', method: 'POST' });
		const input = [{ name: 'Doubtful' }, { name: 'Doubtful' }, { name: 'Clear' }];
		const { errorItems, json: rows } = await upsert(byMapper('name'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect(writeMethods()).toEqual(['POST', 'POST']);
		expect(rows).toHaveLength(1);
		for (const item of errorItems) {
			expect(item.json.error).toMatch(/a new company "Doubtful"|kept/);
			expect(item.json.message).toMatch(/may have been saved/);
		}
		expect(errorItems).toHaveLength(2);
	});

	it('A like value writes nothing where the first write may have been saved', async () => {
		testBed.sandbox.set({ compareBy: looseKey });
		testBed.sandbox.fault({ kind: 'status', status: 502, method: 'POST' });
		const input = [{ name: 'Doubt Co' }, { name: 'DOUBT CO' }, { name: 'Clear' }];
		const { errorItems } = await upsert(byMapper('name'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect(writeMethods()).toEqual(['POST', 'POST']);
		expect(getBodies(testBed.sandbox)).toEqual([input[0], input[2]]);
		for (const item of errorItems) expect(item.json.message).toMatch(/may have been saved/);
		expect(errorItems).toHaveLength(2);
	});

	it('The second item creates the record where the first was refused', async () => {
		const input = [
			{ name: 'Fresh', industry: 'a' },
			{ name: 'Fresh', industry: 'b' },
		];
		testBed.sandbox.fault({ kind: 'status', status: 400, method: 'POST' });
		const { json: rows } = await upsert(byMapper('name', 'industry'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect(writeMethods()).toEqual(['POST', 'POST']);
		expect(testBed.findRecord(rows[0].id)).toMatchObject({ industry: 'b' });
	});
});

describe('Create or Update: the owner of a record', () => {
	it('Case makes different values on a server that tells case apart', async () => {
		const upper = add('ABC Case');
		const input = [
			{ name: 'abc case', industry: 'x' },
			{ name: 'ABC Case', industry: 'y' },
		];
		const { json: rows } = await upsert(byMapper('name', 'industry'), { input });
		expect(writeMethods()).toEqual(['POST', 'PATCH']);
		expect(rows[1].id).toBe(upper);
		expect(rows[0].id).not.toBe(upper);
		expect(testBed.findRecord(upper)).toMatchObject({ name: 'ABC Case', industry: 'y' });
	});

	it('Case makes no different values on a server that ignores case', async () => {
		testBed.sandbox.set({ ignoreCase: true });
		const upper = add('ABC Case');
		const input = [
			{ name: 'abc case', industry: 'x' },
			{ name: 'ABC Case', industry: 'y' },
		];
		const { json: rows } = await upsert(byMapper('name', 'industry'), { input });
		expect(writeMethods()).toEqual(['PATCH', 'PATCH']);
		expect(rows.map(({ id }) => id)).toEqual([upper, upper]);
	});

	it('Each value updates its own record where both spellings have one and the server ignores case', async () => {
		testBed.sandbox.set({ ignoreCase: true });
		const [upper, lower] = [add('ABC Case'), add('abc case')];
		const input = [
			{ name: 'abc case', industry: 'x' },
			{ name: 'ABC Case', industry: 'y' },
		];
		const { json: rows } = await upsert(byMapper('name', 'industry'), { input });
		expect(rows.map(({ id }) => id)).toEqual([lower, upper]);
	});

	it.each(LOOSELY_EQUAL)(
		'A spelling that the server holds for equal creates no record: %j for %j',
		async (given, there) => {
			testBed.sandbox.set({ compareBy: looseKey });
			const id = testBed.sandbox.insert('companies', { name: there }).id;
			const match = { matchColumn: 'name', matchValue: '={{ $json.name }}' };
			const parameters = { ...toJsonBody({ industry: 'x' }), ...match };
			for (const input of [[{ name: given }], [{ name: given }, { name: 'Brand New' }]])
				await upsert(parameters, { input });
			expect(writeMethods()).toEqual(['PATCH', 'PATCH', 'POST']);
			expect(getWrites(testBed.sandbox)[1].query.id).toBe(String(id));
		},
	);

	it('A row without the requested column is not updated', async () => {
		const rows = [{ id: companies()[0].id, name: 'A' }];
		const body = { metadata: { count: 1, limit: 1000, nextOffset: null }, data: rows };
		testBed.sandbox.fault({ kind: 'status', status: 200, body, path: 'views/', times: Infinity });
		const { error } = await upsert({
			...toJsonBody({ industry: 'x' }),
			matchColumn: 'properties.extId',
			matchValue: 'of another',
		});
		expect(error?.message).toBe(
			'The view "companies" is filtered by "properties.extId" but does not return it [item 0]',
		);
		expect(getWrites(testBed.sandbox)).toEqual([]);
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
		expect(writeMethods()).toEqual(['PATCH']);
	});

	it('An item with several matches fails with their IDs before the first write', async () => {
		const ids = [add('Several'), add('Several'), add('Several')];
		const input = [{ name: 'First' }, { name: 'Several' }, { name: 'Last' }];
		const stopped = await upsert(byMapper('name'), { input });
		expect(stopped.error?.message).toBe(
			`3 records have "Several" in "name": ${ids.join(', ')} [item 1]`,
		);
		expect(stopped.error?.description).toMatch(/^Match by a column that is different/);
		expect(getWrites(testBed.sandbox)).toEqual([]);

		const { json: rows, errorItems } = await upsert(byMapper('name'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect([rows.length, writeMethods()]).toEqual([2, ['POST', 'POST']]);
		expect(errorItems.map((item) => item.json)).toMatchObject([
			{ name: 'Several', error: stopped.error?.message },
		]);
	});

	it('An unknown ID creates a record, and a hint says that the record has another ID', async () => {
		const { json: rows, hints } = await upsert(byMapper('id', 'name'), {
			input: [{ id: 9_999_999, name: 'A' }],
		});
		expect(getBodies(testBed.sandbox)).toEqual([{ name: 'A' }]);
		expect(rows[0].id).not.toBe(9_999_999);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^No record had these IDs, so new ones were created/),
		]);
	});
});

describe('Create or Update: a new record without a value in the column to match by', () => {
	const hintsFor = async (column: string, body: object, more: object = {}) => {
		const match = { matchColumn: column, matchValue: 'A1' };
		const { hints, error } = await upsert({ ...toJsonBody(body), ...match, ...more });
		expect(error).toBeUndefined();
		return hints.map(({ message }) => message);
	};

	it.each([
		['name', { industry: 'x' }],
		['name', { name: ' ', industry: 'x' }],
		['registration', { name: 'x' }],
		['properties.extId', { name: 'x', extId: 'A1' }],
		['properties.extId', { name: 'x', properties: { extId: null } }],
	])(
		'A hint says that the next run creates the record again: by %s, of %j',
		async (column, body) => {
			add('A', { properties: { extId: 'A0' } });
			expect(await hintsFor(column, body)).toEqual([
				`New records were created without a value in "${column}", the column to match by. Unless Teamogy fills the column with that value, the next run creates the records again. Give the value as a field of the record too.`,
			]);
			expect(writeMethods()).toEqual(['POST']);
		},
	);

	it.each([
		['name', { name: 'A1' }],
		['registration', { name: 'x', registrations: { registration: 'A1' } }],
		['properties.extId', { name: 'x', 'properties.extId': 'A1' }],
		['properties.extId', { name: 'x', properties: { extId: 'A1' } }],
	])(
		'No hint is shown where the record has the value anywhere: by %s, of %j',
		async (column, body) => {
			add('A', { properties: { extId: 'A0' } });
			expect(await hintsFor(column, body)).toEqual([]);
			expect(writeMethods()).toEqual(['POST']);
		},
	);

	it('The name of a document counts as a property', async () => {
		const [ownerId, companyId] = [testBed.sandbox.rows('users')[0].id, companies()[0].id];
		const gem = { resource: 'gem' };
		const body = { ownerId, companyId, 'properties.name': 'A1' };
		expect(await hintsFor('name', body, gem)).toEqual([]);
		expect(await hintsFor('number', body, gem)).toHaveLength(1);
	});

	it('No hint is shown where the record exists', async () => {
		add('A1');
		expect(await hintsFor('name', { industry: 'x' })).toEqual([]);
		expect(writeMethods()).toEqual(['PATCH']);
	});
});

describe('Create or Update: invalid input', () => {
	const expectNoWrite = async (parameters: object, message: RegExp | string, more: object = {}) => {
		expectItemError(await upsert(parameters, more), message);
		expect(getWrites(testBed.sandbox)).toEqual([]);
	};

	it.each([
		[{ name: '' }, 'The value of "name" to match by is empty'],
		[{ name: null }, 'The value of "name" to match by is empty'],
		[{ name: '  ' }, 'The value of "name" to match by is empty'],
		[{ name: '\u00a0\n' }, 'The value of "name" to match by is empty'],
		[{}, /^(There is no field to write|The value of "name" to match by is empty)/],
	])('An item without a value to match by is refused: %j', async (input, message) => {
		await expectNoWrite(byMapper('name'), message, { input: [input] });
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('White space is no value, so a record without a value is not updated', async () => {
		testBed.sandbox.set({ compareBy: looseKey });
		add('');
		const match = { matchColumn: 'name', matchValue: '={{ "  " }}' };
		await expectNoWrite(
			{ ...toJsonBody({ industry: 'x' }), ...match },
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
	])('%j is refused', async (match, message) => {
		await expectNoWrite({ ...toJsonBody({ name: 'A' }), ...match }, message);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('A value of another type than the column fails alone', async () => {
		add('A', { properties: { extId: 5 } });
		const match = { matchColumn: 'properties.extId', matchValue: '={{ $json.key }}' };
		const input = [{ key: 5 }, { key: 'five' }, { key: 6 }, { key: '9007199254740993' }];
		const parameters = { ...toJsonBody({ name: 'B' }), ...match };
		await expectNoWrite(parameters, /"five", is not a number \[item 1\]$/, { input });
		const { json: rows, errorItems } = await upsert(parameters, {
			input,
			onError: 'continueErrorOutput',
		});
		expect([rows.length, writeMethods()]).toEqual([2, ['PATCH', 'POST']]);
		expect(errorItems.map((item) => item.json.error)).toEqual([
			expect.stringContaining('"five", is not a number [item 1]'),
			expect.stringContaining('has more digits than numbers are told apart by [item 3]'),
		]);
	});

	it('A value of another type than the column is refused whatever is beside it', async () => {
		add('A', { properties: { extId: 5 } });
		const match = { matchColumn: 'properties.extId', matchValue: '={{ $json.key }}' };
		await expectNoWrite(
			{ ...toJsonBody({ name: 'B' }), ...match },
			'The value of "properties.extId" to match by, "five", is not a number [item 0]',
			{ input: [{ key: 'five' }] },
		);
	});

	it('A value too long for an address fails alone', async () => {
		const input = [{ name: 'Short' }, { name: 'č'.repeat(1000) }];
		const { json: rows, errorItems } = await upsert(byMapper('name'), {
			input,
			onError: 'continueErrorOutput',
		});
		expect([rows.length, writeMethods()]).toEqual([1, ['POST']]);
		expect(errorItems[0].json.error).toMatch(
			/is too long for the address of a request \[item 1\]$/,
		);
	});

	it.each(['nothing', 'properties.nothing', 'constructor', 'toString'])(
		'A column that the view lacks is refused: %s',
		async (matchColumn) => {
			await expectNoWrite(
				{ ...toJsonBody({ name: 'A' }), matchColumn, matchValue: 'x' },
				`The view "companies" has no column "${matchColumn}" to match by`,
			);
			const { error } = await upsert({
				...toJsonBody({ name: 'A' }),
				matchColumn,
				matchValue: 'x',
			});
			expect(error?.description).toMatch(/^Choose one of its columns, e\.g\. \w+, /);
		},
	);

	it('A body with nothing but the ID is refused', async () => {
		await expectNoWrite(byMapper('id'), 'There is no field to write', { input: [{ id: 30001 }] });
		expect(testBed.sandbox.log).toEqual([]);
	});
});

describe('Create or Update: failed reads', () => {
	const input = (): IDataObject[] =>
		companies()
			.slice(0, 150)
			.map(({ name }) => ({ name, industry: 'x' }))
			.concat([{ name: "Not 'asked'", industry: 'x' }]);
	const parameters = byMapper('name', 'industry');

	it('A failed read stops the run before the first write', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 403, path: 'externalFilter', times: Infinity });
		const { error } = await upsert(parameters, { input: input() });
		expect(error?.message).toBe('Teamogy refused access to the view "companies" [item 0]');
		expect(getWrites(testBed.sandbox)).toEqual([]);
	});

	it.each([
		['a quote', "'", "''"],
		['a backslash', '\\', '\\'],
	])(
		'A refusal of some values with the status %s leaves the other values alone',
		async (_, mark, written) => {
			const given = [...input(), { name: `Not ${mark} asked`, industry: 'x' }];
			testBed.sandbox.fault({
				kind: 'status',
				status: 400,
				times: Infinity,
				when: ({ query }) => query.externalFilter?.includes(written) ?? false,
			});
			const { json: rows, errorItems } = await upsert(parameters, {
				input: given,
				onError: 'continueErrorOutput',
			});
			const marked = given
				.filter(({ name }) => String(name).includes(mark))
				.map(({ name }) => name);
			expect(errorItems.map((item) => item.json.name)).toEqual(marked);
			expect(rows).toHaveLength(given.length - marked.length);
			const found = rows.filter(({ teamogyEvent }) => teamogyEvent === 'updated');
			expect(found.length).toBeGreaterThan(100);
			for (const item of errorItems) {
				expect(item.json.error).toMatch(
					/^Teamogy did not accept the request for the view "companies" \[item \d+\]$/,
				);
			}
		},
	);

	it('A request without a response fails its items alone', async () => {
		const given = input();
		const lost = `'${String(given[1].name)}'`;
		testBed.sandbox.fault({
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
		// No item was taken for a new record.
		expect(writeMethods()).toEqual([...Array<string>(rows.length - 1).fill('PATCH'), 'POST']);
	});
});
