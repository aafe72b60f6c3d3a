import { splitBatch, toBatches, toLooseKey, toWantedValue, type MatchQuery } from './matchBatches';
import type { TeamogyClient } from '../transport/client';
import {
	withColumn,
	selectColumns,
	listColumnNames,
	PROPERTIES_PREFIX,
	getColumnValue,
} from './columns';
import { InvalidInput, ExecutionCancelled, TeamogyError } from '../transport/errors';
import { andFilters, anyOfFilter, type ValueType } from './filter';
import { formatValue } from '../formatValue';
import {
	getDistance,
	SpellingComparison,
	SpellingGroup,
	toKey,
	type WantedValue,
} from './spellings';
import { readRows, type Row } from './view';

/** Batches asked for at the same time; the account's budget bounds them further. */
const BATCHES_AT_ONCE = 8;
const REFUSALS = [400, 414, 422, 431];
/** A value of each type that no server can object to. */
const PLAIN_LITERALS: Record<ValueType, string> = { string: "'a'", number: '1', boolean: 'true' };

/** Whether Teamogy refused what it was asked for, so that another question may be answered all the same. */
export const isRefusal = (error: unknown): boolean =>
	error instanceof TeamogyError && REFUSALS.includes(error.status ?? 0);

type UseRows = (query: MatchQuery, batch: WantedValue[], rows: Row[]) => void;

/**
 * The rows found for many values, each of which is asked for once, in as few requests as addresses allow:
 * `(id=1 OR id=2 …)`.
 *
 * A row belongs to a value if it equals it; to a value that no row equals, if it differs from it by case,
 * accents or spacing only and the server holds both for equal. Where the server does not show that by what
 * it gives, one of the spellings is asked for without the others: one or two requests more, however many
 * spellings there are.
 */
export class Matches {
	/** By the key of the value. */
	private readonly groups = new Map<string, SpellingGroup>();

	/** Why the rows of a value are not known, by its key. */
	private readonly failures = new Map<string, unknown>();

	/** What the server holds for equal, by the loose key of the spellings. */
	private readonly comparisons = new Map<string, SpellingComparison>();

	/** Values whose rows came without the column and so cannot be told apart. */
	private readonly withoutColumn: WantedValue[] = [];

	/** The columns that came with those rows: asked for again together with the column. */
	private readonly columnsWithoutIt: Set<string>;

	/** Whether the view takes the query with a value that no server can object to. */
	private takesPlainValue?: Promise<boolean>;

	constructor(
		private readonly client: TeamogyClient,
		private readonly query: MatchQuery,
	) {
		this.columnsWithoutIt = new Set(query.properties?.map((name) => `${PROPERTIES_PREFIX}${name}`));
	}

	/** Whether all was answered and no value has rows. */
	get isEmpty(): boolean {
		return !this.failures.size && [...this.groups.values()].every(({ isEmpty }) => isEmpty);
	}

	/**
	 * The rows of a value that was asked for.
	 *
	 * @throws TeamogyError when its request was not answered
	 * @throws InvalidInput when what came cannot be told apart
	 */
	getRows(value: unknown): Row[] {
		const key = toKey(value, this.query.type);
		if (this.failures.has(key)) throw this.failures.get(key);
		return this.groups.get(key)?.getRows(key) ?? [];
	}

	/** What is known of how the server compares the spellings of a value. */
	getComparison(looseKey: string): SpellingComparison {
		const comparison = this.comparisons.get(looseKey) ?? new SpellingComparison();
		this.comparisons.set(looseKey, comparison);
		return comparison;
	}

	/** @throws ExecutionCancelled as the requests */
	async read(values: WantedValue[]): Promise<void> {
		const { query } = this;
		const assign: UseRows = (...found) => this.assign(...found);
		const first = withColumn(query, query.column);
		await this.readBatches(first, toBatches(first, values), assign);
		if (this.withoutColumn.length) {
			// What a view returns of its own choice is a predefined list (DOC "Views"), which may lack the column.
			const named = { ...query, ...selectColumns([query.column, ...this.columnsWithoutIt]) };
			await this.readBatches(named, toBatches(named, this.withoutColumn.splice(0)), assign);
		}
		await this.compareSpellings();
	}

