import type { TeamogyClient } from '../../api/transport/client';
import { andFilters } from '../../api/views/filter';
import { matchRows } from '../../api/matching/match';
import type { Row, RowId, ViewQuery } from '../../api/views/row';
import { readAllRows } from '../../api/views/view';
import { compareIds, type IdentifiedRow } from './identifiedRow';
import type { SkippedRows } from './skippedRows';
import type { WatchedQuery } from './watchedColumns';

/** So many IDs fit one address, and take one request. */
const IDS_PER_ADDRESS = 200;
/** A range that spans more IDs for each wanted one might take more requests than the wanted IDs by themselves. */
const MAX_SPAN_PER_ID = 4;

/** @param ids in ascending order */
const isRange = (ids: number[]): boolean =>
	ids.length > IDS_PER_ADDRESS && ids[ids.length - 1] - ids[0] < ids.length * MAX_SPAN_PER_ID;

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
	 * The rows with these IDs that meet the filter now, in the order of the IDs.
	 *
	 * @param ids in the order of `compareIds`
	 * @param rowQuery asks for the columns
	 * @throws TeamogyError, InvalidInput if the row of an ID cannot be read
	 */
	async read(ids: RowId[], rowQuery: ViewQuery): Promise<IdentifiedRow[]> {
		const rows = await this.fetch(ids, rowQuery);
		if (this.wasPaged) {
			const missing = ids.filter((id) => !rows.has(id));
			for (const [id, row] of await this.fetch(missing, rowQuery)) rows.set(id, row);
		}
		return [...rows.values()].sort((a, b) => compareIds(a.id, b.id));
	}

	private async fetch(ids: RowId[], rowQuery: ViewQuery): Promise<Map<RowId, IdentifiedRow>> {
		const numbers = ids.filter((id) => typeof id === 'number');
		const texts = ids.filter((id) => typeof id === 'string');
		const rows = [
			...(isRange(numbers)
				? await this.readRange(numbers, rowQuery)
				: await this.match(numbers, 'number', rowQuery)),
			...(await this.match(texts, 'string', rowQuery)),
		];
		// A range has rows between the IDs, and Teamogy may match an ID in another type or spelling.
		const wanted = new Set(ids);
		const identified = this.skippedRows.identify(rows).filter(({ id }) => wanted.has(id));
		return new Map(identified.map((row) => [row.id, row]));
	}

	private async match(
		ids: RowId[],
		type: 'number' | 'string',
		rowQuery: ViewQuery,
	): Promise<Row[]> {
		if (!ids.length) return [];
		const query = { ...rowQuery, column: this.query.idColumn, type };
		const matches = await matchRows(this.client, query, ids);
		this.wasPaged ||= matches.wasPaged;
		return ids.flatMap((id) => matches.getRows(id));
	}

	/** @param ids in ascending order */
	private async readRange(ids: number[], rowQuery: ViewQuery): Promise<Row[]> {
		const { idColumn, filter } = this.query;
		const range = `${idColumn}>${ids[0] - 1} AND NOT (${idColumn}>${ids[ids.length - 1]})`;
		const query = { ...rowQuery, filter: andFilters(range, filter) };
		const { rows, wasPaged } = await readAllRows(this.client, query);
		this.wasPaged ||= wasPaged;
		return rows;
	}
}
