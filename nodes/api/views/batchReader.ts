import type { TeamogyClient } from '../transport/client';
import { ExecutionCancelled, isRejectedByTeamogy } from '../transport/errors';
import { andFilters, anyOfFilter } from './filter';
import { toLiteral, type ValueType } from './literal';
import { toBatches, type MatchQuery, type WantedValue } from './matchBatches';
import type { Row } from './row';
import { readRows } from './view';

/** Batches asked for at the same time; the account's budget bounds them further. */
const BATCHES_AT_ONCE = 8;
/** A value of each type that no server can object to. */
export const PLAIN_VALUES = { string: 'a', number: 1, boolean: true } as const satisfies Record<
	ValueType,
	unknown
>;

/** What was done with the rows of a batch. If they lack the column, the rows of every other batch lack it too. */
export type RowUse = 'used' | 'columnMissing';

/** Takes the rows that came for a batch. */
type UseRows = (batch: WantedValue[], rows: Row[]) => RowUse;

/** The batches of one query. Workers take them one after the other. */
class BatchQueue {
	/** Values whose rows came without the column, and those that were not asked for then. */
	readonly valuesWithoutColumn: WantedValue[] = [];

	/** Whether the view takes the query with a value that no server can object to; set when that was asked. */
	takesPlainValue?: Promise<boolean>;

	/** @param batches that are not asked for yet */
	constructor(private readonly batches: WantedValue[][]) {}

	get length(): number {
		return this.batches.length;
	}

	take(): WantedValue[] | undefined {
		return this.batches.shift();
	}

	/** Takes the values of all batches. */
	takeRest(): WantedValue[] {
		return this.batches.splice(0).flat();
	}

	/** Adds a batch in two halves, in the same order. */
	addHalves(batch: WantedValue[]): void {
		const middle = Math.ceil(batch.length / 2);
		this.batches.push(batch.slice(0, middle), batch.slice(middle));
	}
}

/** Reads values in batches. A batch that is refused is asked for in halves, so that one value fails alone. */
export class BatchReader {
	/** Why the rows of a value are not known, by its key. */
	readonly failures = new Map<string, unknown>();

	constructor(private readonly client: TeamogyClient) {}

	/**
	 * Reads the rows of values, a few batches at a time. Values that cannot be asked for are in `failures`
	 * afterwards.
	 *
	 * @returns the values whose rows came without the column, and those that were not asked for then
	 * @throws ExecutionCancelled as the requests
	 */
	async read(query: MatchQuery, values: WantedValue[], useRows: UseRows): Promise<WantedValue[]> {
		const queue = new BatchQueue(toBatches(query, values));
		const worker = async () => {
			for (let batch = queue.take(); batch; batch = queue.take())
				await this.readBatch(query, batch, queue, useRows);
		};
		const workers = Math.min(BATCHES_AT_ONCE, queue.length);
		await Promise.all(Array.from({ length: workers }, worker));
		return queue.valuesWithoutColumn;
	}

	/** Notes why the rows of values are not known. */
	fail(values: WantedValue[], error: unknown): void {
		for (const { key } of values) this.failures.set(key, error);
	}

	private async readBatch(
		query: MatchQuery,
		batch: WantedValue[],
		queue: BatchQueue,
		useRows: UseRows,
	): Promise<void> {
		const literals = batch.map(({ literal }) => literal);
		const filter = andFilters(anyOfFilter(query.column, literals), query.filter);
		const readAndUse = async () => {
			const rows = await readRows(this.client, { ...query, filter });
			if (useRows(batch, rows) === 'columnMissing')
				queue.valuesWithoutColumn.push(...batch, ...queue.takeRest());
		};
		await readAndUse().catch(async (error) => {
			if (error instanceof ExecutionCancelled) throw error;
			// Other values would meet the same error, unless these are the cause.
			if (!(await this.isAboutValues(error, query, batch, queue)))
				this.fail([...batch, ...queue.takeRest()], error);
			else if (batch.length === 1) this.fail(batch, error);
			else queue.addHalves(batch);
		});
	}

	/** Whether Teamogy refuses the values of a batch and takes others. One value fails alone, whatever the cause. */
	private async isAboutValues(
		error: unknown,
		query: MatchQuery,
		batch: WantedValue[],
		queue: BatchQueue,
	): Promise<boolean> {
		if (!isRejectedByTeamogy(error)) return false;
		return batch.length === 1 || (await this.isTaken(query, queue));
	}

	/** Whether the view takes the query with a plain value. If not, it refuses the halves of a batch too. */
	private async isTaken(query: MatchQuery, queue: BatchQueue): Promise<boolean> {
		const plain = toLiteral({ value: PLAIN_VALUES[query.type], type: query.type }, 'The value');
		const filter = andFilters(`${query.column}=${plain}`, query.filter);
		queue.takesPlainValue ??= readRows(this.client, { ...query, filter, limit: 1 }).then(
			() => true,
			(error) => {
				if (error instanceof ExecutionCancelled) throw error;
				return false;
			},
		);
		return await queue.takesPlainValue;
	}
}
