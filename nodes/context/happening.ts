import type { IDataObject } from 'n8n-workflow';

/** What happened to a record, as the items say it. */
export type Happening = 'created' | 'updated' | 'entered';

/** A record as an item that says what happened to it: in front, where it is seen beside a wide row. */
export function withHappening(record: object, happening: Happening): IDataObject {
	// Spread, not assigned: a column `__proto__` stays a key of the item.
	const item: IDataObject = { teamogyEvent: happening, ...record };
	item.teamogyEvent = happening;
	return item;
}
