import { fails, holds, undecidable, type Finding, type Probe } from '../finding.mts';
import {
	describeStatus,
	isObject,
	isPlainName,
	SAMPLE,
	type Inspection,
	type Page,
	type Row,
} from '../inspection.mts';

/** Probes about views: which there are, their pages, their columns. */

const list = (names: string[]): string => names.map((name) => `\`${name}\``).join(', ');

export const vendorViews: Probe = async ({ pages }) => {
	const missing = [...pages].filter(([view, { isPage }]) => view !== 'units' && !isPage);
	if (!missing.length) return holds(`${pages.size - 1} views`);
	return fails(
		missing.map(([view, { status }]) => `\`${view}\`: ${describeStatus(status)}`).join(', '),
	);
};

export const unitsView: Probe = async ({ pages }) => {
	const page = pages.get('units');
	if (!page) return undecidable('The view was not read');
	return page.isPage ? holds() : fails(describeStatus(page.status));
};

/** Goes by what the response says of itself: a view with so many rows would be a large part of the limit of a response. */
function expectLimit(expected: number, { limit }: Page['metadata']): Finding {
	const detail = `\`metadata.limit\` says ${describeNumber(limit)}`;
	return limit === expected ? holds(detail) : fails(detail);
}

export const defaultPage: Probe = async (inspection) => {
	const [view] = inspection.smallViews();
	if (view === undefined) return undecidable('No view with few rows');
	const { status, isPage, metadata } = await inspection.readView(view, '');
	if (!isPage) return fails(describeStatus(status));
	return expectLimit(1000, metadata);
};

export const limit: Probe = async (inspection) => {
	const view = inspection.viewWith(3);
	if (view === undefined) return undecidable('No view has three rows with a numeric ID');
	const { status, isPage, rows } = await inspection.readView(view, 'limit=2&offset=0');
	if (!isPage) return fails(describeStatus(status));
	return rows.length === 2 ? holds() : fails(`${rows.length} rows where 2 were asked for`);
};

export const largePages: Probe = async (inspection) => {
	const [view] = inspection.smallViews();
	if (view === undefined) return undecidable('No view with few rows');
	const { status, isPage, metadata } = await inspection.readView(view, 'limit=2000&offset=0');
	if (!isPage) return fails(describeStatus(status));
	return expectLimit(2000, metadata);
};

export const nextOffset: Probe = async (inspection) => {
	const view = inspection.viewWith(3);
	if (view === undefined) return undecidable('No view has three rows with a numeric ID');
	const { metadata, rows } = await inspection.readView(view, 'limit=2&offset=0');
	if (rows.length !== 2) return undecidable('The page does not have the two rows asked for');
	if (metadata.nextOffset === 2) return holds();
	return fails(`After two rows it is ${describeNumber(metadata.nextOffset)}`);
};

export const lastPage: Probe = async (inspection) => {
	const [view] = inspection.smallViews();
	if (view === undefined) return undecidable('No view was read to its end');
	const { nextOffset: next } = inspection.pages.get(view)!.metadata;
	return next === null || next === undefined ? holds() : fails(`It is ${describeNumber(next)}`);
};

export const offset: Probe = async (inspection) => {
	const view = inspection.viewWith(5);
	if (view === undefined) return undecidable('No view has five rows with a numeric ID');
	const first = inspection.getRows(view).slice(0, 2);
	const { status, isPage, rows } = await inspection.readView(view, 'limit=2&offset=2');
	if (!isPage) return fails(describeStatus(status));
	const again = rows.some(({ id }) => first.some((row) => row.id === id));
	return again || !rows.length ? fails('The first rows come again') : holds();
};

export const stableOrder: Probe = async (inspection) => {
	const view = inspection.viewWith(5);
	if (view === undefined) return undecidable('No view has five rows with a numeric ID');
	const before = inspection.getRows(view).map(({ id }) => id);
	const page = await inspection.readView(view, `limit=${SAMPLE}&offset=0`);
	if (!page.isPage) return undecidable(describeStatus(page.status));
	// A row that is created or deleted meanwhile is no change of the order.
	const again = page.rows.map(({ id }) => id).filter((id) => before.includes(id));
	const still = before.filter((id) => again.includes(id));
	return JSON.stringify(again) === JSON.stringify(still)
		? holds()
		: fails(`The rows of \`${view}\` come in another order`);
};

export const idColumn: Probe = async ({ pages }) => {
	const filled = [...pages].filter(([, { rows }]) => rows.length);
	if (!filled.length) return undecidable('No view has rows');
	const without = filled.filter(([, { rows }]) => !Object.hasOwn(rows[0], 'id'));
	return without.length ? fails(`Not in ${list(without.map(([view]) => view))}`) : holds();
};

/** A view with rows, and two of its columns. */
function twoColumns(
	inspection: Inspection,
): { view: string; columns: [string, string] } | undefined {
	for (const [view, { rows }] of inspection.pages) {
		const names = Object.keys(rows[0] ?? {}).filter(isPlainName);
		const plain = names.filter((name) => name !== 'properties');
		if (plain.length > 2) return { view, columns: [plain[0], plain[1]] };
	}
	return undefined;
}

