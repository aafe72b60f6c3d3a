import type { IDataObject } from 'n8n-workflow';

import { entityTakes, type Resource } from '../api/catalog';
import { NAMING } from '../api/fields';
import {
	createRecord,
	fieldsOf,
	idOf,
	readRecord,
	updateRecord,
	type RecordRequest,
	type Selector,
} from '../api/record';
import type { Item } from '../given/item';
import type { Run, Saved } from './operation';
import { outputOf } from './output';
import { aOrAn } from '../parameters/wording';

/** What all writes need besides the fields. */
export interface WriteTarget {
	request: RecordRequest;
	returnRecord: boolean;
}

/** Where the item's record is written, and whether it is read back. */
export const targetOf = (item: Item, what: string): WriteTarget => ({
	request: { entity: item.resource.entity!, what, unitId: item.unitId },
	returnRecord:
		item.flag('Return Full Record', item.option('returnRecord')) &&
		entityTakes(item.resource, 'GET'),
});

const LONGEST_NAME = 60;

const isPlain = (value: unknown): boolean =>
	['string', 'number'].includes(typeof value) && value !== '';

/**
 * A new record as messages name it, so that it can be looked up: by its name if it has one, else by
 * its first fields.
 */
export function newRecord({ name }: Resource, body: IDataObject): string {
	const fields: IDataObject = { ...(body.properties as IDataObject | undefined), ...body };
	const naming = NAMING.find((field) => isPlain(fields[field]));
	const said = naming
		? `"${String(fields[naming])}"`
		: Object.keys(body)
				.filter((field) => isPlain(body[field]))
				.slice(0, 3)
				.map((field) => `${field} ${String(body[field])}`)
				.join(', ');
	const characters = [...said];
	const short =
		characters.length > LONGEST_NAME ? `${characters.slice(0, LONGEST_NAME).join('')}…` : said;
	return [aOrAn(`new ${name}`), short].filter(Boolean).join(' ');
}

/**
 * What a write gives: Teamogy's answer, or the record read back. A record that is saved but cannot
 * be read back is no failed write: the answer is given, and a hint says so.
 */
async function written(
	run: Run,
	{ request, returnRecord }: WriteTarget,
	answer: unknown,
	own: Selector | undefined,
): Promise<IDataObject[]> {
	// Nothing, an empty list or the bare ID is answered: the item shall not get lost for that.
	const rows = typeof answer === 'object' ? outputOf(answer) : [];
	const output = rows.length ? rows : [{ ...own } as IDataObject];
	if (!returnRecord) return output;
	const notReadBack = (why: string) => {
		run.client.hint(`The record was saved, but could not be read back: ${why}.`);
		return output;
	};
	if (!own) return notReadBack("Teamogy's answer holds no ID");
	return await readRecord(run.client, request, own).then(
		(record) =>
			Object.keys(fieldsOf(record)).length
				? outputOf(record)
				: notReadBack("Teamogy's answer holds no record"),
		(error: Error) => notReadBack(error.message),
	);
}

/** What picks the record that was written: the ID in the answer, else what picked it before. */
const selectorIn = (answer: unknown, before?: Selector): Selector | undefined => {
	const id = idOf(answer);
	return id === undefined ? before : { id };
};

/**
 * Creates the record.
 *
 * @param saved is told the ID, where the answer holds it, before anything else is done with the answer
 * @throws as `createRecord`
 */
export async function createOne(
	run: Run,
	target: WriteTarget,
	body: IDataObject,
	saved: Saved,
): Promise<IDataObject[]> {
	const answer = await createRecord(run.client, target.request, body);
	const own = selectorIn(answer);
	saved({ ...own });
	return await written(run, target, answer, own);
}

/**
 * Changes the record the selector picks.
 *
 * @param saved is told what picks the record, before anything else is done with the answer
 * @throws as `updateRecord`
 */
export async function updateOne(
	run: Run,
	target: WriteTarget,
	selector: Selector,
	body: IDataObject,
	saved: Saved,
): Promise<IDataObject[]> {
	const answer = await updateRecord(run.client, target.request, selector, body);
	const own = selectorIn(answer, selector);
	saved({ ...own });
	return await written(run, target, answer, own);
}
