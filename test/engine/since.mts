import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const load = createRequire(import.meta.url);

/** The folder of the n8n-core that is tested with: `npm run test:compat` takes others than the installed one. */
function coreFolder(): string {
	let folder = dirname(load.resolve('n8n-core'));
	while (!folder.endsWith('n8n-core')) folder = dirname(folder);
	return folder;
}

const { version } = JSON.parse(readFileSync(join(coreFolder(), 'package.json'), 'utf8')) as {
	version: string;
};

/** Whether the engine is n8n-core of this version or newer, for tests of what older ones do not do. */
export function since(wanted: string): boolean {
	const [major, minor] = version.split('.').map(Number);
	const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
	return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** A test of what n8n's engine does from a version on; skipped where the engine is older. */
export const itSince = (wanted: string): jest.It => (since(wanted) ? it : it.skip);
