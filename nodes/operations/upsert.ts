import type { IDataObject } from 'n8n-workflow';

import { columnName } from '../api/address';
import { DOCUMENT_TYPES, entityTakes, viewOfType } from '../api/catalog';
import { InvalidInput, TeamogyError } from '../api/errors';
import { both, literal, type ValueType } from '../api/filter';
import { asking, WITHIN } from '../api/columns';
import {
	isAboutTheValues,
	keyOf,
	likeness,
	matchable,
	matchRows,
	type Matches,
	type MatchQuery,
} from '../api/match';
import { idOf, recordId } from '../api/record';
import { DEFAULT_PAGE_SIZE, readRows, valueAt, type Row, type ViewQuery } from '../api/view';
import { withHappening } from '../context/happening';
import { bodyOf, documentTypeOf, mappingOf, newBodyOf } from '../given/body';
import { isBlank } from '../given/given';
import { groupBy } from './group';
import type { Item } from '../given/item';
import { inTurn, operation, WRITES_AT_ONCE, type Prepared, type Run } from './operation';
import { columnParameter } from '../parameters/columns';
import { filterParameters } from '../parameters/filters';
import { aOrAn } from '../parameters/wording';
import { createOne, newRecord, targetOf, updateOne, type WriteTarget } from './write';
import {
	documentTypeParameters,
	fieldParameters,
	newUserNotice,
	optionsByReturn,
} from '../parameters/writing';

interface Task extends WriteTarget {
	query: ViewQuery;
	column: string;
	value: unknown;
	body: IDataObject;
	/**
	 * The body if the record is new.
	 *
	 * @throws InvalidInput when it cannot be one
	 */
	newBody: () => IDataObject;
	name: string;
}

const SAMPLE = 20;

/** The column to match by and its value: the mapper's matching column, or the two parameters. */
const matchOf = (item: Item, body: IDataObject): { column: string; value: unknown } => {
	const mapping = mappingOf(item);
	const column = columnName(
		mapping ? mapping.matchingColumns?.[0] : item.parameter('matchColumn', ''),
		mapping ? 'The field to match on' : 'Match Column Name or ID',
	);
	const value = mapping ? valueAt(body, column) : item.parameter('matchValue', '');
	if (isBlank(value)) {
		throw new InvalidInput(
			`The value of "${column}" to match by is empty`,
			'Give every item a value for it, or create records without one with the operation Create.',
		);
	}
	// Of what kind the column is, is not known yet; that it is one value and can be sent, is.
	literal(value, 'string', `The value of "${column}" to match by`);
	return {
		column,
		value: column === 'id' ? recordId(value, 'The ID to match by') : value,
	};
};

/**
 * Documents are matched among those of their type: some views list several, and a record of another
 * type shall not be changed for one that is new. That a view has `type` is INFERRED from the
 * documented filter on it.
 */
const ofType = (view: string, type: string | undefined): string | undefined => {
	const listed = Object.values(DOCUMENT_TYPES).filter((one) => one.view === view);
	return type && (view === 'documents' || listed.length > 1)
		? `type=${literal(type, 'string', 'The Document Type')}`
		: undefined;
};

const typeOfValue = (value: unknown): ValueType =>
	typeof value === 'number' || typeof value === 'boolean' ? (typeof value as ValueType) : 'string';

/**
 * How the view holds the column: IDs as numbers (DOC), others as some of its rows have them.
 *
 * @throws InvalidInput when the view has rows, but no such column
 */
async function typeOf(
	run: Run,
	{ view, unitId }: ViewQuery,
	column: string,
	given: unknown,
): Promise<ValueType> {
	if (column === 'id') return 'number';
	const valuesOf = (rows: Row[]) =>
		rows.map((row) => valueAt(row, column)).filter((value) => value !== undefined);
	const rows = await readRows(run.client, { view, unitId, limit: SAMPLE });
	let found = valuesOf(rows);
	if (rows.length && !found.some((value) => value !== null)) {
		// Few records may have a value, as of a number another system gave, and rows may lack what is empty.
		const alone = asking({ view, unitId, columns: ['id'], limit: SAMPLE }, column);
		const read = async (filter?: string) =>
			await readRows(run.client, { ...alone, filter }).catch((error) => {
				if (isAboutTheValues(error)) return undefined;
				throw error;
			});
		const more = await read(`NOT (${column}='')`);
		const mayBeEmpty = column.startsWith(WITHIN) && more;
		found = [...valuesOf(more ?? []), ...found];
		// The view's own choice of columns may leave out one that no record has a value for yet.
		if (!found.length && !mayBeEmpty) found = valuesOf((await read()) ?? []);
		if (!found.length && !mayBeEmpty) {
			throw new InvalidInput(
				`The view "${view}" has no column "${column}" to match by`,
				`Choose one of its columns: ${Object.keys(rows[0]).slice(0, 30).join(', ')}.`,
			);
		}
	}
	return typeOfValue(found.find((value) => value !== null) ?? given);
}

