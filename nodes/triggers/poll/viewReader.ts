import type { TeamogyClient } from '../../api/transport/client';
import { withColumn, selectColumns } from '../../api/views/columns';
import { InvalidInput } from '../../api/transport/errors';
import { andFilters } from '../../api/views/filter';
import { matchRows } from '../../api/views/match';
import { findNewestId } from '../../api/views/newestId';
import { readRows, readPages, type Row, type ViewQuery } from '../../api/views/view';
import {
	compareIds,
	identifyRow,
	type Id,
	type IdentifiedRow,
	type WatchedQuery,
} from './identifiedRow';

/** The state of more rows would weigh too much in the workflow's static data. */
const MAX_WATCHED_ROWS = 50_000;
/** Rows of one request for IDs alone: they are short, and a list that comes whole is consistent. */
const IDS_PER_PAGE = 10_000;
/** Rows that show whether a column holds IDs. */
const ROWS_TO_JUDGE_BY = 20;
/** Up to so many rows are asked for by their IDs; more come cheaper by a range. */
const MAX_IDS_MATCHED = 200;

/** Reads the view a trigger watches, within the time that one poll has. */
export class WatchedViewReader {
	private readonly started = performance.now();

	/** Whether rows have come in several pages: between them some may have moved. */
	private wasPaged = false;

	/** Why rows were left out: one that cannot be told from others does not stop those. */
	readonly missed: InvalidInput[] = [];

	/**
	 * @param budgetMs the time n8n gives one poll; without end where n8n sets none
	 */
	constructor(
		private readonly client: TeamogyClient,
		readonly query: WatchedQuery,
		private readonly budgetMs: number,
	) {}

	/** Whether another step as long as all so far together would still fit. */
	hasTime(): boolean {
		return (performance.now() - this.started) * 2 < this.budgetMs;
	}

	/**
	 * Asks for one row as every later poll does, so that a view, filter or column that Teamogy does not
	 * know is told when the workflow is activated.
	 *
	 * @throws TeamogyError, InvalidInput
	 */
	async check(): Promise<void> {
		// Where none meets the filter now, any row shows whether there is such an ID column.
		for (const query of [this.rowQuery(), this.idQuery(undefined)]) {
			const [row] = await readRows(this.client, { ...query, limit: 1 });
			if (!row) continue;
			const fault = identifyRow(this.query, row);
			if (!(fault instanceof InvalidInput)) return;
			// The column is wrong, unless other rows have an ID in it.
			const rows = await readRows(this.client, { ...query, limit: ROWS_TO_JUDGE_BY });
			if (!this.identify(rows).length) throw fault;
			return;
		}
	}

	/** Some rows that match, oldest first among them; of numbered ones the newest. */
	async readSample(limit: number): Promise<IdentifiedRow[]> {
		const { idColumn, filter, needsNumericIds } = this.query;
		let rows: Row[] = [];
		if (needsNumericIds) {
			const newestId = await this.findNewestId();
			const above =
				newestId === undefined ? undefined : `${idColumn}>${Math.max(0, newestId - limit)}`;
			rows = await readRows(this.client, {
				...this.rowQuery(),
				filter: andFilters(above, filter),
				limit,
			});
		}
		if (!rows.length) rows = await readRows(this.client, { ...this.rowQuery(), limit });
		const identified = this.identify(rows);
		if (rows.length && !identified.length) throw this.missed[0];
		return identified.sort((a, b) => compareIds(a.id, b.id));
	}

	/**
	 * All matching rows, page by page. While pages are read a row may move to another one, and so come
	 * twice or be left out: if one of those before is missing, a second look tells whether it is gone.
	 *
	 * @param onlyIds asks for no column but the ID
	 * @param before keys of the rows there were; without it there is always a second look
	 * @throws InvalidInput as pages
	 */
	async *readAllRows(onlyIds: boolean, before?: Iterable<string>): AsyncGenerator<IdentifiedRow[]> {
		const keys = new Set<string>();
		let pages = 0;
		for await (const page of this.readPages(onlyIds)) {
			pages++;
			for (const { key } of page) keys.add(key);
			yield page;
		}
		if (pages < 2 || (before && [...before].every((key) => keys.has(key)))) return;
		const missed: IdentifiedRow[] = [];
		for await (const page of this.readPages(true))
			missed.push(...page.filter(({ key }) => !keys.has(key)));
		yield onlyIds ? missed : await this.readRowsByIds(missed.map(({ id }) => id).sort(compareIds));
	}

