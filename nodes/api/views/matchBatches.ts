import { formatValue } from '../common/formatValue';
import { encode } from '../transport/url';
import { withColumn } from './columns';
import type { TeamogyClient } from '../transport/client';
import { ExecutionCancelled, TeamogyError } from '../transport/errors';
import { InvalidInput } from '../common/invalidInput';
import { andFilters, anyOfFilter } from './filter';
import { toLiteral, type ValueType } from './literal';
import { compose } from './normalizeForSearch';
import { toKey, toLooseKey, type Spelling } from './spellings';
import { DEFAULT_PAGE_SIZE, readRows, type Row, type ViewQuery } from './view';

/** Longest address of one request, in characters. What Teamogy's gateway takes is UNKNOWN. */
const MAX_URL_LENGTH = 6000;
/** What the address holds besides the values: host, path, columns, limit; in characters. */
const RESERVED_URL_LENGTH = 400;

/** Batches asked for at the same time; the account's budget bounds them further. */
const BATCHES_AT_ONCE = 8;
const REJECTION_STATUSES = [400, 414, 422, 431];
/** A value of each type that no server can object to. */
export const PLAIN_VALUES = { string: 'a', number: 1, boolean: true } as const satisfies Record<
	ValueType,
	unknown
>;

/** Whether Teamogy refused this request, so that another request may succeed all the same. */
export const isRejectedByTeamogy = (error: unknown): boolean =>
	error instanceof TeamogyError && REJECTION_STATUSES.includes(error.status ?? 0);

export interface MatchQuery extends Omit<ViewQuery, 'offset' | 'limit'> {
	column: string;
	type: ValueType;
}

/** A value to find in a column. */
export interface WantedValue extends Spelling {
	/** As the filter writes it. */
	literal: string;
}

/** Whether names of columns leave at least half of an address for values. */
export const fitInAddress = (names: string[]): boolean =>
	encode(names.join()).length <= MAX_URL_LENGTH / 2;

/** Characters that one more value takes in the address. */
const getUrlCost = (column: string, literal: string): number =>
	encode(` OR ${column}=${literal}`).length;

/** Characters that an address has for values. */
const getUrlBudget = (query: MatchQuery): number => {
	const { columns, properties, filter } = withColumn(query, query.column);
	return [columns, properties, filter]
		.map((part) => (part ? encode(part.toString()).length : 0))
		.reduce((left, length) => left - length, MAX_URL_LENGTH - RESERVED_URL_LENGTH);
};

/**
 * A value as a filter asks for it. Text is asked for in its composed form alone: a server that holds both
 * forms for equal would give the same rows twice.
 *
 * @param where names the value in messages
 * @throws InvalidInput when it is not of the type, or larger than numbers and addresses are
 */
export function toMatchLiteral(query: MatchQuery, value: unknown, where: string): string {
	const { type, column } = query;
	const isText = type === 'string' && typeof value === 'string';
	const literal = toLiteral({ value: isText ? compose(value) : value, type }, where);
	if (type === 'number' && Math.abs(Number(literal)) > Number.MAX_SAFE_INTEGER) {
		throw new InvalidInput(
			`${where}, "${formatValue(value)}", has more digits than numbers are told apart by`,
			'Check it: IDs of Teamogy are shorter. If the column contains text, compare it as String.',
		);
	}
	if (getUrlCost(column, literal) > getUrlBudget(query)) {
		throw new InvalidInput(
			`${where} is too long for the address of a request`,
			`An address holds about ${MAX_URL_LENGTH} characters, filters and columns included, and a letter with an accent counts as six. Match by a shorter column, e.g. id or number.`,
		);
	}
	return literal;
}

/** @throws InvalidInput as `toMatchLiteral` */
export function toWantedValue(query: MatchQuery, value: unknown): WantedValue {
	const literal = toMatchLiteral(query, value, 'The value to look for');
	const key = toKey(value, query.type);
	return { literal, key, looseKey: toLooseKey(key) };
}

/** Values in batches, each of which fits one address and one page of rows. */
function toBatches(query: MatchQuery, values: WantedValue[]): WantedValue[][] {
	const { column, pageSize = DEFAULT_PAGE_SIZE } = query;
	const budget = getUrlBudget(query);
	const batches: WantedValue[][] = [];
	let batch: WantedValue[] = [];
	let left = 0;
	for (const value of values) {
		const cost = getUrlCost(column, value.literal);
		if (cost > left || batch.length >= pageSize) {
			batch = [];
			batches.push(batch);
			left = budget;
		}
		batch.push(value);
		left -= cost;
	}
	return batches;
}

/** Whether rows were of use. Where they lack the column, those of any other batch lack it too. */
export type RowUse = 'used' | 'columnMissing';

/** Takes the rows that came for a batch. */
type UseRows = (batch: WantedValue[], rows: Row[]) => RowUse;

/** The values of one query on the way. Workers take its batches one after the other. */
class BatchQueue {
	/** Batches that are not asked for yet. */
	private readonly waiting: WantedValue[][];

	/** Values whose rows came without the column, and those that were not asked for then. */
	readonly valuesWithoutColumn: WantedValue[] = [];

	constructor(batches: WantedValue[][]) {
		this.waiting = batches;
	}

	get length(): number {
		return this.waiting.length;
	}

	take(): WantedValue[] | undefined {
		return this.waiting.shift();
	}

	/** Takes all values that wait. */
	takeRest(): WantedValue[] {
		return this.waiting.splice(0).flat();
	}

	/** Adds a batch in two halves, in the same order. */
	addHalves(batch: WantedValue[]): void {
		const middle = Math.ceil(batch.length / 2);
		this.waiting.push(batch.slice(0, middle), batch.slice(middle));
	}
}

/** Reads values in batches. A batch that is refused is asked for in halves, so that one value fails alone. */
export class BatchReader {
	/** Why the rows of a value are not known, by its key. */
	readonly failures = new Map<string, unknown>();

	/** Whether the view takes the query with a value that no server can object to. */
	private takesPlainValue?: Promise<boolean>;

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
			if (!(await this.isAboutValues(error, query, batch)))
				this.fail([...batch, ...queue.takeRest()], error);
			else if (batch.length === 1) this.fail(batch, error);
			else queue.addHalves(batch);
		});
	}

	/** Whether an error is due to the values of a batch. Whether it is due to a single value is not found out. */
	private async isAboutValues(
		error: unknown,
		query: MatchQuery,
		batch: WantedValue[],
	): Promise<boolean> {
		if (!isRejectedByTeamogy(error)) return false;
		return batch.length === 1 || (await this.isTaken(query));
	}

	/** Whether the view takes the query with other values; else it refuses the query for each value anew. */
	private async isTaken(query: MatchQuery): Promise<boolean> {
		const plain = toLiteral({ value: PLAIN_VALUES[query.type], type: query.type }, 'The value');
		const filter = andFilters(`${query.column}=${plain}`, query.filter);
		this.takesPlainValue ??= readRows(this.client, { ...query, filter, limit: 1 }).then(
			() => true,
			(error) => {
				if (error instanceof ExecutionCancelled) throw error;
				return false;
			},
		);
		return await this.takesPlainValue;
	}
}
