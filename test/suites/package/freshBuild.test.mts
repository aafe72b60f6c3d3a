/** The global setup of jest: no test runs on a build that is not the one of its sources. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

// What jest loads is plain JavaScript.
const { findStale } = createRequire(`${process.cwd()}/package.json`)(
	'./test/setup/freshBuild.js',
) as {
	findStale(root: string): string | undefined;
};

let root: string;
/** Seconds since 1970 of the build; sources are older. */
const BUILT = 1_800_000_000;

const put = (path: string, seconds: number, content = ''): void => {
	const file = join(root, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, content);
	utimesSync(file, seconds, seconds);
};

beforeEach(() => {
	root = mkdtempSync(join(tmpdir(), 'fresh-build-'));
	put('tsconfig.json', BUILT - 60);
	for (const name of ['credentials/A.credentials', 'nodes/B/B.node', 'nodes/api/c']) {
		put(`${name}.ts`, BUILT - 60);
		put(`dist/${name}.js`, BUILT);
	}
	put('nodes/icons/d.svg', BUILT - 60, '<svg/>');
	put('dist/nodes/icons/d.svg', BUILT - 60, '<svg/>');
});

afterEach(() => rmSync(root, { recursive: true }));

it('A build that is newer than its sources is fresh', () => {
	expect(findStale(root)).toBeUndefined();
});

it.each<[string, () => void, string]>([
	[
		'a source that changed after the build',
		() => put('nodes/api/c.ts', BUILT + 1),
		'dist/nodes/api/c.js is older than nodes/api/c.ts',
	],
	[
		'a source that was added after the build',
		() => put('nodes/api/e.ts', BUILT - 60),
		'nodes/api/e.ts is not in dist/',
	],
	[
		'a source that was removed after the build',
		() => rmSync(join(root, 'nodes/api/c.ts')),
		'dist/nodes/api/c.js has no source any more',
	],
	[
		'an icon that changed after the build',
		() => put('nodes/icons/d.svg', BUILT - 60, '<svg></svg>'),
		'dist/nodes/icons/d.svg is older than nodes/icons/d.svg',
	],
	[
		"the compiler's options that changed after the build",
		() => put('tsconfig.json', BUILT + 1),
		'dist/credentials/A.credentials.js is older than credentials/A.credentials.ts',
	],
	[
		'no build at all',
		() => rmSync(join(root, 'dist'), { recursive: true }),
		'credentials/A.credentials.ts is not in dist/',
	],
])('The reason names %s', (_what, change, reason) => {
	change();
	expect(findStale(root)).toBe(reason);
});

it('Jest stops before the first test and names the command', () => {
	put('nodes/api/c.ts', BUILT + 1);
	put('some.test.js', BUILT, "it('ran', () => {});");
	put(
		'jest.config.js',
		BUILT,
		`module.exports = { globalSetup: ${JSON.stringify(join(process.cwd(), 'test/setup/freshBuild.js'))} };`,
	);
	const { status, stderr } = spawnSync(
		process.execPath,
		[join(process.cwd(), 'node_modules/jest/bin/jest.js'), '--rootDir', root],
		{ cwd: root, encoding: 'utf8' },
	);
	expect(status).not.toBe(0);
	expect(stderr).toContain(
		'dist/nodes/api/c.js is older than nodes/api/c.ts. Run "npm run build" first.',
	);
	expect(stderr).not.toContain('some.test.js');
});
