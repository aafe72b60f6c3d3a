import type { IDataObject } from 'n8n-workflow';

import { MAX_DEPTH_SENT } from '../api/common/depth';
import { formatValue, toText } from '../api/common/formatValue';
import { isObject, isObjectOrList, isUnsafeNumber } from '../api/common/json';
import { InvalidInput } from '../api/common/invalidInput';

const CLEAR_WITH_NULL = 'Check the expression it comes from. To clear a field enter null.';

/** The text that n8n makes of an invalid date of Luxon, before the node sees it (read in n8n-core 2.41). */
const INVALID_DATE = 'Invalid DateTime';

/** Whether JSON has nothing for an object with a `toJSON` of its own, e.g. for an invalid date. */
const isWrittenAsNull = (value: object): boolean => {
	try {
		return JSON.stringify(value) === 'null';
	} catch {
		return true;
	}
};

/**
 * Returns the same value, if JSON keeps it unchanged. JSON turns NaN, Infinity and invalid dates into null, and null
 * clears a field. An integer beyond 2^53 is rounded already.
 *
 * @param label names the value in messages
 * @throws InvalidInput that names the place within the value
 */
export function assertJsonSafe<T>(value: T, label: string): T {
	const check = (entry: unknown, path: string, depth = 0): void => {
		const fail = (why: string, hint: string): never => {
			throw new InvalidInput(`${label}${path ? `, at "${formatValue(path)}",` : ''} ${why}`, hint);
		};
		if (typeof entry === 'number' && !Number.isFinite(entry))
			fail(`contains ${entry}, which is not a number`, CLEAR_WITH_NULL);
		if (isUnsafeNumber(entry))
			fail(
				`contains a whole number beyond ${Number.MAX_SAFE_INTEGER}, which would be changed on the way`,
				'Check it. A field of text takes it as text, in quotes.',
			);
		if (entry === INVALID_DATE)
			fail(`contains ${INVALID_DATE}, which is not a date`, CLEAR_WITH_NULL);
		if (!isObjectOrList(entry)) return;
		if (depth === MAX_DEPTH_SENT)
			fail(`is nested deeper than ${MAX_DEPTH_SENT} levels`, 'Send less nested data.');
		const { toJSON } = entry as { toJSON?: unknown };
		if (typeof toJSON === 'function' && isWrittenAsNull(entry))
			fail(`contains ${toText(entry)}, which is not a date`, CLEAR_WITH_NULL);
		for (const [name, child] of Object.entries(entry))
			check(child, path ? `${path}.${name}` : name, depth + 1);
	};
	check(value, '');
	return value;
}

/** Parses the text of a JSON parameter; an expression may give another value. An empty text gives undefined. */
function parseParameter(value: unknown, label: string): unknown {
	if (typeof value !== 'string') return value;
	const text = value.trim();
	if (!text) return undefined;
	let reason: string;
	try {
		return JSON.parse(text);
	} catch (error) {
		// V8 repeats the beginning of the text.
		reason = formatValue((error as Error).message);
	}
	throw new InvalidInput(
		`'${label}' is not valid JSON: ${reason}`,
		'Check quotes, commas and brackets. With values from earlier nodes an expression such as {{ JSON.stringify($json) }} is safest.',
	);
}

/** Reads a JSON parameter; undefined for an empty text. */
export const readJson = (value: unknown, label: string): unknown =>
	assertJsonSafe(parseParameter(value, label), `'${label}'`);

/** Reads a JSON parameter that has to be an object. An empty text gives an empty object. */
export function readJsonObject(value: unknown, label: string): IDataObject {
	const parsed = parseParameter(value, label);
	const object = parsed === undefined && typeof value === 'string' ? {} : parsed;
	if (isObject(object)) return assertJsonSafe(object, `'${label}'`);
	const kind = Array.isArray(object) ? 'a list' : object === null ? 'null' : `a ${typeof object}`;
	throw new InvalidInput(
		`'${label}' is ${kind}, not an object`,
		'Enter one JSON object in curly brackets, e.g. {"name": "Example"}. For several records give this node several items.',
	);
}
