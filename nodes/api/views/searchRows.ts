import { MAX_DEPTH_INSPECTED } from '../common/depth';
import { isObjectOrList } from '../common/json';
import { normalizeForSearch } from '../common/unicode';
import type { Row } from './view';

/** Characters of one text that are searched, at most: to normalize accents takes time. */
const MAX_TEXT_SEARCHED = 10_000;

/**
 * Whether a value contains a text, in itself or anywhere within it.
 *
 * @param needle as `normalizeForSearch` gives it
 */
export const containsText = (value: unknown, needle: string, depth = 0): boolean =>
	isObjectOrList(value)
		? depth < MAX_DEPTH_INSPECTED &&
			Object.values(value).some((one) => containsText(one, needle, depth + 1))
		: normalizeForSearch(String(value ?? '').slice(0, MAX_TEXT_SEARCHED)).includes(needle);

/**
 * The test for rows that contain a text in any column, whatever case and accents. Teamogy's filters have no
 * "contains" (DOC "Views"), so rows are searched here. Undefined for a blank text, which every row contains.
 */
export function buildRowSearch(text: string): ((row: Row) => boolean) | undefined {
	const needle = normalizeForSearch(text.trim());
	return needle ? (row) => containsText(row, needle) : undefined;
}
