/** Look Up and Create or Update whatever case and accents. */
import type { IDataObject } from 'n8n-workflow';
import { useTestBed } from '../../helpers/testBed.mts';
import { getReads, getWrites } from '../../helpers/loggedRequests.mts';
import { LOOSELY_EQUAL } from '../../helpers/looseKey.mts';

const testBed = useTestBed({ hasLateRequests: true });

const add = (name: string, more: object = {}): number =>
	testBed.sandbox.insert('companies', { name, ...more }).id;
const lookUp = async (names: unknown[], more: object = {}, run: object = {}) =>
	await testBed.run(
		{
			resource: 'company',
			operation: 'lookUp',
			lookUpColumn: 'name',
			lookUpValue: '={{ $json.name }}',
			options: { ignoreCase: true },
			...more,
		},
		{ input: names.map((name) => ({ name })) as never, ...run },
	);
const idsIn = (rows: IDataObject[]) =>
	rows.map(({ teamogy }) => (teamogy as IDataObject | null)?.id);

describe('Look Up', () => {
	it.each(LOOSELY_EQUAL)('%j finds %j', async (given, there) => {
		const id = add(there);
		expect(idsIn((await lookUp([given])).json)).toEqual([id]);
	});

	it('A messy list finds its companies in two requests, with whole records', async () => {
		const ids = [
			'Divadlo na Vršku',
			'Lékárny Hvězdička',
			'Ácme & Co',
			'Zlatý důl a.s.',
			'Kavárna Nad vodou',
		].map((name) => add(name));
		const names = [
			'divadlo na vršku',
			'Lekarny Hvezdicka',
			' ACME & CO ',
			'Zlatý  důl a.s.',
			'kavarna nad vodou',
			'Nobody',
		];
		const { json, hints } = await lookUp(names);
		expect(idsIn(json)).toEqual([...ids, undefined]);
		expect(json[0].teamogy).toEqual(
			testBed.sandbox.rows('companies').find(({ id }) => id === ids[0]),
		);
		expect(getReads(testBed.sandbox)).toHaveLength(2);
		expect(getReads(testBed.sandbox)[0].query).toMatchObject({
			columns: 'id,name',
			limit: '10000',
		});
		expect(hints.map(({ message }) => message)).toEqual([
			'Nothing was found for 1 of 6 items: "Nobody". Check the values and the column.',
		]);
	});

	it('Several candidates fail with their IDs, and an exact one is taken', async () => {
		const [one, two] = [add('Šíp'), add('SIP')];
		const { json, errorItems } = await lookUp(
			['sip', 'Šíp', 'SIP'],
			{},
			{
				onError: 'continueErrorOutput',
			},
		);
		expect(idsIn(json)).toEqual([one, two]);
		expect(errorItems.map(({ json: item }) => item.error)).toEqual([
			`2 records have "sip" in "name", ignoring case, accents and legal form: ${one}, ${two} [item 0]`,
		]);
	});

	it.each([
		['LEKARNY HVEZDICKA', 'Lékárny Hvězdička a.s.'],
		['tiskarna  strela', 'Tiskárna Střela, spol. s r. o.'],
		['Mobel Uhu gmbh & co. kg', 'Möbel Uhu'],
		['Pixelwerk, Ltd.', 'pixelwerk'],
		['Pixelwerk Limited', 'Pixelwerk Ltd.'],
	])('%j finds %j: one of them lacks the legal form', async (given, there) => {
		const id = add(there);
		expect(idsIn((await lookUp([given])).json)).toEqual([id]);
	});

	it.each([
		['Město Kladno', 'Město Kladno ZŠ'],
		['Škola Písek', 'Škola Písek VOŠ'],
	])('%j does not find %j: without dots and a comma it is no legal form', async (given, there) => {
		add(there);
		expect((await lookUp([given])).json).toEqual([{ name: given, teamogy: null }]);
	});

	it.each([
		['Rosnička s.r.o.', 'Rosnička, s.r.o.'],
		['rosnicka sro', 'Rosnička,s. r. o.'],
		['Rosnička s.r.o.', 'Rosnička spol. s r.o.'],
		['Rosnička a.s.', 'Rosnička a. s.'],
		['Rosnička', 'Rosnička,s.r.o.'],
	])('%j finds %j: the same legal form is written in another way', async (given, there) => {
		const other = add('Rosnička v.o.s.');
		const id = add(there);
		if (given === 'Rosnička') testBed.sandbox.remove('companies', other);
		expect(idsIn((await lookUp([given])).json)).toEqual([id]);
	});

	it('A unit of measure without comma and dots is part of a name', async () => {
		add('Vizitky 500 ks');
		expect(idsIn((await lookUp(['vizitky 500'])).json)).toEqual([undefined]);
	});

	it('A word that is a legal form elsewhere is part of a name', async () => {
		add('Zelený Den');
		const id = add('Modrý Den a.s.');
		expect(idsIn((await lookUp(['Zelený Den Spa', 'modry den'])).json)).toEqual([undefined, id]);
	});

	it('Another legal form is another company, and a name as it is comes first', async () => {
		const [plain, withForm] = [add('Vážka'), add('Vážka s.r.o.')];
		const { json } = await lookUp(['vazka', 'vazka s.r.o.', 'Vážka a.s.']);
		expect(idsIn(json)).toEqual([plain, withForm, plain]);
		testBed.sandbox.remove('companies', plain);
		expect(idsIn((await lookUp(['vazka', 'Vážka a.s.'])).json)).toEqual([withForm, undefined]);
	});

	it('Two companies that differ in their legal form are both candidates for the name alone', async () => {
		const ids = [add('Vážka s.r.o.'), add('Vážka a.s.')];
		const { error } = await lookUp(['vazka']);
		expect(error?.message).toBe(
			`2 records have "vazka" in "name", ignoring case, accents and legal form: ${ids.join(', ')} [item 0]`,
		);
	});

	it('The rows of a value with several records are not requested, and the advice fits', async () => {
		const ids = [add('Dvojče'), add('Dvojče')];
		const { error } = await lookUp(['Dvojče']);
		expect(error?.message).toBe(`2 records have "Dvojče" in "name": ${ids.join(', ')} [item 0]`);
		expect(error?.description).toBe(
			'To get one of them, match on a column that is different for every record.',
		);
		expect(getReads(testBed.sandbox)).toHaveLength(1);
	});

	it('What nothing is found for is named with the texts that are spelt much like it', async () => {
		const id = add('Kavárna <Zrcadlo> & synové, s.r.o.');
		const { hints } = await lookUp([
			'kavarna zrcadlo a synove',
			'Qwxyz',
			'kavarna zrcadlo a synove',
		]);
		expect(hints.map(({ message }) => message)).toEqual([
			`Nothing was found for 3 of 3 items: "kavarna zrcadlo a synove", similar to "Kavárna &lt;Zrcadlo> &amp; synové, s.r.o." (ID ${id}), "Kavárna Zrnko (catering)" (ID 30035), "Qwxyz". Check the values and the column.`,
		]);
	});

	it('The chosen columns are returned, with those that were needed', async () => {
		const id = add('Šíp', { industry: 'Cars' });
		const { json } = await lookUp(['sip'], {
			options: { ignoreCase: true, columns: ['industry'] },
		});
		expect(json[0].teamogy).toEqual({ id, name: 'Šíp', industry: 'Cars' });
	});

	it('Numbers are matched in few requests as without the option', async () => {
		const [{ id }] = testBed.sandbox.rows('companies');
		const { json } = await lookUp([String(id)], { lookUpColumn: 'id' });
		expect(idsIn(json)).toEqual([id]);
		expect(testBed.sandbox.log).toHaveLength(1);
	});

	it('A view that does not return the column is refused', async () => {
		const { error } = await lookUp(['x'], { lookUpColumn: 'nothing' });
		expect(error?.message).toMatch(/no column "nothing" to match on/);
	});
});

