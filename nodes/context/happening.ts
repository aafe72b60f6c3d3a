import type { IDataObject } from 'n8n-workflow';

/** What happened to a record, as the items say it. */
export type Happening = 'created' | 'updated' | 'entered';

/** A record as an item that says what happened to it: in front, where it is seen beside a wide row. */
export const withHappening = (record: object, happening: Happening): IDataObject =>
	Object.assign({ teamogyEvent: happening }, record, { teamogyEvent: happening });
