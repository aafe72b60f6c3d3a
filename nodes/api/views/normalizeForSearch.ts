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
		// First, since putting a long row of marks in order takes the square of its length.
		.replace(/\p{M}/gu, '')
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[ßłđøæœı]/g, (letter) => LETTERS[letter]);

/**
 * Composed text, so that a letter is the same however its accent is written. With more than 30 marks
 * in a row it is no text of any language (UAX #15, Stream-Safe Text) and stays as it is.
 *
 * @param form `NFKC` for what is alike but for the width of letters and the like, too
 */
export const compose = (text: string, form: 'NFC' | 'NFKC' = 'NFC'): string =>
	text.match(/\p{M}+/gu)?.some((marks) => marks.length > 30) ? text : text.normalize(form);
