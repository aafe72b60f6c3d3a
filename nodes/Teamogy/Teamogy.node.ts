import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { buildSubtitle } from '../buildSubtitle';
import { onFirstUse } from '../onFirstUse';
import { parameters } from './parameters';
import { BUILDER_HINT } from './builderHint';

export class Teamogy implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Teamogy',
		name: 'teamogy',
		icon: { light: 'file:../icons/teamogy.svg', dark: 'file:../icons/teamogy.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: buildSubtitle(parameters, ['operation', 'resource']),
		description:
			'Read and write jobs, tasks, time, companies, invoices and documents in Teamogy, the agency management system',
		documentationUrl: 'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy#operations',
		defaults: { name: 'Teamogy' },
		usableAsTool: true,
		builderHint: BUILDER_HINT,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'teamogyApi', required: true }],
		properties: parameters,
	};

	methods = {
		listSearch: {
			searchDocumentTypes: onFirstUse('searchDocumentTypes'),
			searchRecords: onFirstUse('searchRecords'),
		},
		loadOptions: {
			getColumns: onFirstUse('getColumns'),
			getWritableFields: onFirstUse('getWritableFields'),
		},
		resourceMapping: { getFields: onFirstUse('getFields') },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await onFirstUse('execute').call(this);
	}
}
