import { hash, KEY_LENGTH, splitEvery } from '../hash';
import type { TriggerEvent } from './event';
import { compareIds, type IdentifiedRow } from './identifiedRow';
import type { WatchedViewReader } from './viewReader';

/** Characters that stand for a row's content: enough to tell two contents of one row apart. */
const CONTENT_HASH_LENGTH = 8;
/** Stands for the content of a row that is left out. */
const NO_CONTENT = '-'.repeat(CONTENT_HASH_LENGTH);

/** The key and the content hash of every row, one row after the other: 19 characters a row. */
type State = string;
const unpack = (state: State): Map<string, string> => {
	const rows = splitEvery(KEY_LENGTH + CONTENT_HASH_LENGTH, state);
	return new Map(rows.map((row) => [row.slice(0, KEY_LENGTH), row.slice(KEY_LENGTH)]));
};
const pack = (contents: Map<string, string>): State =>
	[...contents].map((entry) => entry.join('')).join('');

/** The contents of the rows now, and the rows whose content differs from before. */
async function compareRows(viewReader: WatchedViewReader, before?: Map<string, string>) {
	const after = new Map<string, string>();
	const changed = new Map<string, IdentifiedRow>();
	for await (const page of viewReader.readAllRows(false, before?.keys())) {
		for (const identified of page) {
			const { key, row } = identified;
			const content = hash(row, CONTENT_HASH_LENGTH);
			after.set(key, content);
			if (before?.get(key) === content) changed.delete(key);
			else changed.set(key, identified);
		}
	}
	for (const key of viewReader.getKeptKeys(before))
		if (!after.has(key)) after.set(key, before?.get(key) ?? NO_CONTENT);
	return { after, changed };
}

/**
 * Created or Updated: records that are new among the rows, or whose content differs from the last poll. A
 * time of change that could be asked for is UNKNOWN, so the content of every row is compared.
 */
export const createdOrUpdated: TriggerEvent<State> = {
	value: 'createdOrUpdated',
	name: 'Created or Updated',
	action: 'When a record is created or updated',
	description:
		"When a record newly matches the filters or one of its columns changes. To watch certain columns only, choose them under 'Options'. Reads all matching records at every poll, at most 50,000.",
	needsFilter: false,
	recordEvent: 'updated',
	needsNumericIds: false,
	comparesColumns: true,
	start: async (viewReader) => pack((await compareRows(viewReader)).after),
	next: async (viewReader, state) => {
		const before = unpack(state);
		const { after, changed } = await compareRows(viewReader, before);
		const isKnown = (key: string) => (before.get(key) ?? NO_CONTENT) !== NO_CONTENT;
		const rows = [...changed.values()].sort((a, b) => compareIds(a.id, b.id));
		return {
			rows: rows.map(({ key, row }) => ({
				row,
				recordEvent: isKnown(key) ? 'updated' : 'created',
			})),
			state: pack(after),
		};
	},
};
