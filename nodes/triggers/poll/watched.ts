import type { TeamogyClient } from '../../api/client';
import { asking, choosing } from '../../api/columns';
import { InvalidInput } from '../../api/errors';
import { both } from '../../api/filter';
import { matchRows } from '../../api/match';
import { newestId } from '../../api/newest';
import { readRows, readView, valueAt, type Row, type ViewQuery } from '../../api/view';
import { digest, KEY } from '../digest';

/** What a trigger watches. */
export interface WatchedQuery extends ViewQuery {
	idColumn: string;
	/** Whether IDs have to be whole numbers: those that grow tell new records. */
	numbered: boolean;
}

export type Id = string | number;

/** A row with its ID, and the key its state is kept under. */
export interface Seen {
	id: Id;
	key: string;
	row: Row;
}

/** The state of more rows would weigh too much in the workflow's static data. */
export const MOST_ROWS = 50_000;
/** Rows of one request for IDs alone: they are short, and a list that comes whole is consistent. */
const IDS_AT_ONCE = 10_000;
/** Up to so many rows are asked for by their IDs; more come cheaper by a range. */
const FEW = 200;

/** Ascending: numbers by value, others by their text. */
export const byId = (a: Id, b: Id): number =>
	typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;

/** Reads the view a trigger watches, within the time that one poll has. */
export class Watched {
	private readonly started = performance.now();

	/** Whether rows have come in several pages: between them some may have moved. */
	private inPages = false;

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
		let rows = await readRows(this.client, { ...this.full(), limit: 1 });
		// Where none meets the filter now, any row shows whether there is such an ID column.
		if (!rows.length) rows = await readRows(this.client, { ...this.light(undefined), limit: 1 });
		for (const row of rows) this.idOf(row);
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
		return rows.map((row) => this.seen(row)).sort((a, b) => byId(a.id, b.id));
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
			const seen = page.map((row) => this.seen(row));
			if (new Set(seen.map(({ key }) => key)).size < seen.length) {
				throw new InvalidInput(
					`Several rows of the view "${this.query.view}" have the same value in "${this.query.idColumn}"`,
					"Set 'ID Column' under 'Options' to a column whose value is different in every row.",
				);
			}
			count += seen.length;
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
				for (const row of page) numbers.add(this.idOf(row) as number);
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
		const { idColumn, filter } = this.query;
		const first = ids[0];
		const last = ids[ids.length - 1];
		const rows: Row[] = [];
		if (ids.length <= FEW) {
			const type = typeof first as 'string' | 'number';
			const query = { ...this.full(), column: idColumn, type };
			const matches = await matchRows(this.client, query, ids);
			rows.push(...ids.flatMap((id) => matches.getRows(id).slice(0, 1)));
		} else {
			const range =
				typeof first === 'number' && typeof last === 'number'
					? `${idColumn}>${first - 1} AND NOT (${idColumn}>${last})`
					: undefined;
			const query = { ...this.full(), filter: both(range, filter) };
			for await (const page of this.read(query)) rows.push(...page);
		}
		const wanted = new Set(ids);
		const seen = rows.map((row) => this.seen(row)).filter(({ id }) => wanted.has(id));
		return new Map(seen.map((one) => [one.id, one]));
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

	private seen(row: Row): Seen {
		const id = this.idOf(row);
		return { id, key: digest(id, KEY), row };
	}

	private idOf(row: Row): Id {
		const { idColumn, numbered, view } = this.query;
		const id = valueAt(row, idColumn);
		if (typeof id !== 'number' && (typeof id !== 'string' || !id)) throw this.withoutId(row);
		if (numbered && !Number.isInteger(id)) {
			throw new InvalidInput(
				`The column "${idColumn}" of the view "${view}" contains ${typeof id === 'string' ? `the text "${id}"` : id}, not a whole number`,
				"The event 'Created' needs increasing whole numbers. Set another 'ID Column' under 'Options', or choose the event 'Created or Updated'.",
			);
		}
		// JSON keeps larger ones only roughly: two records would look like one.
		if (typeof id === 'number' && Math.abs(id) > Number.MAX_SAFE_INTEGER) {
			throw new InvalidInput(
				`The column "${idColumn}" of the view "${view}" contains numbers above ${Number.MAX_SAFE_INTEGER}, which n8n cannot tell apart`,
				"Set another 'ID Column' under 'Options'.",
			);
		}
		return id;
	}

	private withoutId(row: Row): InvalidInput {
		const { view, idColumn, columns } = this.query;
		const has = Object.keys(row).slice(0, 30).join(', ');
		return new InvalidInput(
			`A row of the view "${view}" has no value in "${idColumn}" to identify it`,
			[
				"Set another 'ID Column' under 'Options'.",
				has && `The row has: ${has}.`,
				// The view's own choice may leave it out.
				!columns &&
					valueAt(row, idColumn) === undefined &&
					"If the view has it but does not return it by itself, choose 'Column Names or IDs' under 'Options': it is asked for with them.",
			]
				.filter(Boolean)
				.join(' '),
		);
	}
}
