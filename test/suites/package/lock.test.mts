import { readFileSync } from 'node:fs';

interface Locked {
	version?: string;
	resolved?: string;
	optionalDependencies?: Record<string, string>;
}

const text = readFileSync(`${process.cwd()}/package-lock.json`, 'utf8');
const { packages } = JSON.parse(text) as { packages: Record<string, Locked> };

// npm 11 refuses a lock file in which the builds for other platforms are missing, and npm leaves
// them out where the registry it is written against lacks them.
test('The lock file holds the builds for all platforms', () => {
	const names = new Set(Object.keys(packages).map((path) => path.replace(/^.*node_modules\//, '')));
	const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
		Object.keys(optionalDependencies)
			.filter((name) => !names.has(name))
			.map((name) => `${name}, wanted by ${path}`),
	);
	expect(missing).toEqual([]);
});

test('The lock file names no host that packages come from', () => {
	expect(text).not.toMatch(/"resolved": "https?:/);
});
