import {
	NodeConnectionTypes,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { searchDocumentTypes, searchRecords } from '../methods/listSearch';
import { getColumns } from '../methods/loadOptions';
import { getFields } from '../methods/resourceMapping';
import { getWritableFields } from '../methods/writableFields';
import { TEAMOGY_CREDENTIAL } from '../n8n/client';
import { execute } from '../operations/router';
import { parameters } from '../operations/registry';
import { BUILDER_HINT } from './builderHint';

export class Teamogy implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Teamogy',
		name: 'teamogy',
		icon: { light: 'file:../icons/teamogy.svg', dark: 'file:../icons/teamogy.dark.svg' },
		group: ['transform'],
		version: 1,
		subtitle: '={{$parameter["operation"] + ": " + $parameter["resource"]}}',
		description:
			'Read and write jobs, tasks, time, companies, invoices and documents in Teamogy, the agency management system',
		documentationUrl: 'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy#operations',
		defaults: { name: 'Teamogy' },
		usableAsTool: true,
		builderHint: BUILDER_HINT,
		inputs: [NodeConnectionTypes.Main],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: TEAMOGY_CREDENTIAL, required: true }],
		properties: parameters,
	};

	methods = {
		listSearch: { searchDocumentTypes, searchRecords },
		loadOptions: { getColumns, getWritableFields },
		resourceMapping: { getFields },
	};

	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		return await execute.call(this);
	}
}
