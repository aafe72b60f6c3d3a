import type { Say } from '../n8n/command.mts';
import { systemRedis } from '../n8n/systemPackages.mts';
import { startService } from './service.mts';

/** The queue: Redis on loopback, in memory only. */
export async function startRedis(folder: string, port: number, say: Say) {
	const command = [await systemRedis(say), '--bind', '127.0.0.1', '--port', `${port}`];
	return await startService([...command, '--save', '', '--appendonly', 'no', '--dir', folder], {
		port,
		ready: /Ready to accept connections/,
		cwd: folder,
	});
}
