import type { CancelSignal } from '../../api/transport/cancel';
import { ExecutionCancelled } from '../../api/transport/errors';
import type { DeliveredRow } from './event';
import type { TriggerSettings } from './settings';
import type { WatchedViewReader } from './viewReader';
import { getDeliveryHash } from './watchHash';

/** The trigger's part of the workflow's static data. The names are in the static data of active workflows. */
export interface StoredState {
	/** Stands for what is watched. Another hash starts the trigger anew. */
	watchHash?: string;
	/** Stands for the columns that Teamogy has accepted. */
	deliveryHash?: string;
	/** The state of the event. */
	state?: unknown;
}

/**
 * Whether a poll starts the trigger anew: the first one, one after a change of what is watched, and one that finds its
 * state damaged.
 */
export const startsAnew = (
	stored: StoredState,
	{ event }: TriggerSettings,
	watchHash: string,
): boolean => stored.watchHash !== watchHash || !event.isState(stored.state);

/**
 * What happened since the last good poll. The first poll only records the rows that exist, and so does a poll
 * that finds its state damaged.
 *
 * @param watchHash stands for what is watched now
 */
export async function findNews(
	settings: TriggerSettings,
	watchHash: string,
	stored: StoredState,
	viewReader: WatchedViewReader,
	cancelSignal: CancelSignal,
): Promise<{ rows: DeliveredRow[]; wasDamaged: boolean }> {
	const { event } = settings;
	const deliveryHash = getDeliveryHash(settings);
	const isStart = startsAnew(stored, settings, watchHash);
	const wasDamaged = isStart && stored.watchHash === watchHash;
	if (isStart || stored.deliveryHash !== deliveryHash) await viewReader.check();
	const { rows, state } = isStart
		? { rows: [], state: await event.start(viewReader) }
		: await event.next(viewReader, stored.state);
	// After its deadline this poll must not change the state: the next poll may have started from it.
	if (cancelSignal.isCancelled) throw new ExecutionCancelled();
	// The state changes last, so that a failed poll leaves the state unchanged. n8n saves what is assigned, so nothing
	// is assigned without a change.
	if (isStart) stored.watchHash = watchHash;
	if (stored.deliveryHash !== deliveryHash) stored.deliveryHash = deliveryHash;
	if (state !== stored.state) stored.state = state;
	return { rows, wasDamaged };
}
