import type { IDataObject } from 'n8n-workflow';

import { formatValue } from '../api/formatValue';
import { parseUnitId } from '../api/transport/account';
import { parseColumnNames, parseViewName } from '../api/views/names';
import type { Resource } from '../api/schema/catalog';
import { selectColumns, PROPERTIES_PREFIX } from '../api/views/columns';
import { InvalidInput } from '../api/transport/errors';
import {
	compileFilter,
	toValueList,
	OPERATORS,
	VALUE_TYPES,
	type Condition,
} from '../api/views/filter';
import { DEFAULT_PAGE_SIZE, type ViewQuery } from '../api/views/view';
import { findFilterHint, type FilterHint } from './filterHints';

/** Gives a parameter's value, expressions resolved. */
export type ReadParameter = (name: string, fallback?: unknown, extractValue?: boolean) => unknown;

/** What stands for no value. */
export const EMPTY: unknown[] = [undefined, null, ''];

/** Whether there is nothing to find a record by: of a text, nothing but white space. */
export const isBlankText = (value: unknown): boolean =>
	EMPTY.includes(typeof value === 'string' ? value.trim() : value);

/** Says that an expression gives no filter: as if there were none, all records would be selected. */
export const emptyFilterError = (): InvalidInput =>
	new InvalidInput(
		"The expression in 'Filter in Teamogy Syntax' gives nothing",
		'All records would be selected. Check the expression. If all are meant, remove it, or let it give an empty text where it differs from item to item.',
	);

/** The parameters about views that operations and the trigger share, read and checked. */
export class ParameterReader {
	private readonly options: IDataObject;

	private cachedConditions?: Condition[];

	constructor(
		private readonly read: ReadParameter,
		readonly resource: Resource,
	) {
		this.options = this.readParameter('options', {}) as IDataObject;
	}

	readParameter(name: string, fallback?: unknown, extractValue = false): unknown {
		return this.read(name, fallback, extractValue);
	}

	readText(name: string): string {
		const value = this.readParameter(name, '');
		return typeof value === 'string' ? value : String(value ?? '');
	}

	readOption(name: string): unknown {
		return this.options[name];
	}

	/** Another business unit than the credential's, if one is given. */
	get unitId(): number | undefined {
		const unitId = this.options.unitId;
		return EMPTY.includes(unitId) ? undefined : parseUnitId(unitId);
	}

	/**
	 * The view to read: the resource's only one, the one chosen, or the one named where the resource has
	 * none of its own or `custom` is chosen.
	 *
	 * @throws InvalidInput when the name is not the name of a view
	 */
	get view(): string {
		const [usual, ...more] = this.resource.views;
		const chosen =
			usual && more.length ? this.readParameter('view', usual) || usual : (usual ?? 'custom');
		return parseViewName(
			chosen === 'custom' ? this.readParameter('viewName', '') : chosen,
			"'View Name'",
		);
	}

	/** View, columns, properties, page size and unit, as all that read views have them. */
	get viewQuery(): ViewQuery {
		const columns = parseColumnNames(this.options.columns, 'Column Names or IDs') ?? [];
		const properties = parseColumnNames(this.options.properties, 'Properties') ?? [];
		return {
			view: this.view,
			...selectColumns([...columns, ...properties.map((name) => `${PROPERTIES_PREFIX}${name}`)]),
			pageSize: this.readCount('Page Size', this.options.pageSize, DEFAULT_PAGE_SIZE, 1),
			unitId: this.unitId,
		};
	}

	/**
	 * The filter as conditions or in Teamogy's syntax; undefined when there is none.
	 *
	 * @throws InvalidInput when it cannot be one, or its expression gives nothing at all
	 */
	get filter(): string | undefined {
		if (this.filterType === 'expression') {
			const expression = this.readParameter('filterExpression', '');
			// A text that is empty is no filter: an AI agent says so when it wants none.
			if (typeof expression === 'string') return expression.trim() || undefined;
			if (EMPTY.includes(expression)) throw emptyFilterError();
			throw new InvalidInput(
				`'Filter in Teamogy Syntax' is ${Array.isArray(expression) ? 'a list' : `of type ${typeof expression}`}, not text`,
				"Give one text, e.g. status='OPEN', or choose Conditions.",
			);
		}
		return compileFilter(
			this.conditions,
			this.readChoice('Combine Conditions', this.readParameter('combine', ''), ['and', 'or']),
		);
	}

	private get filterType(): 'conditions' | 'expression' {
		return this.readChoice('Filter By', this.readParameter('filterType', ''), [
			'conditions',
			'expression',
		]);
	}

	/** What a condition was probably meant to be. */
	get filterHint(): FilterHint | undefined {
		if (this.filterType === 'expression') return undefined;
		return this.conditions
			.map(({ type = 'string', value }) => findFilterHint(type, toValueList(value)))
			.find((filterHint) => filterHint !== undefined);
	}

	/** Read once: the filter and the filterHint need them, and expressions cost time for each item. */
	private get conditions(): Condition[] {
		return (this.cachedConditions ??= this.readConditions());
	}

	private readConditions(): Condition[] {
		const { conditions = [] } = this.readParameter('filters', {}) as { conditions?: Condition[] };
		return conditions.map(({ type, operator, ...condition }, index) => {
			const assertText = (label: string) => `${label} of filter condition ${index + 1}`;
			return {
				...condition,
				type: this.readChoice(assertText('Value Type'), type, VALUE_TYPES),
				operator: this.readChoice(assertText('Operator'), operator, OPERATORS),
			};
		});
	}

	/**
	 * One of a parameter's choices. The editor offers no other, but an expression may give anything, and
	 * what it misspells shall not silently mean the default.
	 *
	 * @param choices the first one is taken where nothing is given
	 * @throws InvalidInput when it is none of them, whatever its case
	 */
	readChoice<Choice extends string>(
		label: string,
		given: unknown,
		choices: readonly [Choice, ...Choice[]],
	): Choice {
		if (EMPTY.includes(given)) return choices[0];
		const readText = String(given).trim().toLowerCase();
		const chosen = choices.find((readChoice) => readChoice.toLowerCase() === readText);
		if (chosen !== undefined) return chosen;
		throw new InvalidInput(
			`"${formatValue(given)}" is not a valid value for '${label}'`,
			`Choose one from the list. An expression must give one of: ${choices.join(', ')}.`,
		);
	}

	/**
	 * A switch; off where nothing is given.
	 *
	 * @throws InvalidInput when it is neither true nor false, as such or as text
	 */
	readFlag(label: string, given: unknown): boolean {
		if (EMPTY.includes(given)) return false;
		const readText = String(given).trim().toLowerCase();
		if (readText === 'true' || readText === 'false') return readText === 'true';
		throw new InvalidInput(
			`'${label}' must be true or false, but is "${formatValue(given)}"`,
			'Switch it on or off, or let the expression give true or false.',
		);
	}

	/**
	 * A whole number.
	 *
	 * @throws InvalidInput when it is none or below `least`
	 */
	readCount(label: string, given: unknown, fallback: number, min: number): number {
		if (EMPTY.includes(given)) return fallback;
		const isCount = typeof given === 'number' || /^\s*\d+\s*$/.test(formatValue(given));
		const number = Number(given);
		if (isCount && Number.isSafeInteger(number) && number >= min) return number;
		throw new InvalidInput(
			`'${label}' must be a whole number of at least ${min}, but is "${formatValue(given)}"`,
			`Enter a whole number, e.g. ${fallback}.`,
		);
	}
}
