/**
 * The real n8n and what it needs, in a cache folder outside the checkout:
 *
 *     node-24.21.0/             Node.js, as the npm package of this platform
 *     n8n-2.41.1/               n8n from the npm registry, with its SQLite driver built
 *     n8n-core-2.20.6/          n8n's engine alone, one folder for each version of test:compat
 *
 * Each step leaves a marker behind when it is through, so a second run skips it and an interrupted one goes on where it
 * stopped. `npx tsx test/n8n/prepare.mts` only fills the cache.
 */
import { spawn, spawnSync } from 'node:child_process';
import {
	accessSync,
	constants,
	existsSync,
	mkdirSync,
	readFileSync,
	readdirSync,
	realpathSync,
} from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type EngineVersions, versions } from './versions.mts';

export interface Runtime {
	/** The cache folder. */
	folder: string;
	/** The Node.js binary n8n runs on. */
	node: string;
	/** n8n's command, to be run by `node`. */
	n8n: string;
	/** The browser's binary; undefined unless asked for. */
	browser?: string;
}

export type Say = (line: string) => void;

export const cacheFolder = join(
	process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
	'n8n-nodes-teamogy',
);

/** What stops a person here, worded so that they can act; shown without a stack. */
export class SetupError extends Error {}

const sleep = async (milliseconds: number) =>
	await new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Which npm package brings Node.js to this machine. */
function nodePackage(
	platform: string = process.platform,
	arch: string = process.arch,
	glibc: string | undefined = runtimeGlibc(),
) {
	const elsewhere =
		'Run it in a Linux container or virtual machine with glibc on x64 or arm64, for example in the image node:22-bookworm.';
	if (platform !== 'linux') {
		throw new SetupError(
			`The real n8n is set up on Linux only, and this is ${platform}. ${elsewhere}`,
		);
	}
	if (arch !== 'x64' && arch !== 'arm64') {
		throw new SetupError(
			`Node.js for n8n is there for x64 and arm64 only, and this is ${arch}. ${elsewhere}`,
		);
	}
	if (!glibc)
		throw new SetupError(`This Linux has no glibc (Alpine, for one, has not). ${elsewhere}`);
	return `node-linux-${arch}`;
}

function runtimeGlibc() {
	const report = process.report?.getReport() as unknown as {
		header?: { glibcVersionRuntime?: string };
	};
	return report?.header?.glibcVersionRuntime;
}

/** The first of these commands that PATH has. */
function findCommand(...names: string[]) {
	for (const name of names) {
		for (const folder of (process.env.PATH ?? '').split(delimiter)) {
			const path = join(folder, name);
			try {
				accessSync(path, constants.X_OK);
				return path;
			} catch {}
		}
	}
	return undefined;
}

/** Runs a command; on failure the message carries the end of what it printed. */
export async function run(
	command: string,
	args: string[],
	options: { cwd?: string; env?: NodeJS.ProcessEnv; say: Say; what: string; usually: string },
) {
	const { cwd, env, say, what, usually } = options;
	const started = Date.now();
	const seconds = () => Math.round((Date.now() - started) / 1000);
	say(`${what} (usually ${usually})`);
	const ticking = setInterval(() => say(`  … ${seconds()} s`), 15_000);
	let output = '';
	try {
		const code = await new Promise<number | string>((resolve, reject) => {
			const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
			const keep = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000));
			child.stdout.on('data', keep);
			child.stderr.on('data', keep);
			child.on('error', reject);
			child.on('close', (exit, signal) => resolve(exit ?? signal ?? 1));
		});
		if (code !== 0)
			throw new SetupError(
				`${what}: "${[command, ...args].join(' ')}" ended with ${code}:\n${output}`,
			);
		say(`  done in ${seconds()} s`);
	} finally {
		clearInterval(ticking);
	}
}

/**
 * The environment for an npm of its own: what the surrounding `npm run` says about this project does not hold there,
 * what a person configured (a registry, a proxy) does.
 */
export function npmEnvironment(extra: NodeJS.ProcessEnv = {}) {
	const env: NodeJS.ProcessEnv = { ...process.env, ...extra };
	for (const name of Object.keys(env)) {
		if (
			/^npm_(package|lifecycle|command|execpath|config_(local_prefix|prefix|ignore_scripts|omit_lockfile_registry_resolved)$)/i.test(
				name,
			)
		) {
			delete env[name];
		}
	}
	return env;
}

