import type { TeamogyClient } from '../../api/transport/client';
import { formatValue } from '../../api/formatValue';
import { selectColumns, getColumnValue } from '../../api/views/columns';
import { InvalidInput } from '../../api/transport/errors';
import type { ValueType } from '../../api/views/filter';
import { isRefusal } from '../../api/views/matchBatches';
import { readRows, type Row, type ViewQuery } from '../../api/views/view';

const SAMPLE_ROWS = 20;
const MAX_NAMES_LISTED = 30;

/** The type of a value itself. */
export const jsType = (value: unknown): ValueType =>
	typeof value === 'number' || typeof value === 'boolean' ? (typeof value as ValueType) : 'string';

/** The types of columns, found on samples that all items of a run share. */
export class ColumnTypes {
	/** By view and unit. */
	private readonly samples = new Map<string, Promise<Row[]>>();

	constructor(private readonly client: TeamogyClient) {}

	/**
	 * Detects the type of a column. IDs are numbers (DOC), other types are those of a sample.
	 *
	 * @returns undefined for a column without values or with values of several types
	 */
	async detect(query: ViewQuery, column: string): Promise<ValueType | undefined> {
		if (column === 'id') return 'number';
		const rows = await this.readSample(query);
		if (!rows.length) return undefined;
		return getType(rows, column) ?? getType(await this.readFilledRows(query, column), column);
	}

	/** The error for a column that the view lacks: filters with it are refused, and no row has it. */
	async explainRefusal(query: ViewQuery, column: string): Promise<InvalidInput | undefined> {
		const rows = await this.readSample(query);
		if (!rows.length || rows.some((row) => getColumnValue(row, column) !== undefined))
			return undefined;
		const names = Object.keys(rows[0]).slice(0, MAX_NAMES_LISTED).map(formatValue).join(', ');
		return new InvalidInput(
			`The view "${query.view}" has no column "${column}" to match by`,
			`Choose one of its columns: ${names}.`,
		);
	}

	private async readSample({ view, unitId }: ViewQuery): Promise<Row[]> {
		const key = `${view} ${unitId}`;
		const rows =
			this.samples.get(key) ?? readRows(this.client, { view, unitId, limit: SAMPLE_ROWS });
		this.samples.set(key, rows);
		return await rows;
	}

	/** Rows with a value in the column: few records may have one, and a view may leave out the column. */
	private async readFilledRows({ view, unitId }: ViewQuery, column: string): Promise<Row[]> {
		const filter = `NOT (${column}='')`;
		const query = { view, unitId, ...selectColumns(['id', column]), filter, limit: SAMPLE_ROWS };
		return await readRows(this.client, query).catch((error) => {
			// The view may lack the column, or hold numbers in it. The match of the values tells.
			if (isRefusal(error)) return [];
			throw error;
		});
	}
}

/** The type of the values in a column; undefined where there are none or of several types. */
const getType = (rows: Row[], column: string): ValueType | undefined => {
	const values = rows.map((row) => getColumnValue(row, column) ?? undefined);
	const types = new Set(values.filter((value) => value !== undefined).map(jsType));
	const [type] = types;
	return types.size === 1 ? type : undefined;
};
