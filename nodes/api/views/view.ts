import type { TeamogyClient } from '../transport/client';
import { isObjectOrList } from '../common/json';
import { PageReader, toCount, type Page, type Row, type ViewQuery } from './pageReader';

export type { Row, ViewQuery } from './pageReader';
export { DEFAULT_PAGE_SIZE } from './pageSize';

/** One more page is fetched ahead for every so many pages read … */
const PAGES_READ_PER_PAGE_AHEAD = 4;
/** … and so many at the most. */
const MAX_PAGES_AHEAD = 8;
/** A page comes again where as many rows as it has were inserted meanwhile; so often only from a wrong server. */
const MAX_REPEATED_PAGES = 3;

/** Metadata as a message repeats it: no more of it than tells what is wrong. */
const formatMetadata = (value: unknown): string =>
	typeof value === 'object' ? 'that is an object' : String(value);

/** Where the next page begins, Infinity after the last one; or why there is no way on. */
type NextPage = { offset: number } | { problem: string };

const LAST: NextPage = { offset: Infinity };

/**
 * Finds the next page. There is no way on where reading would not end, or would leave rows out.
 *
 * The end is null (DOC) or missing (CLIENT). Where it is missing after a full page there may be more
 * rows all the same. A page longer than asked for comes from a server that knows no pages.
 */
const findNextPage = ({ metadata, data }: Page, offset: number, rows: number): NextPage => {
	const { limit, nextOffset } = metadata ?? {};
	if (nextOffset === null) return LAST;
	if (nextOffset !== undefined) {
		const next = toCount(nextOffset);
		if (next > offset && data.length) return { offset: next };
		const page = data.length ? '' : 'an empty page with a ';
		return { problem: `${page}nextOffset ${formatMetadata(nextOffset)} after offset ${offset}` };
	}
	if (!data.length) return LAST;
	const isGiven = limit !== undefined && limit !== null;
	const own = isGiven ? toCount(limit) : undefined;
	if (own !== undefined && !(own > 0))
		return { problem: `no nextOffset, and a limit ${formatMetadata(limit)}` };
	const full = data.length > rows ? (own ?? Infinity) : Math.min(rows, own ?? rows);
	return data.length >= full ? { offset: offset + data.length } : LAST;
};

const namesNext = ({ metadata }: Page): boolean => metadata?.nextOffset !== undefined;

/** Levels of rows that are compared: a row may nest deeper than the stack. */
const MAX_DEPTH_COMPARED = 20;

const cutDepth = (value: unknown, depth = MAX_DEPTH_COMPARED): unknown =>
	isObjectOrList(value)
		? depth && Object.entries(value).map(([key, inner]) => [key, cutDepth(inner, depth - 1)])
		: value;

const hasId = ({ id }: Row): boolean => typeof id === 'number' || typeof id === 'string';

/**
 * Whether a page repeats an earlier one: holds no new ID. Rows without IDs may be equal and yet different
 * records, so they are compared as a whole, and only where the server named no next page both times.
 */
const isRepeated = (page: Page, earlier: Page): boolean => {
	if (page.data.some(hasId)) {
		const ids = new Set(earlier.data.map(({ id }) => id));
		return page.data.every(({ id }) => ids.has(id));
	}
	if (!page.data.length || namesNext(page) || namesNext(earlier)) return false;
	const [rows, earlierRows] = [page, earlier].map(({ data }) => JSON.stringify(cutDepth(data)));
	return rows === earlierRows;
};

/**
 * Reads a view page by page, in the server's order.
 *
 * While one page is read the next are fetched: the one that the server named, and ahead of it one for
 * every four pages read, eight at the most. Each begins where the one before it ends, whatever their sizes.
 * Pages ahead rely on the server's stride, so once the stride differs from what was asked for, and is no cap
 * that can be asked for, pages are read one after another. A page that is too large is asked for again in
 * halves.
 *
 * @throws TeamogyError, ExecutionCancelled as TeamogyClient.request; TeamogyError too where reading would
 * not end or leave rows out
 */
export async function* readPages(client: TeamogyClient, query: ViewQuery): AsyncGenerator<Row[]> {
	const pages = new PageReader(client, query);
	let offset = query.offset ?? 0;
	let left = query.limit ?? Infinity;
	let isStrideConstant = true;
	/** One of the pages before. It moves on at page 1, 2, 4, 8, …, so that a cycle of any length meets it. */
	let earlier: Page = { data: [] };
	let repeats = 0;
	try {
		for (let pagesRead = 1; left > 0; pagesRead++) {
			const { rows, page } = await pages.takePage(offset, left);
			const data = page.data.length > left ? page.data.slice(0, left) : page.data;
			left -= data.length;
			const nextPage = left === 0 ? LAST : findNextPage(page, offset, rows);
			if ('problem' in nextPage) throw pages.toPagingError(nextPage.problem);
			const next = nextPage.offset;
			const advance = next === Infinity ? data.length : next - offset;
			if (next < Infinity || advance === rows) pages.learn(page, rows, advance);
			if (next === Infinity) {
				pages.hint();
				yield data;
				return;
			}
			if (isRepeated(page, earlier))
				repeats += namesNext(page) || namesNext(earlier) ? 1 : MAX_REPEATED_PAGES;
			if (repeats >= MAX_REPEATED_PAGES)
				throw pages.toPagingError(`the same rows at offset ${offset} as before`);
			if (Number.isInteger(Math.log2(pagesRead))) earlier = page;
			if (advance !== rows) {
				pages.cancelPrefetch();
				// A cap that was learned is the stride from now on.
				isStrideConstant = pages.size.rows === advance;
			}
			if (query.ahead ?? true) {
				const more = Math.min(MAX_PAGES_AHEAD, Math.floor(pagesRead / PAGES_READ_PER_PAGE_AHEAD));
				pages.prefetch(next, left, isStrideConstant ? 1 + more : 1);
			}
			yield data;
			offset = next;
		}
	} finally {
		pages.cancelPrefetch();
	}
}

/** All rows of a query at once, for the short lists of editors and look-ups. */
export async function readRows(client: TeamogyClient, query: ViewQuery): Promise<Row[]> {
	const rows: Row[] = [];
	for await (const page of readPages(client, query)) for (const row of page) rows.push(row);
	return rows;
}

/**
 * The first page of a query alone, as large as the server delivers it, and whether it is the last one.
 *
 * @throws as `readPages`
 */
export async function readPage(
	client: TeamogyClient,
	query: ViewQuery,
): Promise<{ rows: Row[]; isLast: boolean }> {
	const pages = new PageReader(client, query);
	const { offset = 0, limit = Infinity } = query;
	const { rows, page } = await pages.takePage(offset, limit);
	const nextPage = findNextPage(page, offset, rows);
	if ('problem' in nextPage) throw pages.toPagingError(nextPage.problem);
	return { rows: page.data, isLast: nextPage === LAST };
}