	private async readBatches(
		query: MatchQuery,
		batches: WantedValue[][],
		useRows: UseRows,
	): Promise<void> {
		const worker = async () => {
			for (let batch = batches.shift(); batch; batch = batches.shift()) {
				await this.readBatch(query, batch, batches, useRows);
				// The others would come without the column too.
				if (this.withoutColumn.length) this.withoutColumn.push(...batches.splice(0).flat());
			}
		};
		const workers = Math.min(BATCHES_AT_ONCE, batches.length);
		await Promise.all(Array.from({ length: workers }, worker));
	}

	/** @param others the batches not read yet: halves of this one are added, or they fail with it */
	private async readBatch(
		query: MatchQuery,
		batch: WantedValue[],
		others: WantedValue[][],
		useRows: UseRows,
	): Promise<void> {
		const literals = batch.map(({ literal }) => literal);
		const filter = andFilters(anyOfFilter(query.column, literals), query.filter);
		await readRows(this.client, { ...query, filter })
			.then((rows) => useRows(query, batch, rows))
			.catch(async (error) => {
				if (error instanceof ExecutionCancelled) throw error;
				const isOneValue = isRefusal(error) && batch.length === 1;
				if (isOneValue) this.fail(batch, error);
				else if (isRefusal(error) && (await this.isAboutValues(query))) {
					others.push(...splitBatch(batch));
				}
				// Anything else would meet the next request too.
				else this.fail([...batch, ...others.splice(0).flat()], error);
			});
	}

	/** Tells a refusal of values from one of the query, which would be refused for each value anew. */
	private async isAboutValues(query: MatchQuery): Promise<boolean> {
		const plain = `${query.column}=${PLAIN_LITERALS[query.type]}`;
		this.takesPlainValue ??= readRows(this.client, {
			...query,
			filter: andFilters(plain, query.filter),
			limit: 1,
		}).then(
			() => true,
			(error) => {
				if (error instanceof ExecutionCancelled) throw error;
				return false;
			},
		);
		return await this.takesPlainValue;
	}

	private fail(values: WantedValue[], error: unknown): void {
		for (const { key } of values) this.failures.set(key, error);
	}

	/** Gives the rows of a batch to its values. */
	private assign(query: MatchQuery, batch: WantedValue[], rows: Row[]): void {
		const { column, type } = query;
		if (rows.length && rows.every((row) => getColumnValue(row, column) === undefined)) {
			this.assignWithoutColumn(query, batch, rows);
			return;
		}
		const groups = this.toGroups(batch);
		const strays: unknown[] = [];
		for (const row of rows) {
			const key = this.readKey(row);
			const group = key === undefined ? undefined : groups.get(toLooseKey(key, type));
			if (key === undefined || !group) strays.push(getColumnValue(row, column));
			else group.add(row, key);
		}
		if (!strays.length) return;
		const open = [...groups.values()].filter(({ isEmpty }) => isEmpty);
		const values = open.flatMap((group) => group.values);
		if (values.length) this.fail(values, strayRow(query, strays[0], values));
	}

	/** What a row has in the column. Nothing, a list or an object is no value to compare. */
	private readKey(row: Row): string | undefined {
		const value = getColumnValue(row, this.query.column);
		return typeof value === 'object' || value === undefined
			? undefined
			: toKey(value, this.query.type);
	}

	private toGroups(batch: WantedValue[]): Map<string, SpellingGroup> {
		const groups = new Map<string, SpellingGroup>();
		for (const value of batch) {
			const { key, toLooseText: looseKey } = value;
			const group = groups.get(looseKey) ?? new SpellingGroup(this.getComparison(looseKey));
			groups.set(looseKey, group);
			group.values.push(value);
			this.groups.set(key, group);
		}
		return groups;
	}

