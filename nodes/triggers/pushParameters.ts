import type { INodeProperties } from 'n8n-workflow';

import { optionsParameter } from '../parameters/options';

/** The parameters of the push trigger. */
export const pushParameters: INodeProperties[] = [
	{
		displayName:
			'Enter the Production URL as <b>url</b> in the adapter in Teamogy (register ADAPTER.…). Without a credential above, whoever knows the URL can start this workflow. <a href="https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy#triggers">The registers to paste</a>',
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
		description: 'The method of requestMapping in the adapter',
	},
	{
		displayName: 'Path',
		name: 'path',
		type: 'string',
		default: '',
		placeholder: 'e.g. teamogy-companies',
		description: 'The end of the URL. Without one n8n makes it up.',
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
				description: 'As soon as the push has arrived',
			},
			{
				name: 'When Last Node Finishes',
				value: 'lastNode',
				description:
					'With the first item of the last node, so that responseMapping can store e.g. a number in the record',
			},
			{
				name: "Using 'Respond to Webhook' Node",
				value: 'responseNode',
				description: 'With what that node gives',
			},
		],
		default: 'onReceived',
		description: 'When and with what to answer Teamogy',
	},
	{
		displayName:
			'Respond to Webhook works with this trigger in its version 1 only. <b>When Last Node Finishes</b> does the same without that node.',
		name: 'responseNodeNotice',
		type: 'notice',
		default: '',
		displayOptions: { show: { responseMode: ['responseNode'] } },
	},
	optionsParameter('dropRepeats', 'recordIdField'),
];
