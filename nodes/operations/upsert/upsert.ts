import type { IDataObject } from 'n8n-workflow';

import { parseColumnName } from '../../api/views/names';
import { DOCUMENT_TYPES, supportsMethod, findViewForType } from '../../api/schema/catalog';
import { InvalidInput } from '../../api/transport/errors';
import { andFilters, toLiteral } from '../../api/views/filter';
import { parseRecordId } from '../../api/record';
import { DEFAULT_PAGE_SIZE } from '../../api/views/view';
import { getColumnValue } from '../../api/views/columns';
import { readBody, readDocumentType, readMapping, toNewBody } from '../../parameters/body';
import { isBlankText } from '../../parameters/reader';
import type { ItemParameters } from '../../parameters/itemParameters';
import { buildColumnParameter } from '../../parameters/columns';
import { filterParameters } from '../../parameters/filter';
import { withArticle } from '../../parameters/wording';
import {
	buildDocumentTypeParameters,
	buildFieldParameters,
	buildNewUserNotice,
	buildWriteOptions,
} from '../../parameters/fields';
import { groupBy } from '../group';
import { mapWithConcurrency, defineOperation, WRITE_CONCURRENCY, type Saved } from '../operation';
import { describeNewRecord, writeTarget } from '../saveRecord';
import { ColumnTypes } from './columnType';
import { UpsertPlan, type UpsertTask } from './plan';

/** The column to match by and its value: the mapper's matching column, or the two parameters. */
const readMatch = (item: ItemParameters, body: IDataObject): { column: string; value: unknown } => {
	const mapping = readMapping(item);
	const column = parseColumnName(
		mapping ? mapping.matchingColumns?.[0] : item.readParameter('matchColumn', ''),
		mapping ? 'The field to match on' : 'Match Column Name or ID',
	);
	const value = mapping ? getColumnValue(body, column) : item.readParameter('matchValue', '');
	if (isBlankText(value)) {
		throw new InvalidInput(
			`The value of "${column}" to match by is empty`,
			'Give every item a value for it, or create records without one with the operation Create.',
		);
	}
	// Of what kind the column is, is not known yet; that it is one value and can be sent, is.
	toLiteral(value, 'string', `The value of "${column}" to match by`);
	return {
		column,
		value: column === 'id' ? parseRecordId(value, 'The ID to match by') : value,
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
		? `type=${toLiteral(type, 'string', 'The Document Type')}`
		: undefined;
};

const WHICH_MAY_MATCH =
	'Conditions that narrow down which records may match, e.g. only clients. Without any, all records may.';

/** Create or Update: changes the record that matches, creates it where none does. */
export const upsert = defineOperation<UpsertTask>({
	value: 'upsert',
	name: 'Create or Update',
	isOfferedBy: (resource) =>
		supportsMethod(resource, 'PATCH') &&
		supportsMethod(resource, 'POST') &&
		resource.views.length > 0,
	describe: ({ name }) => ({
		description: `Create ${withArticle(`new ${name}`)}, or update the current one if it already exists (upsert). Matches all input items in a few requests.`,
		action: `Create or update ${withArticle(name)}`,
	}),
	parameters: (resources) => [
		...buildDocumentTypeParameters(resources),
		...buildNewUserNotice(resources),
		...buildFieldParameters('upsert'),
		{
			...buildColumnParameter('matchColumn', 'A column whose value is different for every record.'),
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
		...buildWriteOptions(resources, 'pageSize', 'unitId'),
	],
	prepare: (item) => {
		const { resource, unitId } = item;
		const body = readBody(item);
		const { column, value } = readMatch(item, body);
		const fields = { ...body };
		delete fields.id;
		if (!Object.keys(fields).length) {
			throw new InvalidInput(
				'There is no field to write',
				'Give at least one field besides the ID.',
			);
		}
		const type = readDocumentType(item, body);
		const view = findViewForType(resource, type);
		return {
			...writeTarget(item, describeNewRecord(resource, fields)),
			query: {
				view,
				filter: andFilters(documentTypeFilter(view, type), item.filter),
				unitId,
				pageSize: item.readCount('Page Size', item.readOption('pageSize'), DEFAULT_PAGE_SIZE, 1),
			},
			column,
			value,
			body: fields,
			newBody: () => toNewBody(item, fields),
			name: resource.name.toLowerCase(),
		};
	},
	execute: async (prepared, context) => {
		const groups = groupBy(prepared, ({ task: { query, column } }) => [
			query.view,
			query.filter,
			query.unitId,
			query.pageSize,
			column,
		]);
		const columnTypes = new ColumnTypes(context.client);
		const writes = new Map<number, (saved: Saved) => Promise<IDataObject[]>>();
		for (const group of groups) {
			const plan = new UpsertPlan(context, columnTypes, group);
			for (const [index, write] of await plan.prepare()) writes.set(index, write);
		}
		await mapWithConcurrency(prepared, WRITE_CONCURRENCY, async ({ index }) => {
			// What a try before this one wrote is settled without asking Teamogy again.
			const write = writes.get(index) ?? (context.previousWrite(index) && (async () => []));
			if (write) await context.runItemWrite(index, write);
		});
	},
});
