import type { INodeProperties } from 'n8n-workflow';

import { TRIGGER_RESOURCE } from '../../api/schema/resources';
import { FILTER_OPERATORS } from '../../api/views/conditions';
import { buildFilterParameters } from '../../parameters/filter';
import { buildOptionsParameter } from '../../parameters/options';
import { COLUMN_LIST_OPTIONS, viewNameParameter, listViewOptions } from '../../parameters/view';
import { compareNames } from '../../parameters/wording';
import { EVENTS } from './events';

const watchColumnsOption: INodeProperties = {
	displayName: 'Watched Column Names or IDs',
	name: 'watchColumns',
	type: 'multiOptions',
	typeOptions: COLUMN_LIST_OPTIONS,
	allowArbitraryValues: true,
	default: [],
	displayOptions: {
		show: {
			'/event': EVENTS.filter(({ comparesColumns }) => comparesColumns).map(({ value }) => value),
		},
	},
	description:
		'The columns whose changes start the workflow, e.g. the status alone. If empty, changes in any returned column start it.',
};

const idColumnOption: INodeProperties = {
	displayName: 'ID Column',
	name: 'idColumn',
	type: 'string',
	default: 'id',
	description:
		"The column that identifies each record of the view. For 'Created' it must contain increasing numbers.",
};

/** The parameters of the polling trigger. */
export const pollParameters: INodeProperties[] = [
	{
		displayName: 'View',
		name: 'view',
		type: 'options',
		noDataExpression: true,
		options: [
			...listViewOptions(TRIGGER_RESOURCE.views),
			{
				name: 'Other View',
				value: 'custom',
				description: "Any view by its name, including your account's custom views",
			},
		].sort((a, b) => compareNames(a.name, b.name)),
		default: 'jobs',
		description: 'The Teamogy view to watch',
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
	},
	{
		displayName:
			"Records that already exist do not start the workflow. All events but 'Created' read all matching records at every poll, at most 100,000.",
		name: 'eventNotice',
		type: 'notice',
		default: '',
	},
	...buildFilterParameters(
		FILTER_OPERATORS,
		'Conditions that records must meet. If empty, all records of the view are watched.',
	),
	buildOptionsParameter('columns', idColumnOption, 'pageSize', 'unitId', watchColumnsOption),
];
