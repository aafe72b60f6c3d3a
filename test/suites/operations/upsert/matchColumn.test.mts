/** Create or Update by any column: where its values are compared, as what, and what a new record needs to be found. */
import { getBodies, getReads, getWrites } from '../../../helpers/loggedRequests.mts';
import { looseKey } from '../../../helpers/looseKey.mts';
import { byMapper, useUpsert } from '../../../helpers/upsert.mts';
import {
	toAutoMapping,
	loadFields,
	toJsonBody,
	toDocumentType,
} from '../../../helpers/writeParameters.mts';

const { testBed, upsert, companies, add, writeMethods } = useUpsert();

describe('Create or Update: the column to match on', () => {
	it('The mapper proposes a column of the live account to match on', async () => {
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

	describe('A column without values', () => {
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

	it.each([
		['binder', 'BINDER', 'DOCUMENT.BRIEF'],
		['gem', 'GEM', 'GEM.SPECIAL'],
		['invoice', 'INVOICE.PURCHASE', 'INVOICE.PURCHASE.FOREIGN'],
		['purchaseOrder', 'DOCUMENT.ORDER.PURCHASE', 'DOCUMENT.BRIEF'],
		['salesQuotation', 'DOCUMENT.QUOTATION.SALES', 'DOCUMENT.BRIEF'],
	])(
		"A type of the account's own changes no document of a known type, and the next run finds its document: %s",
		async (resource, known, own) => {
			const [ownerId, companyId] = [testBed.sandbox.rows('users')[0].id, companies()[0].id];
			const document = { agencyId: 1, properties: { name: 'Same' } };
			testBed.sandbox.insert('documents', { type: known, ...document });
			const parameters = { ...invoice(own, 'Same', { ownerId, companyId }), resource };
			const { error, json: rows } = await upsert(parameters);
			expect(error).toBeUndefined();
			await upsert(parameters);
			expect(getWrites(testBed.sandbox)).toMatchObject([
				{ method: 'POST' },
				{ method: 'PATCH', query: { id: String(rows[0].id) } },
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

	it('A new spelling without required fields fails before the first write where Teamogy tells it from that of a record', async () => {
		testBed.sandbox.insert('documents', {
			type: 'BINDER',
			agencyId: 1,
			properties: { name: 'Zz Old' },
		});
		const input = ['Zz Old', 'ZZ OLD'].map((name) => ({ name, fields: {} }));
		const { error } = await upsert(binders, { input });
		expect(error?.message).toMatch(/^Required fields are missing: .* \[item 1\]$/);
		expect(getWrites(testBed.sandbox)).toEqual([]);
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

describe('Create or Update: a new record without a value in the column to match on', () => {
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
				`New records were created without a value in "${column}", the column to match on. Unless Teamogy fills the column with that value, the next run creates the records again. Enter the value as a field of the record too.`,
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
