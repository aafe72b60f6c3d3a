import { MAX_DEPTH_INSPECTED } from '../common/depth';
import { isObjectOrList } from '../common/json';
import { hasId } from './row';
import { namesNextPage, type Page } from './pageReader';

/** One page may come again: rows were inserted while the view was read. More repeats are a fault of the server. */
const MAX_REPEATS = 3;

const cutDepth = (value: unknown, depth = MAX_DEPTH_INSPECTED): unknown =>
	isObjectOrList(value)
		? depth && Object.entries(value).map(([key, inner]) => [key, cutDepth(inner, depth - 1)])
		: value;

/**
 * Whether a page repeats an earlier one: holds no new ID. Rows without IDs may be equal and yet different
 * records, so they are compared as a whole, and only where the server named no next page both times.
 */
const isRepeated = (page: Page, earlier: Page): boolean => {
	if (page.data.some(hasId)) {
		const ids = new Set(earlier.data.map(({ id }) => id));
		return page.data.every(({ id }) => ids.has(id));
	}
	if (!page.data.length || namesNextPage(page) || namesNextPage(earlier)) return false;
	const [rows, earlierRows] = [page, earlier].map(({ data }) => JSON.stringify(cutDepth(data)));
	return rows === earlierRows;
};

/** Recognizes a server whose pages come again and again, so that reading them would not end. */
export class RepeatDetector {
	private pages = 0;

	/** One of the pages before. It moves on at page 1, 2, 4, 8, …, so that a cycle of any length meets it. */
	private earlier: Page = { data: [] };

	private repeats = 0;

	/**
	 * Whether pages come again and again. Where a server names no next page, one repetition is enough: it has
	 * not looked at the offset.
	 *
	 * @param page the next page of the view
	 */
	isEndless(page: Page): boolean {
		const { earlier } = this;
		if (isRepeated(page, earlier))
			this.repeats += namesNextPage(page) || namesNextPage(earlier) ? 1 : MAX_REPEATS;
		this.pages++;
		if (Number.isInteger(Math.log2(this.pages))) this.earlier = page;
		return this.repeats >= MAX_REPEATS;
	}
}
