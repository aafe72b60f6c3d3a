import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import type { Resource } from '../api/catalog';
import type { TeamogyClient } from '../api/client';
import type { Item } from '../given/item';
import type { Output } from './response';

/** What one item asks for, with its place in the input. */
export interface Prepared<Task> {
	index: number;
	task: Task;
}

/** What an operation is given to carry out the tasks of all its items. */
export interface Run {
	readonly client: TeamogyClient;
	readonly context: IExecuteFunctions;
	/**
	 * Takes what became of one item: its rows (and a file), or the error that `work` throws. Errors stop the run
	 * or become an error item, as the node's settings say.
	 */
	settle(
		index: number,
		work: () => Promise<IDataObject[] | Output> | IDataObject[],
		keepBinary?: boolean,
	): Promise<void>;
	/**
	 * As `settle`, for writes: what was written is remembered, so that *Retry On Fail* never writes it
	 * again. `work` calls `saved` as soon as Teamogy has answered: whatever goes wrong after that, the
	 * write is done and the item is what was known then.
	 */
	settleWrite(
		index: number,
		work: (saved: Saved) => Promise<IDataObject[] | Output>,
	): Promise<void>;
	/** Does what several items need in common; an error is each one's error. Says whether all went well. */
	settleAll(prepared: Array<Prepared<unknown>>, work: () => Promise<void>): Promise<boolean>;
	/** What a try before this one has made of the write of the item; undefined where it is open. */
	writtenBefore(index: number): Written | undefined;
}

/** Takes down that a write was answered, and the row to give where nothing more can be read. */
export type Saved = (known: IDataObject) => void;

/** What became of the write of one input item; `error` where it may have been saved. */
export type Written = Output | { error: unknown };

/**
 * One operation: what the editor shows of it and what it does. The parameters are read from an item
 * by `prepare`, for all items before anything is sent; `perform` then carries out all tasks.
 */
export interface Operation<Task> {
	readonly value: string;
	readonly name: string;
	/** Which resources have it. */
	offeredBy(resource: Resource): boolean;
	/** What the editor's list and the AI agent read of it. */
	describe(resource: Resource): { description: string; action: string };
	/** Parameters for the resources that have it; where they are shown is added by the registry. */
	parameters(resources: readonly Resource[]): INodeProperties[];
	/** @throws InvalidInput when a parameter cannot be right */
	prepare(item: Item): Task;
	perform(prepared: Array<Prepared<Task>>, run: Run): Promise<void>;
}

/** An operation in the registry: its task is its own affair. */
export type AnyOperation = Omit<Operation<unknown>, 'prepare' | 'perform'> & {
	plan(items: Item[], failed: (item: Item, error: unknown) => void): (run: Run) => Promise<void>;
};

/** Closes over the task's type, so that what is described is what is carried out. */
export function operation<Task>(definition: Operation<Task>): AnyOperation {
	return {
		...definition,
		plan: (items, failed) => {
			const prepared: Array<Prepared<Task>> = [];
			for (const item of items) {
				try {
					prepared.push({ index: item.index, task: definition.prepare(item) });
				} catch (error) {
					failed(item, error);
				}
			}
			return async (run) => await definition.perform(prepared, run);
		},
	};
}

/** Carries out tasks a few at a time, beginning in the order of the items. */
export async function inTurn<Task>(
	prepared: Array<Prepared<Task>>,
	atOnce: number,
	one: (prepared: Prepared<Task>) => Promise<void>,
): Promise<void> {
	const tasks = prepared.values();
	let stop = false;
	const worker = async () => {
		for (const next of tasks) {
			if (stop) return;
			await one(next).catch((error) => {
				stop = true;
				throw error;
			});
		}
	};
	await Promise.all(Array.from({ length: atOnce }, worker));
}

/** Reads are sent several at a time within the budget; writes one after the other, in order. */
export const READS_AT_ONCE = 8;
export const WRITES_AT_ONCE = 1;
