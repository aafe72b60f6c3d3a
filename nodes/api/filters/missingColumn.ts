import { InvalidInput } from '../common/invalidInput';
import { TeamogyError } from '../transport/errors';
import {
	getColumnValue,
	isPropertyColumn,
	listColumnNames,
	type ColumnSelection,
} from '../views/columns';
import { formatValue } from '../common/formatValue';
import { findSimilarNames, formatNearestNames } from '../views/nearestNames';
import type { Row } from '../views/row';
import type { ViewSamples, ViewSource } from './viewSamples';

/** Whether a column that the view lacks may be why Teamogy refused a request: not one whose address is too long. */
const mayBeDueToColumn = (error: unknown): boolean =>
	error instanceof TeamogyError && [400, 422].includes(error.status ?? 0);

/** Columns that a refused request is explained by, at most: each takes a request. */
const MAX_COLUMNS_ASKED_FOR = 5;

const hasColumn = (rows: Row[], column: string): boolean =>
	rows.some((row) => getColumnValue(row, column) !== undefined);

/** A column that a query names. */
export interface NamedColumn {
	column: string;
	/** Where it is named, for messages, e.g. `Filter condition 1`. */
	where?: string;
	/** What it is named for, following the name of the column in messages. */
	purpose?: string;
}

/** Columns that are named in one place. */
export const nameColumns = (columns: string[] | undefined, where: string): NamedColumn[] =>
	(columns ?? []).map((column) => ({ column, where }));

/** Whether a view has a column that its rows lack while the view chooses the columns. */
async function isKnownByName(
	samples: ViewSamples,
	source: ViewSource,
	column: string,
): Promise<boolean> {
	const rows = await samples.readNamedColumn(source, column);
	// Few records may have an entry of `properties`: only a refusal tells that none has it.
	return rows !== undefined && (isPropertyColumn(column) || hasColumn(rows, column));
}

function missingColumnError(
	{ view }: ViewSource,
	{ column, where, purpose = '' }: NamedColumn,
	[row]: Row[],
): InvalidInput {
	const names = listColumnNames(row);
	const [meant] = findSimilarNames(column, names, 1);
	return new InvalidInput(
		`${where ? `${where}: the` : 'The'} view "${view}" has no column "${column}"${purpose}`,
		`${meant ? `Did you mean "${formatValue(meant)}"? ` : ''}Choose one of its columns, e.g. ${formatNearestNames(column, names)}.`,
	);
}

/** The error for a view that knows a column and leaves it out of its rows although it was asked for. */
export const notReturnedError = (view: string, column: string, hint: string): InvalidInput =>
	new InvalidInput(`The view "${view}" is filtered by "${column}" but does not return it`, hint);

/**
 * How a view treats a column: its rows have it, have it where it is chosen by name, or never; or the view lacks the
 * column. Where no row has a value in it, the column is taken to be shown.
 */
type ColumnState = 'shown' | 'shownByName' | 'neverShown' | 'missing';

async function detectColumnState(
	samples: ViewSamples,
	source: ViewSource,
	column: string,
): Promise<ColumnState> {
	const rows = await samples.read(source);
	if (!rows.length || hasColumn(rows, column)) return 'shown';
	const filled = await samples.readFilledRows(source, column);
	if (!filled) return (await isKnownByName(samples, source, column)) ? 'shownByName' : 'missing';
	if (!filled.length) return 'shown';
	return hasColumn(filled, column) ? 'shownByName' : 'neverShown';
}

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
	named: NamedColumn,
): Promise<void> {
	const { view } = source;
	const { column } = named;
	const state = await detectColumnState(samples, source, column);
	if (state === 'missing') throw missingColumnError(source, named, await samples.read(source));
	if (state === 'neverShown') {
		const hint = 'The node cannot check records by it. Choose another column.';
		throw notReturnedError(view, column, hint);
	}
	if (state === 'shownByName' && !columns && !properties) {
		throw new InvalidInput(
			`The view "${view}" does not return the column "${column}" by default`,
			`Choose the columns to return, "${column}" among them.`,
		);
	}
}

async function findMissingColumn(
	samples: ViewSamples,
	source: ViewSource,
	named: NamedColumn[],
): Promise<InvalidInput | undefined> {
	const rows = await samples.read(source);
	if (!rows.length) return undefined;
	const unseen = named.filter(({ column }) => !hasColumn(rows, column));
	for (const one of unseen.slice(0, MAX_COLUMNS_ASKED_FOR))
		if (!(await isKnownByName(samples, source, one.column)))
			return missingColumnError(source, one, rows);
	return undefined;
}

/**
 * Explains why Teamogy refused a request: by the first of the columns that the view lacks, if there is one. Requests are
 * sent only after a refusal.
 *
 * @param named the columns that the request names
 * @returns the error to throw instead; any other error as it is
 */
export async function explainRejection(
	error: unknown,
	samples: ViewSamples,
	{ view, unitId }: ViewSource,
	named: NamedColumn[],
): Promise<unknown> {
	if (!mayBeDueToColumn(error) || !named.length) return error;
	const missing = await findMissingColumn(samples, { view, unitId }, named).catch((failure) => {
		// What Teamogy said first tells more than a sample that could not be read.
		if (failure instanceof TeamogyError) return undefined;
		throw failure;
	});
	return missing ?? error;
}
