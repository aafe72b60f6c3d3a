/** A write never happens twice, and the node says what may have been saved. */
import type { IDataObject } from 'n8n-workflow';
import type { FaultRule } from '../../sandbox/index.mts';
import { builtModule, useTestBed } from '../../helpers/testBed.mts';
import { getBodies, getReads, getWrites } from '../../helpers/loggedRequests.mts';
import { toRecordId, toJsonBody, toMapping } from '../../helpers/writeParameters.mts';

/** Long enough for any response that comes, and short for tests that wait for no response. */
const PATIENT = 20_000;

const testBed = useTestBed({ pace: { firstPause: 1, maxPause: 2, timeout: PATIENT } });

beforeEach(() => void (testBed.engine.log.length = 0));

const faultOnce = (method: string, rule: FaultRule) => {
	if (rule.kind === 'hang') testBed.pace.timeout = 200;
	testBed.sandbox.fault({ method, ...rule });
};

const company = { resource: 'company' };
const create = (body: object = { name: 'Once s.r.o.' }) => ({
	...company,
	operation: 'create',
	...toJsonBody(body),
});
const createEach = {
	...company,
	operation: 'create',
	...toMapping({ name: '={{ $json.name }}' }),
};
const upsertEach = {
	...company,
	operation: 'upsert',
	...toMapping({ name: '={{ $json.name }}', industry: '={{ $json.industry }}' }, [], {
		matchingColumns: ['name'],
	}),
};
const send = (method: string) => ({
	resource: 'apiRequest',
	operation: 'request',
	method,
	path: 'companies',
	body: '{"name": "Once s.r.o."}',
});
const NAMES = ['A', 'B', 'C', 'D', 'E'].map((letter) => ({ name: `${letter} Halfway` }));
const saved = (name: string): number =>
	testBed.sandbox.records('companies').filter((record) => record.name === name).length;
const sentNames = (): unknown[] =>
	(getBodies(testBed.sandbox) as IDataObject[]).map(({ name }) => name);
const retry = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Endings that leave unknown whether the record was saved. In half of them it was. */
const AMBIGUOUS: Array<[string, FaultRule]> = [
	['the connection breaks after it was applied', { kind: 'resetAfter' }],
	['the connection breaks before', { kind: 'reset' }],
	['no answer in time', { kind: 'hang' }],
	['no answer in time, though applied', { kind: 'hang', applied: true }],
	...[500, 502, 503, 504].flatMap(
		(status): Array<[string, FaultRule]> => [
			[`status ${status}`, { kind: 'status', status }],
			[`status ${status}, though applied`, { kind: 'status', status, applied: true }],
		],
	),
	['an answer cut in half', { kind: 'cut' }],
	['a page instead of an answer', { kind: 'html', status: 200, applied: true }],
];
/** A server that saves and names another address, or gives a status that HTTP does not have. */
const STRANGE_STATUSES = [302, 303, 304, 999].map((status): [string, FaultRule] => [
	`status ${status}, though applied`,
	{ kind: 'status', status, applied: true },
]);

describe.each([...AMBIGUOUS, ...STRANGE_STATUSES])(
	'POST where the result is unknown: %s',
	(_, rule) => {
		const isSaved = (): boolean => saved('Once s.r.o.') > 0;

		beforeEach(() => faultOnce('POST', rule));

		it('Create sends the request once, and the error says what may have been saved and how to check', async () => {
			const { error, json: rows } = await testBed.run(create());
			expect(rows).toEqual([]);
			expect(error?.message).toMatch(/ \[item 0\]$/);
			expect(error?.message).toContain('a new company "Once s.r.o."');
			expect(error?.description).toMatch(
				/may have been saved anyway, so the node did not send it again\. Look it up in Teamogy \(e\.g\. with the Look Up operation\)/,
			);
			expect(getWrites(testBed.sandbox)).toHaveLength(1);

			// Look Up tells whether the record was saved, as the error says.
			const found = await testBed.run({
				...company,
				operation: 'lookUp',
				lookUpColumn: 'name',
				lookUpValue: 'Once s.r.o.',
				onMissing: 'skip',
			});
			expect(found.json).toHaveLength(isSaved() ? 1 : 0);
		});

		it.each(['POST', 'PUT', 'DELETE'])('API Request sends the request once: %s', async (method) => {
			testBed.sandbox.clearFaults();
			faultOnce(method, rule);
			const { error } = await testBed.run(send(method));
			expect(getWrites(testBed.sandbox).map((request) => request.method)).toEqual([method]);
			if (method === 'POST') expect(error?.description).toMatch(/may have been saved/);
		});

		it('Create or Update sends the request once', async () => {
			const { error } = await testBed.run(upsertEach, { input: [{ name: 'Once s.r.o.' }] });
			expect(error?.description).toMatch(/may have been saved/);
			expect(error?.message).toContain('a new company "Once s.r.o."');
			expect(getWrites(testBed.sandbox)).toHaveLength(1);
		});

		it.each([undefined, 'continueRegularOutput', 'continueErrorOutput'] as const)(
			'Retry On Fail sends the request once: On Error %s',
			async (onError) => {
				const input = [{ name: 'Once s.r.o.' }, { name: 'Next' }];
				const {
					json: rows,
					errorItems,
					error,
				} = await testBed.run(createEach, {
					...retry,
					onError,
					input,
				});
				const sent = onError ? ['Once s.r.o.', 'Next'] : ['Once s.r.o.'];
				expect(sentNames()).toEqual(sent);
				if (!onError) return expect(error?.description).toMatch(/may have been saved/);
				const failed = onError === 'continueErrorOutput' ? errorItems[0].json : rows[0];
				expect(failed.message).toMatch(/may have been saved/);
			},
		);
	},
);

