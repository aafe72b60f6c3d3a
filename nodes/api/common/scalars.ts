import { toText } from './formatValue';

/** Parses true or false, also as text; undefined for any other value. */
export function parseBoolean(value: unknown): boolean | undefined {
	const text = toText(value).trim().toLowerCase();
	return text === 'true' ? true : text === 'false' ? false : undefined;
}

/**
 * The one normal form of a number, digit by digit, so that long numbers lose nothing: `042` is 42, `1.50` is
 * 1.5, and `1e-7`, as JavaScript writes small numbers, is 0.0000001. Undefined where the text is no number.
 *
 * @param isScientific whether the text may have an exponent; typed text with one is more likely a code
 */
export function toPlainNumber(text: string, isScientific: boolean): string | undefined {
	const parts = /^\s*(-?)(\d+)(?:\.(\d+))?(?:e([+-]\d{1,3}))?\s*$/.exec(text);
	if (!parts || (parts[4] && !isScientific)) return undefined;
	const [, sign, integer, fraction = '', exponent = '0'] = parts;
	const shift = Number(exponent);
	const digits = `${'0'.repeat(Math.max(0, -shift))}${integer}${fraction}${'0'.repeat(Math.max(0, shift))}`;
	// The decimal point moves by `shift` places, and as many zeros were added for it.
	const point = Math.max(0, -shift) + integer.length + shift;
	const before = digits.slice(0, point).replace(/^0+(?=\d)/, '');
	let end = digits.length;
	while (end > point && digits[end - 1] === '0') end--;
	const after = digits.slice(point, end);
	const number = after ? `${before}.${after}` : before;
	return number === '0' ? number : `${sign}${number}`;
}
