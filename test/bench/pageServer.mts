/**
 * A server of one view whose pages are made beforehand, so that answering costs next to nothing: what
 * is measured is the reader. A process of its own; it tells its parent where it listens.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startSandbox } from '../sandbox/index.mts';
import { PAGE, ROWS, VIEW } from './workload.mts';

const sandbox = await startSandbox({ rows: { [VIEW]: ROWS } });
const rows = sandbox.rows(VIEW);
await sandbox.close();

const pages = new Map<string, Buffer>();
for (let offset = 0; offset < ROWS; offset += PAGE) {
	const data = rows.slice(offset, offset + PAGE);
	const next = offset + PAGE;
	const metadata = { count: data.length, limit: PAGE, nextOffset: next < ROWS ? next : null };
	pages.set(`${PAGE} ${offset}`, Buffer.from(JSON.stringify({ metadata, data })));
}
const pastTheEnd = Buffer.from(
	JSON.stringify({ metadata: { count: 0, limit: PAGE, nextOffset: null }, data: [] }),
);

let latencyMs = 0;
process.on('message', (message: { latencyMs: number }) => ({ latencyMs } = message));
process.on('disconnect', () => process.exit());

const server = createServer((request, response) => {
	const { searchParams } = new URL(request.url!, 'http://127.0.0.1');
	const page = pages.get(`${searchParams.get('limit')} ${searchParams.get('offset')}`);
	const send = () => void response.end(page ?? pastTheEnd);
	response.setHeader('content-type', 'application/json');
	if (latencyMs > 0) setTimeout(send, latencyMs);
	else send();
});
server.listen(0, '127.0.0.1', () =>
	process.send!({ domain: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);
