import { KEY_LENGTH, splitEvery } from '../hash';
import type { DeliveredRow, TriggerEvent } from './event';
import type { RowId } from '../../api/views/row';
import { compareIds } from './identifiedRow';
import type { WatchedViewReader } from './viewReader';

/** The keys of all records that match, one after the other: 11 characters a record. */
type State = string;
const unpack = (state: State): Set<string> => new Set(splitEvery(KEY_LENGTH, state));
const pack = (keys: Iterable<string>): State => [...keys].join('');

/** The IDs of the records that match now, by the keys of the records. */
async function readMatchingIds(viewReader: WatchedViewReader, before?: Set<string>) {
	const ids = new Map<string, RowId>();
	for await (const page of viewReader.readAll('ids', before))
		for (const { key, id } of page) ids.set(key, id);
	return ids;
}

/**
 * Starts Matching Filters: records that match the filter and did not match at the last poll. A record that
 * stops matching and matches later enters again. Only IDs are compared. Rows are read only of the
 * records that entered.
 */
export const entersFilter: TriggerEvent<State> = {
	value: 'entersFilter',
	name: 'Starts Matching Filters',
	action: 'When a record starts matching filters',
	description:
		'A record starts to meet the filters, e.g. an invoice is approved. Starts the workflow every time this happens.',
	needsFilter: true,
	recordEvent: 'entered',
	needsNumericIds: false,
	comparesColumns: false,
	isState: (state): state is State => typeof state === 'string' && state.length % KEY_LENGTH === 0,
	start: async (viewReader) => pack((await readMatchingIds(viewReader)).keys()),
	next: async (viewReader, state) => {
		const before = unpack(state);
		const ids = await readMatchingIds(viewReader, before);
		const entered = [...ids]
			.filter(([key]) => !before.has(key))
			.map(([, id]) => id)
			.sort(compareIds);
		const rows: DeliveredRow[] = [];
		const delivered = new Set<string>();
		for await (const batch of viewReader.readInBatches(entered)) {
			for (const { key, row } of batch.rows) {
				delivered.add(key);
				rows.push({ row, recordEvent: 'entered' });
			}
		}
		// A known row that this poll skips stays known. A new row that is skipped is not asked for again while it matches.
		const isSkipped = (key: string) => viewReader.skippedRows.has(key);
		const known = [...before].filter((key) => ids.has(key) || isSkipped(key));
		const entering = [...ids.keys()].filter((key) => delivered.has(key) || isSkipped(key));
		return { rows, state: pack(new Set([...known, ...entering])) };
	},
};
