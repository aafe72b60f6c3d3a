import type { ValueType } from './filter';
import { compose, normalizeForSearch } from './normalizeForSearch';
import type { Row } from './view';

/** A value to find in a column. */
export interface WantedValue {
	/** As the filter writes it. */
	literal: string;
	/** What it is told from other values by. */
	key: string;
	/** What it has in common with its other spellings; of numbers and booleans there are none. */
	toLooseText: string;
}

/** How far two spellings of a value are apart: not at all, by case only, by accents or spacing too. */
export type Distance = 0 | 1 | 2;

/** The same value however it is written: `5` and `"5"`, `5.0` and `5`, composed and decomposed text. */
export const toKey = (value: unknown, type: ValueType): string => {
	if (type === 'number') return String(Number(value));
	const text = String(value);
	return type === 'boolean' ? text.trim().toLowerCase() : compose(text);
};

/**
 * What the spellings of a value have in common: neither case, accents nor spacing count, nor the width
 * of letters and characters without one, such as those that come with text from a web page.
 */
export const toLooseText = (key: string): string =>
	normalizeForSearch(compose(key, 'NFKC').replace(/\p{Cf}/gu, ''))
		.replace(/\s+/g, ' ')
		.trim();

/** How far two keys with the same loose key are apart. */
export const getDistance = (one: string, other: string): Distance => {
	if (one === other) return 0;
	return one.toLowerCase() === other.toLowerCase() ? 1 : 2;
};

/**
 * What the server holds for equal among the spellings of one value. Whether it tells `ABC` from `abc` is
 * UNKNOWN, so it is learned from what comes back. A server that ignores accents or spacing is taken to
 * ignore case too (INFERRED: collations of databases are made so).
 */
export class SpellingComparison {
	/** Spellings up to this far apart came back for each other. */
	private equalUpTo: Distance = 0;

	/** Spellings this far apart, and farther, did not; 3 while nothing is known. */
	private differentFrom = 3;

	/** Undefined where the server has not shown it yet. */
	areEqual(distance: Distance): boolean | undefined {
		if (distance <= this.equalUpTo) return true;
		return distance >= this.differentFrom ? false : undefined;
	}

	/** What came back for each other counts more than what did not. */
	learn(distance: Distance, areEqual: boolean): void {
		if (!areEqual) this.differentFrom = Math.min(this.differentFrom, distance);
		else if (distance > this.equalUpTo) this.equalUpTo = distance;
	}
}

/** The spellings of one value that stand in one filter, and the rows that came for them. */
export class SpellingGroup {
	readonly values: WantedValue[] = [];

	private readonly rows: Array<{ row: Row; key: string }> = [];

	/** The different keys of the rows. */
	readonly rowKeys = new Set<string>();

	constructor(private readonly comparison: SpellingComparison) {}

	get isEmpty(): boolean {
		return !this.rows.length;
	}

	/** @param key what the row has in the column; it has the loose key of the group */
	add(row: Row, key: string): void {
		this.rows.push({ row, key });
		if (this.rowKeys.has(key)) return;
		this.rowKeys.add(key);
		const distances = this.values.map((value) => getDistance(value.key, key));
		// It came for one of them: the server holds at least the nearest for equal.
		const nearest = distances.reduce((one, other) => (other < one ? other : one));
		this.comparison.learn(nearest, true);
	}

	/** The rows that equal the value, else those that the server holds for equal. */
	getRows(key: string): Row[] {
		const isMatch = this.rowKeys.has(key)
			? (rowKey: string) => rowKey === key
			: (rowKey: string) => this.comparison.areEqual(getDistance(key, rowKey));
		return this.rows.filter((one) => isMatch(one.key)).map(({ row }) => row);
	}

	/** The values that may have rows of another spelling, those with the nearest first. */
	findUndecided(): WantedValue[] {
		const undecided: Array<{ value: WantedValue; distance: Distance }> = [];
		for (const value of this.values) {
			if (this.rowKeys.has(value.key)) continue;
			const open = [...this.rowKeys]
				.map((rowKey) => getDistance(value.key, rowKey))
				.filter((distance) => this.comparison.areEqual(distance) === undefined);
			if (open.length) undecided.push({ value, distance: open.includes(1) ? 1 : 2 });
		}
		return undecided.sort((a, b) => a.distance - b.distance).map(({ value }) => value);
	}
}
