import type { INodeProperties } from 'n8n-workflow';

import type { ViewQuery } from '../api/views/row';
import { parseCount, parseFlag, type ParameterReader } from './reader';

/** How many rows an operation returns. */
export const limitParameters: INodeProperties[] = [
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

export const offsetOption: INodeProperties = {
	displayName: 'Offset',
	name: 'offset',
	type: 'number',
	typeOptions: { minValue: 0 },
	default: 0,
	description: 'How many results to skip',
};

/** Reads which of the rows are returned; `limit` is undefined for all. */
export const readRange = (parameters: ParameterReader): Pick<ViewQuery, 'offset' | 'limit'> => ({
	offset: parseCount('Offset', parameters.readOption('offset'), 0, 0),
	limit: parseFlag('Return All', parameters.readParameter('returnAll', ''))
		? undefined
		: parseCount('Limit', parameters.readParameter('limit', 50), 50, 1),
});
