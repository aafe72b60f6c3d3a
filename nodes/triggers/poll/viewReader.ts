import type { TeamogyClient } from '../../api/transport/client';
import { withColumn, selectColumns } from '../../api/views/columns';
import { InvalidInput, type TeamogyError } from '../../api/transport/errors';
import { andFilters } from '../../api/views/filter';
import { matchRows } from '../../api/views/match';
import { isRefusal, type MatchQuery } from '../../api/views/matchBatches';
import { findNewestId } from '../../api/views/newestId';
import { readRows, readPages, type Row, type ViewQuery } from '../../api/views/view';
import { hash, KEY_LENGTH, toKey } from '../hash';
import {
	compareIds,
	identifyRow,
	NAMELESS_KEY,
	refusedIdFault,
	type BuildFault,
	type Id,
	type IdentifiedRow,
	type WatchedQuery,
} from './identifiedRow';

/** The state of more rows would be too large for the workflow's static data. */
const MAX_WATCHED_ROWS = 50_000;
/** Rows of one request for IDs alone: such rows are short, and no row moves within one page. */
const IDS_PER_PAGE = 10_000;
/** Rows that show whether a column holds IDs. */
const ROWS_TO_CHECK = 20;
/** Rows fetched at once by their IDs: a page. */
const ROWS_PER_STEP = 1000;
/** More rows than these are read by a range of IDs, which takes fewer requests. */
const MAX_IDS_MATCHED = 200;
/** An ID of each type that Teamogy has no reason to refuse. */
const PLAIN_IDS = { number: 1, string: 'a' };

const assertRefusal = (error: unknown): void => {
	if (!isRefusal(error)) throw error;
};

/** Reads the view a trigger watches, within the time that one poll has. */
export class WatchedViewReader {
	private readonly started = performance.now();

	/** Whether rows have come in several pages: between two pages a row may have moved. */
	private wasPaged = false;

	/** Why rows were left out, by their keys: a row without a usable ID does not stop the others. */
	readonly leftOut = new Map<string, BuildFault>();

	/**
	 * @param budgetMs the time that n8n gives one poll, in milliseconds; Infinity where n8n sets none
	 */
	constructor(
		private readonly client: TeamogyClient,
		readonly query: WatchedQuery,
		private readonly budgetMs: number,
	) {}

	/**
	 * Asks for rows as every later poll does, so that activation fails where Teamogy does not know the view, the
	 * filter or a column.
	 *
	 * @throws TeamogyError; InvalidInput where rows came and none has a usable ID
	 */
	async check(): Promise<void> {
		for (const limit of [1, ROWS_TO_CHECK]) {
			let rows = await readRows(this.client, { ...this.rowQuery(), limit });
			// Where no row meets the filter now, any row shows whether the ID column exists.
			if (!rows.length) rows = await readRows(this.client, { ...this.idQuery(undefined), limit });
			if (this.identify(rows).length || !this.leftOut.size) return this.leftOut.clear();
		}
		throw this.firstFault;
	}

	/** Some rows that match, in the order of their IDs: the newest rows where IDs must be numbers. */
	async readSample(limit: number): Promise<IdentifiedRow[]> {
		const { idColumn, filter, needsNumericIds } = this.query;
		const newestId = needsNumericIds ? await this.findNewestId() : undefined;
		const query = { ...this.rowQuery(), limit };
		let rows: Row[] = [];
		if (newestId !== undefined) {
			const above = `${idColumn}>${Math.max(0, newestId - limit)}`;
			rows = await readRows(this.client, { ...query, filter: andFilters(above, filter) });
		}
		if (!rows.length) rows = await readRows(this.client, query);
		const identified = this.identify(rows);
		if (rows.length && !identified.length) throw this.firstFault;
		return identified.sort((a, b) => compareIds(a.id, b.id));
	}

	/**
	 * All matching rows, page by page. While pages are read a row may move to another page, and so come twice
	 * or not at all. Where a row of the last poll is missing, all IDs are read once more to find it.
	 *
	 * @param onlyIds asks for no column but the ID
	 * @param before the keys of the last poll; without them the IDs of several pages are always read twice
	 * @throws InvalidInput as `readPages`
	 */
	async *readAllRows(onlyIds: boolean, before?: Iterable<string>): AsyncGenerator<IdentifiedRow[]> {
		const keys = new Set<string>();
		let pages = 0;
		for await (const page of this.readPages(onlyIds)) {
			pages++;
			const rows = this.mergeRepeatedRows(page, onlyIds);
			for (const { key } of rows) keys.add(key);
			yield rows;
		}
		if (pages < 2 || (before && [...before].every((key) => keys.has(key)))) return;
		const moved: IdentifiedRow[] = [];
		const hadNameless = this.leftOut.has(NAMELESS_KEY);
		for await (const page of this.readPages(true))
			moved.push(...page.filter(({ key }) => !keys.has(key)));
		// A row without an ID has no name where no other column is asked for: it is the one left out above.
		if (!onlyIds && !hadNameless) this.leftOut.delete(NAMELESS_KEY);
		yield onlyIds ? moved : await this.readRowsByIds(moved.map(({ id }) => id).sort(compareIds));
	}

