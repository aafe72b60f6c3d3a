import type { IDataObject, ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { formatValue, removeTags } from '../api/common/formatValue';
import { detectColumn } from '../api/filters/columnTypes';
import { readViewSample, SAMPLE_ROWS } from '../api/filters/viewSamples';
import type { ColumnInfo } from '../api/filters/columnValue';
import { groupByColumn, listValues, selectColumns } from '../api/views/columns';
import { sortColumns } from '../api/views/mainColumns';
import { fitInAddress } from '../api/matching/matchBatches';
import { isColumnName } from '../api/views/names';
import type { Row } from '../api/views/row';
import { readRows } from '../api/views/view';
import { createClient } from '../n8n/client';
import {
	getCurrentSelection,
	hasCredential,
	isViewNamed,
	withNodeErrors,
} from './currentSelection';

/** A column of text with so few values in the sample is a choice, such as a status. */
const MAX_CHOICES_IN_SAMPLE = 6;
const MAX_CHOICES_LISTED = 10;
const MAX_CHOICE_LENGTH = 40;
/** Rows that the values of choices are looked for in: a page of few short columns. */
const CHOICE_ROWS = 1000;

/** Columns that are listed, at most: the editor shows all of them at once. The main columns come first. */
const MAX_COLUMNS_LISTED = 1000;

/** A list is searched by these texts too: nobody who types the name of the column `number` wants all numbers. */
const TYPE_NAMES = {
	number: 'numeric',
	boolean: 'true/false',
	day: 'day',
	text: 'text',
	mixed: 'mixed',
};

/** The type of a column as people read it. */
function describeValues([first]: unknown[], info: ColumnInfo | undefined): string {
	if (info) return TYPE_NAMES[info.type];
	if (first === undefined) return 'no values';
	return Array.isArray(first) ? 'list' : 'object';
}

const listDistinct = (values: unknown[]): string[] => [...new Set(values.map(formatValue))].sort();

const isChoice = (name: string, rows: Row[]): boolean => {
	const values = listValues(rows, name);
	const distinct = listDistinct(values);
	return (
		detectColumn(rows, name)?.type === 'text' &&
		distinct.length <= MAX_CHOICES_IN_SAMPLE &&
		distinct.length < values.length &&
		distinct.every(({ length }) => length <= MAX_CHOICE_LENGTH)
	);
};

/** A column as the list shows it: its type, and its values where it is a choice, else one of them. */
function toColumnOption(name: string, rows: Row[], choiceRows: Row[]): INodePropertyOptions {
	const values = listValues(rows, name);
	const type = describeValues(values, detectColumn(rows, name));
	const choices = listDistinct(listValues(choiceRows, name));
	const isListed = choices.length > 0 && choices.length <= MAX_CHOICES_LISTED;
	const description = isListed ? `Values: ${choices.join(', ')}` : `E.g. ${formatValue(values[0])}`;
	return {
		name: `${name} (${type})`,
		value: name,
		...(values.length && { description: removeTags(description) }),
	};
}

/** The parameters that hold columns, and those with entries that hold one. */
const COLUMN_PARAMETERS = [
	...['columns', 'lookUpColumn', 'matchColumn'],
	...['options.columns', 'options.watchColumns'],
];
const ENTRY_PARAMETERS = ['filters.conditions', 'sort.fields'];

/** Lists the columns that the node has. */
function listChosenColumns(context: ILoadOptionsFunctions): string[] {
	const read = (name: string): unknown => context.getCurrentNodeParameter(name);
	const chosen = [
		...COLUMN_PARAMETERS.flatMap(read),
		...ENTRY_PARAMETERS.flatMap(read).map((entry) => (entry as IDataObject | undefined)?.column),
	];
	return [...new Set(chosen)].filter(
		(name): name is string => typeof name === 'string' && isColumnName(name),
	);
}

/**
 * Lists the columns of the chosen view with their types and values, found on a sample of its rows: each
 * account configures the columns of a view. A new node, which has no credential or no view yet, has none.
 */
export async function getColumns(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	const read = async () => await withNodeErrors(this, async () => await listColumns(this));
	return await read().catch((error: Error) => {
		// The editor empties what is chosen, e.g. when a credential with a wrong key is chosen for a moment.
		const chosen = listChosenColumns(this);
		if (!chosen.length) throw error;
		return chosen.map((name) => ({
			name: `${name} (the list could not be loaded)`,
			value: name,
			description: error.message,
		}));
	});
}

async function listColumns(context: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	if (!hasCredential(context) || !isViewNamed(context)) return [];
	const { view, unitId } = getCurrentSelection(context);
	const client = await createClient(context);
	const rows = await readViewSample(client, { view, unitId });
	const rowsByColumn = groupByColumn(rows);
	const chosen = listChosenColumns(context);
	const names = sortColumns([...rowsByColumn.keys()].filter(isColumnName)).filter(
		(name, index) => index < MAX_COLUMNS_LISTED || chosen.includes(name),
	);
	const choices = names.filter((name) => isChoice(name, rowsByColumn.get(name)!));
	// A sample of the first rows alone has the states that old records end in.
	const choiceRows =
		choices.length && rows.length >= SAMPLE_ROWS && fitInAddress(choices)
			? await readRows(client, { view, unitId, ...selectColumns(choices), limit: CHOICE_ROWS })
			: rows;
	const options = names.map((name) =>
		toColumnOption(name, rowsByColumn.get(name)!, choices.includes(name) ? choiceRows : []),
	);
	// Columns that the view does not show may be those of a view chosen before.
	const others = chosen
		.filter((name) => !rowsByColumn.has(name))
		.map((name) => ({ name: `${name} (not shown by this view)`, value: name }));
	return [...options, ...others];
}
