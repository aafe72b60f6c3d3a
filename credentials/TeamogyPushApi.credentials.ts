import type { Icon, ICredentialType, INodeProperties } from 'n8n-workflow';

export class TeamogyPushApi implements ICredentialType {
	name = 'teamogyPushApi';

	displayName = 'Teamogy Push API';

	icon: Icon = {
		light: 'file:../nodes/icons/teamogy.svg',
		dark: 'file:../nodes/icons/teamogy.dark.svg',
	};

	documentationUrl =
		'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy/blob/main/docs/push.md#set-it-up';

	properties: INodeProperties[] = [
		{
			displayName:
				'Teamogy must send this secret with every push, so that nobody else can start the workflow. Save the same secret in Teamogy, e.g. with the name "n8n", and refer to it in the adapter: "apiKey": "{{secret:n8n}}". <a href="https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy/blob/main/docs/push.md#set-it-up" target="_blank">How to set up Teamogy</a>.',
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Header Name',
			name: 'headerName',
			type: 'string',
			default: 'X-Api-Key',
			required: true,
			description: "The header that carries the secret, as in the adapter's requestMapping",
		},
		{
			displayName: 'Secret',
			name: 'secret',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description: 'A long random text of at least 16 characters',
		},
	];
}
