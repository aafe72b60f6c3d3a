/** Retry in n8n's list of executions: what a failed execution has written is not written again. */
import type { IRun } from 'n8n-workflow';
import { createTestBed, useTestBed } from '../../helpers/testBed.mts';
import { getBodies, getWrites } from '../../helpers/loggedRequests.mts';
import {
	countCompanies,
	createEach,
	getCompanyIds,
	refuseCompany,
	upsertEach,
} from '../../helpers/companyWrites.mts';
import { toMapping } from '../../helpers/writeParameters.mts';

const testBed = useTestBed();

const NAMES = ['Five', 'Four', 'Three', 'Two', 'One'];
const input = NAMES.map((name) => ({ name }));
const request = {
	resource: 'apiRequest',
	operation: 'request',
	method: 'POST',
	path: 'companies',
	body: '={{ { name: $json.name } }}',
};

const refuse = (name: string) => refuseCompany(testBed.sandbox, name);
const countSaved = () => countCompanies(testBed.sandbox, NAMES);
/** Runs until the fourth item, which Teamogy refuses; then Teamogy takes it. */
async function fail(parameters: object, more: object = {}): Promise<IRun> {
	refuse('Two');
	const { error, execution } = await testBed.run(parameters, { input, ...more });
	expect(error?.message).toMatch(/ \[item 3\]$/);
	expect(countSaved()).toEqual([1, 1, 1, 0, 0]);
	testBed.sandbox.clearFaults();
	testBed.sandbox.clearLog();
	return execution;
}

it.each([
	['Create', createEach],
	['Create or Update', upsertEach],
	['API Request', request],
])('%s writes the items that are left, and returns all', async (_, parameters) => {
	const retryOf = await fail(parameters);
	const { items, error } = await testBed.run(parameters, { retryOf });
	expect(error).toBeUndefined();
	expect(getBodies(testBed.sandbox)).toEqual([{ name: 'Two' }, { name: 'One' }]);
	const ids = getCompanyIds(testBed.sandbox, NAMES);
	expect(items.map(({ json, pairedItem }) => [json.id, pairedItem])).toEqual(
		ids.map((id, item) => [id, { item }]),
	);
});

it('A retry that fails can be retried', async () => {
	const first = await fail(createEach);
	refuse('One');
	const { execution, error } = await testBed.run(createEach, { retryOf: first });
	expect(error?.description).toMatch(/Already written: items 0 to 3\.$/);
	testBed.sandbox.clearFaults();
	await testBed.run(createEach, { retryOf: execution });
	expect(countSaved()).toEqual([1, 1, 1, 1, 1]);
});

it('Retry On Fail before it changes nothing', async () => {
	const retryOf = await fail(createEach, { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 });
	await testBed.run(createEach, { retryOf });
	expect(countSaved()).toEqual([1, 1, 1, 1, 1]);
});

it('A mapping that was put right applies to the items that are left', async () => {
	const retryOf = await fail(createEach);
	const changed = toMapping({ name: '={{ $json.name }}', industry: 'Cars' });
	await testBed.run({ ...createEach, ...changed }, { retryOf });
	expect(getBodies(testBed.sandbox)).toEqual([
		{ name: 'Two', industry: 'Cars' },
		{ name: 'One', industry: 'Cars' },
	]);
});

it('Create or Update updates a record that the failed execution has created', async () => {
	refuse('Two');
	const { execution } = await testBed.run(upsertEach, {
		input: [{ name: 'One' }, { name: 'Two' }, { name: 'One' }],
	});
	testBed.sandbox.clearFaults();
	testBed.sandbox.clearLog();
	const { json } = await testBed.run(upsertEach, { retryOf: execution });
	expect(getWrites(testBed.sandbox).map(({ method }) => method)).toEqual(['POST', 'PATCH']);
	expect(json.map(({ teamogyEvent }) => teamogyEvent)).toEqual(['created', 'created', 'updated']);
});

it('A record that may have been saved is written again: a person has looked it up', async () => {
	testBed.sandbox.fault({ kind: 'reset', method: 'POST', skip: 1 });
	const { execution, error } = await testBed.run(createEach, { input: input.slice(0, 2) });
	expect(error?.description).toMatch(/may have been saved.*Already written: items 0\.$/);
	await testBed.run(createEach, { retryOf: execution });
	expect(countSaved()).toEqual([1, 1, 0, 0, 0]);
});

describe('All items are written', () => {
	it.each([
		['another operation', upsertEach],
		['another resource', request],
	])('A retry with %s writes all items', async (_, parameters) => {
		const retryOf = await fail(createEach);
		await testBed.run(parameters, { retryOf });
		expect(getBodies(testBed.sandbox)).toEqual(input);
	});

	it('A retry with the credential of another account writes all items', async () => {
		const retryOf = await fail(createEach);
		const other = await createTestBed();
		try {
			const credentials = { teamogyApi: other.sandbox.credential };
			await testBed.run(createEach, { retryOf, credentials });
			expect(getBodies(other.sandbox)).toEqual(input);
		} finally {
			await other.close();
		}
	});

	it('A new execution writes all items', async () => {
		await fail(createEach);
		await testBed.run(createEach, { input });
		expect(getBodies(testBed.sandbox)).toEqual(input);
	});
});

it('A complete execution keeps nothing of its writes', async () => {
	const context = async (more: object) => {
		const { execution } = await testBed.run(createEach, { input, ...more });
		return JSON.stringify(execution.data.executionData!.contextData);
	};
	expect(await context({})).toBe('{"node:Teamogy":{}}');
	refuse('Two');
	expect(await context({ onError: 'continueRegularOutput' })).toBe('{"node:Teamogy":{}}');
	expect(await context({})).toContain('completedWrites');
});

it('The API key is not in what n8n keeps', async () => {
	const { data } = await fail(createEach);
	expect(JSON.stringify(data.executionData!.contextData)).not.toContain(
		testBed.sandbox.credential.apiKey,
	);
});
