/**
 * A harness around n8n's engine. n8n has one of its own for its tests (packages/core/nodes-testing), which it does not
 * publish; this one does what n8n does around its engine: it hands out credentials, polls, listens for webhooks and
 * saves static data, each when and as n8n 2.41 does. The engine (n8n-core, n8n-workflow) and n8n's own nodes
 * (n8n-nodes-base) are the real ones; only the Code node has a stand-in, since it needs a task runner.
 */
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PackageDirectoryLoader } from 'n8n-core';
import type {
	INodeCredentialTestResult,
	INodeExecutionData,
	INodeListSearchResult,
	INodePropertyOptions,
	INodeTypeDescription,
	INodeTypes,
	ResourceMapperFields,
} from 'n8n-workflow';
import { loadBaseNodes } from './baseNodes.mts';
import { testCredential } from './credentialTest.mts';
import {
	type EditorCall,
	listSearch,
	type ListSearchCall,
	loadOptions,
	resourceMapping,
} from './editor.mts';
import type { CredentialData, Harness } from './harness.mts';
import { listenToLog, loadN8n } from './n8n.mts';
import { createNodeTypes } from './nodeTypes.mts';
import { activate, poll, type PollOptions } from './poll.mts';
import { request, type RequestCall } from './request.mts';
import { run, type RunOptions, type RunResult } from './run.mts';
import {
	runWorkflow,
	type WorkflowJson,
	type WorkflowOptions,
	type WorkflowResult,
} from './runWorkflow.mts';
import { createTool, type Tool, type ToolOptions } from './tool.mts';
import {
	serveWebhook,
	webhook,
	type WebhookOptions,
	type WebhookResult,
	type WebhookServer,
	type WebhookServerOptions,
} from './webhook.mts';
import { type WebhookMethodOptions, webhookMethods } from './webhookTrigger.mts';

export type { CredentialData, NodeCall } from './harness.mts';
export type { NodeOutcome } from './execution.mts';
export type { EditorCall, ListSearchCall } from './editor.mts';
export type { PollOptions } from './poll.mts';
export type {
	WebhookOptions,
	WebhookResult,
	WebhookServer,
	WebhookServerOptions,
} from './webhook.mts';
export type { WebhookMethodOptions } from './webhookTrigger.mts';
export type { RequestCall } from './request.mts';
export type { RunOptions, RunResult } from './run.mts';
export type { Tool, ToolOptions } from './tool.mts';
export type { WorkflowJson, WorkflowOptions, WorkflowResult } from './runWorkflow.mts';

export interface EngineOptions {
	/** Folder of the built package; default: the repository's. */
	packageDir?: string;
	/** Default credential data by credential type. */
	credentials?: CredentialData;
}

/** A built package in n8n's real engine, in this process. */
export interface Engine {
	loader: PackageDirectoryLoader;
	nodeTypes: INodeTypes;
	description(type: string, version?: number): INodeTypeDescription;
	run(options: RunOptions): Promise<RunResult>;
	runWorkflow(workflow: WorkflowJson, options?: WorkflowOptions): Promise<WorkflowResult>;
	/** The node as a tool of an agent. */
	tool(options: ToolOptions): Tool;
	listSearch(call: ListSearchCall): Promise<INodeListSearchResult>;
	loadOptions(call: EditorCall): Promise<INodePropertyOptions[]>;
	resourceMapping(call: EditorCall): Promise<ResourceMapperFields>;
	testCredential(credentialType: string, data: object): Promise<INodeCredentialTestResult>;
	/** A request with a credential, as n8n's HTTP Request node and custom API calls send it. */
	request(call: RequestCall): Promise<unknown>;
	poll(options: PollOptions): Promise<INodeExecutionData[][] | null>;
	/** Activates a workflow with a polling trigger: gives what it was started with at once. */
	activate(options: PollOptions): Promise<INodeExecutionData[][][]>;
	webhook(options: WebhookOptions): Promise<WebhookResult>;
	/** A webhook that listens until it is closed. */
	serveWebhook(options: WebhookServerOptions): Promise<WebhookServer>;
	webhookMethods(options: WebhookMethodOptions): Promise<boolean>;
	/** Everything the nodes and the engine logged. */
	log: string[];
	close(): void;
}

const repositoryRoot = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

/** Loads the built package into n8n's engine. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
	const n8n = loadN8n();
	const log: string[] = [];
	const stopListening = listenToLog((line) => log.push(line));
	const loader = new n8n.core.PackageDirectoryLoader(options.packageDir ?? repositoryRoot);
	await loader.loadAll();
	const nodeTypes = createNodeTypes(n8n, loader, await loadBaseNodes(n8n));
	const harness: Harness = {
		n8n,
		loader,
		nodeTypes,
		fullName: (type) => (type.includes('.') ? type : `${loader.packageName}.${type}`),
		credentialType: (name) => loader.getCredential(name).type,
		credentials: options.credentials ?? {},
	};
	return {
		loader,
		nodeTypes,
		description: (type, version) =>
			nodeTypes.getByNameAndVersion(harness.fullName(type), version).description,
		run: async (call) => await run(harness, call),
		runWorkflow: async (workflow, workflowOptions) =>
			await runWorkflow(harness, workflow, workflowOptions),
		tool: (call) => createTool(harness, call),
		listSearch: async (call) => await listSearch(harness, call),
		loadOptions: async (call) => await loadOptions(harness, call),
		resourceMapping: async (call) => await resourceMapping(harness, call),
		testCredential: async (type, data) => await testCredential(harness, type, data),
		request: async (call) => await request(harness, call),
		poll: async (call) => await poll(harness, call),
		activate: async (call) => await activate(harness, call),
		webhook: async (call) => await webhook(harness, call),
		serveWebhook: async (call) => await serveWebhook(harness, call),
		webhookMethods: async (call) => await webhookMethods(harness, call),
		log,
		close: stopListening,
	};
}
