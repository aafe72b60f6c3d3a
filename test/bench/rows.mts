/** Reading many rows: (a), (b), (e), (g) and (h). */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { megabytes, median, say, seconds, times, type Line } from './line.mts';
import { ROWS, type Reading, type Side } from './workload.mts';

const LATENCY_MS = 100;
const CSV_ROWS = 1_000_000;
/** What is more is no noise of the machine. */
const MAX_MEMORY_GROWTH = 1.25;
/**
 * Megabytes of heap in which a file has to be written. Without a limit Node.js keeps garbage for as long as there is
 * memory, so that a peak would tell nothing of what is needed.
 */
const HEAP_MB = 160;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

interface ReadOptions {
	reads?: number;
	latencyMs?: number;
	/** Rows that the view has. */
	total?: number;
	heapMb?: number;
}

/** The page server, and readers of it. */
class PageServer {
	private constructor(
		private readonly server: ChildProcess,
		private readonly domain: string,
	) {}

	static async use<T>(work: (server: PageServer) => Promise<T>): Promise<T> {
		const server = fork(here('pageServer.mts'));
		try {
			const [{ domain }] = (await once(server, 'message')) as [{ domain: string }];
			return await work(new PageServer(server, domain));
		} finally {
			server.disconnect();
		}
	}

	async read(
		side: Side,
		{ reads = 1, latencyMs = 0, total = ROWS, heapMb }: ReadOptions = {},
	): Promise<Reading> {
		this.server.send({ latencyMs, total });
		const heap = heapMb === undefined ? [] : [`--max-old-space-size=${heapMb}`];
		const reader = fork(here('reader.mts'), [side, this.domain, String(reads), String(total)], {
			execArgv: [...process.execArgv, ...heap],
		});
		const [reading] = (await Promise.race([
			once(reader, 'message'),
			once(reader, 'exit').then(() => {
				throw new Error(`The reader "${side}" ended before it was done`);
			}),
		])) as [Reading];
		return reading;
	}

	/** How many requests the last reader sent. */
	async countRequests(): Promise<number> {
		this.server.send('count');
		const [{ requests }] = (await once(this.server, 'message')) as [{ requests: number }];
		return requests;
	}
}

interface Round {
	ours: Reading;
	other: Reading;
}

/** Both sides in turn, so that what else the machine does meets both. */
async function rounds(server: PageServer, latencyMs: number, [count, reads]: [number, number]) {
	const all: Round[] = [];
	for (let round = 1; round <= count; round++) {
		say(`100,000 rows, ${latencyMs} ms latency: round ${round} of ${count}`);
		const other = await server.read('loop', { reads, latencyMs });
		all.push({ ours: await server.read('node', { reads, latencyMs }), other });
	}
	return all;
}

/** The median of a figure on either side, and of its ratio within each round. */
function compare(all: Round[], figure: (reading: Reading) => number) {
	return {
		ours: median(all.map(({ ours }) => figure(ours))),
		other: median(all.map(({ other }) => figure(other))),
		ratio: median(all.map(({ ours, other }) => figure(ours) / figure(other))),
	};
}

/** The first read warms a process up; of the rest the one that was disturbed least tells the most. */
const best = (values: number[]): number => Math.min(...values.slice(1));

const addedMemory = ({ memoryPeak, memoryBefore }: Reading): number => memoryPeak - memoryBefore;

/** (a), (b) and (e) */
async function manyRows(server: PageServer): Promise<{ speed: Line[]; memory: Line[] }> {
	const near = await rounds(server, 0, [5, 6]);
	const far = await rounds(server, LATENCY_MS, [3, 3]);
	const time = compare(near, ({ ms }) => best(ms));
	const work = compare(near, ({ cpuMs }) => best(cpuMs));
	const away = compare(far, ({ ms }) => best(ms));
	const added = compare(near, addedMemory);
	const whole = compare(near, ({ memoryPeak }) => memoryPeak);
	const speed = [
		{
			what: '(a) 100,000 rows, no latency',
			ours: seconds(time.ours),
			other: `${seconds(time.other)} (loop)`,
			ratio: times(time.ratio),
			goal: 'at most 1.5 ×',
			reached: time.ratio <= 1.5,
		},
		{
			what: '(a) of that, processor time',
			ours: seconds(work.ours),
			other: `${seconds(work.other)} (loop)`,
			ratio: times(work.ratio),
			goal: 'at most 1.5 ×',
			reached: work.ratio <= 1.5,
		},
		{
			what: `(b) 100,000 rows, ${LATENCY_MS} ms latency`,
			ours: seconds(away.ours),
			other: `${seconds(away.other)} (loop)`,
			ratio: `${(1 / away.ratio).toFixed(1)} × faster`,
			goal: 'at least 4 × faster',
			reached: away.ratio <= 1 / 4,
		},
	];
	const memory = [
		{
			what: '(e) memory for (a)',
			ours: megabytes(added.ours),
			other: `${megabytes(added.other)} (loop)`,
			ratio: times(added.ratio),
			goal: 'at most 1.5 ×',
			reached: added.ratio <= 1.5,
		},
		{
			what: '(e) the whole process, n8n’s engine included',
			ours: megabytes(whole.ours),
			other: `${megabytes(whole.other)} (loop)`,
			ratio: times(whole.ratio),
			goal: '–',
			reached: true,
		},
	];
	return { speed, memory };
}

