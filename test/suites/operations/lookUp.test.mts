/** Look Up: every item gets the right rows, in few requests. */
import type { IDataObject } from 'n8n-workflow';
import fc from 'fast-check';
import { useTestBed } from '../../helpers/testBed.mts';
import { getBodies } from '../../helpers/loggedRequests.mts';
import { looseKey, LOOSELY_EQUAL } from '../../helpers/looseKey.mts';

const COMPANIES = 2000;
const LONGEST_URL = 6000;

const testBed = useTestBed({ rows: { companies: COMPANIES } });

const lookUp = async (parameters: object, more: object = {}) =>
	await testBed.run({ resource: 'company', operation: 'lookUp', ...parameters }, more);
const by = (lookUpColumn: string, lookUpType = 'string', more: object = {}): object => ({
	lookUpColumn,
	lookUpType,
	lookUpValue: `={{ $json["${lookUpColumn}"] }}`,
	...more,
});
const byId = (more: object = {}): object => by('id', 'number', more);
const companies = () => testBed.sandbox.rows('companies') as IDataObject[];
const filters = (): string[] => testBed.sandbox.log.map(({ query }) => query.externalFilter);
/** Shuffles numbers in the same way every time. */
const shuffled = <T,>(list: T[]): T[] =>
	list
		.map((value, index) => [value, (index * 7919) % list.length] as const)
		.sort(([, a], [, b]) => a - b)
		.map(([value]) => value);

describe('Look Up: many items', () => {
	it('1,000 IDs in any order, some twice and some unknown, need at most eight requests', async () => {
		const ids = companies()
			.map(({ id }) => id as number)
			.slice(0, 900);
		const asked = shuffled([
			...ids,
			...ids.slice(0, 50),
			...Array.from({ length: 50 }, (_, i) => 9_000_000 + i),
		]);
		const input = asked.map((id, place) => ({ id, place }));
		const { items, error } = await lookUp(byId(), { input });
		expect(error).toBeUndefined();
		const rows = new Map(companies().map((row) => [row.id, row]));
		expect(items).toEqual(
			input.map((json, item) => ({
				json: { ...json, teamogy: rows.get(json.id) ?? null },
				pairedItem: { item },
			})),
		);
		const { log, domain } = testBed.sandbox;
		expect(log.length).toBeLessThanOrEqual(8);
		for (const { url } of log) expect(url.length + domain.length).toBeLessThanOrEqual(LONGEST_URL);
		const values = filters().flatMap((filter) => filter.match(/id=\d+/g) ?? []);
		expect(values.length).toBe(new Set(asked).size);
		expect(new Set(values).size).toBe(values.length);
	});

	it.each([414, 431])(
		'100 IDs are found where long addresses are refused with the status %i',
		async (status) => {
			const ids = companies()
				.slice(0, 100)
				.map(({ id }) => ({ id }));
			testBed.sandbox.fault({
				kind: 'status',
				status,
				times: Infinity,
				when: ({ url }) => url.length > 500,
			});
			const { json: rows } = await lookUp(byId({ lookUpOutput: 'record' }), { input: ids });
			expect(rows.map(({ id }) => id)).toEqual(ids.map(({ id }) => id));
		},
	);

	it('No address is too long where names are long', async () => {
		const input = companies()
			.slice(0, 300)
			.map(({ name }) => ({ name }));
		const { json: rows } = await lookUp(by('name', 'string', { lookUpOutput: 'record' }), {
			input,
		});
		expect(rows.map(({ name }) => name)).toEqual(input.map(({ name }) => name));
		for (const { url } of testBed.sandbox.log) {
			expect(url.length + testBed.sandbox.domain.length).toBeLessThanOrEqual(LONGEST_URL);
		}
	});

	it('All rows of a value are returned, page after page', async () => {
		const clients = companies().filter(({ isClient }) => isClient);
		const { items } = await lookUp(
			by('isClient', 'boolean', { lookUpOutput: 'record', options: { pageSize: 100 } }),
			{ input: [{ isClient: true }] },
		);
		expect(items.map(({ json }) => json)).toEqual(clients);
		expect(new Set(items.map(({ pairedItem }) => JSON.stringify(pairedItem)))).toEqual(
			new Set(['{"item":0}']),
		);
	});

	it('Many thousand items with few values need few requests', async () => {
		const ids = companies()
			.slice(0, 5)
			.map(({ id }) => id);
		const input = Array.from({ length: 20_000 }, (_, index) => ({ id: ids[index % 5] }));
		const { json: rows } = await lookUp(byId({ lookUpOutput: 'record' }), { input });
		expect(rows.map(({ id }) => id)).toEqual(input.map(({ id }) => id));
		expect(testBed.sandbox.log).toHaveLength(1);
	});
});

