import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import groupBy from 'lodash/groupBy.js';
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

/** What the built package offers: the resources, each with the names of its operations. */
function listResources(root: string): Array<Resource & { operations: string }> {
	const built = createRequire(`${root}/package.json`);
	const { ALL_RESOURCES } = built('./dist/nodes/api/schema/resources.js') as {
		ALL_RESOURCES: Resource[];
	};
	const { OPERATIONS } = built('./dist/nodes/operations/registry.js') as {
		OPERATIONS: Operation[];
	};
	return ALL_RESOURCES.map((resource) => {
		const offered = OPERATIONS.filter((operation) => operation.isOfferedBy(resource));
		return { ...resource, operations: offered.map(({ name }) => name).join(', ') };
	});
}

const toTable = (...rows: string[][]): string =>
	[rows[0], rows[0].map(() => '---'), ...rows.slice(1)]
		.map((cells) => `| ${cells.join(' | ')} |\n`)
		.join('');

/** The README's table of operations and the resources that have them, the most operations first. */
function operationsTable(root: string): string {
	const groups = Object.entries(groupBy(listResources(root), ({ operations }) => operations));
	groups.sort(([one], [other]) => other.length - one.length);
	const rows = groups.map(([operations, resources]) => [
		operations,
		resources.map(({ name }) => name).join(', '),
	]);
	return toTable(['Operations', 'Resources'], ...rows);
}

/** The table of entities and views in docs/filters.md. */
function sourcesTable(root: string): string {
	const code = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(', ') || '–';
	const rows = listResources(root)
		.filter(({ views }) => views.length)
		.map(({ name, entity, views }) => [name, code(entity ? [entity] : []), code(views)]);
	return toTable(['Resource', 'Entity', 'Views'], ...rows);
}

const FOUND_OUT = {
	reading: 'reading',
	writing: '`--write`',
	never: '–',
};

/** The table of what is not verified in docs/assumptions.md, from the list that the check of an account tries. */
function assumptionsTable(): string {
	// The sentences alone: the fields that are not confirmed are named in no table.
	const rows = listAssumptions({})
		.filter(isUnverified)
		.map(({ sentence, remedy, checked }) => [sentence, remedy, FOUND_OUT[checked]]);
	return toTable(['Assumption', 'If it does not hold', 'Checked by'], ...rows);
}

/** The documents that have a generated table, with the name of the table and what writes it. */
export const TABLES: Record<string, { name: string; write: (root: string) => string }> = {
	'README.md': { name: 'operations', write: operationsTable },
	'docs/filters.md': { name: 'sources', write: sourcesTable },
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
