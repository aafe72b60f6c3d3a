/** The transport as users meet it: several nodes at work at a time, runs that are stopped, hosts that come and go. */
import { startSandbox } from '../../../sandbox/index.mts';
import { waitUntilQuiet } from '../../../helpers/waitUntilQuiet.mts';
import { waitUntil } from '../../../helpers/waitUntil.mts';
import { useTestBed } from '../../../helpers/testBed.mts';
import { findFreePorts } from '../../../n8n/ports.mts';
import { passDuringRequests, pause } from '../../../helpers/transport/clock.mts';

const testBed = useTestBed({ rows: { jobs: 95 } });
afterEach(async () => {
	testBed.sandbox.clearFaults();
	await waitUntilQuiet(testBed.sandbox);
	// Nothing counts any more: what one test is allowed would hold for the next one too.
	Object.assign(testBed.pace, { budgetWindow: 0, budgetMargin: 0 });
	await testBed.run(getJob, { input: takeJobIds(1) });
	testBed.sandbox.clearLog();
});

const allJobs = {
	resource: 'job',
	operation: 'getAll',
	output: 'all',
	returnAll: true,
	options: { pageSize: 10 },
};
const getJob = {
	resource: 'job',
	operation: 'get',
	output: 'all',
	recordId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
};
const takeJobIds = (count: number) =>
	testBed.sandbox
		.rows('jobs')
		.slice(0, count)
		.map(({ id }) => ({ id: id as number }));

/** Another budget than the test bed's own. */
const toBudget = (requestsPerMinute: number) => ({
	credentials: { teamogyApi: { ...testBed.sandbox.credential, requestsPerMinute } },
});

describe('The budget', () => {
	const WINDOW = 150;
	const BUDGET = 12;
	/** The longest delay that a timer takes: in virtual time no request runs into its time-out. */
	const LONGEST_TIMER = 2 ** 31 - 1;
	beforeEach(() => void Object.assign(testBed.pace, { budgetWindow: WINDOW, budgetMargin: 0 }));

	it('One budget holds for all that speaks to a host: runs, triggers, lists of the editor', async () => {
		const more = toBudget(BUDGET);
		const jobs = testBed.sandbox.rows('jobs');
		const trigger = { type: 'teamogyTrigger', parameters: { view: 'jobs', event: 'created' } };
		const list = { type: 'teamogy', method: 'searchRecords', path: 'parameters.recordId' };
		testBed.pace.timeout = LONGEST_TIMER;
		const { results, elapsed } = await passDuringRequests(async () => {
			const began = performance.now();
			const results = await Promise.all([
				testBed.run(allJobs, more),
				testBed.run(allJobs, more),
				testBed.run(getJob, { ...more, input: takeJobIds(30) }),
				testBed.engine.poll({ ...trigger, ...more, staticData: {} }),
				testBed.engine.listSearch({ ...list, ...more, parameters: getJob }),
			]);
			return { results, elapsed: performance.now() - began };
		});
		const [first, second, each, polled, offered] = results;
		expect([first.json, second.json]).toEqual([jobs, jobs]);
		expect(each.json.map(({ id }) => id)).toEqual(takeJobIds(30).map(({ id }) => id));
		expect(polled).toBeNull();
		expect(offered.results.length).toBeGreaterThan(0);
		const sent = testBed.sandbox.log.length;
		expect(sent).toBeGreaterThan(BUDGET * 4);
		// Nothing but waiting takes so long: each window holds a budget at most.
		const windows = Math.floor((sent - 1) / BUDGET);
		expect(elapsed).toBeGreaterThanOrEqual(windows * WINDOW);
	});

	it('The budget is shared: a short run does not wait for the end of a long one', async () => {
		const more = toBudget(BUDGET);
		const long = testBed.run(getJob, { ...more, input: takeJobIds(60) });
		await waitUntil(() => testBed.sandbox.log.length > 0);
		await testBed.run({ ...getJob, resource: 'company' }, { ...more, input: [{ id: 30_001 }] });
		expect(testBed.sandbox.log.length).toBeLessThan(60);
		expect((await long).json.length).toBe(60);
	});

	it('A run that waited long for the budget says so on the node', async () => {
		testBed.pace.longWait = WINDOW / 2;
		const { json, hints } = await testBed.run(getJob, { ...toBudget(4), input: takeJobIds(8) });
		expect(json).toHaveLength(8);
		expect(hints).toMatchObject([
			{
				message: expect.stringMatching(
					/^The node waited \d+ seconds? in all .* 4 a minute/,
				) as string,
				location: 'outputPane',
			},
		]);
	});

	it('A run that is stopped gives its budget back', async () => {
		const more = toBudget(2);
		testBed.sandbox.fault({ kind: 'hang', times: 2 });
		const stop = new AbortController();
		const hanging = testBed.run(getJob, { ...more, input: takeJobIds(5), signal: stop.signal });
		await waitUntil(() => testBed.sandbox.log.length === 2);
		const waiting = testBed.run(getJob, { ...more, input: takeJobIds(1) });
		stop.abort();
		expect((await hanging).execution.status).toBe('canceled');
		expect((await waiting).json.length).toBe(1);
		// The two that hung, and the one that waited.
		expect(testBed.sandbox.log.length).toBe(3);
	});
});

