import { KEY_LENGTH } from '../hash';
import type { DeliveredRow, TriggerEvent } from './event';
import { compareIds, type Id } from './identifiedRow';
import type { WatchedViewReader } from './viewReader';

/** Records fetched at once: a page. */
const ROWS_PER_REQUEST = 1000;

/** The keys of all records that match, one after the other: 11 characters a row. */
type State = string;

const unpack = (state: State): Set<string> => {
	const keys = new Set<string>();
	for (let at = 0; at < state.length; at += KEY_LENGTH) keys.add(state.slice(at, at + KEY_LENGTH));
	return keys;
};

const pack = (keys: Iterable<string>): State => [...keys].join('');

/** The records that match now: their IDs by key. */
async function readMatchingIds(
	viewReader: WatchedViewReader,
	before?: Set<string>,
): Promise<Map<string, Id>> {
	const ids = new Map<string, Id>();
	for await (const page of viewReader.readAllRows(true, before))
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
	recordEvent: 'entered',
	needsNumericIds: false,
	comparesColumns: false,
	start: async (viewReader) => pack((await readMatchingIds(viewReader)).keys()),
	next: async (viewReader, state) => {
		const before = unpack(state);
		const ids = await readMatchingIds(viewReader, before);
		const entered = [...ids]
			.filter(([key]) => !before.has(key))
			.map(([, id]) => id)
			.sort(compareIds);
		// A row that was left out this time has not left the filter: it would enter again.
		const hasMissed = viewReader.missed.length > 0;
		const matchingKeys = new Set([...before].filter((key) => hasMissed || ids.has(key)));
		const found: DeliveredRow[] = [];
		for (
			let done = 0;
			done < entered.length && (done === 0 || viewReader.hasTime());
			done += ROWS_PER_REQUEST
		) {
			for (const { key, row } of await viewReader.readRowsByIds(
				entered.slice(done, done + ROWS_PER_REQUEST),
			)) {
				matchingKeys.add(key);
				found.push({ row, recordEvent: 'entered' });
			}
		}
		return { rows: found, state: pack(matchingKeys) };
	},
};
