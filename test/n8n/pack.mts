/** The package as it would be published: built, packed, in build/. */
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { SetupError, type Say } from './command.mts';

const run = promisify(execFile);

export async function packPackage(options: { build?: boolean; say?: Say } = {}) {
	const { build = true, say = () => {} } = options;
	const folder = resolve('build');
	mkdirSync(folder, { recursive: true });
	try {
		if (build) {
			say('Building the package');
			await run('npm', ['run', '--silent', 'build']);
		}
		const { stdout } = await run('npm', [
			'pack',
			'--json',
			'--ignore-scripts',
			'--loglevel=error',
			'--pack-destination',
			folder,
		]);
		const [{ filename }] = JSON.parse(stdout) as Array<{ filename: string }>;
		return join(folder, filename);
	} catch (error) {
		const { stdout, stderr, message } = error as Error & { stdout?: string; stderr?: string };
		throw new SetupError(
			`The package could not be built and packed: ${message}\n${stdout ?? ''}${stderr ?? ''}`,
		);
	}
}
