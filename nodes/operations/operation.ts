import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Resource } from '../api/schema/catalog';
import type { TeamogyClient } from '../api/transport/client';
import type { ItemParameters } from '../parameters/itemParameters';
import type { Output } from './responseFormat';

/** What one item asks for, with its place in the input. */
export interface PreparedItem<Task> {
	index: number;
	task: Task;
}

/** What an operation is given to carry out the tasks of all its items. */
export interface OperationContext {
	readonly client: TeamogyClient;
	readonly executeFunctions: IExecuteFunctions;
	/**
	 * Takes what became of one item: its rows (and a file), or the error that `work` throws. Errors stop the run
	 * or become an error item, as the node's settings say.
	 */
	runItem(
		index: number,
		work: () => Promise<IDataObject[] | Output> | IDataObject[],
		keepBinary?: boolean,
	): Promise<void>;
	/**
	 * As `settle`, for writes: what was written is remembered, so that *Retry On Fail* never writes it
	 * again. `work` calls `saved` as soon as Teamogy has answered: whatever goes wrong after that, the
	 * write is done and the item is what was known then.
	 */
	runItemWrite(
		index: number,
		work: (saved: Saved) => Promise<IDataObject[] | Output>,
	): Promise<void>;
	/** Does what several items need in common; an error is each one's error. Says whether all went well. */
	runForAll(prepared: Array<PreparedItem<unknown>>, work: () => Promise<void>): Promise<boolean>;
	/** What a try before this one has made of the write of the item; undefined where it is open. */
	previousWrite(index: number): WriteResult | undefined;
}

/** Takes down that a write was answered, and the row to give where nothing more can be read. */
export type Saved = (known: IDataObject) => void;

/** What became of the write of one input item; `error` where it may have been saved. */
export type WriteResult = Output | { error: unknown };

/**
 * One operation: what the editor shows of it and what it does. The parameters are read from an item
 * by `prepare`, for all items before anything is sent; `perform` then carries out all tasks.
 */
export interface Operation<Task> {
	readonly value: string;
	readonly name: string;
	/** Which resources have it. */
	isOfferedBy(resource: Resource): boolean;
	/** What the editor's list and the AI agent read of it. */
	describe(resource: Resource): { description: string; action: string };
	/** Parameters for the resources that have it; where they are shown is added by the registry. */
	parameters(resources: readonly Resource[]): INodeProperties[];
	/** @throws InvalidInput when a parameter cannot be right */
	prepare(item: ItemParameters): Task;
	execute(prepared: Array<PreparedItem<Task>>, context: OperationContext): Promise<void>;
}

/** An operation in the registry: its task is its own affair. */
export type AnyOperation = Omit<Operation<unknown>, 'prepare' | 'perform'> & {
	prepareAll(
		items: ItemParameters[],
		onError: (item: ItemParameters, error: unknown) => void,
	): (context: OperationContext) => Promise<void>;
};

/** Closes over the task's type, so that what is described is what is carried out. */
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

/** Carries out tasks a few at a time, beginning in the order of the items. */
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

/** Reads are sent several at a time within the budget; writes one after the other, in order. */
export const READ_CONCURRENCY = 8;
export const WRITE_CONCURRENCY = 1;