const DEEP = 20_000;
/** Hostile responses to a write that was applied. */
const HOSTILE: Array<[string, string]> = [
	['a key toString', '{"id":5,"toString":"x","valueOf":1}'],
	['an ID that is an object', '{"id":{"toString":"x"}}'],
	['a prototype', '{"id":5,"__proto__":{"toString":"x"}}'],
	['a list 20,000 deep', '['.repeat(DEEP) + ']'.repeat(DEEP)],
	['an ID in a list 20,000 deep', `${'['.repeat(DEEP)}{"id":5}${']'.repeat(DEEP)}`],
	['wrappers 20,000 deep', `${'{"data":'.repeat(DEEP)}1${'}'.repeat(DEEP)}`],
	['an object 20,000 deep', `{"id":5,"a":${'{"a":'.repeat(DEEP)}1${'}'.repeat(DEEP)}}`],
];

describe.each(HOSTILE)('A write answered with %s', (_, body) => {
	const headers = { 'content-type': 'application/json' };
	const answer = (method: string) =>
		testBed.sandbox.fault({
			kind: 'html',
			status: 200,
			body,
			headers,
			method,
			applied: true,
			times: Infinity,
		});
	const firstId = () => testBed.sandbox.rows('companies')[0].id;

	it.each([
		['Create', () => create()],
		['Update', () => ({ ...create(), operation: 'update', ...toRecordId(firstId()) })],
		[
			'Create or Update',
			() => ({
				...upsertEach,
				...toMapping({ name: 'Once s.r.o.' }, [], { matchingColumns: ['name'] }),
			}),
		],
		['API Request', () => send('POST')],
	])('%s writes once, whatever the response is', async (_operation, parametersOf) => {
		for (const method of ['POST', 'PATCH']) answer(method);
		const { error, execution } = await testBed.run(parametersOf(), retry);
		expect(error).toBeUndefined();
		expect(execution.status).toBe('success');
		expect(getWrites(testBed.sandbox)).toHaveLength(1);
	});

	it('Create writes once where the full record is read back as such', async () => {
		answer('GET');
		const parameters = { ...create(), options: { returnRecord: true } };
		const { error } = await testBed.run(parameters, retry);
		expect(error).toBeUndefined();
		expect(getWrites(testBed.sandbox)).toHaveLength(1);
	});
});

describe('A full record that cannot be read back', () => {
	it.each([403, 404, 500])(
		'The write is complete and a hint says so: status %d',
		async (status) => {
			testBed.sandbox.fault({ kind: 'status', status, method: 'GET', times: Infinity });
			const parameters = { ...create(), options: { returnRecord: true } };
			const { json: rows, error, hints } = await testBed.run(parameters, retry);
			expect(error).toBeUndefined();
			expect(rows).toEqual([{ id: testBed.sandbox.records('companies').at(-1)!.id }]);
			expect(hints.map(({ message }) => message)).toEqual([
				expect.stringMatching(/^The record was saved, but could not be read back: /),
			]);
			expect(getWrites(testBed.sandbox)).toHaveLength(1);
		},
	);
});

it('A write is kept as soon as Teamogy has answered, even if our own code fails after that', async () => {
	const output = builtModule<{ toOutputRows(answer: unknown): unknown }>(
		'nodes/operations/toItems.js',
	);
	const { toOutputRows } = output;
	output.toOutputRows = () => {
		throw new TypeError('a defect');
	};
	try {
		const { json: rows, error, hints } = await testBed.run(create(), retry);
		expect(error).toBeUndefined();
		const { id } = testBed.sandbox.records('companies').at(-1)!;
		expect(rows).toEqual([{ id: String(id) }]);
		expect(hints.map(({ message }) => message)).toEqual([
			"Item 0 was saved, but Teamogy's response could not be used: a defect",
		]);
	} finally {
		output.toOutputRows = toOutputRows;
	}
	expect(getWrites(testBed.sandbox)).toHaveLength(1);
});

