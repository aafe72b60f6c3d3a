import type { IDataObject } from 'n8n-workflow';

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
import type { ItemParameters } from '../parameters/itemParameters';
import type { OperationContext, Saved } from './operation';
import { toOutputRows } from './toItems';
import { withArticle } from '../parameters/wording';

/** What all writes need besides the fields. */
export interface WriteTarget {
	request: RecordRequest;
	returnRecord: boolean;
}

/** Where the item's record is written, and whether it is read back. */
export const writeTarget = (item: ItemParameters, what: string): WriteTarget => ({
	request: { entity: item.resource.entity!, what, unitId: item.unitId },
	returnRecord:
		item.readFlag('Return Full Record', item.readOption('returnRecord')) &&
		supportsMethod(item.resource, 'GET'),
});

const MAX_NAME_LENGTH = 60;

const isPlain = (value: unknown): boolean =>
	['string', 'number'].includes(typeof value) && value !== '';

/**
 * A new record as messages name it, so that it can be looked up: by its name if it has one, else by
 * its first fields.
 */
export function describeNewRecord({ name }: Resource, body: IDataObject): string {
	const fields: IDataObject = { ...(body.properties as IDataObject | undefined), ...body };
	const naming = NAME_FIELDS.find((field) => isPlain(fields[field]));
	const text = naming
		? `"${String(fields[naming])}"`
		: Object.keys(body)
				.filter((field) => isPlain(body[field]))
				.slice(0, 3)
				.map((field) => `${field} ${String(body[field])}`)
				.join(', ');
	const characters = [...text];
	const short =
		characters.length > MAX_NAME_LENGTH
			? `${characters.slice(0, MAX_NAME_LENGTH).join('')}…`
			: text;
	return [withArticle(`new ${name}`), short].filter(Boolean).join(' ');
}

/**
 * What a write gives: Teamogy's answer, or the record read back. A record that is saved but cannot
 * be read back is no failed write: the answer is given, and a hint says so.
 */
async function toWriteOutput(
	context: OperationContext,
	{ request, returnRecord }: WriteTarget,
	response: unknown,
	own: Selector | undefined,
): Promise<IDataObject[]> {
	// Nothing, an empty list or the bare ID is answered: the item shall not get lost for that.
	const rows = typeof response === 'object' ? toOutputRows(response) : [];
	const output = rows.length ? rows : [{ ...own } as IDataObject];
	if (!returnRecord) return output;
	const notReadBack = (why: string) => {
		context.client.hint(`The record was saved, but could not be read back: ${why}.`);
		return output;
	};
	if (!own) return notReadBack("Teamogy's answer holds no ID");
	return await readRecord(context.client, request, own).then(
		(record) =>
			Object.keys(extractFields(record)).length
				? toOutputRows(record)
				: notReadBack("Teamogy's answer holds no record"),
		(error: Error) => notReadBack(error.message),
	);
}

/** What picks the record that was written: the ID in the answer, else what picked it before. */
const selectorIn = (response: unknown, before?: Selector): Selector | undefined => {
	const id = extractId(response);
	return id === undefined ? before : { id };
};

/**
 * Creates the record.
 *
 * @param saved is told the ID, where the answer holds it, before anything else is done with the answer
 * @throws as `createRecord`
 */
export async function createAndReturn(
	context: OperationContext,
	target: WriteTarget,
	body: IDataObject,
	saved: Saved,
): Promise<IDataObject[]> {
	const response = await createRecord(context.client, target.request, body);
	const own = selectorIn(response);
	saved({ ...own });
	return await toWriteOutput(context, target, response, own);
}

/**
 * Changes the record the selector picks.
 *
 * @param saved is told what picks the record, before anything else is done with the answer
 * @throws as `updateRecord`
 */
export async function updateAndReturn(
	context: OperationContext,
	target: WriteTarget,
	selector: Selector,
	body: IDataObject,
	saved: Saved,
): Promise<IDataObject[]> {
	const response = await updateRecord(context.client, target.request, selector, body);
	const own = selectorIn(response, selector);
	saved({ ...own });
	return await toWriteOutput(context, target, response, own);
}
