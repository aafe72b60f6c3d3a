import type { TeamogyClient } from '../../api/transport/client';
import { formatValue } from '../../api/formatValue';
import { selectColumns, getColumnValue } from '../../api/views/columns';
import { InvalidInput } from '../../api/transport/errors';
import type { ValueType } from '../../api/views/filter';
import { isRefusal } from '../../api/views/matchBatches';
import { readRows, type Row, type ViewQuery } from '../../api/views/view';

/** Rows of a sample. */
const SAMPLE = 20;
const MAX_NAMES_LISTED = 30;

/** The type of a value by itself, where the column tells none. */
export const jsType = (value: unknown): ValueType =>
	typeof value === 'number' || typeof value === 'boolean' ? (typeof value as ValueType) : 'string';

/** How views hold their columns: found out once for all items of a run. */
export class ColumnTypes {
	/** By view and unit. */
	private readonly samples = new Map<string, Promise<Row[]>>();

	constructor(private readonly client: TeamogyClient) {}

	/**
	 * IDs are numbers (DOC); of other columns a sample of the view tells it.
	 *
	 * @returns undefined where nothing tells it: each value is then compared as what it is itself
	 */
	async detect(query: ViewQuery, column: string): Promise<ValueType | undefined> {
		if (column === 'id') return 'number';
		const rows = await this.sample(query);
		if (!rows.length) return undefined;
		return getType(rows, column) ?? getType(await this.readFilledRows(query, column), column);
	}

	/** The error for a column that the view refuses to be filtered by and does not return either. */
	async explainRefusal(query: ViewQuery, column: string): Promise<InvalidInput | undefined> {
		const rows = await this.sample(query);
		if (!rows.length || rows.some((row) => getColumnValue(row, column) !== undefined))
			return undefined;
		const names = Object.keys(rows[0]).slice(0, MAX_NAMES_LISTED).map(formatValue).join(', ');
		return new InvalidInput(
			`The view "${query.view}" has no column "${column}" to match by`,
			`Choose one of its columns: ${names}.`,
		);
	}

	private async sample({ view, unitId }: ViewQuery): Promise<Row[]> {
		const name = `${view} ${unitId}`;
		const rows = this.samples.get(name) ?? readRows(this.client, { view, unitId, limit: SAMPLE });
		this.samples.set(name, rows);
		return await rows;
	}

	/** Few records may have a value, as of a number another system gave, and some views show it on demand only. */
	private async readFilledRows({ view, unitId }: ViewQuery, column: string): Promise<Row[]> {
		const filter = `NOT (${column}='')`;
		const query = { view, unitId, ...selectColumns(['id', column]), filter, limit: SAMPLE };
		return await readRows(this.client, query).catch((error) => {
			// It may be a column of numbers, or none of the view: that shows when values are matched.
			if (isRefusal(error)) return [];
			throw error;
		});
	}
}

/** The type of the values in a column; undefined where there are none or they are of several types. */
const getType = (rows: Row[], column: string): ValueType | undefined => {
	const values = rows.map((row) => getColumnValue(row, column) ?? undefined);
	const types = new Set(values.filter((value) => value !== undefined).map(jsType));
	const [type] = types;
	return types.size === 1 ? type : undefined;
};
