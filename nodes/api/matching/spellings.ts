import { MAX_URL_LENGTH } from '../transport/url';
import type { ValueType } from '../views/literal';
import { parseBoolean, toPlainNumber } from '../common/scalars';
import { getOrCreate } from '../common/maps';
import { composeText, normalizeForSearch, removeAccents } from '../common/unicode';

/** How a value is written, e.g. `Čas`. Other spellings of the same value are `čas` and `CAS`. */
export interface Spelling {
	/** Tells it from other values and spellings. */
	key: string;
	/** The same for all spellings of a value. Numbers and booleans have one spelling. */
	looseKey: string;
}

/** The same for a value however it is written: `5` and `"5"`, `5.0` and `5`, composed and decomposed text. */
export const toKey = (value: unknown, type: ValueType): string => {
	const text = String(value);
	if (type === 'number') return String(Number(toPlainNumber(value) ?? NaN));
	return type === 'boolean' ? String(parseBoolean(value) ?? text) : composeText(text);
};

/** Text with letters of one width, and without invisible characters, such as those that come from a web page. */
const removeInvisible = (text: string): string => composeText(text, 'NFKC').replace(/\p{Cf}/gu, '');

/** Text without spaces beside dots and commas. */
const removeSpacesAtSigns = (text: string): string => text.replace(/(?<=[.,]) | (?=[.,])/g, '');

/** Words one space apart, and no space beside dots and commas. */
const collapseSpaces = (text: string): string => removeSpacesAtSigns(text.replace(/\s+/g, ' '));

/** The same for all spellings of a value: without case, accents and spacing (`a. s.` is `a.s.`). */
export function toLooseKey(key: string): string {
	// A text that fits no address is no spelling of a value that was asked for.
	if (key.length > MAX_URL_LENGTH) return key;
	// Invisible characters alone are no spelling of nothing.
	return collapseSpaces(normalizeForSearch(removeInvisible(key)).trim()) || key;
}

/** The spelling of a text, number or boolean. */
export const toSpelling = (value: unknown, type: ValueType): Spelling => {
	const key = toKey(value, type);
	return { key, looseKey: toLooseKey(key) };
};

/**
 * In what two spellings of a value differ: in some of the forms of `toForms`, and in pairs of letters such as `áa`, since a
 * server may ignore some accents or spaces and tell others apart. Empty for equal texts.
 */
export type Difference = ReadonlySet<string>;

/** Whether one difference is a part of another. */
export const isWithin = (one: Difference, other: Difference): boolean =>
	[...one].every((part) => other.has(part));

/** A text without all that spellings differ in but one thing each. Where two texts differ in a form, they differ in that. */
function toForms(text: string): Record<string, string> {
	const visible = removeInvisible(text);
	const folded = normalizeForSearch(visible);
	const core = collapseSpaces(folded.trim());
	return {
		// With other spaces than the usual one, which `removeInvisible` makes usual ones.
		width: removeSpacesAtSigns(normalizeForSearch(text).split(' ').filter(Boolean).join(' ')),
		case: removeAccents(collapseSpaces(visible.trim())),
		innerSpaces: folded.trim(),
		leadingSpaces: folded.slice(0, folded.length - folded.trimStart().length) + core,
		trailingSpaces: core + folded.slice(folded.trimEnd().length),
	};
}

/** The letters of a text, without spaces and case that spellings differ in. */
const toLetters = (text: string): string[] => [
	...composeText(collapseSpaces(removeInvisible(text).trim()).toLowerCase()),
];

/** The pairs of letters that differ; both texts as one pair where their letters do not stand in the same places. */
const listLetterPairs = (one: string[], other: string[]): string[] =>
	one.length === other.length
		? one.flatMap((letter, at) => (letter === other[at] ? [] : [letter, other[at]].sort().join('')))
		: [
				[one, other]
					.map((letters) => letters.join(''))
					.sort()
					.join(' '),
			];

/**
 * Which spellings of one value the server treats as equal, as far as its responses have shown: whether it tells
 * `ABC` from `abc` is UNKNOWN. What it ignores it is taken to ignore everywhere (INFERRED: collations of databases do).
 */
export class SpellingComparison {
	private readonly ignored = new Set<string>();

	/** Differences in which two spellings did not come back for each other, by their parts. */
	private readonly different = new Map<string, Difference>();

	/** Kept, since each spelling is compared with many others. */
	private readonly forms = new Map<string, { forms: Record<string, string>; letters: string[] }>();

	/** @param ignoresAll whether all spellings are equal */
	constructor(private readonly ignoresAll = false) {}

	/** In what two spellings of the value differ. */
	getDifference(one: string, other: string): Difference {
		const parts = new Set<string>();
		if (one === other) return parts;
		const [{ forms, letters }, { forms: otherForms, letters: otherLetters }] = [one, other].map(
			(text) =>
				getOrCreate(this.forms, text, () => ({ forms: toForms(text), letters: toLetters(text) })),
		);
		for (const name of Object.keys(forms)) if (forms[name] !== otherForms[name]) parts.add(name);
		for (const pair of listLetterPairs(letters, otherLetters)) parts.add(pair);
		// Different texts differ in something.
		return parts.size ? parts : new Set([`${one} ${other}`]);
	}

	/** Undefined where the server has not shown it yet. What came back counts more than what did not. */
	areEqual(difference: Difference): boolean | undefined {
		if (this.ignoresAll || isWithin(difference, this.ignored)) return true;
		for (const one of this.different.values()) {
			const seen = new Set([...one].filter((part) => !this.ignored.has(part)));
			if (seen.size && isWithin(seen, difference)) return false;
		}
		return undefined;
	}

	noteEqual(difference: Difference): void {
		for (const part of difference) this.ignored.add(part);
	}

	noteDifferent(difference: Difference): void {
		this.different.set([...difference].sort().join(), difference);
	}
}
