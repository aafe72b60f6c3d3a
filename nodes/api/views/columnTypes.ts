import { getOrCreate } from '../common/getOrCreate';
import { formatValue } from '../common/formatValue';
import type { TeamogyClient } from '../transport/client';
import { isRejectedByTeamogy } from '../transport/errors';
import { InvalidInput } from '../common/invalidInput';
import { getColumnValue, listValues, selectColumns } from './columns';
import { isAmbiguous, isPlainNumber, type ColumnInfo, type ColumnType } from './columnValue';
import { readRows, type Row, type ViewQuery } from './view';

/** The rows whose columns are meant. */
type ViewSource = Pick<ViewQuery, 'view' | 'unitId'>;

export const SAMPLE_ROWS = 100;
const MAX_NAMES_LISTED = 30;

const getValueType = (value: unknown): ColumnType | undefined => {
	if (typeof value === 'number' || typeof value === 'boolean')
		return typeof value as 'number' | 'boolean';
	if (typeof value !== 'string') return undefined;
	return /^\d{4}-\d{2}-\d{2}$/.test(value) ? 'day' : 'text';
};

/** Detects the type of a column in rows; undefined where it has no values or values of several types. */
export function detectColumn(rows: Row[], column: string): ColumnInfo | undefined {
	const values = listValues(rows, column);
	const types = new Set(values.map(getValueType));
	// Text may look like a day.
	if (types.has('text')) types.delete('day');
	const [type] = types;
	return type && types.size === 1
		? { type, example: values.find((value) => getValueType(value) === type) }
		: undefined;
}

/** The types of columns, found on samples that all items of a run share. */
export class ColumnTypes {
	/** By view and unit. */
	private readonly samples = new Map<string, Promise<Row[]>>();

	/** By view, unit and column. */
	private readonly filledRows = new Map<string, Promise<Row[] | undefined>>();

	/** @param timeZone of the workflow: tells the day of a date with a time */
	constructor(
		private readonly client: TeamogyClient,
		readonly timeZone: string,
	) {}

	/**
	 * Detects the type of a column where the values could be read in two ways. Else nothing is asked. Columns `id`
	 * hold numbers (DOC), so numbers as IDs need no request.
	 *
	 * @param isTypeRequired asks for the type of a column whatever its values are: they are compared by order, or
	 * written
	 * @returns undefined where the values tell their types, or the column has no values of one type
	 */
	async detect(
		source: ViewSource,
		column: string,
		values: unknown[],
		isTypeRequired = false,
	): Promise<ColumnInfo | undefined> {
		if (column === 'id' && values.every(isPlainNumber)) return { type: 'number', example: 1234 };
		if (column !== 'id' && !isTypeRequired && !values.some(isAmbiguous)) return undefined;
		const rows = await this.readSample(source);
		const info = detectColumn(rows, column);
		if (info || !rows.length) return info;
		return detectColumn((await this.readFilledRows(source, column)) ?? [], column);
	}

	/**
	 * Checks that rows come with the column, so that a row without a value can be told from a row without the
	 * column.
	 *
	 * @throws InvalidInput where the view lacks the column, or the query leaves the choice of columns to the view
	 * and the view leaves the column out
	 */
	async assertReturned(
		{
			columns,
			properties,
			...source
		}: Pick<ViewQuery, 'view' | 'unitId' | 'columns' | 'properties'>,
		column: string,
	): Promise<void> {
		const rows = await this.readSample(source);
		if (!rows.length || rows.some((row) => getColumnValue(row, column) !== undefined)) return;
		const filled = await this.readFilledRows(source, column);
		if (!filled) throw this.missingColumnError(source, column, rows);
		if (!filled.length) return;
		if (!filled.some((row) => getColumnValue(row, column) !== undefined)) {
			throw new InvalidInput(
				`The view "${source.view}" is filtered by "${column}" but does not return it`,
				'So rows cannot be checked by it. Choose another column.',
			);
		}
		if (columns || properties) return;
		throw new InvalidInput(
			`The view "${source.view}" does not return the column "${column}" of its own choice`,
			`Choose the columns to return, "${column}" among them.`,
		);
	}

	/** The error for a column that the view lacks: filters with it are refused, and no row has it. */
	async explainRejection(source: ViewSource, column: string): Promise<InvalidInput | undefined> {
		const rows = await this.readSample(source);
		return rows.length && !rows.some((row) => getColumnValue(row, column) !== undefined)
			? this.missingColumnError(source, column, rows, ' to match by')
			: undefined;
	}

	private missingColumnError(
		{ view }: ViewSource,
		column: string,
		[row]: Row[],
		purpose = '',
	): InvalidInput {
		const names = Object.keys(row).slice(0, MAX_NAMES_LISTED).map(formatValue).join(', ');
		return new InvalidInput(
			`The view "${view}" has no column "${column}"${purpose}`,
			`Choose one of its columns: ${names}.`,
		);
	}

	private async readSample({ view, unitId }: ViewSource): Promise<Row[]> {
		const key = JSON.stringify([view, unitId]);
		const query = { view, unitId, limit: SAMPLE_ROWS };
		return await getOrCreate(this.samples, key, async () => await readRows(this.client, query));
	}

	/**
	 * Rows with a value in the column: few records may have one, and a view may leave out the column. Undefined
	 * where Teamogy refuses to filter by the column: the view may lack the column, or hold numbers in it.
	 */
	private async readFilledRows(
		{ view, unitId }: ViewSource,
		column: string,
	): Promise<Row[] | undefined> {
		const key = JSON.stringify([view, unitId, column]);
		const filter = `NOT (${column}='')`;
		const query = { view, unitId, ...selectColumns(['id', column]), filter, limit: SAMPLE_ROWS };
		const readFilled = async () =>
			await readRows(this.client, query).catch((error) => {
				if (isRejectedByTeamogy(error)) return undefined;
				throw error;
			});
		return await getOrCreate(this.filledRows, key, readFilled);
	}
}
