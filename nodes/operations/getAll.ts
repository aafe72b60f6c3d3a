import type { IDataObject } from 'n8n-workflow';

import { compileFilter, ROW_OPERATORS, type Filter, type RowFilter } from '../api/views/conditions';
import { withColumn } from '../api/views/columns';
import { ColumnTypes } from '../api/views/columnTypes';
import type { TeamogyClient } from '../api/transport/client';
import { readPages, type ViewQuery } from '../api/views/view';
import { buildFilterParameters, readFilter } from '../parameters/filter';
import { buildNoResultsHint, buildRowsReadHint } from '../parameters/filterHints';
import { buildOptionsParameter } from '../parameters/options';
import { limitParameters, offsetOption, readRange, readViewQuery } from '../parameters/output';
import { buildViewParameters } from '../parameters/view';
import type { Operation } from './operation';

interface Task {
	query: ViewQuery;
	filter: Filter;
}

/** Reads the rows that meet a filter. Where rows are checked here, offset and limit count those that match. */
async function readMatchingRows(
	client: TeamogyClient,
	{ offset = 0, limit = Infinity, ...query }: ViewQuery,
	rowFilter: RowFilter,
): Promise<IDataObject[]> {
	const { filter, matchesRow, rowColumns } = rowFilter;
	const range = matchesRow ? {} : { offset, limit: limit === Infinity ? undefined : limit };
	const rows: IDataObject[] = [];
	let rowsRead = 0;
	let left = matchesRow ? offset : 0;
	pages: for await (const page of readPages(client, {
		...rowColumns.reduce(withColumn, query),
		...range,
		filter,
	})) {
		for (const row of page) {
			rowsRead++;
			if (matchesRow && (!matchesRow(row) || left-- > 0)) continue;
			rows.push(row);
			if (rows.length >= limit) break pages;
		}
	}
	if (matchesRow) client.hint(buildRowsReadHint(rowsRead, rowFilter));
	if ((filter || matchesRow) && !rows.length) client.hint(buildNoResultsHint(rowFilter));
	return rows;
}

/** Get Many: the rows of a view, all of them or up to a limit, filtered. */
export const getAll: Operation<Task> = {
	value: 'getAll',
	name: 'Get Many',
	isOfferedBy: (resource) => resource.kind !== 'request',
	describe: (resource) =>
		resource.kind === 'anyView'
			? {
					description:
						"List records from any view by its name, including your account's custom views",
					action: 'Get many records from a view',
				}
			: {
					description: `List ${resource.plural.toLowerCase()}, with filters and a choice of columns`,
					action: `Get many ${resource.plural.toLowerCase()}`,
				},
	parameters: (resources) => [
		...buildViewParameters(resources),
		...limitParameters,
		...buildFilterParameters(ROW_OPERATORS),
		buildOptionsParameter('columns', offsetOption, 'pageSize', 'properties', 'unitId'),
	],
	prepare: (item) => ({
		query: { ...readViewQuery(item), ...readRange(item) },
		filter: readFilter(item, ROW_OPERATORS),
	}),
	execute: async (prepared, context) => {
		const { client, executeFunctions } = context;
		const columnTypes = new ColumnTypes(client, executeFunctions.getTimezone());
		const filters = new Map<Task, RowFilter>();
		// All filters are compiled before the first page is read, so that a wrong one costs no pages.
		for (const { index, task } of prepared) {
			await context.runItem(index, async () => {
				filters.set(task, await compileFilter(task.filter, columnTypes, task.query));
				return [];
			});
		}
		await context.runItems(
			prepared.filter(({ task }) => filters.has(task)),
			async (task) => await readMatchingRows(client, task.query, filters.get(task)!),
		);
	},
};
