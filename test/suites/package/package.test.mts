/** The package as it is published: what is in it, and what it needs. */
import { execFile } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { promisify } from 'node:util';
import { startEngine } from '../../engine/index.mts';
import { useDescriptions } from '../../helpers/descriptions.mts';

const run = promisify(execFile);
const root = process.cwd();

interface Manifest {
	[key: string]: unknown;
	name: string;
	files: string[];
	keywords: string[];
	scripts: Record<string, string>;
	author: { name: string; email: string };
	repository: { type: string; url: string };
	n8n: { n8nNodesApiVersion: number; strict: boolean; nodes: string[]; credentials: string[] };
}
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest;

const { engine, nodeNames, credentialNames, nodes, credentials } = useDescriptions();
/** The tarball, unpacked. */
let unpacked: string;
let folder: string;
let packed: { size: number; files: string[] };

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), 'package-'));
	const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], {
		cwd: root,
	});
	const [{ size, filename, files }] = JSON.parse(stdout) as [
		{ size: number; filename: string; files: Array<{ path: string }> },
	];
	packed = { size, files: files.map(({ path }) => path) };
	await run('tar', ['-xzf', join(folder, filename), '-C', folder]);
	unpacked = join(folder, 'package');
});

afterAll(() => rmSync(folder, { recursive: true }));

