import { created } from './created';
import { createdOrUpdated } from './createdOrUpdated';
import { entersFilter } from './entersFilter';
import type { TriggerEvent } from './event';

/** Every event, by their English names. A new one is a file of its own and a line here. */
export const EVENTS = [created, createdOrUpdated, entersFilter] as ReadonlyArray<
	TriggerEvent<unknown>
>;
