import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A small community package in a temporary folder, and how to remove it. */
export interface FixturePackage {
	dir: string;
	remove(): void;
}

const nodeModules = resolve(dirname(fileURLToPath(import.meta.url)), '../../node_modules');

/**
 * Writes a community package from the text of its classes, each a CommonJS file that exports the
 * class of the key's name, e.g. `{ Echo: 'exports.Echo = class …' }`.
 */
export function writeFixture(
	nodes: Record<string, string>,
	credentials: Record<string, string>,
): FixturePackage {
	const dir = mkdtempSync(join(tmpdir(), 'n8n-fixture-'));
	mkdirSync(join(dir, 'dist'));
	symlinkSync(nodeModules, join(dir, 'node_modules'), 'dir');
	const write = (sources: Record<string, string>, suffix: string): string[] =>
		Object.entries(sources).map(([name, source]) => {
			const file = `dist/${name}.${suffix}.js`;
			writeFileSync(join(dir, file), source);
			return file;
		});
	const n8n = {
		n8nNodesApiVersion: 1,
		nodes: write(nodes, 'node'),
		credentials: write(credentials, 'credentials'),
	};
	writeFileSync(
		join(dir, 'package.json'),
		JSON.stringify({ name: 'n8n-nodes-fixture', version: '1.0.0', n8n }),
	);
	return { dir, remove: () => rmSync(dir, { recursive: true, force: true }) };
}
