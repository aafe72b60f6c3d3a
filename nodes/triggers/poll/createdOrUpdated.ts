import { findChanges, isContentState, readContents, type ContentState } from './changes';
import type { TriggerEvent } from './event';

/** Created or Updated: records that are new, or have another content than at the last poll. */
export const createdOrUpdated: TriggerEvent<ContentState> = {
	value: 'createdOrUpdated',
	name: 'Created or Updated',
	action: 'When a record is created or updated',
	description:
		"A record is new or newly meets the filters, or a column changes. Under 'Options' choose the columns to watch.",
	needsFilter: false,
	recordEvent: 'updated',
	needsNumericIds: false,
	comparesColumns: true,
	isState: isContentState,
	start: readContents,
	next: async (viewReader, state) => await findChanges(viewReader, state, ['created', 'updated']),
};
