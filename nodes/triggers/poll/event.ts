import type { Row } from '../../api/view';
import type { Happening } from '../../context/happening';
import type { Watched } from './watched';

export interface Found {
	row: Row;
	happening: Happening;
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
	readonly happening: Happening;
	/** Whether it tells new records by IDs that are numbers and grow. */
	readonly numbered: boolean;
	/** Whether its state holds what the chosen columns have: others mean another state. */
	readonly comparesColumns: boolean;
	/** The state from which on changes count. */
	start(watched: Watched): Promise<State>;
	/** What happened since the state, oldest first, and the state after it. */
	next(watched: Watched, state: State): Promise<{ found: Found[]; state: State }>;
}
