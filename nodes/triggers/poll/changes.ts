import { hash, KEY_LENGTH, splitEvery, toUnorderedText } from '../hash';
import type { DeliveredRow } from './event';
import { compareIds, type IdentifiedRow } from './identifiedRow';
import type { WatchedViewReader } from './viewReader';
import { getWatchedContent } from './watchedColumns';

/** Characters that stand for a row's content: enough to tell two contents of one row apart. */
const CONTENT_HASH_LENGTH = 8;
/** Stands for the content of a row that is skipped. */
const NO_CONTENT = '-'.repeat(CONTENT_HASH_LENGTH);

/** The key and the content hash of every row, one row after the other: 19 characters a row. */
export type ContentState = string;
type Contents = Map<string, string>;

const unpack = (state: ContentState): Contents => {
	const rows = splitEvery(KEY_LENGTH + CONTENT_HASH_LENGTH, state);
	return new Map(rows.map((row) => [row.slice(0, KEY_LENGTH), row.slice(KEY_LENGTH)]));
};
const pack = (contents: Contents): ContentState =>
	[...contents].map((entry) => entry.join('')).join('');

/** The contents of the rows now, and the rows with another content than in `before`. */
async function compareRows(viewReader: WatchedViewReader, before?: Contents) {
	const after: Contents = new Map();
	const changed = new Map<string, IdentifiedRow>();
	for await (const page of viewReader.readAllRows(before?.keys())) {
		for (const identified of page) {
			const { key, row } = identified;
			const text = toUnorderedText(getWatchedContent(viewReader.query, row));
			const content = hash(text, CONTENT_HASH_LENGTH);
			after.set(key, content);
			if (before && before.get(key) !== content) changed.set(key, identified);
			else changed.delete(key);
		}
	}
	for (const key of viewReader.skippedRows.listKeysToKeep(before))
		if (!after.has(key)) after.set(key, before?.get(key) ?? NO_CONTENT);
	return { after, changed };
}

/** The contents of the rows now. */
export const readContents = async (viewReader: WatchedViewReader): Promise<ContentState> =>
	pack((await compareRows(viewReader)).after);

/**
 * The rows that are new, and the rows with another content than at the last poll. A time of change that could
 * be asked for is UNKNOWN, so the content of every row is compared. If rows are read once more to be delivered, a
 * row that changes in between is delivered with the later content, and again by the next poll.
 *
 * @param wanted the record events that are delivered
 */
export async function findChanges(
	viewReader: WatchedViewReader,
	state: ContentState,
	wanted: Array<DeliveredRow['recordEvent']>,
): Promise<{ rows: DeliveredRow[]; state: ContentState }> {
	const before = unpack(state);
	const { after, changed } = await compareRows(viewReader, before);
	const getRecordEvent = (key: string) =>
		(before.get(key) ?? NO_CONTENT) === NO_CONTENT ? 'created' : 'updated';
	const news = [...changed.values()]
		.filter(({ key }) => wanted.includes(getRecordEvent(key)))
		.sort((a, b) => compareIds(a.id, b.id));
	const rows: DeliveredRow[] = [];
	const undelivered = new Set(news.map(({ key }) => key));
	for await (const { key, row } of viewReader.readDelivered(news)) {
		undelivered.delete(key);
		rows.push({ row, recordEvent: getRecordEvent(key) });
	}
	// With the content of the last poll, the next poll finds these rows again. It must not ask for rejected IDs again.
	for (const key of undelivered) {
		if (viewReader.skippedRows.has(key)) continue;
		const content = before.get(key);
		if (content === undefined) after.delete(key);
		else after.set(key, content);
	}
	return { rows, state: pack(after) };
}
