import { formatValue } from '../common/formatValue';
import { InvalidInput } from '../common/invalidInput';
import { isBlankText } from '../common/json';
import { getColumnValue, type ColumnSelection } from '../views/columns';
import { isAmbiguous, toColumnValue } from './columnValue';
import type { ColumnTypes } from './columnTypes';
import { anyOfFilter, COMPARISON_SYNTAX, type Comparison } from '../views/filter';
import { toLiteral, type TypedValue, type ValueType } from '../views/literal';
import { containsText, toNeedle } from '../views/searchRows';
import { assertColumnReturned, type NamedColumn } from './missingColumn';
import type { Row } from '../views/row';
import type { ViewSource } from './viewSamples';

/** Operators that Teamogy's grammar can express. The usual one first. */
export const FILTER_OPERATORS = [
	'equal',
	'notEqual',
	'greaterThan',
	'greaterThanOrEqual',
	'lessThan',
	'lessThanOrEqual',
	'anyOf',
] as const;
/** Besides these, the operators that only rows can be checked by: the grammar has none of them. */
export const ROW_OPERATORS = [...FILTER_OPERATORS, 'contains', 'isEmpty', 'isNotEmpty'] as const;

export type Operator = (typeof ROW_OPERATORS)[number];

/** A condition as it is entered: its column and operator are checked, its value is not. */
export interface Condition {
	column: string;
	operator: Operator;
	/** The type that the user chose; without it the value is compared as its column. */
	type?: ValueType;
	/** A single value or a date; a list of them for `anyOf`. */
	value: unknown;
	/** Names the condition in messages, e.g. `Filter condition 1`. */
	where: string;
	/** Names the value in messages. */
	label: string;
}

/** A filter as it is entered: an expression in Teamogy's syntax, or conditions. */
export interface EnteredFilter {
	expression?: string;
	conditions: Condition[];
	combine: 'and' | 'or';
	/** The columns of conditions that are left out, since their values are empty; undefined without any. */
	omittedColumns?: string[];
}

/** A filter that rows can be read by. */
export interface CompiledFilter {
	/** What Teamogy checks; undefined for all rows. */
	filter?: string;
	/** What is left to check on each row that Teamogy returns; undefined for nothing. */
	matchesRow?: (row: Row) => boolean;
	/** The columns that `matchesRow` reads. */
	rowColumns: string[];
	/** The columns whose type was needed and is not known, since they have no values. */
	untypedColumns: string[];
}

/** The view that is filtered, and the columns asked for. */
type Source = ViewSource & ColumnSelection;

type RowTest = (row: Row) => boolean;

interface CompiledCondition extends NamedColumn {
	/** The condition in Teamogy's syntax; undefined where the grammar cannot express it. */
	syntax?: string;
	matches: RowTest;
}

const isBlank = (cell: unknown): boolean =>
	isBlankText(cell) || (Array.isArray(cell) && cell.length === 0);

/** A value as cells hold it. */
const parseLiteral = (literal: string, { value, type }: TypedValue): unknown =>
	type === 'string' ? String(value) : JSON.parse(literal);

/** How a cell is ordered beside a value; undefined where they are of different types. */
const compareCell = (cell: unknown, wanted: unknown): number | undefined => {
	if (typeof cell !== typeof wanted) return undefined;
	return cell === wanted ? 0 : (cell as number) > (wanted as number) ? 1 : -1;
};

/**
 * The comparisons of `COMPARISON_SYNTAX` by the order of two values. As in Teamogy's grammar, less than is neither
 * equal nor greater, also for values of different types.
 */
const COMPARISON_TESTS: Record<Comparison, (order?: number) => boolean> = {
	equal: (order) => order === 0,
	notEqual: (order) => order !== 0,
	greaterThan: (order) => order === 1,
	greaterThanOrEqual: (order) => order === 0 || order === 1,
	lessThan: (order) => order !== 0 && order !== 1,
	lessThanOrEqual: (order) => order !== 1,
};

/** The tests of cells that the grammar has no words for. */
const CELL_TESTS: Partial<Record<Operator, (cell: unknown, needle: string) => boolean>> = {
	contains: (cell, needle) => containsText(cell, needle),
	isEmpty: isBlank,
	isNotEmpty: (cell) => !isBlank(cell),
};

/** Compiles the conditions on one view. */
class ConditionCompiler {
	/** The columns whose type was needed and is not known. */
	readonly untypedColumns = new Set<string>();

	constructor(
		private readonly source: Source,
		private readonly columnTypes: ColumnTypes,
		private readonly isTypeRequired: boolean,
	) {}

