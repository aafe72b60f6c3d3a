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
				description: "Any view by its name, including your account's custom views",
			},
		].sort((a, b) => alphabetically(a.name, b.name)),
		default: 'jobs',
		description: 'The list in Teamogy to watch',
	},
	{ ...viewNameParameter, displayOptions: { show: { view: ['custom'] } } },
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Created',
				value: 'created',
				action: 'When a record is created',
				description:
					"When a new record appears in the view and matches the filters, if any. To catch older records that match later, choose 'Starts Matching Filters'.",
			},
			{
				name: 'Created or Updated',
				value: 'createdOrUpdated',
				action: 'When a record is created or updated',
				description:
					"When a record newly matches the filters or one of its columns changes. To watch certain columns only, choose them under 'Options'. Reads all matching records at every poll, at most 50,000.",
			},
			{
				name: 'Starts Matching Filters',
				value: 'entersFilter',
				action: 'When a record starts matching filters',
				description:
					'When a record starts to match the filters, e.g. an invoice is approved, and again if it stops matching and matches later. Reads the IDs of all matching records at every poll, at most 50,000.',
			},
		],
		default: 'created',
		description:
			'What starts the workflow. Records that are there when it is published do not; a test shows some of them as a sample.',
	},
	...filterParameters,
	optionsParameter('columns', 'idColumn', 'pageSize', 'properties', 'unitId'),
];
