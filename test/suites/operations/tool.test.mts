/** The node as a tool of an agent: what a model is told besides the records. */
import type { IDataObject } from 'n8n-workflow';
import { useTestBed } from '../../helpers/testBed.mts';

const testBed = useTestBed();

const call = async (parameters: object, args: IDataObject = {}): Promise<IDataObject[]> =>
	JSON.parse(await testBed.engine.tool({ type: 'teamogy', parameters })(args)) as IDataObject[];

const list = async (parameters: object): Promise<IDataObject[]> =>
	await call({ resource: 'company', operation: 'getAll', returnAll: true, ...parameters });

const condition = (column: string, operator: string, value: unknown, more: object = {}) => ({
	filters: { conditions: [{ column, operator, value, ...more }] },
});

const companies = () => testBed.sandbox.rows('companies');

describe('The search of a tool', () => {
	it('The search is the first parameter after resource, operation and view', () => {
		const shown = testBed.engine
			.description('teamogy')
			.properties.filter(({ displayOptions }) =>
				displayOptions?.show?.operation?.includes('getAll'),
			)
			.map(({ name }) => name)
			.filter((name) => !['view', 'viewName'].includes(name));
		expect(shown[0]).toBe('search');
	});

	it('The search finds a part of a text, as the option of the same name does', async () => {
		const name = String(companies()[0].name);
		const part = name.slice(1).toUpperCase();
		const found = await list({ search: part });
		expect(found.map((row) => row.name)).toContain(name);
		expect(found.length).toBeLessThan(companies().length);
		expect(await list({ options: { search: part } })).toEqual(found);
	});

	it('A search that is fixed in the options stays beside the one of the model', async () => {
		const [{ name }] = companies();
		const options = { search: String(name) };
		const found = await list({ search: String(name).slice(1, 4), options });
		expect(found.map((row) => row.name)).toEqual([name]);
		expect(await list({ search: 'no company has this text', options })).toEqual([
			{
				hint: `No record of the view "companies" contains "no company has this text" and contains "${name}". Try a shorter part of the text as the search.`,
			},
		]);
	});

	it('A model is told that the offset has skipped all records', async () => {
		expect(await list({ options: { offset: 5000 } })).toEqual([
			{
				hint: 'The offset skips the first 5000 records of the view "companies", and none is left.',
			},
		]);
		const filtered = condition('isClient', 'equal', true);
		expect(await list({ ...filtered, options: { offset: 5000 } })).toEqual([
			{
				hint: 'The offset skips the first 5000 records of the view "companies", and none is left. A record counts if it meets the filter isClient=true.',
			},
		]);
	});

	it('The search is no parameter of the node that is no tool', async () => {
		const { json } = await testBed.run({
			resource: 'company',
			operation: 'getAll',
			returnAll: true,
			search: 'no company has this text',
		});
		expect(json).toHaveLength(companies().length);
	});
});

describe('The ID', () => {
	it('The ID comes with the columns that were selected', async () => {
		const rows = await list({ output: 'selected', columns: ['name'] });
		expect(Object.keys(rows[0])).toEqual(['id', 'name']);
		expect(rows).toHaveLength(companies().length);
	});

	it('The ID comes with the columns of a record and of a look-up', async () => {
		const { id, name } = companies()[0];
		const record = { recordId: { __rl: true, mode: 'id', value: String(id) } };
		const selected = { output: 'selected', columns: ['name'] };
		expect(await call({ resource: 'company', operation: 'get', ...record, ...selected })).toEqual([
			{ id, name },
		]);
		const lookUp = { operation: 'lookUp', lookUpColumn: 'name', lookUpValue: name };
		const [item] = await call({ resource: 'company', ...lookUp, options: { columns: ['name'] } });
		expect(item.teamogy).toMatchObject({ id, name });
	});

	it('The ID is not added to the columns selected in a node that is no tool', async () => {
		const { json } = await testBed.run({
			resource: 'company',
			operation: 'getAll',
			output: 'selected',
			columns: ['name'],
		});
		expect(Object.keys(json[0])).toEqual(['name']);
	});
});

describe('A list', () => {
	it('A list that was cut says so, and by which conditions it was made', async () => {
		const rows = await list({
			returnAll: false,
			limit: 1,
			...condition('id', 'greaterThan', 1),
			search: 'a',
		});
		expect(rows).toHaveLength(2);
		expect(rows[1].hint).toBe(
			'Only 1 records are listed, and there may be more. Each of them meets the filter id>1 and contains "a". To find others, narrow the filters or the search.',
		);
	});

	it('A list without records names the conditions that n8n checked too', async () => {
		const rows = await list(condition('name', 'contains', 'no such name'));
		expect(rows).toEqual([
			{
				hint: 'No record of the view "companies" meets the conditions name contains "no such name". A filter may compare a text with its case and accents: try another spelling, fewer conditions, or a search.',
			},
		]);
	});
});

