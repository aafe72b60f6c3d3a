import type { Page } from './pageReader';
import { hasId } from './row';

/** One page may come again: rows were inserted while the view was read. More repeats are a fault of the server. */
const MAX_REPEATS = 3;

/** Whether a page holds no new ID. Rows without IDs may be equal and yet different records. */
const isRepeated = (page: Page, earlier: Page): boolean => {
	const ids = new Set(earlier.data.map(({ id }) => id));
	return page.data.some(hasId) && page.data.every(({ id }) => ids.has(id));
};

/** Recognizes a server whose pages come again and again, so that reading them would not end. */
export class RepeatDetector {
	private pages = 0;

	/** One of the pages before. It moves on at page 1, 2, 4, 8, …, so that a cycle of any length meets it. */
	private earlier: Page = { data: [] };

	private repeats = 0;

	/**
	 * Whether pages come again and again.
	 *
	 * @param page the next page of the view
	 */
	isEndless(page: Page): boolean {
		if (isRepeated(page, this.earlier)) this.repeats++;
		this.pages++;
		if (Number.isInteger(Math.log2(this.pages))) this.earlier = page;
		return this.repeats >= MAX_REPEATS;
	}
}
