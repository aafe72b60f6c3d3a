import type {
	IBinaryKeyData,
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
} from 'n8n-workflow';

import { findResource } from '../api/schema/catalog';
import type { TeamogyClient } from '../api/transport/client';
import { ExecutionCancelled, TeamogyError } from '../api/transport/errors';
import { formatValue } from '../api/formatValue';
import { createClient } from '../n8n/client';
import { toNodeError } from '../n8n/errors';
import { ItemParameters } from '../parameters/reader';
import { CompletedWrites, type SavedCallback, type WriteResult } from './completedWrites';
import type { AnyOperation, OperationContext, PreparedItem } from './operation';
import { findOperation } from './registry';
import type { Output } from './toItems';

/**
 * Good output that n8n takes for a failed run, by n8n's object for one execution of the node. With *Retry On
 * Fail* n8n runs a node again whose first row has a column `error` (read in n8n-core's WorkflowExecute, which
 * checks `json.error`). The next try gives the same output without a request.
 */
const mistakenForFailed = new WeakMap<object, INodeExecutionData[][]>();

const toOutput = (output: IDataObject[] | Output): Output =>
	Array.isArray(output) ? { rows: output } : output;

/** The results of the items of one run, each linked to its item. */
class ItemResults {
	/** By the index of the item. */
	private readonly results: INodeExecutionData[][];

	private readonly errorItems = new Set<INodeExecutionData>();

	constructor(
		private readonly executeFunctions: IExecuteFunctions,
		private readonly writes: CompletedWrites,
		itemCount: number,
	) {
		this.results = Array.from({ length: itemCount }, () => []);
	}

	setRows(index: number, rows: IDataObject[], binary?: IBinaryKeyData): void {
		this.results[index] = rows.map((json) => ({
			json,
			pairedItem: { item: index },
			...(binary && { binary }),
		}));
	}

	/** @throws NodeApiError or NodeOperationError unless the node continues on errors; ExecutionCancelled always */
	setError(index: number, error: unknown): void {
		if (error instanceof ExecutionCancelled) throw error;
		const node = this.executeFunctions.getNode();
		if (!this.executeFunctions.continueOnFail())
			throw toNodeError(node, error, index, this.writes.describe());
		const { message, description } = toNodeError(node, error, index) as Error & {
			description?: string;
		};
		// n8n before 2.36 takes an item for an error only with these keys and without `error` beside `json`. It
		// then adds the fields of the input on the error output.
		const json: IDataObject = description
			? { error: message, message: description }
			: { error: message };
		const item = { json, pairedItem: { item: index } };
		this.errorItems.add(item);
		this.results[index] = [item];
	}

	/** The output of the node. One item may have 100,000 rows: they are not copied. */
	toNodeOutput(): INodeExecutionData[][] {
		return [this.results.length === 1 ? this.results[0] : this.results.flat()];
	}

	/** Whether n8n takes good output for a failed run. n8n before 2.22 takes null and false for an error too. */
	isMistakenForFailed([[first]]: INodeExecutionData[][]): boolean {
		return first?.json.error !== undefined && !this.errorItems.has(first);
	}
}

/** One run of the node over its input items. */
class NodeRun implements OperationContext {
	constructor(
		readonly executeFunctions: IExecuteFunctions,
		readonly client: TeamogyClient,
		private readonly inputs: INodeExecutionData[],
		private readonly results: ItemResults,
		private readonly writes: CompletedWrites,
	) {}

	/** Prepares the operations of all items before the first request, then executes one after the other. */
	async execute(): Promise<void> {
		const executions = [...this.groupByOperation()].map(([operation, items]) =>
			operation.prepareAll(items, ({ index }, error) => this.fail(index, error)),
		);
		for (const executeAll of executions) await executeAll(this);
	}

