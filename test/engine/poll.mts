import type { PollTriggerExecutor } from 'n8n-core';
import type {
	IDataObject,
	INodeExecutionData,
	WorkflowActivateMode,
	WorkflowExecuteMode,
} from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import {
	createNode,
	createSingleNodeWorkflow,
	credentialsOf,
	type Harness,
	type NodeCall,
	toJson,
} from './harness.mts';
import { since } from './since.mts';

/** What n8n's database holds for a polling node, by the node's ID and not by its name. */
export interface DurableCursor {
	value?: IDataObject;
}

export interface PollOptions extends NodeCall {
	/** The static data `{ 'node:Name': {…} }` that the active workflow has in memory: each poll finds what the last one left. */
	staticData: object;
	/**
	 * Takes what n8n writes to its database, and so what a restart finds: when a poll starts an execution and when an
	 * activation succeeds, never after a poll that found nothing or failed.
	 */
	save?: (staticData: IDataObject) => void;
	/**
	 * A durable cursor, as n8n from 2.41 on has it where `N8N_POLLER_DURABLE_CURSORS_ENABLED` is set: it takes the
	 * place of static data, and n8n saves it after every good poll but the one of the activation.
	 */
	cursor?: DurableCursor;
	/** `manual`: as the editor's button, which keeps no static data. Default: `trigger`. */
	mode?: Extract<WorkflowExecuteMode, 'trigger' | 'manual'>;
	activation?: WorkflowActivateMode;
	/** Is told what the node reports beside its items, for which n8n makes a failed execution. */
	onReport?: (error: Error) => void;
	/** What `getPollBudgetMs` returns; null as in an n8n before 2.41, which has no such method. */
	budgetMs?: number | null;
}

/** The node of a workflow of its own, and the context n8n polls it with. */
function prepare(harness: Harness, options: PollOptions) {
	const { mode = 'trigger', budgetMs, cursor } = options;
	const activation = options.activation ?? (mode === 'manual' ? 'manual' : 'activate');
	// A manual run has a workflow of its own, and what it changes there is dropped.
	const staticData = mode === 'manual' ? toJson(options.staticData) : options.staticData;
	const workflow = createSingleNodeWorkflow(harness, createNode(harness, options), staticData);
	const node = Object.values(workflow.nodes)[0];
	const nodeType = harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const { poll: pollNode } = nodeType;
	if (!pollNode) throw new Error(`Node type "${options.type}" does not poll`);
	const credentials = credentialsOf(harness, options.credentials);
	const additionalData = createAdditionalData(harness, { credentials, mode });
	const emitted: INodeExecutionData[][][] = [];
	const save = (): void => {
		if (mode !== 'manual') options.save?.(toJson(workflow.staticData));
	};
	let staged: IDataObject | undefined;
	const commit = (): void => {
		if (cursor && staged) cursor.value = toJson(staged);
	};
	const emit = (data: INodeExecutionData[][]): void => {
		emitted.push(data);
		commit();
		save();
	};
	const runPoll = async <T,>(run: () => Promise<T>): Promise<T> => {
		if (cursor) staged = toJson((cursor.value ??= {}));
		return await run();
	};
	const unused = undefined;
	const context = new harness.n8n.core.PollContext(
		workflow,
		node,
		additionalData,
		mode,
		activation,
		emit,
		mode === 'manual' ? unused : (options.onReport ?? unused),
		async () => commit(),
		runPoll,
		cursor ? () => staged! : unused,
		typeof budgetMs === 'number' ? () => budgetMs : undefined,
	);
	if (budgetMs === null) delete (context as { getPollBudgetMs?: unknown }).getPollBudgetMs;
	return { workflow, node, context, emit, emitted, save, commit, runPoll, pollNode };
}

/** Polls once. What a poll has changed in static data stays changed in memory although it throws. */
export async function poll(
	harness: Harness,
	options: PollOptions,
): Promise<INodeExecutionData[][] | null> {
	const { context, pollNode, emit, commit, runPoll } = prepare(harness, options);
	const items = await runPoll(async () => await pollNode.call(context));
	if (items !== null) emit(items);
	else commit();
	return items;
}

/**
 * Activates a workflow as n8n does (by its own executor, where it has one): it polls at once, and what that throws
 * makes the activation fail.
 *
 * @returns what the workflow was started with
 */
export async function activate(
	harness: Harness,
	options: PollOptions,
): Promise<INodeExecutionData[][][]> {
	const { workflow, node, context, pollNode, emit, emitted, save } = prepare(harness, options);
	const { container, core } = harness.n8n;
	if (since('2.41')) {
		const executor = container.get(core.PollTriggerExecutor) as PollTriggerExecutor;
		await executor.create(workflow, node, context, () => true)(true);
	} else {
		const items = await pollNode.call(context);
		if (items !== null) emit(items);
	}
	save();
	return emitted;
}
