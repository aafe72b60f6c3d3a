import type { IDataObject } from 'n8n-workflow';

import type { TeamogyClient } from '../transport/client';
import { isObject } from '../json';
import { TeamogyError } from '../transport/errors';
import { CancelSignal } from '../transport/cancel';

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
	/** Rows in one request. 1000 is the usual default of a view (DOC "Views"). */
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

export const DEFAULT_PAGE_SIZE = 1000;
/** One more page is fetched ahead for every so many pages read … */
const PAGES_READ_PER_PAGE_AHEAD = 4;
/** … and so many at the most. */
const MAX_PAGES_AHEAD = 8;
/** A page that keeps failing with a 5xx is halved only down to here: below, size is not the cause. */
const LARGE_PAGE_ROWS = 100;
/** A page already halved fails with a 5xx so often before it is halved again. */
const TRIES_PER_HALVED_PAGE = 2;

const isPage = (body: unknown): boolean => {
	const { data } = (body ?? {}) as Partial<Page>;
	return Array.isArray(data) && data.every(isObject);
};

/** A count as the metadata of a page has it; some servers write numbers as text. NaN where it is none. */
const count = (value: unknown): number => {
	const number = typeof value === 'string' && value.trim() ? Number(value) : value;
	return Number.isSafeInteger(number) ? (number as number) : NaN;
};

/** Metadata in a message: no more of it than says what is wrong with it. */
const shown = (value: unknown): string =>
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
		const next = count(nextOffset);
		if (next > offset && data.length) return next;
		const page = data.length ? '' : 'an empty page with a ';
		return `${page}nextOffset ${shown(nextOffset)} after offset ${offset}`;
	}
	if (!data.length) return Infinity;
	const isGiven = limit !== undefined && limit !== null;
	const own = isGiven ? count(limit) : undefined;
	if (own !== undefined && !(own > 0)) return `no nextOffset, and a limit ${shown(limit)}`;
	const full = data.length > rows ? (own ?? Infinity) : Math.min(rows, own ?? rows);
	return data.length >= full ? offset + data.length : Infinity;
};

/** The size of a page may be why it failed: over the 10 MB limit (DOC; its status is UNKNOWN). */
const mayBeTooLarge = (error: unknown, rows: number): boolean => {
	if (!(error instanceof TeamogyError) || error.requestFailure.kind !== 'status') return false;
	const { status } = error.requestFailure;
	return status === 413 ? rows > 1 : status >= 500 && rows > LARGE_PAGE_ROWS;
};

/** Page sizes found to work where larger ones do not, by view, for the rest of a run. */
const workingPageSizes = new WeakMap<TeamogyClient, Map<string, number>>();

/** A page under way: `rows` is the number asked for. */
interface PageRequest {
	rows: number;
	page: Promise<Page>;
}

/** The pages of one query, fetched when they are taken or ahead of that. */
class PageReader {
	readonly what: string;

	private readonly workingSizes: Map<string, number>;

	private readonly prefetched = new Map<number, PageRequest>();

	private wasHalved = false;

	/** Ends the requests for pages nobody waits for any more. */
	private stop?: CancelSignal;

	constructor(
		private readonly client: TeamogyClient,
		private readonly query: ViewQuery,
	) {
		this.what = `the view "${query.view}"`;
		this.workingSizes = workingPageSizes.get(client) ?? new Map<string, number>();
		workingPageSizes.set(client, this.workingSizes);
	}

	/** The page at the offset, from those fetched ahead or anew; halved while it is too large. */
	async takePage(offset: number, left: number): Promise<{ rows: number; page: Page }> {
		let requestPage = this.prefetched.get(offset) ?? this.requestPage(offset, left);
		this.prefetched.delete(offset);
		for (;;) {
			const { rows } = requestPage;
			const page = await requestPage.page.catch((error) => {
				if (mayBeTooLarge(error, rows)) return undefined;
				throw error;
			});
			if (page) return { rows, page };
			this.cancelPrefetch();
			this.wasHalved = true;
			this.workingSizes.set(this.query.view, Math.min(this.size, Math.ceil(rows / 2)));
			requestPage = this.requestPage(offset, left, TRIES_PER_HALVED_PAGE);
		}
	}

