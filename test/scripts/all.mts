/**
 * `npm test` after the build: the linter and the type check run beside jest, so that no core waits for another one's
 * last step. What is passed on the command line goes to jest, e.g. the path of a suite.
 */
import { spawn } from 'node:child_process';

/** Runs a command of the project; what it prints is kept together, and shown when it ends. */
async function run(
	command: string,
	args: string[],
	shown: 'live' | 'afterwards',
): Promise<boolean> {
	const child = spawn(command, args, {
		stdio: ['inherit', ...Array<'inherit' | 'pipe'>(2).fill(shown === 'live' ? 'inherit' : 'pipe')],
	});
	let output = '';
	const keep = (chunk: Buffer) => (output += chunk.toString());
	child.stdout?.on('data', keep);
	child.stderr?.on('data', keep);
	const code = await new Promise<number | null>((resolve, reject) => {
		child.on('error', reject);
		child.on('close', resolve);
	});
	process.stderr.write(output);
	return code === 0;
}

const steps: Record<string, Promise<boolean>> = {
	'npm run lint': run('npm', ['run', '--silent', 'lint'], 'afterwards'),
	'npx tsc -p test': run('npx', ['tsc', '-p', 'test', '--pretty'], 'afterwards'),
	'npx jest -c test/jest.config.js': run(
		'npx',
		['jest', '-c', 'test/jest.config.js', ...process.argv.slice(2)],
		'live',
	),
};
for (const [step, passed] of Object.entries(steps)) {
	if (await passed) continue;
	console.error(`Not passed: ${step}`);
	process.exitCode = 1;
}
