/** Filters that are refused before anything is sent. */
import { useFilters } from '../../../helpers/filters.mts';
import { toDocumentType } from '../../../helpers/writeParameters.mts';

const { testBed, getAll, getFiltered, sent } = useFilters();

describe('Refused before anything is sent', () => {
	it.each([
		['many', 'is not a number', 'it can only be compared as text'],
		['1,500', 'is not a number', 'a dot for decimals'],
		['1 250', 'is not a number'],
		['0x10', 'is not a number'],
		['1e3', 'is not a number'],
		['NaN', 'is not a number'],
		['5 OR id>0', 'is not a number'],
		['', 'is empty', 'Enter a value, or remove the condition'],
		['={{ Infinity }}', 'is not a number'],
		['={{ null }}', 'is empty'],
		['={{ undefined }}', 'is empty'],
		['={{ [1] }}', 'is not a single value', 'Is Any Of'],
		['={{ ({}) }}', 'is not a single value'],
	])('The number %j is refused because it %s', async (value, message, remedy = '') => {
		const running = getFiltered('jobs', [
			{ column: 'status', value: 'OPEN' },
			{ column: 'id', type: 'number', value },
		]);
		testBed.expectRefused(await running, message, { hint: remedy });
		expect((await running).error?.message).toMatch(/^The value of filter condition 2/);
	});

	it.each(['maybe', '1', '={{ 0 }}'])('The boolean %j is refused', async (value) => {
		const running = getFiltered('jobs', [{ column: 'isDisabled', type: 'boolean', value }]);
		testBed.expectRefused(await running, 'is not true or false', { hint: 'Enter true or false' });
	});

	it.each(['', ' , ,', '={{ [] }}'])(
		'The list %j is refused because it is empty',
		async (value) => {
			const running = getFiltered('jobs', [{ column: 'id', operator: 'anyOf', value }]);
			testBed.expectRefused(await running, 'The list of values of filter condition 1 is empty', {
				hint: 'If node',
			});
		},
	);

	it.each([
		['={{ [1, null] }}', 'is empty'],
		['={{ ["one", 2] }}', '"one", is not a number'],
		['={{ [[1]] }}', 'is not a single value'],
	])('The list of numbers %j is refused because it %s', async (value, message) => {
		const condition = { column: 'id', type: 'number', operator: 'anyOf', value };
		testBed.expectRefused(await getFiltered('jobs', [condition]), message);
	});

	it.each([
		["={{ ['CLOSED', null] }}", 'Value 2 of filter condition 1 is empty'],
		["={{ ['', 'CLOSED'] }}", 'Value 1 of filter condition 1 is empty'],
		["={{ [['CLOSED']] }}", 'Value 1 of filter condition 1 is not a single value'],
	])('The list %j is refused by the number of its entry', async (value, message) => {
		const condition = { column: 'status', operator: 'anyOf', value };
		const running = await getFiltered('jobs', [condition]);
		testBed.expectRefused(running, message);
		expect(running.error?.description).not.toContain('Is Any Of');
	});

	it('An operator that does not exist is refused', async () => {
		const condition = { column: 'id', operator: '={{ "toString" }}', value: 1 };
		testBed.expectRefused(
			await getFiltered('jobs', [condition]),
			'"toString" is not a valid value',
			{
				hint: 'anyOf',
			},
		);
	});

	it.each([
		"na'me",
		'na"me',
		'the name',
		'id=1 OR id',
		'id)',
		'(id',
		'id,name',
		'id;name',
		'id&limit=1',
		'id\nname',
		'id>0 OR id',
		'1id',
		'-id',
		'.id',
		'id%20',
		'id`',
		'id/**/',
		'id\u0000',
		'id\u2019',
	])('The column %j is refused', async (column) => {
		const running = getFiltered('jobs', [{ column, value: 'x' }]);
		testBed.expectRefused(
			await running,
			`The column of filter condition 1, "${column}", is not a column name`,
			{ hint: 'e.g. status or properties.name' },
		);
	});

	it.each([
		['', 'is empty'],
		[' ', 'is empty'],
		['={{ null }}', 'is empty'],
		['={{ 5 }}', '"5", is not a column name'],
		['={{ ["id"] }}', '"["id"]", is not a column name'],
		['={{ ({}) }}', '"{}", is not a column name'],
	])('The column %j is refused because it %s', async (column, message) => {
		const running = getFiltered('jobs', [{ column, value: 'x' }]);
		testBed.expectRefused(await running, message);
		expect((await running).error?.message).toMatch(/^The column of filter condition 1/);
	});

	it.each([
		['={{ ({ a: 1 }) }}', 'of type object'],
		['={{ ["id=1"] }}', 'a list'],
		['={{ 5 }}', 'of type number'],
	])('The expression %j is refused because it is %s', async (filterExpression, message) => {
		const running = getAll({ filterType: 'expression', filterExpression });
		testBed.expectRefused(await running, `'Filter in Teamogy Syntax' is ${message}, not text`, {
			hint: 'Conditions',
		});
	});

	it.each([
		'={{ $json.nothing }}',
		'={{ $json.no.such.field }}',
		'={{ $json.empty }}',
		'={{ null }}',
	])(
		'The expression %j is refused because it gives undefined or null',
		async (filterExpression) => {
			const parameters = { filterType: 'expression', filterExpression };
			testBed.expectRefused(
				await getAll(parameters, { input: [{ empty: null }] }),
				"The expression in 'Filter in Teamogy Syntax' gives undefined or null",
				{ hint: 'All records would be selected' },
			);
			const match = { fieldsMode: 'json', body: '{"name":"A"}', matchColumn: 'id', matchValue: 1 };
			testBed.expectRefused(
				await getAll(
					{ operation: 'upsert', ...match, ...parameters },
					{ input: [{ empty: null }] },
				),
				"The expression in 'Filter in Teamogy Syntax' gives undefined or null",
			);
		},
	);

	it('Half a character in a value is refused, since no address can hold it', async () => {
		const input = [{ half: 'a\uD83E' }];
		const conditions = [{ column: 'name', value: '={{ $json.half }}' }];
		const message = 'The value of filter condition 1 contains a broken character';
		testBed.expectRefused(await getAll({ filters: { conditions } }, { input }), message, {
			hint: /cut/,
		});
	});

	it.each([
		'id>0) OR (id>0',
		'(id>0',
		'id>0)',
		"name='x",
		"name='it's'",
		"name='x' OR name='",
		"name='x') OR (name='y'",
	])('A filter in Teamogy syntax does not break out of its brackets: %s', async (entered) => {
		const filter = { filterType: 'expression', filterExpression: '={{ $json.filter }}' };
		const run = { input: [{ filter: entered }] };
		const message = /^'Filter in Teamogy Syntax' has a bracket or a quote without its other half: /;
		testBed.expectRefused(await getAll(filter, run), message);
		const upsert = {
			resource: 'invoice',
			operation: 'upsert',
			...toDocumentType('INVOICE.SALES'),
			fieldsMode: 'json',
			body: '{"number":"1"}',
			matchColumn: 'number',
			matchValue: '1',
		};
		testBed.expectRefused(await testBed.run({ ...upsert, ...filter }, run), message);
	});

	it.each(["name='O''Brien (CZ'", "(id>0 OR (name='))'))", "name=''", "name=''''"])(
		'Brackets and doubled quotes within a text are text: %s',
		async (filterExpression) => {
			const { error } = await getAll({ filterType: 'expression', filterExpression });
			expect(error).toBeUndefined();
			expect(sent()).toBeDefined();
		},
	);

	it('Half a character in a filter in Teamogy syntax is refused', async () => {
		const parameters = { filterType: 'expression', filterExpression: '={{ $json.half }}' };
		const running = getAll(parameters, { input: [{ half: "name='\uDD84'" }] });
		testBed.expectRefused(await running, 'What is sent in the address contains a broken character');
	});
});
