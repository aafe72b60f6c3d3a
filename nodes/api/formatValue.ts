/** Maximum length of a value in a message, in characters. */
const MAX_LENGTH = 100;

/** Cuts a text after whole characters: an emoji has two UTF-16 units. */
export function cutText(text: string, maxLength: number): string {
	const characters = [...text.slice(0, 2 * (maxLength + 1))];
	return characters.length > maxLength ? `${characters.slice(0, maxLength).join('')}…` : text;
}

/**
 * Formats a value for a message. Never throws: an object of a server or an expression may have a `toString`
 * of its own, or be nested too deeply for JSON.
 */
export const formatValue = (value: unknown): string =>
	cutText(stringify(value).replace(/\p{Surrogate}/gu, '\ufffd'), MAX_LENGTH);

const stringify = (value: unknown): string => {
	if (typeof value !== 'object' || value === null) return String(value);
	try {
		// Undefined where the object's own `toJSON` gives nothing.
		return String(JSON.stringify(value));
	} catch {
		return Array.isArray(value) ? 'a list' : 'an object';
	}
};
