import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { formatValue } from '../api/formatValue';
import { supportsMethod, type Resource } from '../api/schema/catalog';
import { NAME_FIELDS } from '../api/schema/fields';
import {
	createRecord,
	extractFields,
	extractId,
	readRecord,
	updateRecord,
	type RecordRequest,
	type Selector,
} from '../api/record';
import { buildOptionsFor, readUnitId, type OptionName } from '../parameters/options';
import { parseFlag, type ItemParameters } from '../parameters/reader';
import { withArticle } from '../parameters/wording';
import type { SavedCallback } from './completedWrites';
import type { OperationContext } from './context';
import { toOutputRows } from './toItems';

const returnRecordOption: INodeProperties = {
	displayName: 'Return Full Record',
	name: 'returnRecord',
	type: 'boolean',
	default: false,
	description:
		'Whether to read the record after it is saved and return all of it. Takes one more request for each item.',
};

/** The Options of a write, with Return Full Record for the resources whose records can be read. */
export const buildWriteOptions = (
	resources: readonly Resource[],
	...options: Array<OptionName | INodeProperties>
): INodeProperties[] => {
	const readable = resources.filter((resource) => supportsMethod(resource, 'GET'));
	const others = resources.filter((resource) => !readable.includes(resource));
	return [
		...buildOptionsFor(readable, ...options, returnRecordOption),
		...buildOptionsFor(others, ...options),
	];
};

/** Which record is written, and whether it is read back. */
export interface WriteTarget {
	request: RecordRequest;
	returnRecord: boolean;
}

/** Reads the target of a write; `what` is the record in messages. */
export const readWriteTarget = (item: ItemParameters, what: string): WriteTarget => ({
	request: { entity: item.resource.entity!, what, unitId: readUnitId(item) },
	returnRecord:
		parseFlag('Return Full Record', item.readOption('returnRecord')) &&
		supportsMethod(item.resource, 'GET'),
});

const hasText = (value: unknown): boolean =>
	['string', 'number'].includes(typeof value) && value !== '';

/**
 * A new record in messages, so that people can look for it: by its name, else by its first three fields
 * of text or numbers.
 */
export function describeNewRecord({ name }: Resource, body: IDataObject): string {
	const fields: IDataObject = { ...(body.properties as IDataObject | undefined), ...body };
	const nameField = NAME_FIELDS.find((field) => hasText(fields[field]));
	const text = nameField
		? `"${formatValue(fields[nameField])}"`
		: Object.keys(body)
				.filter((field) => hasText(body[field]))
				.slice(0, 3)
				.map((field) => `${formatValue(field)} ${formatValue(body[field])}`)
				.join(', ');
	return [withArticle(`new ${name}`), text].filter(Boolean).join(' ');
}

/**
 * Creates a record, or changes the one that `selector` picks. Gives the rows of Teamogy's response, or the
 * record read back. A record that cannot be read back is saved all the same, and a hint says so.
 *
 * @param saved is called with what picks the record: the ID in the response, else the selector
 * @throws as `createRecord` and `updateRecord`
 */
export async function saveAndReturn(
	{ client }: OperationContext,
	{ request, returnRecord }: WriteTarget,
	body: IDataObject,
	saved: SavedCallback,
	selector?: Selector,
): Promise<IDataObject[]> {
	const response = selector
		? await updateRecord(client, request, selector, body)
		: await createRecord(client, request, body);
	const id = extractId(response);
	const own = id === undefined ? selector : { id };
	saved({ ...own });
	// A response of nothing, an empty list or a bare ID gives no row, but the item must not get lost.
	const rows = typeof response === 'object' ? toOutputRows(response) : [];
	const output = rows.length ? rows : [{ ...own } as IDataObject];
	if (!returnRecord) return output;
	const notReadBack = (why: string) => {
		client.hint(`The record was saved, but could not be read back: ${why}.`);
		return output;
	};
	if (!own) return notReadBack("Teamogy's response holds no ID");
	return await readRecord(client, request, own).then(
		(record) =>
			Object.keys(extractFields(record)).length
				? toOutputRows(record)
				: notReadBack("Teamogy's response holds no record"),
		(error: Error) => notReadBack(error.message),
	);
}
