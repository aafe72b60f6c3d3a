import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { readmeWithTables } from '../../scripts/readme.mts';

const root = process.cwd();
const read = (file: string): string => readFileSync(join(root, file), 'utf8');
const readme = read('README.md');
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

test('the tables are what the catalog and the list of assumptions say (npm run readme writes them)', () => {
	expect(readmeWithTables(readme, root)).toBe(readme);
});

test.each(DOCUMENTS)('links of %s within the repository lead somewhere', (document) => {
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

test('links from the nodes and credentials to sections of the README lead somewhere', () => {
	const sources = [
		...filesIn('nodes', '.ts'),
		...filesIn('nodes', '.json'),
		...filesIn('credentials', '.ts'),
	];
	const sections = sources.flatMap((file) =>
		[...read(file).matchAll(/n8n-nodes-teamogy\/n8n-nodes-teamogy#([\w-]+)/g)].map(
			([, section]) => section,
		),
	);
	expect(sections.length).toBeGreaterThan(5);
	const known = ['readme', ...sectionsOf(readme)];
	expect(sections.filter((section) => !known.includes(section))).toEqual([]);
});

test('the architecture names every file of the house, and no other', () => {
	const text = read('docs/architecture.md');
	const named = [...text.matchAll(/`(?:\w+\/)*(\w+\.ts)`/g)].map(([, file]) => file);
	const files = filesIn('nodes', '.ts')
		.filter((file) => !file.endsWith('.node.ts'))
		.map((file) => basename(file));
	expect([...new Set(named)].sort()).toEqual([...new Set(files)].sort());
});

test('commands the documents name exist', () => {
	const named = [
		...DOCUMENTS.map(read)
			.join('\n')
			.matchAll(/npm run ([\w:-]+)/g),
	].map(([, name]) => name);
	expect(named.filter((name) => !(name in scripts))).toEqual([]);
});

test('the CHANGELOG begins with the version of the package', () => {
	expect(/^## (\S+)/m.exec(read('CHANGELOG.md'))?.[1]).toBe(version);
});
