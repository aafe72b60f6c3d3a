import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { buildSubtitle } from '../buildSubtitle';
import { onFirstUse } from '../onFirstUse';
import { parameters } from './parameters';

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
