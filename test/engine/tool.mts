import type { IDataObject, INode, INodeType, IRunExecutionData, Workflow } from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { emptyRunData } from './execution.mts';
import {
	createNode,
	createSingleNodeWorkflow,
	credentialsOf,
	type Harness,
	type NodeCall,
} from './harness.mts';
import { TOOL_SUFFIX } from './nodeTypes.mts';
import { load } from './outsideJest.mts';

export interface ToolOptions extends NodeCall {
	retryOnFail?: boolean;
	maxTries?: number;
	waitBetweenTries?: number;
}

/** Calls the tool as a language model does, with its arguments; resolves to what the model is told. */
export type Tool = (args: IDataObject) => Promise<string>;

type MakeTool = (
	contextOf: (runIndex: number) => object,
	node: INode,
	nodeType: INodeType,
	runExecutionData: IRunExecutionData,
) => Tool;

/** A node as a tool of an agent, for the calls of one run of the agent. */
export function createTool(harness: Harness, options: ToolOptions): Tool {
	const { retryOnFail, maxTries, waitBetweenTries, ...call } = options;
	const node = Object.assign(createNode(harness, { ...call, type: `${call.type}${TOOL_SUFFIX}` }), {
		retryOnFail,
		maxTries,
		waitBetweenTries,
	});
	const workflow: Workflow = createSingleNodeWorkflow(harness, node);
	const nodeType = harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const runData = emptyRunData(harness);
	const credentials = credentialsOf(harness, call.credentials);
	const additionalData = createAdditionalData(harness, { credentials });
	// Not among what n8n-core exports.
	const { makeHandleToolInvocation } = load(
		'n8n-core/dist/execution-engine/node-execution-context/utils/get-input-connection-data.js',
	) as { makeHandleToolInvocation: MakeTool };
	const contextOf = (runIndex: number): object =>
		new harness.n8n.core.SupplyDataContext(
			workflow,
			node,
			additionalData,
			'manual',
			runData,
			runIndex,
			[{ json: {} }],
			{},
			'ai_tool',
			{ node, data: {}, source: null },
			[],
		);
	return makeHandleToolInvocation(contextOf, node, nodeType, runData);
}