async function npmProject(folder: string, name: string, dependencies: Record<string, string>) {
	await rm(join(folder, 'node_modules'), { recursive: true, force: true });
	await mkdir(folder, { recursive: true });
	await writeFile(
		join(folder, 'package.json'),
		JSON.stringify({ name, private: true, dependencies }, null, '\t') + '\n',
	);
}

const install = [
	'install',
	'--ignore-scripts',
	'--engine-strict=false',
	'--no-audit',
	'--no-fund',
	'--omit=dev',
	'--loglevel=error',
];

/** Does `action` once: the marker says that it is through, `result` that it still is. */
async function once(marker: string, result: string, action: () => Promise<void>) {
	if (existsSync(marker) && existsSync(result)) return;
	await rm(marker, { force: true });
	await action();
	if (!existsSync(result))
		throw new SetupError(`The set-up went through, yet ${result} is missing.`);
	await writeFile(marker, new Date().toISOString() + '\n');
}

async function needSpace(folder: string, gigabytes: number) {
	const { bavail, bsize } = await statfs(folder);
	const free = (bavail * bsize) / 1e9;
	if (free < gigabytes) {
		throw new SetupError(
			`About ${gigabytes} GB are needed in ${folder}, and ${free.toFixed(1)} GB are free. Set XDG_CACHE_HOME to a folder with more room.`,
		);
	}
}

/** One set-up at a time: the second waits for the first and then finds all there. */
export async function locked<T>(folder: string, say: Say, action: () => Promise<T>) {
	const lock = join(folder, '.lock');
	let told = false;
	for (;;) {
		try {
			mkdirSync(lock);
			await writeFile(join(lock, 'pid'), String(process.pid));
			break;
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		}
		if (!lockOwnerLives(lock)) {
			// Written a moment after the folder is made: look twice before it counts as left behind.
			await sleep(1000);
			if (!lockOwnerLives(lock)) await rm(lock, { recursive: true, force: true });
			continue;
		}
		if (!told) say('Another process is filling the cache: waiting for it');
		told = true;
		await sleep(1000);
	}
	try {
		return await action();
	} finally {
		await rm(lock, { recursive: true, force: true });
	}
}

