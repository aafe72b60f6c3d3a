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
export const fold = (text: string): string =>
	text
		.normalize('NFD')
		.replace(/\p{M}/gu, '')
		.toLowerCase()
		.replace(/[ßłđøæœı]/g, (letter) => LETTERS[letter]);
