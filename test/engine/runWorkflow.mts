import type {
	ExecutionError,
	IConnections,
	IDataObject,
	INode,
	INodeExecutionData,
	IPinData,
	IRun,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { execute, type NodeOutcome, outcomeOf, toItems } from './execution.mts';
import { assignCredentials, type CredentialData, credentialsOf, type Harness } from './harness.mts';

/** A workflow as the editor exports it. */
export interface WorkflowJson {
	id?: string;
	name?: string;
	nodes: object[];
	connections: object;
	settings?: object;
	pinData?: object;
	staticData?: object | null;
	[key: string]: unknown;
}

export interface WorkflowOptions {
	/** Name of the node to start from; default: its only trigger. */
	trigger?: string;
	credentials?: CredentialData | false;
	/** Items that stand for a node's output, by node name; over the workflow's own. */
	pinData?: Record<string, Array<IDataObject | INodeExecutionData>>;
	/** Items that the trigger gives, as when it fires in production. */
	inputs?: Array<IDataObject | INodeExecutionData>;
	/** Default: `manual`, as by the editor's button; with `inputs`: as the trigger fires. */
	mode?: WorkflowExecuteMode;
	signal?: AbortSignal;
}

export interface WorkflowResult {
	execution: IRun;
	/** What a node gave. */
	node(name: string): NodeOutcome;
	error?: ExecutionError;
}

/** Executes a whole workflow, from its trigger through every node. */
export async function runWorkflow(
	harness: Harness,
	json: WorkflowJson,
	options: WorkflowOptions = {},
): Promise<WorkflowResult> {
	const { workflow, workflowData } = prepareWorkflow(harness, json, options.credentials);
	const pinData = pinnedItems(json, options);
	const start = startNodeOf(harness, workflow, options.trigger);
	const nodeType = harness.nodeTypes.getByNameAndVersion(start.type, start.typeVersion);
	if (nodeType.webhook && !options.inputs && !pinData[start.name]) {
		throw new Error(`"${start.name}" waits for a request: give inputs or pinData for it`);
	}
	const firedMode = nodeType.webhook ? 'webhook' : 'trigger';
	const mode = options.mode ?? (options.inputs ? firedMode : 'manual');
	const credentials = credentialsOf(harness, options.credentials);
	const execution = await execute(harness, {
		workflow,
		workflowData,
		additionalData: createAdditionalData(harness, { credentials, mode, workflow: workflowData }),
		startNode: start.name,
		input: toItems(options.inputs ?? [{}]),
		mode,
		pinData,
		signal: options.signal,
	});
	return workflowResult(workflow, execution);
}

/** Executes a prepared workflow from a trigger that has fired with these items. */
export async function runFired(
	harness: Harness,
	prepared: { workflow: Workflow; workflowData: IWorkflowBase },
	fired: {
		node: INode;
		items: INodeExecutionData[];
		mode: WorkflowExecuteMode;
		additionalData: IWorkflowExecuteAdditionalData;
	},
): Promise<IRun> {
	const { node, items, mode, additionalData } = fired;
	return await execute(harness, {
		...prepared,
		additionalData,
		startNode: node.name,
		input: items,
		mode,
	});
}

/** Builds the engine's workflow: credentials assigned by type, every node checked to be known. */
export function prepareWorkflow(
	harness: Harness,
	json: WorkflowJson,
	given: CredentialData | false | undefined,
): { workflow: Workflow; workflowData: IWorkflowBase } {
	const nodes = structuredClone(json.nodes) as INode[];
	const credentials = credentialsOf(harness, given);
	for (const node of nodes) {
		harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		node.parameters ??= {};
		assignCredentials(harness, node, credentials);
	}
	const workflowData = {
		id: json.id ?? 'workflow',
		name: json.name ?? 'Engine test',
		active: false,
		nodes,
		connections: structuredClone(json.connections) as IConnections,
		settings: { executionOrder: 'v1', ...json.settings },
		staticData: json.staticData ?? undefined,
	} as unknown as IWorkflowBase;
	const workflow = new harness.n8n.workflow.Workflow({
		...workflowData,
		nodeTypes: harness.nodeTypes,
	});
	return { workflow, workflowData };
}

function workflowResult(workflow: Workflow, execution: IRun): WorkflowResult {
	return {
		execution,
		error: execution.data.resultData.error,
		node(name) {
			const node = workflow.getNode(name);
			if (!node) throw new Error(`The workflow has no node "${name}"`);
			return outcomeOf(execution, node);
		},
	};
}

function startNodeOf(harness: Harness, workflow: Workflow, name: string | undefined): INode {
	if (name !== undefined) {
		const node = workflow.getNode(name);
		if (!node) throw new Error(`The workflow has no node "${name}"`);
		return node;
	}
	const triggers = Object.values(workflow.nodes).filter((node) => {
		const type = harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
		return (
			!node.disabled && (type.poll || type.webhook || type.description.group.includes('trigger'))
		);
	});
	if (triggers.length > 1) {
		const names = triggers.map((node) => `"${node.name}"`).join(', ');
		throw new Error(`The workflow has several triggers: say which of ${names} to start from`);
	}
	const start = triggers.at(0) ?? workflow.getStartNode();
	if (!start) throw new Error('The workflow has no node to start from');
	return start;
}

function pinnedItems(json: WorkflowJson, options: WorkflowOptions): IPinData {
	const pinned = { ...(json.pinData as WorkflowOptions['pinData']), ...options.pinData };
	return Object.fromEntries(
		Object.entries(pinned).map(([name, items]) => [name, toItems(items)]),
	) as IPinData;
}
