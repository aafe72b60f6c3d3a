/**
 * A server of one view whose rows are JSON already, and whose usual pages are made beforehand, so that
 * responding costs little: what is measured is the reader. A process of its own; it tells its parent where it
 * listens, and how many requests came since it was set up.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox } from '../sandbox/index.mts';
import { PAGE, ROWS, VIEW } from './workload.mts';

const sandbox = await startSandbox({ rows: { [VIEW]: ROWS } });
/** The rows without their IDs, which are given anew: so there are as many rows as wanted. */
const rows = sandbox.rows(VIEW).map(({ id: _id, ...row }) => JSON.stringify(row).slice(1));
await sandbox.close();

let latencyMs = 0;
let total = ROWS;
let requests = 0;

function buildPage(offset: number, limit: number): Buffer {
	const end = Math.min(offset + limit, total);
	const data: string[] = [];
	for (let index = offset; index < end; index++)
		data.push(`{"id":${index + 1},${rows[index % ROWS]}`);
	const nextOffset = end < total ? end : null;
	const metadata = JSON.stringify({ count: data.length, limit, nextOffset });
	return Buffer.from(`{"metadata":${metadata},"data":[${data.join(',')}]}`);
}

const usualPages = new Map<number, Buffer>();
for (let offset = 0; offset < ROWS; offset += PAGE) usualPages.set(offset, buildPage(offset, PAGE));

process.on('message', (setUp: { latencyMs: number; total: number } | 'count') => {
	if (setUp === 'count') return void process.send!({ requests });
	({ latencyMs, total } = setUp);
	requests = 0;
});
process.on('disconnect', () => process.exit());

const server = createServer((request, response) => {
	requests++;
	const { searchParams } = new URL(request.url!, 'http://127.0.0.1');
	const [limit, offset] = ['limit', 'offset'].map((name) => Number(searchParams.get(name)));
	const usual = limit === PAGE && total === ROWS ? usualPages.get(offset) : undefined;
	const send = () => void response.end(usual ?? buildPage(offset, limit));
	response.setHeader('content-type', 'application/json');
	if (latencyMs > 0) setTimeout(send, latencyMs);
	else send();
});
server.listen(0, '127.0.0.1', () =>
	process.send!({ domain: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);
