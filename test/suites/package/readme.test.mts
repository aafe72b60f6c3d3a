import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { TABLES, withTable } from '../../scripts/readme.mts';
import { builtModule } from '../../helpers/testBed.mts';

const root = process.cwd();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const { scripts, version } = JSON.parse(read('package.json')) as {
	scripts: Record<string, string>;
	version: string;
};

const filesIn = (folder: string, ending: string): string[] =>
	readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((file) => file.endsWith(ending))
		.map((file) => `${folder}/${file}`);

const DOCUMENTS = [
	'README.md',
	'CHANGELOG.md',
	'CONTRIBUTING.md',
	'SECURITY.md',
	...filesIn('docs', '.md'),
];

/** The sections of a document as links name them. */
const sectionsOf = (text: string): string[] =>
	[...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
		title
			.toLowerCase()
			.replace(/[^\w\s-]/g, '')
			.replaceAll(' ', '-'),
	);

test.each(Object.keys(TABLES))(
	'The table of %s is what the code says (npm run readme writes it)',
	(document) => {
		const text = read(document);
		expect(withTable(text, document, root)).toBe(text);
	},
);

test('The README is short enough to read', () => {
	expect(read('README.md').split('\n').length).toBeLessThanOrEqual(250);
});

test.each(DOCUMENTS)('Links of %s within the repository lead somewhere', (document) => {
	const links = [...read(document).matchAll(/\]\(([^)#\s]*)(?:#([^)]*))?\)/g)]
		.map(([, file, section]) => ({ file, section }))
		.filter(({ file }) => !/^https?:/.test(file));
	const dead = links.filter(({ file, section }) => {
		const target = file ? join(dirname(document), file) : document;
		if (!existsSync(join(root, target))) return true;
		return section !== undefined && !sectionsOf(read(target)).includes(section);
	});
	expect(dead).toEqual([]);
});

test('Links from the nodes, credentials, examples and the check of an account to the documents lead somewhere', () => {
	const sources = [
		...filesIn('nodes', '.ts'),
		...filesIn('nodes', '.json'),
		...filesIn('credentials', '.ts'),
		...filesIn('examples', '.json'),
		...filesIn('test/checkAccount', '.mts'),
	];
	const links = sources.flatMap((file) =>
		[
			...read(file).matchAll(
				/n8n-nodes-teamogy\/n8n-nodes-teamogy(?:\/blob\/main\/([\w./-]+))?#([\w-]+)/g,
			),
		].map(([, document = 'README.md', section]) => ({ file, document, section })),
	);
	expect(links.length).toBeGreaterThan(5);
	const dead = links.filter(
		({ document, section }) =>
			!existsSync(join(root, document)) || !sectionsOf(read(document)).includes(section),
	);
	expect(dead).toEqual([]);
});

test('docs/errors.md explains every message of a request that did not succeed, and no other', () => {
	type Tables = Record<string, Record<string, { message: string }>>;
	const { STATUS_TEXTS } = builtModule<Tables>('nodes/api/transport/statusMessages.js');
	const { FAILURE_TEXTS } = builtModule<Tables>('nodes/api/transport/errorMessages.js');
	const messages = [STATUS_TEXTS, FAILURE_TEXTS]
		.flatMap((texts) => Object.values(texts))
		.map(({ message }) => message.replace(/\{\w+\}/g, '…'));
	const tables = read('docs/errors.md')
		.split('| What you read | What it means | What to do |\n')
		.slice(1);
	const explained = tables.flatMap((table) =>
		[...table.split('\n\n')[0].matchAll(/^\| (?!-)(.+?) \|/gm)].map(([, message]) => message),
	);
	expect([...new Set(explained)].sort()).toEqual([...new Set(messages)].sort());
});

test('docs/errors.md names every code of a connection that could not be made', () => {
	const { CONNECTION_CODES } = builtModule<{ CONNECTION_CODES: Record<string, RegExp> }>(
		'nodes/api/transport/networkFailure.js',
	);
	const codes = Object.values(CONNECTION_CODES).flatMap(
		({ source }) => source.match(/[A-Z]\w{3,}/g)!,
	);
	expect(codes).toContain('ENOTFOUND');
	const page = read('docs/errors.md');
	expect(codes.filter((code) => !page.includes(code))).toEqual([]);
});

test('docs/errors.md quotes the words of the gateway as the code knows them', () => {
	const source = read('nodes/api/transport/toTeamogyError.ts');
	const section = read('docs/errors.md').split("## The gateway's words")[1].split('\n## ')[0];
	const words = [...section.matchAll(/`([^`]+)`/g)].map(([, word]) => word);
	expect(words.length).toBeGreaterThan(5);
	expect(words.filter((word) => !source.includes(`'${word}'`))).toEqual([]);
});

test('The architecture names every file of the house, and no other', () => {
	const text = read('docs/architecture.md');
	const named = [...text.matchAll(/`(?:\w+\/)*(\w+\.ts)`/g)].map(([, file]) => file);
	const files = filesIn('nodes', '.ts')
		.filter((file) => !file.endsWith('.node.ts'))
		.map((file) => basename(file));
	expect([...new Set(named)].sort()).toEqual([...new Set(files)].sort());
});

test('Commands the documents name exist', () => {
	const named = [
		...DOCUMENTS.map(read)
			.join('\n')
			.matchAll(/npm run ([\w:-]+)/g),
	].map(([, name]) => name);
	expect(named).toContain('check-account');
	expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('The CHANGELOG begins with the version of the package', () => {
	expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
});
