import type { TeamogyClient } from '../transport/client';
import type { ResponseMeasure } from '../transport/request';
import { isObject } from '../common/json';
import type { TeamogyError } from '../transport/errors';
import { encloseFilter } from './filter';
import { PageSize } from './pageSize';
import { CancelSignal } from '../transport/cancel';
import { MISSING_ROWS, SMALLER_PAGES } from '../transport/errorMessages';
import { estimateBytes } from './estimateBytes';
import type { Row, ViewQuery } from './row';

export interface Page {
	/** As it came: what it holds is checked where it is read. */
	metadata?: { limit?: unknown; nextOffset?: unknown };
	data: Row[];
}

/** One more page is fetched ahead for every so many pages taken … */
const PAGES_TAKEN_PER_PAGE_AHEAD = 4;
/** … and so many more at the most. */
const MAX_MORE_PAGES_AHEAD = 8;
/** Pages ahead hold so many bytes at the most, as far as the last page tells; one page may always be ahead. */
const MAX_BYTES_AHEAD = 8_000_000;

const isPage = (body: unknown): boolean => {
	const { data } = (body ?? {}) as Partial<Page>;
	return Array.isArray(data) && data.every(isObject);
};

/** A count as the metadata of a page has it; NaN where it is none. */
export const toCount = (value: unknown): number =>
	Number.isSafeInteger(value) ? (value as number) : NaN;

/** A page as it came, and what it took. */
interface ReadPage extends Page {
	requestedRows: number;
	/** About how many bytes it has. */
	bytes: number;
	durationMs: number;
}

/** A page under way. */
interface PageRequest {
	requestedRows: number;
	page: Promise<ReadPage>;
}

/**
 * The pages of one query, fetched when they are taken or ahead of that.
 *
 * The reader fetches the next page ahead, whose offset the server has named. Every four pages taken allow one more
 * page ahead, up to eight more. Each of these begins where the page before it should end. So their offsets depend on
 * the server's stride, which is the number of rows from one page to the next. Where the stride differs from the rows
 * asked for, the reader asks for as many rows as the stride has. Where the page size is not adapted like this, only
 * the next page is fetched ahead.
 */
export class PageReader {
	readonly size: PageSize;

	private readonly subject: string;

	/** Pages fetched ahead, by their offset. */
	private readonly prefetched = new Map<number, PageRequest>();

	/** Ends the requests for pages that are not needed any more. */
	private prefetchSignal?: CancelSignal;

	private pagesTaken = 0;

	/** Whether pages begin as far apart as they were asked for. */
	private isStrideConstant = true;

	/** About how many bytes the page taken last has. */
	private bytes = 0;

	/** Rows that pages have fewer than their strides. */
	private missingRows = 0;

	constructor(
		private readonly client: TeamogyClient,
		private readonly query: ViewQuery,
	) {
		const { view, unitId = client.account.unitId, columns, properties, pageSize } = query;
		this.subject = `the view "${view}"`;
		const key = JSON.stringify([unitId, view, columns, properties]);
		this.size = new PageSize(client, key, pageSize);
	}

	/** The page at the offset, from those fetched ahead or anew; halved while it is too large. */
	async takePage(offset: number, left: number): Promise<ReadPage> {
		let request = this.prefetched.get(offset) ?? this.requestPage(offset, left);
		this.prefetched.delete(offset);
		for (;;) {
			try {
				const page = await request.page;
				this.pagesTaken++;
				this.bytes = page.bytes;
				return page;
			} catch (error) {
				this.size.halve(request.requestedRows, error);
			}
			this.cancelPrefetch();
			request = this.requestPage(offset, left, true);
		}
	}

	/**
	 * Adapts size and stride to a page, a full one or one with another after it.
	 *
	 * @param stride rows up to the next page
	 */
	adapt(page: ReadPage, stride: number): void {
		const { requestedRows, bytes, durationMs } = page;
		this.missingRows += Math.max(0, stride - page.data.length);
		this.size.adapt({
			requestedRows,
			stride,
			limit: toCount(page.metadata?.limit),
			bytes,
			durationMs,
		});
		if (stride === requestedRows) return;
		this.cancelPrefetch();
		// A cap that was learned is the stride from now on.
		this.isStrideConstant = this.size.rows === stride;
	}

	/** Fetches pages before they are taken, as far as rows are wanted. */
	prefetch(offset: number, left: number): void {
		const end = offset + left;
		const pages = this.countPagesAhead();
		for (let at = offset, count = 0; at < end && count < pages; count++) {
			const request = this.prefetched.get(at) ?? this.requestPage(at, end - at);
			// Avoids an unhandled rejection; `takePage` reports the error if the page is needed.
			request.page.catch(() => undefined);
			this.prefetched.set(at, request);
			at += request.requestedRows;
		}
	}

	/** Forgets the pages fetched ahead, and sends no more requests for them. */
	cancelPrefetch(): void {
		this.prefetched.clear();
		this.prefetchSignal?.cancel();
		this.prefetchSignal = undefined;
	}

	/** Tells the user after the last page when pages had to be made smaller, and when rows may be missing. */
	hint(): void {
		const { client, missingRows, size } = this;
		const hint = (text: string, rows: number) =>
			client.hint(text.replace('{subject}', this.subject).replace('{rows}', String(rows)));
		if (size.wasHalved) hint(SMALLER_PAGES, size.rows);
		if (missingRows) hint(MISSING_ROWS, missingRows);
	}

	/** The error for a page that leaves no way to the end of the view. */
	toPagingError(reason: string): TeamogyError {
		const failure = { kind: 'paging', reason } as const;
		return this.client.toError(failure, { requestKind: 'list', subject: this.subject });
	}

	/** How many pages may be ahead of the one taken last. */
	private countPagesAhead(): number {
		if (!this.isStrideConstant) return 1;
		const more = Math.floor(this.pagesTaken / PAGES_TAKEN_PER_PAGE_AHEAD);
		const affordable = Math.floor(MAX_BYTES_AHEAD / this.bytes);
		return Math.max(1, Math.min(1 + Math.min(MAX_MORE_PAGES_AHEAD, more), affordable));
	}

	private requestPage(offset: number, left: number, isHalved = false): PageRequest {
		const { view, columns, properties, filter, unitId } = this.query;
		const requestedRows = Math.min(this.size.rows, left);
		this.prefetchSignal ??= new CancelSignal(this.client.cancelSignal);
		let measure: ResponseMeasure | undefined;
		const response = this.client.request({
			requestKind: 'list',
			method: 'GET',
			path: `views/${encodeURIComponent(view)}`,
			query: {
				columns: columns?.join(','),
				properties: properties?.join(','),
				externalFilter: filter && encloseFilter(filter),
				limit: requestedRows,
				offset,
			},
			subject: this.subject,
			unitId,
			isReadable: isPage,
			maxTries: this.size.getMaxTries(requestedRows, isHalved),
			cancelSignal: this.prefetchSignal,
			onResponse: (measured) => (measure = measured),
		}) as Promise<Page>;
		const page = response.then(({ metadata, data }) => ({
			metadata,
			data,
			requestedRows,
			bytes: Math.max(measure?.contentLength || 0, estimateBytes(data)),
			durationMs: measure?.durationMs ?? 0,
		}));
		return { requestedRows, page };
	}
}
