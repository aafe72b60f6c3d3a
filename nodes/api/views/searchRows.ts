import { MAX_DEPTH_INSPECTED } from '../common/depth';
import { isObjectOrList } from '../common/json';
import { normalizeForSearch } from '../common/unicode';
import type { Row } from './row';

/** Characters of one text that are searched, at most: to normalize accents takes time. */
const MAX_TEXT_SEARCHED = 100_000;

/** Text without case and accents, its words one space apart: from web pages come double and non-breaking spaces. */
const normalizeSpaces = (text: string): string => normalizeForSearch(text).replace(/\s+/g, ' ');

/** A text to find with `containsText`; empty where nothing but accents and spaces is in it. */
export const toNeedle = (text: string): string => normalizeSpaces(text).trim();

/**
 * Whether a value contains a text, in itself or anywhere within it.
 *
 * @param needle as `toNeedle` gives it
 */
export const containsText = (value: unknown, needle: string, depth = 0): boolean =>
	isObjectOrList(value)
		? depth < MAX_DEPTH_INSPECTED &&
			Object.values(value).some((one) => containsText(one, needle, depth + 1))
		: normalizeSpaces(String(value ?? '').slice(0, MAX_TEXT_SEARCHED)).includes(needle);

/**
 * The test for rows that contain a text in any column, whatever case, accents and spaces. No filter
 * with "contains" is documented (DOC "Views"), so rows are searched here. Undefined for a blank text, which every row contains.
 */
export function buildRowSearch(text: string): ((row: Row) => boolean) | undefined {
	const needle = toNeedle(text);
	return needle ? (row) => containsText(row, needle) : undefined;
}
