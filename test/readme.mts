import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

interface Named {
	value: string;
	name: string;
}
interface Operation extends Named {
	offeredBy(resource: Named): boolean;
}
interface Resource extends Named {
	entity?: string;
	views: readonly string[];
}

const BEGIN = /<!-- operations:begin[^>]*-->\n/;
const END = '<!-- operations:end -->';

/** The README's table of resources and operations, from the built catalog. */
export function operationsTable(root: string): string {
	const built = createRequire(`${root}/package.json`);
	const { ALL_RESOURCES } = built('./dist/nodes/api/catalog.js') as { ALL_RESOURCES: Resource[] };
	const { OPERATIONS } = built('./dist/nodes/operations/registry.js') as {
		OPERATIONS: Operation[];
	};
	const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
	const rows = ALL_RESOURCES.map((resource) => {
		const offered = OPERATIONS.filter((operation) => operation.offeredBy(resource));
		const { name, entity, views } = resource;
		const source = [...(entity ? [entity] : []), ...views.map((view) => `views/${view}`)];
		const what = code(source) || (resource.value === 'view' ? 'any view by its name' : 'any path');
		return `| ${name} | ${offered.map((one) => one.name).join(', ')} | ${what} |`;
	});
	return ['| Resource | Operations | Reads and writes |', '|---|---|---|', ...rows, ''].join('\n');
}

/** The README with its operations table brought up to date. */
export function readmeWithTable(readme: string, table: string): string {
	const begin = BEGIN.exec(readme);
	const end = readme.indexOf(END);
	if (!begin || end < 0) throw new Error('The README has lost the marks of its operations table');
	return `${readme.slice(0, begin.index + begin[0].length)}${table}${readme.slice(end)}`;
}

if (process.argv[1]?.endsWith('readme.mts')) {
	const path = `${process.cwd()}/README.md`;
	writeFileSync(path, readmeWithTable(readFileSync(path, 'utf8'), operationsTable(process.cwd())));
}