describe('Look Up: the value', () => {
	it.each([
		['a number as text', '={{ "30001" }}', 'number', 'id', 30001],
		['a number with white space', ' 30001 ', 'number', 'id', 30001],
		['a decimal that is whole', '30001.0', 'number', 'id', 30001],
	])('The row is found by %s', async (_, lookUpValue, lookUpType, lookUpColumn, id) => {
		const { json: rows } = await lookUp({
			lookUpColumn,
			lookUpValue,
			lookUpType,
			lookUpOutput: 'record',
		});
		expect(rows.map((row) => row.id)).toEqual([id]);
	});

	it('0 and false are values', async () => {
		const { id } = testBed.sandbox.insert('companies', { name: 'Zero', properties: { level: 0 } });
		const zero = by('properties.level', 'number', { lookUpOutput: 'record' });
		const { json: rows } = await lookUp(zero, { input: [{ 'properties.level': 0 }] });
		expect(rows).toMatchObject([{ id }]);
		const no = await lookUp(by('isClient', 'boolean', { lookUpOutput: 'record' }), {
			input: [{ isClient: false }],
		});
		expect(no.json.every(({ isClient }) => isClient === false)).toBe(true);
		expect(no.json.length).toBeGreaterThan(0);
	});

	it.each([undefined, null, '', ' ', '\t\n', '\u00a0'])(
		'No request is sent without a value, %j',
		async (id) => {
			for (const parameters of [byId(), by('id'), by('id', 'boolean')]) {
				const { json: rows, error } = await lookUp(parameters, { input: [{ id, own: 1 }] });
				expect(error).toBeUndefined();
				expect(rows).toMatchObject([{ own: 1, teamogy: null }]);
			}
			expect(testBed.sandbox.log).toEqual([]);
		},
	);

	it.each([
		"O'Brien & Sons",
		"'; DROP TABLE companies; --",
		"') OR (id>0",
		'100% "quoted" \\ + # ? /',
		' padded ',
		'漢字 🦄',
		'__proto__',
		'constructor',
	])('%j is found as it is', async (name) => {
		const { id } = testBed.sandbox.insert('companies', { name });
		testBed.sandbox.insert('companies', { name: `${name}x` });
		const { json: rows } = await lookUp(by('name', 'string', { lookUpOutput: 'record' }), {
			input: [{ name }],
		});
		expect(rows).toMatchObject([{ id, name }]);
		expect(rows).toHaveLength(1);
	});

	it('Case and accents differ as they do on the server', async () => {
		const names = ['ŠÍP', 'Šíp', 'Sip', 'sip'];
		const ids = names.slice(0, 3).map((name) => testBed.sandbox.insert('companies', { name }).id);
		const ask = async () => {
			const { json: rows } = await lookUp(by('name'), { input: names.map((name) => ({ name })) });
			return rows.map(({ teamogy }) => (teamogy as IDataObject | null)?.id);
		};
		expect(await ask()).toEqual([...ids, undefined]);
		testBed.sandbox.set({ ignoreCase: true });
		expect(await ask()).toEqual([...ids, ids[2]]);
	});

	it.each([
		['as it is', (value: unknown) => value],
		['whatever its case', (value: unknown) => String(value).toLowerCase()],
		['whatever its case, accents and spacing', looseKey],
	])('Every value finds its rows on a server that compares text %s', async (_, compareBy) => {
		const name = fc.string({
			unit: fc.constantFrom('a', 'A', 'b', 'B', 'á', 's', 'ß', "'", ' ', '\u00a0'),
			maxLength: 3,
			minLength: 1,
		});
		const run = async (there: string[], asked: string[]): Promise<void> => {
			testBed.sandbox.reset();
			testBed.sandbox.set({ compareBy });
			const ids = there.map((one) => testBed.sandbox.insert('brands', { name: one }).id);
			const expected = asked.map((one) => {
				if (!one.trim()) return [];
				const alike = there.map((other) =>
					other === one ? 2 : compareBy(other) === compareBy(one) ? 1 : 0,
				);
				const best = Math.max(0, ...alike);
				return best ? ids.filter((_, index) => alike[index] === best) : [];
			});
			const { items } = await lookUp(
				{
					resource: 'brand',
					...by('name', 'string', { lookUpOutput: 'record', onMissing: 'skip' }),
				},
				{ input: asked.map((one) => ({ name: one })) },
			);
			const found = asked.map((_, item) =>
				items
					.filter(({ pairedItem }) => (pairedItem as { item: number }).item === item)
					.map(({ json }) => json.id),
			);
			expect(found).toEqual(expected);
		};
		await fc.assert(
			fc.asyncProperty(
				fc.array(name, { maxLength: 8 }),
				fc.array(name, { minLength: 1, maxLength: 12 }),
				run,
			),
			{ numRuns: 60 },
		);
	});

	describe('spellings of one value', () => {
		const alone = { lookUpOutput: 'record' };
		const find = async (names: unknown[], more: object = {}) =>
			await lookUp(
				{ resource: 'brand', ...by('name', 'string', { ...alone, onMissing: 'skip' }) },
				{ input: names.map((name) => ({ name })) as IDataObject[], ...more },
			);
		const idsFor = async (names: unknown[]) => {
			const { items, error } = await find(names);
			expect(error).toBeUndefined();
			return names.map((_, item) =>
				items
					.filter(({ pairedItem }) => (pairedItem as { item: number }).item === item)
					.map(({ json }) => json.id),
			);
		};
		const insert = (name: unknown) => testBed.sandbox.insert('brands', { name }).id;
		const lowered = (value: unknown) => String(value).toLowerCase();
		/** Makes spellings of one text that differ by case only. */
		const toSpellings = (count: number): string[] =>
			Array.from({ length: count }, (_, index) =>
				[...'spellings'].map((letter, at) => (index & (1 << at) ? letter.toUpperCase() : letter)),
			).map((letters) => letters.join(''));

		it.each(LOOSELY_EQUAL)(
			'%j finds the row of %j, alone and among other values',
			async (one, there) => {
				testBed.sandbox.set({ compareBy: looseKey });
				const [id, other] = [insert(there), insert('Another')];
				expect(await idsFor([one])).toEqual([[id]]);
				expect(await idsFor(['Nowhere', one, 'Another'])).toEqual([[], [id], [other]]);
				expect(testBed.sandbox.log).toHaveLength(2);
			},
		);

		it('All spellings are found in one request', async () => {
			testBed.sandbox.set({ compareBy: looseKey });
			const ids = LOOSELY_EQUAL.map(([, there]) => insert(there));
			expect(await idsFor(LOOSELY_EQUAL.map(([one]) => one))).toEqual(ids.map((id) => [id]));
			expect(testBed.sandbox.log).toHaveLength(1);
		});

		it.each([
			['exactly', undefined, 2],
			['whatever the case', lowered, 3],
			['whatever the case, accents and spacing', looseKey, 3],
		])(
			'300 spellings need as many requests as one value, on a server that compares %s',
			async (_, compareBy, max) => {
				testBed.sandbox.set({ compareBy });
				const names = toSpellings(300);
				expect(new Set(names).size).toBe(300);
				const id = insert(names[7]);
				const found = await idsFor(names);
				expect(found).toEqual(names.map((_name, at) => (at === 7 || compareBy ? [id] : [])));
				const ofOthers = Math.ceil(300 / 150);
				expect(testBed.sandbox.log.length).toBeLessThanOrEqual(ofOthers + max - 1);
			},
		);

		it.each([
			['exactly', undefined],
			['whatever the case', lowered],
			['whatever the case, accents and spacing', looseKey],
		])(
			'The result of a value does not depend on the other values, on a server that compares %s',
			async (_, compareBy) => {
				testBed.sandbox.set({ compareBy });
				for (const name of ['ABC', 'Ábc', 'Other']) insert(name);
				const names = ['ABC', 'abc', 'ÁBC', 'abc ', 'other', 'Abc', 'ábc', 'Nowhere'];
				const together = await idsFor(names);
				const apart = [];
				for (const name of names) apart.push(...(await idsFor([name])));
				expect(together).toEqual(apart);
			},
		);

		it('Composed and decomposed text is one value with one row', async () => {
			const id = insert('Caf\u00e9');
			for (const compareBy of [undefined, looseKey]) {
				testBed.sandbox.set({ compareBy });
				testBed.sandbox.clearLog();
				const names = ['Cafe\u0301', 'Caf\u00e9', 'Cafe\u0301'];
				expect(await idsFor(names)).toEqual([[id], [id], [id]]);
				expect(filters()).toEqual(["(name='Caf\u00e9')"]);
			}
		});

		it('Two rows in different Unicode forms belong to one text', async () => {
			testBed.sandbox.set({ compareBy: (value) => String(value).normalize('NFC') });
			const ids = [insert('Caf\u00e9'), insert('Cafe\u0301')];
			expect(await idsFor(['Caf\u00e9', 'Cafe\u0301'])).toEqual([ids, ids]);
		});

		it.each([
			['a time for a day', '2026-09-03', '2026-09-03T08:00:00', '2026-09-03T08:00:00'],
			['another number', '5.50', 5.5, '5.5'],
			['a list', 'listed', ['listed', 'other'], '["listed","other"]'],
			['an object with a toString of its own', 'named', { toString: 'x' }, '{"toString":"x"}'],
		])(
			'A row with %s is refused with a message that names both, and other values are found',
			async (_what, asked, there, shown) => {
				const id = insert('Acme');
				insert(there);
				// The server returns the row for a value it does not equal.
				const same = [asked, there].map((value) => JSON.stringify(value));
				testBed.sandbox.set({
					compareBy: (value) => (same.includes(JSON.stringify(value)) ? 'the same' : value),
				});
				const { json: rows, errorItems } = await find([asked, 'Acme'], {
					onError: 'continueErrorOutput',
				});
				expect(rows).toMatchObject([{ id }]);
				expect(errorItems.map(({ json }) => json.error)).toEqual([
					`Teamogy gave a row with "${shown}" in "name" where "${asked}" was asked for [item 0]`,
				]);
				expect(testBed.sandbox.log).toHaveLength(1);
			},
		);

		it('A refused value does not fail the other values', async () => {
			const names = Array.from({ length: 60 }, (_, index) => `Brand ${index}`);
			const ids = names.map(insert);
			testBed.sandbox.fault({
				kind: 'status',
				status: 422,
				times: Infinity,
				when: ({ query }) => /Brand 17'|it''s/.test(query.externalFilter),
			});
			const asked = ["it's", ...names];
			const { json: rows, errorItems } = await find(asked, { onError: 'continueErrorOutput' });
			expect(errorItems.map(({ json }) => json.name)).toEqual(["it's", 'Brand 17']);
			expect(rows.map(({ id }) => id)).toEqual(ids.filter((_, at) => at !== 17));
			// The batch is requested, then a plain value, then halves of halves.
			expect(testBed.sandbox.log.length).toBeLessThanOrEqual(2 + 4 * 6);
		});

		it('Values are not requested one by one where the view lacks the column', async () => {
			const names = Array.from({ length: 500 }, (_, index) => ({ nothing: `Value ${index}` }));
			const { errorItems } = await lookUp(by('nothing'), {
				input: names,
				onError: 'continueErrorOutput',
			});
			expect(errorItems).toHaveLength(500);
			expect(errorItems[0].json.message).toMatch(/there is no column "nothing"/);
			expect(testBed.sandbox.log.length).toBeLessThanOrEqual(8 + 1);
		});

		it('Only values that cannot be requested again fail', async () => {
			const id = insert('ABC');
			testBed.sandbox.fault({
				kind: 'status',
				status: 403,
				times: Infinity,
				when: ({ query }) => query.externalFilter === "(name='abc')",
			});
			const { json: rows, errorItems } = await find(['ABC', 'abc', 'Abc', 'Nowhere'], {
				onError: 'continueErrorOutput',
			});
			expect(rows).toMatchObject([{ id }]);
			expect(errorItems.map(({ json }) => json.name)).toEqual(['abc', 'Abc']);
		});
	});

	it('Items of one run may differ in column, type and unit', async () => {
		const [{ id, name }] = companies();
		const input = [
			{ column: 'id', type: 'number', value: id, unit: 1 },
			{ column: 'name', type: 'string', value: name, unit: 1 },
			{ column: 'id', type: 'number', value: id, unit: 2 },
		];
		const { json: rows } = await lookUp(
			{
				lookUpColumn: '={{ $json.column }}',
				lookUpType: '={{ $json.type }}',
				lookUpValue: '={{ $json.value }}',
				lookUpOutput: 'record',
				options: { unitId: '={{ $json.unit }}', columns: ['name'] },
			},
			{ input },
		);
		expect(rows.map((row) => row.name)).toEqual([name, name, name]);
		expect(testBed.sandbox.log.map(({ unit, query }) => [unit, query.columns]).sort()).toEqual([
			[1, 'id,name'],
			[1, 'name'],
			[2, 'id,name'],
		]);
	});

	it('A property is requested with the parameter documented for it', async () => {
		const { id } = testBed.sandbox.insert('companies', { name: 'A', properties: { extId: 'x' } });
		const options = { columns: ['name'] };
		const { json: rows } = await lookUp(
			by('properties.extId', 'string', { lookUpOutput: 'record', options }),
			{ input: [{ 'properties.extId': 'x' }] },
		);
		expect(rows).toEqual([{ name: 'A', properties: { extId: 'x' } }]);
		expect(testBed.sandbox.log.map(({ query }) => [query.columns, query.properties])).toEqual([
			['name', 'extId'],
		]);
		expect(id).toBeGreaterThan(0);
	});

	it("Any view is read by its name, also one of the account's own", async () => {
		const [{ id }] = testBed.sandbox.rows('jobs.overbudget');
		const { json: rows } = await lookUp(
			{ resource: 'view', viewName: 'jobs.overbudget', ...byId({ lookUpOutput: 'record' }) },
			{ input: [{ id }] },
		);
		expect(rows).toMatchObject([{ id }]);
	});
});