describe('The record that may have been saved', () => {
	const saidOf = async (parameters: object): Promise<string> => {
		testBed.sandbox.fault({ kind: 'status', status: 503, method: 'POST' });
		const { error } = await testBed.run(parameters);
		return /the request for (.+) \[item 0\]$/.exec(error?.message ?? '')?.[1] ?? '';
	};
	const of = (resource: string, body: object) => ({
		resource,
		operation: 'create',
		...toJsonBody(body),
	});

	it.each([
		['job', { number: 'J-1', name: 'Job' }, 'a new job "J-1"'],
		['company', { name: 'x'.repeat(101) }, `a new company "${'x'.repeat(100)}…"`],
		['user', { userName: 'jana' }, 'a new user "jana"'],
		['agencies', { name: 'Brno' }, 'a new business unit "Brno"'],
		['person', { firstName: 'Jana', lastName: 'Nová' }, 'a new person "Jana Nová"'],
		[
			'timeEntry',
			{ userId: 11, jobId: 5001, date: '2026-11-20', hours: 1 },
			'a new time entry (userId 11, jobId 5001, date 2026-11-20)',
		],
		['task', { tags: [] }, 'a new task'],
	])('The error names the record: %s %j', async (resource, body, what) => {
		expect(await saidOf(of(resource === 'agencies' ? 'businessUnit' : resource, body))).toBe(what);
	});

	it('The error names a document by its subject', async () => {
		const body = { ownerId: 11, companyId: 30001, properties: { name: 'Subject' } };
		expect(await saidOf(of('invoice', body))).toBe('a new invoice "Subject"');
	});
});

describe('POST where Teamogy cannot have saved the record', () => {
	it.each([307, 308, 400, 404, 409, 422])(
		'The error after status %s does not say that the record may be saved',
		async (status) => {
			faultOnce('POST', { kind: 'status', status });
			const { error } = await testBed.run(create());
			expect(error?.description).not.toMatch(/may have been saved/);
			expect(getWrites(testBed.sandbox)).toHaveLength(1);
		},
	);

	it.each([
		['a time in seconds', { 'retry-after': '0.05' }],
		['a date', { 'retry-after': new Date().toUTCString() }],
		['nothing', {}],
	])('POST is repeated after a 429 with %s', async (_, headers: Record<string, string>) => {
		testBed.sandbox.fault({ kind: 'status', status: 429, method: 'POST', times: 2, headers });
		const { json: rows, error } = await testBed.run(create());
		expect(error).toBeUndefined();
		expect(rows).toHaveLength(1);
		expect(getWrites(testBed.sandbox).map(({ status }) => status)).toEqual([429, 429, 200]);
		expect(saved('Once s.r.o.')).toBe(1);
	});

	it('POST is repeated where no connection is made, and the error does not say that the record may be saved', async () => {
		const { error } = await testBed.run(create(), {
			credentials: { teamogyApi: { ...testBed.sandbox.credential, domain: 'http://127.0.0.1:9' } },
		});
		expect(error?.message).toBe('No connection to Teamogy could be made [item 0]');
		expect(error?.description).toMatch(/Tried 5 times\. Nothing was saved by this request\.$/);
		expect(error?.description).not.toMatch(/may have been saved/);
	});

	it.each([400, 401, 403, 404, 405, 409, 413, 422])(
		'A refusal is not repeated, and the error does not say that the record may be saved: %s',
		async (status) => {
			testBed.sandbox.fault({ kind: 'status', status, method: 'POST' });
			const { error } = await testBed.run(create());
			expect(error?.description).not.toMatch(/may have been saved/);
			expect(getWrites(testBed.sandbox)).toHaveLength(1);
		},
	);
});

describe('PATCH', () => {
	const update = (name: string) => ({
		...company,
		operation: 'update',
		...toRecordId(testBed.sandbox.rows('companies')[0].id),
		...toJsonBody({ name }),
	});

	it.each(AMBIGUOUS)('PATCH is repeated: %s', async (_, rule) => {
		faultOnce('PATCH', rule);
		const { json: rows, error } = await testBed.run(update('Again'));
		expect(error).toBeUndefined();
		expect(rows).toHaveLength(1);
		expect(getWrites(testBed.sandbox)).toHaveLength(2);
		expect(saved('Again')).toBe(1);
	});

	it('The error says how often PATCH was sent', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 503, method: 'PATCH', times: Infinity });
		const { error } = await testBed.run(update('Never'));
		const { id } = testBed.sandbox.rows('companies')[0];
		expect(error?.message).toBe(
			`Teamogy could not answer the request for company ${String(id)} [item 0]`,
		);
		expect(error?.description).toMatch(/Sent 5 times\.$/);
	});
});

