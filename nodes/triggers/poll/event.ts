import type { Row } from '../../api/views/row';
import type { RecordEvent } from '../../n8n/recordEvent';
import type { WatchedViewReader } from './viewReader';

export interface DeliveredRow {
	row: Row;
	recordEvent: RecordEvent;
}

/**
 * An event that a trigger waits for. A state is plain JSON. An event never changes the state it is given, so
 * a failed poll leaves the state unchanged.
 */
export interface TriggerEvent<State> {
	/** The name that saved workflows carry. */
	readonly value: string;
	/** What the editor shows: name and description in the parameter, the action in the list of triggers. */
	readonly name: string;
	readonly description: string;
	readonly action: string;
	/** Whether the event makes no sense without a filter. */
	readonly needsFilter: boolean;
	/** The `teamogyEvent` of the rows that a manual test shows. */
	readonly recordEvent: RecordEvent;
	/** Whether the event recognizes new records by increasing numeric IDs. */
	readonly needsNumericIds: boolean;
	/** Whether the state depends on the chosen columns. */
	readonly comparesColumns: boolean;
	/** Whether a value is a state of this event: static data may have been damaged. */
	isState(value: unknown): value is State;
	/** The state of the rows now. Later changes count. */
	start(viewReader: WatchedViewReader): Promise<State>;
	/** What happened since the state, in the order of IDs, and the new state. */
	next(
		viewReader: WatchedViewReader,
		state: State,
	): Promise<{ rows: DeliveredRow[]; state: State }>;
}
