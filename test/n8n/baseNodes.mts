/**
 * n8n's own nodes (Set, If, Merge …) for the engine tests. As a development dependency, n8n-nodes-base would bring 400
 * packages more (400 MB, a third of the time of `npm ci`), nearly all of them clients of services that no test uses. So
 * only the package itself is fetched, and of it only the folders below; what they import comes with n8n-core or is a
 * development dependency.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { npmEnvironment, run, SetupError, type Say } from './command.mts';
import { locked } from './lock.mts';
import type { EngineVersions } from './versions.mts';

/** What is unpacked of n8n-nodes-base. A test that uses another node adds its folder. */
const parts = [
	'package.json',
	'dist/known',
	'dist/utils',
	...[
		'Airtable',
		'Code',
		'Filter',
		'If',
		'ManualTrigger',
		'Merge',
		'NoOp',
		'Schedule',
		'Set',
		'StickyNote',
		'Transform',
	].map((name) => `dist/nodes/${name}`),
];

/**
 * Unpacks n8n's own nodes once, into a folder below the `node_modules` of the engine they run on: their imports are
 * found there.
 *
 * @param modules the `node_modules` that holds n8n-core
 * @returns the folder of the package
 * @throws SetupError where the registry gives another file than the expected one
 */
export async function prepareBaseNodes(
	modules: string,
	{ nodes: version, integrity }: EngineVersions,
	say: Say = (line) => console.log(line),
): Promise<string> {
	const cache = join(modules, '.cache');
	// The name changes with the parts, so that a folder which lacks a new one is not taken for complete.
	const key = createHash('sha256').update(parts.join()).digest('hex').slice(0, 8);
	const folder = join(cache, `n8n-nodes-base-${version}-${key}`);
	if (existsSync(folder)) return folder;
	await mkdir(cache, { recursive: true });
	await locked(cache, say, async () => {
		if (existsSync(folder)) return;
		const unpacked = mkdtempSync(join(cache, 'unpacking-'));
		try {
			await run(
				'npm',
				[
					'pack',
					`n8n-nodes-base@${version}`,
					'--prefer-offline',
					'--silent',
					'--pack-destination',
					unpacked,
				],
				{
					env: npmEnvironment(),
					say,
					what: `Downloading n8n-nodes-base ${version} from the npm registry`,
					usually: '10 s, 12 MB',
				},
			);
			const name = readdirSync(unpacked).find((file) => file.endsWith('.tgz'))!;
			const tarball = join(unpacked, name);
			const hash = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
			if (hash !== integrity) {
				throw new SetupError(
					`n8n-nodes-base ${version} from the registry has the hash ${hash}, and ${integrity} is expected (test/n8n/versions.mts).`,
				);
			}
			await run(
				'tar',
				['-xzf', tarball, '-C', unpacked, ...parts.map((part) => `package/${part}`)],
				{
					say: () => {},
					what: 'Unpacking n8n-nodes-base',
					usually: '1 s',
				},
			);
			// The folder appears whole or not at all.
			await rename(join(unpacked, 'package'), folder);
		} finally {
			await rm(unpacked, { recursive: true, force: true });
		}
	});
	return folder;
}
