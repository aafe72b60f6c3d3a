import type { IDataObject } from 'n8n-workflow';

import { columnName } from '../../api/address';
import { DOCUMENT_TYPES, entityTakes, viewOfType } from '../../api/catalog';
import { InvalidInput } from '../../api/errors';
import { both, literal } from '../../api/filter';
import { recordId } from '../../api/record';
import { DEFAULT_PAGE_SIZE, valueAt } from '../../api/view';
import { bodyOf, documentTypeOf, mappingOf, newBodyOf } from '../../given/body';
import { isBlank } from '../../given/given';
import type { Item } from '../../given/item';
import { columnParameter } from '../../parameters/columns';
import { filterParameters } from '../../parameters/filters';
import { aOrAn } from '../../parameters/wording';
import {
	documentTypeParameters,
	fieldParameters,
	newUserNotice,
	optionsByReturn,
} from '../../parameters/writing';
import { groupBy } from '../group';
import { inTurn, operation, WRITES_AT_ONCE, type Saved } from '../operation';
import { newRecord, targetOf } from '../write';
import { ColumnTypes } from './columnType';
import { UpsertPlan, type UpsertTask } from './plan';

/** The column to match by and its value: the mapper's matching column, or the two parameters. */
const readMatch = (item: Item, body: IDataObject): { column: string; value: unknown } => {
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
const documentTypeFilter = (view: string, type: string | undefined): string | undefined => {
	const listed = Object.values(DOCUMENT_TYPES).filter((one) => one.view === view);
	return type && (view === 'documents' || listed.length > 1)
		? `type=${literal(type, 'string', 'The Document Type')}`
		: undefined;
};

const WHICH_MAY_MATCH =
	'Conditions that narrow down which records may match, e.g. only clients. Without any, all records may.';

/** Create or Update: changes the record that matches, creates it where none does. */
export const upsert = operation<UpsertTask>({
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
		const { column, value } = readMatch(item, body);
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
				filter: both(documentTypeFilter(view, type), item.filter),
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
		const columnTypes = new ColumnTypes(run.client);
		const writes = new Map<number, (saved: Saved) => Promise<IDataObject[]>>();
		for (const group of groups) {
			const plan = new UpsertPlan(run, columnTypes, group);
			for (const [index, write] of await plan.prepare()) writes.set(index, write);
		}
		await inTurn(prepared, WRITES_AT_ONCE, async ({ index }) => {
			// What a try before this one wrote is settled without asking Teamogy again.
			const write = writes.get(index) ?? (run.writtenBefore(index) && (async () => []));
			if (write) await run.settleWrite(index, write);
		});
	},
});
