import type { DeliveredRow, TriggerEvent } from './event';
import type { WatchedViewReader } from './viewReader';

/**
 * IDs that are remembered. A record that was given its ID earlier but saved later than others is
 * found as long as its ID is above the lowest of these. Fits one page together with new records.
 */
const KNOWN_IDS = 900;
/** New records fetched at once: a page. */
const ROWS_PER_REQUEST = 1000;

interface State {
	/** Records up to here are not looked at any more. */
	floor: number;
	/** The IDs above it that are known, whether delivered or there at the start. */
	seen: number[];
}

const trimState = ({ floor, seen }: State): State => {
	const sorted = [...seen].sort((a, b) => a - b);
	const dropped = sorted.splice(0, Math.max(0, sorted.length - KNOWN_IDS));
	return { floor: Math.max(floor, dropped.at(-1) ?? floor), seen: sorted };
};

/** The IDs there are now, back to where the window is filled or the view begins. */
async function start(viewReader: WatchedViewReader): Promise<State> {
	const newest = (await viewReader.findNewestId()) ?? 0;
	for (let span = KNOWN_IDS * 2; ; span *= 8) {
		const floor = Math.max(0, newest - span);
		const seen = await viewReader.readIdsAbove(floor);
		if (floor === 0 || seen.length >= KNOWN_IDS) return trimState({ floor, seen });
	}
}

/**
 * Created: records with an ID not seen before. IDs of the whole view are compared, so an old record
 * that comes to meet the filter is not taken for a new one; whether a new one meets it counts at the
 * poll that finds it. That IDs grow is INFERRED, `id>` is CLIENT.
 *
 * Known IDs stay known after their records are deleted, until they leave the window: what is left out
 * of one answer by chance is not delivered twice.
 */
export const created: TriggerEvent<State> = {
	value: 'created',
	name: 'Created',
	action: 'When a record is created',
	description:
		"When a new record appears in the view and matches the filters, if any. To catch older records that match later, choose 'Starts Matching Filters'.",
	needsFilter: false,
	recordEvent: 'created',
	needsNumericIds: true,
	comparesColumns: false,
	start,
	next: async (viewReader, state) => {
		const known = new Set(state.seen);
		const newIds = (await viewReader.readIdsAbove(state.floor))
			.filter((id) => !known.has(id))
			.sort((a, b) => a - b);
		const found: DeliveredRow[] = [];
		let done = 0;
		while (done < newIds.length && (done === 0 || viewReader.hasTime())) {
			const chunk = newIds.slice(done, done + ROWS_PER_REQUEST);
			for (const { row } of await viewReader.readRowsByIds(chunk))
				found.push({ row, recordEvent: 'created' });
			done += chunk.length;
		}
		if (!done) return { rows: found, state };
		return {
			rows: found,
			state: trimState({ ...state, seen: [...state.seen, ...newIds.slice(0, done)] }),
		};
	},
};
