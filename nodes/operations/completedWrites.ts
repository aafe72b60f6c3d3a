import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Output } from './toItems';

/** The result of the write of one item; `error` where the record may have been saved. */
export type WriteResult = Output | { error: unknown };

/** Is called as soon as Teamogy has answered a write, with the row to return if nothing more can be read. */
export type SavedCallback = (row: IDataObject) => void;

/**
 * The results of writes in this process, by the input item and the name of the node. n8n's *Retry On Fail*
 * runs the whole node again with the same item objects.
 */
const writesByItem = new WeakMap<object, Map<string, WriteResult>>();

/** Whether an agent's tool runs. n8n's own word for a tool, isToolExecution, is missing before 2.20. */
export const isTool = (context: IExecuteFunctions): boolean => 'getNextRunIndex' in context;

/** The writes of one run of the node and of the tries before it. */
export class CompletedWrites {
	private readonly nodeName: string;

	/** The objects that stay the same in all tries. The tries of a tool get new items with the same arguments. */
	private readonly owners: object[];

	/** The items whose write is complete, in this run or before. */
	private readonly completed: number[] = [];

	constructor(context: IExecuteFunctions) {
		this.nodeName = context.getNode().name;
		const items = context.getInputData();
		this.owners = isTool(context) ? items.map(({ json }) => json) : items;
	}

	/** The result of the item's write; undefined where nothing was written for the item. */
	get(index: number): WriteResult | undefined {
		return writesByItem.get(this.owners[index])?.get(this.nodeName);
	}

	/** Keeps a result for later tries. */
	keep<Result extends WriteResult>(index: number, result: Result): Result {
		const owner = this.owners[index];
		const writes = writesByItem.get(owner) ?? new Map<string, WriteResult>();
		writesByItem.set(owner, writes.set(this.nodeName, result));
		return result;
	}

	setCompleted(index: number): void {
		this.completed.push(index);
	}

	/** Says which items are written, e.g. `Already written: items 0 to 4, 7.`; empty where there are none. */
	describe(): string {
		const numbers = this.completed.sort((a, b) => a - b);
		const ranges: string[] = [];
		for (let from = 0; from < numbers.length; ) {
			let to = from;
			while (numbers[to + 1] === numbers[to] + 1) to++;
			ranges.push(to > from ? `${numbers[from]} to ${numbers[to]}` : `${numbers[from]}`);
			from = to + 1;
		}
		return ranges.length ? `Already written: items ${ranges.join(', ')}.` : '';
	}
}