/** What happened to a value in this run: the record made for it, or why that is in doubt. */
type Made = { id?: string } | { doubt: unknown };

/** The one record of the rows found for a value, if there is any. */
function idIn(rows: Row[], { query, column, value }: Task): string | undefined {
	const ids = [
		...new Set(rows.map(({ id }) => id).filter((id) => id !== undefined && id !== null)),
	];
	if (rows.length && !ids.length) {
		throw new InvalidInput(
			`The view "${query.view}" gives no ID with its rows`,
			'Update the record with the operation Update instead.',
		);
	}
	if (ids.length > 1) {
		throw new InvalidInput(
			`${ids.length} records have "${String(value)}" in "${column}": ${ids.slice(0, 20).join(', ')}${ids.length > 20 ? ' …' : ''}`,
			'Match by a column that is different for every record, narrow the match with filters, or update the right one by its ID.',
		);
	}
	return ids.length ? recordId(ids[0], 'The ID of the record found') : undefined;
}

/**
 * Whether a new record has a value for a column it is matched by. A view may show as a column what
 * the record has further inside, as `registration` or a document's `name`.
 */
function fills(column: string, body: IDataObject): boolean {
	const within = column.startsWith(WITHIN);
	const name = within ? column.slice(WITHIN.length) : column;
	const holds = (fields: unknown): boolean =>
		typeof fields === 'object' &&
		fields !== null &&
		Object.entries(fields).some(
			([key, value]) =>
				((key === name || key === `${WITHIN}${name}`) && !isBlank(value)) || holds(value),
		);
	return holds(within ? body.properties : body);
}

/**
 * Matches the items of one view and column, and gives for each that can be written how. All that can
 * be known before is checked before anything is written.
 */
async function plan(
	group: Array<Prepared<Task>>,
	run: Run,
): Promise<Map<number, () => Promise<IDataObject[]>>> {
	const writes = new Map<number, () => Promise<IDataObject[]>>();
	const open = group.filter(({ index }) => !run.writtenBefore(index));
	if (!open.length) return writes;
	const [{ task: first }] = open;
	const { column } = first;
	let query: MatchQuery = { ...first.query, columns: ['id'], column, type: 'string' };
	const typed = await run.settleAll(open, async () => {
		query = { ...query, type: await typeOf(run, first.query, column, first.value) };
	});
	if (!typed) return writes;

	const fit: typeof open = [];
	for (const one of open) {
		await run.settle(one.index, () => {
			matchable(query, one.task.value, `The value of "${column}" to match by`);
			fit.push(one);
			return [];
		});
	}
	let matches: Matches;
	const matched = await run.settleAll(fit, async () => {
		const values = fit.map(({ task }) => task.value);
		matches = await matchRows(run.client, query, values);
	});
	if (!matched) return writes;

	const made = new Map<string, Made>();
	const madeLike = new Map<string, Made>();
	const remember = (key: string, what: Made) => {
		made.set(key, what);
		madeLike.set(likeness(key), what);
	};
	for (const { index, task } of group) {
		const before = run.writtenBefore(index);
		if (!before) continue;
		const known = 'error' in before ? { doubt: before.error } : { id: idOf(before.rows[0]) };
		remember(keyOf(task.value, query.type), known);
	}
	const expected = new Set(madeLike.keys());
	for (const { index, task } of fit) {
		await run.settle(index, () => {
			const key = keyOf(task.value, query.type);
			const id = idIn(matches(task.value), task);
			// The first of a new value makes the record; those after it change that, or so may those like it.
			if (!id && !expected.has(likeness(key))) task.newBody();
			expected.add(likeness(key));
			writes.set(index, async () => await writeOne(task, key, id));
			return [];
		});
	}
	return writes;

	async function writeOne(task: Task, key: string, found?: string): Promise<IDataObject[]> {
		const own = made.get(key);
		if (!found && own && 'doubt' in own) throw own.doubt;
		const id =
			found ?? (own && 'id' in own ? own.id : undefined) ?? (await madeBefore(task, key, own));
		if (id) {
			if (!found) remember(key, { id });
			const request = { ...task.request, what: `${task.name} ${id}` };
			const rows = await updateOne(run, { ...task, request }, { id }, task.body);
			return rows.map((row) => withHappening(row, 'updated'));
		}
		const body = task.newBody();
		const result = await createOne(run, task, body).catch((error) => {
			if (error instanceof TeamogyError && error.maybeSaved) remember(key, { doubt: error });
			throw error;
		});
		remember(key, { id: result.id });
		if (column === 'id') run.client.hint(NEW_IDS);
		else if (!fills(column, body)) run.client.hint(notFilled(column));
		return result.rows.map((row) => withHappening(row, 'created'));
	}

	/**
	 * The record made in this run whose ID was not told; or made for a value like this one, as the server
	 * may hold `ACME` for `Acme`: it knows.
	 */
	async function madeBefore(task: Task, key: string, own?: Made): Promise<string | undefined> {
		const before = own ?? madeLike.get(likeness(key));
		if (!before) return undefined;
		const id = idIn((await matchRows(run.client, query, [task.value]))(task.value), task);
		if (id) return id;
		if ('doubt' in before) throw before.doubt;
		// It is another one: the view shows what was made for the value like it, and not for this.
		if (!own && before.id) return undefined;
		throw new InvalidInput(
			`The record just made for "${String(task.value)}" in "${column}" is not in the view "${task.query.view}" yet`,
			'It was not made a second time. Update it when the view shows it.',
		);
	}
}

