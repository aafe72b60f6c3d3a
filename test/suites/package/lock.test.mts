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
	const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
		Object.keys(optionalDependencies).map((name) => ({ name, path })),
	);
	expect(wanted.length).toBeGreaterThan(10);
	expect(wanted.filter(({ name }) => !names.has(name))).toEqual([]);
});

test('The lock file names no host that packages come from', () => {
	expect(text).not.toMatch(/"resolved": "https?:/);
});
