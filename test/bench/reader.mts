/**
 * Reads all rows of the page server so many times, in a process of its own, and tells its parent what
 * it took: `node` is the built node in n8n's engine, `loop` the least a program of one's own would do.
 */
import { existsSync, readFileSync } from 'node:fs';
import { PAGE, ROWS, VIEW, type Reading } from './workload.mts';

interface Row {
	id: number;
}
interface Page {
	metadata: { nextOffset: number | null };
	data: Row[];
}
type Read = () => Promise<Row[]>;

const [side, domain, times] = process.argv.slice(2);

async function theNode(): Promise<Read> {
	const { startEngine } = await import('../engine/index.mts');
	const credential = { domain, unitId: 1, apiKey: 'bench', requestsPerMinute: 1_000_000 };
	const engine = await startEngine({ credentials: { teamogyApi: credential } });
	process.on('exit', () => engine.close());
	const parameters = {
		resource: 'timeEntry',
		operation: 'getAll',
		output: 'all',
		view: VIEW,
		returnAll: true,
		options: { pageSize: PAGE },
	};
	return async () => {
		const { json, error } = await engine.run({ type: 'teamogy', parameters });
		if (error) throw error;
		return json as unknown as Row[];
	};
}

async function theLoop(): Promise<Read> {
	const { request } = await import('undici');
	const headers = { authorization: 'Bearer bench' };
	const view = `${domain}/rest/v1/1/views/${VIEW}`;
	return async () => {
		const rows: Row[] = [];
		for (let offset: number | null = 0; offset !== null; ) {
			const { body } = await request(`${view}?limit=${PAGE}&offset=${offset}`, { headers });
			const page = (await body.json()) as Page;
			for (const row of page.data) rows.push(row);
			offset = page.metadata.nextOffset;
		}
		return rows;
	};
}

/** The most memory this process has had. On Linux `maxRSS` would count what its parent has, too. */
function memoryPeak(): number {
	const status = '/proc/self/status';
	const peak = existsSync(status) && /VmHWM:\s*(\d+) kB/.exec(readFileSync(status, 'utf8'));
	return (peak ? Number(peak[1]) : process.resourceUsage().maxRSS) * 1024;
}

const read = await (side === 'node' ? theNode() : theLoop());
const reading: Reading = {
	ms: [],
	cpuMs: [],
	memoryBefore: process.memoryUsage.rss(),
	memoryPeak: 0,
};
for (let time = 0; time < Number(times); time++) {
	const began = performance.now();
	const cpuBefore = process.cpuUsage();
	const rows = await read();
	const { user, system } = process.cpuUsage(cpuBefore);
	reading.ms.push(performance.now() - began);
	reading.cpuMs.push((user + system) / 1000);
	reading.memoryPeak ||= memoryPeak();
	const inOrder = rows.every(({ id }, index) => index === 0 || id > rows[index - 1].id);
	if (rows.length !== ROWS || !inOrder) throw new Error('Not all rows, or not in order');
}
process.send!(reading, () => process.exit());
