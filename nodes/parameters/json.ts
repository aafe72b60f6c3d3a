import type { IDataObject } from 'n8n-workflow';

import { formatValue } from '../api/formatValue';
import { isObject } from '../api/json';
import { InvalidInput } from '../api/transport/errors';

const CLEAR_WITH_NULL = 'Check the expression it comes from. To clear a field give null.';

/**
 * Gives the same value, if JSON holds it without a change. JSON makes null, which clears a field, of NaN,
 * of Infinity and of an invalid date. An integer of more than 16 digits is rounded already.
 *
 * @param where names the value in messages
 * @throws InvalidInput naming the place within the value
 */
export function assertJsonSafe<T>(value: T, where: string): T {
	const check = (inner: unknown, path: string): void => {
		const refuse = (why: string, hint: string): never => {
			throw new InvalidInput(`${where}${path ? `, at "${formatValue(path)}",` : ''} ${why}`, hint);
		};
		if (Number.isInteger(inner) && !Number.isSafeInteger(inner))
			refuse(
				'contains a whole number of more than 16 digits, which would be changed on the way',
				'Check it, or give it as text, in quotes.',
			);
		if (typeof inner === 'number' && !Number.isFinite(inner))
			refuse(`contains ${inner}, which is not a number`, CLEAR_WITH_NULL);
		if (typeof inner !== 'object' || inner === null) return;
		const { toJSON } = inner as { toJSON?: unknown };
		if (typeof toJSON === 'function' && toJSON.call(inner) === null)
			refuse(`contains ${String(inner)}, which is not a date`, CLEAR_WITH_NULL);
		for (const [name, entry] of Object.entries(inner))
			check(entry, path ? `${path}.${name}` : name);
	};
	check(value, '');
	return value;
}

/** The parsed text of a JSON parameter, or the value that its expression gives. An empty text gives undefined. */
function parseParameter(value: unknown, label: string): unknown {
	if (typeof value !== 'string') return value;
	const text = value.trim();
	if (!text) return undefined;
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
}

/** Reads a JSON parameter; undefined for an empty text. */
export const readJson = (value: unknown, label: string): unknown =>
	assertJsonSafe(parseParameter(value, label), `The ${label}`);

/** Reads a JSON parameter that has to be an object. An empty text gives an empty object. */
export function readJsonObject(value: unknown, label: string): IDataObject {
	const parsed = parseParameter(value, label);
	const object = parsed === undefined && typeof value === 'string' ? {} : parsed;
	if (isObject(object)) return assertJsonSafe(object, `The ${label}`);
	const kind = Array.isArray(object) ? 'a list' : object === null ? 'null' : `a ${typeof object}`;
	throw new InvalidInput(
		`The ${label} is ${kind}, not an object`,
		'Enter one JSON object in curly brackets, e.g. {"name": "Example"}. For several records give this node several items.',
	);
}
