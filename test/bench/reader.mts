/**
 * Reads all rows of the page server so many times, in a process of its own, and tells its parent what it took.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { HttpResponse } from '../../nodes/api/transport/request.js';
import type * as ClientModule from '../../nodes/api/transport/client.js';
import type * as ViewModule from '../../nodes/api/views/view.js';
import { writeCsv } from './csv.mts';
import { PAGE, VIEW, type Reading, type Side } from './workload.mts';

interface Row {
	id: number;
}
interface Page {
	metadata: { nextOffset: number | null };
	data: Row[];
}
/** Reads all rows, checks that they are complete and in order, and gives their number. */
type Read = () => Promise<number>;

const [side, domain, times, total] = process.argv.slice(2) as [Side, string, string, string];

const credentialOf = (requestsPerMinute: number) => ({
	domain,
	unitId: 1,
	apiKey: 'bench',
	requestsPerMinute,
});

async function startEngine(requestsPerMinute: number) {
	const engines = await import('../engine/index.mts');
	const credentials = { teamogyApi: credentialOf(requestsPerMinute) };
	const engine = await engines.startEngine({ credentials });
	process.on('exit', () => engine.close());
	return engine;
}

const countInOrder = (rows: Row[]): number => {
	const isInOrder = rows.every(({ id }, index) => index === 0 || id > rows[index - 1].id);
	if (!isInOrder) throw new Error('The rows are not in order');
	return rows.length;
};

async function readByNode(requestsPerMinute: number, options: object): Promise<Read> {
	const engine = await startEngine(requestsPerMinute);
	const parameters = {
		resource: 'timeEntry',
		operation: 'getAll',
		output: 'all',
		view: VIEW,
		returnAll: true,
		options,
	};
	return async () => {
		const { json, error } = await engine.run({ type: 'teamogy', parameters });
		if (error) throw error;
		return countInOrder(json as unknown as Row[]);
	};
}

/** The pages of the node's own reader, over n8n's request helper. */
async function readCsvByNode(): Promise<Read> {
	const engine = await startEngine(1_000_000);
	const built = createRequire(`${process.cwd()}/package.json`);
	const { TeamogyClient } = built('./dist/nodes/api/transport/client.js') as typeof ClientModule;
	const { readPages } = built('./dist/nodes/api/views/view.js') as typeof ViewModule;
	const account = { ...credentialOf(1_000_000), origin: domain };
	const client = new TeamogyClient(account, async (request) => {
		const options = { ...request, returnFullResponse: true, ignoreHttpStatusErrors: true };
		const response = await engine.request({ credentialType: 'teamogyApi', options });
		return response as HttpResponse;
	});
	return async () => await writeCsv(readPages(client, { view: VIEW }));
}

/** @param intervalMs between the starts of two requests */
async function* loopPages(intervalMs = 0): AsyncGenerator<Row[]> {
	const { request } = await import('undici');
	const headers = { authorization: 'Bearer bench' };
	const view = `${domain}/rest/v1/1/views/${VIEW}`;
	let startsAt = performance.now();
	for (let offset: number | null = 0; offset !== null; ) {
		const waitMs = startsAt - performance.now();
		if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
		startsAt += intervalMs;
		const { body } = await request(`${view}?limit=${PAGE}&offset=${offset}`, { headers });
		const page = (await body.json()) as Page;
		yield page.data;
		offset = page.metadata.nextOffset;
	}
}

const readByLoop = (intervalMs?: number): Read => {
	return async () => {
		const rows: Row[] = [];
		for await (const page of loopPages(intervalMs)) for (const row of page) rows.push(row);
		return countInOrder(rows);
	};
};

const SIDES: Record<Side, () => Read | Promise<Read>> = {
	node: async () => await readByNode(1_000_000, { pageSize: PAGE }),
	loop: () => readByLoop(),
	nodeInBudget: async () => await readByNode(60, {}),
	spacedLoop: () => readByLoop(1000),
	nodeCsv: readCsvByNode,
	loopCsv: () => async () => await writeCsv(loopPages()),
};

/** The most memory this process has had. On Linux `maxRSS` would count what its parent has, too. */
function memoryPeak(): number {
	const status = '/proc/self/status';
	const peak = existsSync(status) && /VmHWM:\s*(\d+) kB/.exec(readFileSync(status, 'utf8'));
	return (peak ? Number(peak[1]) : process.resourceUsage().maxRSS) * 1024;
}

const read = await SIDES[side]();
const reading: Reading = {
	ms: [],
	cpuMs: [],
	memoryBefore: process.memoryUsage.rss(),
	memoryPeak: 0,
};
for (let time = 0; time < Number(times); time++) {
	const began = performance.now();
	const cpuBefore = process.cpuUsage();
	const count = await read();
	const { user, system } = process.cpuUsage(cpuBefore);
	reading.ms.push(performance.now() - began);
	reading.cpuMs.push((user + system) / 1000);
	reading.memoryPeak ||= memoryPeak();
	if (count !== Number(total)) throw new Error(`${count} rows came`);
}
process.send!(reading, () => process.exit());