	async runItem(
		index: number,
		work: () => Promise<IDataObject[] | Output> | IDataObject[],
		keepBinary = false,
	): Promise<void> {
		try {
			const { rows, binary } = toOutput(await work());
			const inputBinary = keepBinary ? this.inputs[index].binary : undefined;
			this.results.setRows(index, rows, binary ?? inputBinary);
		} catch (error) {
			this.fail(index, error);
		}
	}

	async runItemWrite(
		index: number,
		work: (saved: SavedCallback) => Promise<IDataObject[] | Output>,
	): Promise<void> {
		await this.runItem(index, async () => {
			const write = this.previousWrite(index) ?? (await this.write(index, work));
			if ('error' in write) throw write.error;
			this.writes.setCompleted(index);
			return write;
		});
	}

	async runForAll(
		prepared: Array<PreparedItem<unknown>>,
		work: () => Promise<void>,
	): Promise<boolean> {
		try {
			await work();
			return true;
		} catch (error) {
			for (const { index } of prepared) this.fail(index, error);
			return false;
		}
	}

	previousWrite(index: number): WriteResult | undefined {
		return this.writes.get(index);
	}

	private fail(index: number, error: unknown): void {
		this.results.setError(index, this.client.redactError(error));
	}

	private groupByOperation(): Map<AnyOperation, ItemParameters[]> {
		const { executeFunctions } = this;
		const byOperation = new Map<AnyOperation, ItemParameters[]>();
		for (const [index, input] of this.inputs.entries()) {
			try {
				const resource = findResource(
					executeFunctions.getNodeParameter('resource', index) as string,
				);
				const name = executeFunctions.getNodeParameter('operation', index) as string;
				const operation = findOperation(resource, name);
				const items = byOperation.get(operation) ?? [];
				byOperation.set(operation, items);
				items.push(new ItemParameters(executeFunctions, index, input, resource));
			} catch (error) {
				this.fail(index, error);
			}
		}
		return byOperation;
	}

	/** Runs a write for the first time and keeps its result. */
	private async write(
		index: number,
		work: (saved: SavedCallback) => Promise<IDataObject[] | Output>,
	): Promise<Output> {
		const { writes } = this;
		let saved: Output | undefined;
		try {
			const output = await work((row) => {
				saved = writes.keep(index, { rows: [row] });
			});
			return writes.keep(index, toOutput(output));
		} catch (error) {
			if (saved) {
				this.client.hint(
					`Item ${index} was saved, but what Teamogy answered could not be used: ${formatValue((error as Error).message)}`,
				);
				return saved;
			}
			if (error instanceof TeamogyError && error.maybeSaved) writes.keep(index, { error });
			if (error instanceof ExecutionCancelled) {
				throw new ExecutionCancelled(`${writes.describe()} Item ${index} was under way.`.trim());
			}
			throw error;
		}
	}
}

/**
 * Runs the node. Item linking, the error settings of the node and *Retry On Fail* are handled here for all
 * operations.
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = this.getNode();
	const inputs = this.getInputData();
	// Only a tool has this function. n8n's own word for a tool, isToolExecution, is missing before 2.20.
	const isTool = 'getNextRunIndex' in this;
	// The calls of a tool share one object, and a column `error` makes no call fail.
	const nodeExecution = isTool ? {} : this.getExecuteData();
	const previousOutput = mistakenForFailed.get(nodeExecution);
	if (previousOutput) return previousOutput;

	const writes = new CompletedWrites(node.name, inputs, isTool);
	const results = new ItemResults(this, writes, inputs.length);
	let client: TeamogyClient;
	try {
		client = await createClient(this);
	} catch (error) {
		// A node that continues on errors must not throw: n8n would pass on its input as a success.
		for (const index of inputs.keys()) results.setError(index, error);
		return results.toNodeOutput();
	}
	try {
		await new NodeRun(this, client, inputs, results, writes).execute();
	} finally {
		client.close();
	}
	const output = results.toNodeOutput();
	if (node.retryOnFail && results.isMistakenForFailed(output))
		mistakenForFailed.set(nodeExecution, output);
	return output;
}
