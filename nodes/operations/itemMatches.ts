import type { SimilarText } from '../api/views/match';
import { matchTypedRows, type TypedMatches, type TypedMatchQuery } from '../api/views/typedMatch';
import type { ColumnTypes } from '../api/views/columnTypes';
import { toColumnValue, type ColumnInfo } from '../api/views/columnValue';
import type { TypedValue, ValueType } from '../api/views/literal';
import { isRejectedByTeamogy } from '../api/transport/errors';
import { toMatchLiteral } from '../api/views/matchBatches';
import { explainRejection, type NamedColumn } from '../api/views/missingColumn';
import { toSpelling, type Spelling, type SpellingComparison } from '../api/views/spellings';
import type { Row } from '../api/views/row';
import type { OperationContext, PreparedItem } from './context';

/** The value of an item that is matched. */
export interface MatchableTask {
	value: unknown;
	/** The type that the user chose; without it the value is compared as its column. */
	type?: ValueType;
}

/** How the values of items are matched against one column of a view. */
export interface ItemMatchSettings {
	query: TypedMatchQuery;
	/** Names a value in messages. */
	label: string;
	/**
	 * Whether a value that no row has makes a new record. Then two things differ. The type of the column is asked for in
	 * any run, since a value of another type would make a record that no run finds. In a column without a type, a number
	 * is matched as text too, and text that is a number as number: the next run may get 1001 for "1001" from another kind
	 * of file.
	 */
	createsMissing?: boolean;
	/** The columns that the query names besides the one to match on. */
	otherColumns: NamedColumn[];
}

/** The values of items as their column takes them. */
class ItemValues {
	private readonly typedValues = new Map<MatchableTask, TypedValue>();

	/** @param columnInfo what the column holds; undefined where each value has its own type */
	constructor(
		private readonly settings: ItemMatchSettings,
		private readonly timeZone: string,
		private readonly columnInfo: ColumnInfo | undefined,
	) {}

	/** @throws InvalidInput where the value cannot be in the column */
	getTyped(task: MatchableTask): TypedValue {
		const known = this.typedValues.get(task);
		if (known) return known;
		const { query, label } = this.settings;
		const { value, type } = task;
		const column = { column: query.column, info: this.columnInfo, timeZone: this.timeZone };
		const typed = type ? { value, type } : toColumnValue(value, column, label);
		this.typedValues.set(task, typed);
		return typed;
	}

	/** The value as it is given, and as its other type where that may be meant too. */
	listTyped(task: MatchableTask): [TypedValue, ...TypedValue[]] {
		const typed = this.getTyped(task);
		const mayHaveOtherType = this.settings.createsMissing && !this.columnInfo && !task.type;
		const other = mayHaveOtherType ? toOtherType(typed) : undefined;
		return other ? [typed, other] : [typed];
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

/** The rows that were found for the values of items. */
export class ItemMatches<Task extends MatchableTask> {
	/**
	 * @param items those whose rows `findRows` gives
	 * @param match finds the rows of values
	 * @param matches the rows found for all items
	 * @param explain throws an error as `explainRejection` explains it
	 */
	constructor(
		readonly items: Array<PreparedItem<Task>>,
		private readonly values: ItemValues,
		private readonly match: (values: TypedValue[]) => Promise<TypedMatches>,
		private readonly matches: TypedMatches,
		private readonly explain: (error: unknown) => Promise<never>,
	) {}

	/**
	 * Finds the rows with the value of an item.
	 *
	 * @throws InvalidInput, TeamogyError where the rows of the value are not known
	 */
	async findRows(task: Task): Promise<Row[]> {
		return await this.findIn(this.matches, task);
	}

	/** As `findRows`, from a request of its own: records were created since the others were matched. */
	async findRowsAgain(task: Task): Promise<Row[]> {
		return await this.findIn(await this.match(this.values.listTyped(task)), task);
	}

	/** The rows with the value as it is given; without any, those with its other type. */
	private async findIn(matches: TypedMatches, task: Task): Promise<Row[]> {
		const [typed, other] = this.values.listTyped(task);
		const getRows = async ({ value, type }: TypedValue) => matches.get(type)!.getRows(value);
		const rows = await getRows(typed).catch(this.explain);
		if (rows.length || !other) return rows;
		return await getRows(other).catch(async (error) => {
			// No record has a value of a type that Teamogy refuses to compare.
			if (isRejectedByTeamogy(error)) return rows;
			throw error;
		});
	}

	/** Texts of the column that are spelt much like the value of an item that nothing was found for. */
	findSimilar(task: Task): SimilarText[] {
		const { value, type } = this.values.getTyped(task);
		return this.matches.get(type)!.findSimilar?.(value) ?? [];
	}

	/** The value of any item as one of the spellings of a value. Throws InvalidInput where it cannot be in the column. */
	toSpelling(task: Task): Spelling {
		const { value, type } = this.values.getTyped(task);
		return toSpelling(value, type);
	}

	/** What is known of which spellings of the value are equal. */
	getComparison(task: Task): SpellingComparison {
		const { type } = this.values.getTyped(task);
		return this.matches.get(type)!.getComparison(this.toSpelling(task).looseKey);
	}
}

/**
 * Matches the values of items against one column of a view, all in as few requests as possible. What is wrong with an
 * item, or with all, becomes the result of the items.
 */
export async function matchItems<Task extends MatchableTask>(
	items: Array<PreparedItem<Task>>,
	settings: ItemMatchSettings,
	columnTypes: ColumnTypes,
	context: OperationContext,
): Promise<ItemMatches<Task>> {
	const { query, label, createsMissing, otherColumns } = settings;
	const untyped = items.filter(({ task }) => !task.type);
	const untypedValues = untyped.map(({ task }) => task.value);
	const detected = await context.runOnceFor(untyped, async () =>
		untyped.length
			? await columnTypes.detect(query, query.column, untypedValues, createsMissing)
			: undefined,
	);
	const values = new ItemValues(settings, columnTypes.timeZone, detected?.result);
	const typed = detected ? items : items.filter(({ task }) => task.type);
	const matchable = await context.checkItems(typed, (task) => {
		const { value, type } = values.getTyped(task);
		toMatchLiteral({ ...query, type }, value, label);
	});
	const explain = async (error: unknown): Promise<never> => {
		const named = [{ column: query.column, purpose: ' to match on' }, ...otherColumns];
		throw await explainRejection(error, columnTypes.samples, query, named);
	};
	const match = async (wanted: TypedValue[]) =>
		await matchTypedRows(context.client, query, wanted).catch(explain);
	const matched = await context.runOnceFor(
		matchable,
		async () => await match(matchable.flatMap(({ task }) => values.listTyped(task))),
	);
	return matched
		? new ItemMatches(matchable, values, match, matched.result, explain)
		: new ItemMatches([], values, match, new Map(), explain);
}
