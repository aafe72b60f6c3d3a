import { createRequire } from 'node:module';

/**
 * Loads a file of the built package, so that the check reads input and headers as the nodes do.
 *
 * @param path from the root of the repository, e.g. `./dist/nodes/api/schema/catalog.js`
 */
export function requireBuilt<T>(path: string): T {
	return createRequire(`${process.cwd()}/package.json`)(path) as T;
}
