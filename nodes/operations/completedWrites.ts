import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { getOrCreate } from '../api/common/maps';
import { isTool } from '../n8n/tool';
import { SavedWrites } from './savedWrites';
import type { Output } from './toItems';

/** The result of the write of one item; `error` if the record may have been saved. */
export type WriteResult = Output | { error: unknown };

/** Called when Teamogy confirms a write; `row` is the output if the record cannot be read back. */
export type SavedCallback = (row: IDataObject) => void;

/**
 * The results of writes in this process, by the input item and the name of the node. n8n's *Retry On Fail*
 * runs the whole node again with the same item objects.
 */
const writesByItem = new WeakMap<object, Map<string, WriteResult>>();

/** The writes of one run of the node and of the tries before it, also in an execution that is retried from the list. */
export class CompletedWrites {
	private readonly nodeName: string;

	/** Objects that identify the items in all tries: the items; for a tool their `json`, since n8n makes new items. */
	private readonly itemIdentities: object[];

	/** The items with a complete write, of this run or before. */
	private readonly completed: number[] = [];

	private readonly saved: SavedWrites;

	constructor(context: IExecuteFunctions, origin: string) {
		this.saved = new SavedWrites(context, origin);
		this.nodeName = context.getNode().name;
		const items = context.getInputData();
		this.itemIdentities = isTool(context) ? items.map(({ json }) => json) : items;
	}

	/** Returns the result of the item's write; undefined if nothing was written for the item. */
	get(index: number): WriteResult | undefined {
		return (
			writesByItem.get(this.itemIdentities[index])?.get(this.nodeName) ?? this.saved.get(index)
		);
	}

	/** Stores a result for later tries. */
	store<Result extends WriteResult>(index: number, result: Result): Result {
		const identity = this.itemIdentities[index];
		getOrCreate(writesByItem, identity, () => new Map()).set(this.nodeName, result);
		// A record in doubt is written by a retry from the list, since a person can look it up before.
		if ('rows' in result) this.saved.set(index, result);
		return result;
	}

	/** Ends the run: all items have their results. */
	end(): void {
		this.saved.clear();
	}

	setCompleted(index: number): void {
		this.completed.push(index);
	}

	/** Says which items are written, e.g. `Already written: items 0 to 4, 7.`; empty if there are none. */
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