	/**
	 * The keys that stay in the state because of rows that are left out. A row that was not left out at the last
	 * poll may have had a usable ID then, whichever: so all keys of the last poll stay, once. Otherwise the row
	 * would be delivered again as soon as it has its ID back. Beyond `MAX_WATCHED_ROWS` keys none stays: rows
	 * without an ID whose names change at every poll would make the state grow without end.
	 *
	 * @param before the keys of the last poll
	 */
	getKeptKeys(
		before: Pick<ReadonlyMap<string, unknown>, 'has' | 'keys' | 'size'> = new Map(),
	): string[] {
		const keys = [...this.leftOut.keys()];
		const isKnown = keys.every((key) => before.has(key));
		return isKnown || before.size > MAX_WATCHED_ROWS ? keys : [...before.keys(), ...keys];
	}

	/**
	 * All matching rows, page by page.
	 *
	 * @param onlyIds asks for no column but the ID
	 * @throws InvalidInput beyond 50,000 rows, when the poll's time is up before the last page, or when rows
	 * came and none has a usable ID
	 */
	private async *readPages(onlyIds: boolean): AsyncGenerator<IdentifiedRow[]> {
		let count = 0;
		let identifiedCount = 0;
		const query = onlyIds ? this.idQuery(this.query.filter) : this.rowQuery();
		for await (const page of this.readQuery(query, this.budgetMs)) {
			count += page.length;
			if (count > MAX_WATCHED_ROWS) {
				throw new InvalidInput(
					`More than ${MAX_WATCHED_ROWS.toLocaleString('en')} rows of the view "${this.query.view}" would have to be watched`,
					"Narrow them down with filters, e.g. to open records, or choose the event 'Created', which has no such limit.",
				);
			}
			const identified = this.identify(page);
			identifiedCount += identified.length;
			yield identified;
		}
		// If the view counted as empty, the next good poll would deliver all rows as new.
		if (count && !identifiedCount) throw this.firstFault;
	}

	/**
	 * The rows of a page, each once: a row may come twice.
	 *
	 * @param onlyIds the rows have no content by which they could be equal
	 * @throws InvalidInput where rows have the same ID and not the same content
	 */
	private mergeRepeatedRows(rows: IdentifiedRow[], onlyIds: boolean): IdentifiedRow[] {
		const merged = new Map<string, IdentifiedRow>();
		for (const identified of rows) {
			const { key, row } = identified;
			const other = merged.get(key);
			if (other && (onlyIds || hash(row, KEY_LENGTH) !== hash(other.row, KEY_LENGTH))) {
				throw new InvalidInput(
					`Several rows of the view "${this.query.view}" have the same value in "${this.query.idColumn}"`,
					"Set 'ID Column' under 'Options' to a column whose value is different in every row.",
				);
			}
			merged.set(key, identified);
		}
		return [...merged.values()];
	}

	/** The IDs above `floor` of all rows of the view, whether the rows meet the filter or not. */
	async readIdsAbove(floor: number): Promise<number[]> {
		const query = this.idQuery(`${this.query.idColumn}>${floor}`);
		const numbers = new Set<number>();
		const readOnce = async (): Promise<number> => {
			let pages = 0;
			for await (const page of this.readQuery(query, this.budgetMs)) {
				pages++;
				for (const { id } of this.identify(page)) numbers.add(id as number);
			}
			return pages;
		};
		// A row that moved to a page read before comes with the second reading.
		if ((await readOnce()) > 1) await readOnce();
		return [...numbers].filter((id) => id > floor);
	}

	/** The highest ID, or an ID not far below; undefined in an empty view. */
	async findNewestId(): Promise<number | undefined> {
		const { view, unitId, idColumn } = this.query;
		return await findNewestId(this.client, view, unitId, idColumn);
	}

	/**
	 * The rows with these IDs that meet the filter now, in the order of the IDs, step by step: at least one step,
	 * and as many more as fit the time of the poll.
	 *
	 * @param ids in the order of `compareIds`
	 */
	async *readInSteps<T extends Id>(ids: T[]): AsyncGenerator<{ ids: T[]; rows: IdentifiedRow[] }> {
		for (let start = 0; start < ids.length; start += ROWS_PER_STEP) {
			// The next step may take as long as all before.
			if (start && (performance.now() - this.started) * 2 >= this.budgetMs) return;
			const step = ids.slice(start, start + ROWS_PER_STEP);
			yield { ids: step, rows: await this.readRowsByIds(step) };
		}
	}

