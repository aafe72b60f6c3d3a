/** A server that n8n needs beside it: a process that ends with the one that started it, however that ends. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Service {
	port: number;
	stop(): Promise<void>;
}

interface Options {
	port: number;
	/** What it prints when it takes connections. */
	ready: RegExp;
	cwd: string;
	user?: { uid: number; gid: number };
}

// The shell ends the server when the pipe from its starter closes.
const tied = '"$@" & read -r _; kill "$!"; wait "$!"';

export async function startService(command: string[], options: Options): Promise<Service> {
	const { port, ready, cwd, user } = options;
	const child = spawn('/bin/sh', ['-c', tied, 'sh', ...command], {
		cwd,
		stdio: ['pipe', 'pipe', 'pipe'],
		...user,
	});
	let output = '';
	const keep = (chunk: Buffer) => void (output = (output + chunk.toString()).slice(-20_000));
	child.stdout.on('data', keep);
	child.stderr.on('data', keep);
	child.on('error', (error) => keep(Buffer.from(String(error))));
	const ended = new Promise<void>((done) => child.on('close', () => done()));
	const stop = async () => {
		child.stdin.end();
		await ended;
	};
	for (const until = Date.now() + 30_000; !ready.test(output); await sleep(50)) {
		if (Date.now() < until) continue;
		await stop();
		throw new Error(`${command[0]} did not become ready. It said:\n${output}`);
	}
	return { port, stop };
}
