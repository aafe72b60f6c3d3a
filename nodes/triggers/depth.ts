import { isObjectOrList } from '../api/common/json';

/** Records of Teamogy nest a few levels. A value of some thousand levels can be neither hashed nor stored. */
export const MAX_DEPTH = 100;

/** Whether a JSON value nests deeper than `levels`. */
export const isTooDeep = (value: unknown, levels = MAX_DEPTH): boolean =>
	isObjectOrList(value) &&
	(levels === 0 || Object.values(value).some((entry) => isTooDeep(entry, levels - 1)));
