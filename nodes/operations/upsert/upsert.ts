import type { IDataObject } from 'n8n-workflow';

import { getOrCreate } from '../../api/common/maps';
import { isBlankText, isObject } from '../../api/common/json';
import { parseColumnName } from '../../api/views/names';
import { findViewForType, isOnlyTypeOfView, supportsMethod } from '../../api/schema/resources';
import { InvalidInput } from '../../api/common/invalidInput';
import { andFilters } from '../../api/views/filter';
import { ColumnTypes } from '../../api/filters/columnTypes';
import { FILTER_OPERATORS, compileFilter } from '../../api/filters/conditions';
import { assertComparable } from '../../api/filters/columnValue';
import { toLiteral } from '../../api/views/literal';
import { parseRecordId } from '../../api/record';
import { getColumnValue, getPropertyKey } from '../../api/views/columns';
import { composeText } from '../../api/common/unicode';
import { readDocumentType } from '../../parameters/documentType';
import { buildNewRecordParameters, readBody, toNewBody } from '../../parameters/fields';
import { buildFilterParameters, readFilter } from '../../parameters/filter';
import { ignoreCaseOption, readIgnoreCase } from '../../parameters/ignoreCase';
import { readMapperValue } from '../../parameters/mapper';
import { readPageSize, readUnitId } from '../../parameters/options';
import type { ItemParameters } from '../../parameters/reader';
import { buildColumnParameter } from '../../parameters/view';
import { ONE_ITEM_EACH, withArticle } from '../../parameters/wording';
import type { TypedMatchQuery } from '../../api/matching/typedMatch';
import type { OperationContext, PreparedItem } from '../context';
import { groupTasks, type Operation } from '../operation';
import {
	buildWriteOptions,
	describeNewRecord,
	hintAtUnusedFields,
	readWriteTarget,
	withWriteHint,
} from '../saveRecord';
import { CreatedRecords } from './createdRecords';
import { planUpserts, type PlannedWrite, type UpsertTask } from './plan';

/** Reads the column to match on and its value: those of the mapper, or the two parameters. */
const readMatch = (item: ItemParameters, body: IDataObject): { column: string; value: unknown } => {
	const mapper = readMapperValue(item);
	const column = parseColumnName(
		mapper ? mapper.matchingColumns?.[0] : item.readParameter('matchColumn', ''),
		mapper ? 'The field to match on' : 'Match Column Name or ID',
	);
	const value = mapper ? getColumnValue(body, column) : item.readParameter('matchValue', '');
	if (isBlankText(value)) {
		throw new InvalidInput(
			`The value of "${column}" to match on is empty`,
			'Enter a value for it in every item, or create records without one with the operation Create.',
		);
	}
	const where = `The value of "${column}" to match on`;
	assertComparable(value, where, ONE_ITEM_EACH);
	return { column, value: column === 'id' ? parseRecordId(value, 'The ID to match on') : value };
};

/**
 * The filter for documents of one type, unless the view lists no other type: a document of another type must not be
 * changed. That views have a column `type` is INFERRED from the documented filter with it.
 */
const documentTypeFilter = (type: string | undefined): string | undefined =>
	type && !isOnlyTypeOfView(type)
		? `type=${toLiteral({ value: type, type: 'string' }, 'The Document Type')}`
		: undefined;

const composeField = (fields: IDataObject, name: string): IDataObject => {
	const value = Object.hasOwn(fields, name) ? fields[name] : undefined;
	return typeof value === 'string' ? { ...fields, [name]: composeText(value) } : { ...fields };
};

/**
 * The body with the text of the column in the composed form, in which values are asked for: a server that compares texts
 * letter by letter would not find the new record, and each run would create it again.
 */
function composeMatchedText(body: IDataObject, column: string): IDataObject {
	const key = getPropertyKey(column);
	const { properties } = body;
	if (key === undefined || !isObject(properties)) return composeField(body, column);
	return { ...body, properties: composeField(properties, key) };
}

/** For models that build workflows. */
const MATCH_COLUMN_HINT = { propertyHint: 'A column that body sets too, e.g. number' };

const FILTERS_DESCRIPTION =
	'Conditions a record must meet to be matched. If empty, any record can match.';

/**
 * The queries that values are matched with, the filters in Teamogy's syntax. Items with one query are matched
 * together, also where the values entered for a day differ, as `{{ $now }}` does. An item whose filter is not right
 * fails.
 */
