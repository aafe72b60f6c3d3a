/** A misspelt column is named with the place it stands in and the column that is probably meant. */
import { Trigger } from '../../helpers/polling/trigger.mts';
import { toMapping } from '../../helpers/writeParameters.mts';
import { expectItemError, useTestBed } from '../../helpers/testBed.mts';

const testBed = useTestBed({ rows: { companies: 5, jobs: 5 } });

const run = async (operation: string, parameters: object, input: Array<{ name: string }> = []) =>
	await testBed.run(
		{ resource: 'job', operation, ...parameters },
		...(input.length ? [{ input }] : []),
	);
const getAll = async (parameters: object) =>
	await run('getAll', { output: 'all', returnAll: true, ...parameters });

const misspelt = (column = 'statsu', more: object = {}) => ({
	filters: { conditions: [{ column, value: 'OPEN', ...more }] },
});

const MEANT = /^Did you mean "status"\? Choose one of its columns, e\.g\. status, /;

describe('A misspelt column', () => {
	it.each(['equal', 'notEqual', 'anyOf', 'greaterThan', 'contains', 'isEmpty'])(
		'A misspelt column of a condition with the operator %s is named',
		async (operator) => {
			const result = await getAll(misspelt('statsu', { operator }));
			expectItemError(result, 'Filter condition 1: the view "jobs" has no column "statsu"');
			expect(result.error?.description).toMatch(MEANT);
		},
	);

	it('A misspelt column of the second of three conditions is named where the first is left out', async () => {
		const conditions = [
			{ column: 'name', value: '', ignoreIfEmpty: true },
			{ column: 'statsu', value: 'OPEN' },
			{ column: 'nmae', value: 'A' },
		];
		const result = await getAll({ filters: { conditions } });
		expectItemError(result, 'Filter condition 2: the view "jobs" has no column "statsu"');
	});

	it("A misspelt column of a filter in Teamogy's syntax is named", async () => {
		const filterExpression = "(name='a=b' AND NOT (statsu = 'OPEN'))";
		const result = await getAll({ filterType: 'expression', filterExpression });
		expectItemError(result, 'Filter in Teamogy Syntax: the view "jobs" has no column "statsu"');
		expect(result.error?.description).toMatch(MEANT);
	});

	it.each([
		['statsu', /^Did you mean "status"\?/],
		['properties.poNumbr', /^Did you mean "properties\.poNumber"\?/],
	])('A misspelt column among the selected columns is named: %s', async (column, description) => {
		const result = await getAll({ output: 'selected', columns: ['id', column] });
		expectItemError(result, `Column Names or IDs: the view "jobs" has no column "${column}"`);
		expect(result.error?.description).toMatch(description);
	});

	it('A misspelt column of a record that Get reads from its view is named', async () => {
		const { id } = testBed.sandbox.rows('brands')[0];
		const parameters = { resource: 'brand', output: 'selected', columns: ['nmae'] };
		const recordId = { __rl: true, mode: 'id', value: id };
		const result = await run('get', { ...parameters, recordId });
		expectItemError(result, 'Column Names or IDs: the view "brands" has no column "nmae"');
		expect(result.error?.description).toMatch(/^Did you mean "name"\?/);
	});

	it('A misspelt column takes one sample of the view in a run of many items', async () => {
		const input = Array.from({ length: 20 }, (_, index) => ({ name: `A${index}` }));
		const parameters = { lookUpColumn: 'nmae', lookUpValue: '={{ $json.name }}' };
		const { items, hints } = await testBed.run(
			{ resource: 'company', operation: 'lookUp', ...parameters },
			{ input, onError: 'continueRegularOutput' },
		);
		expect(hints).toEqual([]);
		const [{ json }] = items;
		expect(json.error).toBe('The view "companies" has no column "nmae" to match on [item 0]');
		expect(items).toHaveLength(20);
		const withoutFilter = testBed.sandbox.log.filter(({ query }) => !query.externalFilter);
		expect(withoutFilter).toHaveLength(2);
	});

	it.each([true, false])(
		'A misspelt column to look up by is named, ignoring case: %s',
		async (ignoreCase) => {
			const parameters = { lookUpColumn: 'nmae', lookUpValue: 'A', options: { ignoreCase } };
			const result = await run('lookUp', { resource: 'company', ...parameters });
			expectItemError(result, 'The view "companies" has no column "nmae" to match on');
			expect(result.error?.description).toMatch(/^Did you mean "name"\?/);
		},
	);

	it('A misspelt column of a condition of Create or Update is named before anything is written', async () => {
		const mapping = toMapping({ name: 'New' }, [], { matchingColumns: ['name'] });
		const result = await run('upsert', { resource: 'company', ...mapping, ...misspelt('vta') });
		expectItemError(result, 'Filter condition 1: the view "companies" has no column "vta"');
		expect(testBed.sandbox.log.every(({ method }) => method === 'GET')).toBe(true);
	});

	it.each([
		['Filter condition 1', misspelt()],
		['Output Column Names or IDs', { options: { columns: ['statsu'] } }],
		['Watched Column Names or IDs', { options: { watchColumns: ['statsu'] } }],
	])('A misspelt column of the trigger fails the activation: %s', async (where, parameters) => {
		const trigger = new Trigger(testBed, { view: 'jobs', event: 'updated', ...parameters });
		const { message, description } = await trigger.failure();
		expect(message).toBe(`${where}: the view "jobs" has no column "statsu"`);
		expect(description).toMatch(MEANT);
	});

	it('A misspelt column of a condition of the trigger fails the manual test', async () => {
		const trigger = new Trigger(testBed, { view: 'jobs', event: 'created', ...misspelt() });
		const { message } = await trigger.failure({ mode: 'manual' });
		expect(message).toBe('Filter condition 1: the view "jobs" has no column "statsu"');
	});
});

describe('The words of Teamogy are shown', () => {
	it('The words of Teamogy are shown where the view has all columns', async () => {
		testBed.sandbox.fault({
			kind: 'status',
			status: 400,
			times: Infinity,
			when: ({ query }) => query.externalFilter !== undefined,
		});
		const result = await getAll(misspelt('status'));
		expectItemError(result, 'Teamogy did not accept the request for the view "jobs"');
		expect(testBed.sandbox.log).toHaveLength(2);
	});

	it('The words of Teamogy are shown where the view has no records to compare the name with', async () => {
		const result = await getAll({ ...misspelt(), options: { unitId: 2 }, resource: 'opportunity' });
		expectItemError(result, 'Teamogy did not accept the request for the view "opportunities"');
	});
});

it('Columns that the view has cost no request more', async () => {
	const { error } = await getAll(misspelt('status'));
	expect(error).toBeUndefined();
	const filtered = testBed.sandbox.log.filter(({ query }) => query.externalFilter);
	expect(filtered).toHaveLength(1);
});