describe('A run that fails halfway', () => {
	const refused = (name: string): FaultRule => ({
		kind: 'status',
		status: 400,
		method: 'POST',
		times: Infinity,
		when: ({ body }) => (body as IDataObject).name === name,
	});
	const run = async (more: object = {}) => await testBed.run(createEach, { input: NAMES, ...more });

	it('The run stops and says which items were written', async () => {
		testBed.sandbox.fault(refused('D Halfway'));
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
			testBed.sandbox.fault(refused('B Halfway'));
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
		testBed.sandbox.fault({ ...refused('C Halfway'), times: 1 });
		const { error, items } = await run(retry);
		expect(error).toBeUndefined();
		expect(sentNames()).toEqual(
			['A', 'B', 'C', 'C', 'D', 'E'].map((letter) => `${letter} Halfway`),
		);
		const ids = testBed.sandbox.records('companies').slice(-5);
		expect(items).toEqual(ids.map(({ id }, item) => ({ json: { id }, pairedItem: { item } })));
	});

	it('Retry On Fail writes nothing again, however often it fails', async () => {
		testBed.sandbox.fault(refused('C Halfway'));
		const { error } = await run(retry);
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
				{ ...retry, maxTries: 4, onError },
			);
			expect(result.error).toBeUndefined();
			expect(result.json).toEqual(rows.filter(({ error }) => error === text));
			expect(testBed.sandbox.log).toHaveLength(1);
			// Another execution of the node sends its own request.
			await testBed.run(
				{ resource: 'task', operation: 'getAll', output: 'all', filters: { conditions } },
				retry,
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
			{ ...retry, input: [{ id }], onError: 'continueRegularOutput' },
		);
		expect(rows).toMatchObject([{ id }]);
		expect(testBed.sandbox.log).toHaveLength(2);
	});

	it('Retry On Fail writes a record with an error field of its own once', async () => {
		testBed.sandbox.set({ writeResponse: 'record' });
		const body = { name: 'With error', error: 'a field of the record' };
		const { json: rows } = await testBed.run(create(body), retry);
		expect(rows).toMatchObject([body]);
		expect(getWrites(testBed.sandbox)).toHaveLength(1);
	});
});

it('The error says what was written before, whatever the error is', () => {
	const { toNodeError } = builtModule<{
		toNodeError(node: object, error: unknown, index: number, addition: string): Error;
	}>('nodes/n8n/errors.js');
	const node = { id: '', name: 'A', type: 'a', typeVersion: 1, position: [0, 0], parameters: {} };
	expect(toNodeError(node, new Error('Unforeseen'), 1, 'Already written: items 0.')).toMatchObject({
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
		testBed.sandbox.fault({
			kind: 'status',
			status: 400,
			method: 'POST',
			when: ({ body }) => (body as IDataObject).name === 'Refused',
		});
		// The view does not show the new record yet.
		testBed.sandbox.fault({
			kind: 'status',
			status: 200,
			path: 'externalFilter',
			times: Infinity,
			body: { metadata: { count: 0, limit: 1000, nextOffset: null }, data: [] },
		});
		const { error, json: rows } = await testBed.run(upsertEach, { ...retry, input });
		expect(error).toBeUndefined();
		expect(getWrites(testBed.sandbox).map(({ method }) => method)).toEqual([
			'POST',
			'POST',
			'POST',
			'PATCH',
		]);
		expect(saved('New')).toBe(1);
		expect(rows[2].id).toBe(rows[0].id);
		const last = getReads(testBed.sandbox).at(-1)!.query.externalFilter;
		expect(last).toBe("(name='Refused' OR name='New')");
	});

	it('Retry On Fail does not write again what the first try may have saved', async () => {
		const input = [{ name: 'Doubt' }, { name: 'Doubt' }];
		testBed.sandbox.fault({ kind: 'status', status: 503, method: 'POST' });
		const { json: rows } = await testBed.run(upsertEach, {
			...retry,
			input,
			onError: 'continueRegularOutput',
		});
		expect(rows.map(({ message }) => message)).toEqual([
			expect.stringMatching(/may have been saved/),
			expect.stringMatching(/may have been saved/),
		]);
		expect(getWrites(testBed.sandbox)).toHaveLength(1);
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
				...company,
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
				...company,
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
			...retry,
		});
		for (const times of [1, 2]) {
			expect(JSON.parse(await call({}))).not.toEqual([]);
			expect(testBed.sandbox.log).toHaveLength(times);
		}
	});

	it('Retry On Fail sends a write that may have been saved once, and the model is told', async () => {
		testBed.sandbox.fault({ kind: 'resetAfter', method: 'POST', times: Infinity });
		const call = tool(retry);
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
		const running = testBed.run(createEach, { input: NAMES, signal: stop.signal, ...retry });
		while (getWrites(testBed.sandbox).length < 3) await new Promise(setImmediate);
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
