/** The output of Get Many and Get: simplified, selected columns, the limit, and what a tool returns. */
import type { IDataObject } from 'n8n-workflow';
import { getMessages, useOutput } from '../../helpers/output.mts';
import { expectItemError, type RunResult } from '../../helpers/testBed.mts';

const JOBS = 2100;

const { testBed, getAll, respond } = useOutput(JOBS);

const get = async (resource: string, id: unknown, more: object = {}): Promise<RunResult> =>
	await testBed.run({
		resource,
		operation: 'get',
		recordId: { __rl: true, mode: 'id', value: id },
		...more,
	});

describe('Simplified', () => {
	it.each([
		[
			{ resource: 'invoice' },
			'id number name companyName status paymentStatus total currency dueDate issueDate',
		],
		[
			{ resource: 'job' },
			'id number name companyName status currency dueOn startOn ownerName brandName',
		],
		[
			{ resource: 'company' },
			'id name type category registration industry city country vat clientDueDays',
		],
		[
			{ resource: 'timeEntry' },
			'id companyName status hours date userName jobName taskName overheadName type',
		],
		[
			{ resource: 'user' },
			'id name userName email phone category firstName lastName agencyName isDisabled',
		],
	])('The rows of %j have the columns that tell what a record is', async (parameters, columns) => {
		const { json } = await getAll({ ...parameters, returnAll: true });
		const names = [...new Set(json.flatMap((row) => Object.keys(row)))];
		expect(names.join(' ')).toBe(columns);
	});

	it('The rows are those of the view, and hold nothing nested', async () => {
		const { json } = await getAll({ returnAll: true });
		const rows = testBed.sandbox.rows('invoices.sales');
		expect(rows.length).toBeGreaterThan(0);
		expect(json).toHaveLength(rows.length);
		for (const [index, row] of json.entries()) {
			expect(rows[index]).toMatchObject(row);
			expect(Object.values(row).every((value) => value === null || typeof value !== 'object')).toBe(
				true,
			);
		}
	});

	it('The request asks for no particular columns', async () => {
		await getAll({});
		expect(testBed.sandbox.log.map(({ query }) => query)).toEqual([{ limit: '51', offset: '0' }]);
	});

	it('A hint says how many more columns have values, and how to get them', async () => {
		respond([
			{ id: 1, number: 'A', tags: ['x'], properties: { note: 'y' }, nothing: null, empty: '' },
		]);
		const result = await getAll({});
		expect(result.json).toEqual([{ id: 1, number: 'A' }]);
		expect(getMessages(result)).toEqual([
			"The output is simplified: 2 more columns have values. To get them, set 'Output' to All Columns or Selected Columns.",
		]);
	});

	it('No hint is shown where the rows have no more columns', async () => {
		respond([{ id: 1, name: 'A', note: null }]);
		const result = await getAll({});
		expect(result.json).toEqual([{ id: 1, name: 'A' }]);
		expect(getMessages(result)).toEqual([]);
	});

	it('A column that is empty in all rows is left out, one that is empty in some rows stays', async () => {
		respond([
			{ id: 1, name: null, status: '', note: null },
			{ id: 2, name: 'B', status: '', note: null },
		]);
		expect((await getAll({})).json).toEqual([
			{ id: 1, name: null },
			{ id: 2, name: 'B' },
		]);
	});

	it('Columns with names of any language fill up the ten, those with an ID or a switch last', async () => {
		const row = {
			klientId: 5,
			jeUzavřeno: true,
			stav: 'nový',
			'částka celkem': 5,
			id: 1,
			název: 'Věc',
			number: 'X1',
		};
		respond([row]);
		const { json } = await getAll({});
		expect(Object.keys(json[0])).toEqual([
			'id',
			'number',
			'stav',
			'částka celkem',
			'název',
			'jeUzavřeno',
			'klientId',
		]);
		expect(json[0]).toEqual(row);
	});

	it('Rows of nested values alone stay as they are', async () => {
		const rows = [{ data: { id: 1 } }, { data: { id: 2 } }];
		respond(rows);
		expect((await getAll({})).json).toEqual(rows);
	});

	it('The column to sort by is among the columns', async () => {
		const sort = { fields: [{ column: 'referenceNumber' }] };
		const { json } = await getAll({ sort });
		expect(Object.keys(json[0])).toContain('referenceNumber');
		expect(Object.keys(json[0])).toHaveLength(10);
	});

	it.each(['status', 'name', 'id'])(
		'An entry of properties does not stand in for a column that the rows have: sorted by %s',
		async (column) => {
			respond([{ id: 1, status: 'OPEN', properties: { status: 'x', number: 'A1' } }]);
			const { json } = await getAll({ sort: { fields: [{ column }] } });
			expect(json).toEqual([{ id: 1, 'properties.number': 'A1', status: 'OPEN' }]);
		},
	);

	it('Get returns a simplified record, with the name that is among its properties', async () => {
		const record = testBed.sandbox.records('documents').find(({ agencyId }) => agencyId === 1)!;
		const { json, hints } = await get('document', record.id);
		expect(json).toEqual([
			expect.objectContaining({
				id: record.id,
				number: record.number,
				'properties.name': (record.properties as IDataObject).name,
			}),
		]);
		expect(Object.keys(json[0]).length).toBeLessThanOrEqual(10);
		expect(hints).toHaveLength(1);
	});

	it('Get returns a simplified row of a view', async () => {
		const [row] = testBed.sandbox.rows('opportunities');
		const { json } = await get('opportunity', row.id);
		expect(Object.keys(json[0])).toHaveLength(10);
		expect(row).toMatchObject(json[0]);
	});

	it('One hint is shown for many items', async () => {
		const ids = testBed.sandbox.rows('jobs').slice(0, 20);
		const recordId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
		const input = ids.map(({ id }) => ({ id: Number(id) }));
		const { json, hints } = await testBed.run(
			{ resource: 'job', operation: 'get', recordId },
			{ input },
		);
		expect(json).toHaveLength(20);
		expect(hints).toHaveLength(1);
	});
});

