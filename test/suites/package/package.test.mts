/** The package as it is published: what is in it, what it needs, and the names nobody may change. */
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
import type {
	INodeProperties,
	INodePropertyCollection,
	INodePropertyMode,
	INodePropertyOptions,
	INodeTypeDescription,
} from 'n8n-workflow';
import { type Engine, startEngine } from '../../engine/index.mts';

const run = promisify(execFile);
const root = process.cwd();
const GOLDEN = join(root, 'test/golden/names.json');

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

let engine: Engine;
/** The tarball, unpacked. */
let unpacked: string;
let folder: string;
let packed: { size: number; files: string[] };

beforeAll(async () => {
	engine = await startEngine();
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

afterAll(() => {
	engine.close();
	rmSync(folder, { recursive: true });
});

const nodeNames = (): string[] => Object.keys(engine.loader.known.nodes).sort();
const credentialNames = (): string[] => Object.keys(engine.loader.known.credentials).sort();
const described = (): INodeTypeDescription[] => nodeNames().map((name) => engine.description(name));
const credentialTypes = () =>
	credentialNames().map((name) => engine.loader.getCredential(name).type);

/** Every parameter of a list, those within collections too, with its path. */
function* parametersOf(
	properties: INodeProperties[],
	prefix = '',
): Generator<{ path: string; parameter: INodeProperties }> {
	for (const parameter of properties) {
		const path = `${prefix}${parameter.name}`;
		yield { path, parameter };
		const options = parameter.options ?? [];
		if (parameter.type === 'collection') {
			yield* parametersOf(options as INodeProperties[], `${path}.`);
		}
		if (parameter.type === 'fixedCollection') {
			for (const { name, values } of options as INodePropertyCollection[])
				yield* parametersOf(values, `${path}.${name}.`);
		}
	}
}

const choicesOf = ({ type, options = [] }: INodeProperties): INodePropertyOptions[] =>
	type === 'options' || type === 'multiOptions' ? (options as INodePropertyOptions[]) : [];

/** The operations of a node, with the resource each belongs to. */
const operationsOf = ({ properties }: INodeTypeDescription) =>
	properties
		.filter(({ name }) => name === 'operation')
		.flatMap((parameter) =>
			choicesOf(parameter).map((option) => ({
				resource: String(parameter.displayOptions?.show?.resource?.[0]),
				option,
			})),
		);

describe('names', () => {
	const linesOf = (properties: INodeProperties[]): string[] => {
		const lines = new Set<string>();
		for (const { path, parameter } of parametersOf(properties)) {
			const { type, default: fallback, modes = [], displayOptions } = parameter;
			// What belongs to one resource is told apart: its list is its own.
			const resources = displayOptions?.show?.resource ?? [];
			const of = resources.length === 1 ? ` [${String(resources[0])}]` : '';
			const isNotice = type === 'notice';
			if (isNotice) continue;
			lines.add(`${path}${of}: ${type}, ${JSON.stringify(fallback)} unless set`);
			for (const { value } of choicesOf(parameter)) lines.add(`${path}${of} = ${String(value)}`);
			for (const mode of modes) lines.add(`${path}${of} mode ${mode.name}`);
		}
		return [...lines].sort();
	};

	const current = (): Record<string, string[]> =>
		Object.fromEntries([
			...described().map(({ name, version, properties }) => [
				name,
				[`version ${[version].flat().join(', ')}`, ...linesOf(properties)],
			]),
			...credentialTypes().map(({ name, properties }) => [name, linesOf(properties)]),
		]) as Record<string, string[]>;

	it('Names are those that saved workflows carry', () => {
		const now = current();
		if (process.env.UPDATE_GOLDEN) {
			mkdirSync(dirname(GOLDEN), { recursive: true });
			writeFileSync(GOLDEN, `${JSON.stringify(now, null, '\t')}\n`);
		}
		const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, string[]>;
		const flat = (names: Record<string, string[]>): string[] =>
			Object.entries(names).flatMap(([type, lines]) => lines.map((line) => `${type}: ${line}`));
		const [before, after] = [new Set(flat(golden)), new Set(flat(now))];
		const changes = {
			'Gone, and saved workflows depend on it': [...before].filter((line) => !after.has(line)),
			'New; if it is meant, run with UPDATE_GOLDEN=1': [...after].filter(
				(line) => !before.has(line),
			),
		};
		expect(changes).toEqual({
			'Gone, and saved workflows depend on it': [],
			'New; if it is meant, run with UPDATE_GOLDEN=1': [],
		});
		expect(Object.keys(golden).sort()).toEqual(Object.keys(now).sort());
	});

	/** What the design froze, by type: paths of parameters. */
	const FROZEN: Record<string, string> = {
		teamogy: `resource operation view viewName returnAll limit filterType filters
			filters.conditions.column filters.conditions.type filters.conditions.operator
			filters.conditions.value combine filterExpression options options.columns
			options.offset options.pageSize options.unitId options.search search
			filters.conditions.ignoreIfEmpty options.fileName options.ignoreCase
			options.emptyValues
			options.delimiter options.byteOrderMark options.registrationParameter options.returnRecord
			output columns sort.fields.column sort.fields.direction fileFormat binaryPropertyName
			recordId documentType fieldsMode fields
			body matchColumn matchValue lookUpColumn lookUpValue lookUpType lookUpOutput onMissing
			method path query query.parameters.name query.parameters.value`,
		teamogyTrigger: `view viewName event filterType filters filters.conditions.column
			filters.conditions.type filters.conditions.operator filters.conditions.value combine
			filterExpression options options.columns options.unitId options.idColumn
			options.pageSize options.watchColumns`,
		teamogyPushTrigger: `httpMethod path responseMode options options.dropRepeats
			options.recordIdField`,
		teamogyApi: 'domain unitId apiKey requestsPerMinute',
		teamogyPushApi: 'headerName secret',
	};

	const propertiesOf = (type: string): INodeProperties[] =>
		type.endsWith('Api')
			? engine.loader.getCredential(type).type.properties
			: engine.description(type).properties;

	it('Node types are those of the design and no others', () => {
		const types = [...nodeNames(), ...credentialNames()];
		expect(types).toEqual(expect.arrayContaining(['teamogy', 'teamogyApi']));
		expect(Object.keys(FROZEN)).toEqual(expect.arrayContaining(types));
	});

	it('The names of parameters are all there', () => {
		for (const type of [...nodeNames(), ...credentialNames()]) {
			const paths = new Set([...parametersOf(propertiesOf(type))].map(({ path }) => path));
			const missing = FROZEN[type].split(/\s+/).filter((path) => !paths.has(path));
			expect([type, missing]).toEqual([type, []]);
		}
	});

	/** Values and defaults that the design froze for the node. */
	const VALUES: Array<[path: string, values: string | string[], fallback: string]> = [
		['filterType', 'conditions expression', 'conditions'],
		['filters.conditions.type', 'auto boolean number string', 'auto'],
		[
			'filters.conditions.operator',
			// Get Many has more operators than Create or Update.
			[
				'anyOf contains equal greaterThan greaterThanOrEqual isEmpty isNotEmpty lessThan lessThanOrEqual notEqual',
				'anyOf equal greaterThan greaterThanOrEqual lessThan lessThanOrEqual notEqual',
			],
			'equal',
		],
		['combine', 'and or', 'and'],
		['options.emptyValues', 'clear ignore', 'clear'],
		['options.registrationParameter', 'number registration', 'registration'],
		['fieldsMode', 'json mapping', 'mapping'],
		['lookUpType', 'auto boolean number string', 'auto'],
		['lookUpOutput', 'merge record', 'merge'],
		['onMissing', 'empty fail skip', 'empty'],
	];

	it.each(VALUES)(
		'The values of %s are those that saved workflows carry',
		(path, values, fallback) => {
			const choices = new Set<string>();
			for (const found of parametersOf(engine.description('teamogy').properties)) {
				if (found.path !== path) continue;
				expect(found.parameter.default).toBe(fallback);
				const own = choicesOf(found.parameter).map(({ value }) => String(value));
				choices.add(own.sort().join(' '));
			}
			expect([...choices].sort()).toEqual([values].flat());
		},
	);

	it('The names of resources, their operations, views and record locators are all there', () => {
		const { properties } = engine.description('teamogy');
		const resources = choicesOf(properties.find(({ name }) => name === 'resource')!);
		const READ = 'get getAll lookUp';
		const WRITTEN = 'create get getAll lookUp update upsert';
		const expected: Record<string, string> = {
			apiRequest: 'request',
			binder: WRITTEN,
			brand: READ,
			businessUnit: WRITTEN,
			cashVoucher: WRITTEN,
			company: WRITTEN,
			document: WRITTEN,
			gem: WRITTEN,
			group: READ,
			internalDocument: READ,
			invoice: WRITTEN,
			job: WRITTEN,
			journalEntry: READ,
			opportunity: READ,
			overhead: READ,
			person: WRITTEN,
			purchaseOrder: WRITTEN,
			salesQuotation: WRITTEN,
			task: WRITTEN,
			timeEntry: 'create get getAll lookUp',
			user: WRITTEN,
			view: 'getAll lookUp',
		};
		expect(resources.map(({ value }) => value).sort()).toEqual(Object.keys(expected).sort());
		const found: Record<string, string[]> = {};
		for (const { resource, option } of operationsOf(engine.description('teamogy')))
			(found[resource] ??= []).push(String(option.value));
		expect(
			Object.fromEntries(
				Object.entries(found).map(([resource, values]) => [resource, values.sort().join(' ')]),
			),
		).toEqual(expected);

		const recordModes = new Set(
			properties
				.filter(({ name }) => name === 'recordId')
				.flatMap(({ modes = [] }) => modes.map(({ name }: INodePropertyMode) => name)),
		);
		expect(recordModes).toEqual(new Set(['list', 'id', 'registration']));
	});
});

describe('in the editor', () => {
	it('Every operation says what it does, to people and to agents', () => {
		for (const node of described()) {
			const operations = operationsOf(node);
			for (const { resource, option } of operations) {
				const where = `${node.name} ${resource} ${String(option.value)}`;
				expect([where, option.action]).toEqual([where, expect.stringMatching(/^[A-Z]\S* .+[^.]$/)]);
				expect([where, option.description]).toEqual([
					where,
					expect.stringMatching(/^[A-Z]\w+\b.{4,}/),
				]);
			}
			const actions = operations.map(({ option }) => option.action);
			expect(new Set(actions).size).toBe(actions.length);
		}
	});

	it('Every parameter has a name, a description where it needs one, and a fitting default', () => {
		const undescribed: string[] = [];
		for (const node of described()) {
			for (const { path, parameter } of parametersOf(node.properties)) {
				const { displayName, description, type, default: fallback } = parameter;
				expect(displayName).toMatch(/^[A-Z]/);
				const plain = ['resource', 'operation', 'options', 'fields'].includes(path);
				const inPair = /^query\.parameters\./.test(path);
				if (!description && !plain && !inPair && type !== 'notice') undescribed.push(path);
				const values = choicesOf(parameter).map(({ value }) => value);
				if (type === 'options' && values.length) expect(values).toContain(fallback);
			}
		}
		expect(undescribed).toEqual([]);
	});

	it('Every node has a subtitle, a description, a codex, and is a tool if it is no trigger', () => {
		for (const type of described()) {
			const { name, group, subtitle, description, codex, documentationUrl, usableAsTool } = type;
			const isTrigger = group.includes('trigger');
			expect([name, usableAsTool ?? false]).toEqual([name, !isTrigger]);
			expect([name, typeof subtitle, typeof description]).toEqual([name, 'string', 'string']);
			// n8n appends a query to the one of the codex, where an anchor would swallow it.
			expect(codex?.resources?.primaryDocumentation?.[0].url).toMatch(/^https:\/\/[^#?]+$/);
			expect(documentationUrl).toMatch(/^https:\/\/[^?]+#[\w-]+$/);
			expect(codex?.categories?.length).toBeGreaterThan(0);
		}
	});

	it('Every node and credential has its icons, light and dark, in the package', () => {
		const prefix = `icons/${manifest.name}/`;
		for (const { name, iconUrl } of [...described(), ...credentialTypes()]) {
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

	it('A credential keeps its secrets as passwords, and has a test and documentation', () => {
		for (const type of credentialTypes()) {
			expect(type.documentationUrl).toMatch(/^https:\/\//);
			for (const { name, typeOptions } of type.properties) {
				if (/key|secret/i.test(name) && !/name/i.test(name))
					expect([name, typeOptions?.password]).toEqual([name, true]);
			}
		}
		expect(engine.loader.getCredential('teamogyApi').type.test).toBeDefined();
	});
});

describe('the tarball', () => {
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

	it('The tarball is small', () => {
		expect(packed.size).toBeLessThan(137_000);
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
		for (const file of [...manifest.n8n.nodes, ...manifest.n8n.credentials]) {
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
