import {
	NodeConnectionTypes,
	type IBuilderHint,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { buildSubtitle } from '../buildSubtitle';
import { onFirstUse } from '../onFirstUse';
import { parameters } from './parameters';

/** For models that build workflows. */
const BUILDER_HINT: IBuilderHint = {
	searchHint:
		'Polls one view of Teamogy and needs no set-up there. For "when the status changes" use event "updated" with options.watchColumns: ["status"]; for "when an invoice is approved" use event "entersFilter" with a condition.',
	relatedNodes: [
		{
			nodeType: 'n8n-nodes-teamogy.teamogy',
			relationHint: 'Reads and writes the records that the trigger delivers',
		},
		{
			nodeType: 'n8n-nodes-teamogy.teamogyPushTrigger',
			relationHint: 'Starts at once, where Teamogy is set up to send records to n8n',
		},
	],
};

export class TeamogyTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Teamogy Trigger',
		name: 'teamogyTrigger',
		icon: { light: 'file:../icons/teamogy.svg', dark: 'file:../icons/teamogy.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: buildSubtitle(parameters, ['event', 'view'], { view: { custom: 'viewName' } }),
		description:
			// n8n shows this text for the actions of Teamogy too: both nodes share one entry in n8n's list.
			'Reads and writes Teamogy records, and starts workflows when they are created, change or start to match a filter',
		documentationUrl:
			'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy/blob/main/docs/triggers.md#start-a-workflow-when-a-record-changes',
		defaults: { name: 'Teamogy Trigger' },
		polling: true,
		builderHint: BUILDER_HINT,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'teamogyApi', required: true }],
		properties: parameters,
	};

	methods = { loadOptions: { getColumns: onFirstUse('getColumns') } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await onFirstUse('poll').call(this);
	}
}
