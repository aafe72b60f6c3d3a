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

/** A finite number without an exponent: JavaScript writes 1e-7 for 0.0000001. */
const formatNumber = (number: number): string =>
	/e/.test(String(number))
		? number.toLocaleString('en', { useGrouping: false, maximumSignificantDigits: 21 })
		: String(number);

/**
 * The one normal form of a number. Text is read digit by digit, so that long numbers lose nothing: `042` is 42, `1.50`
 * and `1,5` are 1.5. Undefined for a value that is no number, and where a comma may separate thousands, as in `1,500`.
 * Text with an exponent is more likely a code.
 */
export function toPlainNumber(value: unknown): string | undefined {
	if (typeof value === 'number') return Number.isFinite(value) ? formatNumber(value) : undefined;
	const parts = typeof value === 'string' && /^\s*(-?)(\d+)(?:([.,])(\d+))?\s*$/.exec(value);
	if (!parts) return undefined;
	const [, sign, integer, point, fraction = ''] = parts;
	if (point === ',' && fraction.length === 3 && Number(integer)) return undefined;
	let end = fraction.length;
	while (fraction[end - 1] === '0') end--;
	const before = integer.replace(/^0+(?=\d)/, '');
	const number = end ? `${before}.${fraction.slice(0, end)}` : before;
	return number === '0' ? number : `${sign}${number}`;
}
