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
	/** What `getPollBudgetMs` answers, where the engine has it. */
	budgetMs?: number;
}

/**
 * Polls once. Static data is live, as in every n8n before 2.41: what a poll has changed stays
 * changed although it throws, and it goes through JSON as on its way to the database.
 */
export async function poll(kit: Kit, options: PollOptions): Promise<INodeExecutionData[][] | null> {
	const { mode = 'trigger', budgetMs } = options;
	const activation = options.activation ?? (mode === 'manual' ? 'manual' : 'activate');
	const workflow = createSingleNodeWorkflow(kit, createNode(kit, options), options.staticData);
	const node = Object.values(workflow.nodes)[0];
	const nodeType = kit.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	if (!nodeType.poll) throw new Error(`Node type "${options.type}" does not poll`);
	const credentials = credentialsOf(kit, options.credentials);
	const additionalData = createAdditionalData(kit, { credentials, mode });
	const unused = undefined;
	const context = new kit.n8n.core.PollContext(
		workflow,
		node,
		additionalData,
		mode,
		activation,
		unused,
		unused,
		unused,
		unused,
		unused,
		budgetMs === undefined ? undefined : () => budgetMs,
	);
	try {
		return await nodeType.poll.call(context);
	} finally {
		if (mode !== 'manual') storeStaticData(options.staticData as IDataObject, workflow.staticData);
	}
}
