import type { IDataObject } from 'n8n-workflow';

import { columnName } from '../api/address';
import { entityTakes, viewOfType } from '../api/catalog';
import { InvalidInput, TeamogyError } from '../api/errors';
import type { ValueType } from '../api/filter';
import { matchRows, type Matches } from '../api/match';
import { DEFAULT_PAGE_SIZE, readRows, valueAt, type ViewQuery } from '../api/view';
import { bodyOf, documentTypeOf, mappingOf, newBodyOf } from '../parameters/body';
import { groupBy } from './group';
import type { Item } from '../parameters/item';
import { inTurn, operation, WRITES_AT_ONCE, type Prepared, type Run } from './operation';
import { filterParameters } from '../parameters/shared';
import { aOrAn } from './wording';
import { create, newRecord, targetOf, update, type WriteTarget } from './write';
import { documentTypeParameters, fieldParameters, optionsByReturn } from '../parameters/fields';

interface Task extends WriteTarget {
	query: ViewQuery;
	column: string;
	value: unknown;
	body: IDataObject;
	/** The body if the record is new, or why it cannot be one. */
	newBody: () => IDataObject;
	name: string;
}

/** What happened to a value in this run: the record made for it, or why that is in doubt. */
type Made = { id?: string } | { doubt: unknown };

const SAMPLE = 20;

/** The column to match by and its value: the mapper's matching column, or the two parameters. */
const matchOf = (item: Item, body: IDataObject): { column: string; value: unknown } => {
	const mapping = mappingOf(item);
	const column = columnName(
		mapping ? mapping.matchingColumns?.[0] : item.parameter('matchColumn', ''),
		mapping ? 'The column to match on' : 'Match Column',
	);
	const value = mapping ? valueAt(body, column) : item.parameter('matchValue', '');
	if (value === undefined || value === null || value === '') {
		throw new InvalidInput(
			`The value of "${column}" to match by is empty`,
			'Give every item a value for it, or create records without one with the operation Create.',
		);
	}
	return { column, value };
};

/**
 * How the view holds the column, read from some of its rows.
 *
 * @throws InvalidInput when the view has rows, but no such column
 */
async function typeOf(
	run: Run,
	{ view, unitId }: ViewQuery,
	column: string,
	values: unknown[],
): Promise<ValueType> {
	const rows = await readRows(run.client, { view, unitId, limit: SAMPLE });
	const found = rows.map((row) => valueAt(row, column)).filter((value) => value !== undefined);
	if (rows.length && !found.length) {
		throw new InvalidInput(
			`The view "${view}" has no column "${column}" to match by`,
			`Choose one of its columns: ${Object.keys(rows[0]).slice(0, 30).join(', ')}.`,
		);
	}
	const [example] = [...found.filter((value) => value !== null), ...values];
	return typeof example === 'number' || typeof example === 'boolean'
		? (typeof example as ValueType)
		: 'string';
}

/** Matches the items of one view and column, then writes each. */
async function performGroup(group: Array<Prepared<Task>>, run: Run): Promise<void> {
	const [{ task: first }] = group;
	const query = {
		...first.query,
		columns: [...new Set(['id', first.column])],
		column: first.column,
	};
	const made = new Map<string, Made>();
	let type: ValueType = 'string';
	let matches: Matches = () => [];
	const ok = await run.settleAll(group, async () => {
		const values = group.map(({ task }) => task.value);
		type = await typeOf(run, first.query, first.column, values);
		matches = await matchRows(run.client, { ...query, type }, values);
	});
	if (!ok) return;
	await inTurn(
		group,
		WRITES_AT_ONCE,
		async ({ index, task }) => await run.settleWrite(index, async () => await writeOne(task)),
	);

	async function writeOne(task: Task): Promise<IDataObject[]> {
		const key = String(task.value).normalize('NFC');
		const own = made.get(key);
		if (own && 'doubt' in own) throw own.doubt;
		const rows =
			own && !own.id
				? (await matchRows(run.client, { ...query, type }, [task.value]))(task.value)
				: matches(task.value);
		const ids = own?.id
			? [own.id]
			: rows.map(({ id }) => id).filter((id) => id !== undefined && id !== null);
		if (rows.length && !ids.length) {
			throw new InvalidInput(
				`The view "${task.query.view}" gives no ID with its rows`,
				'Update the record with the operation Update instead.',
			);
		}
		if (ids.length > 1) {
			throw new InvalidInput(
				`${ids.length} records have "${String(task.value)}" in "${task.column}": ${ids.slice(0, 20).join(', ')}`,
				'Match by a column that is different for every record, narrow the match with filters, or update the right one by its ID.',
			);
		}
		if (ids.length) {
			const name = `${task.name} ${ids[0] as string}`;
			return await update(
				run,
				{ ...task, request: { ...task.request, what: name } },
				{ id: String(ids[0]) },
				task.body,
			);
		}
		const result = await create(run, task, task.newBody()).catch((error) => {
			if (error instanceof TeamogyError && error.maybeSaved) made.set(key, { doubt: error });
			throw error;
		});
		made.set(key, { id: result.id });
		return result.rows;
	}
}

/** Create or Update: changes the record that matches, creates it where none does. */
export const upsert = operation<Task>({
	value: 'upsert',
	name: 'Create or Update',
	offeredBy: (resource) =>
		entityTakes(resource, 'PATCH') && entityTakes(resource, 'POST') && resource.views.length > 0,
	describe: ({ name, plural }) => ({
		description: `Create ${aOrAn(`new ${name}`)}, or update the current one if it already exists (upsert). Matches all ${plural.toLowerCase()} of the input in few requests.`,
		action: `Create or update ${aOrAn(name)}`,
	}),
	parameters: (resources) => [
		...documentTypeParameters(resources),
		...fieldParameters('upsert'),
		{
			displayName: 'Match Column',
			name: 'matchColumn',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. number',
			description: 'The column of the view whose value tells records apart',
			displayOptions: { show: { fieldsMode: ['json'] } },
		},
		{
			displayName: 'Match Value',
			name: 'matchValue',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. {{ $json.number }}',
			description: 'The record with this value is updated; without one it is created',
			displayOptions: { show: { fieldsMode: ['json'] } },
		},
		...filterParameters,
		...optionsByReturn(resources, 'pageSize', 'unitId'),
	],
	prepare: (item) => {
		const { resource } = item;
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
		return {
			...targetOf(item, newRecord(resource)),
			query: {
				view: viewOfType(resource, documentTypeOf(item)),
				filter: item.filter,
				unitId: item.unitId,
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
		// What a try before this one wrote is settled without asking Teamogy again.
		for (const { index } of prepared.filter(({ index }) => run.isWritten(index)))
			await run.settleWrite(index, async () => []);
		const open = prepared.filter(({ index }) => !run.isWritten(index));
		const groups = groupBy(open, ({ task: { query, column } }) => [
			query.view,
			query.filter,
			query.unitId,
			query.pageSize,
			column,
		]);
		for (const group of groups) await performGroup(group, run);
	},
});
