import { containsText, normalizeForSearch } from './normalizeForSearch';
import type { Row } from './view';

/**
 * The test for rows that contain a text in any column, whatever case and accents. Teamogy's filters have no
 * "contains" (DOC "Views"), so rows are searched here. Undefined for a blank text, which every row contains.
 */
export function buildRowSearch(text: string): ((row: Row) => boolean) | undefined {
	const needle = normalizeForSearch(text.trim());
	return needle ? (row) => containsText(row, needle) : undefined;
}