describe('A condition without a value', () => {
	it.each(['', '  ', null, undefined, []])(
		'An empty condition is left out where it is optional, and the model is told: %j',
		async (value) => {
			const rows = await list(condition('name', 'equal', value, { ignoreIfEmpty: true }));
			expect(rows).toHaveLength(companies().length + 1);
			expect(rows.at(-1)).toEqual({
				hint: 'The conditions on these columns were left out, since their values are empty: name.',
			});
		},
	);

	it('The other conditions stay where an empty one is left out', async () => {
		const { id } = companies()[1];
		const rows = await list({
			filters: {
				conditions: [
					{ column: 'name', operator: 'contains', value: '', ignoreIfEmpty: true },
					{ column: 'id', value: id },
				],
			},
		});
		expect(rows.map((row) => row.id)).toEqual([id, undefined]);
	});

	it('An empty condition is refused where it is not optional, with what the model can do', async () => {
		await expect(list(condition('name', 'equal', ''))).rejects.toThrow(
			/^The value of filter condition 1, for the column "name", is empty.*Enter a value/s,
		);
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('An optional condition with a value is applied, and Is Empty is never left out', async () => {
		const { id, name } = companies()[0];
		const named = await list(condition('name', 'equal', name, { ignoreIfEmpty: true }));
		expect(named.map((row) => row.id)).toEqual([id]);
		const empty = await list(condition('name', 'ISEMPTY', '', { ignoreIfEmpty: true }));
		expect(empty).toEqual([{ hint: expect.stringContaining('name isEmpty') as string }]);
	});

	it('A node that is no tool tells the person which conditions were left out', async () => {
		const { json, hints } = await testBed.run({
			resource: 'company',
			operation: 'getAll',
			output: 'all',
			returnAll: true,
			...condition('name', 'equal', '', { ignoreIfEmpty: true }),
		});
		expect(json).toHaveLength(companies().length);
		expect(hints.map(({ message }) => message)).toEqual([
			'The conditions on these columns were left out, since their values are empty: name.',
		]);
	});
});

describe('A look-up', () => {
	it('A look-up that found nothing says so', async () => {
		const rows = await call(
			{ resource: 'company', operation: 'lookUp', lookUpColumn: 'name', lookUpValue: 'nobody' },
			{ from: 'the model' },
		);
		expect(rows).toEqual([
			{ from: 'the model', teamogy: null },
			{
				hint: 'No record of the view "companies" has "nobody" in "name". Text may be compared with its case and accents: try another spelling.',
			},
		]);
	});

	/** What a model is told after a look-up of a company by its name. */
	const lookUpLoosely = async (name: string): Promise<IDataObject> => {
		const [, told] = await call({
			resource: 'company',
			operation: 'lookUp',
			lookUpColumn: 'name',
			lookUpValue: name,
			options: { ignoreCase: true },
		});
		return told;
	};

	it('A model reads the names of records as they are', async () => {
		const name = 'Kavárna <Zrcadlo> & syn';
		const { id } = testBed.sandbox.insert('companies', { name });
		const told = await lookUpLoosely('kavarna zrcadlo');
		expect(told.hint).toContain(`Similar: "${name}" (ID ${id})`);
	});

	it('A model that looks up a wrong name is told the names that are spelt much like it', async () => {
		expect(await lookUpLoosely('lekarna mesicek')).toEqual({
			hint: 'No record of the view "companies" has "lekarna mesicek" in "name". Similar: "Lékárny Měsíček a.s." (ID 30007).',
		});
	});
});

describe('A write', () => {
	const fields = (value: object, more: object = {}) => ({
		fieldsMode: 'mapping',
		fields: { mappingMode: 'defineBelow', value, ...more },
	});

	it('A write says what was written, with the ID', async () => {
		const [record, hint] = await call({
			resource: 'company',
			operation: 'create',
			...fields({ name: 'New Ltd.', isClient: true }),
		});
		expect(record.id).toEqual(expect.any(Number));
		expect(hint).toEqual({
			hint: 'These fields were written: name = New Ltd., isClient = true.',
		});
	});

	it('A write says which fields were cleared', async () => {
		const { id } = companies()[0];
		const rows = await call({
			resource: 'company',
			operation: 'update',
			recordId: { __rl: true, mode: 'id', value: String(id) },
			...fields({ industry: '' }),
		});
		expect(rows.at(-1)).toEqual({ hint: 'These fields were written: industry = (cleared).' });
	});

	it('Create or Update says whether a record was created or updated', async () => {
		const upsert = {
			resource: 'company',
			operation: 'upsert',
			...fields({ name: 'Once Ltd.' }, { matchingColumns: ['name'] }),
		};
		const [created] = await call(upsert);
		const [updated] = await call(upsert);
		expect([created.teamogyEvent, updated.teamogyEvent]).toEqual(['created', 'updated']);
		expect(updated.id).toBe(created.id);
	});

	it('The description that n8n makes tells writing operations from reading ones', () => {
		const operations = testBed.engine
			.description('teamogy')
			.properties.filter(({ name }) => name === 'operation')
			.flatMap(({ options = [] }) => options as Array<{ value: string; action: string }>);
		const WRITES = /^(Create|Update|Send an API request)\b/;
		expect(operations.length).toBeGreaterThan(100);
		for (const { value, action } of operations) {
			const isRead = ['get', 'getAll', 'lookUp'].includes(value);
			expect([action, WRITES.test(action)]).toEqual([action, !isRead]);
			if (isRead) expect(action).toMatch(/^(Get|Look up) /);
		}
	});
});
