import type { Views } from './builtViews.mts';
import { ENTITIES, OF_ONE_UNIT } from './config.mts';
import {
	findColumns,
	compile,
	FilterError,
	parseFilter,
	ignoreCase as foldCase,
} from './filter.mts';
import { allowOnly } from './query.mts';
import type { Store } from './store.mts';
import {
	Refusal,
	type SandboxResponse,
	type LoggedRequest,
	type Row,
	type SandboxOptions,
	type StoredRecord,
} from './types.mts';
import { VIEWS } from './views.mts';
import { checkBody, startProcess } from './writes.mts';

type Optional =
	| 'maxLimit'
	| 'onResponse'
	| 'order'
	| 'compareBy'
	| 'rate'
	| 'filterBy'
	| 'interpose';
export type Settings = Required<Omit<SandboxOptions, Optional>> & Pick<SandboxOptions, Optional>;

type Query = Record<string, string>;

/** What a response is made from. */
export interface World {
	settings: Settings;
	store: Store;
	views: Views;
	filtered: FilterCache;
}

/** The rows of the last 20 filters, so that a filter is not evaluated again for each page. */
export class FilterCache {
	private entries = new Map<string, { from: Row[]; rows: Row[] }>();

	get(key: string, from: Row[], filter: () => Row[]): Row[] {
		let entry = this.entries.get(key);
		if (entry?.from !== from) {
			entry = { from, rows: filter() };
			this.entries.delete(key);
			this.entries.set(key, entry);
			if (this.entries.size > 20) this.entries.delete(this.entries.keys().next().value!);
		}
		return entry.rows;
	}
}

/** GET /views/{view} */
export function readView(world: World, request: LoggedRequest, query: Query, stride?: number) {
	const name = request.view!;
	const built = world.views.get(name, request.unit!);
	if (!built) {
		throw new Refusal(404, `There is no view "${name}". Known: ${Object.keys(VIEWS).join(', ')}.`);
	}
	if (request.method !== 'GET') throw refuseMethod(request.method, ['GET']);
	const { strict } = world.settings;
	// The vendor's own examples have other parameters too (`id=2&name=John`), so they mean nothing (assumption).
	if (strict) allowOnly(query, ['columns', 'properties', 'externalFilter', 'limit', 'offset']);
	// The vendor's client can send 0, by which it means no limit of its own: the view's is taken (assumption).
	const requestedLimit = parseInteger('limit', query.limit, strict ? 1 : 0) || 1000;
	const limit = Math.min(requestedLimit, world.settings.maxLimit ?? requestedLimit);
	const offset = parseInteger('offset', query.offset, 0) ?? 0;
	const pick = buildPicker(query, built, world.settings.defaultColumns[name]);

	let rows = built.all;
	const { externalFilter } = query;
	const { ignoreCase, compareBy, filterBy } = world.settings;
	if (externalFilter !== undefined) {
		const by = compareBy ?? (ignoreCase ? foldCase : undefined);
		const passes = buildFilter(externalFilter, built, filterBy ?? ((ast) => compile(ast, by)));
		const filtered = () => built.all.filter(passes);
		const key = `${name} ${request.unit} ${ignoreCase} ${externalFilter}`;
		// Of two functions nothing says whether they are the same.
		rows = compareBy || filterBy ? filtered() : world.filtered.get(key, rows, filtered);
	}
	if (world.settings.order) rows = rows.toSorted(world.settings.order);
	const end = offset + Math.min(limit, stride ?? limit);
	const page = rows.slice(offset, end);
	return {
		metadata: { count: page.length, limit, nextOffset: end < rows.length ? end : null },
		data: pick ? page.map(pick) : page,
	};
}

type Names = { columns: Set<string>; properties: Set<string> };
const NESTED = 'properties.';

