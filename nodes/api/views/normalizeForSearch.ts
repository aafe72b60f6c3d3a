import { MAX_DEPTH_INSPECTED } from '../common/depth';

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

/** Text without what people and many servers ignore: accents and case. */
export const normalizeForSearch = (text: string): string =>
	text
		// First, since `normalize` takes the square of the length of a row of marks.
		.replace(/\p{M}/gu, '')
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[ßłđøæœı]/g, (letter) => LETTERS[letter]);

/** Characters of one text that are searched, at most: to normalize accents takes time. */
const MAX_TEXT_SEARCHED = 10_000;

/**
 * Whether a value contains a text, in itself or anywhere within it.
 *
 * @param needle as `normalizeForSearch` gives it
 */
export const containsText = (value: unknown, needle: string, depth = 0): boolean =>
	typeof value === 'object' && value !== null
		? depth < MAX_DEPTH_INSPECTED &&
			Object.values(value).some((one) => containsText(one, needle, depth + 1))
		: normalizeForSearch(String(value ?? '').slice(0, MAX_TEXT_SEARCHED)).includes(needle);

/** Whether a text has more than 30 marks in a row: it is of no language (UAX #15, Stream-Safe Text). */
export const hasEndlessMarks = (text: string): boolean =>
	text.match(/\p{M}+/gu)?.some((marks) => marks.length > 30) ?? false;

/**
 * Composed text, so that a letter is the same however its accent is written. Text of no language stays as it is.
 *
 * @param form `NFKC` makes letters of different width the same too
 */
export const compose = (text: string, form: 'NFC' | 'NFKC' = 'NFC'): string =>
	hasEndlessMarks(text) ? text : text.normalize(form);
