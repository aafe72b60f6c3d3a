import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { isUnverified, listAssumptions } from '../checkAccount/assumptions.mts';

interface Named {
	value: string;
	name: string;
}
interface Operation extends Named {
	isOfferedBy(resource: Named): boolean;
}
interface Resource extends Named {
	entity?: string;
	views: readonly string[];
}

/** The README's table of resources and operations, from the built catalog. */
export function operationsTable(root: string): string {
	const built = createRequire(`${root}/package.json`);
	const { ALL_RESOURCES } = built('./dist/nodes/api/schema/catalog.js') as {
		ALL_RESOURCES: Resource[];
	};
	const { OPERATIONS } = built('./dist/nodes/operations/registry.js') as {
		OPERATIONS: Operation[];
	};
	const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ');
	const rows = ALL_RESOURCES.map((resource) => {
		const offered = OPERATIONS.filter((operation) => operation.isOfferedBy(resource));
		const { name, entity, views } = resource;
		const source = [...(entity ? [entity] : []), ...views.map((view) => `views/${view}`)];
		const what = code(source) || (resource.value === 'view' ? 'any view by its name' : 'any path');
		return `| ${name} | ${offered.map((one) => one.name).join(', ')} | ${what} |`;
	});
	return ['| Resource | Operations | Reads and writes |', '|---|---|---|', ...rows, ''].join('\n');
}

const FOUND_OUT = {
	reading: 'reading',
	writing: '`--write`',
	never: '–',
};

/** The table of what is not verified in docs/assumptions.md, from the list that the check of an account tries. */
export function assumptionsTable(): string {
	// The sentences alone: the fields that are not confirmed are named in no table.
	const rows = listAssumptions({})
		.filter(isUnverified)
		.map(({ sentence, remedy, checked }) => `| ${sentence} | ${remedy} | ${FOUND_OUT[checked]} |`);
	const head = ['| Assumption | If it does not hold | Checked by |', '|---|---|---|'];
	return [...head, ...rows, ''].join('\n');
}

/** The documents that have a generated table, with the name of the table and what writes it. */
export const TABLES: Record<string, { name: string; write: (root: string) => string }> = {
	'README.md': { name: 'operations', write: operationsTable },
	'docs/assumptions.md': { name: 'assumptions', write: assumptionsTable },
};

/** The text of a document with its table brought up to date. */
export function withTable(text: string, document: string, root: string): string {
	const { name, write } = TABLES[document];
	const begin = new RegExp(`<!-- ${name}:begin[^>]*-->\\n`).exec(text);
	const end = text.indexOf(`<!-- ${name}:end -->`);
	if (!begin || end < 0) throw new Error(`${document} has lost the marks of its table of ${name}`);
	return `${text.slice(0, begin.index + begin[0].length)}${write(root)}${text.slice(end)}`;
}

if (process.argv[1]?.endsWith('readme.mts')) {
	const root = process.cwd();
	for (const document of Object.keys(TABLES)) {
		const path = `${root}/${document}`;
		writeFileSync(path, withTable(readFileSync(path, 'utf8'), document, root));
	}
}
