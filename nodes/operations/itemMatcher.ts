import { matchTypedRows, type TypedMatches, type TypedMatchQuery } from '../api/views/typedMatch';
import type { ColumnTypes } from '../api/views/columnTypes';
import { toColumnValue, type ColumnInfo } from '../api/views/columnValue';
import type { TypedValue, ValueType } from '../api/views/literal';
import { isRejectedByTeamogy } from '../api/transport/errors';
import { toMatchLiteral } from '../api/views/matchBatches';
import { explainRejection, type NamedColumn } from '../api/views/missingColumn';
import { toSpelling, type Spelling, type SpellingComparison } from '../api/views/spellings';
import type { Row } from '../api/views/view';
import type { OperationContext, PreparedItem } from './context';

/** The value of an item that is matched. */
export interface MatchableTask {
	value: unknown;
	/** The type that the user chose; without it the value is compared as its column. */
	type?: ValueType;
}

/** Matches the values of items against one column of a view, all in as few requests as possible. */
export class ItemMatcher {
	/** What the column holds. Undefined where each value has its own type. */
	private columnInfo?: ColumnInfo;

	private readonly typedValues = new Map<MatchableTask, TypedValue>();

	/** The rows found; set by `match`. */
	private matches!: TypedMatches;

	/**
	 * @param label names a value in messages
	 * @param createsMissing whether a value that no row has makes a new record. Then two things differ. The type of
	 * the column is asked for in any run, since a value of another type would make a record that no run finds. In a
	 * column without a type, a number is matched as text too, and text that is a number as number: the next run may
	 * get 1001 for "1001" from another kind of file.
	 * @param otherColumns those that the query names besides the match column
	 */
	constructor(
		private readonly context: OperationContext,
		private readonly columnTypes: ColumnTypes,
		private readonly query: TypedMatchQuery,
		private readonly label: string,
		private readonly createsMissing = false,
		private readonly otherColumns: NamedColumn[] = [],
	) {}

	/**
	 * Matches the values of items. What is wrong with an item, or with all, becomes the result of the items.
	 *
	 * @returns the items whose rows `findRows` gives
	 */
	async match<Task extends MatchableTask>(
		items: Array<PreparedItem<Task>>,
	): Promise<Array<PreparedItem<Task>>> {
		const { context, query } = this;
		const untyped = items.filter(({ task }) => !task.type);
		const isDetected = await context.runOnceFor(untyped, async () => await this.detect(untyped));
		const typed = isDetected ? items : items.filter(({ task }) => task.type);
		const matchable = await context.checkItems(typed, (task) => {
			const { value, type } = this.toTypedValue(task);
			toMatchLiteral({ ...query, type }, value, this.label);
		});
		const isMatched = await context.runOnceFor(matchable, async () => {
			const values = matchable.flatMap(({ task }) => this.listTypedValues(task));
			this.matches = await matchTypedRows(context.client, query, values).catch(this.explain);
		});
		return isMatched ? matchable : [];
	}

	/**
	 * Finds the rows with the value of an item.
	 *
	 * @throws InvalidInput, TeamogyError where the rows of the value are not known
	 */
	async findRows(task: MatchableTask): Promise<Row[]> {
		return await this.findIn(this.matches, task).catch(this.explain);
	}

	/** Texts of the column that are spelt much like the value of an item that nothing was found for. */
	findSimilar(task: MatchableTask): string[] {
		return this.matches.findSimilar(this.toTypedValue(task));
	}

	/** As `findRows`, from a request of its own: records were created since the others were matched. */
	async findRowsAgain(task: MatchableTask): Promise<Row[]> {
		const values = this.listTypedValues(task);
		return await this.findIn(await matchTypedRows(this.context.client, this.query, values), task);
	}

	/** The value of an item as one of the spellings of a value. Throws InvalidInput as `match`. */
	toSpelling(task: MatchableTask): Spelling {
		const { value, type } = this.toTypedValue(task);
		return toSpelling(value, type);
	}

	/** What is known of which spellings of the value are equal. */
	getComparison(task: MatchableTask): SpellingComparison {
		return this.matches.getComparison(this.toTypedValue(task).type, this.toSpelling(task).looseKey);
	}

	/** Throws the error as `explainRejection` explains it. */
	private readonly explain = async (error: unknown): Promise<never> => {
		const { columnTypes, query, otherColumns } = this;
		const named = [{ column: query.column, purpose: ' to match on' }, ...otherColumns];
		throw await explainRejection(error, columnTypes.samples, query, named);
	};

	private async detect(items: Array<PreparedItem<MatchableTask>>): Promise<void> {
		if (!items.length) return;
		const { query, createsMissing } = this;
		const values = items.map(({ task }) => task.value);
		this.columnInfo = await this.columnTypes.detect(query, query.column, values, createsMissing);
	}

	private toTypedValue(task: MatchableTask): TypedValue {
		const known = this.typedValues.get(task);
		if (known) return known;
		const { value, type } = task;
		const { columnInfo: info, label } = this;
		const { timeZone } = this.columnTypes;
		const typed = type
			? { value, type }
			: toColumnValue(value, { column: this.query.column, info, timeZone }, label);
		this.typedValues.set(task, typed);
		return typed;
	}

	private listTypedValues(task: MatchableTask): TypedValue[] {
		const typed = this.toTypedValue(task);
		const isCertain = !this.createsMissing || this.columnInfo || task.type;
		const other = isCertain ? undefined : toOtherType(typed);
		return other ? [typed, other] : [typed];
	}

	/** The rows with the value as it is given; without any, those with its other type. */
	private async findIn(matches: TypedMatches, task: MatchableTask): Promise<Row[]> {
		const [typed, other] = this.listTypedValues(task);
		const rows = matches.getRows(typed);
		if (rows.length || !other) return rows;
		const findOther = async () => matches.getRows(other);
		return await findOther().catch((error) => {
			// No record has a value of a type that Teamogy refuses to compare.
			if (isRejectedByTeamogy(error)) return rows;
			throw error;
		});
	}
}

/** A number as text, and text that is a number as number; undefined for any other value. */
const toOtherType = ({ value, type }: TypedValue): TypedValue | undefined => {
	if (type === 'number') return { value: String(value), type: 'string' };
	const number = Number(value);
	// `Infinity` is the name of a company, and long numbers are no numbers to compare.
	return String(number) === value && Math.abs(number) <= Number.MAX_SAFE_INTEGER
		? { value: number, type: 'number' }
		: undefined;
};
