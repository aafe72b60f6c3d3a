import type { TeamogyClient } from '../api/transport/client';
import { isPropertyColumn, pickColumns, toFlatRow } from '../api/views/columns';
import { findMainColumns } from '../api/views/mainColumns';
import type { Row } from '../api/views/row';
import { ROWS_FOR_COLUMNS } from '../api/views/rowReader';
import type { RowOutput } from '../parameters/output';

/** What is returned of the rows of one item. */
export class RowSelection {
	/** Columns with values that a simplified row does not have. */
	otherColumns = 0;

	private mainColumns?: string[];

	/**
	 * @param output what is returned
	 * @param needed columns that were read to sort or test rows; the simplified rows have them too
	 */
	constructor(
		private readonly output: RowOutput,
		private readonly needed: readonly string[] = [],
	) {}

	/** Selects the columns of a batch. The first one decides on the columns of simplified rows. */
	select(rows: Row[]): Row[] {
		const { columns, kind } = this.output;
		if (kind === 'simplified') return this.simplify(rows);
		if (!columns) return rows;
		// With entries of `properties` alone, rows have the view's own choice of columns too.
		const hasOthers =
			columns.every(isPropertyColumn) || this.needed.some((column) => !columns.includes(column));
		return hasOthers ? rows.map((row) => pickColumns(row, columns)) : rows;
	}

	private simplify(rows: Row[]): Row[] {
		if (!this.mainColumns) {
			const main = findMainColumns(rows.slice(0, ROWS_FOR_COLUMNS), this.needed);
			this.mainColumns = main.columns;
			this.otherColumns = main.columns.length ? main.otherColumns : 0;
		}
		const columns = this.mainColumns;
		// Rows of nested values alone stay as they are: they have nothing to simplify.
		return columns.length ? rows.map((row) => toFlatRow(row, columns)) : rows;
	}
}

/** Tells the user of the columns that simplified rows do not have. */
export function hintAtOtherColumns(client: TeamogyClient, selections: RowSelection[]): void {
	const otherColumns = selections.reduce((max, one) => Math.max(max, one.otherColumns), 0);
	if (!otherColumns) return;
	const columns = otherColumns === 1 ? 'column has' : 'columns have';
	client.hint(
		`The output is simplified: ${otherColumns} more ${columns} values. To get them, set 'Output' to All Columns or Selected Columns.`,
	);
}
