import type { IDataObject } from 'n8n-workflow';

/** What happened to a record, as the items say it. */
export type RecordEvent = 'created' | 'updated' | 'entered';

/** An item of a record and its event. The event is the first field, which is visible in a wide row. */
export function withRecordEvent(record: object, recordEvent: RecordEvent): IDataObject {
	// Spread, not assigned: a column `__proto__` stays a key of the item.
	const item: IDataObject = { teamogyEvent: recordEvent, ...record };
	item.teamogyEvent = recordEvent;
	return item;
}
