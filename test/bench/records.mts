/** Single records, and records in a budget: (c), (d) and (i). */
import { request } from 'undici';
import { startEngine } from '../engine/index.mts';
import { startSandbox, type SandboxOptions } from '../sandbox/index.mts';
import { say, seconds, times, type Line } from './line.mts';

const PER_MINUTE = 60;
const LOOK_UPS = 1000;
const READS = 50;
/** A token bucket. */
const BUCKET = { rate: PER_MINUTE, burst: 5 };

interface Bench {
	ids: number[];
	/** Runs the node and gives the number of its rows. */
	run: (parameters: object, input: object[]) => Promise<number>;
	/** Sends one request for a company, as a program of one's own would. */
	get: (id: number) => Promise<unknown>;
	/** How many requests came with the status. */
	count: (status: number) => number;
}

/** A sandbox with so many companies, and the node on it, with a budget of 60 a minute. */
async function withCompanies<T>(
	limits: SandboxOptions,
	use: (bench: Bench) => Promise<T>,
): Promise<T> {
	const sandbox = await startSandbox({ rows: { companies: LOOK_UPS }, ...limits });
	const { domain, apiKey, credential } = sandbox;
	const engine = await startEngine({
		credentials: { teamogyApi: { ...credential, requestsPerMinute: PER_MINUTE } },
	});
	try {
		return await use({
			ids: sandbox.rows('companies').map(({ id }) => id as number),
			run: async (parameters, input) => {
				const { json, error } = await engine.run({
					type: 'teamogy',
					parameters: { resource: 'company', ...parameters },
					input: input as never,
				});
				if (error) throw error;
				return json.length;
			},
			get: async (id) => {
				const { body } = await request(`${domain}/rest/v1/1/companies?id=${id}`, {
					headers: { authorization: `Bearer ${apiKey}` },
				});
				return await body.json();
			},
			count: (status) => sandbox.log.filter((one) => one.status === status).length,
		});
	} finally {
		engine.close();
		await sandbox.close();
	}
}

/** (c) */
async function lookUps(): Promise<Line> {
	say(`${LOOK_UPS} look-ups`);
	return await withCompanies({ budget: PER_MINUTE }, async ({ ids, run, count }) => {
		const parameters = {
			operation: 'lookUp',
			view: 'companies',
			lookUpColumn: 'id',
			lookUpType: 'number',
			lookUpValue: '={{ $json.companyId }}',
			onMissing: 'fail',
		};
		const found = await run(
			parameters,
			ids.map((companyId) => ({ companyId })),
		);
		if (found !== LOOK_UPS) throw new Error(`${found} found`);
		const sent = count(200);
		return {
			what: `(c) ${LOOK_UPS.toLocaleString('en')} look-ups`,
			ours: `${sent} requests`,
			other: `${LOOK_UPS.toLocaleString('en')} requests (one an item)`,
			ratio: `${Math.floor(LOOK_UPS / sent)} × fewer`,
			goal: 'at most 8',
			reached: sent <= 8,
		};
	});
}

/** Reads single companies with the node: how long it takes, and how many requests are refused. */
async function readByNode(limits: SandboxOptions) {
	return await withCompanies(limits, async ({ ids, run, count }) => {
		const recordId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
		const input = ids.slice(0, READS).map((id) => ({ id }));
		const began = performance.now();
		const rows = await run({ operation: 'get', output: 'all', recordId }, input);
		const ms = performance.now() - began;
		if (rows !== READS || count(200) !== READS) throw new Error('Not all were read');
		return { ms, refused: count(429) };
	});
}

/** Reads single companies one after the other at the rate of the budget. */
async function readEvenly(limits: SandboxOptions): Promise<number> {
	return await withCompanies(limits, async ({ ids, get, count }) => {
		const began = performance.now();
		for (const [index, id] of ids.slice(0, READS).entries()) {
			const at = began + (index * 60_000) / PER_MINUTE;
			await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));
			await get(id);
		}
		const ms = performance.now() - began;
		if (count(200) !== READS) throw new Error('Not all were read');
		return ms;
	});
}

/** (d) and (i) */
async function readsInBudget(): Promise<Line[]> {
	say(`${READS} reads at ${PER_MINUTE} a minute: in a window, a token bucket, and evenly spaced`);
	const window = await readByNode({ budget: PER_MINUTE });
	// Nearly all of the time nothing is to do, so the two do not disturb each other.
	const [evenly, bucket] = await Promise.all([readEvenly(BUCKET), readByNode(BUCKET)]);
	const other = `${seconds(evenly)} (evenly spaced)`;
	return [
		{
			what: `(d) ${READS} reads at ${PER_MINUTE} a minute`,
			ours: seconds(window.ms),
			other,
			ratio: `${Math.floor(evenly / window.ms)} × faster`,
			goal: 'under 2 s',
			reached: window.ms < 2000 && window.refused === 0,
		},
		{
			what: `(i) ${READS} reads, token bucket of 1 a second and burst ${BUCKET.burst}`,
			ours: seconds(bucket.ms),
			other,
			ratio: times(bucket.ms / evenly),
			goal: 'at most 1.3 ×',
			reached: bucket.ms / evenly <= 1.3,
		},
		{
			what: '(i) of them refused',
			ours: `${bucket.refused} requests`,
			other: 'none',
			ratio: '–',
			goal: 'at most 12',
			reached: bucket.refused <= 12,
		},
	];
}

export const benchRecords = async (): Promise<Line[]> => [
	await lookUps(),
	...(await readsInBudget()),
];
