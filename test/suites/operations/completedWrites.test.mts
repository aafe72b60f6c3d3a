/** Runs that fail or stop halfway: what is written is kept, and not written again. */
import type { IDataObject } from 'n8n-workflow';
import { engineGlobal } from '../../engine/outsideJest.mts';
import { builtModule } from '../../helpers/testBed.mts';
import {
	createCompany,
	createEach,
	refuseCompany,
	retryOnFail,
	upsertEach,
	useCompanyWrites,
} from '../../helpers/companyWrites.mts';
import { getReads } from '../../helpers/loggedRequests.mts';
import { toJsonBody, toMapping } from '../../helpers/writeParameters.mts';

const { testBed, saved, sentNames, writes } = useCompanyWrites();

const NAMES = ['A', 'B', 'C', 'D', 'E'].map((letter) => ({ name: `${letter} Halfway` }));

const refuse = (name: string, times = Infinity) =>
	refuseCompany(testBed.sandbox, name, { status: 400, times });

describe('A run that fails halfway', () => {
	const run = async (more: object = {}) => await testBed.run(createEach, { input: NAMES, ...more });

	it('The run stops and says which items were written', async () => {
		refuse('D Halfway');
		const { error, json: rows } = await run();
		expect(rows).toEqual([]);
		expect(error?.message).toBe(
			'Teamogy did not accept the request for a new company "D Halfway" [item 3]',
		);
		expect(error?.description).toMatch(/Already written: items 0 to 2\.$/);
		expect(sentNames()).toEqual(NAMES.slice(0, 4).map(({ name }) => name));
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'The run continues, each item in its place: %s',
		async (onError) => {
			refuse('B Halfway');
			const { items, errorItems, error } = await run({ onError });
			expect(error).toBeUndefined();
			expect(sentNames()).toEqual(NAMES.map(({ name }) => name));
			const message = 'Teamogy did not accept the request for a new company "B Halfway" [item 1]';
			if (onError === 'continueRegularOutput') {
				expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
					NAMES.map((_, item) => ({ item })),
				);
				expect(items[1].json).toEqual({ error: message, message: expect.any(String) as string });
			} else {
				expect(items.map(({ pairedItem }) => pairedItem)).toEqual(
					[0, 2, 3, 4].map((item) => ({ item })),
				);
				expect(errorItems.map(({ json: failed }) => failed)).toEqual([
					{ ...NAMES[1], error: message, message: expect.any(String) as string },
				]);
			}
		},
	);

	it('Retry On Fail continues where the run stopped', async () => {
		refuse('C Halfway', 1);
		const { error, items } = await run(retryOnFail);
		expect(error).toBeUndefined();
		expect(sentNames()).toEqual(
			['A', 'B', 'C', 'C', 'D', 'E'].map((letter) => `${letter} Halfway`),
		);
		const ids = testBed.sandbox.records('companies').slice(-5);
		expect(items).toEqual(ids.map(({ id }, item) => ({ json: { id }, pairedItem: { item } })));
	});

	it('Retry On Fail writes nothing again, however often it fails', async () => {
		refuse('C Halfway');
		const { error } = await run(retryOnFail);
		expect(error?.description).toMatch(/Already written: items 0 to 1\.$/);
		expect(sentNames()).toEqual(['A', 'B', 'C', 'C', 'C'].map((letter) => `${letter} Halfway`));
	});

	it.each([undefined, 'continueRegularOutput', 'continueErrorOutput'] as const)(
		'Retry On Fail reads rows with a column "error" once and loses none: On Error %s',
		async (onError) => {
			const rows = testBed.sandbox.rows('tasks').filter(({ error }) => error);
			expect(rows.length).toBeGreaterThan(0);
			const [{ error: text }] = rows;
			const conditions = [{ column: 'error', value: text }];
			const result = await testBed.run(
				{
					resource: 'task',
					operation: 'getAll',
					output: 'all',
					returnAll: true,
					filters: { conditions },
				},
				{ ...retryOnFail, maxTries: 4, onError },
			);
			expect(result.error).toBeUndefined();
			expect(result.json).toEqual(rows.filter(({ error }) => error === text));
			expect(testBed.sandbox.log).toHaveLength(1);
			// Another execution of the node sends its own request.
			await testBed.run(
				{ resource: 'task', operation: 'getAll', output: 'all', filters: { conditions } },
				retryOnFail,
			);
			expect(testBed.sandbox.log).toHaveLength(2);
		},
	);

	it('Retry On Fail runs again where the first item failed, with the column or without it', async () => {
		const [row] = testBed.sandbox.rows('tasks').filter(({ error }) => error);
		const id = row.id as number;
		testBed.sandbox.fault({ kind: 'status', status: 404, method: 'GET' });
		const { json: rows } = await testBed.run(
			{ resource: 'task', operation: 'get', output: 'all', recordId: '={{ $json.id }}' },
			{ ...retryOnFail, input: [{ id }], onError: 'continueRegularOutput' },
		);
		expect(rows).toMatchObject([{ id }]);
		expect(testBed.sandbox.log.map(({ status }) => status)).toEqual([404, 200]);
	});

	it('Retry On Fail writes a record with an error field of its own once', async () => {
		testBed.sandbox.set({ writeResponse: 'record' });
		const body = { name: 'With error', error: 'a field of the record' };
		const { json: rows } = await testBed.run(createCompany(body), retryOnFail);
		expect(rows).toMatchObject([body]);
		expect(writes()).toHaveLength(1);
	});
});

