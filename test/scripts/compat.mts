/**
 * `npm run test:compat`: the engine tests on each n8n-core that is supported, from the cache folder outside the
 * checkout. `npm run test:compat -- 2.20` takes one; what is no version goes to jest, e.g. the path of a suite.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { prepareBaseNodes } from '../n8n/baseNodes.mts';
import { prepareEngine } from '../n8n/cache.mts';
import { SetupError } from '../n8n/command.mts';
import { engines } from '../n8n/versions.mts';

const given = process.argv.slice(2);
const isVersion = (argument: string) => /^\d/.test(argument);

function wanted() {
	const names = given.filter(isVersion);
	const unknown = names.filter((name) => !(name in engines));
	if (unknown.length) {
		throw new SetupError(
			`n8n-core ${unknown.join(', ')} is not among those tested: ${Object.keys(engines).join(', ')}. Others go into test/n8n/versions.mts.`,
		);
	}
	return names.length ? names : Object.keys(engines);
}

async function main() {
	const failed: string[] = [];
	for (const name of wanted()) {
		const { core: version } = engines[name];
		const folder = await prepareEngine(engines[name]);
		await prepareBaseNodes(join(folder, 'node_modules'), engines[name]);
		console.log(`\nEngine tests on n8n-core ${version}`);
		const { status } = spawnSync(
			'npx',
			['jest', '-c', 'test/compat.jest.config.js', ...given.filter((each) => !isVersion(each))],
			{ stdio: 'inherit', env: { ...process.env, N8N_ENGINE: folder } },
		);
		if (status !== 0) failed.push(version);
	}
	if (failed.length) throw new SetupError(`\nNot passed: n8n-core ${failed.join(', ')}`);
}

main().catch((error: unknown) => {
	console.error(error instanceof SetupError ? error.message : error);
	process.exitCode = 1;
});
