import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../../sandbox/index.mts';
import type { Pace } from '../../../helpers/testBed.mts';
import type { Order, Report } from '../../../helpers/transport/worker.mts';

const PROCESSES = 3;
const ROWS = 95;
const PAGE = 10;
const WRITES = 5;
/** What the account allows: less than each process takes itself to be allowed. */
const BUDGET = 10;
const WINDOW_MS = 800;
/** The window of the budget of 60 that each process has by itself: the same rate as the account's. */
const OWN_WINDOW_MS = (60 / BUDGET) * WINDOW_MS;

let workers: ChildProcess[] = [];
let sandbox: Sandbox;

beforeAll(async () => {
	workers = Array.from({ length: PROCESSES }, () =>
		fork('test/helpers/transport/worker.mts', { execArgv: ['--import', 'tsx'] }),
	);
	await Promise.all(workers.map(async (worker) => await once(worker, 'message')));
});
afterAll(() => {
	for (const worker of workers) worker.disconnect();
});
afterEach(async () => await sandbox.close());

const command = async (worker: ChildProcess, order: Order): Promise<Report> => {
	const response = once(worker, 'message');
	worker.send(order);
	return ((await response) as [Report])[0];
};

/** The names each process gives what it creates. */
const namesOf = (worker: number): string[] =>
	Array.from({ length: WRITES }, (_, index) => `Company ${index} of process ${worker}`);

/** Each process reads a view and creates records, all at the same time, on an account they share. */
async function share(options: SandboxOptions, pace: Partial<Pace>) {
	sandbox = await startSandbox({
		strict: true,
		rows: { jobs: ROWS },
		budget: BUDGET,
		windowMs: WINDOW_MS,
		...options,
	});
	const existing = sandbox.records('companies').length;
	const credential = { ...sandbox.credential, requestsPerMinute: 60 };
	const reports = await Promise.all(
		workers.map(
			async (worker, index) =>
				await command(worker, {
					credential,
					pace: { budgetWindow: OWN_WINDOW_MS, ...pace },
					runs: [
						{
							parameters: {
								resource: 'job',
								operation: 'getAll',
								output: 'all',
								returnAll: true,
								options: { pageSize: PAGE },
							},
						},
						{
							parameters: {
								resource: 'company',
								operation: 'create',
								fieldsMode: 'json',
								body: '={{ JSON.stringify($json) }}',
							},
							input: namesOf(index).map((name) => ({ name })),
						},
					],
				}),
		),
	);
	return { reports, created: sandbox.records('companies').slice(existing) };
}

describe('Several processes with one account', () => {
	it.each([
		['Retry-After in seconds', { retryAfter: 'seconds' }, {}],
		['Retry-After as a date', { retryAfter: 'date' }, {}],
		['no Retry-After', { retryAfter: 'none' }, { firstPause: 200 }],
		['refused requests count too', { countRefused: true }, {}],
	] as const)(
		'Several processes with one account settle by its 429s alone: %s',
		async (_name, options, pace) => {
			const { reports, created } = await share(options, pace);
			expect(reports).toHaveLength(PROCESSES);
			// Nothing is lost, nothing is doubled, nothing fails.
			for (const [worker, [read, wrote]] of reports.entries()) {
				expect([read.error, wrote.error]).toEqual([undefined, undefined]);
				expect(read.json).toEqual(sandbox.rows('jobs'));
				const mine = created.filter(({ name }) => namesOf(worker).includes(String(name)));
				expect(mine.map(({ name }) => name)).toEqual(namesOf(worker));
				expect(wrote.json.map(({ id }) => id)).toEqual(mine.map(({ id }) => id));
			}
			expect(created.length).toBe(PROCESSES * WRITES);

			// They did get in each other's way, and did not go on asking in vain.
			const refused = sandbox.log.filter(({ status }) => status === 429);
			const taken = sandbox.log.filter(({ status }) => status === 200);
			const needed = PROCESSES * (Math.ceil(ROWS / PAGE) + WRITES);
			expect(refused.length).toBeGreaterThan(0);
			expect(refused.length).toBeLessThan(taken.length);
			expect(taken.length + refused.length).toBe(sandbox.log.length);
			// Pages asked for past the end: less than a quarter of those read, in each process.
			expect(taken.length).toBeGreaterThanOrEqual(needed);
			expect(taken.length).toBeLessThan(needed + (PROCESSES * (ROWS / PAGE)) / 4);
		},
	);
});
