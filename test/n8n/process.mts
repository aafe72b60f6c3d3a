/** One n8n process and all it starts: quiet, on loopback only, and gone without a trace when it is stopped. */
import { spawn, type ChildProcess } from 'node:child_process';
import {
	chmodSync,
	createWriteStream,
	existsSync,
	mkdirSync,
	readFileSync,
	writeFileSync,
} from 'node:fs';
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

/** The processes that this one ends at its own end. */
const running = new Set<number>();
process.on('exit', () => running.forEach((pid) => killGroup(pid, 'SIGKILL')));

function killGroup(pid: number, signal: NodeJS.Signals | 0) {
	try {
		return process.kill(-pid, signal);
	} catch {
		return false;
	}
}

function writeScript(file: string, text: string) {
	writeFileSync(file, `#!/bin/sh\n${text}\n`);
	chmodSync(file, 0o755);
}

const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/**
 * Writes the `node` and `npm` that n8n finds in PATH: every Node.js process carries the guard, and packages come from
 * the folder `packages`.
 */
function writeCommands(runtime: Runtime, folder: string, attemptsFile: string | null) {
	const here = resolve('test/n8n');
	const bin = join(folder, 'bin');
	const packages = join(folder, 'packages');
	const node = join(bin, 'node');
	const guard = join(bin, 'guard.cjs');
	for (const each of [bin, packages]) mkdirSync(each, { recursive: true });
	writeFileSync(
		guard,
		`require(${JSON.stringify(join(here, 'guard.cjs'))})(${JSON.stringify(attemptsFile)});\n`,
	);
	writeScript(node, `exec ${quote(runtime.node)} --require ${quote(guard)} "$@"`);
	const npm = join(here, 'npm.cjs');
	writeScript(join(bin, 'npm'), `exec ${quote(node)} ${quote(npm)} ${quote(packages)} "$@"`);
	return { bin, node, guard };
}

/** Keeps what a process prints: the whole in a file, the end of it in memory. */
function keepOutput(child: ChildProcess, logFile: string) {
	let output = '';
	const log = createWriteStream(logFile, { flags: 'a' });
	const keep = (chunk: Buffer) => {
		log.write(chunk);
		output = (output + chunk.toString()).slice(-200_000);
	};
	child.stdout!.on('data', keep);
	child.stderr!.on('data', keep);
	child.on('error', (error) => keep(Buffer.from(String(error))));
	child.on('close', () => log.end());
	return () => output;
}

const readAttempts = (file: string): Attempt[] =>
	existsSync(file)
		? readFileSync(file, 'utf8')
				.split('\n')
				.filter(Boolean)
				.map((line) => JSON.parse(line) as Attempt)
		: [];

/** Ends a process with everything it has started. */
function watchGroup(child: ChildProcess, pid: number) {
	running.add(pid);
	let ended = false;
	const end = new Promise<void>((done) => {
		child.on('close', () => {
			ended = true;
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
	const stop = async () => {
		if (!ended) process.kill(pid, 'SIGTERM');
		if (!(await gone(15_000))) return await kill();
		running.delete(pid);
	};
	return { ended: () => ended, kill, stop };
}

/**
 * Starts an n8n command (`start`, `worker`, …) in a folder of its own, with our `node` and `npm`. `confined` keeps it to
 * loopback.
 */
export function launch(
	runtime: Runtime,
	folder: string,
	args: string[],
	env: NodeJS.ProcessEnv = {},
	confined = true,
): N8nProcess {
	const attemptsFile = join(folder, 'attempts.jsonl');
	const { bin, node, guard } = writeCommands(runtime, folder, confined ? attemptsFile : null);
	writeFileSync(attemptsFile, '');
	const child = spawn(node, [runtime.n8n, ...args], {
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
	const output = keepOutput(child, join(folder, 'n8n.log'));
	const attempts = () => readAttempts(attemptsFile);
	return { pid: child.pid, output, attempts, ...watchGroup(child, child.pid) };
}
