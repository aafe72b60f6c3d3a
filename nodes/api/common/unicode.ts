import { InvalidInput } from './invalidInput';

/**
 * Returns the same text, if it can be encoded. Text cut at a fixed length may end in half a surrogate pair, which
 * cannot be encoded.
 *
 * @param label names the text in messages
 * @throws InvalidInput when the text contains half a surrogate pair
 */
export function assertWellFormed(text: string, label: string): string {
	if (!/\p{Surrogate}/u.test(text)) return text;
	throw new InvalidInput(
		`${label} contains a broken character`,
		'It is probably half of an emoji that was cut. Shorten the text by whole characters, e.g. with [...text].slice(0, 50).join("").',
	);
}

/** Letters whose accents and ligatures no normal form takes apart. */
const LETTERS: Record<string, string> = {
	ß: 'ss',
	ł: 'l',
	đ: 'd',
	ø: 'o',
	æ: 'ae',
	œ: 'oe',
	ı: 'i',
};

/** Marks, and the letters that `NFKC` turns into marks. */
const MARKS = /[\p{M}\uff9e\uff9f]+/gu;

/** A letter of `LETTERS`, in its case. */
const toPlainLetter = (letter: string): string => {
	const lower = letter.toLowerCase();
	return letter === lower ? LETTERS[lower] : LETTERS[lower].toUpperCase();
};

/** Text without accents, in its case. */
export const removeAccents = (text: string): string =>
	text
		// First, since the time of `normalize` grows with the square of the number of marks in a row.
		.replace(MARKS, '')
		.normalize('NFD')
		.replace(MARKS, '')
		.replace(/[ßłđøæœıẞŁĐØÆŒ]/g, toPlainLetter);

/** Text without what people and many servers ignore: accents and case. */
export const normalizeForSearch = (text: string): string => removeAccents(text).toLowerCase();

/** Whether a text has more than 30 marks in a row: it is of no language (UAX #15, Stream-Safe Text). */
export const hasEndlessMarks = (text: string): boolean =>
	text.match(MARKS)?.some((marks) => marks.length > 30) ?? false;

/**
 * Composed text, so that a letter is the same however its accent is written. Text of no language stays as it is.
 *
 * @param form `NFKC` makes letters of different width the same too
 */
export const composeText = (text: string, form: 'NFC' | 'NFKC' = 'NFC'): string =>
	hasEndlessMarks(text) ? text : text.normalize(form);
