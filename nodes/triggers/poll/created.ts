import type { Found, TriggerEvent } from './event';
import type { Watched } from './watched';

/**
 * IDs that are remembered. A record that was given its ID earlier but saved later than others is
 * found as long as its ID is above the lowest of these. Fits one page together with new records.
 */
const WINDOW = 900;
/** New records fetched at once: a page. */
const CHUNK = 1000;

interface State {
	/** Records up to here are not looked at any more. */
	floor: number;
	/** The IDs above it that are known, whether delivered or there at the start. */
	seen: number[];
}

const trimmed = ({ floor, seen }: State): State => {
	const sorted = [...seen].sort((a, b) => a - b);
	const dropped = sorted.splice(0, Math.max(0, sorted.length - WINDOW));
	return { floor: Math.max(floor, dropped.at(-1) ?? floor), seen: sorted };
};

/** The IDs there are now, back to where the window is filled or the view begins. */
async function start(watched: Watched): Promise<State> {
	const newest = (await watched.newest()) ?? 0;
	for (let span = WINDOW * 2; ; span *= 8) {
		const floor = Math.max(0, newest - span);
		const seen = await watched.numbersAbove(floor);
		if (floor === 0 || seen.length >= WINDOW) return trimmed({ floor, seen });
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
	happening: 'created',
	numbered: true,
	comparesColumns: false,
	start,
	next: async (watched, state) => {
		const known = new Set(state.seen);
		const fresh = (await watched.numbersAbove(state.floor))
			.filter((id) => !known.has(id))
			.sort((a, b) => a - b);
		const found: Found[] = [];
		let done = 0;
		while (done < fresh.length && (done === 0 || watched.hasTime())) {
			const chunk = fresh.slice(done, done + CHUNK);
			for (const { row } of await watched.rowsOf(chunk)) found.push({ row, happening: 'created' });
			done += chunk.length;
		}
		if (!done) return { found, state };
		return {
			found,
			state: trimmed({ ...state, seen: [...state.seen, ...fresh.slice(0, done)] }),
		};
	},
};
