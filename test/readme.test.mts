import { existsSync, readFileSync } from 'node:fs';
import { operationsTable, readmeWithTable } from './readme.mts';

const root = process.cwd();
const readme = readFileSync(`${root}/README.md`, 'utf8');

test('the operations table is what the catalog offers (npm run readme writes it)', () => {
	expect(readmeWithTable(readme, operationsTable(root))).toBe(readme);
});

test('links within the repository lead somewhere', () => {
	const links = [...readme.matchAll(/\]\(([^)#]+?)(?:#[^)]*)?\)/g)].map(([, link]) => link);
	const local = links.filter((link) => !/^https?:/.test(link));
	expect(local.length).toBeGreaterThan(0);
	expect(local.filter((link) => !existsSync(`${root}/${link}`))).toEqual([]);
});

test('links to sections of the README lead somewhere', () => {
	const sections = [...readme.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
		title
			.toLowerCase()
			.replace(/[^\w\s-]/g, '')
			.replaceAll(' ', '-'),
	);
	const links = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map(([, link]) => link);
	expect(links.filter((link) => !sections.includes(link))).toEqual([]);
});

test('commands the README and CONTRIBUTING name exist', () => {
	const { scripts } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8')) as {
		scripts: Record<string, string>;
	};
	const texts = readme + readFileSync(`${root}/CONTRIBUTING.md`, 'utf8');
	const named = [...texts.matchAll(/npm run ([\w:]+)/g)].map(([, name]) => name);
	expect(named.filter((name) => !(name in scripts))).toEqual([]);
});