async function compileQueries(
	prepared: Array<PreparedItem<UpsertTask>>,
	columnTypes: ColumnTypes,
	context: OperationContext,
): Promise<Map<UpsertTask, TypedMatchQuery>> {
	const queries = new Map<UpsertTask, TypedMatchQuery>();
	const compile = async (task: UpsertTask) => {
		const query = { ...task.baseQuery, columns: ['id'] };
		// With a value that cannot be in its column no record would be found, and one created.
		const { filter } = await compileFilter(task.enteredFilter, columnTypes, query, true);
		queries.set(task, { ...query, filter: andFilters(query.filter, filter) });
	};
	const isWritten = ({ index }: { index: number }) => context.writes.get(index) !== undefined;
	await context.checkItems(
		prepared.filter((item) => !isWritten(item)),
		compile,
	);
	// What an earlier try has written stays written, whatever has become of its filter.
	for (const { task } of prepared.filter(isWritten)) await compile(task).catch(() => undefined);
	return queries;
}

/** Create or Update: for each item updates the record that matches, or creates one where none matches. */
export const upsert: Operation<UpsertTask> = {
	value: 'upsert',
	name: 'Create or Update',
	isOfferedBy: (resource) => supportsMethod(resource, 'PATCH') && supportsMethod(resource, 'POST'),
	describe: ({ name }) => ({
		description: `Create ${withArticle(`new ${name}`)}, or update the current one if it already exists (upsert), and return its ID`,
		action: `Create or update ${withArticle(name)}`,
	}),
	parameters: (resources) => [
		...buildNewRecordParameters(resources, 'upsert'),
		{
			...buildColumnParameter('matchColumn', 'A column whose value is different for every record'),
			displayName: 'Match Column Name or ID',
			builderHint: MATCH_COLUMN_HINT,
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
			description: 'Updates the record that has this value, or creates a record if none has it',
			displayOptions: { show: { fieldsMode: ['json'] } },
		},
		...buildFilterParameters(FILTER_OPERATORS, FILTERS_DESCRIPTION),
		...buildWriteOptions(resources, ignoreCaseOption, 'pageSize', 'unitId'),
	],
	prepare: (item) => {
		const { resource } = item;
		const body = readBody(item);
		const { column, value } = readMatch(item, body);
		const fields = composeMatchedText(body, column);
		delete fields.id;
		if (!Object.keys(fields).length) {
			throw new InvalidInput(
				'There is no field to write besides the ID',
				'Add the fields to change or to create the record with, and enter their values.',
			);
		}
		const type = readDocumentType(item, body);
		return {
			...readWriteTarget(item, describeNewRecord(resource, fields)),
			baseQuery: {
				view: findViewForType(resource, type ?? ''),
				column,
				filter: documentTypeFilter(type),
				unitId: readUnitId(item),
				pageSize: readPageSize(item),
				ignoreCase: readIgnoreCase(item),
				createsMissing: true,
			},
			enteredFilter: readFilter(item),
			value,
			body: fields,
			hasUnusedId: column !== 'id' && !isBlankText(body.id),
			buildNewBody: () => toNewBody(item, fields),
			name: resource.name.toLowerCase(),
		};
	},
	execute: async (prepared, context) => {
		hintAtUnusedFields(context, prepared);
		const unused = prepared.find(({ task }) => task.hasUnusedId);
		if (unused) {
			context.client.hint(
				`The field "id" was not sent: records are matched on "${unused.task.baseQuery.column}". To update records by their IDs match on "id".`,
			);
		}
		const timeZone = context.executeFunctions.getTimezone();
		const columnTypes = new ColumnTypes(context.client, timeZone);
		const queries = await compileQueries(prepared, columnTypes, context);
		const matchable = prepared.filter(({ task }) => queries.has(task));
		const writes = new Map<UpsertTask, PlannedWrite>();
		const createdByColumn = new Map<string, CreatedRecords<UpsertTask>>();
		for (const group of groupTasks(matchable, (task) => queries.get(task))) {
			const query = queries.get(group[0].task)!;
			const { view, column, unitId = context.client.account.unitId } = query;
			// Documents of different types are different records.
			const columnKey = JSON.stringify([view, unitId, column, group[0].task.baseQuery.filter]);
			const created = getOrCreate(createdByColumn, columnKey, () => new CreatedRecords(query));
			const planned = await planUpserts(group, query, columnTypes, context, created);
			for (const [task, write] of planned) writes.set(task, write);
		}
		// An item that an earlier try has written gets its result without a request.
		const writable = prepared.filter(
			({ index, task }) => writes.has(task) || context.writes.get(index),
		);
		await context.writeItems(writable, async (task, onSaved) =>
			withWriteHint(context, task.body, await writes.get(task)!(onSaved)),
		);
	},
};
