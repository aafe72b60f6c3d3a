import type { INodeProperties } from 'n8n-workflow';

import { EVERY_VIEW } from '../../api/schema/catalog';
import { filterParameters } from '../../parameters/filter';
import { buildOptionsParameter } from '../../parameters/options';
import { viewNameParameter, listViewOptions } from '../../parameters/view';
import { compareNames } from '../../parameters/wording';
import { EVENTS } from './events';

/** The parameters of the polling trigger. */
export const pollParameters: INodeProperties[] = [
	{
		displayName: 'View',
		name: 'view',
		type: 'options',
		noDataExpression: true,
		options: [
			...listViewOptions(EVERY_VIEW.views),
			{
				name: 'Other View',
				value: 'custom',
				description: "Any view by its name, including your account's custom views",
			},
		].sort((a, b) => compareNames(a.name, b.name)),
		default: 'jobs',
		description: 'The list in Teamogy to watch',
	},
	{ ...viewNameParameter, displayOptions: { show: { view: ['custom'] } } },
	{
		displayName: 'Trigger On',
		name: 'event',
		type: 'options',
		noDataExpression: true,
		options: EVENTS.map(({ name, value, action, description }) => ({
			name,
			value,
			action,
			description,
		})),
		default: 'created',
		description:
			'What starts the workflow. Records that are there when it is published do not; a test shows some of them as a sample.',
	},
	...filterParameters,
	buildOptionsParameter('columns', 'idColumn', 'pageSize', 'unitId'),
];
