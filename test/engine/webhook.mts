import type {
	ExecutionError,
	IDataObject,
	IExecuteResponsePromiseData,
	INodeExecutionData,
	IRun,
	IWebhookResponseData,
	WebhookResponseMode,
	Workflow,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { outcomeOf } from './execution.mts';
import { credentialsOf, type Kit, type NodeCall, storeStaticData } from './kit.mts';
import { runFired, type WorkflowJson } from './runWorkflow.mts';
import { parseBody, type WebhookRequest } from './webhookBody.mts';
import {
	overHttp,
	type RequestData,
	type ResponseData,
	type WebhookResponse,
} from './webhookHttp.mts';
import { evaluate, prepareTrigger, webhooksOf } from './webhookTrigger.mts';

export interface WebhookOptions extends NodeCall {
	request: RequestData;
	/** The workflow's static data, kept by the caller from request to request. */
	staticData?: object;
	/** The workflow that the webhook starts, with its trigger in it; default: the trigger alone. */
	workflow?: WorkflowJson;
}

export interface WebhookResult {
	/** What the caller of the webhook got. */
	response: ResponseData;
	responseMode: WebhookResponseMode;
	/** The node answered the request itself. */
	noWebhookResponse?: boolean;
	/** The node's own answer, which n8n sends where the response mode leaves it to the node. */
	webhookResponse?: unknown;
	/** Items that the workflow starts from; none: it does not start. */
	workflowData?: INodeExecutionData[][];
	/** The execution of the workflow, where one started. */
	execution?: IRun;
	/** What the node's webhook method threw. */
	error?: ExecutionError;
}

type Describe = (property: string, fallback?: unknown) => unknown;
type Reply = (body: unknown, status?: number) => void;

/** Sends a request to a webhook node over HTTP, as n8n's webhook server takes and answers it. */
export async function webhook(kit: Kit, options: WebhookOptions): Promise<WebhookResult> {
	const staticData = (options.staticData ?? {}) as IDataObject;
	const { prepared, node } = prepareTrigger(kit, options, staticData);
	const { workflow, workflowData } = prepared;
	const credentials = credentialsOf(kit, options.credentials);
	const mode = 'webhook';
	const additionalData = createAdditionalData(kit, { credentials, mode, workflow: workflowData });
	const nodeType = kit.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const { method } = options.request;
	const data = webhooksOf(kit, workflow, node, additionalData).find(
		(one) => one.httpMethod === method,
	);
	if (!data) throw new Error(`"${options.type}" has no webhook for ${method} requests`);
	const describe: Describe = (property, fallback) =>
		evaluate(workflow, node, data.webhookDescription, property, fallback);
	const responseMode = describe('responseMode', 'onReceived') as WebhookResponseMode;
	const result: Partial<WebhookResult> = { responseMode };

	/** The node's own work on the request. */
	const callNode = async (): Promise<IWebhookResponseData> => {
		const closers: Array<() => Promise<void>> = [];
		const { WebhookContext } = kit.n8n.core;
		const context = new WebhookContext(workflow, node, additionalData, mode, data, closers, null);
		try {
			if (nodeType instanceof kit.n8n.workflow.Node) return await nodeType.webhook!(context);
			return await nodeType.webhook!.call(context);
		} finally {
			await Promise.allSettled(closers.map(async (close) => await close()));
		}
	};

	const handle = async (request: WebhookRequest, response: WebhookResponse): Promise<void> => {
		const reply = createReply(response, describe('responseCode', 200) as number);
		try {
			await parseBody(kit.n8n, request, node.typeVersion);
		} catch (error) {
			const hint = String((error as Error).message);
			return reply({ code: 422, message: 'Failed to parse request body', hint }, 422);
		}
		Object.assign(additionalData, { httpRequest: request, httpResponse: response });
		try {
			Object.assign(result, await callNode());
		} catch (error) {
			result.error = error as ExecutionError;
			return reply(
				{ code: 0, message: 'Workflow Webhook Error: Workflow could not be started!' },
				500,
			);
		}
		storeStaticData(staticData, workflow.staticData);
		const { noWebhookResponse, webhookResponse, workflowData: items } = result;
		if (!items) {
			if (!noWebhookResponse) reply(webhookResponse ?? { message: 'Webhook call received' });
			return;
		}
		if (!noWebhookResponse && responseMode === 'onReceived')
			reply(receivedBody(describe, webhookResponse));
		if (!noWebhookResponse && responseMode === 'responseNode') {
			additionalData.hooks!.addHandler('sendResponse', (sent) =>
				replyFromNode(response, reply, sent),
			);
		}
		const fired = { node, items: items[0] ?? [], mode, additionalData } as const;
		result.execution = await runFired(kit, prepared, fired);
		if (noWebhookResponse || response.headersSent) return;
		if (result.execution.data.resultData.error) return reply({ message: 'Error in workflow' }, 500);
		if (responseMode === 'responseNode') reply(undefined);
		else replyFromLastNode(workflow, result.execution, describe, reply);
	};
	result.response = await overHttp(`/webhook/${data.path}`, options.request, handle);
	return result as WebhookResult;
}

function createReply(response: WebhookResponse, defaultStatus: number): Reply {
	return (body, status = defaultStatus) => {
		if (response.headersSent) return;
		response.status(status);
		if (typeof body === 'string' || Buffer.isBuffer(body)) response.send(body);
		else response.json(body);
	};
}

/** The answer in the mode `onReceived`: the description's, else the node's own, else n8n's. */
function receivedBody(describe: Describe, webhookResponse: unknown): unknown {
	const content = describe('responseData', 'firstEntryJson');
	if (content === 'noData') return undefined;
	return content || (webhookResponse ?? { message: 'Workflow was started' });
}

/** The answer in the mode `responseNode`, as the node that responds gives it. */
function replyFromNode(
	response: WebhookResponse,
	reply: Reply,
	sent: IExecuteResponsePromiseData,
): void {
	const { body, headers = {}, statusCode = 200 } = sent as IDataObject;
	for (const [name, value] of Object.entries(headers as object)) response.set(name, String(value));
	reply(body, statusCode as number);
}

/** The answer in the mode `lastNode`. */
function replyFromLastNode(
	workflow: Workflow,
	execution: IRun,
	describe: Describe,
	reply: Reply,
): void {
	const { lastNodeExecuted } = execution.data.resultData;
	const last = lastNodeExecuted ? workflow.getNode(lastNodeExecuted) : null;
	const items = last ? outcomeOf(execution, last).json : [];
	const content = describe('responseData', 'firstEntryJson');
	if (content === 'noData') return reply(undefined);
	if (content !== 'firstEntryJson') return reply(items);
	if (items.length === 0) return reply({ code: 0, message: 'No item to return was found' }, 500);
	reply(items[0]);
}
