/**
 * One account, several n8n processes: everything ends well, nothing is written twice, and Teamogy is not flooded.
 *
 * The budget is that of a minute, and 400 requests at 120 a minute take more than three of them. `SCALE_QUICK=1` has the
 * sandbox count in windows of 20 seconds: an account three times as large, for a first look.
 */
import { packPackage } from '../n8n/pack.mts';
import { startSandbox, type Sandbox } from '../sandbox/index.mts';
import { startCluster, type Cluster } from './cluster.mts';
import { failures, round, type Load, type Round } from './load.mts';
import { workflow } from './workflow.mts';

const WORKERS = 2;
/** Executions that a worker runs at the same time, unless it is told otherwise. */
const CONCURRENCY = 10;
const EXECUTIONS = 200;
const BUDGET = 120;
const quick = Boolean(process.env.SCALE_QUICK);
const windowMs = quick ? 20_000 : 60_000;
/** The same budget as an account of so many a minute, which is what a credential says. */
const perMinute = (BUDGET * 60_000) / windowMs;

const say = (line: string) => void process.stderr.write(`${line}\n`);

let cluster: Cluster;
let sandbox: Sandbox;
let load: Load;
let credentialId: string;

// With an empty cache this downloads n8n.
beforeAll(async () => {
	sandbox = await startSandbox({ rows: { jobs: EXECUTIONS }, budget: BUDGET, windowMs });
	cluster = await startCluster({ tarball: await packPackage({ say }), workers: WORKERS, say });
	const { n8n } = cluster;
	({ id: credentialId } = await n8n.importCredential(credential(perMinute)));
	const { id: workflowId } = await n8n.importWorkflow(workflow);
	await n8n.activate(workflowId);
	load = { n8n, sandbox, workflowId, windowMs, patienceMs: 15 * 60_000 };
}, 30 * 60_000);

afterAll(async () => {
	await cluster?.stop();
	await sandbox?.close();
});

const credential = (requestsPerMinute: number) => ({
	name: 'Teamogy sandbox',
	type: 'teamogyApi',
	data: { ...sandbox.credential, requestsPerMinute },
});

/** Each process has this budget. */
const setBudget = async (requestsPerMinute: number) =>
	await load.n8n.rest('PATCH', `credentials/${credentialId}`, credential(requestsPerMinute));

/** What docs/scale.md shows. */
function report(what: string, result: Round) {
	const { seconds, statuses, requests, refused, mostArrived } = result;
	say(
		`${what}: ${seconds} s, ${JSON.stringify(statuses)}, ${requests.length} requests, ${refused.length} refused, at most ${mostArrived} in a window`,
	);
}

function expectWrittenOnce({ orders, writes }: Round) {
	const records = new Map(sandbox.records('jobs').map((record) => [record.id, record.name]));
	expect([...writes.values()].filter((times) => times !== 1)).toEqual([]);
	expect(orders.filter(({ id, name }) => records.get(id) !== name)).toEqual([]);
	expect(writes.size).toBe(orders.length);
}

// The package's own minute cannot be shortened.
const inFull = quick ? test.skip : test;

inFull('the budget divided among the workers: nothing is refused', async () => {
	await setBudget(perMinute / WORKERS);
	const result = await round(load, EXECUTIONS, 'divided');
	report('Divided', result);
	expect(result.statuses).toEqual({ success: EXECUTIONS });
	expectWrittenOnce(result);
	expect(result.refused).toHaveLength(0);
	expect(result.requests).toHaveLength(2 * EXECUTIONS);
});

test('The whole budget for each worker: what is refused is sent again, and little is', async () => {
	await setBudget(perMinute);
	const result = await round(load, EXECUTIONS, 'undivided');
	report('Undivided', result);
	expect(result.statuses).toEqual({ success: EXECUTIONS });
	expectWrittenOnce(result);
	expect(result.requests).toHaveLength(2 * EXECUTIONS + result.refused.length);
	// A worker that is refused pauses all it has under way, and then asks with one request at a time.
	expect(result.refused.length).toBeLessThan(2 * EXECUTIONS);
});

// The last one: afterwards there is one worker.
test('A worker that is killed: n8n reports what it was at, and nothing is written twice', async () => {
	const victim = cluster.workers[WORKERS - 1];
	let killedAfter = 0;
	const result = await round(load, EXECUTIONS, 'killed', async (requests) => {
		if (killedAfter || requests.length < EXECUTIONS) return;
		killedAfter = requests.length;
		await victim.kill();
	});
	report(`Killed after ${killedAfter} requests`, result);
	const { success, error } = result.statuses;
	expect(result.statuses).toEqual({ success: EXECUTIONS - error, error });
	expect(error).toBeLessThanOrEqual(CONCURRENCY);
	const messages = await failures(load);
	expect(messages).toHaveLength(error);
	for (const message of messages)
		expect(message).toMatch(/failed to be processed too many times.*workers/);

	expect([...result.writes.values()].filter((times) => times > 1)).toEqual([]);
	// One that was killed may have written before.
	expect(result.writes.size).toBeGreaterThanOrEqual(success);
});