/** (g) */
async function rowsInBudget(server: PageServer): Promise<Line[]> {
	say('100,000 rows at 60 requests a minute');
	const [ours] = (await server.read('nodeInBudget')).ms;
	const requests = await server.countRequests();
	say('100,000 rows, one request a second: 100 s');
	const [other] = (await server.read('spacedLoop')).ms;
	const otherRequests = await server.countRequests();
	return [
		{
			what: '(g) 100,000 rows at 60 a minute',
			ours: seconds(ours),
			other: `${seconds(other)} (loop, one request a second)`,
			ratio: `${Math.floor(other / ours)} × faster`,
			goal: 'at least 20 × faster',
			reached: other / ours >= 20,
		},
		{
			what: '(g) requests for that',
			ours: `${requests} requests`,
			other: `${otherRequests} requests`,
			ratio: `${Math.floor(otherRequests / requests)} × fewer`,
			goal: 'at most 30',
			reached: requests <= 30,
		},
	];
}

/** (h) */
async function csvFiles(server: PageServer): Promise<Line[]> {
	const total = CSV_ROWS;
	const free: Round[] = [];
	const limited: Round[] = [];
	const few: Reading[] = [];
	for (let round = 1; round <= 3; round++) {
		say(`1,000,000 rows as CSV: round ${round} of 3`);
		const other = await server.read('loopCsv', { total });
		free.push({ ours: await server.read('nodeCsv', { total }), other });
		const otherLimited = await server.read('loopCsv', { total, heapMb: HEAP_MB });
		const ours = await server.read('nodeCsv', { total, heapMb: HEAP_MB });
		limited.push({ ours, other: otherLimited });
		few.push(await server.read('nodeCsv', { heapMb: HEAP_MB }));
	}
	const time = compare(free, ({ ms }) => ms[0]);
	const peak = compare(free, addedMemory);
	const needed = compare(limited, addedMemory);
	const neededByFew = median(few.map(addedMemory));
	const growth = needed.ours / neededByFew;
	return [
		{
			what: '(h) 1,000,000 rows as a CSV file',
			ours: seconds(time.ours),
			other: `${seconds(time.other)} (loop)`,
			ratio: times(time.ratio),
			goal: 'at most 1.5 ×',
			reached: time.ratio <= 1.5,
		},
		{
			what: `(h) memory for that, with a heap of ${HEAP_MB} MB`,
			ours: megabytes(needed.ours),
			other: `${megabytes(needed.other)} (loop)`,
			ratio: times(needed.ratio),
			goal: 'at most 150 MB',
			reached: needed.ours <= 150e6,
		},
		{
			what: '(h) of that, for 100,000 rows',
			ours: megabytes(neededByFew),
			other: `${megabytes(needed.ours)} (1,000,000 rows)`,
			ratio: times(growth),
			goal: `at most ${MAX_MEMORY_GROWTH} ×`,
			reached: growth <= MAX_MEMORY_GROWTH,
		},
		{
			what: '(h) memory where the heap has no limit',
			ours: megabytes(peak.ours),
			other: `${megabytes(peak.other)} (loop)`,
			ratio: times(peak.ratio),
			goal: '–',
			reached: true,
		},
	];
}

export async function benchRows(): Promise<{ speed: Line[]; memory: Line[] }> {
	return await PageServer.use(async (server) => {
		const { speed, memory } = await manyRows(server);
		return {
			speed: [...speed, ...(await rowsInBudget(server))],
			memory: [...memory, ...(await csvFiles(server))],
		};
	});
}
