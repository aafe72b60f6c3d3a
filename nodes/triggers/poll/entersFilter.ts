import { KEY } from '../digest';
import type { Found, TriggerEvent } from './event';
import { byId, type Id } from './identify';
import type { Watched } from './watched';

/** Records fetched at once: a page. */
const CHUNK = 1000;

/** The keys of all records that match, one after the other: 11 characters a row. */
type State = string;

const unpack = (state: State): Set<string> => {
	const keys = new Set<string>();
	for (let at = 0; at < state.length; at += KEY) keys.add(state.slice(at, at + KEY));
	return keys;
};

const pack = (keys: Iterable<string>): State => [...keys].join('');

/** The records that match now: their IDs by key. */
async function matching(watched: Watched, before?: Set<string>): Promise<Map<string, Id>> {
	const ids = new Map<string, Id>();
	for await (const page of watched.all(true, before))
		for (const { key, id } of page) ids.set(key, id);
	return ids;
}

/**
 * Starts Matching Filters: records that match the filter and did not at the last poll. One that has left
 * and comes back enters again. Only IDs are compared; rows are fetched for those that entered.
 */
export const entersFilter: TriggerEvent<State> = {
	value: 'entersFilter',
	name: 'Starts Matching Filters',
	action: 'When a record starts matching filters',
	description:
		'When a record starts to match the filters, e.g. an invoice is approved, and again if it stops matching and matches later. Reads the IDs of all matching records at every poll, at most 50,000.',
	needsFilter: true,
	happening: 'entered',
	numbered: false,
	comparesColumns: false,
	start: async (watched) => pack((await matching(watched)).keys()),
	next: async (watched, state) => {
		const before = unpack(state);
		const ids = await matching(watched, before);
		const entered = [...ids]
			.filter(([key]) => !before.has(key))
			.map(([, id]) => id)
			.sort(byId);
		const inside = new Set([...before].filter((key) => ids.has(key)));
		const found: Found[] = [];
		for (let done = 0; done < entered.length && (done === 0 || watched.hasTime()); done += CHUNK) {
			for (const { key, row } of await watched.rowsOf(entered.slice(done, done + CHUNK))) {
				inside.add(key);
				found.push({ row, happening: 'entered' });
			}
		}
		return { found, state: pack(inside) };
	},
};
