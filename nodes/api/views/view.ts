import type { IDataObject } from 'n8n-workflow';

import type { ResponseMeasure, TeamogyClient } from '../transport/client';
import { isObject, isObjectOrList } from '../json';
import type { TeamogyError } from '../transport/errors';
import { encloseFilter } from './filter';
import { PageSize } from './pageSize';
import { CancelSignal } from '../transport/cancel';

export { DEFAULT_PAGE_SIZE } from './pageSize';

export type Row = IDataObject;

export interface ViewQuery {
	view: string;
	/** Columns to ask for; the view's own choice without them. */
	columns?: string[];
	/** Entries of `properties` to ask for; the view's own choice without them. */
	properties?: string[];
	filter?: string;
	/** Index of the first row, from 0. */
	offset?: number;
	/** Rows in all; every row without it. */
	limit?: number;
	/** Rows in one request, as the user chose; without it the size is learned. */
	pageSize?: number;
	unitId?: number;
	/** False for a reader who may not want all pages: each is fetched when it is asked for. */
	ahead?: boolean;
}

interface Page {
	/** As it came: what it holds is checked where it is read. */
	metadata?: { limit?: unknown; nextOffset?: unknown };
	data: Row[];
}

/** One more page is fetched ahead for every so many pages read … */
const PAGES_READ_PER_PAGE_AHEAD = 4;
/** … and so many at the most. */
const MAX_PAGES_AHEAD = 8;
/** Pages ahead hold so many bytes at the most, as far as the last page tells; one page may always be ahead. */
const MAX_BYTES_AHEAD = 16_000_000;
/** A page comes again where as many rows as it has were inserted meanwhile; so often only from a wrong server. */
const MAX_REPEATED_PAGES = 3;

const isPage = (body: unknown): boolean => {
	const { data } = (body ?? {}) as Partial<Page>;
	return Array.isArray(data) && data.every(isObject);
};

/** A count as the metadata of a page has it; some servers write numbers as text. NaN where it is none. */
const toCount = (value: unknown): number => {
	const number = typeof value === 'string' && value.trim() ? Number(value) : value;
	return Number.isSafeInteger(number) ? (number as number) : NaN;
};

/** Metadata as a message repeats it: no more of it than tells what is wrong. */
const formatMetadata = (value: unknown): string =>
	typeof value === 'object' ? 'that is an object' : String(value);

/**
 * Where the next page begins; Infinity after the last one. A text says why there is no way on: reading
 * would not end, or leave rows out.
 *
 * The end is null (DOC) or missing (CLIENT). Where it is missing after a full page there may be more
 * rows all the same. A page longer than asked for comes from a server that knows no pages.
 */
const getNextOffset = ({ metadata, data }: Page, offset: number, rows: number): number | string => {
	const { limit, nextOffset } = metadata ?? {};
	if (nextOffset === null) return Infinity;
	if (nextOffset !== undefined) {
		const next = toCount(nextOffset);
		if (next > offset && data.length) return next;
		const page = data.length ? '' : 'an empty page with a ';
		return `${page}nextOffset ${formatMetadata(nextOffset)} after offset ${offset}`;
	}
	if (!data.length) return Infinity;
	const isGiven = limit !== undefined && limit !== null;
	const own = isGiven ? toCount(limit) : undefined;
	if (own !== undefined && !(own > 0)) return `no nextOffset, and a limit ${formatMetadata(limit)}`;
	const full = data.length > rows ? (own ?? Infinity) : Math.min(rows, own ?? rows);
	return data.length >= full ? offset + data.length : Infinity;
};

const namesNext = ({ metadata }: Page): boolean => metadata?.nextOffset !== undefined;

/**
 * Whether a page repeats an earlier one, row for row. Rows without IDs may be equal and yet different
 * records, so they count only where the server named no next page both times.
 */
const isRepeated = (page: Page, earlier: Page): boolean => {
	const [id, earlierId] = [page, earlier].map(({ data }) => data[0]?.id);
	if (id !== earlierId) return false;
	if (id === undefined && (namesNext(page) || namesNext(earlier))) return false;
	return page.data.length > 0 && JSON.stringify(page.data) === JSON.stringify(earlier.data);
};

/** Rows that are measured for the size of a page, and levels of them. */
const ROWS_MEASURED = 20;
const MAX_DEPTH_MEASURED = 20;

/** About how many bytes of JSON a value takes. */
const estimateBytes = (value: unknown, depth = 0): number => {
	if (typeof value === 'string') return value.length + 2;
	if (!isObjectOrList(value) || depth > MAX_DEPTH_MEASURED) return 5;
	const names = Array.isArray(value) ? [] : Object.keys(value);
	return [...names, ...Object.values(value)].reduce<number>(
		(sum, part) => sum + estimateBytes(part, depth + 1) + 1,
		2,
	);
};

/** About how many bytes rows take, from some of them. */
const estimateRowBytes = (rows: Row[]): number => {
	const step = Math.ceil(rows.length / ROWS_MEASURED) || 1;
	const sample = rows.filter((_, index) => index % step === 0);
	return (estimateBytes(sample) * rows.length) / (sample.length || 1);
};

/** A page under way. */
interface PageRequest {
	/** Rows asked for. */
	rows: number;
	page: Promise<Page>;
	/** What the response took, once it came. */
	measure?: ResponseMeasure;
}

