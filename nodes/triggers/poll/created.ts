import { toRecordKey } from '../hash';
import type { DeliveredRow, TriggerEvent } from './event';
import type { IdentifiedRow } from './identifiedRow';
import type { WatchedViewReader } from './viewReader';

/** IDs that the state holds. A record that is saved late is found if its ID is above the lowest of them. */
const KNOWN_IDS = 900;
/** IDs that the state holds at most while a new record below them has no row yet. */
const MAX_KNOWN_IDS = 10_000;

/** The names are in the static data of active workflows. */
interface State {
	/** Records with this ID or a lower one are no longer read. */
	floor: number;
	/** The known IDs above the floor: of delivered records, and of records that existed at the start. */
	seen: number[];
}

const isState = (state: unknown): state is State => {
	const { floor, seen } = (state ?? {}) as Partial<State>;
	return Number.isSafeInteger(floor) && Array.isArray(seen) && seen.every(Number.isSafeInteger);
};

/**
 * Keeps the newest IDs. What is dropped counts as known: it is below the floor.
 *
 * @param lowestUnread the lowest ID whose record is asked for again. It stays above the floor, and with it all known IDs
 * above it; only beyond `MAX_KNOWN_IDS` of these its record is given up
 */
const trimState = ({ floor, seen }: State, lowestUnread = Infinity): State => {
	const sorted = [...seen].sort((a, b) => a - b);
	const above = sorted.filter((id) => id > lowestUnread).length;
	const kept = Math.max(KNOWN_IDS, Math.min(above, MAX_KNOWN_IDS));
	const dropped = sorted.splice(0, Math.max(0, sorted.length - kept));
	return { floor: Math.max(floor, dropped.at(-1) ?? floor), seen: sorted };
};

/**
 * Reads the IDs downwards from the newest one, until `KNOWN_IDS` are read or the view ends. Each range is eight times
 * as wide as the range before. Gaps are skipped: one record may have a far higher ID than all others, and new records
 * come below it.
 */
async function start(viewReader: WatchedViewReader): Promise<State> {
	let newest = (await viewReader.findNewestId()) ?? 0;
	for (let span = KNOWN_IDS * 2; ; span *= 8) {
		const floor = Math.max(0, newest - span);
		const seen = await viewReader.readIdsAbove(floor);
		if (floor === 0 || seen.length >= KNOWN_IDS) return trimState({ floor, seen });
		newest = (await viewReader.findNewestId(floor)) ?? 0;
	}
}

/**
 * The IDs of a batch that are known from now on. A record without a row does not meet the filter. Without a filter it
 * was deleted, or the server does not show all of it yet: then the next poll asks for it again.
 */
const listKnownIds = (
	{ query, skippedRows }: WatchedViewReader,
	{ ids, rows }: { ids: number[]; rows: IdentifiedRow[] },
): number[] => {
	const keys = new Set(rows.map(({ key }) => key));
	const isKnown = (key: string) => keys.has(key) || skippedRows.has(key);
	return query.filter ? ids : ids.filter((id) => isKnown(toRecordKey(id)));
};

/**
 * Created: records with an ID that is not known. IDs of the whole view are compared, so an old record that
 * starts to meet the filter is not taken for a new one. A new record counts if it meets the filter at the
 * poll that finds it. That IDs increase is INFERRED, `id>` is CLIENT.
 *
 * The ID of a deleted record stays known, so that a record which one response lacks by chance is not delivered
 * twice.
 */
export const created: TriggerEvent<State> = {
	value: 'created',
	name: 'Created',
	action: 'When a record is created',
	description:
		"A record is new and meets the filters. For records that meet them later choose 'Starts Matching Filters'.",
	needsFilter: false,
	recordEvent: 'created',
	needsNumericIds: true,
	comparesColumns: false,
	isState,
	start,
	next: async (viewReader, state) => {
		const known = new Set(state.seen);
		const newIds = (await viewReader.readIdsAbove(state.floor))
			.filter((id) => !known.has(id))
			.sort((a, b) => a - b);
		if (!newIds.length) return { rows: [], state };
		const rows: DeliveredRow[] = [];
		const seen = [...state.seen];
		for await (const batch of viewReader.readInBatches(newIds)) {
			for (const { row } of batch.rows) rows.push({ row, recordEvent: 'created' });
			seen.push(...listKnownIds(viewReader, batch));
		}
		const nowKnown = new Set(seen);
		const lowestUnread = newIds.find((id) => !nowKnown.has(id));
		return { rows, state: trimState({ ...state, seen }, lowestUnread) };
	},
};
