import { created } from './created';
import { createdOrUpdated } from './createdOrUpdated';
import { entersFilter } from './entersFilter';
import type { TriggerEvent } from './event';
import { updated } from './updated';

/** All events, in the order of their names. */
export const EVENTS = [created, createdOrUpdated, entersFilter, updated] as ReadonlyArray<
	TriggerEvent<unknown>
>;

export const EVENT_NAMES = EVENTS.map(({ value }) => value) as [string, ...string[]];
