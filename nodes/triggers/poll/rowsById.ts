import type { TeamogyClient } from '../../api/transport/client';
import { isRejectedByTeamogy, type TeamogyError } from '../../api/transport/errors';
import { PLAIN_VALUES } from '../../api/views/batchReader';
import { getColumnValue } from '../../api/views/columns';
import { andFilters } from '../../api/views/filter';
import { matchRows } from '../../api/views/match';
import type { MatchQuery } from '../../api/views/matchBatches';
import type { Row, ViewQuery } from '../../api/views/row';
import { readPages } from '../../api/views/view';
import { toRecordKey } from '../hash';
import { compareIds, type Id, type IdentifiedRow } from './identifiedRow';
import { buildRejectedIdReason } from './skipReasons';
import type { SkippedRows } from './skippedRows';
import type { WatchedQuery } from './watchedColumns';

/** More rows than these are read by a range of IDs: a range takes fewer requests. */
const MAX_IDS_MATCHED = 200;

const assertRejected = (error: unknown): void => {
	if (!isRejectedByTeamogy(error)) throw error;
};

/** Reads rows of the watched view by their IDs. */
export class RowsById {
	/** Whether rows of this poll have come in several pages: between two pages a row may have moved. */
	wasPaged = false;

	constructor(
		private readonly client: TeamogyClient,
		private readonly query: WatchedQuery,
		private readonly skippedRows: SkippedRows,
	) {}

	/**
	 * The rows with these IDs that meet the filter now, in the order of the IDs. A row is skipped
	 * if Teamogy rejects its ID.
	 *
	 * @param ids in the order of `compareIds`
	 * @param rowQuery asks for the columns
	 */
	async read(ids: Id[], rowQuery: ViewQuery): Promise<IdentifiedRow[]> {
		const rows = await this.fetch(ids, rowQuery);
		if (this.wasPaged) {
			const missing = ids.filter((id) => !rows.has(id));
			for (const [id, row] of await this.fetch(missing, rowQuery)) rows.set(id, row);
		}
		return [...rows.values()].sort((a, b) => compareIds(a.id, b.id));
	}

	private async fetch(ids: Id[], rowQuery: ViewQuery): Promise<Map<Id, IdentifiedRow>> {
		const isMany = ids.length > MAX_IDS_MATCHED;
		// Teamogy rejects a range too if it rejects the ID at one of the ends.
		const range = isMany ? await this.readRange(ids, rowQuery).catch(assertRejected) : undefined;
		const rows = range ?? (await this.readById(ids, rowQuery));
		const wanted = new Set(ids);
		const identified = this.skippedRows.identify(rows).filter(({ id }) => wanted.has(id));
		return new Map(identified.map((row) => [row.id, row]));
	}

	private async readById(ids: Id[], rowQuery: ViewQuery): Promise<Row[]> {
		const rows: Row[] = [];
		for (const type of ['number', 'string'] as const) {
			const idsOfType = ids.filter((id) => typeof id === type);
			const query = { ...rowQuery, column: this.query.idColumn, type };
			if (idsOfType.length) rows.push(...(await this.matchIds(query, idsOfType)));
		}
		return rows;
	}

	/** @throws TeamogyError if Teamogy rejects the query whatever the ID. Then no row is skipped. */
	private async matchIds(query: MatchQuery, ids: Id[]): Promise<Row[]> {
		const first = await this.match(query, ids);
		if (!first.rejections.size) return first.rows;
		const plainId = PLAIN_VALUES[query.type];
		(await matchRows(this.client, query, [plainId])).getRows(plainId);
		// Only a rejection that comes again is due to the ID.
		const second = await this.match(query, [...first.rejections.keys()]);
		for (const [id, error] of second.rejections) {
			const buildReason = () => buildRejectedIdReason(this.query, id, error);
			this.skippedRows.add(toRecordKey(id), buildReason);
		}
		return [...first.rows, ...second.rows];
	}

	/** The row of each ID, and the IDs that Teamogy rejects. */
	private async match(
		query: MatchQuery,
		ids: Id[],
	): Promise<{ rows: Row[]; rejections: Map<Id, TeamogyError> }> {
		const matches = await matchRows(this.client, query, ids);
		const rows: Row[] = [];
		const rejections = new Map<Id, TeamogyError>();
		for (const id of ids) {
			try {
				const found = matches.getRows(id);
				// Another row may have another spelling of the ID, or the ID in another type.
				const own = found.find((row) => getColumnValue(row, query.column) === id) ?? found[0];
				if (own) rows.push(own);
			} catch (error) {
				assertRejected(error);
				rejections.set(id, error as TeamogyError);
			}
		}
		return { rows, rejections };
	}

	/** @param ids in the order of `compareIds` */
	private async readRange(ids: Id[], rowQuery: ViewQuery): Promise<Row[]> {
		const { idColumn, filter } = this.query;
		const first = ids[0];
		const last = ids[ids.length - 1];
		const range =
			typeof first === 'number' && typeof last === 'number'
				? `${idColumn}>${first - 1} AND NOT (${idColumn}>${last})`
				: undefined;
		const rows: Row[] = [];
		let pages = 0;
		const query = { ...rowQuery, filter: andFilters(range, filter) };
		for await (const page of readPages(this.client, query)) {
			if (++pages > 1) this.wasPaged = true;
			rows.push(...page);
		}
		return rows;
	}
}
