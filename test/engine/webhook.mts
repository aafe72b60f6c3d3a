import { setTimeout as pause } from 'node:timers/promises';
import type { Response } from 'express';
import type {
	ExecutionError,
	IDataObject,
	INodeExecutionData,
	IRun,
	IWebhookResponseData,
	WebhookResponseMode,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { outcomeOf } from './execution.mts';
import { credentialsOf, type Harness, type NodeCall, storeStaticData } from './harness.mts';
import { runFired, type WorkflowJson } from './runWorkflow.mts';
import { parseBody, type WebhookRequest } from './webhookBody.mts';
import { listen, type RequestData, type ResponseData, send } from './webhookHttp.mts';
import { evaluate, prepareTrigger, webhooksOf } from './webhookTrigger.mts';

export interface WebhookServerOptions extends NodeCall {
	/** The workflow's static data, kept by the caller from request to request. */
	staticData?: object;
	/** The workflow that the webhook starts, with its trigger in it; default: the trigger alone. */
	workflow?: WorkflowJson;
	/** `manual`: as the editor's test URL. Default: `webhook`. */
	mode?: Extract<WorkflowExecuteMode, 'webhook' | 'manual'>;
	/** n8n leaves the body to the node, as for a binary body of its own nodes. */
	leavesBody?: boolean;
	/** Milliseconds that a busy n8n takes before it starts the workflow; default: none. */
	startDelay?: number;
}

export interface WebhookOptions extends WebhookServerOptions {
	request: RequestData;
}

/** The result of one request. */
export interface WebhookRun {
	responseMode: WebhookResponseMode;
	/** True where the node has sent the response itself. */
	noWebhookResponse?: boolean;
	/** The node's own response, which n8n sends where the response mode leaves it to the node. */
	webhookResponse?: unknown;
	/** The items that the workflow starts with; without items it does not start. */
	workflowData?: INodeExecutionData[][];
	/** The execution of the workflow, where one started. */
	execution?: IRun;
	/** The error of the node's webhook method. */
	error?: ExecutionError;
}

export interface WebhookResult extends WebhookRun {
	/** The response that the caller of the webhook gets. */
	response: ResponseData;
}

/** A webhook that listens until it is closed. */
export interface WebhookServer {
	url: string;
	/** The results of the requests, in order of arrival. */
	runs: WebhookRun[];
	/** Sends a request to it. */
	send(request: RequestData): Promise<ResponseData>;
	/** Resolves when all requests so far are carried out. */
	waitUntilHandled(): Promise<void>;
	close(): Promise<void>;
}

type Describe = (property: string, fallback?: unknown) => unknown;
/** Sends the response; `saves: false` where n8n does not save the static data first. */
type Reply = (body: unknown, status?: number, saves?: boolean) => Promise<void>;

/** Sends a request to a webhook node over HTTP, as n8n's webhook server takes it and responds. */
export async function webhook(harness: Harness, options: WebhookOptions): Promise<WebhookResult> {
	const server = await serveWebhook(harness, options);
	try {
		const response = await server.send(options.request);
		await server.waitUntilHandled();
		return { ...server.runs[0], response };
	} catch (error) {
		await server.waitUntilHandled();
		throw error;
	} finally {
		await server.close();
	}
}

/** Lets a webhook node listen. As in n8n, each request finds the workflow as n8n saved it last. */
export async function serveWebhook(
	harness: Harness,
	options: WebhookServerOptions,
): Promise<WebhookServer> {
	const runs: WebhookRun[] = [];
	const { node, prepared } = prepareTrigger(harness, options);
	const additionalData = createAdditionalData(harness, { credentials: {}, mode: 'webhook' });
	const [{ path }] = webhooksOf(harness, prepared.workflow, node, additionalData);
	const listener = await listen(
		async (request, response) => await handle(harness, options, request, response, runs),
	);
	return {
		url: `http://127.0.0.1:${listener.port}/webhook/${path}`,
		runs,
		send: async (request) => await send(listener.port, `/webhook/${path}`, request),
		waitUntilHandled: listener.waitUntilHandled,
		close: listener.close,
	};
}

async function handle(
	harness: Harness,
	options: WebhookServerOptions,
	request: WebhookRequest,
	response: Response,
	runs: WebhookRun[],
): Promise<void> {
	const stored = (options.staticData ??= {}) as IDataObject;
	// As n8n reads static data from its database, which has none before the first is saved.
	const staticData = Object.keys(stored).length ? structuredClone(stored) : undefined;
	const { prepared, node } = prepareTrigger(harness, options, staticData);
	const { workflow, workflowData } = prepared;
	const credentials = credentialsOf(harness, options.credentials);
	const { mode = 'webhook' } = options;
	const additionalData = createAdditionalData(harness, {
		credentials,
		mode,
		workflow: workflowData,
	});
	const nodeType = harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const data = webhooksOf(harness, workflow, node, additionalData).find(
		(one) => one.httpMethod === request.method,
	);
	if (!data) {
		const message = `The requested webhook "${request.method} ${node.webhookId}" is not registered.`;
		return void response.status(404).json({ code: 404, message });
	}
	const describe: Describe = (property, fallback) =>
		evaluate(workflow, node, data.webhookDescription, property, fallback);
	const responseMode = describe('responseMode', 'onReceived') as WebhookResponseMode;
	const result: WebhookRun = { responseMode };
	runs.push(result);

	const callNode = async (): Promise<IWebhookResponseData> => {
		const closers: Array<() => Promise<void>> = [];
		const { WebhookContext } = harness.n8n.core;
		const context = new WebhookContext(workflow, node, additionalData, mode, data, closers, null);
		try {
			if (nodeType instanceof harness.n8n.workflow.Node) return await nodeType.webhook!(context);
			return await nodeType.webhook!.call(context);
		} finally {
			await Promise.allSettled(closers.map(async (close) => await close()));
		}
	};
	const save = async ({ staticData }: Workflow): Promise<void> => {
		if (staticData.__dataChanged !== true) return;
		await new Promise((resolve) => setImmediate(resolve));
		storeStaticData(stored, staticData);
		staticData.__dataChanged = false;
	};
	const reply = createReply(
		response,
		describe('responseCode', 200) as number,
		async () => await save(workflow),
	);

	try {
		if (!options.leavesBody) await parseBody(harness.n8n, request, node.typeVersion);
	} catch (error) {
		if ((error as { status?: number }).status === 413) {
			const message = 'There was a problem executing the workflow';
			return await reply({ code: 0, message }, 500, false);
		}
		const hint = String((error as Error).message);
		return await reply({ code: 422, message: 'Failed to parse request body', hint }, 422, false);
	}
	Object.assign(additionalData, { httpRequest: request, httpResponse: response });
	try {
		Object.assign(result, await callNode());
	} catch (error) {
		result.error = error as ExecutionError;
		const message = 'Workflow Webhook Error: Workflow could not be started!';
		return await reply({ code: 0, message }, 500, false);
	}
	const { noWebhookResponse, webhookResponse, workflowData: items } = result;
	if (noWebhookResponse) await save(workflow);
	if (!items) {
		if (!noWebhookResponse) await reply(webhookResponse ?? { message: 'Webhook call received' });
		return;
	}
	// As n8n's main process: a first workflow over the same static data makes its changes count as saved, the
	// database takes a while, and the execution's own workflow reads the static data anew.
	await pause(options.startDelay ?? 0);
	prepareTrigger(harness, options, staticData);
	await pause(5);
	const executed = prepareTrigger(harness, options, structuredClone(stored)).prepared;
	const fired = { node, items: items[0] ?? [], mode, additionalData } as const;
	const running = runFired(harness, executed, fired).then(async (execution) => {
		await save(executed.workflow);
		return execution;
	});
	if (!noWebhookResponse && responseMode === 'onReceived')
		await reply(receivedBody(describe, webhookResponse));
	result.execution = await running;
	if (noWebhookResponse || response.headersSent) return;
	if (result.execution.data.resultData.error)
		return await reply({ message: 'Error in workflow' }, 500);
	await replyFromLastNode(workflow, result.execution, describe, reply);
}

function createReply(response: Response, defaultStatus: number, save: () => Promise<void>): Reply {
	return async (body, status = defaultStatus, saves = true) => {
		if (response.headersSent) return;
		if (saves) await save();
		if (response.headersSent) return;
		response.status(status);
		if (typeof body === 'string' || Buffer.isBuffer(body)) response.send(body);
		else response.json(body);
	};
}

/** The response in the mode `onReceived`: the description's, else the node's own, else n8n's. */
function receivedBody(describe: Describe, webhookResponse: unknown): unknown {
	const content = describe('responseData', 'firstEntryJson');
	if (content === 'noData') return undefined;
	return content || (webhookResponse ?? { message: 'Workflow was started' });
}

/** Sends the response in the mode `lastNode`. */
async function replyFromLastNode(
	workflow: Workflow,
	execution: IRun,
	describe: Describe,
	reply: Reply,
): Promise<void> {
	const { lastNodeExecuted } = execution.data.resultData;
	const last = lastNodeExecuted ? workflow.getNode(lastNodeExecuted) : null;
	const items = last ? outcomeOf(execution, last).json : [];
	const content = describe('responseData', 'firstEntryJson');
	if (content === 'noData') return await reply(undefined);
	if (content !== 'firstEntryJson') return await reply(items);
	if (items.length === 0)
		return await reply({ code: 0, message: 'No item to return was found' }, 500, false);
	await reply(items[0]);
}
