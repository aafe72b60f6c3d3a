import type { INodePropertyOptions } from 'n8n-workflow';

import { toRecordId } from '../api/record';
import { REFERENCES } from '../api/schema/fields';
import type { TeamogyClient } from '../api/transport/client';
import { isRejectedByTeamogy } from '../api/transport/errors';
import { DEFAULT_PAGE_SIZE } from '../api/views/pageSize';
import type { Row } from '../api/views/row';
import { readPage } from '../api/views/view';
import { compareRecords, formatLabel } from './recordLabels';

/** Records in a list, at most: n8n saves the list with the workflow, and shows all of it at once. */
const MAX_LISTED = 1000;

/** Rows of few short columns that one request brings: about a megabyte. */
const MAX_ROWS = 10_000;

/**
 * The columns that name records, of the views that may be long. With these alone one request brings so many rows that
 * the newest are among them. The names are usual ones (INFERRED); a view that refuses them is read with its own columns.
 */
const LABEL_COLUMNS: Readonly<Record<string, string[]>> = {
	binders: ['id', 'number', 'name', 'status', 'isDisabled'],
	brands: ['id', 'name', 'isDisabled'],
	companies: ['id', 'name', 'isDisabled'],
	jobs: ['id', 'number', 'name', 'status', 'isDisabled'],
	persons: ['id', 'firstName', 'lastName', 'isDisabled'],
	tasks: ['id', 'number', 'name', 'status', 'isDisabled'],
};

async function readRecordRows(
	client: TeamogyClient,
	view: string,
	unitId: number | undefined,
): Promise<Row[]> {
	const query = { view, unitId, pageSize: DEFAULT_PAGE_SIZE };
	const columns = LABEL_COLUMNS[view];
	const { rows } = columns
		? await readPage(client, { ...query, columns, pageSize: MAX_ROWS }).catch(async (error) => {
				if (isRejectedByTeamogy(error)) return await readPage(client, query);
				throw error;
			})
		: await readPage(client, query);
	return rows;
}

/** Lists of records to choose from, by the names of their views. */
export type ReferenceLists = ReadonlyMap<string, INodePropertyOptions[]>;

/**
 * Reads the lists of the records that fields point to: open records first, then the newest. One request for each
 * view. A list that is empty or cannot be read is left out: the field takes an ID then.
 *
 * @param ids names of fields
 */
export async function readReferenceLists(
	client: TeamogyClient,
	ids: string[],
	unitId: number | undefined,
): Promise<ReferenceLists> {
	const views = new Set(ids.map((id) => REFERENCES[id].view));
	const lists = [...views].map(async (view): Promise<[string, INodePropertyOptions[]]> => {
		const rows = await readRecordRows(client, view, unitId).catch((): Row[] => []);
		const options = rows
			.filter(({ id }) => toRecordId(id) !== undefined)
			.sort(compareRecords)
			.slice(0, MAX_LISTED)
			.map((row) => ({ name: formatLabel(row), value: row.id as number | string }));
		return [view, options];
	});
	return new Map((await Promise.all(lists)).filter(([, options]) => options.length));
}
