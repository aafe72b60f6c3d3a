import { isDay } from '../common/day';
import type { TeamogyClient } from '../transport/client';
import { listValues } from '../views/columns';
import { isAmbiguous, isPlainNumber, type ColumnInfo, type ColumnType } from './columnValue';
import type { Row } from '../views/row';
import { ViewSamples, type ViewSource } from './viewSamples';

const getValueType = (value: unknown): ColumnType | undefined => {
	if (typeof value === 'number' || typeof value === 'boolean')
		return typeof value as 'number' | 'boolean';
	if (typeof value !== 'string') return undefined;
	return isDay(value) ? 'day' : 'text';
};

/** Detects the type of a column in rows; undefined where it has no single values. */
export function detectColumn(rows: Row[], column: string): ColumnInfo | undefined {
	const values = listValues(rows, column);
	const types = new Set(values.map(getValueType).filter((type) => type !== undefined));
	// Text may look like a day.
	if (types.has('text')) types.delete('day');
	const [type] = types;
	if (!type) return undefined;
	const example = values.find((value) => getValueType(value) === type);
	return { type: types.size > 1 ? 'mixed' : type, example };
}

/** The types of columns, found on samples that all items of a run share. */
export class ColumnTypes {
	readonly samples: ViewSamples;

	/** @param timeZone of the workflow: tells the day of a date with a time */
	constructor(
		client: TeamogyClient,
		readonly timeZone: string,
	) {
		this.samples = new ViewSamples(client);
	}

	/**
	 * Detects the type of a column where the values could be read in two ways. Else nothing is asked. Columns `id`
	 * hold numbers (CLIENT: `id>5`), so numbers as IDs need no request; other values for them do.
	 *
	 * @param isTypeRequired asks for the type of a column whatever its values are: they are compared by order, or
	 * written
	 * @returns undefined where the values tell their types, or the column has no single values
	 */
	async detect(
		source: ViewSource,
		column: string,
		values: unknown[],
		isTypeRequired = false,
	): Promise<ColumnInfo | undefined> {
		if (column === 'id' && values.every(isPlainNumber)) return { type: 'number', example: 1234 };
		if (column !== 'id' && !isTypeRequired && !values.some(isAmbiguous)) return undefined;
		const rows = await this.samples.read(source);
		const info = detectColumn(rows, column);
		if (info || !rows.length) return info;
		return detectColumn((await this.samples.readFilledRows(source, column)) ?? [], column);
	}
}
