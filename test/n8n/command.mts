/** Commands of this machine that the set-up runs, and what it says when one stops it. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

export type Say = (line: string) => void;

/** What stops a person here, worded so that they can act; shown without a stack. */
export class SetupError extends Error {}

/** The first of these commands that PATH has. */
export function findCommand(...names: string[]) {
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
