import type { INodeProperties } from 'n8n-workflow';

import { EVERY_VIEW } from '../api/catalog';
import { filterParameters } from '../parameters/filters';
import { optionsParameter } from '../parameters/options';
import { viewNameParameter, viewOptions } from '../parameters/views';
import { alphabetically } from '../parameters/wording';

/** The parameters of the polling trigger. */
export const pollParameters: INodeProperties[] = [
	{
		displayName: 'View',
		name: 'view',
		type: 'options',
		noDataExpression: true,
		options: [
			...viewOptions(EVERY_VIEW.views),
			{
				name: 'Other View',
				value: 'custom',
				description: 'Any view by its name, e.g. one your account has configured itself',
			},
		].sort((a, b) => alphabetically(a.name, b.name)),
		default: 'jobs',
		description: 'The list in Teamogy to watch',
	},
	{ ...viewNameParameter, displayOptions: { show: { view: ['custom'] } } },
	{
		displayName: 'Event',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Created',
				value: 'created',
				action: 'When a record is created',
				description:
					'A record is new in the view and meets the filters, if there are any. For older ones that come to meet them choose Enters the Filter.',
			},
			{
				name: 'Created or Updated',
				value: 'createdOrUpdated',
				action: 'When a record is created or updated',
				description:
					'A record is new among those that meet the filters, or one of its columns has changed. To be told of some columns alone choose them in Options. Reads all of these records at every poll: at most 50,000.',
			},
			{
				name: 'Enters the Filter',
				value: 'entersFilter',
				action: 'When a record comes to meet a filter',
				description:
					'A record comes to meet the filters, e.g. is approved; again when it has left them and comes back. Reads the IDs of these records at every poll: at most 50,000.',
			},
		],
		default: 'created',
		description:
			'What to wait for. Records that are there when the workflow is activated do not start it; a test shows some of them as a sample.',
	},
	...filterParameters,
	optionsParameter('columns', 'idColumn', 'pageSize', 'properties', 'unitId'),
];
