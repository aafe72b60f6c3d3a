import { engineGlobal } from '../../engine/outsideJest.mts';
import { since } from '../../engine/since.mts';
import { useFixture } from '../../engine/useFixture.mts';
import { chain, node } from '../../helpers/workflow.mts';

const fixture = useFixture();

const items = (json: object): string => JSON.stringify([{ json }]);

describe('run', () => {
	it('A run resolves expressions, locators and credentials, and keeps the items linked', async () => {
		const parameters = {
			path: '=/echo/{{ $json.id }}',
			rows: 2,
			record: { __rl: true, mode: 'url', value: '=https://example.com/records/{{ $json.id }}' },
		};
		const { json, items: rows } = await fixture.engine.run({
			type: 'requester',
			parameters,
			input: [{ id: 7 }, { json: { id: 8 } }],
		});
		expect(json.map(({ record, row }) => [record, row])).toEqual([
			['7', 0],
			['7', 1],
			['8', 0],
			['8', 1],
		]);
		expect(json[0].response).toMatchObject({
			url: '/echo/7',
			headers: { authorization: 'Bearer secret' },
		});
		expect(rows.map(({ pairedItem }) => pairedItem)).toEqual([
			{ item: 0 },
			{ item: 0 },
			{ item: 1 },
			{ item: 1 },
		]);
	});

	it('A run reports what the node threw', async () => {
		const { error, items: rows } = await fixture.engine.run({
			type: 'emitter',
			parameters: { behaviour: 'throw' },
		});
		expect(error).toMatchObject({ message: 'Emitter threw', description: 'On purpose' });
		expect(rows).toEqual([]);
	});

	it('A run gives the hints of the node', async () => {
		const { hints } = await fixture.engine.run({
			type: 'emitter',
			parameters: { behaviour: 'hint' },
		});
		expect(hints).toEqual([{ message: 'A hint', location: 'outputPane' }]);
	});

	it('A node runs without credentials', async () => {
		const { error } = await fixture.engine.run({
			type: 'requester',
			parameters: {},
			credentials: false,
		});
		expect(error?.message).toBe('Node does not require credentials');
	});

	it('A run applies the defaults of a credential', async () => {
		const credentials = { fixtureApi: { url: fixture.server.url } };
		const { json } = await fixture.engine.run({ type: 'requester', parameters: {}, credentials });
		expect(json[0].response).toMatchObject({ headers: { authorization: 'Bearer default-key' } });
	});

	it('A signal cancels a run as Stop does', async () => {
		const stop = new AbortController();
		Object.assign(engineGlobal, { fixtureWaiting: () => stop.abort() });
		const { execution } = await fixture.engine.run({
			type: 'emitter',
			parameters: { behaviour: 'wait' },
			signal: stop.signal,
		});
		expect(execution.status).toBe('canceled');
	});

	it('The engine collects the log', async () => {
		await fixture.engine.run({ type: 'emitter', parameters: { items: items({}) } });
		expect(fixture.engine.log).toContain('info: Emitter runs {"behaviour":"give"}');
	});
});

describe('runWorkflow', () => {
	it('A workflow runs every node, and expressions reach the linked item of an earlier one', async () => {
		const given = JSON.stringify([{ json: { id: 1 } }, { json: { id: 2 } }]);
		const fields = [
			{ id: 'a', name: 'id', type: 'number', value: "={{ $('Items').item.json.id }}" },
		];
		const { node: outcome, error } = await fixture.engine.runWorkflow(
			chain(
				node('Start', 'manualTrigger'),
				node('Items', 'n8n-nodes-fixture.emitter', { items: given }),
				node('Request', 'n8n-nodes-fixture.requester', {
					path: '=/echo/{{ $json.id }}',
					rows: 2,
				}),
				node('Link', 'set', { assignments: { assignments: fields } }, 3.4),
			),
		);
		expect(error).toBeUndefined();
		expect(outcome('Link').json).toEqual([{ id: 1 }, { id: 1 }, { id: 2 }, { id: 2 }]);
	});
});

