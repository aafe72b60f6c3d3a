import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { findResource } from '../api/schema/catalog';
import { ItemParameters } from '../parameters/reader';
import { isTool } from './completedWrites';
import { OperationContext, type PreparedItem } from './context';
import type { Operation } from './operation';
import { findOperation } from './registry';

/**
 * Good output that n8n takes for a failed run, by n8n's object for one execution of the node. With *Retry On
 * Fail* n8n runs a node again whose first row has a column `error` (read in n8n-core's WorkflowExecute, which
 * checks `json.error`; before 2.22 for null and false too). The next try gives the same output without a request.
 */
const mistakenForFailed = new WeakMap<object, INodeExecutionData[][]>();

/** Prepares all items before the first request, then executes one operation after the other. */
async function executeItems(context: OperationContext): Promise<void> {
	const { executeFunctions } = context;
	const tasks = new Map<Operation<unknown>, Array<PreparedItem<unknown>>>();
	for (const [index, input] of executeFunctions.getInputData().entries()) {
		await context.runItem(index, () => {
			const resource = findResource(executeFunctions.getNodeParameter('resource', index) as string);
			const name = executeFunctions.getNodeParameter('operation', index) as string;
			const operation = findOperation(resource, name);
			const item = new ItemParameters(executeFunctions, index, input, resource);
			const prepared = tasks.get(operation) ?? [];
			tasks.set(operation, prepared);
			prepared.push({ index, task: operation.prepare(item) });
			return [];
		});
	}
	for (const [operation, prepared] of tasks) await operation.execute(prepared, context);
}

/** Runs the node over its input items. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	// The calls of a tool share one object, and a column `error` makes no call fail.
	const nodeExecution = isTool(this) ? {} : this.getExecuteData();
	const previousOutput = mistakenForFailed.get(nodeExecution);
	if (previousOutput) return previousOutput;
	const context = new OperationContext(this);
	if (await context.connect()) await executeItems(context).finally(() => context.client.close());
	const output = context.toNodeOutput();
	const [first] = output[0];
	const looksFailed = first?.json.error !== undefined && !context.errorItems.has(first);
	if (looksFailed && this.getNode().retryOnFail) mistakenForFailed.set(nodeExecution, output);
	return output;
}
