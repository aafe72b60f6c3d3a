import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { listColumnNames } from '../api/views/columns';
import { readRows } from '../api/views/view';
import { createClient } from '../n8n/client';
import { getCurrentSelection, withNodeErrors } from './currentSelection';

/** Several rows are read since a row may lack the columns that are empty. */
const SAMPLE_ROWS = 10;

/** Lists the columns of the chosen view, found on its rows: each account configures the columns of a view. */
export async function getColumns(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await withNodeErrors(this, async () => {
		const { view, unitId } = getCurrentSelection(this);
		const rows = await readRows(await createClient(this), { view, limit: SAMPLE_ROWS, unitId });
		return [...new Set(rows.flatMap(listColumnNames))]
			.sort((a, b) => a.localeCompare(b))
			.map((name) => ({ name, value: name }));
	});
}
