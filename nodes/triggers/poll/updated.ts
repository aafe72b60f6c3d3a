import { findChanges, isContentState, readContents, type ContentState } from './changes';
import type { TriggerEvent } from './event';

/** Updated: records that matched at the last poll too, and have another content now. */
export const updated: TriggerEvent<ContentState> = {
	value: 'updated',
	name: 'Updated',
	action: 'When a record is updated',
	description:
		"A column of a record changes, e.g. the status. New records do not count. Under 'Options' choose the columns to watch.",
	needsFilter: false,
	recordEvent: 'updated',
	needsNumericIds: false,
	comparesColumns: true,
	isState: isContentState,
	start: readContents,
	next: async (viewReader, state) => await findChanges(viewReader, state, ['updated']),
};
