import type { IDataObject } from 'n8n-workflow';

import { unitOf } from '../api/account';
import { columnNames, viewName } from '../api/address';
import type { Resource } from '../api/catalog';
import { InvalidInput } from '../api/errors';
import { compile, type Condition } from '../api/filter';
import { DEFAULT_PAGE_SIZE, type ViewQuery } from '../api/view';

/** Gives a parameter's value, expressions resolved. */
export type Read = (name: string, fallback?: unknown, extractValue?: boolean) => unknown;

/**
 * The view to read: the resource's only one, the one chosen, or the one named where the resource has
 * none of its own or `custom` is chosen.
 *
 * @throws InvalidInput when the name is not the name of a view
 */
export function viewGiven({ views: [usual, ...more] }: Resource, read: Read): string {
	const chosen = usual && more.length ? read('view', usual) || usual : (usual ?? 'custom');
	return viewName(chosen === 'custom' ? read('viewName', '') : chosen);
}

/** The parameters about views that operations and the trigger share, read and checked. */
export class Given {
	private readonly options: IDataObject;

	constructor(
		private readonly read: Read,
		readonly resource: Resource,
	) {
		this.options = this.parameter('options', {}) as IDataObject;
	}

	parameter(name: string, fallback?: unknown, extractValue = false): unknown {
		return this.read(name, fallback, extractValue);
	}

	text(name: string): string {
		const value = this.parameter(name, '');
		return typeof value === 'string' ? value : String(value ?? '');
	}

	option(name: string): unknown {
		return this.options[name];
	}

	/** Another business unit than the credential's, if one is given. */
	get unitId(): number | undefined {
		const unitId = this.options.unitId;
		return unitId === undefined || unitId === null || unitId === '' ? undefined : unitOf(unitId);
	}

	/** The view to read. */
	get view(): string {
		return viewGiven(this.resource, this.read);
	}

	/** View, columns, properties, page size and unit, as all that read views have them. */
	get viewQuery(): ViewQuery {
		return {
			view: this.view,
			columns: columnNames(this.options.columns, 'Columns'),
			properties: columnNames(this.options.properties, 'Properties'),
			pageSize: this.count('Page Size', this.options.pageSize, DEFAULT_PAGE_SIZE, 1),
			unitId: this.unitId,
		};
	}

	/** The filter as conditions or as an expression; undefined when there is none. */
	get filter(): string | undefined {
		if (this.parameter('filterType', 'conditions') === 'expression') {
			const expression = this.parameter('filterExpression', '') ?? '';
			if (typeof expression === 'string') return expression.trim() || undefined;
			throw new InvalidInput(
				`The Filter Expression is ${Array.isArray(expression) ? 'a list' : `of type ${typeof expression}`}, not a text`,
				"Give one text in Teamogy's own syntax, e.g. status='OPEN', or choose Conditions.",
			);
		}
		const { conditions = [] } = this.parameter('filters', {}) as { conditions?: Condition[] };
		return compile(conditions, this.parameter('combine', 'and') === 'or' ? 'or' : 'and');
	}

	/** Whether a condition compares digits as text: right for codes, a slip for IDs. */
	get comparesNumbersAsText(): boolean {
		if (this.parameter('filterType', 'conditions') === 'expression') return false;
		const { conditions = [] } = this.parameter('filters', {}) as { conditions?: Condition[] };
		return conditions.some(
			({ type = 'string', value }) => type === 'string' && /^\d+$/.test(String(value)),
		);
	}

	/**
	 * A whole number.
	 *
	 * @throws InvalidInput when it is none or below `least`
	 */
	count(label: string, given: unknown, fallback: number, least: number): number {
		if (given === undefined || given === null || given === '') return fallback;
		const number = Number(given);
		if (Number.isSafeInteger(number) && number >= least) return number;
		throw new InvalidInput(
			`${label}, "${String(given)}", is not a whole number from ${least} up`,
			`Enter a whole number, e.g. ${fallback}.`,
		);
	}
}
