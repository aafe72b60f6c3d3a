import { getOrCreate } from '../api/common/maps';
import type { SimilarText } from '../api/matching/match';
import {
	matchTypedRows,
	type TypedMatches,
	type TypedMatchQuery,
} from '../api/matching/typedMatch';
import type { ColumnTypes } from '../api/filters/columnTypes';
import { toColumnValue, type ColumnInfo } from '../api/filters/columnValue';
import type { TypedValue, ValueType } from '../api/views/literal';
import { isRejectedByTeamogy } from '../api/transport/errors';
import { toMatchLiteral } from '../api/matching/matchBatches';
import { explainRejection, type NamedColumn } from '../api/filters/missingColumn';
import {
	toSpelling,
	type Difference,
	type Spelling,
	type SpellingComparison,
} from '../api/matching/spellings';
import type { Row } from '../api/views/row';
import type { OperationContext, PreparedItem } from './context';

/** The value of an item that is matched. */
export interface MatchableTask {
	value: unknown;
	/** The type that the user chose; without it the value is compared as its column. */
	type?: ValueType;
}

/** How the values of items are matched against one column of a view. */
interface ItemMatchSettings {
	query: TypedMatchQuery;
	/** Names a value in messages. */
	label: string;
	/** The columns that the query names besides the one to match on. */
	otherColumns: NamedColumn[];
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

/** Matches the values of items against one column of a view, and has the rows that were found. */
export class ItemMatches<Task extends MatchableTask> {
	/** Those whose rows `findRows` gives. */
	items: Array<PreparedItem<Task>> = [];

	private matches: TypedMatches = new Map();

	/** What the column holds; undefined where each value has its own type. */
	private columnInfo: ColumnInfo | undefined;

	private isTypeDetected = false;

	private readonly typedValues = new Map<Task, TypedValue>();

	constructor(
		private readonly settings: ItemMatchSettings,
		private readonly columnTypes: ColumnTypes,
		private readonly context: OperationContext,
	) {}

	/** Matches the values of items, in as few requests as possible. What is wrong with an item, or with all, becomes the result of the items. */
	async match(items: Array<PreparedItem<Task>>): Promise<void> {
		const { settings, context } = this;
		const { query, label } = settings;
		const untyped = items.filter(({ task }) => !task.type);
		const detected = await context.runOnceFor(untyped, async () => await this.detectType(untyped));
		const typed = detected ? items : items.filter(({ task }) => task.type);
		const matchable = await context.checkItems(typed, (task) => {
			const { value, type } = this.getTypedValue(task);
			toMatchLiteral({ ...query, type }, value, label);
		});
		const matched = await context.runOnceFor(matchable, async () => await this.read(matchable));
		if (!matched) return;
		this.items = matchable;
		this.matches = matched.result;
	}

	/**
	 * Finds the rows with the value of an item.
	 *
	 * @throws InvalidInput, TeamogyError where the rows of the value are not known
	 */
	async findRows(task: Task): Promise<Row[]> {
		return await this.findRowsIn(this.matches, task);
	}

	/**
	 * As `findRows`, from a request of its own: records were created since the others were matched. The item need not be
	 * among those that were matched.
	 */
	async findRowsAgain(task: Task): Promise<Row[]> {
		if (!this.isTypeDetected && !task.type) await this.detectType([{ task }]);
		return await this.findRowsIn(await this.read([{ task }]), task);
	}

	/** Texts of the column that are spelt much like the value of an item that nothing was found for. */
	findSimilar(task: Task): SimilarText[] {
		const { value, type } = this.getTypedValue(task);
		return this.matches.get(type)!.findSimilar?.(value) ?? [];
	}

	/** The value of any item as one of the spellings of a value. Throws InvalidInput where it cannot be in the column. */
	toSpelling(task: Task): Spelling {
		const { value, type } = this.getTypedValue(task);
		return toSpelling(value, type);
	}

	/** In what another spelling of the value of an item differs from it. */
	getDifference(task: Task, key: string): Difference {
		return this.getComparison(task).getDifference(this.toSpelling(task).key, key);
	}

	/** Whether Teamogy treats spellings that differ so from the value as equal to it; undefined where that is not known. */
	areEqual(task: Task, difference: Difference): boolean | undefined {
		return this.getComparison(task).areEqual(difference);
	}

	/** Notes whether Teamogy treats spellings that differ so from the value as equal to it. */
	noteComparison(task: Task, difference: Difference, areEqual: boolean): void {
		const comparison = this.getComparison(task);
		if (areEqual) comparison.noteEqual(difference);
		else comparison.noteDifferent(difference);
	}

	private getComparison(task: Task): SpellingComparison {
		const { type } = this.getTypedValue(task);
		return this.matches.get(type)!.getComparison(this.toSpelling(task).looseKey);
	}

	private async detectType(items: Array<{ task: Task }>): Promise<void> {
		if (!items.length) return;
		const { query } = this.settings;
		const values = items.map(({ task }) => task.value);
		// A value of another type would make a record that no run finds.
		const isRequired = query.createsMissing;
		const info = await this.columnTypes.detect(query, query.column, values, isRequired);
		// In a mixed column a value is matched in all its types before a record is created.
		this.columnInfo = info?.type === 'mixed' && query.createsMissing ? undefined : info;
		this.isTypeDetected = true;
		this.typedValues.clear();
	}

	/** The value as the column takes it. Throws InvalidInput where it cannot be in the column. */
	private getTypedValue(task: Task): TypedValue {
		return getOrCreate(this.typedValues, task, () => {
			const { value, type } = task;
			if (type) return { value, type };
			const { query, label } = this.settings;
			const { timeZone } = this.columnTypes;
			return toColumnValue(value, { column: query.column, info: this.columnInfo, timeZone }, label);
		});
	}

	/**
	 * The value as it is given. Where it would make a new record in a column without a type, a number is matched as text
	 * too, and text that is a number as number: the next run may get 1001 for "1001" from another kind of file.
	 */
	private listTypedValues(task: Task): [TypedValue, ...TypedValue[]] {
		const typed = this.getTypedValue(task);
		const mayHaveOtherType = this.settings.query.createsMissing && !this.columnInfo && !task.type;
		const other = mayHaveOtherType ? toOtherType(typed) : undefined;
		return other ? [typed, other] : [typed];
	}

	private async read(items: Array<{ task: Task }>): Promise<TypedMatches> {
		const values = items.flatMap(({ task }) => this.listTypedValues(task));
		const { query } = this.settings;
		return await matchTypedRows(this.context.client, query, values).catch(this.explain);
	}

	/** The rows with the value as it is given; without any, those with its other type. */
	private async findRowsIn(matches: TypedMatches, task: Task): Promise<Row[]> {
		const [typed, other] = this.listTypedValues(task);
		const getRows = async ({ value, type }: TypedValue) => matches.get(type)!.getRows(value);
		const rows = await getRows(typed).catch(this.explain);
		if (rows.length || !other) return rows;
		return await getRows(other).catch(async (error) => {
			// No record has a value of a type that Teamogy refuses to compare.
			if (isRejectedByTeamogy(error)) return rows;
			throw error;
		});
	}

	/** Throws an error as `explainRejection` explains it. */
	private readonly explain = async (error: unknown): Promise<never> => {
		const { query, otherColumns } = this.settings;
		const named = [{ column: query.column, purpose: ' to match on' }, ...otherColumns];
		throw await explainRejection(error, this.columnTypes.samples, query, named);
	};
}
