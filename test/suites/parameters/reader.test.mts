/** Choices that an expression gives: any case, as text, or refused. */
import { useTestBed } from '../../helpers/testBed.mts';

const JOBS = 60;

const testBed = useTestBed({ rows: { jobs: JOBS } });

const byName = { resource: 'job', operation: 'lookUp', lookUpColumn: 'name', lookUpValue: '-' };

describe('Choices by expression', () => {
	const conditions = [
		{ column: 'status', value: 'CLOSED' },
		{ column: 'id', type: 'number', operator: 'greaterThan', value: 0 },
	];

	it.each([
		['in capitals', { filters: { conditions }, combine: '={{ "OR" }}' }],
		['as text', { returnAll: '={{ "true" }}' }],
		['in capitals, with space', { returnAll: '={{ " TRUE " }}' }],
		['by the default', { returnAll: '={{ null }}', limit: 1_000_000 }],
	])('A choice is taken %s', async (_, parameters) => {
		const { json } = await testBed.run({
			resource: 'job',
			operation: 'getAll',
			output: 'all',
			returnAll: true,
			...parameters,
		});
		expect(json).toHaveLength(JOBS);
	});

	it('Every operation takes a choice from an expression', async () => {
		const missing = await testBed.run({ ...byName, onMissing: '={{ "Fail" }}' });
		expect(missing.error?.message).toMatch(/^No record of the view "jobs" has "-" in "name"/);
		const alone = await testBed.run(
			{ ...byName, lookUpOutput: '={{ "RECORD" }}' },
			{ input: [{ a: 1 }] },
		);
		expect(alone.json).toEqual([{ teamogy: null }]);
	});

	it.each([
		[
			{ filters: { conditions }, combine: '={{ "oder" }}' },
			'"oder" is not a valid value for \'Combine Conditions\'',
		],
		[{ filterType: '={{ "sql" }}' }, '"sql" is not a valid value for \'Filter By\''],
		[{ returnAll: '={{ "all" }}' }, '\'Return All\' must be true or false, but is "all"'],
		[{ limit: '={{ true }}' }, '\'Limit\' must be a whole number of at least 1, but is "true"'],
		[{ limit: '={{ [5] }}' }, '\'Limit\' must be a whole number of at least 1, but is "[5]"'],
		[
			{ ...byName, onMissing: '={{ "ignore" }}' },
			'"ignore" is not a valid value for \'When Nothing Is Found\'',
		],
		[{ ...byName, lookUpOutput: '={{ "both" }}' }, '"both" is not a valid value for \'Output\''],
		[
			{
				operation: 'upsert',
				fieldsMode: '={{ "yaml" }}',
				body: '{}',
				matchColumn: 'name',
				matchValue: 'x',
			},
			'"yaml" is not a valid value for \'Specify Fields\'',
		],
		[
			{
				operation: 'create',
				fieldsMode: 'json',
				body: '{"name":"x"}',
				options: { returnRecord: '={{ "on" }}' },
			},
			'\'Return Full Record\' must be true or false, but is "on"',
		],
		[
			{
				operation: 'get',
				output: 'all',
				recordId: { __rl: true, mode: 'registration', value: 'J-1' },
				options: { registrationParameter: '={{ "code" }}' },
			},
			'"code" is not a valid value for \'Registration Number Parameter\'',
		],
		[{ ...byName, lookUpType: '={{ "text" }}' }, '"text" is not a valid value for \'Value Type\''],
		[
			{ filters: { conditions: [{ column: 'id', type: '={{ "text" }}', value: '1' }] } },
			'"text" is not a valid value for \'Value Type of filter condition 1\'',
		],
	])('%j is refused', async (parameters, message) => {
		testBed.expectRefused(
			await testBed.run({ resource: 'job', operation: 'getAll', output: 'all', ...parameters }),
			message,
		);
	});
});