	/**
	 * The matching rows page by page, to the end.
	 *
	 * @param onlyIds asks for no column but the ID
	 * @throws InvalidInput beyond 50,000 rows, when the poll's time is up before the end, or when rows came
	 * and none has a usable ID
	 */
	private async *readPages(onlyIds: boolean): AsyncGenerator<IdentifiedRow[]> {
		let count = 0;
		let identifiedCount = 0;
		const query = onlyIds ? this.idQuery(this.query.filter) : this.rowQuery();
		for await (const page of this.readWithinBudget(query)) {
			const identified = this.identify(page);
			if (new Set(identified.map(({ key }) => key)).size < identified.length) {
				throw new InvalidInput(
					`Several rows of the view "${this.query.view}" have the same value in "${this.query.idColumn}"`,
					"Set 'ID Column' under 'Options' to a column whose value is different in every row.",
				);
			}
			count += page.length;
			if (count > MAX_WATCHED_ROWS) {
				throw new InvalidInput(
					`More than ${MAX_WATCHED_ROWS.toLocaleString('en')} rows of the view "${this.query.view}" would have to be watched`,
					"Narrow them down with filters, e.g. to open records, or choose the event 'Created', which has no such limit.",
				);
			}
			identifiedCount += identified.length;
			yield identified;
		}
		// Taken for an empty view, the next good poll would deliver all rows as new.
		if (count && !identifiedCount) throw this.missed[0];
	}

	/** The IDs above one, of all rows of the view whether they meet the filter or not. */
	async readIdsAbove(floor: number): Promise<number[]> {
		const query = this.idQuery(`${this.query.idColumn}>${floor}`);
		const numbers = new Set<number>();
		const readOnce = async (): Promise<number> => {
			let pages = 0;
			for await (const page of this.readWithinBudget(query)) {
				pages++;
				for (const { id } of this.identify(page)) numbers.add(id as number);
			}
			return pages;
		};
		// What moved to another page meanwhile and was left out is met at the second look.
		if ((await readOnce()) > 1) await readOnce();
		return [...numbers].filter((id) => id > floor);
	}

	/** The highest ID, or one not far below it; undefined in an empty view. */
	async findNewestId(): Promise<number | undefined> {
		const { view, unitId, idColumn } = this.query;
		return await findNewestId(this.client, view, unitId, idColumn);
	}

	/** Of these IDs, given in ascending order, the rows that meet the filter now; in that order. */
	async readRowsByIds(ids: Id[]): Promise<IdentifiedRow[]> {
		const found = await this.fetchRowsByIds(ids);
		// What came in several pages may have left some out.
		if (this.wasPaged) {
			const missing = ids.filter((id) => !found.has(id));
			for (const [id, row] of await this.fetchRowsByIds(missing)) found.set(id, row);
		}
		return [...found.values()].sort((a, b) => compareIds(a.id, b.id));
	}

	private async fetchRowsByIds(ids: Id[]): Promise<Map<Id, IdentifiedRow>> {
		const rows =
			ids.length <= MAX_IDS_MATCHED ? await this.readById(ids) : await this.readRange(ids);
		const wanted = new Set(ids);
		const identified = this.identify(rows).filter(({ id }) => wanted.has(id));
		return new Map(identified.map((one) => [one.id, one]));
	}

	private async readById(ids: Id[]): Promise<Row[]> {
		const rows: Row[] = [];
		for (const type of ['number', 'string'] as const) {
			const some = ids.filter((id) => typeof id === type);
			if (!some.length) continue;
			const query = { ...this.rowQuery(), column: this.query.idColumn, type };
			const matches = await matchRows(this.client, query, some);
			rows.push(...some.flatMap((id) => matches.getRows(id).slice(0, 1)));
		}
		return rows;
	}

	/** @param ids in ascending order, numbers first */
	private async readRange(ids: Id[]): Promise<Row[]> {
		const { idColumn, filter } = this.query;
		const first = ids[0];
		const last = ids[ids.length - 1];
		const range =
			typeof first === 'number' && typeof last === 'number'
				? `${idColumn}>${first - 1} AND NOT (${idColumn}>${last})`
				: undefined;
		const rows: Row[] = [];
		for await (const page of this.readQuery({
			...this.rowQuery(),
			filter: andFilters(range, filter),
		}))
			rows.push(...page);
		return rows;
	}

	private rowQuery(): ViewQuery {
		return withColumn<ViewQuery>(this.query, this.query.idColumn);
	}

	private idQuery(filter: string | undefined): ViewQuery {
		const { idColumn, view, unitId } = this.query;
		return { view, unitId, filter, ...selectColumns([idColumn]), pageSize: IDS_PER_PAGE };
	}

	private async *readQuery(query: ViewQuery): AsyncGenerator<Row[]> {
		let pages = 0;
		for await (const page of readPages(this.client, query)) {
			if (++pages > 1) this.wasPaged = true;
			yield page;
		}
	}

	/** As read, within the time that one poll has. */
	private async *readWithinBudget(query: ViewQuery): AsyncGenerator<Row[]> {
		let late = false;
		for await (const page of this.readQuery(query)) {
			if (late) {
				throw new InvalidInput(
					`The view "${query.view}" could not be read within the time n8n gives one poll`,
					"Nothing is lost: the next poll tries again. Raise 'Requests per Minute' in the credential or 'Page Size' under 'Options', choose fewer columns, or narrow the rows down with filters.",
				);
			}
			yield page;
			late = performance.now() - this.started > this.budgetMs;
		}
	}

	/** The rows that can be told from others; the rest is left out. */
	private identify(rows: Row[]): IdentifiedRow[] {
		const identified: IdentifiedRow[] = [];
		for (const row of rows) {
			const one = identifyRow(this.query, row);
			if (one instanceof InvalidInput) this.missed.push(one);
			else identified.push(one);
		}
		return identified;
	}
}
