import { getOrCreate, groupBy } from '../common/maps';
import type { TeamogyClient } from '../transport/client';
import {
	getColumnValue,
	listColumnNames,
	listSelectedColumns,
	selectColumns,
	withColumn,
} from '../views/columns';
import { BatchReader } from './batchReader';
import { fitInAddress, toWantedValue, type MatchQuery, type WantedValue } from './matchBatches';
import { tooManyColumnsError, tooManySpellingsError, unrelatedRowError } from './matchErrors';
import { notReturnedError } from '../filters/missingColumn';
import { toKey, toLooseKey, toSpelling, type SpellingComparison } from './spellings';
import type { Row } from '../views/row';
import { ValueRows } from './valueRows';

/** A text of the column that is spelt much like another, and the ID of its record. */
export interface SimilarText {
	text: string;
	id: unknown;
}

/** The rows of values of one type. */
export interface ValueMatches {
	/** Throws where the rows of the value are not known. */
	getRows(value: unknown): Row[];
	/** What is known of which spellings of a value are equal. */
	getComparison(looseKey: string): SpellingComparison;
	/** Texts of the column that are spelt much like a value that no row has, where the column was read. */
	findSimilar?(value: unknown): SimilarText[];
}

/** Requests that find out how the server compares the spellings of a value, at most. */
const MAX_ROUNDS = 8;

/** The view chooses the columns, by a predefined list (DOC "Views"), and leaves out the one to match on. */
class ColumnNotShown extends Error {
	constructor(readonly rows: Row[]) {
		super('The column to match on is not shown');
	}
}

/**
 * The rows of many values, each of which is asked for once, in as few requests as addresses allow:
 * `(id=1 OR id=2 …)`.
 *
 * A row belongs to the value it equals. To a value that no row equals belong the rows that differ from it by
 * case, accents or spacing only, if the server treats both as equal. Where the rows of a batch do not show
 * that, one of the spellings is asked for without the others: one or two requests more, however many
 * spellings there are.
 */
export class ExactMatches implements ValueMatches {
	/** By the loose keys of the values. */
	private readonly valueRows = new Map<string, ValueRows>();

	/** In which order the rows came. */
	private readonly order = new Map<Row, number>();

	private readonly batches: BatchReader;

	constructor(
		client: TeamogyClient,
		private readonly query: MatchQuery,
	) {
		this.batches = new BatchReader(client);
	}

	/**
	 * The rows of a value that was asked for.
	 *
	 * @throws TeamogyError when its request was not answered
	 * @throws InvalidInput when the rows that came cannot be told apart
	 */
	getRows(value: unknown): Row[] {
		const { key, looseKey } = toSpelling(value, this.query.type);
		const { failures } = this.batches;
		if (failures.has(key)) throw failures.get(key);
		const rows = this.getValueRows(looseKey).get(key);
		return [...rows].sort((a, b) => this.order.get(a)! - this.order.get(b)!);
	}

	/** Whether rows came in several pages: between two pages a row may have moved. */
	get wasPaged(): boolean {
		return this.batches.wasPaged;
	}

	/** How the server compares the spellings of a value, as far as it has shown. */
	getComparison(looseKey: string): SpellingComparison {
		return this.getValueRows(looseKey).comparison;
	}

	/**
	 * Reads the rows of the values. What cannot be read is thrown by `getRows` of its value.
	 *
	 * @throws ExecutionCancelled as the requests
	 */
	async read(values: WantedValue[]): Promise<void> {
		const { batches } = this;
		const query = withColumn(this.query, this.query.column);
		await this.readBatches(query, values);
		if (query.createsMissing && batches.wasPaged) {
			const missing = values.filter((value) => this.isMissing(value));
			await this.readBatches(query, missing);
		}
		await this.readWithColumn(values);
		await this.compareSpellings(values);
	}

	private async readBatches(query: MatchQuery, values: WantedValue[]): Promise<void> {
		await this.batches.read(query, values, (batch, rows) => this.assign(query, batch, rows));
	}

	/** Reads rows that came without the column once more, with it and the columns that they came with. */
	private async readWithColumn(values: WantedValue[]): Promise<void> {
		const { query } = this;
		const { failures } = this.batches;
		const findError = ({ key }: WantedValue) => failures.get(key);
		const wanted = values.filter((value) => findError(value) instanceof ColumnNotShown);
		const errors = new Set(wanted.map(findError)) as Set<ColumnNotShown>;
		const { column, properties } = query;
		const names = new Set([column, ...listSelectedColumns({ properties })]);
		for (const { rows } of errors)
			for (const name of rows.flatMap(listColumnNames)) names.add(name);
		if (!fitInAddress([...names])) return this.batches.fail(wanted, tooManyColumnsError(query));
		for (const { key } of wanted) failures.delete(key);
		await this.readBatches({ ...query, ...selectColumns([...names]) }, wanted);
	}

