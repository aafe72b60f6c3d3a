/** Filters: how they are sent, as conditions and as an expression, and the rows that they find. */
import { type Row } from '../../../sandbox/index.mts';
import { type Condition, useFilters } from '../../../helpers/filters.mts';

const { testBed, getAll, getFiltered, sent } = useFilters();

describe('On the wire', () => {
	const one = async (condition: Condition): Promise<string | undefined> => {
		testBed.sandbox.clearLog();
		await getFiltered('invoices.sales', [condition]);
		return sent();
	};

	it.each([
		['equal', "c='x'"],
		['notEqual', "(NOT (c='x'))"],
		['greaterThan', "c>'x'"],
		['greaterThanOrEqual', "(c>'x' OR c='x')"],
		['lessThan', "(NOT (c>'x' OR c='x'))"],
		['lessThanOrEqual', "(NOT (c>'x'))"],
		['anyOf', "(c='x')"],
	])(
		'The condition %s is sent as %s for a text, a number and a boolean',
		async (operator, filter) => {
			const column = 'c';
			expect(await one({ column, operator, type: 'string', value: 'x' })).toBe(filter);
			for (const value of ['12.50', 12.5, -3, '-3', 0]) {
				const expected = filter.replaceAll("'x'", String(Number(value)));
				expect(await one({ column, operator, type: 'number', value })).toBe(expected);
			}
			for (const value of [true, 'false', ' TRUE ']) {
				const expected = filter.replaceAll("'x'", String(value).trim().toLowerCase());
				expect(await one({ column, operator, type: 'boolean', value })).toBe(expected);
			}
		},
	);

	it('A condition without operator and type compares for equality, as the type of the column', async () => {
		expect(await one({ column: ' companyId ', value: '5' })).toBe('companyId=5');
		expect(await one({ column: 'number', value: 5 })).toBe("number='5'");
	});

	it('A text of nothing is a value of the type String alone', async () => {
		expect(await one({ column: 'c', type: 'string', value: '' })).toBe("c=''");
	});

	it.each([
		[['a', "b, 'c'"], "(c='a' OR c='b, ''c''')"],
		['a, b ,,c,', "(c='a' OR c='b' OR c='c')"],
		["={{ ['a', 'b'] }}", "(c='a' OR c='b')"],
		["={{ 'a,b' }}", "(c='a' OR c='b')"],
		[' "Škoda & Žák, a.s." , b', "(c='Škoda & Žák, a.s.' OR c='b')"],
		['"He said ""yes"", twice",19" monitor', `(c='He said "yes", twice' OR c='19" monitor')`],
		['"open, b', `(c='"open' OR c='b')`],
		['={{ 7 }}', "(c='7')"],
	])('Is Any Of with the values %j is sent as %s', async (value, filter) => {
		expect(await one({ column: 'c', operator: 'anyOf', type: 'string', value })).toBe(filter);
	});

	it('Is Any Of with numbers is sent without quotes', async () => {
		const condition = { column: 'id', operator: 'anyOf', type: 'number' };
		expect(await one({ ...condition, value: '1, 2' })).toBe('(id=1 OR id=2)');
		expect(await one({ ...condition, value: '={{ [1, "2"] }}' })).toBe('(id=1 OR id=2)');
	});

	it.each([
		['042', '42'],
		['-007.50', '-7.5'],
		[' 12.00 ', '12'],
		['0.0', '0'],
		['1.5', '1.5'],
		['-0', '0'],
		['12345678901234567890.120', '12345678901234567890.12'],
		['={{ 0.0000001 }}', '0.0000001'],
		['={{ -1.25e-9 }}', '-0.00000000125'],
		['={{ 1e21 }}', '1000000000000000000000'],
		['={{ 5e-324 }}', `0.${'0'.repeat(323)}5`],
	])('The number %j is sent in its one normal form, %s', async (value, number) => {
		expect(await one({ column: 'total', type: 'number', value })).toBe(`total=${number}`);
		const list = { column: 'total', type: 'number', operator: 'anyOf', value };
		expect(await one(list)).toBe(`(total=${number})`);
	});

	it.each(['and', 'or'])(
		'Several conditions are combined by the chosen word: %s',
		async (combine) => {
			await getFiltered(
				'invoices.sales',
				[
					{ column: 'status', value: 'APPROVED' },
					{ column: 'status', operator: 'anyOf', value: 'A,B' },
					{ column: 'total', type: 'number', operator: 'lessThan', value: 5 },
					{ column: 'isDraft', type: 'boolean', operator: 'notEqual', value: true },
				],
				{ combine },
			);
			const parts = [
				"status='APPROVED'",
				"(status='A' OR status='B')",
				'NOT (total>5 OR total=5)',
				'NOT (isDraft=true)',
			];
			expect(sent()).toBe(`(${parts.join(` ${combine.toUpperCase()} `)})`);
		},
	);

	it('A filter is encoded as the documentation shows it', async () => {
		await getFiltered('invoices.sales', [
			{ column: 'type', value: 'INVOICE.SALES' },
			{ column: 'name', value: 'Kůň & spol. (+10 %) #1!*' },
		]);
		expect(testBed.sandbox.log[0].url.split('?')[1]).toBe(
			'externalFilter=%28type%3D%27INVOICE.SALES%27%20AND%20name%3D%27K%C5%AF%C5%88%20%26%20spol.%20' +
				'%28%2B10%20%25%29%20%231%21%2A%27%29&limit=1000&offset=0',
		);
	});

	it('The filter goes with the request for every page', async () => {
		const conditions = [{ column: 'status', value: 'DONE' }];
		const { json } = await getAll({
			resource: 'task',
			filters: { conditions },
			options: { pageSize: 20 },
		});
		const rows = testBed.sandbox.rows('tasks').filter(({ status }) => status === 'DONE');
		expect(json).toEqual(rows);
		const filters = testBed.sandbox.log.map(({ query }) => query.externalFilter);
		expect(filters.length).toBeGreaterThan(3);
		expect(new Set(filters)).toEqual(new Set(["status='DONE'"]));
	});

	it('Without conditions no filter is sent', async () => {
		for (const filters of [{}, { conditions: [] }]) {
			testBed.sandbox.clearLog();
			await getAll({ filters });
			expect(sent()).toBeUndefined();
		}
	});
});

