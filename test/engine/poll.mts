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
	type Kit,
	type NodeCall,
	storeStaticData,
} from './kit.mts';

export interface PollOptions extends NodeCall {
	/** The workflow's static data, `{ 'node:Name': {…} }`; kept by the caller from poll to poll. */
	staticData: object;
	/** `manual`: as the editor's button, which keeps no static data. Default: `trigger`. */
	mode?: Extract<WorkflowExecuteMode, 'trigger' | 'manual'>;
	activation?: WorkflowActivateMode;
	/** Is told what the node reports beside its items, for which n8n makes a failed execution. */
	onReport?: (error: Error) => void;
	/** What `getPollBudgetMs` answers; null as in an n8n before 2.41, which has no such method. */
	budgetMs?: number | null;
}

/** The node of a workflow of its own, and the context n8n polls it with. */
function prepare(kit: Kit, options: PollOptions) {
	const { mode = 'trigger', budgetMs } = options;
	const activation = options.activation ?? (mode === 'manual' ? 'manual' : 'activate');
	const workflow = createSingleNodeWorkflow(kit, createNode(kit, options), options.staticData);
	const node = Object.values(workflow.nodes)[0];
	const nodeType = kit.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const { poll: pollNode } = nodeType;
	if (!pollNode) throw new Error(`Node type "${options.type}" does not poll`);
	const credentials = credentialsOf(kit, options.credentials);
	const additionalData = createAdditionalData(kit, { credentials, mode });
	const emitted: INodeExecutionData[][][] = [];
	const unused = undefined;
	const context = new kit.n8n.core.PollContext(
		workflow,
		node,
		additionalData,
		mode,
		activation,
		(data) => void emitted.push(data),
		mode === 'manual' ? unused : (options.onReport ?? unused),
		unused,
		unused,
		unused,
		typeof budgetMs === 'number' ? () => budgetMs : undefined,
	);
	if (budgetMs === null) delete (context as { getPollBudgetMs?: unknown }).getPollBudgetMs;
	const store = (): void => {
		if (mode !== 'manual') storeStaticData(options.staticData as IDataObject, workflow.staticData);
	};
	const once = async () => await pollNode.call(context);
	return { workflow, node, context, emitted, store, once };
}

/**
 * Polls once. Static data is live, as in every n8n before 2.41: what a poll has changed stays
 * changed although it throws, and it goes through JSON as on its way to the database.
 */
export async function poll(kit: Kit, options: PollOptions): Promise<INodeExecutionData[][] | null> {
	const { once, store } = prepare(kit, options);
	try {
		return await once();
	} finally {
		store();
	}
}

/**
 * Activates a workflow as n8n's own executor does: it polls at once, and what that throws makes the
 * activation fail.
 *
 * @returns what the workflow was started with
 */
export async function activate(kit: Kit, options: PollOptions): Promise<INodeExecutionData[][][]> {
	const { workflow, node, context, emitted, store } = prepare(kit, options);
	const { container, core } = kit.n8n;
	const executor = container.get(core.PollTriggerExecutor) as PollTriggerExecutor;
	try {
		await executor.create(workflow, node, context, () => true)(true);
		return emitted;
	} finally {
		store();
	}
}