describe('Editor methods', () => {
	it('The editor fills a list from the current parameters and credentials', async () => {
		const call = { type: 'lister', method: 'kinds', parameters: { kind: 'job' } };
		expect(await fixture.engine.loadOptions(call)).toEqual([{ name: 'job', value: ' secret ' }]);
	});

	it('The editor searches a list, page by page', async () => {
		const call = {
			type: 'lister',
			method: 'search',
			parameters: { kind: 'job' },
			filter: 'a',
			paginationToken: '1',
		};
		expect(await fixture.engine.listSearch(call)).toEqual({
			results: [{ name: 'a 1 Bearer secret', value: 'job' }],
			paginationToken: '2',
		});
	});

	it('The editor gets the fields of a mapping, each once', async () => {
		const call = { type: 'lister', method: 'fields', parameters: { kind: 'job' } };
		const { fields } = await fixture.engine.resourceMapping(call);
		expect(fields.map(({ id }) => id)).toEqual(['name', 'job']);
	});
});

describe('Credential test', () => {
	it.each([
		['/echo', 'OK', 'Connection successful!'],
		['/401', 'Error', 'Unauthorized'],
		['/403', 'Error', 'The key may not do this'],
		['/off', 'Error', 'The account is off'],
		['/broken', 'Error', 'ECONNRESET'],
	])('The credential test of %s gives %s and "%s"', async (probe, status, message) => {
		const data = { url: fixture.server.url, key: 'secret', probe };
		const result = await fixture.engine.testCredential('fixtureApi', data);
		expect(result.status).toBe(status);
		// Before, the rules saw nothing of a request that failed.
		if (since('2.34')) expect(result.message).toBe(message);
	});
});

describe('poll', () => {
	it('A poll finds in memory what the last poll left there', async () => {
		const staticData = {};
		const call = { type: 'poller', parameters: {}, staticData, name: 'Poller' };
		await fixture.engine.poll(call);
		const rows = await fixture.engine.poll(call);
		expect(rows?.[0].map(({ json }) => json)).toMatchObject([
			{ count: 2, mode: 'trigger', activation: 'activate', key: ' secret ' },
		]);
		expect(staticData).toEqual({ 'node:Poller': { count: 2, date: new Date(0) } });
	});

	it('The engine saves static data as JSON when a poll emits or a workflow is activated, and then only', async () => {
		const saved: object[] = [];
		const save = (data: object) => saved.push(data);
		const call = { type: 'poller', staticData: {}, save };
		const quiet = { ...call, parameters: { behaviour: 'nothing' } };
		await fixture.engine.poll(quiet);
		await expect(
			fixture.engine.poll({ ...call, parameters: { behaviour: 'throw' } }),
		).rejects.toThrow();
		expect(saved).toEqual([]);
		await fixture.engine.poll({ ...call, parameters: {} });
		const date = '1970-01-01T00:00:00.000Z';
		expect(saved).toEqual([{ 'node:Poller': { count: 3, date } }]);
		await fixture.engine.activate(quiet);
		expect(saved.at(1)).toMatchObject({ 'node:Poller': { count: 4 } });
		expect(saved).toHaveLength(2);
	});

	it('A poll gives null for nothing', async () => {
		const parameters = { behaviour: 'nothing' };
		expect(await fixture.engine.poll({ type: 'poller', parameters, staticData: {} })).toBeNull();
	});

	it('A manual poll keeps nothing', async () => {
		const staticData = {};
		const rows = await fixture.engine.poll({
			type: 'poller',
			parameters: {},
			staticData,
			mode: 'manual',
		});
		expect(rows?.[0][0].json).toMatchObject({ mode: 'manual', activation: 'manual' });
		expect(staticData).toEqual({});
	});

	it('The engine says how long a poll may take, where n8n does', async () => {
		const rows = await fixture.engine.poll({
			type: 'poller',
			parameters: {},
			staticData: {},
			budgetMs: 1234,
		});
		expect([1234, undefined]).toContain(rows?.[0][0].json.budget);
	});
});