/** The pages of one query, fetched when they are taken or ahead of that. */
class PageReader {
	readonly size: PageSize;

	private readonly what: string;

	/** Pages fetched ahead, by their offset. */
	private readonly prefetched = new Map<number, PageRequest>();

	/** Ends the requests for pages that are not needed any more. */
	private prefetchSignal?: CancelSignal;

	/** What the page taken last took, and about how many bytes it has. */
	private measure?: ResponseMeasure;

	private bytes = 0;

	constructor(
		private readonly client: TeamogyClient,
		private readonly query: ViewQuery,
	) {
		const { view, unitId = client.account.unitId, columns, properties, pageSize } = query;
		this.what = `the view "${view}"`;
		const key = JSON.stringify([unitId, view, columns, properties]);
		this.size = new PageSize(client, key, pageSize);
	}

	/** The page at the offset, from those fetched ahead or anew; halved while it is too large. */
	async takePage(offset: number, left: number): Promise<{ rows: number; page: Page }> {
		let request = this.prefetched.get(offset) ?? this.requestPage(offset, left);
		this.prefetched.delete(offset);
		for (;;) {
			const { rows } = request;
			try {
				const page = await request.page;
				this.measure = request.measure;
				this.bytes = Math.max(request.measure?.contentLength || 0, estimateRowBytes(page.data));
				return { rows, page };
			} catch (error) {
				this.size.halve(rows, error);
			}
			this.cancelPrefetch();
			request = this.requestPage(offset, left, true);
		}
	}

	/**
	 * Learns from the page that was taken last, a full one.
	 *
	 * @param rows asked for
	 * @param advance rows up to the next page
	 */
	learn({ metadata }: Page, rows: number, advance: number): void {
		const { durationMs = 0 } = this.measure ?? {};
		const limit = toCount(metadata?.limit);
		this.size.learn({ asked: rows, advance, limit, bytes: this.bytes, durationMs });
	}

	/** Fetches this many pages before they are taken, as far as rows are wanted and memory allows. */
	prefetch(offset: number, left: number, pages: number): void {
		const end = offset + left;
		const most = Math.max(1, Math.min(pages, Math.floor(MAX_BYTES_AHEAD / this.bytes)));
		for (let at = offset, count = 0; at < end && count < most; count++) {
			const request = this.prefetched.get(at) ?? this.requestPage(at, end - at);
			// Avoids an unhandled rejection; `takePage` reports the error if the page is needed.
			request.page.catch(() => undefined);
			this.prefetched.set(at, request);
			at += request.rows;
		}
	}

	/** Forgets the pages fetched ahead, and sends no more requests for them. */
	cancelPrefetch(): void {
		this.prefetched.clear();
		this.prefetchSignal?.cancel();
		this.prefetchSignal = undefined;
	}

	/** Tells the user after the last page when pages had to be made smaller. */
	hint(): void {
		if (!this.size.wasHalved) return;
		this.client.hint(
			`Teamogy could not deliver larger pages of ${this.what}, so it was read in pages of ${this.size.rows} rows. A smaller 'Page Size' or fewer columns under 'Options' avoid the extra requests.`,
		);
	}

	/** The error for a page that leaves no way to the end of the view. */
	toPagingError(reason: string): TeamogyError {
		const failure = { kind: 'unreadable', status: 200, body: reason } as const;
		return this.client.explain(failure, { requestKind: 'list', what: this.what });
	}

	private requestPage(offset: number, left: number, isHalved = false): PageRequest {
		const { view, columns, properties, filter, unitId } = this.query;
		const rows = Math.min(this.size.rows, left);
		this.prefetchSignal ??= new CancelSignal(this.client.cancelSignal);
		const request: Partial<PageRequest> = { rows };
		request.page = this.client.request({
			requestKind: 'list',
			method: 'GET',
			path: `views/${view}`,
			query: {
				columns: columns?.join(','),
				properties: properties?.join(','),
				externalFilter: filter && encloseFilter(filter),
				limit: rows,
				offset,
			},
			what: this.what,
			unitId,
			isReadable: isPage,
			maxTries: this.size.getMaxTries(rows, isHalved),
			cancelSignal: this.prefetchSignal,
			onResponse: (measure) => (request.measure = measure),
		}) as Promise<Page>;
		return request as PageRequest;
	}
}

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
			if (isRepeated(page, earlier))
				repeats += namesNext(page) || namesNext(earlier) ? 1 : MAX_REPEATED_PAGES;
			if (repeats >= MAX_REPEATED_PAGES)
				throw pages.toPagingError(`the same rows at offset ${offset} as before`);
			if (Number.isInteger(Math.log2(pagesRead))) earlier = page;
			const data = page.data.length > left ? page.data.slice(0, left) : page.data;
			left -= data.length;
			const next = left === 0 ? Infinity : getNextOffset(page, offset, rows);
			if (typeof next === 'string') throw pages.toPagingError(next);
			const advance = next === Infinity ? data.length : next - offset;
			if (next < Infinity || advance === rows) pages.learn(page, rows, advance);
			if (next === Infinity) {
				pages.hint();
				yield data;
				return;
			}
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
	const next = getNextOffset(page, offset, rows);
	if (typeof next === 'string') throw pages.toPagingError(next);
	return { rows: page.data, isLast: next === Infinity };
}
