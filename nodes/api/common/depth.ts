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

/** Whether a JSON value nests deeper than `levels`. */
export const isTooDeep = (value: unknown, levels = MAX_DEPTH_STORED): boolean =>
	isObjectOrList(value) &&
	(levels === 0 || Object.values(value).some((entry) => isTooDeep(entry, levels - 1)));
