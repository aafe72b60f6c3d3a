import {
	NodeConnectionTypes,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { CREDENTIAL } from '../context/connection';
import { getColumns } from '../editor/columns';
import { poll } from '../triggers/poll/poll';
import { pollParameters } from '../triggers/poll/parameters';

export class TeamogyTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Teamogy Trigger',
		name: 'teamogyTrigger',
		icon: { light: 'file:../icons/teamogy.svg', dark: 'file:../icons/teamogy.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle:
			'={{$parameter["event"] + ": " + ($parameter["view"] === "custom" ? $parameter["viewName"] : $parameter["view"])}}',
		description:
			// n8n shows it for all of Teamogy's actions too, as the two nodes share one entry in its list.
			'Reads and writes Teamogy records, and starts workflows when they are created, change or start to match a filter',
		documentationUrl:
			'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy#teamogy-trigger-poll-for-what-is-new',
		defaults: { name: 'Teamogy Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: CREDENTIAL, required: true }],
		properties: pollParameters,
	};

	methods = { loadOptions: { getColumns } };

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		return await poll.call(this);
	}
}
