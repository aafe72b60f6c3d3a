import { findChanges, readContents, type ContentState } from './changes';
import type { TriggerEvent } from './event';

/** Created or Updated: records that are new, or have another content than at the last poll. */
export const createdOrUpdated: TriggerEvent<ContentState> = {
	value: 'createdOrUpdated',
	name: 'Created or Updated',
	action: 'When a record is created or updated',
	description:
		"When a record newly matches the filters or one of its columns changes. To watch certain columns only, choose them under 'Options'. Reads all matching records at every poll, at most 100,000.",
	needsFilter: false,
	recordEvent: 'updated',
	needsNumericIds: false,
	comparesColumns: true,
	start: readContents,
	next: async (viewReader, state) => await findChanges(viewReader, state, ['created', 'updated']),
};
