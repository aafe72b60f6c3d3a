import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import type { StandIn } from './standIn.mts';

/** The triggers that Respond to Webhook works with from version 1.1 on; it knows no other. */
const knownTriggers = ['webhook', 'formTrigger', 'wait'].map((name) => `n8n-nodes-base.${name}`);

interface RespondOptions {
	responseCode?: number;
	responseHeaders?: { entries: Array<{ name: string; value: string }> };
}

/** Stand-in for Respond to Webhook. */
export const respondNode: StandIn = {
	type: 'n8n-nodes-base.respondToWebhook',
	displayName: 'Respond to Webhook',
	versions: [1, 1.1, 1.2, 1.3, 1.4, 1.5],
	defaults: { respondWith: 'firstIncomingItem', responseBody: '', options: {} },
	covers: {
		respondWith: ['firstIncomingItem', 'allIncomingItems', 'json', 'text', 'noData'],
		responseBody: 'any',
		options: {
			fields: {
				responseCode: 'any',
				responseHeaders: {
					fields: { entries: { each: { fields: { name: 'any', value: 'any' } } } },
				},
			},
		},
	},
	async execute(context) {
		const { name, typeVersion } = context.getNode();
		const parents = context.getParentNodes(name);
		if (typeVersion >= 1.1 && !parents.some(({ type }) => knownTriggers.includes(type))) {
			throw new Error('No Webhook node found in the workflow');
		}
		const { responseCode, responseHeaders } = context.getNodeParameter(
			'options',
			0,
		) as RespondOptions;
		const entries = (responseHeaders?.entries ?? []).map((one) => [
			one.name.toLowerCase(),
			String(one.value),
		]);
		await context.sendResponse({
			body: responseBody(context),
			headers: Object.fromEntries(entries) as IDataObject,
			statusCode: responseCode || 200,
		} as never);
		return [context.getInputData()];
	},
};

function responseBody(context: IExecuteFunctions): unknown {
	const items = context.getInputData();
	const body = (): unknown => context.getNodeParameter('responseBody', 0);
	switch (context.getNodeParameter('respondWith', 0)) {
		case 'firstIncomingItem':
			return items[0].json;
		case 'allIncomingItems':
			return items.map(({ json }) => json);
		case 'json': {
			const given = body();
			return typeof given === 'string' ? JSON.parse(given) : given;
		}
		case 'text':
			return body();
		default:
			return undefined;
	}
}
