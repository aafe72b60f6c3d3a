import {
	type IBinaryKeyData,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
} from 'n8n-workflow';

import { findResource } from '../api/schema/catalog';
import type { TeamogyClient } from '../api/transport/client';
import { ExecutionCancelled, TeamogyError } from '../api/transport/errors';
import { formatValue } from '../api/formatValue';
import { createClient } from '../n8n/client';
import { toNodeError } from '../n8n/errors';
import { ItemParameters } from '../parameters/itemParameters';
import type { AnyOperation, OperationContext, Saved, WriteResult } from './operation';
import { findOperation } from './registry';
import type { Output } from './responseFormat';

/**
 * Writes already made, by the input item they were made for. n8n's *Retry On Fail* runs the whole
 * node again with the same items; what is found here is not sent a second time. An agent's tool is
 * given a new item with the same arguments instead.
 */
const completedWrites = new WeakMap<object, Map<string, WriteResult>>();

const asOutput = (output: IDataObject[] | Output): Output =>
	Array.isArray(output) ? { rows: output } : output;
/**
 * Good output that n8n takes for a run that failed, by n8n's own object for one execution of the node:
 * n8n runs a node with *Retry On Fail* again where the first row has a field `error` of its own (read in
 * n8n-core's WorkflowExecute, which asks for `json.error`). The next try gives the same without a request.
 */
const mistakenForFailed = new WeakMap<object, INodeExecutionData[][]>();

/** Before 2.22 n8n takes null and false for an error too. */
const looksFailed = (item: INodeExecutionData | undefined): boolean =>
	item?.json.error !== undefined;

/** `0 to 4, 7` for a sorted list of item numbers. */
const formatRanges = (numbers: number[]): string => {
	const parts: string[] = [];
	for (let from = 0; from < numbers.length; ) {
		let to = from;
		while (numbers[to + 1] === numbers[to] + 1) to++;
		parts.push(to > from ? `${numbers[from]} to ${numbers[to]}` : `${numbers[from]}`);
		from = to + 1;
	}
	return parts.join(', ');
};

/**
 * Runs the node over its input: every item's parameters are read and checked first, then each
 * operation carries out the tasks of its items. The one place for item linking, error settings and
 * what *Retry On Fail* must not repeat.
 */
export async function execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
	const node = this.getNode();
	const inputs = this.getInputData();
	const results: INodeExecutionData[][] = inputs.map(() => []);
	const done: number[] = [];
	const failedItems = new Set<INodeExecutionData>();

	// What a tool is given and a step is not; n8n's own word for it, isToolExecution, is missing before 2.20.
	const isTool = 'getNextRunIndex' in this;
	// The calls of a tool share one object, and a field `error` makes none of them fail.
	const nodeExecution = isTool ? {} : this.getExecuteData();
	const previousOutput = mistakenForFailed.get(nodeExecution);
	if (previousOutput) return previousOutput;
	const getWriteOwner = (index: number) => (isTool ? inputs[index].json : inputs[index]);
	const getPreviousWrite = (index: number) =>
		completedWrites.get(getWriteOwner(index))?.get(node.name);
	const remember = (index: number, write: WriteResult) => {
		const writes = completedWrites.get(getWriteOwner(index)) ?? new Map<string, WriteResult>();
		completedWrites.set(getWriteOwner(index), writes.set(node.name, write));
		return write;
	};
	const describeCompletedWrites = () =>
		done.length ? `Already written: items ${formatRanges(done.sort((a, b) => a - b))}.` : '';
	let created: TeamogyClient | undefined;
	const setFailed = (index: number, thrown: unknown) => {
		if (thrown instanceof ExecutionCancelled) throw thrown;
		const error = created ? created.redactError(thrown) : thrown;
		if (!this.continueOnFail()) throw toNodeError(node, error, index, describeCompletedWrites());
		const { message, description } = toNodeError(node, error, index) as Error & {
			description?: string;
		};
		// Only these keys, and no `error` beside `json`: so every n8n knows it for an error (`details` only
		// from 2.36) and adds the input's fields on the error output.
		const json: IDataObject = description
			? { error: message, message: description }
			: { error: message };
		const item = { json, pairedItem: { item: index } };
		failedItems.add(item);
		results[index] = [item];
	};
	const setSucceeded = (index: number, rows: IDataObject[], binary?: IBinaryKeyData) => {
		results[index] = rows.map((json) => ({
			json,
			pairedItem: { item: index },
			...(binary && { binary }),
		}));
	};

	// One item may well bring 100,000 rows: these are not copied again.
	const output = (): INodeExecutionData[][] => [results.length === 1 ? results[0] : results.flat()];

	try {
		created = await createClient(this);
	} catch (error) {
		// With a setting to continue nothing may be thrown: n8n would pass the input on as a success.
		for (const index of inputs.keys()) setFailed(index, error);
		return output();
	}
	const client = created;
	const writeOnce = async (
		index: number,
		work: (saved: Saved) => Promise<IDataObject[] | Output>,
	): Promise<WriteResult> => {
		let answered: WriteResult | undefined;
		const saved: Saved = (known) => {
			answered = remember(index, { rows: [known] });
		};
		return await work(saved).then(
			(output) => remember(index, asOutput(output)),
			(error) => {
				if (answered) {
					client.hint(
						`Item ${index} was saved, but what Teamogy answered could not be used: ${formatValue((error as Error).message)}`,
					);
					return answered;
				}
				if (error instanceof TeamogyError && error.maybeSaved) remember(index, { error });
				if (error instanceof ExecutionCancelled) {
					throw new ExecutionCancelled(
						`${describeCompletedWrites()} Item ${index} was under way.`.trim(),
					);
				}
				throw error;
			},
		);
	};
	const run: OperationContext = {
		client,
		executeFunctions: this,
		previousWrite: getPreviousWrite,
		runItem: async (index, work, keepBinary = false) => {
			try {
				const { rows, binary } = asOutput(await work());
				setSucceeded(index, rows, binary ?? (keepBinary ? inputs[index].binary : undefined));
			} catch (error) {
				setFailed(index, error);
			}
		},
		runItemWrite: async (index, work) =>
			await run.runItem(index, async () => {
				const write = getPreviousWrite(index) ?? (await writeOnce(index, work));
				if ('error' in write) throw write.error;
				done.push(index);
				return write;
			}),
		runForAll: async (prepared, work) => {
			try {
				await work();
				return true;
			} catch (error) {
				for (const { index } of prepared) setFailed(index, error);
				return false;
			}
		},
	};

	const byOperation = new Map<AnyOperation, ItemParameters[]>();
	for (const [index, input] of inputs.entries()) {
		await run.runItem(index, () => {
			const resource = findResource(this.getNodeParameter('resource', index) as string);
			const operation = findOperation(
				resource,
				this.getNodeParameter('operation', index) as string,
			);
			const items = byOperation.get(operation) ?? [];
			byOperation.set(operation, items);
			items.push(new ItemParameters(this, index, input, resource));
			return [];
		});
	}
	const executions = [...byOperation].map(([operation, items]) =>
		operation.prepareAll(items, (item, error) => setFailed(item.index, error)),
	);
	try {
		for (const perform of executions) await perform(run);
	} finally {
		client.close();
	}

	const given = output();
	const [first] = given[0];
	if (node.retryOnFail && looksFailed(first) && !failedItems.has(first))
		mistakenForFailed.set(nodeExecution, given);
	return given;
}