function lockOwnerLives(lock: string) {
	try {
		process.kill(Number(readFileSync(join(lock, 'pid'), 'utf8')) || NaN, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

async function systemPackage(
	commands: string[],
	apt: string,
	why: string,
	say: Say,
	find = () => findCommand(...commands),
) {
	const found = find();
	if (found) return found;
	const byHand = `Install it with: sudo apt-get install --no-install-recommends ${apt}`;
	if (!findCommand('apt-get')) {
		throw new SetupError(
			`${why} needs one of ${commands.join(', ')} in PATH. Install it with your system's package manager.`,
		);
	}
	if (process.getuid?.() !== 0) throw new SetupError(`${why} needs Debian's ${apt}. ${byHand}`);
	const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
	await run('apt-get', ['update', '-q'], { env, say, what: 'apt-get update', usually: '10 s' });
	await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', apt], {
		env,
		say,
		what: `Installing Debian's ${apt}`,
		usually: 'half one to two minutes',
	});
	const now = find();
	if (!now)
		throw new SetupError(`${apt} is installed, yet none of ${commands.join(', ')} is in PATH.`);
	return now;
}

async function systemBrowser(say: Say) {
	const chosen = process.env.CHROMIUM_PATH;
	if (chosen) {
		if (!existsSync(chosen))
			throw new SetupError(`CHROMIUM_PATH names ${chosen}, and there is no such file.`);
		return chosen;
	}
	return await systemPackage(
		['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'],
		'chromium',
		'The browser part',
		say,
	);
}

/** Queue mode's messenger. */
export async function systemRedis(say: Say) {
	return await systemPackage(['redis-server'], 'redis-server', 'Queue mode', say);
}

/** Queue mode's database; Debian keeps the server out of PATH, in a folder for each version. */
export async function systemPostgres(say: Say) {
	const debians = '/usr/lib/postgresql';
	const newest = () =>
		(existsSync(debians) ? readdirSync(debians) : [])
			.sort((one, other) => Number(other) - Number(one))
			.map((version) => join(debians, version, 'bin', 'postgres'))
			.find(existsSync);
	const find = () => newest() ?? findCommand('postgres');
	// Its tools lie beside it, and not beside a link to it.
	return realpathSync(await systemPackage(['postgres'], 'postgresql', 'Queue mode', say, find));
}

/** Everything to run n8n, downloaded when it is not there yet. Costs five to seven minutes once. */
export async function prepare(options: { browser?: boolean; say?: Say } = {}): Promise<Runtime> {
	const say = options.say ?? ((line) => console.log(line));
	const platformPackage = nodePackage();
	const niced = (command: string, args: string[]): [string, string[]] =>
		findCommand('nice') ? ['nice', ['-n', '10', command, ...args]] : [command, args];

	const nodeFolder = join(cacheFolder, `node-${versions.node}`);
	const n8nFolder = join(cacheFolder, `n8n-${versions.n8n}`);
	const nodeHome = join(nodeFolder, 'node_modules', platformPackage);
	const node = join(nodeHome, 'bin', 'node');
	const n8n = join(n8nFolder, 'node_modules', 'n8n', 'bin', 'n8n');
	const sqlite = join(n8nFolder, 'node_modules', 'sqlite3');

	const markers = {
		node: join(nodeFolder, '.installed'),
		n8n: join(n8nFolder, '.installed'),
		sqlite: join(n8nFolder, '.sqlite3-built'),
	};
	const complete = [node, n8n, ...Object.values(markers)].every(existsSync);
	if (!complete) {
		await mkdir(cacheFolder, { recursive: true });
		say(`Setting up the real n8n in ${cacheFolder} (once, five to seven minutes and 3.2 GB)`);
		await locked(cacheFolder, say, async () => {
			await once(markers.node, node, async () => {
				await npmProject(nodeFolder, 'n8n-nodes-teamogy-node', {
					[platformPackage]: versions.node,
				});
				await run(...niced('npm', [...install, '--prefix', nodeFolder]), {
					cwd: nodeFolder,
					env: npmEnvironment(),
					say,
					what: `Downloading Node.js ${versions.node} from the npm registry`,
					usually: '10 s, 190 MB',
				});
			});
			await once(markers.n8n, n8n, async () => {
				await npmProject(n8nFolder, 'n8n-nodes-teamogy-n8n', { n8n: versions.n8n });
				await needSpace(n8nFolder, 4);
				await run(...niced('npm', [...install, '--prefix', n8nFolder]), {
					cwd: n8nFolder,
					env: npmEnvironment(),
					say,
					what: `Downloading n8n ${versions.n8n} from the npm registry`,
					usually: '3 to 5 minutes, 2.9 GB',
				});
			});
			await once(markers.sqlite, sqlite, async () => {
				await run(
					...niced('npm', [
						'rebuild',
						'--ignore-scripts=false',
						'--loglevel=error',
						'--prefix',
						n8nFolder,
						'sqlite3',
					]),
					{
						cwd: n8nFolder,
						env: npmEnvironment({ npm_config_nodedir: nodeHome }),
						say,
						what: "Building n8n's SQLite driver",
						usually: 'one to two minutes',
					},
				);
				const loads = spawnSync(node, ['-e', 'require("sqlite3")'], {
					cwd: n8nFolder,
					encoding: 'utf8',
				});
				if (loads.status !== 0) {
					throw new SetupError(
						`n8n's SQLite driver was not built. It needs python3, make and a C++ compiler (Debian: build-essential python3).\n${loads.stderr}`,
					);
				}
			});
		});
	}
	return {
		folder: cacheFolder,
		node,
		n8n,
		...(options.browser ? { browser: await systemBrowser(say) } : {}),
	};
}

/** One version of n8n's engine alone, without its install scripts: the folder whose `node_modules` holds it. */
export async function prepareEngine(
	{ core: version, imports }: EngineVersions,
	say: Say = (line) => console.log(line),
) {
	const folder = join(cacheFolder, `n8n-core-${version}`);
	const marker = join(folder, '.installed');
	// A folder that lacks it was filled before n8n's own nodes were tested with.
	const result = join(folder, 'node_modules', Object.keys(imports).at(-1)!, 'package.json');
	if (existsSync(marker) && existsSync(result)) return folder;
	await mkdir(cacheFolder, { recursive: true });
	await locked(cacheFolder, say, async () => {
		await once(marker, result, async () => {
			await npmProject(folder, 'n8n-nodes-teamogy-engine', {
				'n8n-core': version,
				...imports,
			});
			await needSpace(folder, 1);
			await run('npm', [...install, '--prefix', folder], {
				cwd: folder,
				env: npmEnvironment(),
				say,
				what: `Downloading n8n-core ${version} from the npm registry`,
				usually: 'half a minute, 350 MB',
			});
		});
	});
	return folder;
}
