import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Resource } from '../api/schema/catalog';
import type { TeamogyClient } from '../api/transport/client';
import type { ItemParameters } from '../parameters/reader';
import type { SavedCallback, WriteResult } from './completedWrites';
import type { Output } from './toItems';

/** The task of one item, with the index of the item. */
export interface PreparedItem<Task> {
	index: number;
	task: Task;
}

/** What an operation uses to execute the tasks of all its items. */
export interface OperationContext {
	readonly client: TeamogyClient;
	readonly executeFunctions: IExecuteFunctions;
	/**
	 * Runs `work` for one item and links the rows it gives to the item. An error of `work` stops the run or
	 * becomes an error item, as the settings of the node say.
	 *
	 * @param keepBinary whether the rows keep the binary data of the item
	 */
	runItem(
		index: number,
		work: () => Promise<IDataObject[] | Output> | IDataObject[],
		keepBinary?: boolean,
	): Promise<void>;
	/**
	 * As `runItem`, for writes: the result is kept, so that *Retry On Fail* does not write again. `work` calls
	 * `saved` as soon as Teamogy has answered. The write is complete then, even if `work` fails later.
	 */
	runItemWrite(
		index: number,
		work: (saved: SavedCallback) => Promise<IDataObject[] | Output>,
	): Promise<void>;
	/** Runs `work` for several items at once. An error of `work` is the error of each; gives false then. */
	runForAll(prepared: Array<PreparedItem<unknown>>, work: () => Promise<void>): Promise<boolean>;
	/** The result of an earlier try of the item's write; undefined where there is none. */
	previousWrite(index: number): WriteResult | undefined;
}

/**
 * One operation: what the editor shows of it and what it does. `prepare` reads the parameters of each item
 * before the first request, `execute` then carries out all tasks.
 */
export interface Operation<Task> {
	readonly value: string;
	readonly name: string;
	isOfferedBy(resource: Resource): boolean;
	/** The texts for the list in the editor and for AI agents. */
	describe(resource: Resource): { description: string; action: string };
	/** The parameters for the resources that offer the operation. The registry adds where they are shown. */
	parameters(resources: readonly Resource[]): INodeProperties[];
	/** @throws InvalidInput naming the parameter that is not right */
	prepare(item: ItemParameters): Task;
	execute(prepared: Array<PreparedItem<Task>>, context: OperationContext): Promise<void>;
}

/** An operation in the registry. `Task` is hidden so that operations with different tasks fit one list. */
export type AnyOperation = Omit<Operation<unknown>, 'prepare' | 'execute'> & {
	prepareAll(
		items: ItemParameters[],
		onError: (item: ItemParameters, error: unknown) => void,
	): (context: OperationContext) => Promise<void>;
};

/** Makes an operation for the registry. */
export function defineOperation<Task>(definition: Operation<Task>): AnyOperation {
	return {
		...definition,
		prepareAll: (items, onError) => {
			const prepared: Array<PreparedItem<Task>> = [];
			for (const item of items) {
				try {
					prepared.push({ index: item.index, task: definition.prepare(item) });
				} catch (error) {
					onError(item, error);
				}
			}
			return async (context) => await definition.execute(prepared, context);
		},
	};
}

/** Runs tasks a few at a time, started in the order of the items. No task starts after an error. */
export async function mapWithConcurrency<Task>(
	prepared: Array<PreparedItem<Task>>,
	concurrency: number,
	runOne: (prepared: PreparedItem<Task>) => Promise<void>,
): Promise<void> {
	const tasks = prepared.values();
	let isStopped = false;
	const worker = async () => {
		for (const next of tasks) {
			if (isStopped) return;
			await runOne(next).catch((error) => {
				isStopped = true;
				throw error;
			});
		}
	};
	await Promise.all(Array.from({ length: concurrency }, worker));
}

/** Reads run several at a time within the budget. Writes run one by one, in the order of the items. */
export const READ_CONCURRENCY = 8;
export const WRITE_CONCURRENCY = 1;

/** Groups tasks with equal keys, in the order of their first items. */
export function groupTasks<Task>(
	prepared: Array<PreparedItem<Task>>,
	getKey: (task: Task) => unknown,
): Array<Array<PreparedItem<Task>>> {
	const groups = new Map<string, Array<PreparedItem<Task>>>();
	for (const item of prepared) {
		const key = JSON.stringify(getKey(item.task));
		const group = groups.get(key);
		if (group) group.push(item);
		else groups.set(key, [item]);
	}
	return [...groups.values()];
}
