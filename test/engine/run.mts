import type {
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	IRunData,
	IWorkflowBase,
	OnError,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { execute, outcomeOf, toItems, type NodeOutcome } from './execution.mts';
import { createNode, credentialsOf, type Harness, type NodeCall } from './harness.mts';

export interface RunOptions extends NodeCall {
	/** Input items, bare JSON or whole items; default: one empty item. */
	input?: Array<IDataObject | INodeExecutionData>;
	onError?: OnError;
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
	alwaysOutputData?: boolean;
	executeOnce?: boolean;
	/** Workflow settings. */
	settings?: object;
	/** Cancels the execution as n8n's Stop does. */
	signal?: AbortSignal;
	mode?: WorkflowExecuteMode;
	/** A failed execution to continue, as by *Retry* in the list of executions; then `input` does not count. */
	retryOf?: IRun;
}

/** What the node gave, and the execution it gave it in. */
export interface RunResult extends NodeOutcome {
	runData: IRunData;
	execution: IRun;
}

/** Name of the node that the input items come from, for `$('Input')` in parameters. */
const inputNode = 'Input';

/** The settings of a node's Settings tab that a call may give. */
const nodeSettings = [
	'onError',
	'retryOnFail',
	'maxTries',
	'waitBetweenTries',
	'alwaysOutputData',
	'executeOnce',
] as const;

/** Runs one node in n8n's engine, after a node that gives the input items. */
export async function run(harness: Harness, options: RunOptions): Promise<RunResult> {
	const { mode = options.retryOf ? 'retry' : 'manual' } = options;
	const node: INode = createNode(harness, options);
	for (const setting of nodeSettings) {
		if (options[setting] !== undefined) Object.assign(node, { [setting]: options[setting] });
	}
	const source: INode = {
		id: 'input',
		name: inputNode,
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
	};
	const workflowData = {
		id: 'workflow',
		name: 'Engine test',
		active: false,
		nodes: [source, node],
		connections: { [inputNode]: { main: [[{ node: node.name, type: 'main', index: 0 }]] } },
		settings: { executionOrder: 'v1', ...options.settings },
	} as unknown as IWorkflowBase;
	const workflow = new harness.n8n.workflow.Workflow({
		...workflowData,
		nodeTypes: harness.nodeTypes,
	});
	const credentials = credentialsOf(harness, options.credentials);
	const execution = await execute(harness, {
		workflow,
		workflowData,
		additionalData: createAdditionalData(harness, { credentials, mode, workflow: workflowData }),
		startNode: inputNode,
		input: toItems(options.input ?? [{}]),
		mode,
		retryOf: options.retryOf,
		signal: options.signal,
	});
	const outcome = outcomeOf(execution, node);
	const { error, runData } = execution.data.resultData;
	return { ...outcome, error: outcome.error ?? error, runData, execution };
}
