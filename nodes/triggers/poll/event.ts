import type { Row } from '../../api/views/view';
import type { RecordEvent } from '../../n8n/recordEvent';
import type { WatchedViewReader } from './viewReader';

export interface DeliveredRow {
	row: Row;
	recordEvent: RecordEvent;
}

/**
 * An event a trigger can wait for. States are plain JSON; the one given is never changed, so that a
 * poll that ends early leaves everything as it was.
 */
export interface TriggerEvent<State> {
	/** The frozen name saved workflows carry. */
	readonly value: string;
	/** What the editor shows of it: in the parameter, and in the list of triggers. */
	readonly name: string;
	readonly description: string;
	readonly action: string;
	/** Whether it means nothing without a filter. */
	readonly needsFilter: boolean;
	/** What the rows of a manual test are said to be. */
	readonly recordEvent: RecordEvent;
	/** Whether it tells new records by IDs that are numbers and grow. */
	readonly needsNumericIds: boolean;
	/** Whether its state holds what the chosen columns have: others mean another state. */
	readonly comparesColumns: boolean;
	/** The state from which on changes count. */
	start(viewReader: WatchedViewReader): Promise<State>;
	/** What happened since the state, oldest first, and the state after it. */
	next(
		viewReader: WatchedViewReader,
		state: State,
	): Promise<{ rows: DeliveredRow[]; state: State }>;
}
