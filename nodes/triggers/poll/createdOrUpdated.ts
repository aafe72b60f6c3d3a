import { hash, KEY_LENGTH } from '../hash';
import type { DeliveredRow, TriggerEvent } from './event';
import { compareIds, type IdentifiedRow } from './identifiedRow';
import type { WatchedViewReader } from './viewReader';

/** Characters that stand for a row's content. */
const CONTENT_HASH_LENGTH = 8;

/** Key and content of every row, one after the other: 19 characters a row. */
type State = string;

const unpack = (state: State): Map<string, string> => {
	const contents = new Map<string, string>();
	for (let at = 0; at < state.length; at += KEY_LENGTH + CONTENT_HASH_LENGTH)
		contents.set(
			state.slice(at, at + KEY_LENGTH),
			state.slice(at + KEY_LENGTH, at + KEY_LENGTH + CONTENT_HASH_LENGTH),
		);
	return contents;
};

const pack = (contents: Map<string, string>): State =>
	[...contents].map((entry) => entry.join('')).join('');

/** The contents there are now, and the rows among them that differ from those before. */
async function compareRows(viewReader: WatchedViewReader, before?: Map<string, string>) {
	const after = new Map<string, string>();
	const changed = new Map<string, IdentifiedRow>();
	for await (const page of viewReader.readAllRows(false, before?.keys())) {
		for (const seen of page) {
			const content = hash(seen.row, CONTENT_HASH_LENGTH);
			after.set(seen.key, content);
			if (before?.get(seen.key) === content) changed.delete(seen.key);
			else changed.set(seen.key, seen);
		}
	}
	// A row that was left out this time is not gone: it would come back as a new one.
	if (viewReader.missed.length)
		for (const [key, content] of before ?? []) if (!after.has(key)) after.set(key, content);
	return { after, changed };
}

/**
 * Created or Updated: records that are new among the rows, or whose content differs from the last
 * poll. Teamogy has no time of change to ask for (UNKNOWN), so every row's content is compared.
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
		const found = [...changed.values()]
			.sort((a, b) => compareIds(a.id, b.id))
			.map(
				({ key, row }): DeliveredRow => ({
					row,
					recordEvent: before.has(key) ? 'updated' : 'created',
				}),
			);
		return { rows: found, state: pack(after) };
	},
};