describe('Objects without a text', () => {
	const VALUE = '={{ $json.value }}';
	const inOptions = (name: string) => ({ options: { [name]: VALUE } });
	const company = { resource: 'company' };
	const byId = (value: unknown) => ({ recordId: { __rl: true, mode: 'id', value } });
	const json = (body: string) => ({ fieldsMode: 'json', body });
	const create = { ...company, operation: 'create', ...json('{"name":"x"}') };
	const request = { resource: 'apiRequest', operation: 'request', path: 'companies' };
	const upsert = { ...company, operation: 'upsert', ...json('{"name":"x"}'), matchColumn: 'name' };
	const document = {
		resource: 'document',
		operation: 'create',
		documentType: { __rl: true, mode: 'name', value: 'GEM' },
	};
	const toField = (id: string, kind: string) => ({
		...company,
		operation: 'create',
		fieldsMode: 'mapping',
		fields: { mappingMode: 'defineBelow', value: { [id]: VALUE }, schema: [{ id, kind }] },
	});
	const condition = (more: object) => ({
		filters: { conditions: [{ column: 'name', operator: 'contains', value: 'x', ...more }] },
	});
	const file = { output: 'file' };

	const PARAMETERS: object[] = [
		...['returnAll', 'limit', 'output', 'filterType', 'combine', 'columns', 'filterExpression'].map(
			(name) => ({ output: 'selected', filterType: 'expression', [name]: VALUE }),
		),
		...['offset', 'pageSize', 'unitId', 'search'].map(inOptions),
		condition({ column: VALUE }),
		condition({ operator: VALUE }),
		condition({ value: VALUE }),
		condition({ operator: 'equal', value: VALUE }),
		condition({ operator: 'equal', type: 'boolean', value: VALUE }),
		condition({ operator: 'anyOf', value: '={{ [$json.value] }}' }),
		condition({ ignoreIfEmpty: VALUE }),
		{ sort: { fields: [{ column: VALUE, direction: 'asc' }] } },
		{ sort: { fields: [{ column: 'name', direction: VALUE }] } },
		{ ...file, fileFormat: VALUE },
		{ ...file, binaryPropertyName: VALUE },
		...['fileName', 'delimiter', 'byteOrderMark'].map((name) => ({ ...file, ...inOptions(name) })),
		{ operation: 'get', ...byId(VALUE) },
		{ operation: 'get', recordId: { __rl: true, mode: 'registration', value: VALUE } },
		{ operation: 'get', ...byId('1'), ...inOptions('registrationParameter') },
		...['lookUpColumn', 'lookUpValue', 'lookUpType', 'lookUpOutput', 'onMissing'].map((name) => ({
			...byName,
			[name]: VALUE,
		})),
		...['outputField', 'ignoreCase'].map((name) => ({ ...byName, ...inOptions(name) })),
		...['method', 'path', 'body'].map((name) => ({ ...request, method: 'POST', [name]: VALUE })),
		{ ...request, ...inOptions('responseFormat') },
		{ ...request, query: { parameters: [{ name: VALUE, value: 'x' }] } },
		{ ...request, query: { parameters: [{ name: 'x', value: VALUE }] } },
		{ resource: 'view', viewName: VALUE },
		{ ...create, body: VALUE },
		...['emptyValues', 'returnRecord'].map((name) => ({ ...create, ...inOptions(name) })),
		...['matchColumn', 'matchValue'].map((name) => ({ ...upsert, matchValue: 'x', [name]: VALUE })),
		{ ...document, documentType: { __rl: true, mode: 'name', value: VALUE }, ...json('{"a":1}') },
		...['type', 'properties', 'statusDate', 'ownerId'].map((name) => ({
			...document,
			...json(`={{ { ownerId: 1, companyId: 1, ${name}: $json.value } }}`),
		})),
		...['string', 'number', 'id', 'boolean', 'date', 'array', 'object'].map((kind) =>
			toField('own', kind),
		),
		toField('ownIds', 'array'),
	];

	it.each(PARAMETERS)(
		'A value without a text is taken or refused in words: %j',
		async (parameters) => {
			const values = [
				'({ toString: "x", valueOf: 1, toJSON: "y", then: "z" })',
				'({ toJSON: () => JSON.parse("not JSON") })',
				'(new Date("never"))',
			];
			for (const value of values) {
				const text = JSON.stringify({ resource: 'job', operation: 'getAll', ...parameters });
				const entered = JSON.parse(
					text.replaceAll('$json.value', JSON.stringify(value).slice(1, -1)),
				);
				const { error, execution } = await testBed.run(entered as object);
				expect(execution.status).toBe(error ? 'error' : 'success');
				if (!error) continue;
				// Text that JavaScript writes says neither the parameter nor what to do.
				expect(error.message).not.toMatch(/Cannot|primitive|not a function|Invalid time|undefined/);
				expect(error.message).toMatch(/ \[item 0\]$/);
				expect(error.description).toMatch(/\S/);
			}
		},
	);
});
