import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { ANY_REQUEST, ANY_VIEW } from '../api/catalog';
import { readView, type ViewQuery } from '../api/view';
import { inTurn, operation, READS_AT_ONCE } from './operation';
import { filterParameters } from '../parameters/filters';
import { NOTHING_FITS, type Slip } from '../given/slips';
import { optionsParameter } from '../parameters/options';
import { viewParameters } from '../parameters/views';

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
export const getAll = operation<ViewQuery & { slip?: Slip }>({
	value: 'getAll',
	name: 'Get Many',
	offeredBy: (resource) => resource !== ANY_REQUEST,
	describe: (resource) =>
		resource === ANY_VIEW
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
		...viewParameters(resources),
		...returnAllParameters,
		...filterParameters,
		optionsParameter('columns', 'offset', 'pageSize', 'properties', 'unitId'),
	],
	prepare: (item) => ({
		...item.viewQuery,
		filter: item.filter,
		slip: item.slip,
		offset: item.count('Offset', item.option('offset'), 0, 0),
		limit: item.flag('Return All', item.parameter('returnAll', ''))
			? undefined
			: item.count('Limit', item.parameter('limit', 50), 50, 1),
	}),
	perform: async (prepared, run) =>
		await inTurn(
			prepared,
			READS_AT_ONCE,
			async ({ index, task }) =>
				await run.settle(index, async () => {
					const rows: IDataObject[] = [];
					for await (const page of readView(run.client, task))
						for (const row of page) rows.push(row);
					const { slip, filter } = task;
					if (slip && (slip.always || !rows.length)) run.client.hint(slip.text);
					else if (filter && !rows.length) run.client.hint(NOTHING_FITS);
					return rows;
				}),
		),
});