	private async readRowsByIds(ids: Id[]): Promise<IdentifiedRow[]> {
		const rows = await this.fetchRowsByIds(ids);
		// Where rows came in several pages, some may be missing.
		if (this.wasPaged) {
			const missing = ids.filter((id) => !rows.has(id));
			for (const [id, row] of await this.fetchRowsByIds(missing)) rows.set(id, row);
		}
		return [...rows.values()].sort((a, b) => compareIds(a.id, b.id));
	}

	private async fetchRowsByIds(ids: Id[]): Promise<Map<Id, IdentifiedRow>> {
		const isMany = ids.length > MAX_IDS_MATCHED;
		// Teamogy refuses a range too if it refuses the ID at one of the ends.
		const range = isMany ? await this.readRange(ids).catch(assertRefusal) : undefined;
		const rows = range ?? (await this.readById(ids));
		const wanted = new Set(ids);
		const identified = this.identify(rows).filter(({ id }) => wanted.has(id));
		return new Map(identified.map((row) => [row.id, row]));
	}

	private async readById(ids: Id[]): Promise<Row[]> {
		const rows: Row[] = [];
		for (const type of ['number', 'string'] as const) {
			const idsOfType = ids.filter((id) => typeof id === type);
			const query = { ...this.rowQuery(), column: this.query.idColumn, type };
			if (idsOfType.length) rows.push(...(await this.matchIds(query, idsOfType)));
		}
		return rows;
	}

	/** @throws TeamogyError where Teamogy refuses the query whatever the ID: then no row is left out */
	private async matchIds(query: MatchQuery, ids: Id[]): Promise<Row[]> {
		const matches = await matchRows(this.client, query, ids);
		const getRow = async (id: Id): Promise<Row[]> => matches.getRows(id).slice(0, 1);
		const rows: Row[] = [];
		for (const id of ids)
			rows.push(...(await getRow(id).catch((error) => this.leaveOutRefused(id, error))));
		const plainId = PLAIN_IDS[query.type as 'number' | 'string'];
		if (ids.some((id) => this.leftOut.has(toKey(id))))
			(await matchRows(this.client, query, [plainId])).getRows(plainId);
		return rows;
	}

	private leaveOutRefused(id: Id, error: unknown): Row[] {
		assertRefusal(error);
		this.leftOut.set(toKey(id), () => refusedIdFault(this.query, id, error as TeamogyError));
		return [];
	}

	/** @param ids in the order of `compareIds` */
	private async readRange(ids: Id[]): Promise<Row[]> {
		const { idColumn, filter } = this.query;
		const first = ids[0];
		const last = ids[ids.length - 1];
		const range =
			typeof first === 'number' && typeof last === 'number'
				? `${idColumn}>${first - 1} AND NOT (${idColumn}>${last})`
				: undefined;
		const query = { ...this.rowQuery(), filter: andFilters(range, filter) };
		const rows: Row[] = [];
		for await (const page of this.readQuery(query)) rows.push(...page);
		return rows;
	}

	private rowQuery(): ViewQuery {
		return withColumn<ViewQuery>(this.query, this.query.idColumn);
	}

	private idQuery(filter: string | undefined): ViewQuery {
		const { idColumn, view, unitId } = this.query;
		return { view, unitId, filter, ...selectColumns([idColumn]), pageSize: IDS_PER_PAGE };
	}

	/** @param budgetMs the time of the poll after which no further page is read */
	private async *readQuery(query: ViewQuery, budgetMs = Infinity): AsyncGenerator<Row[]> {
		let pages = 0;
		let isLate = false;
		for await (const page of readPages(this.client, query)) {
			if (isLate) {
				throw new InvalidInput(
					`The view "${query.view}" could not be read within the time n8n gives one poll`,
					"Nothing is lost: the next poll tries again. Raise 'Requests per Minute' in the credential or 'Page Size' under 'Options', choose fewer columns, or narrow the rows down with filters.",
				);
			}
			if (++pages > 1) this.wasPaged = true;
			yield page;
			isLate = performance.now() - this.started > budgetMs;
		}
	}

	/** The rows with a usable ID; the other rows are left out. */
	private identify(rows: Row[]): IdentifiedRow[] {
		const identified: IdentifiedRow[] = [];
		for (const row of rows) {
			const { buildFault, ...identifiedRow } = identifyRow(this.query, row);
			if (buildFault) this.leftOut.set(identifiedRow.key, buildFault);
			else identified.push(identifiedRow);
		}
		return identified;
	}

	private get firstFault(): InvalidInput | undefined {
		return this.leftOut.values().next().value?.();
	}
}
