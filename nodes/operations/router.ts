import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { getOrCreate } from '../api/common/maps';
import { InvalidInput } from '../api/common/invalidInput';
import { isObject } from '../api/common/json';
import { findResource } from '../api/schema/resources';
import type { TeamogyClient } from '../api/transport/client';
import { createClient } from '../n8n/client';
import { toErrorItem } from '../n8n/errors';
import { isTool } from '../n8n/tool';
import { ItemParameters } from '../parameters/reader';
import { OperationContext, type PreparedItem } from './context';
import type { Operation } from './operation';
import { findOperation } from './registry';

/**
 * Output that n8n takes for a failure and runs again, by n8n's execution data. With *Retry On Fail* n8n runs
 * a node again whose first row has a column `error` (read in n8n-core's WorkflowExecute, which checks
 * `json.error`; before 2.22 for null and false too). The next try returns the same output without a request.
 */
const outputsTakenForFailures = new WeakMap<object, INodeExecutionData[][]>();

const noJsonError = (): InvalidInput =>
	new InvalidInput(
		'The item has no JSON object',
		'Give the node items with fields, and a tool its arguments as an object, e.g. {"name": "Example"}.',
	);

/** Prepares all items before the first request, then executes one operation after the other. */
async function executeItems(context: OperationContext): Promise<void> {
	const { executeFunctions } = context;
	const tasks = new Map<Operation<unknown>, Array<PreparedItem<unknown>>>();
	const inputs = executeFunctions.getInputData().map((task, index) => ({ index, task }));
	await context.checkItems(inputs, (input, index) => {
		// Writes are remembered by this object, see `CompletedWrites`.
		if (!isObject(input.json)) throw noJsonError();
		const resource = findResource(executeFunctions.getNodeParameter('resource', index) as string);
		const name = executeFunctions.getNodeParameter('operation', index) as string;
		const operation = findOperation(resource, name);
		const item = new ItemParameters(executeFunctions, index, input, resource);
		const prepared = { index, task: operation.prepare(item) };
		getOrCreate(tasks, operation, () => []).push(prepared);
	});
	for (const [operation, prepared] of tasks) await operation.execute(prepared, context);
}

/** Runs the node over its input items. */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	// The calls of a tool share one object, and a column `error` does not make a call fail.
	const nodeExecution = isTool(this) ? {} : this.getExecuteData();
	const previousOutput = outputsTakenForFailures.get(nodeExecution);
	if (previousOutput) return previousOutput;
	let client: TeamogyClient;
	try {
		client = await createClient(this);
	} catch (error) {
		// An invalid credential fails each item. The node must not throw where it continues on errors: n8n would
		// pass the input on as success.
		return [this.getInputData().map((_, index) => toErrorItem(this, error, index))];
	}
	const context = new OperationContext(this, client);
	await executeItems(context).finally(() => client.close());
	context.writes.end();
	const output = context.toNodeOutput();
	const [first] = output[0];
	const looksFailed = first?.json.error !== undefined && !context.errorItems.has(first);
	if (looksFailed && this.getNode().retryOnFail) outputsTakenForFailures.set(nodeExecution, output);
	return output;
}