describe('Look Up: the output', () => {
	it('The record is merged into the chosen field, binary data stays, and a hint names a replaced field', async () => {
		const [{ id }] = companies();
		const binary = { data: { data: '', mimeType: 'text/plain' } };
		const input = [{ json: { id, mine: 1, company: 'old' }, binary }];
		const { items, hints } = await lookUp(byId({ options: { outputField: 'company' } }), { input });
		expect(items).toEqual([
			{ json: { id, mine: 1, company: companies()[0] }, binary, pairedItem: { item: 0 } },
		]);
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(/^The field "company" of the input was replaced\./),
		]);
	});

	it.each([
		['empty', 'merge', [{ own: 1, teamogy: null }]],
		['empty', 'record', [{ teamogy: null }]],
		['skip', 'merge', []],
		['skip', 'record', []],
	])(
		'Items without a match are handled as %s where the output is %s',
		async (onMissing, lookUpOutput, expected) => {
			const { json: rows } = await lookUp(
				byId({ onMissing, lookUpOutput, lookUpValue: 9_999_999 }),
				{
					input: [{ own: 1 }],
				},
			);
			expect(rows).toEqual(expected);
		},
	);

	it('Skipped items leave the links of other items right', async () => {
		const [one, two] = companies();
		const input = [{ id: 9_999_999 }, { id: one.id }, { id: '' }, { id: two.id }];
		const { items } = await lookUp(byId({ onMissing: 'skip', lookUpOutput: 'record' }), { input });
		expect(items).toEqual([
			{ json: one, pairedItem: { item: 1 } },
			{ json: two, pairedItem: { item: 3 } },
		]);
	});

	it('An item without a match fails with column, value and view', async () => {
		const [{ id }] = companies();
		const input = [{ id }, { id: 9_999_999 }, { id: '' }];
		const parameters = byId({ onMissing: 'fail' });
		const { error } = await lookUp(parameters, { input });
		expect(error?.message).toBe('No row of the view "companies" has "9999999" in "id" [item 1]');
		const { json: rows, errorItems } = await lookUp(parameters, {
			input,
			onError: 'continueErrorOutput',
		});
		expect(rows).toHaveLength(1);
		expect(errorItems.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			[error?.message, { item: 1 }],
			['No row of the view "companies" has "" in "id" [item 2]', { item: 2 }],
		]);
	});

	it('A hint says how many items found nothing, and which option finds more', async () => {
		const [{ name }] = companies();
		const input = [{ name }, { name: 'Nobody' }, { name: '' }, { name: 'No one' }];
		const { hints } = await lookUp(by('name'), { input });
		expect(hints.map(({ message }) => message)).toEqual([
			expect.stringMatching(
				/^Nothing was found for 2 of 4 items: "Nobody", "No one"\. .*'Ignore Case and Accents'/,
			),
		]);
		expect((await lookUp(by('name'), { input: [{ name }] })).hints).toEqual([]);
	});
});