async function askForColumns(
	inspection: Inspection,
	query: (names: string[]) => string,
	count: 1 | 2,
) {
	const found = twoColumns(inspection);
	if (!found) return undecidable('No view has rows with three columns');
	const names = found.columns.slice(0, count);
	const page = await inspection.readView(found.view, `columns=${query(names)}&limit=1&offset=0`);
	if (!page.isPage) return fails(describeStatus(page.status));
	const keys = Object.keys(page.rows[0] ?? {});
	const missing = names.filter((name) => !keys.includes(name));
	const more = keys.filter((name) => !names.includes(name));
	if (missing.length) return fails(`${missing.length} of ${count} columns are missing`);
	if (more.length && count === 1) return fails(`${more.length} other columns come too`);
	return holds();
}

export const columns: Probe = async (inspection) =>
	await askForColumns(inspection, ([name]) => name, 1);
export const rawComma: Probe = async (inspection) =>
	await askForColumns(inspection, (names) => names.join(','), 2);
export const encodedComma: Probe = async (inspection) =>
	await askForColumns(inspection, (names) => names.join('%2C'), 2);

/** Columns that a view may have without returning them; the first three are in documented filters. */
const PERHAPS_HIDDEN = ['isDisabled', 'type', 'status', 'category', 'tags', 'name', 'number'];
const MAX_TRIES = 4;
const NO_COLUMNS = 'The fields that views do not return are no columns';

export const hiddenColumns: Probe = async (inspection) => {
	let tries = 0;
	for (const [entity, view] of Object.entries(inspection.names.entities)) {
		const [row] = inspection.getRows(view);
		if (!row) continue;
		const fields = Object.keys(inspection.records.get(entity)?.record ?? {});
		const hidden = [...PERHAPS_HIDDEN, ...fields].filter(
			(name) =>
				isPlainName(name) &&
				name !== 'properties' &&
				!Object.hasOwn(row, name) &&
				fields.includes(name),
		);
		for (const name of new Set(hidden)) {
			if (++tries > MAX_TRIES) return undecidable(NO_COLUMNS);
			const page = await inspection.readView(view, `columns=${name}&limit=1&offset=0`);
			if (!page.isPage) continue;
			return Object.hasOwn(page.rows[0] ?? {}, name)
				? holds()
				: fails(`\`${view}\` takes the name of a column and does not return it`);
		}
	}
	return undecidable(tries ? NO_COLUMNS : 'The views return all fields of their records');
};

/** A view with rows whose `properties` have entries. */
function findProperties({
	pages,
}: Inspection): { view: string; row: Row; keys: string[] } | undefined {
	for (const [view, { rows }] of pages) {
		for (const row of rows) {
			const keys = isObject(row.properties) ? Object.keys(row.properties) : [];
			const plain = keys.filter((key) => /^[\w-]+$/.test(key));
			if (plain.length > 1) return { view, row, keys: plain };
		}
	}
	return undefined;
}

export const nestedProperties: Probe = async ({ pages }) => {
	const rows = [...pages.values()].flatMap((page) => page.rows);
	if (rows.some((row) => isObject(row.properties))) return holds();
	const flat = rows.some((row) => Object.keys(row).some((name) => name.startsWith('properties.')));
	return flat ? fails('They are columns `properties.…`') : undecidable('No view returns them');
};

export const propertiesParameter: Probe = async (inspection) => {
	const found = findProperties(inspection);
	if (!found) return undecidable('No row has two entries of `properties`');
	const [column] = Object.keys(found.row).filter(isPlainName);
	const query = `columns=${column}&properties=${found.keys[0]}&limit=1&offset=0`;
	const { status, isPage, rows } = await inspection.readView(found.view, query);
	if (!isPage) return fails(describeStatus(status));
	const given = rows[0]?.properties;
	if (!isObject(given)) return fails('`properties` does not come');
	const keys = Object.keys(given);
	return keys.every((key) => key === found.keys[0])
		? holds()
		: fails(`${keys.length} entries come`);
};

const DAY = /^\d{4}-\d{2}-\d{2}$/;
const NAMED_LIKE_A_DAY = /(^d|D)ate$|On$/;

export const days: Probe = async ({ pages }) => {
	const values = [...pages.values()]
		.flatMap(({ rows }) => rows)
		.flatMap((row) => Object.entries(row))
		.filter(([name, value]) => NAMED_LIKE_A_DAY.test(name) && value !== null && value !== '')
		.map(([, value]) => value);
	if (!values.length) return undecidable('No column looks like a day by its name');
	const others = values.filter((value) => typeof value !== 'string' || !DAY.test(value));
	if (!others.length) return holds();
	const kinds = new Set(
		others.map((value) => (typeof value === 'string' ? 'other text' : typeof value)),
	);
	return fails(`${others.length} of ${values.length} are ${[...kinds].join(' or ')}`);
};

/** A number as it is: of anything else only its kind, since it may be a value of the account. */
function describeNumber(value: unknown): string {
	return typeof value === 'number' ? String(value) : value === null ? 'null' : typeof value;
}
