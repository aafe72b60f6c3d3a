import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { formatValue } from '../api/formatValue';
import { detectColumn, SAMPLE_ROWS } from '../api/views/columnTypes';
import type { ColumnInfo } from '../api/views/columnValue';
import { getColumnValue, listColumnNames, PROPERTIES_PREFIX } from '../api/views/columns';
import { readRows, type Row } from '../api/views/view';
import { createClient } from '../n8n/client';
import { isEmpty } from '../parameters/reader';
import {
	getCurrentSelection,
	hasCredential,
	isViewNamed,
	withNodeErrors,
} from './currentSelection';

/** Columns that people use most, the first first: what identifies and tells a record, then its dates. */
const USUAL_COLUMNS = [
	/^id$/,
	/^(number|code)$/,
	/^(name|subject|title)$/,
	/^status$/,
	/^type$/,
	/^company/,
	/(date|on)$/i,
];

const MAX_VALUES_LISTED = 6;
const MAX_VALUE_LENGTH = 40;

/** The place of a column in the list: the usual ones, the others, the entries of `properties`. */
const getRank = (name: string): number => {
	if (name.startsWith(PROPERTIES_PREFIX)) return USUAL_COLUMNS.length + 1;
	const rank = USUAL_COLUMNS.findIndex((pattern) => pattern.test(name));
	return rank >= 0 ? rank : USUAL_COLUMNS.length;
};

const TYPE_NAMES = { number: 'number', boolean: 'true/false', day: 'day', text: 'text' };

/** The type of a column as people read it. */
function describeType([first]: unknown[], info: ColumnInfo | undefined): string {
	if (info) return TYPE_NAMES[info.type];
	if (first === undefined) return 'no values';
	if (Array.isArray(first)) return 'list';
	return typeof first === 'object' ? 'object' : 'mixed';
}

/** A column as the list shows it: its type, and its values where they are few, else one of them. */
function toOption(name: string, rows: Row[]): INodePropertyOptions {
	const values = rows.map((row) => getColumnValue(row, name)).filter((value) => !isEmpty(value));
	const info = detectColumn(rows, name);
	const option = { name: `${name} (${describeType(values, info)})`, value: name };
	if (!values.length) return option;
	const texts = [...new Set(values.map(formatValue))];
	const isChoice =
		info?.type === 'text' &&
		texts.length <= MAX_VALUES_LISTED &&
		texts.length < values.length &&
		texts.every(({ length }) => length <= MAX_VALUE_LENGTH);
	return {
		...option,
		description: isChoice ? `Values: ${texts.sort().join(', ')}` : `E.g. ${texts[0]}`,
	};
}

/**
 * Lists the columns of the chosen view with their types and values, found on a sample of its rows: each
 * account configures the columns of a view. A new node, which has no credential or no view yet, has none.
 */
export async function getColumns(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await withNodeErrors(this, async () => {
		if (!hasCredential(this) || !isViewNamed(this)) return [];
		const { view, unitId } = getCurrentSelection(this);
		const rows = await readRows(await createClient(this), { view, limit: SAMPLE_ROWS, unitId });
		return [...new Set(rows.flatMap(listColumnNames))]
			.sort((a, b) => getRank(a) - getRank(b) || a.localeCompare(b))
			.map((name) => toOption(name, rows));
	});
}