describe('Look Up: invalid input', () => {
	it.each([
		[{ lookUpValue: 'abc' }, 'The Value to look up, "abc", is not a number'],
		[{ lookUpValue: '={{ NaN }}' }, 'The Value to look up, "NaN", is not a number'],
		[{ lookUpValue: '={{ Infinity }}' }, 'The Value to look up, "Infinity", is not a number'],
		[{ lookUpValue: '9007199254740993' }, 'has more digits than numbers are told apart by'],
		[{ lookUpValue: '={{ [1] }}' }, 'The Value to look up is not a single value'],
		[{ lookUpValue: '={{ {} }}' }, 'The Value to look up is not a single value'],
		[
			{ lookUpType: 'boolean', lookUpValue: '1' },
			'The Value to look up, "1", is not true or false',
		],
		[{ lookUpType: 'string', lookUpValue: '={{ "🦄".slice(1) }}' }, 'contains a broken character'],
		[{ lookUpType: 'string', lookUpValue: 'č'.repeat(1000) }, 'is too long for the address'],
		[{ lookUpColumn: '={{ "" }}' }, 'Look Up Column Name or ID is empty'],
		[{ lookUpColumn: 'a b' }, 'Look Up Column Name or ID, "a b", is not a column name'],
		[
			{ options: { pageSize: '={{ 0 }}' } },
			'\'Page Size\' must be a whole number of at least 1, but is "0"',
		],
	])('%j is refused before anything is sent', async (parameters, message) => {
		const { error } = await lookUp({ ...byId(), lookUpValue: 1, ...parameters });
		expect(error?.message).toContain(message);
		expect(error?.message).toMatch(/ \[item 0\]$/);
		expect(error?.description).toMatch(/\S/);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('One invalid item fails alone and other items are looked up', async () => {
		const [{ id }] = companies();
		const input = [{ id: 'x' }, { id }, { id: [1] }];
		const { json: rows, errorItems } = await lookUp(byId(), {
			input: input as never,
			onError: 'continueErrorOutput',
		});
		expect(rows).toMatchObject([{ id, teamogy: { id } }]);
		expect(errorItems).toHaveLength(2);
	});

	it("A column that the view lacks is reported in Teamogy's words", async () => {
		const { error } = await lookUp(by('nothing'), { input: [{ nothing: 1 }] });
		expect(error?.message).toBe(
			'Teamogy did not accept the request for the view "companies" [item 0]',
		);
		expect(error?.description).toMatch(/there is no column "nothing"/);
	});

	it('A request without a response fails its items alone', async () => {
		const input = companies()
			.slice(0, 700)
			.map(({ id }) => ({ id }));
		const lost = `id=${String(input[0].id)} `;
		testBed.sandbox.fault({
			kind: 'status',
			status: 502,
			times: Infinity,
			when: ({ query }) => query.externalFilter.includes(lost),
		});
		const { json: rows, errorItems } = await lookUp(byId(), {
			input,
			onError: 'continueErrorOutput',
		});
		expect(rows.length + errorItems.length).toBe(input.length);
		expect(rows.length).toBeGreaterThan(0);
		expect(rows.every(({ id, teamogy }) => (teamogy as IDataObject).id === id)).toBe(true);
		expect(errorItems[0].json).toMatchObject({ id: input[0].id });
	});

	it('A message does not show the API key that a row holds', async () => {
		const [company] = companies();
		const row = { ...company, name: testBed.sandbox.apiKey };
		testBed.sandbox.fault({
			kind: 'html',
			status: 200,
			body: JSON.stringify({ metadata: { nextOffset: null }, data: [row] }),
			headers: { 'content-type': 'application/json' },
		});
		const { error } = await lookUp(by('name'), { input: [{ name: 'Acme' }] });
		expect(error?.message).toContain('[API key]');
		expect(error?.message).not.toContain(testBed.sandbox.apiKey);
	});

	it('Look Up never writes', async () => {
		await lookUp(byId(), { input: companies().slice(0, 10) });
		expect(getBodies(testBed.sandbox)).toEqual([]);
	});
});
