import type { TeamogyClient } from '../../api/client';
import { asking, choosing } from '../../api/columns';
import { InvalidInput } from '../../api/errors';
import { both } from '../../api/filter';
import { matchRows } from '../../api/match';
import { newestId } from '../../api/newest';
import { readRows, readView, type Row, type ViewQuery } from '../../api/view';
import { byId, identifyRow, type Id, type Seen, type WatchedQuery } from './identify';

/** The state of more rows would weigh too much in the workflow's static data. */
export const MOST_ROWS = 50_000;
/** Rows of one request for IDs alone: they are short, and a list that comes whole is consistent. */
const IDS_AT_ONCE = 10_000;
/** Rows that show whether a column holds IDs. */
const ROWS_TO_JUDGE_BY = 20;
/** Up to so many rows are asked for by their IDs; more come cheaper by a range. */
const FEW = 200;

/** Reads the view a trigger watches, within the time that one poll has. */
export class Watched {
	private readonly started = performance.now();

	/** Whether rows have come in several pages: between them some may have moved. */
	private inPages = false;

	/** Why rows were left out: one that cannot be told from others does not stop those. */
	readonly leftOut: InvalidInput[] = [];

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
		for (const query of [this.full(), this.light(undefined)]) {
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
	async sample(limit: number): Promise<Seen[]> {
		const { idColumn, filter, numbered } = this.query;
		let rows: Row[] = [];
		if (numbered) {
			const newest = await this.newest();
			const above = newest === undefined ? undefined : `${idColumn}>${Math.max(0, newest - limit)}`;
			rows = await readRows(this.client, { ...this.full(), filter: both(above, filter), limit });
		}
		if (!rows.length) rows = await readRows(this.client, { ...this.full(), limit });
		const seen = this.identify(rows);
		if (rows.length && !seen.length) throw this.leftOut[0];
		return seen.sort((a, b) => byId(a.id, b.id));
	}

	/**
	 * All matching rows, page by page. While pages are read a row may move to another one, and so come
	 * twice or be left out: if one of those before is missing, a second look tells whether it is gone.
	 *
	 * @param onlyIds asks for no column but the ID
	 * @param before keys of the rows there were; without it there is always a second look
	 * @throws InvalidInput as pages
	 */
	async *all(onlyIds: boolean, before?: Iterable<string>): AsyncGenerator<Seen[]> {
		const keys = new Set<string>();
		let pages = 0;
		for await (const page of this.pages(onlyIds)) {
			pages++;
			for (const { key } of page) keys.add(key);
			yield page;
		}
		if (pages < 2 || (before && [...before].every((key) => keys.has(key)))) return;
		const leftOut: Seen[] = [];
		for await (const page of this.pages(true))
			leftOut.push(...page.filter(({ key }) => !keys.has(key)));
		yield onlyIds ? leftOut : await this.rowsOf(leftOut.map(({ id }) => id).sort(byId));
	}

	/**
	 * The matching rows page by page, to the end.
	 *
	 * @param onlyIds asks for no column but the ID
	 * @throws InvalidInput beyond 50,000 rows, or when the poll's time is up before the end
	 */
	private async *pages(onlyIds: boolean): AsyncGenerator<Seen[]> {
		let count = 0;
		const query = onlyIds ? this.light(this.query.filter) : this.full();
		for await (const page of this.inTime(query)) {
			const seen = this.identify(page);
			if (new Set(seen.map(({ key }) => key)).size < seen.length) {
				throw new InvalidInput(
					`Several rows of the view "${this.query.view}" have the same value in "${this.query.idColumn}"`,
					"Set 'ID Column' under 'Options' to a column whose value is different in every row.",
				);
			}
			count += page.length;
			if (count > MOST_ROWS) {
				throw new InvalidInput(
					`More than ${MOST_ROWS.toLocaleString('en')} rows of the view "${this.query.view}" would have to be watched`,
					"Narrow them down with filters, e.g. to open records, or choose the event 'Created', which has no such limit.",
				);
			}
			yield seen;
		}
	}

	/** The IDs above one, of all rows of the view whether they meet the filter or not. */
	async numbersAbove(floor: number): Promise<number[]> {
		const query = this.light(`${this.query.idColumn}>${floor}`);
		const numbers = new Set<number>();
		const look = async (): Promise<number> => {
			let pages = 0;
			for await (const page of this.inTime(query)) {
				pages++;
				for (const { id } of this.identify(page)) numbers.add(id as number);
			}
			return pages;
		};
		// What moved to another page meanwhile and was left out is met at the second look.
		if ((await look()) > 1) await look();
		return [...numbers].filter((id) => id > floor);
	}

	/** The highest ID, or one not far below it; undefined in an empty view. */
	async newest(): Promise<number | undefined> {
		const { view, unitId, idColumn } = this.query;
		return await newestId(this.client, view, unitId, idColumn);
	}

	/** Of these IDs, given in ascending order, the rows that meet the filter now; in that order. */
	async rowsOf(ids: Id[]): Promise<Seen[]> {
		const found = await this.look(ids);
		// What came in several pages may have left some out.
		if (this.inPages) {
			const missing = ids.filter((id) => !found.has(id));
			for (const [id, seen] of await this.look(missing)) found.set(id, seen);
		}
		return [...found.values()].sort((a, b) => byId(a.id, b.id));
	}

	private async look(ids: Id[]): Promise<Map<Id, Seen>> {
		const rows = ids.length <= FEW ? await this.readById(ids) : await this.readRange(ids);
		const wanted = new Set(ids);
		const seen = this.identify(rows).filter(({ id }) => wanted.has(id));
		return new Map(seen.map((one) => [one.id, one]));
	}

	private async readById(ids: Id[]): Promise<Row[]> {
		const rows: Row[] = [];
		for (const type of ['number', 'string'] as const) {
			const some = ids.filter((id) => typeof id === type);
			if (!some.length) continue;
			const query = { ...this.full(), column: this.query.idColumn, type };
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
		for await (const page of this.read({ ...this.full(), filter: both(range, filter) }))
			rows.push(...page);
		return rows;
	}

	private full(): ViewQuery {
		return asking<ViewQuery>(this.query, this.query.idColumn);
	}

	private light(filter: string | undefined): ViewQuery {
		const { idColumn, view, unitId } = this.query;
		return { view, unitId, filter, ...choosing([idColumn]), pageSize: IDS_AT_ONCE };
	}

	private async *read(query: ViewQuery): AsyncGenerator<Row[]> {
		let pages = 0;
		for await (const page of readView(this.client, query)) {
			if (++pages > 1) this.inPages = true;
			yield page;
		}
	}

	/** As read, within the time that one poll has. */
	private async *inTime(query: ViewQuery): AsyncGenerator<Row[]> {
		let late = false;
		for await (const page of this.read(query)) {
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
	private identify(rows: Row[]): Seen[] {
		const seen: Seen[] = [];
		for (const row of rows) {
			const one = identifyRow(this.query, row);
			if (one instanceof InvalidInput) this.leftOut.push(one);
			else seen.push(one);
		}
		return seen;
	}
}
