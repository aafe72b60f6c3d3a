import type { TeamogyClient } from '../../api/transport/client';
import { selectColumns } from '../../api/views/columns';
import { InvalidInput } from '../../api/common/invalidInput';
import { andFilters } from '../../api/views/filter';
import { getUrlBudget } from '../../api/matching/matchBatches';
import { findNewestId } from '../../api/views/newestId';
import { DEFAULT_PAGE_SIZE } from '../../api/views/pageSize';
import type { Row, RowId, ViewQuery } from '../../api/views/row';
import { readPage, readPages, readRows } from '../../api/views/view';
import { toUnorderedText } from '../hash';
import { compareIds, type IdentifiedRow } from './identifiedRow';
import { RowsById } from './rowsById';
import { SkippedRows } from './skippedRows';
import {
	buildRowQuery,
	buildWatchQuery,
	needsSecondRead,
	MAX_WATCHED_ROWS,
	selectDelivered,
	type WatchedQuery,
} from './watchedColumns';

/** Rows of one request for IDs alone. Such rows are short, and no row moves within one page. */
const IDS_PER_PAGE = 10_000;
/** Rows that show whether a column holds IDs. */
const ROWS_TO_CHECK = 100;
/** Characters of an address that an ID takes. */
const ID_LENGTH = 100;
/** Rows read at once by their IDs: a page. */
const ROWS_PER_BATCH = 1000;

/** What is read of all rows: the compared columns, or no column but the ID. */
type ReadScope = 'rows' | 'ids';

/** Reads the view a trigger watches, within the time that one poll has. */
export class WatchedViewReader {
	private readonly started = performance.now();

	readonly skippedRows: SkippedRows;

	private readonly rowsById: RowsById;

	/** Requests the delivered columns. */
	private readonly rowQuery: ViewQuery;

	/** Requests the compared columns. */
	private readonly watchQuery: ViewQuery;

	/**
	 * @param budgetMs the time that n8n gives one poll, in milliseconds; Infinity if n8n sets none
	 */
	constructor(
		private readonly client: TeamogyClient,
		readonly query: WatchedQuery,
		private readonly budgetMs: number,
	) {
		this.skippedRows = new SkippedRows(query);
		this.rowsById = new RowsById(client, query, this.skippedRows);
		this.rowQuery = buildRowQuery(query);
		this.watchQuery = buildWatchQuery(query);
	}

	/**
	 * Requests rows as every later poll does, so that the activation fails if Teamogy does not know the view, the
	 * filter or a column.
	 *
	 * @throws TeamogyError; InvalidInput if there are rows and none has a usable ID
	 */
	async check(): Promise<void> {
		const { idColumn: column } = this.query;
		if (getUrlBudget({ ...this.rowQuery, column, type: 'number' }) < ID_LENGTH) {
			throw new InvalidInput(
				'The filters and the names of the columns are too long: the address of a request has to hold the ID of a record beside them',
				'Compare with fewer or shorter values, or choose fewer columns.',
			);
		}
		for (const limit of [1, ROWS_TO_CHECK]) {
			let rows = await readRows(this.client, { ...this.rowQuery, limit });
			// If no row meets the filter now, any row shows whether the ID column exists.
			if (!rows.length) rows = await readRows(this.client, { ...this.idQuery(undefined), limit });
			if (this.skippedRows.identify(rows).length || this.skippedRows.isEmpty)
				return this.skippedRows.clear();
		}
		throw this.skippedRows.firstReason;
	}

	/**
	 * Some rows that match, in the order of their IDs: the newest rows if IDs must be numbers, else those with the
	 * highest IDs on the first page. A page takes one request, as few rows of it do.
	 */
	async readSample(limit: number): Promise<IdentifiedRow[]> {
		const { idColumn, filter, needsNumericIds } = this.query;
		const newestId = needsNumericIds ? await this.findNewestId() : undefined;
		let rows: Row[] = [];
		if (newestId !== undefined) {
			const above = `${idColumn}>${Math.max(0, newestId - limit)}`;
			const query = { ...this.rowQuery, limit, filter: andFilters(above, filter) };
			rows = await readRows(this.client, query);
		}
		if (!rows.length) {
			const pageSize = this.query.pageSize ?? DEFAULT_PAGE_SIZE;
			({ rows } = await readPage(this.client, { ...this.rowQuery, pageSize }));
		}
		const identified = this.skippedRows.identify(rows);
		if (rows.length && !identified.length) throw this.skippedRows.firstReason;
		return identified.sort((a, b) => compareIds(a.id, b.id)).slice(-limit);
	}

	/**
	 * All matching rows, page by page, or their IDs alone. While pages are read, a row may move to another page, and be
	 * returned twice or not at all. If a row of the last poll is missing, the rows that moved follow the pages.
	 *
	 * @param before the keys of the last poll; without them, rows that moved are always looked for
	 * @throws InvalidInput as `readWatchedPages`
	 */
	async *readAll(what: ReadScope, before?: Iterable<string>): AsyncGenerator<IdentifiedRow[]> {
		const keys = new Set<string>();
		let pages = 0;
		const query = what === 'ids' ? this.idQuery(this.query.filter) : this.watchQuery;
		for await (const page of this.readWatchedPages(query, this.skippedRows)) {
			pages++;
			for (const { key } of page) keys.add(key);
			yield this.mergeRepeatedRows(page, what);
		}
		const wasRead = (key: string) => keys.has(key) || this.skippedRows.has(key);
		if (pages < 2 || (before && [...before].every(wasRead))) return;
		const moved = await this.findMoved(wasRead);
		const ids = moved.map(({ id }) => id);
		yield what === 'ids' ? moved : await this.rowsById.read(ids, this.watchQuery);
	}

