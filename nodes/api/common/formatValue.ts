/** Maximum length of a value in a message, in characters. */
const MAX_LENGTH = 100;

/**
 * Formats a value for a message. Never throws: an object of a server or an expression may have a `toString`
 * of its own, or be nested too deeply for JSON.
 */
export const formatValue = (value: unknown): string => shorten(stringify(value), MAX_LENGTH);

/** The beginning of a text; the ellipsis says that there is more. */
export function shorten(text: string, maxLength: number): string {
	// By whole characters: an emoji has two UTF-16 units. Cut first, since a text may have megabytes.
	const start = text.slice(0, 2 * maxLength + 1).replace(/\p{Surrogate}/gu, '\ufffd');
	const characters = [...start];
	return characters.length > maxLength
		? `${characters.slice(0, maxLength).join('')}…`
		: characters.join('');
}

/**
 * Text that is no HTML, for what n8n shows as HTML with links and styles: messages of errors, descriptions of choices. A
 * tag begins with another character, so that the text stays readable.
 */
export const removeTags = (text: string): string => text.replace(/<(?=[a-z/!?])/gi, '\u2039');

/**
 * Text that is no expression, for what n8n saves as a part of a parameter, e.g. the name of a chosen record: n8n evaluates
 * text that begins with `=`, and adds an argument to a tool for `$fromAI(`. Letters of full width take the place of both.
 */
export const removeExpressions = (text: string): string =>
	text.replace(/^=/, '\uff1d').replace(/\$(?=fromAI\s*\()/gi, '\uff04');

/** The text of a value. Never throws: an object of an expression may have a `toString` of its own. */
export const toText = (value: unknown): string => {
	try {
		return String(value);
	} catch {
		return formatValue(value);
	}
};

const stringify = (value: unknown): string => {
	if (typeof value !== 'object' || value === null) return String(value);
	try {
		// Undefined where the object's own `toJSON` gives nothing.
		return String(JSON.stringify(value));
	} catch {
		return Array.isArray(value) ? 'a list' : 'an object';
	}
};

/** Formats the first values of a list for a message; the ellipsis says that there are more. */
export const formatList = (
	values: readonly unknown[],
	max: number,
	format: (value: unknown) => string = formatValue,
): string => `${values.slice(0, max).map(format).join(', ')}${values.length > max ? ' …' : ''}`;