describe('Create or Update', () => {
	const upsert = async (names: string[], more: object = {}, run: object = {}) =>
		await testBed.run(
			{
				resource: 'company',
				operation: 'upsert',
				fieldsMode: 'json',
				body: '={{ { name: $json.name, industry: "x" } }}',
				matchColumn: 'name',
				matchValue: '={{ $json.name }}',
				options: { ignoreCase: true },
				...more,
			},
			{ input: names.map((name) => ({ name })), ...run },
		);
	const written = () => getWrites(testBed.sandbox).map(({ method, query }) => [method, query.id]);

	it('A record is updated ignoring case and accents, and a new value creates one record for all its spellings', async () => {
		const id = add('Lékárny Hvězdička');
		const { json, error } = await upsert(['lekarny hvezdicka', 'Nová', 'NOVA', 'nova ']);
		expect(error).toBeUndefined();
		const created = json[1].id;
		expect(written()).toEqual([
			['PATCH', String(id)],
			['POST', undefined],
			['PATCH', String(created)],
			['PATCH', String(created)],
		]);
	});

	it('Spaces beside dots and commas do not make another record', async () => {
		const id = add('Rosnička Praha, a. s.');
		await upsert(['Rosnička Praha,a.s.']);
		expect(written()).toEqual([['PATCH', String(id)]]);
	});

	it('A record with a legal form besides is another one: its name would be overwritten', async () => {
		add('Lékárny Hvězdička a.s.');
		await upsert(['Lekarny Hvezdicka']);
		expect(written().map(([method]) => method)).toEqual(['POST']);
	});

	it('Invisible characters alone are no spelling of a name that is empty', async () => {
		add('');
		await upsert(['\u200b', '\u2060']);
		expect(written().map(([method]) => method)).toEqual(['POST', 'POST']);
	});

	it.each([[['Seznam']], { first: 'SEZNAM' }, [[{ deep: 'seznam' }]]])(
		'A record that may be meant is not created again: its column holds %j',
		async (name) => {
			testBed.sandbox.insert('companies', { name });
			const { error, items } = await upsert(['Seznam']);
			expect(error?.message).toMatch(
				/^Teamogy returned a record with ".+" in "name" instead of "Seznam"/,
			);
			expect(items).toEqual([]);
			expect(written()).toEqual([]);
		},
	);

	it('A list in the column of another record is in no way of a new record', async () => {
		const id = add('Pro Jistotu');
		testBed.sandbox.insert('companies', { name: ['Seznam', null, 'Pro jistotu'] });
		const { error } = await upsert(['pro jistotu', 'Nový']);
		expect(error).toBeUndefined();
		expect(written()).toEqual([
			['PATCH', String(id)],
			['POST', undefined],
		]);
	});

	it.each([[['acme', 'Acme', 'ÁCME ']], [['7 Dní', '7 DNI', '7  dní']]])(
		'One run and several runs make one record of all spellings: %j',
		async (names) => {
			const countNew = () => written().filter(([method]) => method === 'POST').length;
			await upsert(names);
			expect(countNew()).toBe(1);
			await upsert([...names].reverse());
			expect(countNew()).toBe(1);
			testBed.sandbox.reset();
			for (const name of names) await upsert([name]);
			expect(countNew()).toBe(1);
		},
	);

	it('Several candidates fail with their IDs before the first write', async () => {
		const ids = [add('Šíp'), add('SIP')];
		const { error } = await upsert(['New', 'sip']);
		expect(error?.message).toContain(`ignoring case and accents: ${ids.join(', ')} [item 1]`);
		expect(written()).toEqual([]);
	});

	it('Filters narrow the match down', async () => {
		const [one] = [add('Šíp', { industry: 'A' }), add('SIP', { industry: 'B' })];
		await upsert(['sip'], { filters: { conditions: [{ column: 'industry', value: 'A' }] } });
		expect(written()).toEqual([['PATCH', String(one)]]);
		const filters = getReads(testBed.sandbox).map(({ query }) => query.externalFilter);
		// The first read is for the type of the column.
		expect(filters.slice(0, 2)).toEqual([undefined, "industry='A'"]);
	});
});
