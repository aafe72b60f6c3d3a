/** Create or Update refuses what is no value, no column or no field before it writes. */
import { expectItemError } from '../../../helpers/testBed.mts';
import { getReads, getWrites } from '../../../helpers/loggedRequests.mts';
import { looseKey } from '../../../helpers/looseKey.mts';
import { byMapper, useUpsert } from '../../../helpers/upsert.mts';
import { toJsonBody } from '../../../helpers/writeParameters.mts';

const { testBed, upsert, add, writeMethods } = useUpsert();

describe('Create or Update: invalid input', () => {
	const expectNoWrite = async (parameters: object, message: RegExp | string, more: object = {}) => {
		expectItemError(await upsert(parameters, more), message);
		expect(getWrites(testBed.sandbox)).toEqual([]);
	};

	it.each([
		[{ name: '' }, 'The value of "name" to match on is empty'],
		[{ name: null }, 'The value of "name" to match on is empty'],
		[{ name: '  ' }, 'The value of "name" to match on is empty'],
		[{ name: '\u00a0\n' }, 'The value of "name" to match on is empty'],
		[{}, /^(There is no field to write|The value of "name" to match on is empty)/],
	])('An item without a value to match on is refused: %j', async (input, message) => {
		await expectNoWrite(byMapper('name'), message, { input: [input] });
		expect(testBed.sandbox.log).toEqual([]);
	});

	it.each(['NaN', 'Infinity'])('A match value of %s is refused: it is no text', async (value) => {
		await expectNoWrite(
			{ ...toJsonBody({ industry: 'x' }), matchColumn: 'name', matchValue: `={{ ${value} }}` },
			`The value of "name" to match on, "${value}", is not a number`,
		);
	});

	it('White space is no value, so a record without a value is not updated', async () => {
		testBed.sandbox.set({ compareBy: looseKey });
		add('');
		const match = { matchColumn: 'name', matchValue: '={{ "  " }}' };
		await expectNoWrite(
			{ ...toJsonBody({ industry: 'x' }), ...match },
			'The value of "name" to match on is empty',
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
		[{ matchColumn: 'id', matchValue: 'abc' }, 'The ID to match on, "abc", is not an ID'],
		[{ matchColumn: 'id', matchValue: '1.5' }, 'The ID to match on, "1.5", is not an ID'],
		[{ matchColumn: 'id', matchValue: '={{ 2 ** 53 }}' }, 'The ID to match on, '],
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
			expect.stringContaining('has too many digits to be compared as a number [item 3]'),
		]);
	});

	it('A value of another type than the column is refused whatever is beside it', async () => {
		add('A', { properties: { extId: 5 } });
		const match = { matchColumn: 'properties.extId', matchValue: '={{ $json.key }}' };
		await expectNoWrite(
			{ ...toJsonBody({ name: 'B' }), ...match },
			'The value of "properties.extId" to match on, "five", is not a number [item 0]',
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
				`The view "companies" has no column "${matchColumn}" to match on`,
			);
			const { error } = await upsert({
				...toJsonBody({ name: 'A' }),
				matchColumn,
				matchValue: 'x',
			});
			expect(error?.description).toMatch(/^Choose one of its columns, e\.g\. [\w.]+, /);
		},
	);

	it('A column that the view lacks is looked for once, however many items there are', async () => {
		const input = Array.from({ length: 20 }, (_, index) => ({ key: `x${index}` }));
		const match = { matchColumn: 'nothing', matchValue: '={{ $json.key }}' };
		const { errorItems } = await upsert(
			{ ...toJsonBody({ name: 'A' }), ...match },
			{ input, onError: 'continueErrorOutput' },
		);
		expect(errorItems).toHaveLength(20);
		const named = getReads(testBed.sandbox).filter(({ query }) => query.columns === 'id,nothing');
		expect(named.filter(({ query }) => !query.externalFilter)).toHaveLength(1);
	});

	it('A body with nothing but the ID is refused', async () => {
		await expectNoWrite(byMapper('id'), 'There is no field to write besides the ID', {
			input: [{ id: 30001 }],
		});
		expect(testBed.sandbox.log).toEqual([]);
	});
});
