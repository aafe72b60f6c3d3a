import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	NodeOperationError,
} from 'n8n-workflow';

import type { TeamogyClient } from '../api/transport/client';
import { ExecutionCancelled, TeamogyError } from '../api/transport/errors';
import { formatValue } from '../api/formatValue';
import { createClient } from '../n8n/client';
import { toNodeError } from '../n8n/errors';
import { CompletedWrites, type SavedCallback, type WriteResult } from './completedWrites';
import type { Output } from './toItems';

/** The task of one item, with the index of the item. */
export interface PreparedItem<Task> {
	index: number;
	task: Task;
}

type Result = IDataObject[] | Output;

const toOutput = (result: Result): Output => (Array.isArray(result) ? { rows: result } : result);

/** Reads run several at a time within the budget of the account. */
const READS_AT_ONCE = 8;

/** What operations run their items with: results are linked to items, errors follow the node's settings. */
export class OperationContext {
	/** Set by `connect`. */
	client!: TeamogyClient;

	/** The rows or the error item of each input item. */
	private readonly results: INodeExecutionData[][];

	readonly errorItems = new Set<INodeExecutionData>();

	/** The writes of this run and of the tries before it. */
	readonly writes: CompletedWrites;

	constructor(readonly executeFunctions: IExecuteFunctions) {
		this.results = executeFunctions.getInputData().map(() => []);
		this.writes = new CompletedWrites(executeFunctions);
	}

	/**
	 * Creates the client. A credential that is not right is the error of each item: a node that continues on
	 * errors must not throw, as n8n would pass on the input as a success.
	 */
	async connect(): Promise<boolean> {
		return await this.runForAll(
			this.results.map((_, index) => ({ index })),
			async () => {
				this.client = await createClient(this.executeFunctions);
			},
		);
	}

	/** Runs `work` for an item, whose result are the rows or the error of `work`. */
	async runItem(index: number, work: () => Promise<Result> | Result): Promise<void> {
		try {
			const { rows, binary } = toOutput(await work());
			this.results[index] = rows.map((json) => ({
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
		await Promise.all(Array.from({ length: READS_AT_ONCE }, worker));
	}

	/**
	 * As `runItem`, for writes: *Retry On Fail* does not write again. `work` calls `saved` as soon as Teamogy has
	 * answered. The write is complete then, even if `work` fails later.
	 */
	async runItemWrite(
		index: number,
		work: (saved: SavedCallback) => Promise<Result>,
	): Promise<void> {
		await this.runItem(index, async () => {
			const write = this.writes.get(index) ?? (await this.write(index, work));
			if ('error' in write) throw write.error;
			this.writes.setCompleted(index);
			return write;
		});
	}

	/** Runs a write for each item, one by one in the order of the items. */
	async runItemWrites<Task>(
		prepared: Array<PreparedItem<Task>>,
		work: (task: Task, saved: SavedCallback) => Promise<Result>,
	): Promise<void> {
		for (const { index, task } of prepared)
			await this.runItemWrite(index, async (saved) => await work(task, saved));
	}

	/** Runs `work` once for several items. An error of `work` is the error of each; gives false then. */
	async runForAll(items: Array<{ index: number }>, work: () => Promise<void>): Promise<boolean> {
		try {
			await work();
			return true;
		} catch (error) {
			for (const { index } of items) this.fail(index, error);
			return false;
		}
	}

	/** Gives the output of the node. One item may have 100,000 rows: they are not copied. */
	toNodeOutput(): INodeExecutionData[][] {
		return [this.results.length === 1 ? this.results[0] : this.results.flat()];
	}

	/**
	 * Makes an error the result of an item.
	 *
	 * @throws NodeApiError or NodeOperationError where the node stops on errors, ExecutionCancelled always
	 */
	private fail(index: number, thrown: unknown): void {
		if (thrown instanceof ExecutionCancelled) throw thrown;
		const { executeFunctions, writes } = this;
		const node = executeFunctions.getNode();
		const error = this.client ? this.client.redactError(thrown) : thrown;
		if (!executeFunctions.continueOnFail())
			throw toNodeError(node, error, index, writes.describe());
		const { message, description } = toNodeError(node, error, index) as NodeOperationError;
		// Every version of n8n takes an item with these keys alone, and without `error` beside `json`, for an
		// error (with `details` only from 2.36), and adds the fields of the input on the error output.
		const json: IDataObject = description
			? { error: message, message: description }
			: { error: message };
		const item = { json, pairedItem: { item: index } };
		this.errorItems.add(item);
		this.results[index] = [item];
	}

	/** Runs a write for the first time and keeps its result. */
	private async write(
		index: number,
		work: (saved: SavedCallback) => Promise<Result>,
	): Promise<WriteResult> {
		const { client, writes } = this;
		let saved: Output | undefined;
		const keepSaved: SavedCallback = (row) => {
			saved = writes.keep(index, { rows: [row] });
		};
		return await work(keepSaved).then(
			(result) => writes.keep(index, toOutput(result)),
			(error) => {
				if (saved) {
					client.hint(
						`Item ${index} was saved, but Teamogy's response could not be used: ${formatValue((error as Error).message)}`,
					);
					return saved;
				}
				if (error instanceof TeamogyError && error.maybeSaved) writes.keep(index, { error });
				if (!(error instanceof ExecutionCancelled)) throw error;
				throw new ExecutionCancelled(`${writes.describe()} Item ${index} was under way.`.trim());
			},
		);
	}
}
