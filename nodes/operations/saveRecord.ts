import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { isObjectOrList } from '../api/common/json';
import { formatList, formatValue } from '../api/common/formatValue';
import { supportsMethod, type Resource } from '../api/schema/resources';
import { isNameText, joinFullName, NAME_FIELDS } from '../api/common/recordNames';
import {
	createRecord,
	extractFields,
	extractId,
	readRecord,
	updateRecord,
	type RecordRequest,
	type Selector,
} from '../api/record';
import { emptyValuesOption } from '../parameters/emptyValues';
import { readUnusedFields } from '../parameters/mapper';
import { buildOptionsFor, readUnitId, type OptionName } from '../parameters/options';
import { parseFlag, type ItemParameters } from '../parameters/reader';
import { isTool } from '../n8n/tool';
import { withArticle } from '../parameters/wording';
import type { TeamogyClient } from '../api/transport/client';
import type { SavedCallback } from './completedWrites';
import type { OperationContext, PreparedItem } from './context';
import { describeWrite } from './modelHint';
import type { Operation } from './operation';
import { toOutputRows, type Output } from './toItems';

const returnRecordOption: INodeProperties = {
	displayName: 'Return Full Record',
	name: 'returnRecord',
	type: 'boolean',
	default: false,
	description: 'Whether to return the full saved record. Takes one more request per item.',
};

/** The Options of a write, with Empty Values, and Return Full Record for the resources with readable records. */
export const buildWriteOptions = (
	resources: readonly Resource[],
	...options: Array<OptionName | INodeProperties>
): INodeProperties[] => {
	const readable = resources.filter((resource) => supportsMethod(resource, 'GET'));
	const others = resources.filter((resource) => !readable.includes(resource));
	return [
		...buildOptionsFor(readable, ...options, emptyValuesOption, returnRecordOption),
		...buildOptionsFor(others, ...options, emptyValuesOption),
	];
};

/** Which record is written, and whether it is read back. */
export interface WriteTarget {
	request: RecordRequest;
	returnRecord: boolean;
	/** The input fields that *Map Automatically* does not send. */
	unusedFields: string[];
}

export interface CreateTask extends WriteTarget {
	body: IDataObject;
}

export interface UpdateTask extends CreateTask {
	selector: Selector;
}

/** Reads the target of a write; `subject` is the record in messages. */
export const readWriteTarget = (item: ItemParameters, subject: string): WriteTarget => ({
	request: { entity: item.resource.entity!, subject, unitId: readUnitId(item) },
	returnRecord:
		parseFlag('Return Full Record', item.readOption('returnRecord')) &&
		supportsMethod(item.resource, 'GET'),
	unusedFields: readUnusedFields(item),
});

const MAX_FIELDS_LISTED = 20;

/** Names the input fields that no field of the record has the name of, once for all items. */
export function hintAtUnusedFields(
	{ client }: OperationContext,
	prepared: Array<PreparedItem<WriteTarget>>,
): void {
	const names = [...new Set(prepared.flatMap(({ task }) => task.unusedFields))];
	if (!names.length) return;
	client.hint(
		`No field of the record has the name of these input fields, so they were not sent: ${formatList(names, MAX_FIELDS_LISTED)}.`,
	);
}

/** The name of a record among its fields, the full name of a person too. */
function findRecordName(fields: IDataObject): string | undefined {
	const nameField = NAME_FIELDS.find((field) => isNameText(fields[field]));
	const name = nameField ? fields[nameField] : joinFullName(fields);
	return name === '' ? undefined : formatValue(name);
}

/**
 * Describes a new record in messages, so that people can look for it: by its name, else by its first three
 * fields of text or numbers.
 */
export function describeNewRecord({ name }: Resource, body: IDataObject): string {
	const recordName = findRecordName({ ...(body.properties as IDataObject | undefined), ...body });
	const fields = Object.keys(body)
		.filter((field) => isNameText(body[field]))
		.slice(0, 3)
		.map((field) => `${formatValue(field)} ${formatValue(body[field])}`)
		.join(', ');
	const text = recordName ? `"${recordName}"` : fields && `(${fields})`;
	return [withArticle(`new ${name}`), text].filter(Boolean).join(' ');
}

/**
 * Reads a saved record back. If it cannot be read, it is saved all the same, and a hint says so.
 *
 * @param selector undefined for a record that Teamogy's response does not identify
 */
async function readBack(
	client: TeamogyClient,
	request: RecordRequest,
	selector: Selector | undefined,
): Promise<IDataObject[] | undefined> {
	let reason = "Teamogy's response holds no ID";
	if (selector) {
		try {
			const record = await readRecord(client, request, selector);
			if (Object.keys(extractFields(record)).length) return toOutputRows(record);
			reason = "Teamogy's response holds no record";
		} catch (error) {
			reason = (error as Error).message;
		}
	}
	client.hint(`The record was saved, but could not be read back: ${reason}.`);
	return undefined;
}

/**
 * The rows of Teamogy's response to a write, or the record read back.
 *
 * @param onSaved gets what identifies the record: the ID in the response, else the selector
 */
async function returnSaved(
	{ client }: OperationContext,
	{ request, returnRecord }: WriteTarget,
	response: unknown,
	onSaved: SavedCallback,
	selector?: Selector,
): Promise<IDataObject[]> {
	const id = extractId(response);
	const savedSelector = id === undefined ? selector : { id };
	onSaved({ ...savedSelector });
	const record = returnRecord ? await readBack(client, request, savedSelector) : undefined;
	if (record) return record;
	if (!isObjectOrList(response))
		return [(id === undefined ? { ...selector } : { id: response }) as IDataObject];
	// An empty response tells no ID; the selector does.
	const [row = {}, ...more] = toOutputRows(response);
	return [id === undefined ? { ...selector, ...row } : row, ...more] as IDataObject[];
}

type Save<Task> = (
	context: OperationContext,
	task: Task,
	onSaved: SavedCallback,
) => Promise<IDataObject[]>;

/** Creates a record, and returns it as `returnSaved`. Throws as `createRecord`. */
export const createAndReturn: Save<CreateTask> = async (context, task, onSaved) => {
	const response = await createRecord(context.client, task.request, task.body);
	return await returnSaved(context, task, response, onSaved);
};

/** Updates a record, and returns it as `returnSaved`. Throws as `updateRecord`. */
export const updateAndReturn: Save<UpdateTask> = async (context, task, onSaved) => {
	const { request, selector, body } = task;
	const response = await updateRecord(context.client, request, selector, body);
	return await returnSaved(context, task, response, onSaved, selector);
};

/** The output of a write; for a model with what was written. */
export const withWriteHint = (
	{ executeFunctions }: OperationContext,
	body: IDataObject,
	rows: IDataObject[],
): Output => ({ rows, ...(isTool(executeFunctions) && { hint: describeWrite(body) }) });

/** Executes the writes of all items. */
export const executeWrites =
	<Task extends CreateTask>(save: Save<Task>): Operation<Task>['execute'] =>
	async (prepared, context) => {
		hintAtUnusedFields(context, prepared);
		await context.writeItems(prepared, async (task, onSaved) =>
			withWriteHint(context, task.body, await save(context, task, onSaved)),
		);
	};
