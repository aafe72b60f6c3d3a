import type { IDataObject } from 'n8n-workflow';

import { readPages, type ViewQuery } from '../api/views/view';
import { filterParameters, readFilter, type Filter } from '../parameters/filter';
import { NO_RESULTS_HINT } from '../parameters/filterHints';
import { buildOptionsParameter } from '../parameters/options';
import { limitParameters, offsetOption, readRange, readViewQuery } from '../parameters/output';
import { buildViewParameters } from '../parameters/view';
import type { Operation } from './operation';

/** Get Many: the rows of a view, all of them or up to a limit, filtered by Teamogy. */
export const getAll: Operation<ViewQuery & Filter> = {
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
		...filterParameters,
		buildOptionsParameter('columns', offsetOption, 'pageSize', 'properties', 'unitId'),
	],
	prepare: (item) => ({
		...readViewQuery(item),
		...readFilter(item),
		...readRange(item),
	}),
	execute: async (prepared, context) =>
		await context.runItems(prepared, async (query) => {
			const { client } = context;
			const rows: IDataObject[] = [];
			for await (const page of readPages(client, query)) for (const row of page) rows.push(row);
			const { filterHint, filter } = query;
			if (filterHint && (filterHint.always || !rows.length)) client.hint(filterHint.text);
			else if (filter && !rows.length) client.hint(NO_RESULTS_HINT);
			return rows;
		}),
};
