/** Maximum length of a value in a message, in characters. */
const MAX_LENGTH = 100;

/**
 * Formats a value for a message. Never throws: an object of a server or an expression may have a `toString`
 * of its own, or be nested too deeply for JSON.
 */
export function formatValue(value: unknown, maxLength = MAX_LENGTH): string {
	const text = stringify(value).replace(/\p{Surrogate}/gu, '\ufffd');
	// A character such as an emoji has up to two UTF-16 units.
	const characters = [...text.slice(0, 2 * (maxLength + 1))];
	return characters.length > maxLength ? `${characters.slice(0, maxLength).join('')}…` : text;
}

const stringify = (value: unknown): string => {
	if (typeof value !== 'object' || value === null) return String(value);
	try {
		// Undefined where the object's own `toJSON` gives nothing.
		return String(JSON.stringify(value));
	} catch {
		return Array.isArray(value) ? 'a list' : 'an object';
	}
};
