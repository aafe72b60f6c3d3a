/** What Get Many and Get return of records: simplified rows, all or selected columns, or a file. */
import type { IDataObject } from 'n8n-workflow';
import { parseCsv } from '../../helpers/csv.mts';
import { builtModule, useTestBed, expectItemError, type TestBed } from '../../helpers/testBed.mts';

const JOBS = 2100;

const testBed = useTestBed({ rows: { jobs: JOBS }, hasLateRequests: true });

interface RowFile {
	store(batches: AsyncIterable<IDataObject[]>, context: object): Promise<{ rows: IDataObject[] }>;
}

type Result = Awaited<ReturnType<TestBed['run']>>;

const getAll = async (parameters: object, more: object = {}): Promise<Result> =>
	await testBed.run({ resource: 'invoice', operation: 'getAll', ...parameters }, more);
const get = async (resource: string, id: unknown, more: object = {}): Promise<Result> =>
	await testBed.run({
		resource,
		operation: 'get',
		recordId: { __rl: true, mode: 'id', value: id },
		...more,
	});
const messages = ({ hints }: Result): string[] => hints.map(({ message }) => message);
/** Lets the next page of a view hold these rows. */
const answer = (...pages: IDataObject[][]): void => {
	for (const [index, data] of pages.entries()) {
		const nextOffset = index === pages.length - 1 ? null : (index + 1) * data.length;
		const metadata = { count: data.length, limit: data.length, nextOffset };
		testBed.sandbox.fault({ kind: 'status', status: 200, body: { metadata, data } });
	}
};

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
		answer([
			{ id: 1, number: 'A', tags: ['x'], properties: { note: 'y' }, nothing: null, empty: '' },
		]);
		const result = await getAll({});
		expect(result.json).toEqual([{ id: 1, number: 'A' }]);
		expect(messages(result)).toEqual([
			"The output is simplified: 2 more columns have values. To get them, set 'Output' to All Columns or Selected Columns.",
		]);
	});

	it('No hint is shown where the rows have no more columns', async () => {
		answer([{ id: 1, name: 'A', note: null }]);
		const result = await getAll({});
		expect(result.json).toEqual([{ id: 1, name: 'A' }]);
		expect(messages(result)).toEqual([]);
	});

	it('A column that is empty in all rows is left out, one that is empty in some rows stays', async () => {
		answer([
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
		answer([row]);
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
		answer(rows);
		expect((await getAll({})).json).toEqual(rows);
	});

	it('The column to sort by is among the columns', async () => {
		const sort = { fields: [{ column: 'referenceNumber' }] };
		const { json } = await getAll({ sort });
		expect(Object.keys(json[0])).toContain('referenceNumber');
		expect(Object.keys(json[0])).toHaveLength(10);
	});

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
		expect(messages(result)).toEqual(['The record does not have: companyName.']);
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
		expect(messages(await getAll({ output: 'all', limit: 5 }))).toEqual([
			"The limit of 5 records was reached, and there may be more. To get all, turn on 'Return All'.",
		]);
	});

	it('No hint is shown where the view has exactly as many records as the limit', async () => {
		const limit = testBed.sandbox.rows('invoices.sales').length;
		expect(messages(await getAll({ output: 'all', limit }))).toEqual([]);
		expect(testBed.sandbox.log).toHaveLength(1);
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

describe('File', () => {
	const read = ({ items }: Result, field = 'data'): string =>
		Buffer.from(items[0].binary![field].data, 'base64').toString();
	const file = async (parameters: object): Promise<Result> => {
		const result = await getAll({ output: 'file', returnAll: true, ...parameters });
		expect(result.error).toBeUndefined();
		expect(result.items).toHaveLength(1);
		return result;
	};

	it('A CSV file has all rows of the view, over several pages', async () => {
		const result = await file({ resource: 'job' });
		const rows = testBed.sandbox.rows('jobs');
		const text = read(result);
		expect(text.startsWith('\ufeff')).toBe(true);
		const [header, ...lines] = parseCsv(text.slice(1));
		expect(lines).toHaveLength(JOBS);
		expect(result.json).toEqual([{ fileName: 'jobs.csv', rows: JOBS, columns: header }]);
		expect(header).toEqual(expect.arrayContaining(['id', 'name', 'properties.poNumber']));
		expect(header).not.toContain('properties');
		const column = (name: string) => lines.map((line) => line[header.indexOf(name)]);
		expect(column('id')).toEqual(rows.map(({ id }) => String(id)));
		expect(column('isDisabled')).toEqual(rows.map(({ isDisabled }) => String(isDisabled)));
		expect(column('participantIds')).toEqual(
			rows.map(({ participantIds }) => JSON.stringify(participantIds)),
		);
		expect(result.items[0].binary!.data).toMatchObject({
			fileName: 'jobs.csv',
			fileExtension: 'csv',
			mimeType: 'text/csv',
		});
		expect(result.items[0].pairedItem).toEqual({ item: 0 });
	});

	const HOSTILE = [
		'a,b',
		'a;b',
		'say "hi"',
		'two\nlines',
		'two\r\nlines',
		'\r',
		' space ',
		'',
		'"',
		'""',
		',',
		"'",
		'Žluťoučký 🦄 “kůň”',
		'=1+1',
		'+420 123',
		'-5',
		'@SUM(A1)',
		'\t=1',
		'\0=1',
		'\u2028',
		'null',
	];
	const toRows = (texts: string[]): IDataObject[] => texts.map((text, id) => ({ id, text }));

	it.each([',', ';', '\\t', '|'])(
		'Hostile cells are read back with the delimiter %s',
		async (delimiter) => {
			answer(toRows(HOSTILE));
			const options = { byteOrderMark: false, delimiter };
			const text = read(await file({ options }));
			expect(parseCsv(text, delimiter.replace('\\t', '\t'))).toEqual([
				['id', 'text'],
				...HOSTILE.map((cell, id) => [String(id), cell]),
			]);
		},
	);

	it('Text that a spreadsheet would run is harmless with a byte order mark, numbers stay', async () => {
		answer([...toRows(HOSTILE), { id: -1, text: -5 }, { id: -2, text: { '=': 1 } }]);
		const [, ...lines] = parseCsv(read(await file({})).slice(1));
		expect(lines).toEqual([
			...HOSTILE.map((cell, id) => [String(id), /^[=+@\t\r\0-]/.test(cell) ? `'${cell}` : cell]),
			['-1', '-5'],
			['-2', '{"=":1}'],
		]);
	});

	it('A line of one empty cell is a line', async () => {
		answer([{ note: 'a' }, { note: null }, { note: 'b' }]);
		const options = { byteOrderMark: false };
		expect(read(await file({ options }))).toBe('note\r\na\r\n""\r\nb\r\n');
	});

	it('Chosen columns alone are in the file, in their order', async () => {
		const columns = 'total, number, properties.extName';
		const result = await file({ columns, limit: 2, returnAll: false });
		const rows = testBed.sandbox.rows('invoices.sales').slice(0, 2);
		expect(parseCsv(read(result).slice(1))).toEqual([
			['total', 'number', 'properties.extName'],
			...rows.map(({ total, number, properties }) =>
				[total, number, (properties as IDataObject).extName].map((value) => String(value ?? '')),
			),
		]);
		expect(testBed.sandbox.log[0].query).toMatchObject({
			columns: 'total,number',
			properties: 'extName',
		});
		expect(messages(result)).toEqual([
			"The limit of 2 records was reached, and there may be more. To get all, turn on 'Return All'.",
		]);
	});

	it('Columns that come after the first 1,000 rows are named by a hint', async () => {
		const row = (id: number, more: object = {}): IDataObject => ({ id, ...more });
		const ids = (from: number, count: number) =>
			Array.from({ length: count }, (_, at) => from + at);
		const first = ids(0, 600).map((id) => row(id));
		const second = ids(600, 600).map((id) => row(id, { second: 'x' }));
		const third = ids(1200, 600).map((id) => row(id, { late: 'x', properties: { later: 1 } }));
		answer(first, second, third);
		const result = await file({ options: { pageSize: 600 } });
		expect(result.json).toMatchObject([{ rows: 1800, columns: ['id', 'second'] }]);
		expect(messages(result)).toEqual([
			"The first 1,000 records do not have these columns, so they are not in the file: late, properties.later. To have them, choose the columns under 'Column Names or IDs'.",
		]);
	});

	it('JSON Lines have each row as it is', async () => {
		const result = await file({ resource: 'job', fileFormat: 'jsonl' });
		const text = read(result);
		expect(text.endsWith('\n')).toBe(true);
		const lines = text.trimEnd().split('\n');
		expect(lines.map((line) => JSON.parse(line) as object)).toEqual(testBed.sandbox.rows('jobs'));
		expect(result.json).toMatchObject([{ fileName: 'jobs.jsonl', rows: JOBS }]);
	});

	it('Sorted rows and rows that are found by a search are written to a file', async () => {
		const sort = { fields: [{ column: 'name', direction: 'desc' }] };
		const parameters = { resource: 'job', columns: 'number', fileFormat: 'jsonl', sort };
		const result = await file({ ...parameters, options: { search: 'vanocni' } });
		const names = testBed.sandbox.rows('jobs').filter(({ name }) => /Vánoční/.test(String(name)));
		const lines = read(result).trimEnd().split('\n');
		expect(lines.length).toBeGreaterThanOrEqual(names.length);
		expect(Object.keys(JSON.parse(lines[0]) as object)).toEqual(['number']);
	});

	it.each([
		[{ fileName: 'Bílé & černé.csv' }, 'Bílé & černé.csv'],
		[{ fileName: 'report' }, 'report.csv'],
		[{ fileName: '../../etc/passwd' }, 'passwd.csv'],
		[{ fileName: 'C:\\temp\\x.txt' }, 'x.txt'],
		[{ fileName: '  ' }, 'invoices.sales.csv'],
	])('The options %j give the file name %s', async (options, fileName) => {
		const { items, json } = await file({ limit: 1, returnAll: false, options });
		expect(json[0].fileName).toBe(fileName);
		expect(items[0].binary!.data.fileName).toBe(fileName);
		expect(items[0].binary!.data).not.toHaveProperty('directory');
	});

	it('The file is put in the field that is asked for', async () => {
		const result = await file({ binaryPropertyName: 'invoices', limit: 1, returnAll: false });
		expect(Object.keys(result.items[0].binary!)).toEqual(['invoices']);
	});

	it('A view without rows gives a file with the chosen columns and no rows', async () => {
		const parameters = { resource: 'opportunity', options: { unitId: 2 } };
		const result = await file({ ...parameters, columns: ['id', 'name'] });
		expect(read(result)).toBe('\ufeffid,name\r\n');
		expect(result.json).toMatchObject([{ rows: 0, columns: ['id', 'name'] }]);
		expect(read(await file(parameters))).toBe('\ufeff');
	});

	it('Memory does not grow with the rows: n8n takes one batch after the other', async () => {
		const { RowFile } = builtModule<{ RowFile: new (settings: object) => RowFile }>(
			'nodes/operations/rowFile.js',
		);
		let made = 0;
		let taken = 0;
		let maxAhead = 0;
		async function* makeBatches(): AsyncGenerator<IDataObject[]> {
			for (; made < 200; made++) {
				maxAhead = Math.max(maxAhead, made - taken);
				yield [{ id: made }];
			}
		}
		const prepareBinaryData = async (stream: AsyncIterable<Buffer>): Promise<object> => {
			for await (const chunk of stream) {
				taken += chunk.toString().split('\n').length - 1;
				await new Promise(setImmediate);
			}
			return {};
		};
		const settings = { format: 'jsonl', binaryProperty: 'data', fileName: 'x.jsonl' };
		const { rows } = await new RowFile(settings).store(makeBatches(), {
			helpers: { prepareBinaryData },
		});
		expect(rows).toEqual([{ fileName: 'x.jsonl', rows: 200, columns: ['id'] }]);
		expect(taken).toBe(200);
		expect(maxAhead).toBeLessThan(20);
	});

	it('A failure on a later page fails the item with its own message', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 403, path: /offset=1000/ });
		const result = await getAll({ resource: 'job', output: 'file', returnAll: true });
		expectItemError(result, /^Teamogy refused access to the view "jobs"/);
	});

	it.each([
		[{ options: { delimiter: ',,' } }, /^The Delimiter, ",,", is not one character/],
		[{ options: { delimiter: '"' } }, /^The Delimiter/],
		[{ options: { byteOrderMark: '={{ "no" }}' } }, /^'Byte Order Mark' must be true or false/],
		[{ fileFormat: '={{ "xlsx" }}' }, /^"xlsx" is not a valid value for 'File Format'/],
	])('%j is refused', async (parameters, message) => {
		expectItemError(await getAll({ output: 'file', ...parameters }), message);
	});
});
