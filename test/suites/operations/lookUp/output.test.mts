/** Look Up: what comes out, and the input that is refused. */
import type { IDataObject } from 'n8n-workflow';
import { by, byId, useLookUp } from '../../../helpers/lookUp.mts';
import { getBodies } from '../../../helpers/loggedRequests.mts';

const { testBed, lookUp, companies } = useLookUp();

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
		expect(error?.message).toBe('No record of the view "companies" has "9999999" in "id" [item 1]');
		const { json: rows, errorItems } = await lookUp(parameters, {
			input,
			onError: 'continueErrorOutput',
		});
		expect(rows).toHaveLength(1);
		expect(errorItems.map(({ json, pairedItem }) => [json.error, pairedItem])).toEqual([
			[error?.message, { item: 1 }],
			['No record of the view "companies" has "" in "id" [item 2]', { item: 2 }],
		]);
	});

	it('A hint says how many items found nothing, and which option finds more', async () => {
		const [{ name }] = companies();
		const input = [{ name }, { name: 'Nobody' }, { name: '' }, { name: 'No one' }];
		const { hints } = await lookUp(by('name'), { input });
		expect(hints.map(({ message }) => message)).toEqual([
			'Items without a value to look up: 1 of 4. Nothing was looked up for them.',
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
		[{ lookUpValue: '9007199254740993' }, 'has too many digits to be compared as a number'],
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
		const { error } = await lookUp({
			...byId({ lookUpType: 'number', lookUpValue: 1 }),
			...parameters,
		});
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

	it('A column that the view lacks is named, with columns to choose from', async () => {
		const { error } = await lookUp(by('nothing'), { input: [{ nothing: 1 }] });
		expect(error?.message).toBe(
			'The view "companies" has no column "nothing" to match on [item 0]',
		);
		expect(error?.description).toMatch(/^Choose one of its columns, e\.g\. /);
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
