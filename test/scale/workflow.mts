import type { Workflow } from '../n8n/instance.mts';

/** Where the workflow takes its requests. */
export const path = 'write';

/** What is sent for one record. */
export interface Order {
	id: number;
	name: string;
}

const credentials = { teamogyApi: {} };

/** Looks a job up and gives it another name: two requests to Teamogy for each execution. */
export const workflow: Workflow = {
	name: 'Look up and update',
	nodes: [
		{
			id: 'request',
			name: 'Request',
			type: 'n8n-nodes-base.webhook',
			typeVersion: 2,
			position: [0, 0],
			webhookId: 'scale',
			parameters: { httpMethod: 'POST', path, responseMode: 'onReceived' },
		},
		{
			id: 'find',
			name: 'Find Job',
			type: 'n8n-nodes-teamogy.teamogy',
			typeVersion: 1,
			position: [220, 0],
			credentials,
			parameters: {
				resource: 'job',
				operation: 'lookUp',
				lookUpColumn: 'id',
				lookUpValue: '={{ $json.body.id }}',
				lookUpType: 'number',
				onMissing: 'fail',
			},
		},
		{
			id: 'write',
			name: 'Update Job',
			type: 'n8n-nodes-teamogy.teamogy',
			typeVersion: 1,
			position: [440, 0],
			credentials,
			parameters: {
				resource: 'job',
				operation: 'update',
				recordId: { __rl: true, mode: 'id', value: '={{ $json.teamogy.id }}' },
				fieldsMode: 'json',
				body: '={{ { name: $json.body.name } }}',
			},
		},
	],
	connections: {
		Request: { main: [[{ node: 'Find Job', type: 'main', index: 0 }]] },
		'Find Job': { main: [[{ node: 'Update Job', type: 'main', index: 0 }]] },
	},
};
