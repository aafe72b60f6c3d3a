/** Look Up by values of every type and spelling finds the records that have them. */
import type { IDataObject } from 'n8n-workflow';
import fc from 'fast-check';
import { by, byId, useLookUp } from '../../../helpers/lookUp.mts';
import { HOSTILE_NAMES } from '../../../helpers/hostileTexts.mts';
import { looseKey, LOOSELY_EQUAL } from '../../../helpers/looseKey.mts';

const { testBed, lookUp, companies, filters } = useLookUp();

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

	it.each([
		['auto', 'auto'],
		['number', 'boolean'],
	])('0 and false are values, of the types %s and %s', async (numberType, booleanType) => {
		const { id } = testBed.sandbox.insert('companies', { name: 'Zero', properties: { level: 0 } });
		const zero = by('properties.level', { lookUpType: numberType, lookUpOutput: 'record' });
		const { json: rows } = await lookUp(zero, { input: [{ 'properties.level': 0 }] });
		expect(rows).toMatchObject([{ id }]);
		const no = await lookUp(by('isClient', { lookUpType: booleanType, lookUpOutput: 'record' }), {
			input: [{ isClient: false }],
		});
		expect(no.json.every(({ isClient }) => isClient === false)).toBe(true);
		expect(no.json.length).toBeGreaterThan(0);
	});

	it.each([undefined, null, '', ' ', '\t\n', '\u00a0'])(
		'No request is sent without a value, %j',
		async (id) => {
			for (const lookUpType of ['auto', 'number', 'string', 'boolean']) {
				const parameters = byId({ lookUpType });
				const { json: rows, error } = await lookUp(parameters, { input: [{ id, own: 1 }] });
				expect(error).toBeUndefined();
				expect(rows).toMatchObject([{ own: 1, teamogy: null }]);
			}
			expect(testBed.sandbox.log).toEqual([]);
		},
	);

	it.each(HOSTILE_NAMES)('%j is found as it is', async (name) => {
		const { id } = testBed.sandbox.insert('companies', { name });
		testBed.sandbox.insert('companies', { name: `${name}x` });
		const { json: rows } = await lookUp(by('name', { lookUpOutput: 'record' }), {
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
					...by('name', { lookUpOutput: 'record', onMissing: 'skip' }),
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
			{ numRuns: 60, examples: [[['BB\u00a0'], ['bB ', 'Bb\u00a0', 'a']]] },
		);
	});

	describe('Spellings of one value', () => {
		const alone = { lookUpOutput: 'record' };
		const find = async (names: unknown[], more: object = {}, lookUpType = 'auto') =>
			await lookUp(
				{ resource: 'brand', ...by('name', { ...alone, lookUpType, onMissing: 'skip' }) },
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
				// One request for each of the two.
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
				const more = { onError: 'continueErrorOutput' };
				const { json: rows, errorItems } = await find([asked, 'Acme'], more, 'string');
				expect(rows).toMatchObject([{ id }]);
				expect(errorItems.map(({ json }) => json.error)).toEqual([
					`Teamogy returned a record with "${shown}" in "name" instead of "${asked}" [item 0]`,
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
			expect(errorItems[0].json.error).toMatch(/has no column "nothing" to match on/);
			// Two requests tell once for all values that the view lacks the column.
			expect(testBed.sandbox.log.length).toBeLessThanOrEqual(8 + 1 + 2);
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
			by('properties.extId', { lookUpOutput: 'record', options }),
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
