/**
 * `npm run n8n`: the real n8n in your browser, with this package installed, a sandbox of Teamogy running, its credential
 * and the example workflows in place. Everything stays on this machine. `-- --fresh` starts over, with `-- --live` things
 * happen in the sandbox every few seconds.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSandbox } from '../sandbox/index.mts';
import { startLive } from '../sandbox/live.mts';
import { cacheFolder, prepare } from './cache.mts';
import { SetupError } from './command.mts';
import { owner, startN8n, type Credential, type N8n, type Workflow } from './instance.mts';
import { packPackage } from './pack.mts';
import { isPortInUse } from './ports.mts';
import { versions } from './versions.mts';

const ports = {
	n8n: Number(process.env.N8N_PORT) || 5688,
	sandbox: Number(process.env.SANDBOX_PORT) || 5689,
};
const requestsPerMinute = 60;

/** What is in the kept n8n already: a hash for each thing that was put in. */
type Kept = Record<string, string>;

const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
const say = (line: string) => console.log(line);

async function keepCredential(n8n: N8n, credential: Credential) {
	const all = await n8n.rest<Array<{ id: string; name: string; type: string }>>(
		'GET',
		'credentials',
	);
	const same = all.find((each) => each.name === credential.name && each.type === credential.type);
	if (same) await n8n.rest('PATCH', `credentials/${same.id}`, credential);
	else await n8n.importCredential(credential);
}

async function fill(n8n: N8n, kept: Kept, tarball: string, credentials: Credential[]) {
	const packed = hash(readFileSync(tarball));
	if (kept.package !== packed) {
		say('Installing the package in n8n');
		await n8n.install(tarball);
		kept.package = packed;
	}
	const types = await n8n.rest<Array<{ name: string }>>('GET', '/types/credentials.json');
	for (const credential of credentials) {
		if (types.some(({ name }) => name === credential.type)) await keepCredential(n8n, credential);
	}
	const names: string[] = [];
	for (const file of existsSync('examples') ? readdirSync('examples').sort() : []) {
		if (!file.endsWith('.json')) continue;
		const text = readFileSync(join('examples', file), 'utf8');
		const workflow = JSON.parse(text) as Workflow;
		names.push(workflow.name);
		// What a person changed in the editor is theirs: an example comes again only when it has changed itself.
		if (kept[file] === hash(text)) continue;
		await n8n.importWorkflow(workflow);
		kept[file] = hash(text);
	}
	return names;
}

/** Stops what was started and ends the process at the first signal, e.g. of Ctrl-C. Tells whether one has come. */
function stopOnSignal(stop: () => Promise<void>): () => boolean {
	let isStopping = false;
	const end = async () => {
		if (isStopping) return;
		isStopping = true;
		say('\nStopping n8n and the sandbox');
		try {
			await stop();
			say('Stopped');
			process.exit(0);
		} catch (error) {
			console.error(error);
			process.exit(1);
		}
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
		process.on(signal, () => void end());
	return () => isStopping;
}

async function assertFreePorts() {
	for (const [name, port] of [
		['N8N_PORT', ports.n8n],
		['SANDBOX_PORT', ports.sandbox],
	] as const) {
		if (await isPortInUse(port)) {
			throw new SetupError(
				`Port ${port} is in use, perhaps by another "npm run n8n". Another one: ${name}=${port + 10} npm run n8n`,
			);
		}
	}
}

async function main() {
	const folder = join(cacheFolder, `editor-${versions.n8n}`);
	const keptFile = join(folder, 'kept.json');
	await assertFreePorts();
	if (process.argv.includes('--fresh')) rmSync(folder, { recursive: true, force: true });

	const runtime = await prepare({ say });
	const parts: Array<() => Promise<void>> = [];
	const stop = async () => {
		for (const part of parts.splice(0).reverse()) await part();
	};
	const isStopping = stopOnSignal(stop);

	try {
		const sandbox = await startSandbox({
			port: ports.sandbox,
			budget: requestsPerMinute,
		});
		parts.push(async () => await sandbox.close());
		say(`Starting n8n ${versions.n8n}`);
		const [n8n, tarball] = await Promise.all([
			startN8n({ runtime, userFolder: folder, port: ports.n8n, confined: false }).then(
				(started) => {
					parts.push(async () => await started.stop());
					return started;
				},
			),
			packPackage({ say }),
		]);
		const kept: Kept = existsSync(keptFile) ? JSON.parse(readFileSync(keptFile, 'utf8')) : {};
		const workflows = await fill(n8n, kept, tarball, [
			{ name: 'Teamogy sandbox', type: 'teamogyApi', data: { ...sandbox.credential } },
			{
				name: 'Teamogy push',
				type: 'teamogyPushApi',
				data: { headerName: 'X-Api-Key', secret: 'a-secret-for-the-sandbox' },
			},
		]);
		writeFileSync(keptFile, JSON.stringify(kept, null, '\t') + '\n');
		say('');
		say(`  n8n               ${n8n.url}/home/workflows`);
		say(`  log in with       ${owner.email}  ${owner.password}`);
		say(`  Teamogy sandbox   ${sandbox.domain}  (${requestsPerMinute} requests a minute)`);
		say(`  workflows         ${workflows.length} examples`);
		say('');
		say(
			'Ctrl-C stops both; what you do in n8n is kept, the data of the sandbox is not ("npm run n8n -- --fresh" starts over).',
		);
		if (process.argv.includes('--live')) {
			const stopLive = startLive(sandbox, 4000, (what) => say(`  …  ${what}`));
			parts.push(async () => stopLive());
		}
	} catch (error) {
		// A start that Ctrl-C cut short is no failure.
		if (isStopping()) return;
		await stop();
		throw error;
	}
}

main().catch((error: unknown) => {
	console.error(error instanceof SetupError ? error.message : error);
	process.exit(1);
});
