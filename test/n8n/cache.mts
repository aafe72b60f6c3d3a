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
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { findCommand, npmEnvironment, run, SetupError, type Say } from './command.mts';
import { locked } from './lock.mts';
import { systemBrowser } from './systemPackages.mts';
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

export const cacheFolder = join(
	process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
	'n8n-nodes-teamogy',
);

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

async function needSpace(folder: string, gigabytes: number) {
	const { bavail, bsize } = await statfs(folder);
	const free = (bavail * bsize) / 1e9;
	if (free < gigabytes) {
		throw new SetupError(
			`About ${gigabytes} GB are needed in ${folder}, and ${free.toFixed(1)} GB are free. Set XDG_CACHE_HOME to a folder with more room.`,
		);
	}
}

/** Names the npm package that brings Node.js to this machine. */
function nodePackage() {
	const { platform, arch } = process;
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
	const report = process.report?.getReport() as unknown as {
		header?: { glibcVersionRuntime?: string };
	};
	if (!report?.header?.glibcVersionRuntime)
		throw new SetupError(`This Linux has no glibc (Alpine, for one, has not). ${elsewhere}`);
	return `node-linux-${arch}`;
}

/** A folder of the cache with one thing in it, and the file that says that it is complete. */
interface Part {
	folder: string;
	marker: string;
	/** What is there when it is complete. */
	result: string;
}

const isComplete = ({ marker, result }: Part) => existsSync(marker) && existsSync(result);

/** Does `action` once: the marker says that it is through, `result` that it still is. */
async function once(part: Part, action: () => Promise<void>) {
	if (isComplete(part)) return;
	await rm(part.marker, { force: true });
	await action();
	if (!existsSync(part.result))
		throw new SetupError(`The set-up went through, yet ${part.result} is missing.`);
	await writeFile(part.marker, new Date().toISOString() + '\n');
}

const runNiced = async (command: string, args: string[], options: Parameters<typeof run>[2]) =>
	await (findCommand('nice')
		? run('nice', ['-n', '10', command, ...args], options)
		: run(command, args, options));

async function installNode({ folder }: Part, platformPackage: string, say: Say) {
	await npmProject(folder, 'n8n-nodes-teamogy-node', { [platformPackage]: versions.node });
	await runNiced('npm', [...install, '--prefix', folder], {
		cwd: folder,
		env: npmEnvironment(),
		say,
		what: `Downloading Node.js ${versions.node} from the npm registry`,
		usually: '10 s, 190 MB',
	});
}

async function installN8n({ folder }: Part, say: Say) {
	await npmProject(folder, 'n8n-nodes-teamogy-n8n', { n8n: versions.n8n });
	await needSpace(folder, 4);
	await runNiced('npm', [...install, '--prefix', folder], {
		cwd: folder,
		env: npmEnvironment(),
		say,
		what: `Downloading n8n ${versions.n8n} from the npm registry`,
		usually: '3 to 5 minutes, 2.9 GB',
	});
}

/** Builds n8n's SQLite driver for the Node.js of the cache. */
async function buildSqlite({ folder }: Part, node: string, say: Say) {
	const rebuild = ['rebuild', '--ignore-scripts=false', '--loglevel=error', '--prefix', folder];
	await runNiced('npm', [...rebuild, 'sqlite3'], {
		cwd: folder,
		env: npmEnvironment({ npm_config_nodedir: dirname(dirname(node)) }),
		say,
		what: "Building n8n's SQLite driver",
		usually: 'one to two minutes',
	});
	const loads = spawnSync(node, ['-e', 'require("sqlite3")'], { cwd: folder, encoding: 'utf8' });
	if (loads.status !== 0) {
		throw new SetupError(
			`n8n's SQLite driver was not built. It needs python3, make and a C++ compiler (Debian: build-essential python3).\n${loads.stderr}`,
		);
	}
}

/** Everything to run n8n, downloaded when it is not there yet. Costs five to seven minutes once. */
export async function prepare(options: { browser?: boolean; say?: Say } = {}): Promise<Runtime> {
	const say = options.say ?? ((line) => console.log(line));
	const platformPackage = nodePackage();
	const part = (folder: string, marker: string, ...result: string[]): Part => ({
		folder: join(cacheFolder, folder),
		marker: join(cacheFolder, folder, marker),
		result: join(cacheFolder, folder, 'node_modules', ...result),
	});
	const node = part(`node-${versions.node}`, '.installed', platformPackage, 'bin', 'node');
	const n8n = part(`n8n-${versions.n8n}`, '.installed', 'n8n', 'bin', 'n8n');
	const sqlite = part(`n8n-${versions.n8n}`, '.sqlite3-built', 'sqlite3');

	if (![node, n8n, sqlite].every(isComplete)) {
		await mkdir(cacheFolder, { recursive: true });
		say(`Setting up the real n8n in ${cacheFolder} (once, five to seven minutes and 3.2 GB)`);
		await locked(cacheFolder, say, async () => {
			await once(node, async () => await installNode(node, platformPackage, say));
			await once(n8n, async () => await installN8n(n8n, say));
			await once(sqlite, async () => await buildSqlite(sqlite, node.result, say));
		});
	}
	return {
		folder: cacheFolder,
		node: node.result,
		n8n: n8n.result,
		...(options.browser ? { browser: await systemBrowser(say) } : {}),
	};
}

/** One version of n8n's engine alone, without its install scripts: the folder whose `node_modules` holds it. */
export async function prepareEngine(
	{ core: version, imports }: EngineVersions,
	say: Say = (line) => console.log(line),
) {
	const folder = join(cacheFolder, `n8n-core-${version}`);
	const part: Part = {
		folder,
		marker: join(folder, '.installed'),
		// A folder that lacks it was filled before n8n's own nodes were tested with.
		result: join(folder, 'node_modules', Object.keys(imports).at(-1)!, 'package.json'),
	};
	if (isComplete(part)) return folder;
	await mkdir(cacheFolder, { recursive: true });
	await locked(cacheFolder, say, async () => {
		await once(part, async () => {
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
