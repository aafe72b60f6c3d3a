import { findChanges, readContents, type ContentState } from './changes';
import type { TriggerEvent } from './event';

/** Updated: records that matched at the last poll too, and have another content now. */
export const updated: TriggerEvent<ContentState> = {
	value: 'updated',
	name: 'Updated',
	action: 'When a record is updated',
	description:
		"When a column of a record changes, e.g. the status of a job, but not when a record is new or newly matches the filters. To watch certain columns only, choose them under 'Options'. Reads all matching records at every poll, at most 100,000.",
	needsFilter: false,
	recordEvent: 'updated',
	needsNumericIds: false,
	comparesColumns: true,
	start: readContents,
	next: async (viewReader, state) => await findChanges(viewReader, state, ['updated']),
};
