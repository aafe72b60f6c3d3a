import { parse, stringify } from 'flatted';
import type {
	ExecutionError,
	IDataObject,
	INode,
	INodeExecutionData,
	IRun,
	IRunData,
	IRunExecutionData,
	IWorkflowBase,
	IWorkflowExecuteAdditionalData,
	NodeExecutionHint,
	Workflow,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import type { Harness } from './harness.mts';

/** What one node of an execution gave. */
export interface NodeOutcome {
	/** Whether the node ran at all. */
	ran: boolean;
	/** Items of the first output, of every run of the node. */
	items: INodeExecutionData[];
	json: IDataObject[];
	/** Items of the error output, where the node has one. */
	errorItems: INodeExecutionData[];
	/** Items of each output. */
	outputs: INodeExecutionData[][];
	error?: ExecutionError;
	hints: NodeExecutionHint[];
}

/** A workflow to execute, with the items that its first node starts from. */
export interface ExecutionOptions {
	workflow: Workflow;
	workflowData: IWorkflowBase;
	additionalData: IWorkflowExecuteAdditionalData;
	startNode: string;
	input: INodeExecutionData[];
	mode: WorkflowExecuteMode;
	pinData?: IRunExecutionData['resultData']['pinData'];
	/** A failed execution to continue, as by *Retry with currently saved workflow*; then `input` does not count. */
	retryOf?: IRun;
	/** Cancels the execution as n8n's Stop does. */
	signal?: AbortSignal;
}

/** Execution data with nothing run yet. */
export function emptyRunData(
	harness: Harness,
	nodeExecutionStack: object[] = [],
	pinData?: IRunExecutionData['resultData']['pinData'],
): IRunExecutionData {
	const { createRunExecutionData } = harness.n8n.workflow as Partial<typeof harness.n8n.workflow>;
	const executionData = { nodeExecutionStack };
	if (createRunExecutionData) {
		return createRunExecutionData({ executionData, resultData: { pinData } } as never);
	}
	return {
		startData: {},
		resultData: { runData: {}, pinData },
		executionData: {
			...executionData,
			contextData: {},
			metadata: {},
			waitingExecution: {},
			waitingExecutionSource: {},
		},
	} as unknown as IRunExecutionData;
}

/** The data of a failed execution as n8n saves it and loads it to retry (read in n8n's execution.service.js). */
function toRetryData({ data }: IRun, workflow: Workflow): IRunExecutionData {
	const saved = parse(stringify(data)) as IRunExecutionData;
	const { resultData, executionData } = saved;
	delete resultData.error;
	const runs = resultData.runData[resultData.lastNodeExecuted ?? ''];
	if (runs?.at(-1)?.error) runs.pop();
	for (const entry of executionData!.nodeExecutionStack)
		entry.node = workflow.getNode(entry.node.name)!;
	return saved;
}

/** Executes a workflow in n8n's engine. What keeps it from starting is the error of a failed run, as in n8n. */
export async function execute(harness: Harness, options: ExecutionOptions): Promise<IRun> {
	const { workflow, mode, signal } = options;
	const node = workflow.getNode(options.startNode);
	if (!node) throw new Error(`The workflow has no node "${options.startNode}"`);
	const stack = [{ node, data: { main: [options.input] }, source: null }];
	const runData = options.retryOf
		? toRetryData(options.retryOf, workflow)
		: emptyRunData(harness, stack, options.pinData);
	const startedAt = new Date();
	try {
		const engine = new harness.n8n.core.WorkflowExecute(options.additionalData, mode, runData);
		const running = engine.processRunExecutionData(workflow);
		const cancel = (): void => running.cancel();
		if (signal?.aborted) cancel();
		signal?.addEventListener('abort', cancel, { once: true });
		try {
			return await running;
		} finally {
			signal?.removeEventListener('abort', cancel);
		}
	} catch (error) {
		const failed = error as ExecutionError;
		runData.resultData.error = {
			...failed,
			message: failed.message,
			stack: failed.stack,
		} as ExecutionError;
		return {
			data: runData,
			mode,
			startedAt,
			stoppedAt: new Date(),
			status: 'error',
		} as unknown as IRun;
	}
}

/** Reads what a node gave out of an execution. */
export function outcomeOf(execution: IRun, node: INode): NodeOutcome {
	const { runData = {}, error, lastNodeExecuted } = execution.data.resultData;
	const runs = (runData as IRunData)[node.name] ?? [];
	const outputs: INodeExecutionData[][] = [];
	for (const run of runs) {
		(run.data?.main ?? []).forEach((items, index) =>
			(outputs[index] ??= []).push(...(items ?? [])),
		);
	}
	const ownError = runs.find((run) => run.error)?.error;
	const hasErrorOutput = node.onError === 'continueErrorOutput' && outputs.length > 1;
	const items = outputs[0] ?? [];
	return {
		ran: runs.length > 0,
		items,
		json: items.map(({ json }) => json),
		errorItems: hasErrorOutput ? (outputs.at(-1) ?? []) : [],
		outputs,
		error: ownError ?? (lastNodeExecuted === node.name ? error : undefined),
		hints: runs.flatMap((run) => run.hints ?? []),
	};
}

/** Items as the engine takes them: bare JSON is wrapped. */
export function toItems(input: Array<IDataObject | INodeExecutionData>): INodeExecutionData[] {
	const isItem = (value: object): value is INodeExecutionData =>
		typeof (value as INodeExecutionData).json === 'object' &&
		Object.keys(value).every((key) =>
			['json', 'binary', 'pairedItem', 'error', 'metadata'].includes(key),
		);
	return structuredClone(input).map((value) =>
		isItem(value) ? value : { json: value as IDataObject },
	);
}
