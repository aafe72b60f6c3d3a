/** n8n in queue mode: Redis, PostgreSQL, one main process that takes the webhooks, and workers that run everything. */
import { chmodSync, cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { prepare } from '../n8n/cache.mts';
import type { Say } from '../n8n/command.mts';
import { startN8n, type N8n } from '../n8n/instance.mts';
import { findFreePorts } from '../n8n/ports.mts';
import { launch, type N8nProcess } from '../n8n/process.mts';
import { startPostgres } from './postgres.mts';
import { startRedis } from './redis.mts';

export interface Cluster {
	n8n: N8n;
	workers: N8nProcess[];
	stop(): Promise<void>;
}

/** How soon n8n notices a worker that is gone: 60 and 30 seconds unless told otherwise. */
const noticing = { QUEUE_WORKER_LOCK_DURATION: '15000', QUEUE_WORKER_STALLED_INTERVAL: '5000' };

async function ready(worker: N8nProcess) {
	for (const until = Date.now() + 120_000; ; await sleep(100)) {
		if (worker.output().includes('worker is now ready')) return;
		if (!worker.ended() && Date.now() < until) continue;
		await worker.kill();
		throw new Error(`A worker did not become ready. It said:\n${worker.output().slice(-4000)}`);
	}
}

export async function startCluster(options: {
	tarball: string;
	workers: number;
	say: Say;
}): Promise<Cluster> {
	const { tarball, say } = options;
	const runtime = await prepare({ say });
	const folder = mkdtempSync(join(tmpdir(), 'n8n-nodes-teamogy-scale-'));
	// PostgreSQL's own user passes through here to its files.
	chmodSync(folder, 0o711);
	const ends: Array<() => unknown> = [() => rmSync(folder, { recursive: true, force: true })];
	const stop = async () => {
		for (const end of ends.splice(0).reverse()) await end();
	};
	try {
		const [redisPort, postgresPort, ...brokers] = await findFreePorts(2 + options.workers);
		const redis = await startRedis(folder, redisPort, say);
		ends.push(redis.stop);
		const postgres = await startPostgres(folder, postgresPort, say);
		ends.push(postgres.stop);
		const env = {
			...postgres.env,
			...noticing,
			EXECUTIONS_MODE: 'queue',
			QUEUE_BULL_REDIS_HOST: '127.0.0.1',
			QUEUE_BULL_REDIS_PORT: `${redisPort}`,
		};
		say('Starting n8n in queue mode');
		const main = join(folder, 'main');
		const n8n = await startN8n({ runtime, userFolder: main, env, tarball, say });
		ends.push(async () => await n8n.stop());

		const workers = brokers.map((broker, index) => {
			const home = join(folder, `worker-${index + 1}`);
			mkdirSync(home);
			// As an image of n8n with the package in it: each process has its own copy.
			cpSync(join(main, '.n8n', 'nodes'), join(home, '.n8n', 'nodes'), { recursive: true });
			const own = { ...env, N8N_RUNNERS_BROKER_PORT: `${broker}` };
			const worker = launch(runtime, home, ['worker'], own);
			ends.push(async () => await worker.stop());
			return worker;
		});
		await Promise.all(workers.map(ready));
		return { n8n, workers, stop };
	} catch (error) {
		await stop();
		throw error;
	}
}
