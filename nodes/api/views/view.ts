import { formatValue } from '../common/formatValue';
import type { TeamogyClient } from '../transport/client';
import { PageReader, toCount, type Page } from './pageReader';
import { RepeatDetector } from './repeatDetector';
import type { Row, ViewQuery } from './row';

/** Metadata as a message repeats it: no more of it than tells what is wrong. */
const formatMetadata = (value: unknown): string =>
	typeof value === 'object'
		? 'that is an object'
		: typeof value === 'string'
			? `"${formatValue(value)}"`
			: String(value);

/** Whether a page is the last one: it names no next one, by null (DOC) or not at all (CLIENT). */
const isLastPage = ({ metadata }: Page): boolean => (metadata?.nextOffset ?? null) === null;

/**
 * The offset of the next page; Infinity after the last one.
 *
 * @throws TeamogyError where reading would not end, or where the next page begins within this one, which would double
 * rows
 */
const getNextOffset = (pages: PageReader, page: Page, offset: number): number => {
	if (isLastPage(page)) return Infinity;
	const { metadata, data } = page;
	const next = toCount(metadata?.nextOffset);
	if (data.length && next >= offset + data.length) return next;
	const named = `nextOffset ${formatMetadata(metadata?.nextOffset)} after offset ${offset}`;
	throw pages.toPagingError(data.length ? named : `an empty page with a ${named}`);
};

/** The rows of a page, and where the next one begins. */
export interface PositionedPage {
	rows: Row[];
	/**
	 * As the server says: there may be fewer rows than it counts. Infinity after the last page of the view. After a
	 * page that ends at the limit of the query, Infinity only where the server says that no row is left.
	 */
	nextOffset: number;
}

/**
 * Reads a view page by page, in the server's order. While one page is read the next ones are fetched. A page
 * that is too large is asked for again in halves.
 *
 * @throws TeamogyError, ExecutionCancelled as TeamogyClient.request; TeamogyError too where reading would
 * not end or leave rows out
 */
export async function* readPositionedPages(
	client: TeamogyClient,
	query: ViewQuery,
): AsyncGenerator<PositionedPage> {
	const pages = new PageReader(client, query);
	const repeatDetector = new RepeatDetector();
	let offset = query.offset ?? 0;
	let left = query.limit ?? Infinity;
	try {
		while (left > 0) {
			const page = await pages.takePage(offset, left);
			const data = page.data.length > left ? page.data.slice(0, left) : page.data;
			left -= data.length;
			const isEndOfView = isLastPage(page) && data === page.data;
			const nextAtLimit = isEndOfView ? Infinity : offset + data.length;
			const next = left ? getNextOffset(pages, page, offset) : nextAtLimit;
			if (!left || next === Infinity) {
				if (data.length === page.requestedRows) pages.adapt(page, page.requestedRows);
				pages.hint();
				yield { rows: data, nextOffset: next };
				return;
			}
			pages.adapt(page, next - offset);
			if (repeatDetector.isEndless(page))
				throw pages.toPagingError(`the rows at offset ${offset} came before`);
			if (query.prefetches ?? true) pages.prefetch(next, left);
			yield { rows: data, nextOffset: next };
			offset = next;
		}
	} finally {
		pages.cancelPrefetch();
	}
}

/** As `readPositionedPages`, the rows alone. */
export async function* readPages(client: TeamogyClient, query: ViewQuery): AsyncGenerator<Row[]> {
	for await (const { rows } of readPositionedPages(client, query)) yield rows;
}

/** All rows of a query at once, and whether they came in several pages: between two pages a row may have moved. */
export async function readAllRows(
	client: TeamogyClient,
	query: ViewQuery,
): Promise<{ rows: Row[]; wasPaged: boolean }> {
	const rows: Row[] = [];
	let pages = 0;
	for await (const page of readPages(client, query)) {
		pages++;
		for (const row of page) rows.push(row);
	}
	return { rows, wasPaged: pages > 1 };
}

/** All rows of a query at once, for short lists. */
export const readRows = async (client: TeamogyClient, query: ViewQuery): Promise<Row[]> =>
	(await readAllRows(client, query)).rows;

/**
 * The first page of a query alone, as large as the server delivers it.
 *
 * @throws as `readPages`
 */
export async function readPage(client: TeamogyClient, query: ViewQuery): Promise<PositionedPage> {
	const pages = new PageReader(client, query);
	const { offset = 0, limit = Infinity } = query;
	const page = await pages.takePage(offset, limit);
	return { rows: page.data, nextOffset: getNextOffset(pages, page, offset) };
}