	/** Rows without the column are those of a value that was asked for alone; others are asked for again. */
	private assignWithoutColumn(query: MatchQuery, batch: WantedValue[], rows: Row[]): void {
		const { view, column, type } = query;
		if (isAskedByName(query)) {
			throw new InvalidInput(
				`The view "${view}" is filtered by "${column}" but does not return it`,
				'So it cannot be told whose row is whose. Match by a column that the view returns.',
			);
		}
		// Of one text some rows may be the server's for another spelling of it.
		if (batch.length > 1 || (type === 'string' && rows.length > 1)) {
			this.withoutColumn.push(...batch);
			for (const name of rows.flatMap(listColumnNames)) this.columnsWithoutIt.add(name);
			return;
		}
		const [group] = this.toGroups(batch).values();
		for (const row of rows) group.add(row, batch[0].key);
	}

	/** Finds out whose rows those are that came for several spellings of one value. */
	private async compareSpellings(): Promise<void> {
		const query = { ...this.query, ...selectColumns([this.query.column]) };
		for (;;) {
			const undecided = this.findUndecided();
			if (!undecided.size) return;
			const nearest = [...undecided.values()].map(([value]) => value);
			await this.readBatches(query, toBatches(query, nearest), (_query, batch, rows) => {
				this.learn(batch, rows);
			});
			for (const values of undecided.values()) {
				const error = this.failures.get(values[0].key);
				if (error) this.fail(values, error);
			}
		}
	}

	/** The values whose rows may be those of another spelling, by their loose key; the nearest first. */
	private findUndecided(): Map<string, WantedValue[]> {
		const undecided = new Map<string, WantedValue[]>();
		for (const group of new Set(this.groups.values())) {
			const values = group.findUndecided().filter(({ key }) => !this.failures.has(key));
			if (!values.length) continue;
			const { toLooseText: looseKey } = values[0];
			undecided.set(looseKey, [...(undecided.get(looseKey) ?? []), ...values]);
		}
		return undecided;
	}

	/** Compares what came for spellings that were asked for without the others with what came before. */
	private learn(batch: WantedValue[], rows: Row[]): void {
		const came = new Set(rows.map((row) => this.readKey(row)));
		for (const { key, toLooseText: looseKey } of batch) {
			const comparison = this.getComparison(looseKey);
			for (const rowKey of this.groups.get(key)!.rowKeys)
				comparison.learn(getDistance(key, rowKey), came.has(rowKey));
		}
	}
}

const isAskedByName = ({ column, columns = [], properties = [] }: MatchQuery): boolean =>
	[...columns, ...properties.map((name) => `${PROPERTIES_PREFIX}${name}`)].includes(column);

const MAX_VALUES_NAMED = 3;

const strayRow = ({ column }: MatchQuery, stray: unknown, values: WantedValue[]): InvalidInput => {
	const named = values.slice(0, MAX_VALUES_NAMED).map(({ key }) => `"${formatValue(key)}"`);
	const more = values.length > named.length ? ` or ${values.length - named.length} more` : '';
	const found = stray === undefined ? 'nothing' : `"${formatValue(stray)}"`;
	return new InvalidInput(
		`Teamogy gave a row with ${found} in "${column}" where ${named.join(' or ')}${more} was asked for`,
		'So it cannot be told whose row it is. Check that the column contains single values of the same type, or match by another column, e.g. id or number.',
	);
};

/**
 * Matches many values against a column of a view.
 *
 * @param values what to look for, each fit for `toMatchLiteral`
 * @throws InvalidInput when a value is not; ExecutionCancelled as the requests
 */
export async function matchRows(
	client: TeamogyClient,
	query: MatchQuery,
	values: unknown[],
): Promise<Matches> {
	const wanted = new Map<string, WantedValue>();
	for (const value of values) {
		const one = toWantedValue(query, value);
		wanted.set(one.key, one);
	}
	const matches = new Matches(client, query);
	await matches.read([...wanted.values()]);
	return matches;
}
