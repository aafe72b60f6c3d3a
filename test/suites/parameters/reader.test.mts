/** Choices that an expression gives: any case, as text, or refused. */
import { useTestBed } from '../../helpers/testBed.mts';

const JOBS = 60;

const testBed = useTestBed({ rows: { jobs: JOBS } });

describe('Choices by expression', () => {
	const conditions = [
		{ column: 'status', value: 'CLOSED' },
		{ column: 'id', type: 'number', operator: 'greaterThan', value: 0 },
	];
	const byName = { resource: 'job', operation: 'lookUp', lookUpColumn: 'name', lookUpValue: '-' };

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
		expect(missing.error?.message).toMatch(/^No row of the view "jobs" has "-" in "name"/);
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
		[{ returnAll: '={{ "yes" }}' }, '\'Return All\' must be true or false, but is "yes"'],
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
				options: { returnRecord: '={{ "yes" }}' },
			},
			'\'Return Full Record\' must be true or false, but is "yes"',
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