	async compile(condition: Condition): Promise<CompiledCondition> {
		const { column, operator, value, where, label } = condition;
		const testCell = CELL_TESTS[operator];
		if (testCell) {
			const needle = operator === 'contains' ? toNeedle(String(value)) : '';
			if (operator === 'contains' && !needle) {
				throw new InvalidInput(
					`${label}, "${formatValue(value)}", has no letter or digit to look for`,
					'Every record contains it.',
				);
			}
			return { column, where, matches: (row) => testCell(getColumnValue(row, column), needle) };
		}
		const values = await this.readValues(condition);
		const comparison = operator === 'anyOf' ? 'equal' : (operator as Comparison);
		const literals = values.map((one) => toLiteral(one, label));
		const wanted = new Set(literals.map((literal, index) => parseLiteral(literal, values[index])));
		const [first] = wanted;
		return {
			column,
			where,
			syntax:
				operator === 'anyOf'
					? anyOfFilter(column, literals)
					: COMPARISON_SYNTAX[comparison](column, literals[0]),
			matches: (row) => {
				const cell = getColumnValue(row, column);
				if (cell === undefined || cell === null) return false;
				return comparison === 'equal'
					? wanted.has(cell)
					: COMPARISON_TESTS[comparison](compareCell(cell, first));
			},
		};
	}

	private async readValues(condition: Condition): Promise<TypedValue[]> {
		const { column, operator, type, value, label } = condition;
		const { columnTypes, source } = this;
		const values = operator === 'anyOf' ? (value as unknown[]) : [value];
		if (type) return values.map((one) => ({ value: one, type }));
		const isOrdered = !['equal', 'notEqual', 'anyOf'].includes(operator);
		const isTypeRequired = isOrdered || this.isTypeRequired;
		const info = await columnTypes.detect(source, column, values, isTypeRequired);
		if (!info && (isOrdered || values.some(isAmbiguous))) this.untypedColumns.add(column);
		const comparedColumn = { column, info, timeZone: columnTypes.timeZone };
		return values.map((one) => toColumnValue(one, comparedColumn, label));
	}
}

/**
 * Compiles a filter for a view. With `and` Teamogy checks what its grammar expresses, and `matchesRow` the
 * rest; with `or` all is checked by `matchesRow` as soon as one condition has to be. The types of columns are
 * asked for where a value could be read in two ways.
 *
 * @param isTypeRequired asks for the types in any case, so that a value which cannot be in its column is found
 * @throws InvalidInput naming the condition by its label, and what is wrong with it; TeamogyError
 * where the types cannot be read
 */
export async function compileFilter(
	{ expression, conditions, combine }: EnteredFilter,
	columnTypes: ColumnTypes,
	source: Source,
	isTypeRequired = false,
): Promise<CompiledFilter> {
	const compiler = new ConditionCompiler(source, columnTypes, isTypeRequired);
	const compiled: CompiledCondition[] = [];
	for (const condition of conditions) compiled.push(await compiler.compile(condition));
	const rowConditions = compiled.filter(({ syntax }) => syntax === undefined);
	const onRows = combine === 'or' && rowConditions.length ? compiled : rowConditions;
	const parts = compiled.filter((one) => !onRows.includes(one)).map(({ syntax }) => syntax);
	for (const named of onRows) await assertColumnReturned(columnTypes.samples, source, named);
	return {
		filter: expression ?? (parts.join(combine === 'or' ? ' OR ' : ' AND ') || undefined),
		matchesRow: onRows.length ? joinTests(onRows, combine) : undefined,
		rowColumns: [...new Set(onRows.map(({ column }) => column))],
		untypedColumns: [...compiler.untypedColumns],
	};
}

/**
 * Explains why conditions found nothing: text that was compared without asking for the type of its column, and
 * cannot be in the column. Undefined where the values fit.
 */
export async function explainUnfitValue(
	{ conditions }: EnteredFilter,
	columnTypes: ColumnTypes,
	source: Source,
): Promise<InvalidInput | undefined> {
	for (const { column, operator, type, value, label } of conditions) {
		if (type || CELL_TESTS[operator]) continue;
		const values = [value].flat();
		const info = await columnTypes.detect(source, column, values, true);
		try {
			for (const one of values)
				toColumnValue(one, { column, info, timeZone: columnTypes.timeZone }, label);
		} catch (error) {
			return error as InvalidInput;
		}
	}
	return undefined;
}

const joinTests = (conditions: CompiledCondition[], combine: 'and' | 'or'): RowTest =>
	combine === 'or'
		? (row) => conditions.some(({ matches }) => matches(row))
		: (row) => conditions.every(({ matches }) => matches(row));

/** Whether a filter selects all rows. */
export const isEmptyFilter = ({ expression, conditions }: EnteredFilter): boolean =>
	!expression && !conditions.length;
