import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { readPages, type ViewQuery } from '../api/views/view';
import { mapWithConcurrency, defineOperation, READ_CONCURRENCY } from './operation';
import { filterParameters } from '../parameters/filter';
import { NO_RESULTS_HINT, type FilterHint } from '../parameters/filterHints';
import { buildOptionsParameter } from '../parameters/options';
import { buildViewParameters } from '../parameters/view';

const returnAllParameters: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

/** Get Many: the rows of a view, all of them or up to a limit, filtered by Teamogy. */
export const getAll = defineOperation<ViewQuery & { filterHint?: FilterHint }>({
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
		...returnAllParameters,
		...filterParameters,
		buildOptionsParameter('columns', 'offset', 'pageSize', 'properties', 'unitId'),
	],
	prepare: (item) => ({
		...item.viewQuery,
		filter: item.filter,
		filterHint: item.filterHint,
		offset: item.readCount('Offset', item.readOption('offset'), 0, 0),
		limit: item.readFlag('Return All', item.readParameter('returnAll', ''))
			? undefined
			: item.readCount('Limit', item.readParameter('limit', 50), 50, 1),
	}),
	execute: async (prepared, context) =>
		await mapWithConcurrency(
			prepared,
			READ_CONCURRENCY,
			async ({ index, task }) =>
				await context.runItem(index, async () => {
					const rows: IDataObject[] = [];
					for await (const page of readPages(context.client, task))
						for (const row of page) rows.push(row);
					const { filterHint, filter } = task;
					if (filterHint && (filterHint.always || !rows.length))
						context.client.hint(filterHint.text);
					else if (filter && !rows.length) context.client.hint(NO_RESULTS_HINT);
					return rows;
				}),
		),
});
