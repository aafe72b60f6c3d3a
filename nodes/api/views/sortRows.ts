import { toJson } from '../common/depth';
import { hasEndlessMarks } from '../common/unicode';
import { isEmpty, isObjectOrList } from '../common/json';
import { getColumnValue } from './columns';
import type { Row } from './row';

/** A column to sort by. */
export interface SortField {
	column: string;
	direction: 'asc' | 'desc';
}

/** A value as it is compared. */
type SortKey = number | string | undefined;

interface KeyedRow {
	row: Row;
	/** One for each column to sort by. */
	keys: SortKey[];
}

/** Rows that are kept beyond those wanted, before they are sorted and cut. */
const MIN_BUFFER = 1000;

/**
 * Characters of a text that are sorted by, at most. The time to compare text by locale grows with the square of the number
 * of marks in a row; no language has 30 (UAX #15, Stream-Safe Text).
 */
const MAX_TEXT_SORTED = 1000;
/** Characters that are compared by locale: one character may stand for twenty, and a list has many pairs. */
const MAX_TEXT_COLLATED = 100;

const toSortKey = (value: unknown): SortKey => {
	if (isEmpty(value)) return undefined;
	if (typeof value === 'number') return value;
	const whole = isObjectOrList(value) ? toJson(value) : String(value);
	const text = whole.slice(0, MAX_TEXT_SORTED);
	return hasEndlessMarks(text) ? text.replace(/\p{M}/gu, '') : text;
};

/**
 * The first rows of an order, found while rows are read: numbers by value, text by locale with the numbers in
 * it by value, numbers before text, empty values last in either direction. Rows that are equal keep the order
 * in which they were added. Memory is bounded by the number of rows that are wanted.
 */
export class SortedRows {
	/** Rows added so far. */
	count = 0;

	private rows: KeyedRow[] = [];

	private readonly columnsWithValues = new Set<string>();

	private readonly collator = new Intl.Collator(undefined, { numeric: true });

	/** @param max the number of rows wanted; Infinity for all */
	constructor(
		private readonly fields: readonly SortField[],
		private readonly max: number,
	) {}

	add(row: Row): void {
		const keys = this.fields.map(({ column }) => {
			const key = toSortKey(getColumnValue(row, column));
			if (key !== undefined) this.columnsWithValues.add(column);
			return key;
		});
		this.rows.push({ row, keys });
		this.count++;
		if (this.rows.length >= 2 * this.max + MIN_BUFFER) this.sortAndCut();
	}

	toRows(): Row[] {
		this.sortAndCut();
		return this.rows.map(({ row }) => row);
	}

	/** The columns to sort by that no row has a value in. */
	get columnsWithoutValues(): string[] {
		const columns = this.fields.map(({ column }) => column);
		return this.count ? columns.filter((column) => !this.columnsWithValues.has(column)) : [];
	}

	private sortAndCut(): void {
		this.rows.sort((a, b) => this.compare(a, b));
		if (this.rows.length > this.max) this.rows.length = this.max;
	}

	private compare(a: KeyedRow, b: KeyedRow): number {
		for (const [index, { direction }] of this.fields.entries()) {
			const [one, other] = [a.keys[index], b.keys[index]];
			if (one === undefined || other === undefined) {
				if (one === other) continue;
				return one === undefined ? 1 : -1;
			}
			const order = this.compareKeys(one, other);
			if (order) return direction === 'desc' ? -order : order;
		}
		return 0;
	}

	private compareKeys(a: number | string, b: number | string): number {
		if (typeof a === 'string') return typeof b === 'string' ? this.compareTexts(a, b) : 1;
		return typeof b === 'string' ? -1 : a - b;
	}

	private compareTexts(a: string, b: string): number {
		const order = this.collator.compare(
			a.slice(0, MAX_TEXT_COLLATED),
			b.slice(0, MAX_TEXT_COLLATED),
		);
		if (order || Math.max(a.length, b.length) <= MAX_TEXT_COLLATED || a === b) return order;
		return a < b ? -1 : 1;
	}
}