	private isMissing({ key, looseKey }: WantedValue): boolean {
		return !this.batches.failures.has(key) && !this.getValueRows(looseKey).get(key).length;
	}

	private getValueRows(looseKey: string): ValueRows {
		return getOrCreate(this.valueRows, looseKey, () => new ValueRows());
	}

	/** Takes the rows of a batch. Values without rows fail where a row came that belongs to none. */
	private assign(query: MatchQuery, batch: WantedValue[], rows: Row[]): void {
		const { view, column } = query;
		if (rows.length && rows.every((row) => getColumnValue(row, column) === undefined)) {
			if (!listSelectedColumns(query).includes(column)) throw new ColumnNotShown(rows);
			throw notReturnedError(
				view,
				column,
				'The node cannot tell which record belongs to which item. Match on a column that the view returns.',
			);
		}
		for (const row of rows) this.order.set(row, this.order.size);
		const requested = groupBy(batch, ({ looseKey }) => looseKey);
		const unmatched = new Map(requested);
		const unrelated: Row[] = [];
		for (const [key, sameRows] of this.groupByKey(rows)) {
			const looseKey = toLooseKey(key ?? '');
			const spellings = requested.get(looseKey);
			if (key !== undefined && spellings) {
				this.getValueRows(looseKey).add(key, sameRows, spellings);
				unmatched.delete(looseKey);
			} else unrelated.push(...sameRows);
		}
		const withoutRows = [...unmatched.values()].flat();
		if (unrelated.length && withoutRows.length)
			this.batches.fail(withoutRows, unrelatedRowError(query, unrelated[0], withoutRows));
	}

	/** Rows by the key of what they have in the column. Nothing, a list or an object has no key. */
	private groupByKey(rows: Row[]): Map<string | undefined, Row[]> {
		const { column, type } = this.query;
		return groupBy(rows, (row) => {
			const value = getColumnValue(row, column);
			return typeof value === 'object' || value === undefined ? undefined : toKey(value, type);
		});
	}

	/**
	 * Finds out whose rows those are that came for several spellings of one value. A round asks for one spelling of each
	 * value, and decides how the server treats its difference from the rows. Differences are few, so one or two rounds decide
	 * all as a rule, however many spellings there are. Spellings that so many rounds do not decide fail.
	 */
	private async compareSpellings(values: WantedValue[]): Promise<void> {
		const query = { ...this.query, ...selectColumns([this.query.column]) };
		const { failures } = this.batches;
		for (let round = 0; ; round++) {
			const undecided = this.listUndecided(values.filter(({ key }) => !failures.has(key)));
			if (!undecided.length) return;
			if (round === MAX_ROUNDS)
				return this.batches.fail(undecided.flat(), tooManySpellingsError(query));
			const nearest = undecided.map(([value]) => value);
			await this.batches.read(query, nearest, (batch, rows) => {
				const received = this.groupByKey(rows);
				for (const { key, looseKey } of batch) this.getValueRows(looseKey).compare(key, received);
			});
			for (const spellings of undecided) {
				const error = failures.get(spellings[0].key);
				if (error) this.batches.fail(spellings, error);
			}
		}
	}

	/** For each value the spellings that rows of others may belong to, those nearest to the rows first. */
	private listUndecided(values: WantedValue[]): WantedValue[][] {
		return [...groupBy(values, ({ looseKey }) => looseKey)]
			.map(([looseKey, spellings]) => {
				const rows = this.getValueRows(looseKey);
				return spellings
					.map((value) => ({ value, difference: rows.findUndecided(value.key) }))
					.filter(({ difference }) => difference !== undefined)
					.sort((a, b) => a.difference!.size - b.difference!.size)
					.map(({ value }) => value);
			})
			.filter((spellings) => spellings.length);
	}
}

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
): Promise<ExactMatches> {
	const wanted = values.map((value) => toWantedValue(query, value));
	const matches = new ExactMatches(client, query);
	await matches.read([...new Map(wanted.map((value) => [value.key, value])).values()]);
	return matches;
}
