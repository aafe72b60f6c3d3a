import type { TeamogyClient } from '../api/client';
import { InvalidInput } from '../api/errors';
import { both } from '../api/filter';
import { matchRows } from '../api/match';
import { newestId } from '../api/record';
import { readRows, readView, valueAt, type Row, type ViewQuery } from '../api/view';
import { digest } from './digest';

/** What a trigger watches. */
export interface WatchedQuery extends ViewQuery {
	idColumn: string;
}

export type Id = string | number;

/** A row with its ID, and the key its state is kept under. */
export interface Seen {
	id: Id;
	key: string;
	row: Row;
}

/** Characters of a key: the same room for every ID, whatever it looks like. */
export const KEY = 11;
/** The state of more rows would weigh too much in the workflow's static data. */
export const MOST_ROWS = 50_000;
/** Rows of one request for IDs alone: they are short, and a list that comes whole is consistent. */
const IDS_AT_ONCE = 10_000;
/** Up to so many rows are asked for by their IDs; more come cheaper by a range. */
const FEW = 200;

/** Ascending: numbers by value, others by their text. */
export const byId = (a: Id, b: Id): number =>
	typeof a === 'number' && typeof b === 'number' ? a - b : String(a) < String(b) ? -1 : 1;

const isWhole = (id: Id): id is number => typeof id === 'number';

/** Reads the view a trigger watches, within the time that one poll has. */
export class Watched {
	private readonly started = performance.now();

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
		await this.sample(1);
	}

	/** Some rows that match, oldest first among them; the newest of the view if `newest`. */
	async sample(limit: number, newest = false): Promise<Seen[]> {
		const { idColumn, filter, view, unitId } = this.query;
		let rows: Row[] = [];
		if (newest) {
			const top = await newestId(this.client, view, unitId, idColumn);
			const above = top === undefined ? undefined : `${idColumn}>${Math.max(0, top - limit)}`;
			rows = await readRows(this.client, { ...this.full(), filter: both(above, filter), limit });
		}
		if (!rows.length) rows = await readRows(this.client, { ...this.full(), limit });
		return rows.map((row) => this.seen(row)).sort((a, b) => byId(a.id, b.id));
	}

	/**
	 * The matching rows page by page, to the end.
	 *
	 * @param onlyIds asks for no column but the ID
	 * @throws InvalidInput beyond 50,000 rows, or when the poll's time is up before the end
	 */
	async *pages(onlyIds = false): AsyncGenerator<Seen[]> {
		let count = 0;
		const query = onlyIds ? this.light(this.query.filter) : this.full();
		for await (const page of this.inTime(query)) {
			const seen = page.map((row) => this.seen(row));
			if (new Set(seen.map(({ key }) => key)).size < seen.length) {
				throw new InvalidInput(
					`Several rows of the view "${this.query.view}" have the same value in "${this.query.idColumn}"`,
					'Enter as ID Column in Options a column whose value is different in every row.',
				);
			}
			count += seen.length;
			if (count > MOST_ROWS) {
				throw new InvalidInput(
					`More than ${MOST_ROWS.toLocaleString('en')} rows of the view "${this.query.view}" would have to be watched`,
					'Narrow them down with filters, e.g. to open records, or choose the event Created, which has no such limit.',
				);
			}
			yield seen;
		}
	}

	/**
	 * Which of these records still match. Rows may move to another page while pages are read, and so be
	 * left out: a second look tells what is really gone.
	 */
	async stillMatching(keys: string[]): Promise<string[]> {
		const looked = new Set(keys);
		const found: string[] = [];
		for await (const page of this.pages(true))
			for (const { key } of page) if (looked.has(key)) found.push(key);
		return found;
	}

	/** The IDs above one, of all rows of the view whether they meet the filter or not. */
	async numbersAbove(floor: number): Promise<number[]> {
		const { idColumn } = this.query;
		const numbers = new Set<number>();
		for await (const page of this.inTime(this.light(`${idColumn}>${floor}`)))
			for (const row of page) numbers.add(this.number(row));
		return [...numbers].filter((id) => id > floor);
	}

	/** The highest ID, or one not far below it; undefined in an empty view. */
	async newest(): Promise<number | undefined> {
		const { view, unitId, idColumn } = this.query;
		return await newestId(this.client, view, unitId, idColumn);
	}

	/** Of these IDs, given in ascending order, the rows that meet the filter now; in that order. */
	async rowsOf(ids: Id[]): Promise<Seen[]> {
		const { idColumn, filter } = this.query;
		const first = ids[0];
		const last = ids[ids.length - 1];
		let rows: Row[];
		if (ids.length <= FEW) {
			const type = typeof first as 'string' | 'number';
			const query = { ...this.full(), column: idColumn, type };
			const matches = await matchRows(this.client, query, ids);
			rows = ids.flatMap((id) => matches(id).slice(0, 1));
		} else {
			const range =
				isWhole(first) && isWhole(last)
					? `${idColumn}>${first - 1} AND NOT (${idColumn}>${last})`
					: undefined;
			rows = await readRows(this.client, { ...this.full(), filter: both(range, filter) });
		}
		const wanted = new Set(ids);
		const seen = new Map(rows.map((row) => this.seen(row)).map((one) => [one.id, one]));
		return [...seen.values()].filter(({ id }) => wanted.has(id)).sort((a, b) => byId(a.id, b.id));
	}

	private full(): ViewQuery {
		const { idColumn, columns, ...query } = this.query;
		return { ...query, columns: columns && [...new Set([idColumn, ...columns])] };
	}

	private light(filter: string | undefined): ViewQuery {
		const { idColumn, view, unitId } = this.query;
		return { view, unitId, filter, columns: [idColumn], pageSize: IDS_AT_ONCE };
	}

	private async *inTime(query: ViewQuery): AsyncGenerator<Row[]> {
		let late = false;
		for await (const page of readView(this.client, query)) {
			if (late) {
				throw new InvalidInput(
					`The view "${query.view}" could not be read within the time n8n gives one poll`,
					'Narrow the rows down with filters, choose fewer columns, or raise Page Size in Options or Requests per Minute in the credential. Nothing is lost: the next poll tries again.',
				);
			}
			yield page;
			late = performance.now() - this.started > this.budgetMs;
		}
	}

	private seen(row: Row): Seen {
		const id = valueAt(row, this.query.idColumn);
		if (typeof id !== 'number' && (typeof id !== 'string' || !id)) throw this.withoutId(row);
		return { id, key: digest(id, KEY), row };
	}

	private number(row: Row): number {
		const { id } = this.seen(row);
		if (isWhole(id) && Number.isSafeInteger(id)) return id;
		throw new InvalidInput(
			`The column "${this.query.idColumn}" of the view "${this.query.view}" holds "${id}", which is no whole number`,
			'The event Created needs numbers that grow. Enter another ID Column in Options, or choose the event Created or Updated.',
		);
	}

	private withoutId(row: Row): InvalidInput {
		const columns = Object.keys(row).slice(0, 30).join(', ');
		return new InvalidInput(
			`A row of the view "${this.query.view}" has no "${this.query.idColumn}" to tell it by`,
			`Enter another ID Column in Options.${columns ? ` The row has: ${columns}.` : ''}`,
		);
	}
}