describe('As an expression', () => {
	it('A filter in Teamogy syntax is sent as it is written, and conditions that are hidden are not sent', async () => {
		const filterExpression = " (status='OPEN'  AND NOT hoursBudget>100) ";
		const { json } = await getAll({
			filterType: 'expression',
			filterExpression,
			filters: { conditions: [{ column: 'id', value: 'hidden' }] },
		});
		expect(sent()).toBe(filterExpression.trim());
		const rows = testBed.sandbox
			.rows('jobs')
			.filter((row) => row.status === 'OPEN' && Number(row.hoursBudget) <= 100);
		expect(json).toEqual(rows);
	});

	it.each([
		"status='OPEN'",
		"name='AND OR NOT'",
		"(status='OPEN' OR status='DONE')",
		"(NOT (status='OPEN'))",
		"(name='a)' OR name='(b')",
		'((id=1) OR (id=2))',
	])(
		'A filter is sent as it is where it stands for one condition: %s',
		async (filterExpression) => {
			await getAll({ filterType: 'expression', filterExpression });
			expect(sent()).toBe(filterExpression);
		},
	);

	it.each([
		"status='OPEN' OR status='DONE'",
		'(id=1) OR (id=2)',
		"NOT status='OPEN'",
		'not (id=1 or id=2)',
		"name='a)' OR (name='(b')",
		"(name='it''s' AND id=1) OR id=2",
	])(
		'A filter is enclosed in one pair of brackets where it combines conditions: %s',
		async (filterExpression) => {
			await getAll({ filterType: 'expression', filterExpression });
			expect(sent()).toBe(`(${filterExpression})`);
		},
	);

	it.each(["(id=1 AND name='broken", '(id=1) OR id=2)'])(
		'A filter with an open quote or a bracket too many is refused before anything is sent: %s',
		async (filterExpression) => {
			const result = await getAll({ filterType: 'expression', filterExpression });
			testBed.expectRefused(result, /has a bracket or a quote without its other half/);
		},
	);

	it('A filter stands in brackets of its own beside another filter', async () => {
		const match = { fieldsMode: 'json', body: '{"name":"A"}', matchColumn: 'id', matchValue: 1 };
		const filterExpression = "status='OPEN' OR status='DONE'";
		await getAll({ operation: 'upsert', ...match, filterType: 'expression', filterExpression });
		expect(sent()).toBe(`(((id=1)) AND (${filterExpression}))`);
	});

	it.each(['', '  ', '={{ "" }}'])('The expression %j is no filter', async (filterExpression) => {
		const { json } = await getAll({ filterType: 'expression', filterExpression });
		expect(sent()).toBeUndefined();
		expect(json).toEqual(testBed.sandbox.rows('jobs'));
	});

	it("A filter that Teamogy refuses is explained in Teamogy's words", async () => {
		const { error } = await getAll({ filterType: 'expression', filterExpression: "name LIKE 'a'" });
		expect(error?.message).toBe('Teamogy did not accept the request for the view "jobs" [item 0]');
		expect(error?.description).toMatch(/^Teamogy says: externalFilter: Expected .*Position 6\./);
		expect(error?.description).toContain('Check the filters');
		expect(testBed.sandbox.log).toHaveLength(1);
	});
});

