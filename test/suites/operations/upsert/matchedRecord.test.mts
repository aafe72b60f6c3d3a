/** Create or Update finds the one record of a value, and no record is doubled. */
import { getBodies, getReads, getWrites } from '../../../helpers/loggedRequests.mts';
import { HOSTILE_NAMES } from '../../../helpers/hostileTexts.mts';
import { looseKey, LOOSELY_EQUAL } from '../../../helpers/looseKey.mts';
import { byJson, byMapper, useUpsert } from '../../../helpers/upsert.mts';
import { toJsonBody } from '../../../helpers/writeParameters.mts';

const { testBed, upsert, companies, add, writeMethods } = useUpsert();

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

	/** A record is created, and the response has no ID. */
	const SAVED_WITHOUT_ID = {
		kind: 'status',
		status: 200,
		body: { ok: true },
		applied: true,
		method: 'POST',
	} as const;
	const SPELLINGS = Array.from({ length: 30 }, (_, index) => ({
		name: [...'Amplifier']
			.map((letter, at) => (index & (1 << at) ? letter.toUpperCase() : letter.toLowerCase()))
			.join(''),
	}));

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
		// The record of the other spelling comes first: it must be in the view before it can be missing.
		const filters = ["(name='Acme New')", "(name='ACME NEW')"];
		expect(later.map(({ query }) => query.externalFilter)).toEqual(filters);
		expect(writeMethods()).toEqual(['POST', 'POST', 'PATCH', 'PATCH']);
	});

	it.each([
		[
			'that ignores case, accents and spacing',
			looseKey,
			['POST', ...Array<string>(29).fill('PATCH')],
		],
		['that tells them apart', undefined, Array<string>(30).fill('POST')],
	])('30 spellings need as many reads as two, on a server %s', async (_, by, sent) => {
		testBed.sandbox.set({ compareBy: by });
		await upsert(byMapper('name'), { input: SPELLINGS });
		expect(writeMethods()).toEqual(sent);
		// One read is the type of the column, one the values, one shows that the view has the record of the first
		// spelling, and one repeats another spelling.
		expect(getReads(testBed.sandbox)).toHaveLength(4);
	});

	it('30 spellings need as many reads as two where Teamogy does not return the ID of a new record', async () => {
		testBed.sandbox.set({ compareBy: looseKey });
		testBed.sandbox.fault(SAVED_WITHOUT_ID);
		await upsert(byMapper('name'), { input: SPELLINGS });
		expect(writeMethods()).toEqual(['POST', ...Array<string>(29).fill('PATCH')]);
		expect(getReads(testBed.sandbox)).toHaveLength(4);
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
		testBed.sandbox.fault(SAVED_WITHOUT_ID);
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

	it('The record is not created again for another spelling while the view does not show it', async () => {
		testBed.sandbox.set({ compareBy: looseKey });
		testBed.sandbox.fault({ kind: 'status', status: 200, body: { id: 99_999 }, method: 'POST' });
		const input = [{ name: 'Late' }, { name: 'LATE' }];
		const { error } = await upsert(byMapper('name'), { input });
		expect(error?.message).toBe(
			'The new record for "Late" in "name" is not in the view "companies" yet [item 1]',
		);
		expect(writeMethods()).toEqual(['POST']);
	});

	it.each([
		['differs by the moment', "id>0 OR industry='{{ $now.plus($itemIndex, 'seconds').toISO() }}'"],
		['is written in two ways', '{{ $itemIndex ? "id>0" : "id > 0" }}'],
	])(
		'A new value makes one record where the filter of each item %s',
		async (_, filterExpression) => {
			await upsert(
				{ ...byMapper('name'), filterType: 'expression', filterExpression: `=${filterExpression}` },
				{ input: [{ name: 'Newco' }, { name: 'Other' }, { name: 'Newco' }] },
			);
			expect(writeMethods()).toEqual(['POST', 'POST', 'PATCH']);
		},
	);

	it('A new value makes one record for each filter that the other record does not meet', async () => {
		const filterExpression = "=industry='{{ $json.industry }}'";
		await upsert(
			{ ...byMapper('name', 'industry'), filterType: 'expression', filterExpression },
			{
				input: [
					{ name: 'Newco', industry: 'Food' },
					{ name: 'Newco', industry: 'Cars' },
				],
			},
		);
		expect(writeMethods()).toEqual(['POST', 'POST']);
	});

	it('A new value of each filter updates its record in any spelling that has it, and is created in no other', async () => {
		const filterExpression = "=industry='{{ $json.industry }}' OR name='{{ $json.name }}'";
		const input = [
			{ name: 'Newco', industry: 'Food' },
			{ name: 'NEWCO', industry: 'Food' },
			{ name: 'Newco', industry: 'Cars' },
			{ name: 'NEWCO', industry: 'Cars' },
		];
		const { json: rows } = await upsert(
			{ ...byMapper('name', 'industry'), filterType: 'expression', filterExpression },
			{ input },
		);
		expect(writeMethods()).toEqual(['POST', 'POST', 'PATCH', 'PATCH']);
		expect(rows.slice(2).map(({ id }) => id)).toEqual(rows.slice(0, 2).map(({ id }) => id));
	});

	it('The record is not created again for another filter while the view does not show it', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 200, body: { id: 99_999 }, method: 'POST' });
		const { error } = await upsert(
			{ ...byMapper('name'), filterType: 'expression', filterExpression: '=id>{{ $itemIndex }}' },
			{ input: [{ name: 'Late' }, { name: 'Late' }] },
		);
		expect(error?.message).toBe(
			'The new record for "Late" in "name" is not in the view "companies" yet [item 1]',
		);
		expect(writeMethods()).toEqual(['POST']);
	});

	it('30 filters that no other record meets need no more than two reads a record', async () => {
		const filterExpression = "=industry='{{ $json.industry }}'";
		const input = Array.from({ length: 30 }, (_, index) => ({
			name: 'Newco',
			industry: `i${index}`,
		}));
		await upsert(
			{ ...byMapper('name', 'industry'), filterType: 'expression', filterExpression },
			{ input },
		);
		expect(writeMethods()).toEqual(Array<string>(30).fill('POST'));
		// The type of the column is read once, each filter before the first write, and each but the first again. The
		// view shows the record of each but the last.
		expect(getReads(testBed.sandbox)).toHaveLength(1 + 30 + 29 + 29);
	});

	it('A filter with the present moment does not part the items of a run', async () => {
		const filters = {
			conditions: [{ column: 'startOn', operator: 'lessThan', value: '={{ $now }}' }],
		};
		const input = ['Newco', 'Newco', 'Other', 'Newco'].map((name) => ({ name }));
		const parameters = { ...byJson('name'), resource: 'job', filters };
		await upsert(parameters, { input });
		expect(writeMethods()).toEqual(['POST', 'PATCH', 'POST', 'PATCH']);
	});

	it.each(['Infinity', '-Infinity', 'NaN', '20260000000000000000', '1e21'])(
		'A name that reads like a number is a name in a view without records: %s',
		async (name) => {
			for (const { id } of [...companies()]) testBed.sandbox.remove('companies', Number(id));
			const { error } = await upsert(byMapper('name'), { input: [{ name: 'Acme' }, { name }] });
			expect(error).toBeUndefined();
			expect(writeMethods()).toEqual(['POST', 'POST']);
		},
	);

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

	it.each(HOSTILE_NAMES)('%j is found again as it is', async (name) => {
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
		expect(stopped.error?.description).toMatch(/^Match on a column that is different/);
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