const NEW_IDS =
	'No record had these IDs, so new ones were created with IDs assigned by Teamogy. The next run would create them again. Match by a column whose values you set, e.g. number or name.';

const notFilled = (column: string): string =>
	`New records were made without a value in "${column}", the column they are matched by: unless Teamogy fills it with that value, the next run makes them again. Give the value as a field of the record too.`;

const WHICH_MAY_MATCH =
	'Conditions that narrow down which records may match, e.g. only clients. Without any, all records may.';

/** Create or Update: changes the record that matches, creates it where none does. */
export const upsert = operation<Task>({
	value: 'upsert',
	name: 'Create or Update',
	offeredBy: (resource) =>
		entityTakes(resource, 'PATCH') && entityTakes(resource, 'POST') && resource.views.length > 0,
	describe: ({ name }) => ({
		description: `Create ${aOrAn(`new ${name}`)}, or update the current one if it already exists (upsert). Matches all input items in a few requests.`,
		action: `Create or update ${aOrAn(name)}`,
	}),
	parameters: (resources) => [
		...documentTypeParameters(resources),
		...newUserNotice(resources),
		...fieldParameters('upsert'),
		{
			...columnParameter('matchColumn', 'A column whose value is different for every record.'),
			displayName: 'Match Column Name or ID',
			required: true,
			displayOptions: { show: { fieldsMode: ['json'] } },
		},
		{
			displayName: 'Match Value',
			name: 'matchValue',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.number }}',
			description:
				'The record with this value in the match column is updated. If there is none, a new one is created.',
			displayOptions: { show: { fieldsMode: ['json'] } },
		},
		...filterParameters.map((parameter) =>
			parameter.name === 'filters' ? { ...parameter, description: WHICH_MAY_MATCH } : parameter,
		),
		...optionsByReturn(resources, 'pageSize', 'unitId'),
	],
	prepare: (item) => {
		const { resource, unitId } = item;
		const body = bodyOf(item);
		const { column, value } = matchOf(item, body);
		const fields = { ...body };
		delete fields.id;
		if (!Object.keys(fields).length) {
			throw new InvalidInput(
				'There is no field to write',
				'Give at least one field besides the ID.',
			);
		}
		const type = documentTypeOf(item, body);
		const view = viewOfType(resource, type);
		return {
			...targetOf(item, newRecord(resource, fields)),
			query: {
				view,
				filter: both(ofType(view, type), item.filter),
				unitId,
				pageSize: item.count('Page Size', item.option('pageSize'), DEFAULT_PAGE_SIZE, 1),
			},
			column,
			value,
			body: fields,
			newBody: () => newBodyOf(item, fields),
			name: resource.name.toLowerCase(),
		};
	},
	perform: async (prepared, run) => {
		const groups = groupBy(prepared, ({ task: { query, column } }) => [
			query.view,
			query.filter,
			query.unitId,
			query.pageSize,
			column,
		]);
		const writes = new Map<number, () => Promise<IDataObject[]>>();
		for (const group of groups)
			for (const [index, write] of await plan(group, run)) writes.set(index, write);
		await inTurn(prepared, WRITES_AT_ONCE, async ({ index }) => {
			// What a try before this one wrote is settled without asking Teamogy again.
			const write = writes.get(index) ?? (run.writtenBefore(index) && (async () => []));
			if (write) await run.settleWrite(index, write);
		});
	},
});
