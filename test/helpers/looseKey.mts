/** The value as a server compares it that ignores case, accents and spacing. */
export const looseKey = (value: unknown): unknown =>
	typeof value === 'string'
		? value
				.normalize('NFKD')
				.replace(/[\p{M}\p{Cf}]/gu, '')
				.toLowerCase()
				.replaceAll('ß', 'ss')
				.replaceAll('ł', 'l')
				.replace(/\s+/g, ' ')
				.trim()
		: value;

/** Pairs of texts that such a server holds for equal. */
export const LOOSELY_EQUAL: Array<[given: string, there: string]> = [
	['ACME', 'Acme'],
	['Strasse', 'Straße'],
	['Lodz', 'Łódź'],
	['Two  Spaces', 'Two Spaces'],
	['No\u00a0Break', 'No Break'],
	['Zero\u200b Width', 'Zero Width'],
	['ＷＩＤＥ', 'Wide'],
];
