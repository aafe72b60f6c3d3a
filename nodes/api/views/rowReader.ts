import type { TeamogyClient } from '../transport/client';
import { SortedRows, type SortField } from './sortRows';
import { DEFAULT_PAGE_SIZE } from './pageSize';
import type { Row, ViewQuery } from './row';
import { readPositionedPages, type PositionedPage } from './view';

/** A query with what Teamogy is not documented to do (DOC "Views"): it is done here, on the rows that Teamogy returns. */
export interface RowQuery extends ViewQuery {
	/** The test for rows that are wanted; every row without it. */
	matchesRow?: (row: Row) => boolean;
	/** Columns to sort by, the most important one at the beginning; the server's order without any. */
	sort?: SortField[];
}

/** Rows that columns are decided on: the first ones, all of which the first batch has. */
export const ROWS_FOR_COLUMNS = 1000;

/** Joins the first batches to one of at least `ROWS_FOR_COLUMNS` rows, where there are so many. */
async function* joinFirstBatches(batches: AsyncIterable<Row[]>): AsyncGenerator<Row[]> {
	let first: Row[] | undefined = [];
	for await (const batch of batches) {
		if (!first) {
			yield batch;
			continue;
		}
		for (const row of batch) first.push(row);
		if (first.length < ROWS_FOR_COLUMNS) continue;
		yield first;
		first = undefined;
	}
	if (first?.length) yield first;
}

/** Leaves out the first rows. */
async function* skipRows(
	pages: AsyncIterable<PositionedPage>,
	count: number,
): AsyncGenerator<PositionedPage> {
	let left = count;
	for await (const { rows, nextOffset } of pages) {
		yield { rows: left ? rows.slice(left) : rows, nextOffset };
		left = Math.max(0, left - rows.length);
	}
}

/** Reads the rows of a query, tested and sorted, and counts. */
export class RowReader {
	/** Rows that Teamogy has returned so far. */
	rowsRead = 0;

	/** Whether the limit ended reading with rows left, or before it is known whether rows are left. */
	isCut = false;

	/** The columns to sort by that no row has a value in. */
	columnsWithoutValues: string[] = [];

	constructor(
		private readonly client: TeamogyClient,
		private readonly query: RowQuery,
	) {}

	/** Whether rows are tested or sorted here. */
	get isLocal(): boolean {
		return this.isTested || this.isSorted;
	}

	get isTested(): boolean {
		return this.query.matchesRow !== undefined;
	}

	get isSorted(): boolean {
		return (this.query.sort ?? []).length > 0;
	}

	/**
	 * The rows, batch by batch. Reading stops as soon as the limit is reached; only to sort, all rows are read.
	 *
	 * @throws as `readPages`
	 */
	readBatches(): AsyncGenerator<Row[]> {
		return joinFirstBatches(this.isSorted ? this.readSorted() : this.readUpToLimit());
	}

	private async *readMatching(query: ViewQuery): AsyncGenerator<PositionedPage> {
		const { matchesRow } = this.query;
		for await (const { rows, nextOffset } of readPositionedPages(this.client, query)) {
			this.rowsRead += rows.length;
			yield { rows: matchesRow ? rows.filter(matchesRow) : rows, nextOffset };
		}
	}

	private async *readSorted(): AsyncGenerator<Row[]> {
		const { sort = [], offset = 0, limit = Infinity, ...query } = this.query;
		const sorted = new SortedRows(sort, offset + limit);
		for await (const { rows } of this.readMatching(query)) for (const row of rows) sorted.add(row);
		this.isCut = sorted.count > offset + limit;
		this.columnsWithoutValues = sorted.columnsWithoutValues;
		yield sorted.toRows().slice(offset);
	}

	private async *readUpToLimit(): AsyncGenerator<Row[]> {
		const { offset = 0, limit = Infinity, ...query } = this.query;
		// One row more than wanted tells whether rows are left, unless it costs a page of its own.
		const isWholePages = limit % (query.pageSize ?? DEFAULT_PAGE_SIZE) === 0;
		const asksForMore = !this.isLocal && limit !== Infinity && !isWholePages;
		const pages = this.isLocal
			? skipRows(this.readMatching(query), offset)
			: this.readMatching({ ...query, offset, limit: asksForMore ? limit + 1 : limit });
		let left = limit;
		for await (const { rows, nextOffset } of pages) {
			const mayHaveMore = !asksForMore && nextOffset !== Infinity;
			this.isCut = rows.length > left || (rows.length === left && mayHaveMore);
			yield this.isCut ? rows.slice(0, left) : rows;
			if (this.isCut) return;
			left -= rows.length;
		}
	}
}
