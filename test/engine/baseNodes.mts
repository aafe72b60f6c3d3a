import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PackageDirectoryLoader } from 'n8n-core';
import { prepareBaseNodes } from '../n8n/baseNodes.mts';
import { type EngineVersions, engines } from '../n8n/versions.mts';
import { coreVersion, engineModules } from './installed.mts';
import type { N8n } from './n8n.mts';

/** The parts of the n8n release whose engine is tested with. */
function findVersions(): EngineVersions {
	const found = Object.values(engines).find(({ core }) => core === coreVersion);
	if (found) return found;
	throw new Error(`test/n8n/versions.mts does not say which n8n has n8n-core ${coreVersion}`);
}

/** Fetches n8n's own nodes for the engine that is tested with, where they are not there yet. */
export async function fetchBaseNodes(): Promise<string> {
	return await prepareBaseNodes(engineModules, findVersions());
}

/** n8n's own nodes. As in n8n, the class of a node is loaded when a workflow first uses the node. */
export async function loadBaseNodes(n8n: N8n): Promise<PackageDirectoryLoader> {
	const folder = await fetchBaseNodes();
	const loader = new n8n.core.LazyPackageDirectoryLoader(folder);
	// Its `loadAll` also reads the descriptions of all nodes for the editor, which takes a while.
	const known = readFileSync(join(folder, 'dist/known/nodes.json'), 'utf8');
	Object.assign(loader, { isLazyLoaded: true });
	loader.known.nodes = JSON.parse(known) as typeof loader.known.nodes;
	return loader;
}
