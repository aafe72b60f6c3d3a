import type { ILoadOptionsFunctions, INodePropertyOptions } from 'n8n-workflow';

import { namesIn } from '../api/columns';
import { readRows } from '../api/view';
import { connect } from '../context/connection';
import { chosen, explained } from './chosen';

/** So many rows are looked at for column names, since a row may lack those that are empty. */
const SAMPLE = 10;

/**
 * The columns of the chosen view, read from the rows of this account: which columns a view has is
 * each account's configuration.
 */
export async function getColumns(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
	return await explained(this, async () => {
		const { view, unitId } = chosen(this);
		const rows = await readRows(await connect(this), { view, limit: SAMPLE, unitId });
		return [...new Set(rows.flatMap(namesIn))]
			.sort((a, b) => a.localeCompare(b))
			.map((name) => ({ name, value: name }));
	});
}
