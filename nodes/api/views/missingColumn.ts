import { InvalidInput } from '../common/invalidInput';
import { getColumnValue, type ColumnSelection } from './columns';
import { formatNearestNames } from './nearestNames';
import type { Row } from './view';
import type { ViewSamples, ViewSource } from './viewSamples';

const hasColumn = (rows: Row[], column: string): boolean =>
	rows.some((row) => getColumnValue(row, column) !== undefined);

/** Whether a view has a column that its rows lack while the view chooses the columns. */
const isKnownByName = async (
	samples: ViewSamples,
	source: ViewSource,
	column: string,
): Promise<boolean> => hasColumn((await samples.readNamedColumn(source, column)) ?? [], column);

const missingColumnError = (
	{ view }: ViewSource,
	column: string,
	[row]: Row[],
	purpose = '',
): InvalidInput =>
	new InvalidInput(
		`The view "${view}" has no column "${column}"${purpose}`,
		`Choose one of its columns, e.g. ${formatNearestNames(column, Object.keys(row))}.`,
	);

/** The error for a view that knows a column and leaves it out of its rows although it was asked for. */
export const notReturnedError = (view: string, column: string, hint: string): InvalidInput =>
	new InvalidInput(`The view "${view}" is filtered by "${column}" but does not return it`, hint);

/**
 * Checks that rows come with the column, so that a row without a value can be told from a row without the
 * column.
 *
 * @throws InvalidInput where the view lacks the column, or the query leaves the choice of columns to the view
 * and the view leaves the column out
 */
export async function assertColumnReturned(
	samples: ViewSamples,
	{ columns, properties, ...source }: ViewSource & ColumnSelection,
	column: string,
): Promise<void> {
	const rows = await samples.read(source);
	if (!rows.length || hasColumn(rows, column)) return;
	const filled = await samples.readFilledRows(source, column);
	if (!filled && !(await isKnownByName(samples, source, column)))
		throw missingColumnError(source, column, rows);
	if (filled && !filled.length) return;
	if (filled && !hasColumn(filled, column)) {
		throw notReturnedError(
			source.view,
			column,
			'The node cannot check records by it. Choose another column.',
		);
	}
	if (columns || properties) return;
	throw new InvalidInput(
		`The view "${source.view}" does not return the column "${column}" by default`,
		`Choose the columns to return, "${column}" among them.`,
	);
}

/** The error for a column to match on that the view lacks: filters with it are refused, and no row has it. */
export async function explainRejectedColumn(
	samples: ViewSamples,
	source: ViewSource,
	column: string,
): Promise<InvalidInput | undefined> {
	const rows = await samples.read(source);
	if (!rows.length || hasColumn(rows, column)) return undefined;
	return (await isKnownByName(samples, source, column))
		? undefined
		: missingColumnError(source, column, rows, ' to match on');
}
