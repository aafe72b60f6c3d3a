/** One n8n process and all it starts: quiet, on loopback only, and gone without a trace when it is stopped. */
import { spawn } from 'node:child_process';
import {
	chmodSync,
	createWriteStream,
	existsSync,
	mkdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Runtime } from './cache.mts';

/** A contact that was tried and refused, see guard.cjs. */
export interface Attempt {
	time: number;
	pid: number;
	script: string;
	how: string;
	host: string;
	port?: number;
}

export interface N8nProcess {
	pid: number;
	/** What it printed so far; the whole is in n8n.log of its folder. */
	output(): string;
	/** Whatever it or its children tried to reach that is not loopback. */
	attempts(): Attempt[];
	ended(): boolean;
	/** Ends it the way a service manager does, and the hard way when it takes too long. */
	stop(): Promise<void>;
	/** Ends it at once with everything it started, as a crash would. */
	kill(): Promise<void>;
}

/** No telemetry, no update checks, no templates: as in docs, "isolate n8n". */
const quiet = {
	N8N_AI_ENABLED: 'false',
	N8N_COMMUNITY_PACKAGES_ENABLED: 'true',
	N8N_DIAGNOSTICS_ENABLED: 'false',
	N8N_DISABLED_MODULES: 'mcp-registry',
	N8N_DYNAMIC_BANNERS_ENABLED: 'false',
	N8N_HIRING_BANNER_ENABLED: 'false',
	N8N_LICENSE_AUTO_RENEW_ENABLED: 'false',
	N8N_PERSONALIZATION_ENABLED: 'false',
	N8N_PYTHON_ENABLED: 'false',
	N8N_REINSTALL_MISSING_PACKAGES: 'false',
	N8N_SECURE_COOKIE: 'false',
	N8N_TEMPLATES_ENABLED: 'false',
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
	N8N_VERIFIED_PACKAGES_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
	N8N_VERSION_NOTIFICATIONS_WHATS_NEW_ENABLED: 'false',
};

/** Ports nobody listens on at the moment, all different. */
export async function freePorts(count: number) {
	const servers = await Promise.all(
		Array.from(
			{ length: count },
			async () =>
				await new Promise<ReturnType<typeof createServer>>((done, failed) => {
					const server = createServer();
					server.once('error', failed);
					server.listen(0, '127.0.0.1', () => done(server));
				}),
		),
	);
	const ports = servers.map((server) => (server.address() as AddressInfo).port);
	await Promise.all(servers.map(async (server) => await new Promise((done) => server.close(done))));
	return ports;
}

export async function portInUse(port: number) {
	return await new Promise<boolean>((done) => {
		const server = createServer();
		server.once('error', () => done(true));
		server.listen(port, '127.0.0.1', () => server.close(() => done(false)));
	});
}

const running = new Set<number>();
let watching = false;

function killGroup(pid: number, signal: NodeJS.Signals | 0) {
	try {
		return process.kill(-pid, signal);
	} catch {
		return false;
	}
}

function script(file: string, text: string) {
	writeFileSync(file, text);
	chmodSync(file, 0o755);
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Starts an n8n command (`start`, `worker`, …) in a folder of its own. The `node` and `npm` that n8n finds in PATH are
 * ours: every Node.js process carries the guard, and packages come from the folder `packages`. `confined` keeps it to
 * loopback.
 */
export function launch(
	runtime: Runtime,
	folder: string,
	args: string[],
	env: NodeJS.ProcessEnv = {},
	confined = true,
): N8nProcess {
	const here = resolve('test/n8n');
	const bin = join(folder, 'bin');
	const packages = join(folder, 'packages');
	const attemptsFile = join(folder, 'attempts.jsonl');
	const logFile = join(folder, 'n8n.log');
	const guard = join(bin, 'guard.cjs');
	for (const each of [bin, packages]) mkdirSync(each, { recursive: true });
	writeFileSync(attemptsFile, '');
	writeFileSync(
		guard,
		`require(${JSON.stringify(join(here, 'guard.cjs'))})(${JSON.stringify(confined ? attemptsFile : null)});\n`,
	);
	script(
		join(bin, 'node'),
		`#!/bin/sh\nexec ${quote(runtime.node)} --require ${quote(guard)} "$@"\n`,
	);
	script(
		join(bin, 'npm'),
		`#!/bin/sh\nexec ${quote(join(bin, 'node'))} ${quote(join(here, 'npm.cjs'))} ${quote(packages)} "$@"\n`,
	);

	const child = spawn(join(bin, 'node'), [runtime.n8n, ...args], {
		cwd: folder,
		// A process group of its own, so that one signal reaches everything it started.
		detached: true,
		stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
		env: {
			...quiet,
			GENERIC_TIMEZONE: 'UTC',
			HOME: folder,
			LANG: 'C.UTF-8',
			N8N_ENCRYPTION_KEY: 'only-for-tests',
			N8N_HOST: '127.0.0.1',
			N8N_LISTEN_ADDRESS: '127.0.0.1',
			N8N_LOG_LEVEL: 'info',
			N8N_TEST_LIFELINE: '3',
			N8N_USER_FOLDER: folder,
			NODE_OPTIONS: `--require "${guard.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`,
			PATH: [bin, dirname(runtime.node), '/usr/local/bin', '/usr/bin', '/bin'].join(':'),
			TZ: 'UTC',
			...env,
		},
	});
	if (child.pid === undefined) throw new Error(`n8n did not start from ${runtime.n8n}`);
	const { pid } = child;
	running.add(pid);
	if (!watching) {
		watching = true;
		process.on('exit', () => running.forEach((each) => killGroup(each, 'SIGKILL')));
	}

	let output = '';
	const log = createWriteStream(logFile, { flags: 'a' });
	const keep = (chunk: Buffer) => {
		log.write(chunk);
		output = (output + chunk.toString()).slice(-200_000);
	};
	child.stdout!.on('data', keep);
	child.stderr!.on('data', keep);
	let ended = false;
	const end = new Promise<void>((done) => {
		child.on('error', (error) => keep(Buffer.from(String(error))));
		child.on('close', () => {
			ended = true;
			log.end();
			done();
		});
	});

	const gone = async (milliseconds: number) => {
		const until = Date.now() + milliseconds;
		while (Date.now() < until) {
			if (ended && !killGroup(pid, 0)) return true;
			await sleep(50);
		}
		return false;
	};
	const kill = async () => {
		killGroup(pid, 'SIGKILL');
		await end;
		if (!(await gone(5000))) throw new Error(`n8n left processes behind in the group ${pid}`);
		running.delete(pid);
	};

	return {
		pid,
		output: () => output,
		attempts: () =>
			existsSync(attemptsFile)
				? readFileSync(attemptsFile, 'utf8')
						.split('\n')
						.filter(Boolean)
						.map((line) => JSON.parse(line) as Attempt)
				: [],
		ended: () => ended,
		kill,
		stop: async () => {
			if (!ended) process.kill(pid, 'SIGTERM');
			if (!(await gone(15_000))) return await kill();
			running.delete(pid);
		},
	};
}