	/** Fetches so many pages before they are taken, as far as rows are wanted. */
	prefetch(offset: number, left: number, pages: number): void {
		const { size } = this;
		for (let skipped = 0; skipped < Math.min(left, pages * size); skipped += size) {
			if (this.prefetched.has(offset + skipped)) continue;
			const requestPage = this.requestPage(offset + skipped, left - skipped);
			// Whether the page was needed is known later; until then nobody listens.
			requestPage.page.catch(() => undefined);
			this.prefetched.set(offset + skipped, requestPage);
		}
	}

	/** Forgets the pages fetched ahead, and sends no more requests for them. */
	cancelPrefetch(): void {
		this.prefetched.clear();
		this.stop?.cancel();
		this.stop = undefined;
	}

	/** Tells the user in the end when pages had to be made smaller. */
	hint(): void {
		if (!this.wasHalved) return;
		this.client.hint(
			`Teamogy could not deliver larger pages of ${this.what}, so it was read in pages of ${this.size} rows. A smaller 'Page Size' or fewer columns under 'Options' avoid the extra requests.`,
		);
	}

	private get size(): number {
		const { view, pageSize = DEFAULT_PAGE_SIZE } = this.query;
		return Math.min(pageSize, this.workingSizes.get(view) ?? Infinity);
	}

	private requestPage(offset: number, left: number, tries?: number): PageRequest {
		const { view, columns, properties, filter, unitId } = this.query;
		const rows = Math.min(this.size, left);
		this.stop ??= new CancelSignal(this.client.cancelSignal);
		const page = this.client.request({
			requestKind: 'list',
			method: 'GET',
			path: `views/${view}`,
			query: {
				columns: columns?.join(','),
				properties: properties?.join(','),
				externalFilter: filter,
				limit: rows,
				offset,
			},
			what: this.what,
			unitId,
			isReadable: isPage,
			maxTries: rows > LARGE_PAGE_ROWS ? tries : undefined,
			cancelSignal: this.stop,
		}) as Promise<Page>;
		return { rows, page };
	}
}

/**
 * Reads a view page by page, in the server's order.
 *
 * While one page is read the next are fetched: the one the server named, and ahead of it one for
 * every four pages read, at most eight. Pages ahead rely on the server's stride, so when that ever
 * differs from what was asked for, pages are read one after another. A page that is too large is
 * asked for again in halves, and the smaller size is kept for the run.
 *
 * @throws TeamogyError, ExecutionCancelled as TeamogyClient.request
 */
export async function* readPages(client: TeamogyClient, query: ViewQuery): AsyncGenerator<Row[]> {
	const pages = new PageReader(client, query);
	let offset = query.offset ?? 0;
	let left = query.limit ?? Infinity;
	let isStrideConstant = true;
	/** The page before as text, where it did not name the next. */
	let before = '';
	const unreadable = (body: string) =>
		client.explain(
			{ kind: 'unreadable', status: 200, body },
			{ requestKind: 'list', what: pages.what },
		);
	try {
		for (let pagesRead = 1; left > 0; pagesRead++) {
			const { rows, page } = await pages.takePage(offset, left);
			const data = page.data.length > left ? page.data.slice(0, left) : page.data;
			left -= data.length;
			const next = left === 0 ? Infinity : getNextOffset(page, offset, rows);
			if (typeof next === 'string') throw unreadable(next);
			if (next === Infinity) {
				pages.hint();
				yield data;
				return;
			}
			if (page.metadata?.nextOffset === undefined) {
				// A server that takes no offset would send them again and again.
				const text = JSON.stringify(data);
				if (text === before) throw unreadable(`the same rows at offset ${offset} as before`);
				before = text;
			}
			if (isStrideConstant && next - offset !== rows) {
				isStrideConstant = false;
				pages.cancelPrefetch();
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
