import { randomBytes } from 'node:crypto';

import { hash, KEY_LENGTH, splitEvery, toUnorderedText } from '../hash';
import type { DeliveredRow } from './event';
import { compareIds, type IdentifiedRow } from './identifiedRow';
import type { WatchedViewReader } from './viewReader';
import { getWatchedContent } from './watchedColumns';

/**
 * Characters that stand for a row's content: enough to tell two contents of one row apart, also for somebody who
 * chooses the contents, since the hash begins with a secret.
 */
const ROW_CONTENT_HASH_LENGTH = 8;

const ROW_LENGTH = KEY_LENGTH + ROW_CONTENT_HASH_LENGTH;

/** The secret, then the key and the content hash of every row, one row after the other: 19 characters each. */
export type ContentState = string;

interface Contents {
	secret: string;
	/** Hashes by the keys of rows. */
	hashes: Map<string, string>;
}

export const isContentState = (state: unknown): state is ContentState =>
	typeof state === 'string' && state.length > 0 && state.length % ROW_LENGTH === 0;

const createSecret = (): string =>
	randomBytes(ROW_LENGTH).toString('base64url').slice(0, ROW_LENGTH);

const unpack = (state: ContentState): Contents => {
	const [secret, ...rows] = splitEvery(ROW_LENGTH, state);
	return {
		secret,
		hashes: new Map(rows.map((row) => [row.slice(0, KEY_LENGTH), row.slice(KEY_LENGTH)])),
	};
};
const pack = ({ secret, hashes }: Contents): ContentState =>
	[secret, ...[...hashes].map((entry) => entry.join(''))].join('');

/** The contents of the rows now, and the rows with another content than in `before`. */
async function compareRows(
	viewReader: WatchedViewReader,
	secret: string,
	before?: Contents['hashes'],
) {
	const after: Contents['hashes'] = new Map();
	const changed = new Map<string, IdentifiedRow>();
	for await (const page of viewReader.readAll('rows', before?.keys())) {
		for (const identified of page) {
			const { key, row } = identified;
			const text = toUnorderedText(getWatchedContent(viewReader.query, row));
			const content = hash([secret, text], ROW_CONTENT_HASH_LENGTH);
			after.set(key, content);
			if (before && before.get(key) !== content) changed.set(key, identified);
			else changed.delete(key);
		}
	}
	// A known row that this poll skips stays known.
	for (const [key, content] of before ?? [])
		if (viewReader.skippedRows.has(key) && !after.has(key)) after.set(key, content);
	return { after, changed };
}

/** The contents of the rows now. */
export async function readContents(viewReader: WatchedViewReader): Promise<ContentState> {
	const secret = createSecret();
	const { after } = await compareRows(viewReader, secret);
	return pack({ secret, hashes: after });
}

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
	const { secret, hashes: before } = unpack(state);
	const { after, changed } = await compareRows(viewReader, secret, before);
	const getRecordEvent = (key: string) => (before.has(key) ? 'updated' : 'created');
	const news = [...changed.values()]
		.filter(({ key }) => wanted.includes(getRecordEvent(key)))
		.sort((a, b) => compareIds(a.id, b.id));
	const rows: DeliveredRow[] = [];
	const undelivered = new Set(news.map(({ key }) => key));
	for await (const { key, row } of viewReader.readDelivered(news)) {
		undelivered.delete(key);
		rows.push({ row, recordEvent: getRecordEvent(key) });
	}
	// With the content of the last poll, the next poll finds these rows again. A skipped row waits for its next change.
	for (const key of undelivered) {
		if (viewReader.skippedRows.has(key)) continue;
		const content = before.get(key);
		if (content === undefined) after.delete(key);
		else after.set(key, content);
	}
	return { rows, state: pack({ secret, hashes: after }) };
}
