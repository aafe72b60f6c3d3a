const BOOLEANS = new Map([
	['true', true],
	['yes', true],
	['false', false],
	['no', false],
]);

/** Parses true or false, also as text, and the words yes and no; undefined for any other value. */
export function parseBoolean(value: unknown): boolean | undefined {
	if (typeof value === 'boolean') return value;
	return typeof value === 'string' ? BOOLEANS.get(value.trim().toLowerCase()) : undefined;
}

/** Parses a whole number of at least `min`, also as decimal digits; undefined for any other value. */
export function parseWholeNumber(value: unknown, min: number): number | undefined {
	const isDigits = typeof value === 'string' && /^\s*\d+\s*$/.test(value);
	const number = isDigits ? Number(value) : value;
	const isWhole = typeof number === 'number' && Number.isSafeInteger(number);
	return isWhole && number >= min ? number : undefined;
}

/**
 * The one normal form of a number, digit by digit, so that long numbers lose nothing: `042` is 42, `1.50` is
 * 1.5, `1,5` is 1.5, and `1e-7`, as JavaScript writes small numbers, is 0.0000001. Undefined where the text is no
 * number, and where a comma may separate thousands, as in `1,500`.
 *
 * @param isScientific whether the text may have an exponent; typed text with one is more likely a code
 */
export function toPlainNumber(text: string, isScientific: boolean): string | undefined {
	const parts = /^\s*(-?)(\d+)(?:([.,])(\d+))?(?:e([+-]\d{1,3}))?\s*$/.exec(text);
	if (!parts || (parts[5] && !isScientific)) return undefined;
	const [, sign, integer, point, fraction = '', exponent = '0'] = parts;
	if (point === ',' && fraction.length === 3 && Number(integer)) return undefined;
	const shift = Number(exponent);
	const digits = `${'0'.repeat(Math.max(0, -shift))}${integer}${fraction}${'0'.repeat(Math.max(0, shift))}`;
	// The decimal point moves by `shift` places, and as many zeros were added for it.
	const integerEnd = Math.max(0, -shift) + integer.length + shift;
	const before = digits.slice(0, integerEnd).replace(/^0+(?=\d)/, '');
	let end = digits.length;
	while (end > integerEnd && digits[end - 1] === '0') end--;
	const after = digits.slice(integerEnd, end);
	const number = after ? `${before}.${after}` : before;
	return number === '0' ? number : `${sign}${number}`;
}
