import { isObjectOrList } from './json';

/** Levels of a value that are looked at, e.g. to search it. Deeper ones are left out: they may exceed the stack. */
export const MAX_DEPTH_INSPECTED = 20;

/**
 * Levels of a value that a trigger takes. Records of Teamogy nest a few. A value of some thousand levels can be
 * neither hashed nor stored.
 */
export const MAX_DEPTH_STORED = 100;

/** Levels of a body to send. One of some thousand levels can be neither checked nor written as JSON. */
export const MAX_DEPTH_SENT = 1000;

/** Stands for a value that is nested too deeply to be written. */
const TOO_DEEP_MARK = '[nested too deeply]';

/** Whether a JSON value nests deeper than `levels`. */
export const isTooDeep = (value: unknown, levels = MAX_DEPTH_STORED): boolean =>
	isObjectOrList(value) &&
	(levels === 0 ||
		(Array.isArray(value) ? value : Object.values(value)).some((entry) =>
			isTooDeep(entry, levels - 1),
		));

/** A copy of a JSON value, with a mark for what is nested too deeply. */
const copyLevels = (value: unknown, levels: number): unknown => {
	if (!isObjectOrList(value)) return value;
	if (levels === 0) return TOO_DEEP_MARK;
	if (Array.isArray(value)) return value.map((entry) => copyLevels(entry, levels - 1));
	return Object.fromEntries(
		Object.entries(value).map(([name, entry]) => [name, copyLevels(entry, levels - 1)]),
	);
};

/** The same value; one that is nested too deeply is copied, with a mark for what is too deep. */
export const markTooDeep = <T>(value: T): T =>
	isTooDeep(value) ? (copyLevels(value, MAX_DEPTH_STORED) as T) : value;

/** The JSON of an object or a list. One of some thousand levels has a mark for those that are too deep. */
export const toJson = (value: object): string => {
	try {
		return JSON.stringify(value);
	} catch {
		return JSON.stringify(markTooDeep(value));
	}
};
