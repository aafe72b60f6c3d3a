import type { TeamogyClient } from '../transport/client';
import { ExecutionCancelled, isRejectedByTeamogy } from '../transport/errors';
import { andFilters, anyOfFilter } from '../views/filter';
import { toLiteral, type ValueType } from '../views/literal';
import { toBatches, type MatchQuery, type WantedValue } from './matchBatches';
import type { Row } from '../views/row';
import { readAllRows, readRows } from '../views/view';

/** Batches asked for at the same time; the account's budget bounds them further. */
const BATCHES_AT_ONCE = 8;
/** A value of each type that no server can object to. */
const PROBE_VALUES = { string: 'a', number: 1, boolean: true } as const satisfies Record<
	ValueType,
	unknown
>;

/** Takes the rows that came for a batch. What it throws becomes the failure of this batch and those that are left. */
type UseRows = (batch: WantedValue[], rows: Row[]) => void;

/** The batches of one query: what is left to ask for, and what is known by now. */
interface QueryState {
	query: MatchQuery;
	useRows: UseRows;
	/** Batches that are not asked for yet. Workers take them one after the other. */
	batches: WantedValue[][];
	/** Whether the view takes the query with a value that no server can object to; set when that was asked. */
	isQueryAccepted?: Promise<boolean>;
}

/** Reads values in batches. A batch that is refused is asked for in halves, so that one value fails alone. */
export class BatchReader {
	/** Why the rows of a value are not known, by its key. */
	readonly failures = new Map<string, unknown>();

	/** Whether the rows of a batch came in several pages. */
	wasPaged = false;

	constructor(private readonly client: TeamogyClient) {}

	/**
	 * Reads the rows of values, a few batches at a time. Values that cannot be asked for are in `failures`
	 * afterwards.
	 *
	 * @throws ExecutionCancelled as the requests
	 */
	async read(query: MatchQuery, values: WantedValue[], useRows: UseRows): Promise<void> {
		const batches = toBatches(query, values);
		const state: QueryState = { query, useRows, batches };
		const worker = async () => {
			for (let batch = batches.shift(); batch; batch = batches.shift())
				await this.readBatch(batch, state);
		};
		const workers = Math.min(BATCHES_AT_ONCE, batches.length);
		await Promise.all(Array.from({ length: workers }, worker));
	}

	/** Notes why the rows of values are not known. */
	fail(values: WantedValue[], error: unknown): void {
		for (const { key } of values) this.failures.set(key, error);
	}

	private async readBatch(batch: WantedValue[], state: QueryState): Promise<void> {
		const { query, useRows, batches } = state;
		const literals = batch.map(({ literal }) => literal);
		const filter = andFilters(anyOfFilter(query.column, literals), query.filter);
		const readAndUse = async () => {
			const { rows, wasPaged } = await readAllRows(this.client, { ...query, filter });
			this.wasPaged ||= wasPaged;
			useRows(batch, rows);
		};
		await readAndUse().catch(async (error) => {
			if (error instanceof ExecutionCancelled) throw error;
			const isOne = batch.length === 1;
			const isAboutValues =
				isRejectedByTeamogy(error) && (isOne || (await this.isQueryAccepted(state)));
			// Other values would meet the same error, unless these are the cause. One value fails alone.
			if (!isAboutValues) this.fail([...batch, ...batches.splice(0).flat()], error);
			else if (isOne) this.fail(batch, error);
			else {
				const middle = Math.ceil(batch.length / 2);
				batches.push(batch.slice(0, middle), batch.slice(middle));
			}
		});
	}

	/** Whether the view takes the query with a value that no server can object to. If not, it refuses the halves of a batch too. */
	private async isQueryAccepted(state: QueryState): Promise<boolean> {
		const { query } = state;
		const probe = toLiteral({ value: PROBE_VALUES[query.type], type: query.type }, 'The value');
		const filter = andFilters(`${query.column}=${probe}`, query.filter);
		state.isQueryAccepted ??= readRows(this.client, { ...query, filter, limit: 1 }).then(
			() => true,
			(error) => {
				if (error instanceof ExecutionCancelled) throw error;
				return false;
			},
		);
		return await state.isQueryAccepted;
	}
}