describe('Selected Columns', () => {
	it('A column to sort by is read but not returned', async () => {
		const parameters = { output: 'selected', columns: ['number', 'properties.extName'] };
		const sort = { fields: [{ column: 'total', direction: 'desc' }] };
		const { json } = await getAll({ ...parameters, sort, limit: 3 });
		const rows = testBed.sandbox
			.rows('invoices.sales')
			.toSorted((a, b) => Number(b.total) - Number(a.total));
		expect(json).toEqual(
			rows.slice(0, 3).map(({ number, properties }) => ({
				number,
				properties: { extName: (properties as IDataObject).extName },
			})),
		);
		expect(testBed.sandbox.log[0].query).toMatchObject({
			columns: 'number,total',
			properties: 'extName',
		});
	});

	it('Get of a record returns the selected fields, and a hint names those it lacks', async () => {
		const [record] = testBed.sandbox.records('companies');
		const columns = ['name', 'properties.extName', 'addresses', 'companyName'];
		const result = await get('company', record.id, { output: 'selected', columns });
		const { extName } = record.properties as IDataObject;
		expect(result.json).toEqual([
			{ name: record.name, addresses: record.addresses, properties: { extName } },
		]);
		expect(getMessages(result)).toEqual(['The record does not have: companyName.']);
	});

	it('A file is refused where none is offered', async () => {
		expectItemError(
			await get('job', 5001, { output: '={{ "file" }}' }),
			/^'Output' cannot be a file/,
		);
	});
});

