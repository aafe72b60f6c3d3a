/** The output as a file: CSV and JSON Lines of any number of rows. */
import type { IDataObject } from 'n8n-workflow';
import { parseCsv } from '../../helpers/csv.mts';
import { getMessages, useOutput } from '../../helpers/output.mts';
import { builtModule, expectItemError, type RunResult } from '../../helpers/testBed.mts';

const JOBS = 2100;

const { testBed, getAll, respond } = useOutput(JOBS);

interface RowFile {
	store(batches: AsyncIterable<IDataObject[]>, context: object): Promise<{ rows: IDataObject[] }>;
}

/** JSON of many levels. */
const nest = (levels: number): string => `${'['.repeat(levels)}1${']'.repeat(levels)}`;

describe('File', () => {
	const read = ({ items }: RunResult, field = 'data'): string =>
		Buffer.from(items[0].binary![field].data, 'base64').toString();
	const file = async (parameters: object): Promise<RunResult> => {
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
			respond(toRows(HOSTILE));
			const options = { byteOrderMark: false, delimiter };
			const text = read(await file({ options }));
			expect(parseCsv(text, delimiter.replace('\\t', '\t'))).toEqual([
				['id', 'text'],
				...HOSTILE.map((cell, id) => [String(id), cell]),
			]);
		},
	);

	it('Text that a spreadsheet would run is harmless with a byte order mark, numbers stay', async () => {
		respond([...toRows(HOSTILE), { id: -1, text: -5 }, { id: -2, text: { '=': 1 } }]);
		const [, ...lines] = parseCsv(read(await file({})).slice(1));
		expect(lines).toEqual([
			...HOSTILE.map((cell, id) => {
				const start = /^[=+@\t\r\0-]/.test(cell) ? "'" : '';
				return [String(id), start + cell.replace('\t=', "\t'=")];
			}),
			['-1', '-5'],
			['-2', '{"=":1}'],
		]);
	});

	it.each([
		["Acme;=cmd|'/c calc'!A0", "Acme;'=cmd|'/c calc'!A0"],
		['a,=1', "a,'=1"],
		['a\t@SUM(A1)', "a\t'@SUM(A1)"],
		['a|=1', "a|'=1"],
		['first line\n=1', "first line\n'=1"],
		['first line\r\n=1', "first line\r\n'=1"],
		['a;"=1', 'a;"\'=1'],
		['a;=1;=2', "a;'=1;'=2"],
		[['a', '=1'], '["a","\'=1"]'],
		['100,- Kč; -5 %; +420 123', '100,- Kč; -5 %; +420 123'],
		['a = b, jan@example.com', 'a = b, jan@example.com'],
	])('The cell %j has no formula where a spreadsheet splits it', async (text, cell) => {
		respond([{ text }]);
		expect(parseCsv(read(await file({})).slice(1))).toEqual([['text'], [cell]]);
		respond([{ text }]);
		const [, [exact]] = parseCsv(read(await file({ options: { byteOrderMark: false } })));
		expect(exact).toBe(typeof text === 'string' ? text : JSON.stringify(text));
	});

	it.each(['csv', 'jsonl'])(
		'A value of 50,000 levels is cut in a file of %s',
		async (fileFormat) => {
			testBed.sandbox.fault({
				kind: 'text',
				status: 200,
				headers: { 'content-type': 'application/json' },
				body: `{"metadata":{"nextOffset":null},"data":[{"id":1,"deep":${nest(50_000)},"name":"a"},{"id":2}]}`,
			});
			const text = read(await file({ fileFormat }));
			expect(text).toContain('[nested too deeply]');
			expect(text.length).toBeLessThan(1000);
			if (fileFormat === 'csv') {
				const [header, first, second] = parseCsv(text.slice(1));
				expect(header).toEqual(['id', 'deep', 'name']);
				expect([first[0], first[2], second[0]]).toEqual(['1', 'a', '2']);
			} else {
				const [first, second] = text.split('\n').slice(0, 2);
				expect(JSON.parse(first)).toMatchObject({ id: 1, name: 'a' });
				expect(JSON.parse(second)).toEqual({ id: 2 });
			}
		},
	);

	it('A table with more columns than spreadsheets take is refused, JSON Lines are not', async () => {
		const rows = Array.from({ length: 200 }, (_, id) => ({
			id,
			properties: Object.fromEntries(
				Array.from({ length: 100 }, (__, at) => [`own${id}_${at}`, 'x']),
			),
		}));
		respond(rows);
		const result = await getAll({ output: 'file', returnAll: true });
		expectItemError(result, /^The file would have 20001 columns, and spreadsheets take 16384/);
		expect(result.error!.description).toContain('Choose the columns');
		respond(rows);
		expect((await file({ fileFormat: 'jsonl' })).json).toMatchObject([{ rows: 200 }]);
		respond(rows);
		const chosen = await file({ columns: ['id', 'properties.own7_3'] });
		expect(parseCsv(read(chosen).slice(1))).toHaveLength(201);
	});

	it('A line of one empty cell is a line', async () => {
		respond([{ note: 'a' }, { note: null }, { note: 'b' }]);
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
		expect(getMessages(result)).toEqual([
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
		respond(first, second, third);
		const result = await file({ options: { pageSize: 600 } });
		expect(result.json).toMatchObject([{ rows: 1800, columns: ['id', 'second'] }]);
		expect(getMessages(result)).toEqual([
			"The first 1,000 records do not have these columns, so they are not in the file: late, properties.later. To have them, choose the columns under 'Column Names or IDs'.",
		]);
	});

	it('The first 1,000 rows decide on the columns however many rows a page has', async () => {
		const rows = Array.from({ length: 1600 }, (_, id) => (id < 1500 ? { id } : { id, late: 'x' }));
		respond(rows);
		const result = await file({ options: { pageSize: 2000 } });
		expect(result.json).toMatchObject([{ rows: 1600, columns: ['id'] }]);
		expect(getMessages(result)).toEqual([
			expect.stringMatching(/^The first 1,000 records do not have .*: late\./),
		]);
		respond(rows);
		const parameters = { returnAll: true, output: 'simplified', options: { pageSize: 2000 } };
		const simplified = await getAll(parameters);
		expect(simplified.json.at(-1)).toEqual({ id: 1599 });
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
		[{ fileName: 'invoices 30.11.2026' }, 'invoices 30.11.2026.csv'],
		[{ fileName: 'invoices.sales' }, 'invoices.sales.csv'],
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

	it('Other work of n8n has its turn while a page of many cells is written', async () => {
		const { RowFile } = builtModule<{ RowFile: new (settings: object) => RowFile }>(
			'nodes/operations/rowFile.js',
		);
		const row = Object.fromEntries(Array.from({ length: 1000 }, (_, at) => [`c${at}`, at]));
		async function* makeBatches(): AsyncGenerator<IDataObject[]> {
			yield Array.from({ length: 1000 }, () => row);
		}
		let turns = 0;
		let isDone = false;
		const takeTurn = () => {
			turns++;
			if (!isDone) setImmediate(takeTurn);
		};
		setImmediate(takeTurn);
		const lines: number[] = [];
		const prepareBinaryData = async (stream: AsyncIterable<Buffer>): Promise<object> => {
			for await (const chunk of stream) lines.push(chunk.toString().split('\n').length - 1);
			return {};
		};
		const settings = { format: 'csv', binaryProperty: 'data', fileName: 'x.csv', delimiter: ',' };
		await new RowFile(settings).store(makeBatches(), { helpers: { prepareBinaryData } });
		isDone = true;
		expect(lines).toEqual([1, ...Array<number>(10).fill(100)]);
		expect(turns).toBeGreaterThanOrEqual(9);
	});

	it('A failure on a later page fails the item with its own message', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 403, path: /offset=1000/ });
		const result = await getAll({ resource: 'job', output: 'file', returnAll: true });
		expectItemError(result, /^Teamogy refused access to the view "jobs"/);
	});

	it.each([
		[{ options: { delimiter: ',,' } }, /^'Delimiter', ",,", is not one character/],
		[{ options: { delimiter: '"' } }, /^'Delimiter'/],
		[{ options: { byteOrderMark: '={{ "off" }}' } }, /^'Format for Excel' must be true or false/],
		[{ fileFormat: '={{ "xlsx" }}' }, /^"xlsx" is not a valid value for 'File Format'/],
	])('%j is refused', async (parameters, message) => {
		expectItemError(await getAll({ output: 'file', ...parameters }), message);
	});
});
