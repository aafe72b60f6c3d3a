/** Text without what people and many servers ignore: accents and case. */
export const fold = (text: string): string =>
	text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
