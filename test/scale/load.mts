/** A round of the load: many executions at once, and what became of each of them. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { N8n } from '../n8n/instance.mts';
import type { LoggedRequest, Sandbox } from '../sandbox/index.mts';
import { path, type Order } from './workflow.mts';

export interface Round {
	orders: Order[];
	/** How many executions ended in which way. */
	statuses: Record<string, number>;
	/** All that Teamogy was sent. */
	requests: LoggedRequest[];
	/** Those it refused with 429. */
	refused: LoggedRequest[];
	/** How often each job was written. */
	writes: Map<number, number>;
	/** The most requests that arrived in any window of the budget. */
	mostArrived: number;
	/** From the first webhook to the end of the last execution. */
	seconds: number;
}

/** The most of these moments that lie within one window. */
function mostWithin(times: number[], windowMs: number): number {
	let first = 0;
	return times.reduce((most, time, index) => {
		while (times[first] <= time - windowMs) first++;
		return Math.max(most, index - first + 1);
	}, 0);
}

function countBy<T>(values: T[]): Map<T, number> {
	const counts = new Map<T, number>();
	for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
	return counts;
}

const open = ['new', 'running', 'waiting'];
const over = ['success', 'error', 'crashed', 'canceled', 'unknown'];

/**
 * How many executions have one of these statuses. n8n counts them: its list leaves out some where it has several pages,
 * since it is sorted by when they started and cut by when they came.
 */
async function countExecutions({ n8n, workflowId }: Load, ...status: string[]): Promise<number> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId, status }));
	const { count } = await n8n.rest<{ count: number }>('GET', `executions?limit=1&filter=${filter}`);
	return count;
}

/** What the newest executions that failed say, a hundred at the most. */
export async function failures({ n8n, workflowId }: Load): Promise<Array<string | undefined>> {
	const filter = encodeURIComponent(JSON.stringify({ workflowId, status: ['error'] }));
	const { results } = await n8n.rest<{ results: Array<{ id: string }> }>(
		'GET',
		`executions?limit=100&filter=${filter}`,
	);
	return await Promise.all(results.map(async ({ id }) => (await n8n.execution(id)).error));
}

/** How many executions have ended in which way. */
async function tally(load: Load): Promise<Record<string, number>> {
	const counts = over.map(async (status) => [status, await countExecutions(load, status)] as const);
	return Object.fromEntries(await Promise.all(counts));
}

async function start(n8n: N8n, order: Order) {
	const response = await fetch(`${n8n.url}/webhook/${path}`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify(order),
	});
	if (!response.ok)
		throw new Error(`The webhook responded with ${response.status}: ${await response.text()}`);
}

export interface Load {
	n8n: N8n;
	sandbox: Sandbox;
	workflowId: string;
	/** Milliseconds of the sandbox's budget. */
	windowMs: number;
	/** How long the executions may take altogether. */
	patienceMs: number;
}

/**
 * Starts an execution for each of the first `count` jobs, all at once, and waits for the end of every one.
 *
 * @param label goes into the names that are written, so that no two rounds write the same
 * @param during is called again and again while they run
 */
export async function round(
	load: Load,
	count: number,
	label: string,
	during: (requests: LoggedRequest[]) => Promise<void> = async () => undefined,
): Promise<Round> {
	const { sandbox, windowMs, patienceMs } = load;
	const jobs = sandbox.rows('jobs').slice(0, count);
	const orders = jobs.map(({ id }): Order => ({ id: Number(id), name: `${label}, job ${id}` }));
	const before = await tally(load);
	sandbox.clearLog();
	const from = Date.now();
	await Promise.all(orders.map(async (order) => await start(load.n8n, order)));

	for (;;) {
		const left = await countExecutions(load, ...open);
		if (left === 0) break;
		if (Date.now() > from + patienceMs) throw new Error(`${left} executions have not ended`);
		await during(sandbox.log);
		await sleep(500);
	}
	const statuses = Object.entries(await tally(load))
		.map(([status, number]): [string, number] => [status, number - before[status]])
		.filter(([, number]) => number > 0);
	const requests = [...sandbox.log];
	const refused = requests.filter(({ status }) => status === 429);
	const written = requests.filter(({ applied }) => applied).map(({ query }) => Number(query.id));
	return {
		orders,
		statuses: Object.fromEntries(statuses),
		requests,
		refused,
		writes: countBy(written),
		mostArrived: mostWithin(
			requests.map(({ at }) => at),
			windowMs,
		),
		seconds: Math.round((Date.now() - from) / 1000),
	};
}
