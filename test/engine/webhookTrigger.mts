import type {
	IDataObject,
	INode,
	IWebhookData,
	IWebhookDescription,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowActivateMode,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import {
	createNode,
	credentialsOf,
	type Harness,
	type NodeCall,
	storeStaticData,
} from './harness.mts';
import { prepareWorkflow, type WorkflowJson } from './runWorkflow.mts';

export interface WebhookMethodOptions extends NodeCall {
	method: 'checkExists' | 'create' | 'delete';
	staticData?: object;
	activation?: WorkflowActivateMode;
}

/** Runs a method that n8n calls when it activates or deactivates a webhook. */
export async function webhookMethods(
	harness: Harness,
	options: WebhookMethodOptions,
): Promise<boolean> {
	const { method, activation = 'activate' } = options;
	const staticData = (options.staticData ?? {}) as IDataObject;
	const { prepared, node } = prepareTrigger(harness, options, structuredClone(staticData));
	const { workflow } = prepared;
	const nodeType = harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const credentials = credentialsOf(harness, options.credentials);
	const additionalData = createAdditionalData(harness, { credentials, mode: 'trigger' });
	const [data] = webhooksOf(harness, workflow, node, additionalData);
	const call = nodeType.webhookMethods?.[data.webhookDescription.name]?.[method];
	if (!call) throw new Error(`Node type "${options.type}" has no webhook method "${method}"`);
	const { HookContext } = harness.n8n.core;
	const context = new HookContext(workflow, node, additionalData, 'trigger', activation, data);
	const result = await call.call(context);
	storeStaticData(staticData, workflow.staticData);
	return result;
}

/** The workflow of a webhook trigger: a given one, or the trigger alone. */
export function prepareTrigger(
	harness: Harness,
	options: NodeCall & { workflow?: WorkflowJson },
	staticData?: object,
): { prepared: { workflow: Workflow; workflowData: IWorkflowBase }; node: INode } {
	const single = { nodes: options.workflow ? [] : [createNode(harness, options)], connections: {} };
	const json: WorkflowJson = {
		...(options.workflow ?? single),
		staticData,
	};
	const prepared = prepareWorkflow(harness, json, options.credentials);
	const type = harness.fullName(options.type);
	const node = Object.values(prepared.workflow.nodes).find((one) => one.type === type);
	if (!node) throw new Error(`The workflow has no node of type "${type}"`);
	if (options.workflow) Object.assign(node.parameters, options.parameters);
	return { prepared, node };
}

/** The webhooks of a node, one for each HTTP method. */
export function webhooksOf(
	harness: Harness,
	workflow: Workflow,
	node: INode,
	workflowExecuteAdditionalData: IWorkflowExecuteAdditionalData,
): IWebhookData[] {
	const { description } = harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	return (description.webhooks ?? []).flatMap((webhookDescription) => {
		const value = (property: string, fallback?: unknown): unknown =>
			evaluate(workflow, node, webhookDescription, property, fallback);
		const path = harness.n8n.workflow.NodeHelpers.getNodeWebhookPath(
			workflow.id,
			node,
			String(value('path'))
				.trim()
				.replace(/^\/|\/$/g, ''),
			value('isFullPath', false) as boolean,
			false,
		);
		return String(value('httpMethod', 'GET'))
			.split(',')
			.map((httpMethod) => ({
				httpMethod: httpMethod.trim() as IWebhookData['httpMethod'],
				node: node.name,
				path,
				webhookDescription,
				workflowId: workflow.id,
				workflowExecuteAdditionalData,
				webhookId: node.webhookId,
			}));
	});
}

/** A property of a webhook's description, with its expression resolved. */
export function evaluate(
	workflow: Workflow,
	node: INode,
	description: IWebhookDescription,
	property: string,
	fallback?: unknown,
): unknown {
	const value = description[property as 'path'];
	return workflow.expression.getComplexParameterValue(
		node,
		value,
		'webhook',
		{},
		undefined,
		fallback as never,
	);
}