function buildFilter(
	text: string,
	names: Names,
	understand: NonNullable<Settings['filterBy']>,
): (row: Row) => boolean {
	let ast;
	try {
		ast = parseFilter(text);
	} catch (caught) {
		if (caught instanceof FilterError) throw new Refusal(400, `externalFilter: ${caught.message}`);
		throw caught;
	}
	for (const column of findColumns(ast)) checkColumn('externalFilter', column, names);
	return understand(ast);
}

function checkColumn(parameter: string, column: string, names: Names): void {
	const known = column.startsWith(NESTED)
		? names.properties.has(column.slice(NESTED.length))
		: names.columns.has(column);
	if (!known) {
		throw new Refusal(
			400,
			`${parameter}: there is no column "${column}". Known: ${[...names.columns].join(', ')}; ` +
				`properties: ${[...names.properties].join(', ')}.`,
		);
	}
}

/**
 * `columns` gives exactly what is asked for; `properties` restricts the nested object (assumptions). For entries of
 * `properties` only that parameter is documented.
 */
function buildPicker(
	query: Query,
	names: Names,
	defaults: string[] | undefined,
): ((row: Row) => Row) | undefined {
	const properties = query.properties?.split(',').map((name) => name.trim());
	for (const name of properties ?? []) checkColumn('properties', NESTED + name, names);
	const columnNames = query.columns?.split(',').map((name) => name.trim());
	for (const name of columnNames ?? []) {
		if (name.startsWith(NESTED)) {
			throw new Refusal(400, `columns: "${name}" is asked for by the parameter properties.`);
		}
		checkColumn('columns', name, names);
	}
	if (!columnNames && !properties && !defaults) return undefined;

	const own = defaults?.filter((name) => !properties || !name.startsWith(NESTED));
	const columns = columnNames ?? own ?? [...names.columns];
	const flat = columns.filter((name) => !name.startsWith(NESTED) && name !== 'properties');
	const whole = !properties && columns.includes('properties');
	const nested = [
		...columns.filter((name) => name.startsWith(NESTED)).map((name) => name.slice(NESTED.length)),
		...(properties ?? []),
	];
	return (row) => {
		const picked: Record<string, unknown> = {};
		for (const name of flat) picked[name] = row[name];
		if (whole) picked.properties = row.properties;
		else if (nested.length) {
			const all = row.properties as Row;
			picked.properties = Object.fromEntries(nested.map((name) => [name, all[name] ?? null]));
		}
		return picked;
	};
}

function parseInteger(name: string, value: string | undefined, least: number): number | undefined {
	if (value === undefined) return undefined;
	const number = /^\d{1,15}$/.test(value) ? Number(value) : -1;
	if (number < least) {
		throw new Refusal(
			400,
			`${name}: "${value}" is not ${least ? 'a positive' : 'a non-negative'} integer.`,
		);
	}
	return number;
}

/** GET, POST and PATCH /{entity} */
export function handleEntity(world: World, request: LoggedRequest, query: Query): SandboxResponse {
	const entity = request.entity!;
	if (!Object.hasOwn(ENTITIES, entity)) {
		const known = Object.keys(ENTITIES).join(', ');
		throw new Refusal(404, `There is no entity "${entity}". Known: ${known}.`);
	}
	const { method } = request;
	if (!ENTITIES[entity].includes(method)) throw refuseMethod(method, ENTITIES[entity]);
	if (method === 'POST') return createRecord(world, request, query);
	if (method === 'PATCH') return updateRecord(world, request, query);
	const record = findRecord(world, request, query);
	return { status: 200, body: world.settings.wrapEntity ? { data: record } : record };
}

function createRecord(
	{ store, settings }: World,
	request: LoggedRequest,
	query: Query,
): SandboxResponse {
	const entity = request.entity!;
	const body = startProcess(checkBody(entity, parseBody(request), store, settings));
	if (settings.strict) {
		allowOnly(query, []);
		if (body.id !== undefined) throw new Refusal(400, 'id: must not be in the body of a POST.');
	}
	// The vendor's README shows a body with an ID; Teamogy gives the ID, so it means nothing (assumption).
	const { id: _, ...fields } = body;
	const record = store.insert(entity, addUnit(entity, fields, request.unit!));
	request.applied = true;
	return buildSavedBody(settings, record, settings.createdStatus);
}

