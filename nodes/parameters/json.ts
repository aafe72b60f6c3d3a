import { InvalidInput } from '../api/errors';

const parse = (text: string, label: string): unknown => {
	let reason: string;
	try {
		return JSON.parse(text);
	} catch (error) {
		reason = (error as Error).message;
	}
	throw new InvalidInput(
		`The ${label} is not valid JSON: ${reason}`,
		'Check quotes, commas and brackets. With values from earlier nodes an expression such as {{ JSON.stringify($json) }} is safest.',
	);
};

/**
 * A JSON parameter: text that is parsed, or what an expression gave.
 *
 * @param label the parameter's name, for messages
 * @param any takes arrays and scalars too; and nothing at all, as undefined
 * @throws InvalidInput when it is no JSON, or no object where one is needed
 */
export function jsonParameter(given: unknown, label: string, any = false): unknown {
	const blank = any ? undefined : {};
	const text = typeof given === 'string' ? given.trim() : undefined;
	const value = text === undefined ? given : text ? parse(text, label) : blank;
	if (any || (typeof value === 'object' && value !== null && !Array.isArray(value))) return value;
	const kind = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
	throw new InvalidInput(
		`The ${label} is ${kind}, not an object`,
		'Enter one JSON object in curly brackets, e.g. {"name": "Example"}. For several records give this node several items.',
	);
}