describe('The tarball', () => {
	it('The tarball loads in n8n as it is', async () => {
		// What n8n has itself; the package brings nothing.
		const modules = join(unpacked, 'node_modules');
		mkdirSync(modules);
		writeFileSync(
			join(modules, 'n8n-workflow.js'),
			`module.exports = require(${JSON.stringify(resolve('node_modules/n8n-workflow'))});`,
		);
		const fresh = await startEngine({ packageDir: unpacked });
		try {
			expect(Object.keys(fresh.loader.known.nodes).sort()).toEqual(nodeNames());
			expect(Object.keys(fresh.loader.known.credentials).sort()).toEqual(credentialNames());
			expect(nodeNames()).toHaveLength(manifest.n8n.nodes.length);
			expect(credentialNames()).toHaveLength(manifest.n8n.credentials.length);
			const { properties } = fresh.description('teamogy');
			expect(properties).toHaveLength(engine.description('teamogy').properties.length);
		} finally {
			fresh.close();
			rmSync(modules, { recursive: true });
		}
	});

	it('The tarball holds what is needed and nothing else', () => {
		const allowed =
			/^(package\.json|README\.md|LICENSE|CHANGELOG\.md|dist\/.+\.(js|svg)|dist\/.+\.node\.json|dist\/nodes\/Teamogy\/__schema__\/.+\.json)$/;
		expect(packed.files.filter((file) => !allowed.test(file))).toEqual([]);
		expect(packed.files).toEqual(
			expect.arrayContaining([
				'package.json',
				'README.md',
				'LICENSE',
				...manifest.n8n.nodes,
				...manifest.n8n.credentials,
				...manifest.n8n.nodes.map((file) => file.replace(/\.js$/, '.json')),
			]),
		);
	});

	it('Every node and credential has its icons, light and dark, in the package', () => {
		const prefix = `icons/${manifest.name}/`;
		const types = [...nodes(), ...credentials()];
		expect(types).toHaveLength(5);
		for (const { name, iconUrl } of types) {
			expect([name, iconUrl]).toEqual([
				name,
				{ light: expect.any(String) as string, dark: expect.any(String) as string },
			]);
			for (const url of Object.values(iconUrl as object) as string[]) {
				expect(url.startsWith(prefix)).toBe(true);
				const file = url.slice(prefix.length);
				expect(packed.files).toContain(file);
				expect(readFileSync(join(unpacked, file), 'utf8')).toMatch(/^<svg [^>]*viewBox=/);
			}
		}
	});

	it('The tarball is small', () => {
		expect(packed.size).toBeLessThan(150_000);
	});

	it('The tarball has a built file for every source, and none without one', () => {
		const sources = ['nodes', 'credentials'].flatMap((part) =>
			readdirSync(join(root, part), { recursive: true, encoding: 'utf8' })
				.filter((file) => file.endsWith('.ts'))
				.map((file) => `dist/${part}/${file.replace(/\.ts$/, '.js')}`),
		);
		const scripts = packed.files.filter((file) => file.endsWith('.js'));
		expect(scripts.sort()).toEqual(sources.sort());
	});

	it('The package imports nothing but its own files and what n8n has', () => {
		const ALLOWED = ['n8n-workflow', 'crypto', 'node:crypto'];
		const scripts = packed.files.filter((file) => file.endsWith('.js'));
		const foreign: string[] = [];
		for (const file of scripts) {
			const code = readFileSync(join(unpacked, file), 'utf8');
			const calls = code.match(/\b(require|import)\s*\(/g) ?? [];
			const names = [...code.matchAll(/\brequire\((["'])([^"']+)\1\)/g)].map(([, , name]) => name);
			// Whatever is computed, or imported otherwise, cannot be checked here.
			if (calls.length !== names.length || /^\s*(import|export)\s/m.test(code)) foreign.push(file);
			for (const name of names) {
				if (ALLOWED.includes(name)) continue;
				const target = relative(unpacked, resolve(unpacked, dirname(file), name));
				const isOwn = name.startsWith('.') && packed.files.includes(`${target}.js`);
				if (!isOwn) foreign.push(`${file}: ${name}`);
			}
		}
		expect(scripts.length).toBeGreaterThan(20);
		expect(foreign).toEqual([]);
	});
});

describe('package.json', () => {
	it('The file package.json is what n8n asks for', () => {
		expect(manifest.name).toBe('n8n-nodes-teamogy');
		expect(manifest.license).toBe('MIT');
		expect(manifest.keywords).toContain('n8n-community-node-package');
		expect(manifest.author.name).toMatch(/\S/);
		expect(manifest.author.email).toMatch(/^\S+@\S+$/);
		expect(manifest.homepage).toMatch(/^https:\/\//);
		expect(manifest.repository.url).toMatch(/^git\+https:\/\/github\.com\/.+\.git$/);
		expect(manifest.files).toEqual(['dist']);
		expect(manifest.n8n).toMatchObject({ n8nNodesApiVersion: 1, strict: true });
		expect(manifest.private).toBeUndefined();
	});

	it('The package brings nothing at run time', () => {
		expect(manifest.peerDependencies).toEqual({ 'n8n-workflow': '*' });
		for (const key of [
			'dependencies',
			'bundledDependencies',
			'bundleDependencies',
			'optionalDependencies',
			'overrides',
			'jest',
		])
			expect([key, manifest[key]]).toEqual([key, undefined]);
	});

	it('The package runs nothing when it is installed', () => {
		const names = ['prepare', 'preinstall', 'install', 'postinstall', 'prepublish'];
		expect(names.filter((name) => name in manifest.scripts)).toEqual([]);
	});

	it('The file package.json names files that are there', () => {
		const files = [...manifest.n8n.nodes, ...manifest.n8n.credentials];
		expect(files).toHaveLength(5);
		for (const file of files) {
			expect(file).toMatch(/^dist\/.+\.(node|credentials)\.js$/);
			expect([file, existsSync(join(root, file))]).toEqual([file, true]);
		}
	});
});

describe("n8n's scanner finds no error and no warning", () => {
	const scan = async (kind: 'source' | 'package', dir: string) => {
		// Its rules work otherwise where NODE_ENV says that they are tested themselves.
		const env = { ...process.env, NODE_ENV: undefined };
		const command = ['test/scripts/scan.mjs', kind, dir];
		const { stdout } = await run(process.execPath, command, { cwd: root, env });
		return JSON.parse(stdout) as { files: number; findings: Array<{ severity: string }> };
	};

	it('The scanner finds no error and no warning in the source', async () => {
		const { files, findings } = await scan('source', root);
		expect(findings).toEqual([]);
		expect(files).toBeGreaterThan(20);
	});

	it('The scanner finds no error and no warning in the package', async () => {
		const { files, findings } = await scan('package', unpacked);
		expect(findings).toEqual([]);
		expect(files).toBeGreaterThan(20);
	});

	it('The scanner finds errors and warnings where there are some', async () => {
		const bad = join(folder, 'bad');
		mkdirSync(join(bad, 'dist'), { recursive: true });
		const dependencies = { axios: '1.0.0' };
		writeFileSync(join(bad, 'package.json'), JSON.stringify({ ...manifest, dependencies }));
		const code = "require('fs'); /* eslint-disable */ console.log(process.env);";
		writeFileSync(join(bad, 'dist/bad.js'), code);
		const { files, findings } = await scan('package', bad);
		expect(files).toBe(2);
		expect(new Set(findings.map(({ severity }) => severity))).toContain('error');
	});
});
