import { MAX_URL_LENGTH } from '../transport/url';
import type { ValueType } from '../views/literal';
import { parseBoolean, toPlainNumber } from '../common/scalars';
import { composeText, normalizeForSearch } from '../common/unicode';

/** How a value is written, e.g. `Čas`. Other spellings of the same value are `čas` and `CAS`. */
export interface Spelling {
	/** Tells it from other values and spellings. */
	key: string;
	/** The same for all spellings of a value. Numbers and booleans have one spelling. */
	looseKey: string;
}

/** How far two spellings of a value are apart: not at all, by case only, by accents or spacing too. */
export type Distance = 0 | 1 | 2;

/** The same for a value however it is written: `5` and `"5"`, `5.0` and `5`, composed and decomposed text. */
export const toKey = (value: unknown, type: ValueType): string => {
	const text = String(value);
	if (type === 'number') return String(Number(toPlainNumber(value) ?? text));
	return type === 'boolean' ? String(parseBoolean(value) ?? text) : composeText(text);
};

/**
 * The same for all spellings of a value: without case, accents and spacing (`a. s.` is `a.s.`), without the width of
 * letters, and without invisible characters, such as those that come with text from a web page.
 */
export function toLooseKey(key: string): string {
	// A text that fits no address is no spelling of a value that was asked for.
	if (key.length > MAX_URL_LENGTH) return key;
	const looseKey = normalizeForSearch(composeText(key, 'NFKC').replace(/\p{Cf}/gu, ''))
		.replace(/\s+/g, ' ')
		.replace(/(?<=[.,]) | (?=[.,])/g, '')
		.trim();
	// Invisible characters alone are no spelling of nothing.
	return looseKey || key;
}

/** The spelling of a text, number or boolean. */
export const toSpelling = (value: unknown, type: ValueType): Spelling => {
	const key = toKey(value, type);
	return { key, looseKey: toLooseKey(key) };
};

/** How far two keys with the same loose text are apart. */
export const getDistance = (one: string, other: string): Distance => {
	if (one === other) return 0;
	return one.toLowerCase() === other.toLowerCase() ? 1 : 2;
};

/**
 * Which spellings of one value the server treats as equal, as far as its responses have shown: whether it tells
 * `ABC` from `abc` is UNKNOWN. A server that ignores accents or spacing is taken to ignore case too (INFERRED:
 * collations of databases do).
 */
export class SpellingComparison {
	/** Spellings at least this far apart did not come back for each other; 3 while nothing is known. */
	private differentFrom = 3;

	/** @param equalUpTo spellings up to this far apart came back for each other */
	constructor(private equalUpTo: Distance = 0) {}

	/** Undefined where the server has not shown it yet. What came back counts more than what did not. */
	areEqual(distance: Distance): boolean | undefined {
		if (distance <= this.equalUpTo) return true;
		return distance >= this.differentFrom ? false : undefined;
	}

	noteEqual(distance: Distance): void {
		if (distance > this.equalUpTo) this.equalUpTo = distance;
	}

	noteDifferent(distance: Distance): void {
		if (distance < this.differentFrom) this.differentFrom = distance;
	}
}
