import {
	NodeConnectionTypes,
	type IBuilderHint,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { onFirstUse } from '../onFirstUse';
import { parameters } from './parameters';

/** n8n's own texts tell people to create an event in "Teamogy Push". */
const WHILE_BUILDING =
	"<b>While you build the workflow</b>, click 'Execute step', have the adapter in Teamogy send to the Test URL and save a record there. What arrives shows up here.<br /><br />";
const IN_PRODUCTION =
	'These executions are in the <a data-key="executions">executions list</a>, not in the editor.';

/** For models that build workflows. */
const BUILDER_HINT: IBuilderHint = {
	searchHint:
		'Receives what an adapter in Teamogy sends, which somebody has to set up there. Without that set-up use the polling Teamogy Trigger. The record is in the field body of the item.',
	relatedNodes: [
		{
			nodeType: 'n8n-nodes-teamogy.teamogyTrigger',
			relationHint: 'Polls for new and changed records, without any set-up in Teamogy',
		},
		{
			nodeType: 'n8n-nodes-teamogy.teamogy',
			relationHint: 'Reads and writes records, e.g. the one that was received',
		},
	],
};

export class TeamogyPushTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Teamogy Push Trigger',
		name: 'teamogyPushTrigger',
		icon: { light: 'file:../icons/teamogy.svg', dark: 'file:../icons/teamogy.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ "Sent by Teamogy" + ($parameter["path"] ? ": " + $parameter["path"] : "") }}',
		description:
			'Starts the workflow when Teamogy sends a record through one of its adapters, and answers with data that Teamogy can store',
		documentationUrl:
			'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy/blob/main/docs/push.md#let-teamogy-start-a-workflow',
		eventTriggerDescription: 'Waiting for Teamogy to send a record to the Test URL',
		activationMessage:
			'From now on, each record that Teamogy sends to the Production URL starts this workflow.',
		triggerPanel: {
			header: 'Receive a record from Teamogy',
			executionsHelp: {
				inactive: `${WHILE_BUILDING}<b>When it is ready</b>, publish the workflow and enter the Production URL in the adapter. ${IN_PRODUCTION}`,
				active: `${WHILE_BUILDING}<b>The workflow is published</b>: what Teamogy sends to the Production URL runs it. ${IN_PRODUCTION}`,
			},
			activationHint:
				'When the workflow is ready, publish it and enter the Production URL in the adapter.',
		},
		// From n8n 2.41 on: executions do not show these headers. A credential's own header is in no item at all.
		sensitiveOutputFields: ['headers.authorization', 'headers.cookie', 'headers.x-api-key'],
		defaults: { name: 'Teamogy Push Trigger' },
		builderHint: BUILDER_HINT,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'teamogyPushApi', required: false, testedBy: 'testPushSecret' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: '={{$parameter["httpMethod"]}}',
				responseMode: '={{$parameter["responseMode"]}}',
				// Without this property n8n's immediate response is the text "firstEntryJson".
				responseData:
					'={{$parameter["responseMode"] === "lastNode" ? "firstEntryJson" : undefined}}',
				path: '={{$parameter["path"]}}',
				isFullPath: true,
			},
		],
		properties: parameters,
	};

	methods = {
		credentialTest: {
			async testPushSecret(
				this: ICredentialTestFunctions,
				{ data }: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				return await onFirstUse('testPushSecret')(data);
			},
		},
	};

	// Teamogy's side is set up by hand in its registers, so nothing is registered or removed there.
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return false;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				return await onFirstUse('prepareWebhook').call(this);
			},
			async delete(this: IHookFunctions): Promise<boolean> {
				return true;
			},
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		return await onFirstUse('webhook').call(this);
	}
}
