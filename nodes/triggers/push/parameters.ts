import type { IDataObject, IHookFunctions, INodeProperties, IWebhookFunctions } from 'n8n-workflow';

import { isEmpty } from '../../api/common/json';
import { buildOptionsParameter } from '../../parameters/options';
import { parseFlag } from '../../parameters/reader';

const dropRepeatsOption: INodeProperties = {
	displayName: 'Drop Repeats',
	name: 'dropRepeats',
	type: 'boolean',
	default: true,
	description:
		'Whether to answer a repeated push without running the workflow again. Teamogy may repeat a push for 24 hours.',
};

const recordIdFieldOption: INodeProperties = {
	displayName: 'Record ID Field',
	name: 'recordIdField',
	type: 'string',
	default: 'id',
	placeholder: 'e.g. number',
	description:
		"The field of the body with the record's ID, to recognize repeats. Use dots for nested fields, e.g. order.number.",
};

/** Whether repeats are dropped, and the field whose value identifies a record. */
interface RepeatSettings {
	dropsRepeats: boolean;
	recordIdField: string;
}

/** @throws InvalidInput for an option that is neither true nor false */
export function readRepeatSettings(context: IHookFunctions | IWebhookFunctions): RepeatSettings {
	const { dropRepeats = true, recordIdField } = context.getNodeParameter(
		'options',
		{},
	) as IDataObject;
	return {
		dropsRepeats: isEmpty(dropRepeats) || parseFlag('Drop Repeats', dropRepeats),
		recordIdField: String(recordIdField ?? '').trim() || 'id',
	};
}

/** The parameters of the push trigger. */
export const pushParameters: INodeProperties[] = [
	{
		displayName:
			'In Teamogy, enter the Production URL as "url" in the adapter. Without a credential, anyone who knows the URL can start this workflow. <a href="https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy/blob/main/docs/push.md#set-it-up" target="_blank">How to set up Teamogy</a>.',
		name: 'notice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'HTTP Method',
		name: 'httpMethod',
		type: 'options',
		noDataExpression: true,
		options: ['DELETE', 'GET', 'PATCH', 'POST', 'PUT'].map((name) => ({ name, value: name })),
		default: 'POST',
		description: "Must be the same as 'method' in the adapter",
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: '',
		placeholder: 'e.g. teamogy-companies',
		description: 'The last part of the webhook URL. If empty, n8n generates one.',
	},
	{
		displayName: 'Respond',
		name: 'responseMode',
		type: 'options',
		noDataExpression: true,
		options: [
			{
				name: 'Immediately',
				value: 'onReceived',
				description:
					'As soon as the push arrives. If the workflow fails later, Teamogy does not send again.',
			},
			{
				name: 'When Last Node Finishes',
				value: 'lastNode',
				description:
					'With the first item of the last node, so that responseMapping can store e.g. a number in the record',
			},
		],
		default: 'onReceived',
		description: 'When and how to respond to Teamogy',
	},
	buildOptionsParameter(dropRepeatsOption, recordIdFieldOption),
];
