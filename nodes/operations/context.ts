import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import type { TeamogyClient } from '../api/transport/client';
import { ExecutionCancelled, TeamogyError } from '../api/transport/errors';
import { describeRounding } from '../api/transport/roundedNumber';
import { markTooDeep } from '../api/common/depth';
import { formatValue } from '../api/common/formatValue';
import { EventLoopBreaks } from '../api/common/eventLoop';
import { toErrorItem } from '../n8n/errors';
import { isTool } from '../n8n/tool';
import { CompletedWrites, type SavedCallback, type WriteResult } from './completedWrites';
import type { Output } from './toItems';

/** The task of one item, with the index of the item. */
export interface PreparedItem<Task> {
	index: number;
	task: Task;
}

type Result = IDataObject[] | Output;

const toOutput = (result: Result): Output => (Array.isArray(result) ? { rows: result } : result);

/** The reads under way at a time; the budget of the account limits them further. */
const MAX_CONCURRENT_READS = 8;

/**
 * What operations run their items with: results are linked to items, errors follow the node's settings.
 *
 * | Method | Runs | Keeps as results of the items |
 * |---|---|---|
 * | `checkItems` | a check of each item, before any is run | errors |
 * | `runOnceFor` | one request or the like for several items | an error, for each of them |
 * | `runItem`, `runItems` | one item; many items, several at a time | rows and errors |
 * | `writeItem`, `writeItems` | one write; many writes, one by one | rows and errors; a confirmed write is not repeated |
 */
export class OperationContext {
	/** The rows or the error item of each input item. */
	private readonly results: INodeExecutionData[][];

	readonly errorItems = new Set<INodeExecutionData>();

	private readonly breaks = new EventLoopBreaks();

	/** The writes of this run and of the tries before it. */
	readonly writes: CompletedWrites;

	constructor(
		readonly executeFunctions: IExecuteFunctions,
		readonly client: TeamogyClient,
	) {
		this.results = executeFunctions.getInputData().map(() => []);
		this.writes = new CompletedWrites(executeFunctions, client.account.origin);
	}

	/** Runs `check` for each item. Its error is the result of the item. Gives the items that passed. */
	async checkItems<Task>(
		prepared: Array<PreparedItem<Task>>,
		check: (task: Task, index: number) => Promise<void> | void,
	): Promise<Array<PreparedItem<Task>>> {
		const passed: Array<PreparedItem<Task>> = [];
		for (const item of prepared) {
			await this.breaks.yieldIfBusy();
			try {
				await check(item.task, item.index);
				passed.push(item);
			} catch (error) {
				this.fail(item.index, error);
			}
		}
		return passed;
	}

	/** Runs `work` once for several items. An error of `work` is the error of each; returns undefined then. */
	async runOnceFor<Outcome>(
		items: Array<{ index: number }>,
		work: () => Promise<Outcome>,
	): Promise<{ result: Outcome } | undefined> {
		try {
			return { result: await work() };
		} catch (error) {
			// Once for all: to clear an error of the key takes half a millisecond.
			const shown = this.toShownError(error);
			for (const { index } of items) {
				await this.breaks.yieldIfBusy();
				this.addErrorItem(index, shown);
			}
			return undefined;
		}
	}

	/** Runs `work` for one item and stores its rows or its error as the result of the item. */
	async runItem(index: number, work: () => Promise<Result> | Result): Promise<void> {
		await this.breaks.yieldIfBusy();
		try {
			const { rows, binary, hint } = toOutput(await work());
			const items = isTool(this.executeFunctions) ? this.toItemsForModel(rows, hint) : rows;
			this.results[index] = items.map((json) => ({
				json,
				pairedItem: { item: index },
				...(binary && { binary }),
			}));
		} catch (error) {
			this.fail(index, error);
		}
	}

	/** Runs `work` for each item, several at a time, started in the order of the items. */
	async runItems<Task>(
		prepared: Array<PreparedItem<Task>>,
		work: (task: Task) => Promise<Result>,
	): Promise<void> {
		const items = prepared.values();
		let isStopped = false;
		const worker = async () => {
			for (const { index, task } of items) {
				if (isStopped) return;
				await this.runItem(index, async () => await work(task)).catch((error) => {
					isStopped = true;
					throw error;
				});
			}
		};
		await Promise.all(Array.from({ length: MAX_CONCURRENT_READS }, worker));
	}

	/**
	 * As `runItem`, for writes: *Retry On Fail* does not write again. `work` calls `onSaved` when Teamogy confirms
	 * the write. The write is complete then, even if `work` fails later.
	 */
	async writeItem(index: number, work: (onSaved: SavedCallback) => Promise<Result>): Promise<void> {
		await this.runItem(index, async () => {
			const write = this.writes.get(index) ?? (await this.writeFirstTime(index, work));
			if ('error' in write) throw write.error;
			this.writes.setCompleted(index);
			return write;
		});
	}

	/** Runs a write for each item, one by one in the order of the items. */
	async writeItems<Task>(
		prepared: Array<PreparedItem<Task>>,
		work: (task: Task, onSaved: SavedCallback) => Promise<Result>,
	): Promise<void> {
		for (const { index, task } of prepared)
			await this.writeItem(index, async (onSaved) => await work(task, onSaved));
	}

	/** Returns the output of the node. One item may have 100,000 rows, so rows are not copied. */
	toNodeOutput(): INodeExecutionData[][] {
		return [this.results.length === 1 ? this.results[0] : this.results.flat()];
	}

	/**
	 * The rows with the hints, which a model does not see otherwise, as the last items. n8n tells a model the rows as JSON:
	 * one that cannot be written would hide that a record was saved.
	 */
	private toItemsForModel(rows: IDataObject[], hint: string | undefined): IDataObject[] {
		const hints = [hint, describeRounding(rows)].filter((text) => text !== undefined);
		return [
			...rows.map((row) => markTooDeep(row)),
			...hints.map((text) => ({ hint: this.client.redactText(text) })),
		];
	}

	/**
	 * Makes an error the result of an item.
	 *
	 * @throws as `toErrorItem`; ExecutionCancelled always
	 */
	private fail(index: number, error: unknown): void {
		this.addErrorItem(index, this.toShownError(error));
	}

	/** The error as items show it, without the API key. Throws ExecutionCancelled as it is. */
	private toShownError(error: unknown): unknown {
		if (error instanceof ExecutionCancelled) throw error;
		return this.client.redactError(error);
	}

	private addErrorItem(index: number, error: unknown): void {
		const { executeFunctions, writes } = this;
		const item = toErrorItem(executeFunctions, error, index, writes.describe());
		this.errorItems.add(item);
		this.results[index] = [item];
	}

	/** Runs a write for the first time and stores its result. */
	private async writeFirstTime(
		index: number,
		work: (onSaved: SavedCallback) => Promise<Result>,
	): Promise<WriteResult> {
		const { client, writes } = this;
		const onSaved: SavedCallback = (row) => void writes.store(index, { rows: [row] });
		const run = async () => writes.store(index, toOutput(await work(onSaved)));
		return await run().catch((error) => {
			const saved = writes.get(index);
			if (saved) {
				client.hint(
					`Item ${index} was saved, but Teamogy's response could not be used: ${formatValue((error as Error).message)}`,
				);
				return saved;
			}
			if (error instanceof TeamogyError && error.maybeSaved) writes.store(index, { error });
			if (!(error instanceof ExecutionCancelled)) throw error;
			throw new ExecutionCancelled(`${writes.describe()} Item ${index} was under way.`.trim());
		});
	}
}
