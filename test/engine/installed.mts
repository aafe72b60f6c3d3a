import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { load } from './outsideJest.mts';

/** The folder of the n8n-core that is tested with: `npm run test:compat` takes others than the installed one. */
function findCore(): string {
	let folder = dirname(load.resolve('n8n-core'));
	while (!folder.endsWith('n8n-core')) folder = dirname(folder);
	return folder;
}

const coreFolder = findCore();

/** The `node_modules` that holds the engine. */
export const engineModules = dirname(coreFolder);

/** Version of the engine's n8n-core. */
export const { version: coreVersion } = JSON.parse(
	readFileSync(join(coreFolder, 'package.json'), 'utf8'),
) as { version: string };