function updateRecord(world: World, request: LoggedRequest, query: Query): SandboxResponse {
	const { store, settings } = world;
	const entity = request.entity!;
	const body = startProcess(checkBody(entity, parseBody(request), store));
	const record = findRecord(world, request, addIdOfBody(settings, query, body));
	if (settings.strict && body.id !== undefined && body.id !== record.id) {
		throw new Refusal(400, `id: the body has ${String(body.id)}, the query ${record.id}.`);
	}
	const replace = settings.patchProperties === 'replace';
	const changed = store.patch(entity, record.id, body, { replace });
	request.applied = true;
	return buildSavedBody(settings, changed, 200);
}

/**
 * The query names the record (DOC for documents). Where it does not, the ID in the body does, as in an example of the
 * vendor's README; where both do, the query counts (assumptions).
 */
function addIdOfBody(settings: Settings, query: Query, body: Record<string, unknown>): Query {
	const named = query.id ?? query[settings.registrationParameter];
	if (settings.strict || named !== undefined || body.id === undefined) return query;
	return { ...query, id: String(body.id) };
}

/** The unit of the path is used when the body names none (documented for documents, assumed for the rest). */
function addUnit(entity: string, body: Record<string, unknown>, unit: number) {
	const hasUnit = OF_ONE_UNIT.has(entity) || entity === 'users';
	return hasUnit ? { ...body, agencyId: body.agencyId ?? unit } : body;
}

function buildSavedBody({ writeResponse }: Settings, record: StoredRecord, status: number) {
	if (writeResponse === 'nothing') return { status: 204 };
	const { id, number } = record;
	const identifiers = number === undefined ? { id } : { id, number };
	return { status, body: writeResponse === 'record' ? record : identifiers };
}

/** Finds the record that the query names by ID, by registration number, or by both. */
function findRecord(
	{ store, settings }: World,
	request: LoggedRequest,
	query: Query,
): StoredRecord {
	const { entity = '', unit } = request;
	const parameter = settings.registrationParameter;
	if (settings.strict) allowOnly(query, ['id', parameter]);
	const id = parseInteger('id', query.id, 0);
	const registration = query[parameter];
	if (id === undefined && !registration) {
		throw new Refusal(400, `id or ${parameter}: one of them must name the record.`);
	}
	const record =
		id === undefined
			? store.list(entity).find((entry) => getRegistration(entry) === registration)
			: store.find(entity, id);
	if (
		!record ||
		(registration !== undefined && getRegistration(record) !== registration) ||
		(OF_ONE_UNIT.has(entity) && record.agencyId !== unit)
	) {
		const byId = id === undefined ? [] : [`id ${id}`];
		const names = registration ? [...byId, `${parameter} "${registration}"`] : byId;
		throw new Refusal(404, `${entity}: nothing found with ${names.join(' and ')} in unit ${unit}.`);
	}
	return record;
}

/** Documents and jobs have a number of their own, companies the one of the business register (assumption). */
function getRegistration(record: StoredRecord): unknown {
	return record.number ?? (record.registrations as Row | null | undefined)?.registration;
}

function parseBody(request: LoggedRequest): unknown {
	const type = String(request.headers['content-type'] ?? '');
	if (!/^application\/json\s*(;|$)/i.test(type)) {
		throw new Refusal(415, `Content-Type: must be application/json, not "${type}".`);
	}
	try {
		return JSON.parse(request.rawBody) as unknown;
	} catch {
		throw new Refusal(400, 'The body is not JSON.');
	}
}

function refuseMethod(method: string, allowed: readonly string[]): Refusal {
	return new Refusal(405, `${method} is not possible here, only ${allowed.join(', ')}.`, {
		allow: allowed.join(', '),
	});
}