describe('The limit', () => {
	it('A hint says that there may be more records', async () => {
		expect(getMessages(await getAll({ output: 'all', limit: 5 }))).toEqual([
			"The limit of 5 records was reached, and there may be more. To get all, turn on 'Return All'.",
		]);
	});

	it('No hint is shown where the view has exactly as many records as the limit', async () => {
		const limit = testBed.sandbox.rows('invoices.sales').length;
		expect(getMessages(await getAll({ output: 'all', limit }))).toEqual([]);
		expect(testBed.sandbox.log).toHaveLength(1);
	});

	it.each([
		['The limit is a whole page', {}],
		['The records are searched', { options: { search: 'Acme', pageSize: 2 } }],
	])('No hint is shown where Teamogy says that no record is left: %s', async (_, more) => {
		const parameters = { output: 'all', limit: 2, options: { pageSize: 2 }, ...more };
		const rows = [1, 2].map((id) => ({ id, name: 'Acme' }));
		respond(rows);
		const limitHint = expect.stringMatching(/^The limit of 2 records was reached/) as string;
		expect(getMessages(await getAll(parameters))).not.toContainEqual(limitHint);
		respond(rows, rows);
		expect(getMessages(await getAll(parameters))).toContainEqual(limitHint);
		testBed.sandbox.clearFaults();
	});
});

describe('A tool', () => {
	const call = async (parameters: object): Promise<IDataObject[]> => {
		const tool = testBed.engine.tool({
			type: 'teamogy',
			parameters: { resource: 'company', operation: 'getAll', ...parameters },
		});
		return JSON.parse(await tool({})) as IDataObject[];
	};

	it('The output says that there may be more records', async () => {
		const rows = await call({ limit: 2 });
		expect(rows).toHaveLength(3);
		expect(rows[0]).toMatchObject({ id: expect.any(Number) as number, name: expect.any(String) });
		expect(rows[2]).toEqual({
			hint: 'Only 2 records are listed, and there may be more. To find others, narrow the filters or the search.',
		});
	});

	it('The output has the records alone where the list is whole', async () => {
		const rows = await call({ returnAll: true });
		expect(rows).toHaveLength(testBed.sandbox.rows('companies').length);
	});

	it('The output says what was looked for and what to try where nothing was found', async () => {
		const filters = { conditions: [{ column: 'name', value: 'skoda' }] };
		expect(await call({ filters })).toEqual([
			{
				hint: expect.stringMatching(
					/^No record of the view "companies" meets the filter name='skoda'\. .* try another spelling, fewer conditions, or a search\.$/,
				) as string,
			},
		]);
		expect(await call({ filters, options: { search: 'x' } })).toEqual([
			{
				hint: expect.stringContaining(
					'meets the filter name=\'skoda\' and contains "x".',
				) as string,
			},
		]);
		expect(await call({ options: { unitId: 2 }, resource: 'opportunity' })).toEqual([
			{ hint: 'The view "opportunities" has no records.' },
		]);
	});

	it('The rows are simplified', async () => {
		const [row] = await call({ limit: 1, resource: 'invoice' });
		expect(Object.keys(row)).toHaveLength(10);
	});

	it('The list of outputs has no file, which a node that is no tool has', () => {
		const { properties } = testBed.engine.description('teamogy');
		const lists = properties
			.filter(
				({ name, displayOptions }) =>
					name === 'output' && displayOptions?.show?.operation?.includes('getAll'),
			)
			.map(({ displayOptions, options = [] }) => ({
				forTools: displayOptions?.show?.['@tool']?.[0] === true,
				notForTools: displayOptions?.hide?.['@tool']?.[0] === true,
				hasFile: options.some((option) => 'value' in option && option.value === 'file'),
			}));
		expect(lists).toEqual([
			{ forTools: false, notForTools: true, hasFile: true },
			{ forTools: true, notForTools: false, hasFile: false },
		]);
	});

	it('A file is refused', async () => {
		await expect(call({ output: 'file' })).rejects.toThrow("'Output' cannot be a file here");
	});
});