it('The error says what was written before, whatever the error is', () => {
	const { toNodeError } = builtModule<{
		toNodeError(node: object, error: unknown, index: number, addition: string): Error;
	}>('nodes/n8n/errors.js');
	const node = { id: '', name: 'A', type: 'a', typeVersion: 1, position: [0, 0], parameters: {} };
	const error = new engineGlobal.Error('Unforeseen');
	expect(toNodeError(node, error, 1, 'Already written: items 0.')).toMatchObject({
		message: 'Unforeseen',
		description: 'Already written: items 0.',
	});
});

describe('Create or Update that fails halfway', () => {
	it('Retry On Fail requests only unwritten items, and knows the records of the first try', async () => {
		const input = [
			{ name: 'New', industry: 'a' },
			{ name: 'Refused', industry: 'b' },
			{ name: 'New', industry: 'c' },
		];
		refuse('Refused', 1);
		// The view does not show the new record yet.
		testBed.sandbox.fault({
			kind: 'status',
			status: 200,
			path: 'externalFilter',
			times: Infinity,
			body: { metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] },
		});
		const { error, json: rows } = await testBed.run(upsertEach, { ...retryOnFail, input });
		expect(error).toBeUndefined();
		expect(writes().map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'PATCH']);
		expect(saved('New')).toBe(1);
		expect(rows[2].id).toBe(rows[0].id);
		const last = getReads(testBed.sandbox).at(-1)!.query.externalFilter;
		expect(last).toBe("(name='Refused' OR name='New')");
	});

	it('Retry On Fail does not write again what the first try may have saved', async () => {
		const input = [{ name: 'Doubt' }, { name: 'Doubt' }];
		testBed.sandbox.fault({ kind: 'status', status: 503, method: 'POST' });
		const { json: rows } = await testBed.run(upsertEach, {
			...retryOnFail,
			input,
			onError: 'continueRegularOutput',
		});
		expect(rows.map(({ message }) => message)).toEqual([
			expect.stringMatching(/may have been saved/),
			expect.stringMatching(/may have been saved/),
		]);
		expect(writes()).toHaveLength(1);
	});

	it('The run stops with what was written, whichever column it matches by', async () => {
		const [one, two] = testBed.sandbox.rows('companies');
		const input = [
			{ column: 'id', value: one.id },
			{ column: 'name', value: two.name },
			{ column: 'id', value: two.id },
		] as IDataObject[];
		testBed.sandbox.fault({ kind: 'status', status: 400, method: 'PATCH', skip: 2 });
		const { error } = await testBed.run(
			{
				resource: 'company',
				operation: 'upsert',
				...toJsonBody({ industry: 'x' }),
				matchColumn: '={{ $json.column }}',
				matchValue: '={{ $json.value }}',
			},
			{ input },
		);
		expect(error?.message).toMatch(/ \[item 2\]$/);
		expect(error?.description).toMatch(/Already written: items 0 to 1\.$/);
	});
});

