import { isEmpty, isObjectOrList } from '../json';
import { normalizeForSearch } from './normalizeForSearch';
import type { Row } from './view';

/** Characters of one text that are searched, at most: to normalize accents takes time. */
const MAX_TEXT_SEARCHED = 10_000;
/** Levels of nested values that are searched, at most: a row may be nested too deeply for calls. */
const MAX_DEPTH_SEARCHED = 20;

const contains = (value: unknown, needle: string, depth: number): boolean =>
	isObjectOrList(value)
		? depth < MAX_DEPTH_SEARCHED &&
			Object.values(value).some((inner) => contains(inner, needle, depth + 1))
		: !isEmpty(value) &&
			normalizeForSearch(String(value).slice(0, MAX_TEXT_SEARCHED)).includes(needle);

/**
 * The test for rows that contain a text in any column, whatever case and accents. Teamogy's filters have no
 * "contains" (DOC "Views"), so rows are searched here. Undefined for a blank text, which every row contains.
 */
export function buildRowSearch(text: string): ((row: Row) => boolean) | undefined {
	const needle = normalizeForSearch(text.trim());
	return needle ? (row) => contains(row, needle, 0) : undefined;
}