	/** Reads all IDs once more, to find the rows that were not read: in the order of their IDs. */
	private async findMoved(wasRead: (key: string) => boolean): Promise<IdentifiedRow[]> {
		const moved: IdentifiedRow[] = [];
		// Without its other columns, a row without an ID would be reported under another name.
		const unreported = new SkippedRows(this.query);
		for await (const page of this.readWatchedPages(this.idQuery(this.query.filter), unreported))
			moved.push(...page.filter(({ key }) => !wasRead(key)));
		return moved.sort((a, b) => compareIds(a.id, b.id));
	}

	/**
	 * The pages of a query for all matching rows, as Teamogy returns them, without the rows that are skipped.
	 *
	 * @throws InvalidInput beyond 100,000 rows, if the poll's time is up before the last page, or if there are rows
	 * and none has a usable ID
	 */
	private async *readWatchedPages(
		query: ViewQuery,
		skippedRows: SkippedRows,
	): AsyncGenerator<IdentifiedRow[]> {
		let count = 0;
		let identifiedCount = 0;
		for await (const page of this.readQuery(query)) {
			count += page.length;
			if (count > MAX_WATCHED_ROWS) {
				throw new InvalidInput(
					`More than ${MAX_WATCHED_ROWS.toLocaleString('en')} records of the view "${this.query.view}" would have to be watched`,
					"Narrow them down with filters, e.g. to open records, or choose the event 'Created', which has no such limit.",
				);
			}
			const identified = skippedRows.identify(page);
			identifiedCount += identified.length;
			yield identified;
		}
		// If the view counted as empty, the next good poll would deliver all rows as new.
		if (count && !identifiedCount) throw skippedRows.firstReason;
	}

	/**
	 * The rows of a page, each once: a page may contain a row twice.
	 *
	 * @throws InvalidInput if rows have the same ID and different contents, or no content that could be compared
	 */
	private mergeRepeatedRows(rows: IdentifiedRow[], what: ReadScope): IdentifiedRow[] {
		const merged = new Map<string, IdentifiedRow>();
		for (const identified of rows) {
			const { key, row } = identified;
			const other = merged.get(key);
			if (other && (what === 'ids' || toUnorderedText(row) !== toUnorderedText(other.row))) {
				throw new InvalidInput(
					`Several records of the view "${this.query.view}" have the same value in "${this.query.idColumn}"`,
					"Set 'ID Column' under 'Options' to a column whose value is different for every record.",
				);
			}
			merged.set(key, identified);
		}
		return [...merged.values()];
	}

	/** The IDs above `floor` of all rows of the view, also of rows that do not meet the filter. */
	async readIdsAbove(floor: number): Promise<number[]> {
		const query = this.idQuery(`${this.query.idColumn}>${floor}`);
		const numbers = new Set<number>();
		const readOnce = async (): Promise<number> => {
			let pages = 0;
			for await (const page of this.readQuery(query)) {
				pages++;
				for (const { id } of this.skippedRows.identify(page)) numbers.add(id as number);
			}
			return pages;
		};
		// The second reading finds a row that moved to a page read before.
		if ((await readOnce()) > 1) await readOnce();
		return [...numbers].filter((id) => id > floor);
	}

	/**
	 * The highest ID, or an ID not far below; undefined without any.
	 *
	 * @param max higher IDs do not count
	 */
	async findNewestId(max?: number): Promise<number | undefined> {
		const { view, unitId, idColumn } = this.query;
		return await findNewestId(this.client, view, unitId, idColumn, max);
	}

	/**
	 * The rows with these IDs that meet the filter now, in the order of the IDs, in batches: at least one batch, and
	 * as many more as fit the time of the poll.
	 *
	 * @param ids in the order of `compareIds`
	 */
	async *readInBatches<T extends RowId>(
		ids: T[],
	): AsyncGenerator<{ ids: T[]; rows: IdentifiedRow[] }> {
		for (let start = 0; start < ids.length; start += ROWS_PER_BATCH) {
			// The next batch may take as long as all batches before.
			if (start && (performance.now() - this.started) * 2 >= this.budgetMs) return;
			const batch = ids.slice(start, start + ROWS_PER_BATCH);
			yield { ids: batch, rows: await this.rowsById.read(batch, this.rowQuery) };
		}
	}

	/**
	 * The changed rows with the delivered columns, but for rows that no longer meet the filter, and rows that do not
	 * fit the time of the poll.
	 *
	 * @param changed in the order of `compareIds`
	 */
	async *readDelivered(changed: IdentifiedRow[]): AsyncGenerator<IdentifiedRow> {
		if (needsSecondRead(this.query)) {
			const batches = this.readInBatches(changed.map(({ id }) => id));
			for await (const { rows } of batches) yield* rows;
			return;
		}
		for (const identified of changed)
			yield { ...identified, row: selectDelivered(this.query, identified.row) };
	}

	private idQuery(filter: string | undefined): ViewQuery {
		const { idColumn, view, unitId } = this.query;
		return { view, unitId, filter, ...selectColumns([idColumn]), pageSize: IDS_PER_PAGE };
	}

	/** @throws InvalidInput if the time of the poll is up before the last page */
	private async *readQuery(query: ViewQuery): AsyncGenerator<Row[]> {
		let pages = 0;
		let isLate = false;
		for await (const page of readPages(this.client, query)) {
			if (isLate) {
				throw new InvalidInput(
					`The view "${query.view}" could not be read within the time n8n gives one poll`,
					"Nothing is lost: the next poll tries again. Raise 'Requests per Minute' in the credential or 'Page Size' under 'Options', choose fewer columns, or narrow the records down with filters.",
				);
			}
			if (++pages > 1) this.rowsById.wasPaged = true;
			yield page;
			isLate = performance.now() - this.started > this.budgetMs;
		}
	}
}