describe('A tool of an agent', () => {
	const tool = (more: object = {}) =>
		testBed.engine.tool({
			type: 'teamogy',
			parameters: {
				resource: 'company',
				operation: 'create',
				...toMapping({ name: "={{ $fromAI('name') }}" }),
			},
			...more,
		});

	it('Every call writes, with the arguments of the call', async () => {
		const call = tool();
		const told = [];
		for (const name of ['One', 'Two', 'Two']) told.push(JSON.parse(await call({ name })));
		expect(sentNames()).toEqual(['One', 'Two', 'Two']);
		expect(new Set(told.map(([{ id }]) => id as number)).size).toBe(3);
	});

	it('Every call reads, even if the first row has a column "error"', async () => {
		const call = testBed.engine.tool({
			type: 'teamogy',
			parameters: {
				resource: 'task',
				operation: 'getAll',
				output: 'all',
				filters: { conditions: [{ column: 'error', value: 'Logo missing on page 3' }] },
			},
			...retryOnFail,
		});
		for (const times of [1, 2]) {
			expect(JSON.parse(await call({}))).not.toEqual([]);
			expect(testBed.sandbox.log).toHaveLength(times);
		}
	});

	it.each(['a text', null, 5, ['a list']])(
		'Arguments that are no object are refused before anything is sent: %j',
		async (args) => {
			const call = testBed.engine.tool({ type: 'teamogy', parameters: createEach, ...retryOnFail });
			await expect(call(args as unknown as IDataObject)).rejects.toThrow(
				/^The item has no JSON object/,
			);
			expect(testBed.sandbox.log).toEqual([]);
		},
	);

	it('The model is told of a record that was saved with a response of 50,000 levels', async () => {
		const deep = `${'['.repeat(50_000)}${']'.repeat(50_000)}`;
		testBed.sandbox.fault({
			kind: 'text',
			status: 200,
			headers: { 'content-type': 'application/json' },
			body: `{"id":5,"deep":${deep},"name":"Deep"}`,
		});
		const told = await tool(retryOnFail)({ name: 'Deep' });
		expect(told).toContain('[nested too deeply]');
		expect(JSON.parse(told)).toMatchObject([
			{ id: 5, name: 'Deep' },
			{ hint: 'These fields were written: name = Deep.' },
		]);
		expect(sentNames()).toEqual(['Deep']);
	});

	it('Retry On Fail sends a write that may have been saved once, and the model is told', async () => {
		testBed.sandbox.fault({ kind: 'resetAfter', method: 'POST', times: Infinity });
		const call = tool(retryOnFail);
		await expect(call({ name: 'Once' })).rejects.toThrow(/may have been saved/);
		expect(sentNames()).toEqual(['Once']);
		await expect(call({ name: 'Once' })).rejects.toThrow(/may have been saved/);
		expect(sentNames()).toEqual(['Once', 'Once']);
	});
});

describe('Stop', () => {
	it('Stop writes nothing more, and says what was written and what was running', async () => {
		testBed.sandbox.fault({ kind: 'hang', method: 'POST', skip: 2, times: Infinity });
		const stop = new AbortController();
		const running = testBed.run(createEach, { input: NAMES, signal: stop.signal, ...retryOnFail });
		while (writes().length < 3) await new Promise(setImmediate);
		stop.abort();
		const { execution, error } = await running;
		expect(execution.status).toBe('canceled');
		expect(sentNames()).toEqual(NAMES.slice(0, 3).map(({ name }) => name));
		expect(error?.message).toBe(
			'The execution was canceled. Already written: items 0 to 1. Item 2 was under way.',
		);
	});
});

it('No message, output or log shows the API key', async () => {
	for (const kind of ['echoKey', 'text'] as const) {
		testBed.sandbox.fault({ kind, method: 'POST', times: Infinity });
		const result = await testBed.run(createEach, {
			input: NAMES,
			onError: 'continueRegularOutput',
		});
		const shown = JSON.stringify([result.json, result.error, testBed.engine.log]);
		expect(shown).not.toContain(testBed.sandbox.apiKey);
		expect(result.json).toHaveLength(NAMES.length);
	}
});
