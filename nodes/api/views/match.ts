import { groupBy } from '../common/groupBy';
import type { TeamogyClient } from '../transport/client';
import {
	getColumnValue,
	listColumnNames,
	listSelectedColumns,
	selectColumns,
	withColumn,
} from './columns';
import { BatchReader, type RowUse } from './batchReader';
import { fitInAddress, toWantedValue, type MatchQuery, type WantedValue } from './matchBatches';
import { strayRowError, tooManyColumnsError } from './matchErrors';
import { notReturnedError } from './missingColumn';
import { ReceivedRows } from './receivedRows';
import { toKey, toLooseKey, toSpelling, type SpellingComparison } from './spellings';
import type { Row } from './row';

/** The rows of values of one type. */
export interface ValueMatches {
	/** Throws where the rows of the value are not known. */
	getRows(value: unknown): Row[];
	/** What is known of which spellings of a value are equal. */
	getComparison(looseKey: string): SpellingComparison;
	/** Texts of the column that are spelt much like a value that no row has, where the column was read. */
	findSimilar?(value: unknown): string[];
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
export class Matches implements ValueMatches {
	private readonly rows = new ReceivedRows();

	/** The columns of rows that came without the one they were matched by. */
	private readonly otherColumns: Set<string>;

	private readonly batches: BatchReader;

	constructor(
		client: TeamogyClient,
		private readonly query: MatchQuery,
	) {
		this.otherColumns = new Set(listSelectedColumns({ properties: query.properties }));
		this.batches = new BatchReader(client);
	}

	/**
	 * The rows of a value that was asked for.
	 *
	 * @throws TeamogyError when its request was not answered
	 * @throws InvalidInput when the rows that came cannot be told apart
	 */
	getRows(value: unknown): Row[] {
		const spelling = toSpelling(value, this.query.type);
		const { failures } = this.batches;
		if (failures.has(spelling.key)) throw failures.get(spelling.key);
		return this.rows.get(spelling);
	}

	/** How the server compares the spellings of a value, as far as it has shown. */
	getComparison(looseKey: string): SpellingComparison {
		return this.rows.getComparison(looseKey);
	}

	/**
	 * Reads the rows of the values. What cannot be read is thrown by `getRows` of its value.
	 *
	 * @throws ExecutionCancelled as the requests
	 */
	async read(values: WantedValue[]): Promise<void> {
		const { batches, query } = this;
		const read = async (readQuery: MatchQuery, wanted: WantedValue[]) =>
			await batches.read(readQuery, wanted, (batch, rows) => this.assign(readQuery, batch, rows));
		const valuesWithoutColumn = await read(withColumn(query, query.column), values);
		// What a view returns of its own choice is a predefined list (DOC "Views"), which may lack the column.
		const names = [query.column, ...this.otherColumns];
		if (fitInAddress(names)) {
			await read({ ...query, ...selectColumns(names) }, valuesWithoutColumn);
		} else {
			batches.fail(valuesWithoutColumn, tooManyColumnsError(query));
		}
		await this.compareSpellings(values);
	}

	/** Takes the rows of a batch. Values without rows fail where a row came that belongs to none. */
	private assign(query: MatchQuery, batch: WantedValue[], rows: Row[]): RowUse {
		if (rows.length && rows.every((row) => getColumnValue(row, query.column) === undefined))
			return this.assignWithoutColumn(query, batch, rows);
		this.rows.noteOrder(rows);
		const requested = groupBy(batch, ({ looseKey }) => looseKey);
		const unmatched = new Map(requested);
		const unrelated: Row[] = [];
		for (const [key, sameRows] of this.groupByKey(rows)) {
			const spelling = key === undefined ? undefined : { key, looseKey: toLooseKey(key) };
			const spellings = spelling && requested.get(spelling.looseKey);
			if (spellings) {
				this.rows.add(spelling, sameRows, spellings);
				unmatched.delete(spelling.looseKey);
			} else unrelated.push(...sameRows);
		}
		const withoutRows = [...unmatched.values()].flat();
		if (unrelated.length && withoutRows.length)
			this.batches.fail(withoutRows, strayRowError(query, unrelated[0], withoutRows));
		return 'used';
	}

	/** Rows by the key of what they have in the column. Nothing, a list or an object has no key. */
	private groupByKey(rows: Row[]): Map<string | undefined, Row[]> {
		const { column, type } = this.query;
		return groupBy(rows, (row) => {
			const value = getColumnValue(row, column);
			return typeof value === 'object' || value === undefined ? undefined : toKey(value, type);
		});
	}

	/** Rows without the column are those of a value that was asked for alone; others are asked for again. */
	private assignWithoutColumn(query: MatchQuery, batch: WantedValue[], rows: Row[]): RowUse {
		const { view, column, type } = query;
		if (listSelectedColumns(query).includes(column)) {
			throw notReturnedError(
				view,
				column,
				'The node cannot tell which record belongs to which item. Match on a column that the view returns.',
			);
		}
		// Of one text some rows may be the server's for another spelling of it.
		if (batch.length > 1 || (type === 'string' && rows.length > 1)) {
			for (const name of rows.flatMap(listColumnNames)) this.otherColumns.add(name);
			return 'columnMissing';
		}
		this.rows.noteOrder(rows);
		this.rows.add(batch[0], rows, batch);
		return 'used';
	}

	/** Finds out whose rows those are that came for several spellings of one value. */
	private async compareSpellings(values: WantedValue[]): Promise<void> {
		const query = { ...this.query, ...selectColumns([this.query.column]) };
		const { failures } = this.batches;
		for (;;) {
			const readable = values.filter(({ key }) => !failures.has(key));
			const undecided = this.rows.findUndecided(readable);
			if (!undecided.length) return;
			const nearest = undecided.map(([value]) => value);
			await this.batches.read(query, nearest, (batch, rows) => {
				const received = this.groupByKey(rows);
				for (const value of batch) this.rows.compareSpelling(value, received);
				return 'used';
			});
			for (const group of undecided) {
				const error = failures.get(group[0].key);
				if (error) this.batches.fail(group, error);
			}
		}
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
): Promise<Matches> {
	const wanted = values.map((value) => toWantedValue(query, value));
	const matches = new Matches(client, query);
	await matches.read([...new Map(wanted.map((value) => [value.key, value])).values()]);
	return matches;
}
