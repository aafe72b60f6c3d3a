/** Retry in n8n's list of executions: what a failed execution has written is not written again. */
import type { IDataObject, IRun } from 'n8n-workflow';
import { createTestBed, type TestBed } from '../../helpers/testBed.mts';
import { getBodies, getWrites } from '../../helpers/loggedRequests.mts';
import { toMapping } from '../../helpers/writeParameters.mts';

let stage: TestBed;

beforeAll(async () => {
	stage = await createTestBed();
});

afterAll(async () => await stage.close());

beforeEach(() => stage.sandbox.reset());

const NAMES = ['Five', 'Four', 'Three', 'Two', 'One'];
const input = NAMES.map((name) => ({ name }));
const create = {
	resource: 'company',
	operation: 'create',
	...toMapping({ name: '={{ $json.name }}' }),
};
const upsert = {
	resource: 'company',
	operation: 'upsert',
	...toMapping({ name: '={{ $json.name }}' }, [], { matchingColumns: ['name'] }),
};
const request = {
	resource: 'apiRequest',
	operation: 'request',
	method: 'POST',
	path: 'companies',
	body: '={{ { name: $json.name } }}',
};

const refuse = (name: string, status = 422) =>
	stage.sandbox.fault({
		kind: 'status',
		status,
		method: 'POST',
		times: Infinity,
		when: ({ body }) => (body as IDataObject).name === name,
	});
const countSaved = (): number[] =>
	NAMES.map(
		(name) => stage.sandbox.records('companies').filter((record) => record.name === name).length,
	);
/** Runs until the fourth item, which Teamogy refuses; then Teamogy takes it. */
async function fail(parameters: object, more: object = {}): Promise<IRun> {
	refuse('Two');
	const { error, execution } = await stage.run(parameters, { input, ...more });
	expect(error?.message).toMatch(/ \[item 3\]$/);
	expect(countSaved()).toEqual([1, 1, 1, 0, 0]);
	stage.sandbox.clearFaults();
	stage.sandbox.clearLog();
	return execution;
}

it.each([
	['Create', create],
	['Create or Update', upsert],
	['API Request', request],
])('%s writes the items that are left, and returns all', async (_, parameters) => {
	const retryOf = await fail(parameters);
	const { items, error } = await stage.run(parameters, { retryOf });
	expect(error).toBeUndefined();
	expect(getBodies(stage.sandbox)).toEqual([{ name: 'Two' }, { name: 'One' }]);
	const ids = NAMES.map(
		(name) => stage.sandbox.records('companies').find((record) => record.name === name)!.id,
	);
	expect(items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual(
		ids.map((id, item) => [id, { item }]),
	);
});

it('A retry that fails can be retried', async () => {
	const first = await fail(create);
	refuse('One');
	const { execution, error } = await stage.run(create, { retryOf: first });
	expect(error?.description).toMatch(/Already written: items 0 to 3\.$/);
	stage.sandbox.clearFaults();
	await stage.run(create, { retryOf: execution });
	expect(countSaved()).toEqual([1, 1, 1, 1, 1]);
});

it('Retry On Fail before it changes nothing', async () => {
	const retryOf = await fail(create, { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 });
	await stage.run(create, { retryOf });
	expect(countSaved()).toEqual([1, 1, 1, 1, 1]);
});

it('A mapping that was put right applies to the items that are left', async () => {
	const retryOf = await fail(create);
	const changed = toMapping({ name: '={{ $json.name }}', industry: 'Cars' });
	await stage.run({ ...create, ...changed }, { retryOf });
	expect(getBodies(stage.sandbox)).toEqual([
		{ name: 'Two', industry: 'Cars' },
		{ name: 'One', industry: 'Cars' },
	]);
});

it('Create or Update updates a record that the failed execution has created', async () => {
	refuse('Two');
	const { execution } = await stage.run(upsert, {
		input: [{ name: 'One' }, { name: 'Two' }, { name: 'One' }],
	});
	stage.sandbox.clearFaults();
	stage.sandbox.clearLog();
	const { json } = await stage.run(upsert, { retryOf: execution });
	expect(getWrites(stage.sandbox).map(({ method }) => method)).toEqual(['POST', 'PATCH']);
	expect(json.map(({ teamogyEvent }) => teamogyEvent)).toEqual(['created', 'created', 'updated']);
});

it('A record that may have been saved is written again: a person has looked it up', async () => {
	stage.sandbox.fault({ kind: 'reset', method: 'POST', skip: 1 });
	const { execution, error } = await stage.run(create, { input: input.slice(0, 2) });
	expect(error?.description).toMatch(/may have been saved.*Already written: items 0\.$/);
	await stage.run(create, { retryOf: execution });
	expect(countSaved()).toEqual([1, 1, 0, 0, 0]);
});

describe('All items are written', () => {
	it.each([
		['another operation', upsert],
		['another resource', request],
	])('in a retry with %s', async (_, parameters) => {
		const retryOf = await fail(create);
		await stage.run(parameters, { retryOf });
		expect(getWrites(stage.sandbox)).toHaveLength(5);
	});

	it('in a retry with the credential of another account', async () => {
		const retryOf = await fail(create);
		const other = await createTestBed();
		try {
			const credentials = { teamogyApi: other.sandbox.credential };
			await stage.run(create, { retryOf, credentials });
			expect(getBodies(other.sandbox)).toEqual(input);
		} finally {
			await other.close();
		}
	});

	it('in a new execution', async () => {
		await fail(create);
		await stage.run(create, { input });
		expect(getBodies(stage.sandbox)).toEqual(input);
	});
});

it('A complete execution keeps nothing of its writes', async () => {
	const context = async (more: object) => {
		const { execution } = await stage.run(create, { input, ...more });
		return JSON.stringify(execution.data.executionData!.contextData);
	};
	expect(await context({})).toBe('{"node:Teamogy":{}}');
	refuse('Two');
	expect(await context({ onError: 'continueRegularOutput' })).toBe('{"node:Teamogy":{}}');
	expect(await context({})).toContain('completedWrites');
});

it('The API key is not in what n8n keeps', async () => {
	const { data } = await fail(create);
	expect(JSON.stringify(data.executionData!.contextData)).not.toContain(
		stage.sandbox.credential.apiKey,
	);
});
