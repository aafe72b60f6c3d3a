import type { INodeProperties } from 'n8n-workflow';

import { TRIGGER_RESOURCE } from '../../api/schema/resources';
import { FILTER_OPERATORS } from '../../api/filters/conditions';
import { buildFilterParameters } from '../../parameters/filter';
import { buildOptionsParameter } from '../../parameters/options';
import { COLUMN_LIST_OPTIONS, viewNameParameter, listViewOptions } from '../../parameters/view';
import { EVENTS } from './events';

/** The events that compare columns. */
const COMPARING_EVENTS = EVENTS.filter(({ comparesColumns }) => comparesColumns).map(
	({ value }) => value,
);

const EVENT_NOTICE =
	"Records that already exist do not start the workflow. All events but 'Created' read all matching records at every poll, at most 100,000.";

const WATCHED_COLUMNS_NOTICE =
	"A change in any output column starts the workflow. To watch other columns, e.g. the status alone, choose them in 'Watched Column Names or IDs' under 'Options'.";

const watchColumnsOption: INodeProperties = {
	displayName: 'Watched Column Names or IDs',
	name: 'watchColumns',
	type: 'multiOptions',
	typeOptions: COLUMN_LIST_OPTIONS,
	allowArbitraryValues: true,
	default: [],
	displayOptions: { show: { '/event': COMPARING_EVENTS } },
	description:
		'The columns whose changes start the workflow, e.g. the status alone. If empty, changes in any output column start it.',
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
		].sort((a, b) => a.name.localeCompare(b.name)),
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
		displayName: EVENT_NOTICE,
		name: 'eventNotice',
		type: 'notice',
		default: '',
		displayOptions: { hide: { event: COMPARING_EVENTS } },
	},
	{
		displayName: `${EVENT_NOTICE} ${WATCHED_COLUMNS_NOTICE}`,
		name: 'eventNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { event: COMPARING_EVENTS } },
	},
	...buildFilterParameters(
		FILTER_OPERATORS,
		'Conditions that records must meet. If empty, all records of the view are watched.',
	),
	buildOptionsParameter('columns', idColumnOption, 'pageSize', 'unitId', watchColumnsOption),
];