describe('A run that is stopped', () => {
	it.each([
		// Long enough that the first twenty are sent within it, also on a busy machine.
		['its turn in the budget', { budgetWindow: 1000, budgetMargin: 0 }, undefined, 20, 1000],
		['the end of a 429', { firstPause: 150, maxPause: 300 }, 429, 1, 300],
		['the next try', { firstPause: 300, maxPause: 300 }, 503, 1, 300],
	] as const)(
		'A run that is stopped while it waits for %s sends nothing more',
		async (_for, pace, status, sent, waitMs) => {
			Object.assign(testBed.pace, pace);
			// The last request before this test counts no longer.
			if (!status) await pause(waitMs);
			if (status) testBed.sandbox.fault({ kind: 'status', status, times: Infinity });
			const stop = new AbortController();
			const more = status ? {} : toBudget(sent);
			const input = takeJobIds(status ? 1 : sent * 2);
			const running = testBed.run(getJob, { ...more, input, signal: stop.signal });
			await waitUntil(() => testBed.sandbox.log.filter((one) => one.status > 0).length === sent);
			await pause(20);
			stop.abort();
			const { execution, json } = await running;
			expect([execution.status, json]).toEqual(['canceled', []]);
			await pause(waitMs + 200);
			expect(testBed.sandbox.log.length).toBe(sent);
		},
	);
});

describe('A refused connection', () => {
	it.each(['GET', 'PATCH', 'POST'])(
		'A refused connection is tried again, also by %s, since nothing was sent',
		async (method) => {
			Object.assign(testBed.pace, { firstPause: 200, maxPause: 500, maxTries: 20 });
			const [port] = await findFreePorts(1);
			const domain = `http://127.0.0.1:${port}`;
			const credentials = { teamogyApi: { ...testBed.sandbox.credential, domain } };
			const id = testBed.sandbox.records('companies')[0].id;
			const running = testBed.run(
				{
					resource: 'apiRequest',
					operation: 'request',
					method,
					path: 'companies',
					query: { parameters: method === 'POST' ? [] : [{ name: 'id', value: id }] },
					body: '{"name":"Late Ltd"}',
				},
				{ credentials },
			);
			await pause(50);
			const sandbox = await startSandbox({ strict: true, port });
			try {
				const { json, error } = await running;
				expect(error).toBeUndefined();
				expect(json).toEqual([expect.objectContaining({ id: expect.any(Number) })]);
				expect(sandbox.log.length).toBe(1);
				const named = sandbox.records('companies').filter(({ name }) => name === 'Late Ltd');
				expect(named.length).toBe(method === 'GET' ? 0 : 1);
			} finally {
				await sandbox.close();
			}
		},
	);

	it('A connection that stays refused is explained, and a POST is not in doubt', async () => {
		const credentials = {
			teamogyApi: {
				...testBed.sandbox.credential,
				domain: `http://127.0.0.1:${(await findFreePorts(1))[0]}`,
			},
		};
		const { error } = await testBed.run(
			{ resource: 'apiRequest', operation: 'request', method: 'POST', path: 'companies' },
			{ credentials },
		);
		expect(error?.message).toBe('No connection to Teamogy could be made [item 0]');
		expect(error?.description).toBe(
			"Check 'Domain' in the credential and that this n8n instance reaches it through the network and its proxies. Network code ECONNREFUSED. Tried 5 times. Teamogy has not carried out the request.",
		);
	});
});
