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
 * The same value, if JSON carries its numbers as they are. NaN, Infinity and a date that is none
 * would be sent as null, which clears a field, and a number of more than 16 digits as another one.
 *
 * @param where names the value in messages
 * @throws InvalidInput naming the place within the value
 */
export function carried<T>(given: T, where: string): T {
	const visit = (value: unknown, path: string): void => {
		const refuse = (why: string, remedy: string): never => {
			throw new InvalidInput(`${where}${path ? `, at "${path}",` : ''} ${why}`, remedy);
		};
		if (Number.isInteger(value) && !Number.isSafeInteger(value))
			refuse(
				'contains a whole number of more than 16 digits, which would be changed on the way',
				'Check it, or give it as text, in quotes.',
			);
		if (typeof value === 'number' && !Number.isFinite(value))
			refuse(
				`contains ${value}, which is not a number`,
				'Check the expression it comes from. To clear a field give null.',
			);
		if (typeof value !== 'object' || value === null) return;
		// A date that is none is NaN by another name, of which JSON makes null.
		const { toJSON } = value as { toJSON?: unknown };
		if (typeof toJSON === 'function' && toJSON.call(value) === null)
			refuse(
				`contains ${String(value)}, which is not a date`,
				'Check the expression it comes from. To clear a field give null.',
			);
		for (const [name, inner] of Object.entries(value))
			visit(inner, path ? `${path}.${name}` : name);
	};
	visit(given, '');
	return given;
}

/**
 * A JSON parameter: text that is parsed, or what an expression gave.
 *
 * @param label the parameter's name, for messages
 * @param any takes arrays and scalars too; and nothing at all, as undefined
 * @throws InvalidInput when it is no JSON, no object where one is needed, or holds what JSON does not
 * carry
 */
export function jsonParameter(given: unknown, label: string, any = false): unknown {
	const blank = any ? undefined : {};
	const text = typeof given === 'string' ? given.trim() : undefined;
	const value = text === undefined ? given : text ? parse(text, label) : blank;
	if (any || (typeof value === 'object' && value !== null && !Array.isArray(value)))
		return carried(value, `The ${label}`);
	const kind = Array.isArray(value) ? 'a list' : value === null ? 'null' : `a ${typeof value}`;
	throw new InvalidInput(
		`The ${label} is ${kind}, not an object`,
		'Enter one JSON object in curly brackets, e.g. {"name": "Example"}. For several records give this node several items.',
	);
}