it('A filter with too many values for one address fails with a message that says what to do', async () => {
	const value = `={{ Array.from({ length: 2000 }, (_, index) => index) }}`;
	const { error } = await getFiltered('jobs', [
		{ column: 'id', type: 'number', operator: 'anyOf', value },
	]);
	expect(error?.message).toBe(
		'The address of the request for the view "jobs" is longer than the server takes [item 0]',
	);
	expect(error?.description).toContain('Teamogy says: The URL is too long. Enter fewer');
	expect(error?.description).toContain('Look Up');
	expect(testBed.sandbox.log).toHaveLength(1);
});

describe('The rows', () => {
	type Compare = (a: string | number, b: string | number) => boolean;
	/** As the sandbox does: an empty column meets no condition, be it negated or not. */
	const OPERATORS: Record<string, Compare> = {
		equal: (a, b) => a === b,
		notEqual: (a, b) => a !== b,
		greaterThan: (a, b) => a > b,
		greaterThanOrEqual: (a, b) => a >= b,
		lessThan: (a, b) => a < b,
		lessThanOrEqual: (a, b) => a <= b,
	};
	const readCell = (row: Row, column: string): unknown =>
		column.startsWith('properties.')
			? (row.properties as Row)[column.slice('properties.'.length)]
			: row[column];
	const isFilled = (cell: unknown): boolean => cell !== null && cell !== undefined;

	describe.each([
		['invoices.sales', 'issueDate', 'string', '2026-06-15'],
		['invoices.sales', 'total', 'number', 100_000],
		['invoices.sales', 'paidDate', 'string', '2026-06-15'],
		['jobs', 'name', 'string', 'Letáky A5 + A4 2025'],
		['tasks', 'hoursTracked', 'number', 10],
		['intervals.track', 'jobId', 'number', 5004],
		['companies', 'properties.extStatus', 'string', 'EXT.EXPORTED'],
		['jobs', 'properties.poNumber', 'string', 'PO#4171/26'],
	])('Rows of %s by %s (%s)', (view, column, type, value) => {
		it.each(Object.keys(OPERATORS))(
			'The rows that meet the condition %s are returned',
			async (operator) => {
				const { json } = await getFiltered(view, [{ column, type, operator, value }]);
				const rows = testBed.sandbox.rows(view).filter((row) => {
					const cell = readCell(row, column);
					return isFilled(cell) && OPERATORS[operator](cell as string, value);
				});
				expect(json).toEqual(rows);
			},
		);
	});

	it('Rows are returned for any of several values, and for two conditions at once', async () => {
		const list = ['APPROVED', 'SENT'];
		const conditions = [
			{ column: 'status', operator: 'anyOf', value: list.join() },
			{ column: 'total', type: 'number', operator: 'greaterThan', value: 50_000 },
		];
		const tests = [
			(row: Row) => list.includes(String(row.status)),
			(row: Row) => Number(row.total) > 50_000,
		];
		const rows = testBed.sandbox.rows('invoices.sales');
		const both = await getFiltered('invoices.sales', conditions);
		expect(both.json).toEqual(rows.filter((row) => tests.every((test) => test(row))));
		const either = await getFiltered('invoices.sales', conditions, { combine: 'or' });
		expect(either.json).toEqual(rows.filter((row) => tests.some((test) => test(row))));
		expect(both.json.length).toBeGreaterThan(0);
		expect(either.json.length).toBeGreaterThan(both.json.length);
	});

	it('Rows are returned for a boolean', async () => {
		const conditions = [{ column: 'isBillable', type: 'boolean', value: false }];
		const rows = testBed.sandbox.rows('intervals.track').filter((row) => row.isBillable === false);
		expect(rows.length).toBeGreaterThan(0);
		expect((await getFiltered('intervals.track', conditions)).json).toEqual(rows);
	});

	it('Rows are limited after they are filtered', async () => {
		const conditions = [{ column: 'status', value: 'DONE' }];
		const { json } = await getFiltered('tasks', conditions, {
			returnAll: false,
			limit: 3,
			options: { offset: 2 },
		});
		const rows = testBed.sandbox.rows('tasks').filter(({ status }) => status === 'DONE');
		expect(json).toEqual(rows.slice(2, 5));
	});
});
