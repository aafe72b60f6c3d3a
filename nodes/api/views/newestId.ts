import type { TeamogyClient } from '../transport/client';
import { listValues, selectColumns } from './columns';
import { andFilters, COMPARISON_SYNTAX } from './filter';
import { readPage } from './view';

const MAX_PROBES = 8;
/** IDs asked for by the first probe, and by each one after it. An ID takes about 20 bytes. */
const FIRST_PROBE_ROWS = 10_000;
const PROBE_ROWS = 200_000;
/** Each probe beyond the known rows goes this many times as far as the probe before it. */
const PROBE_GROWTH = 4;

/** The IDs that a probe found. */
interface FoundIds {
	lowest: number;
	highest: number;
	/** Whether the view has no other IDs above those that the probe began at. */
	isWholeTail: boolean;
}

/** Reads one page of a view's IDs; undefined where it has none. Only safe integers count. */
async function probeIds(
	client: TeamogyClient,
	{ view, unitId }: { view: string; unitId?: number },
	column: string,
	pageSize: number,
	{ above, max }: { above?: number; max?: number },
): Promise<FoundIds | undefined> {
	const filter = andFilters(
		above === undefined ? undefined : COMPARISON_SYNTAX.greaterThan(column, `${above}`),
		max === undefined ? undefined : COMPARISON_SYNTAX.lessThanOrEqual(column, `${max}`),
	);
	const query = { view, unitId, ...selectColumns([column]), filter, pageSize };
	const { rows, nextOffset } = await readPage(client, query);
	const ids = (listValues(rows, column) as number[])
		.filter(Number.isSafeInteger)
		.sort((a, b) => a - b);
	return ids.length
		? { lowest: ids[0], highest: ids[ids.length - 1], isWholeTail: nextOffset === Infinity }
		: undefined;
}

/** Narrows down where the highest ID is: in growing strides up to a place without IDs above it, then by halves. */
class NewestIdSearch {
	/** The highest ID found so far. */
	newest: number;

	/** The next probe reads the IDs above this one. */
	probeAbove: number;

	/** No ID is above this one; Infinity while no such ID is known. */
	private end = Infinity;

	/** How far beyond the newest ID the last probe went. */
	private stride: number;

	private isTailRead: boolean;

	constructor({ lowest, highest, isWholeTail }: FoundIds) {
		this.newest = highest;
		this.probeAbove = highest;
		this.stride = highest - lowest;
		this.isTailRead = isWholeTail;
	}

	get isOver(): boolean {
		return this.isTailRead || this.probeAbove >= this.end;
	}

	/** Narrows the search down by the IDs above `probeAbove`. */
	narrowDown(found: FoundIds | undefined): void {
		if (found) this.newest = Math.max(this.newest, found.highest);
		else this.end = this.probeAbove;
		this.isTailRead = found?.isWholeTail ?? false;
		this.probeAbove = Math.min(this.findNextProbe(), Number.MAX_SAFE_INTEGER);
	}

	private findNextProbe(): number {
		if (this.end < Infinity) return Math.floor((this.newest + this.end) / 2);
		this.stride *= PROBE_GROWTH;
		return this.newest + this.stride;
	}
}

/**
 * The highest ID of a view, or one close to it, in few requests. Views have no documented order and no total,
 * so the ID is narrowed down by `id>…` (CLIENT).
 *
 * Two requests find it among 210,000 rows, and among any number of rows that come in falling order. A larger
 * view in another order, or a server that delivers smaller pages, takes up to eight requests.
 *
 * @param max higher IDs do not count
 */
export async function findNewestId(
	client: TeamogyClient,
	view: string,
	unitId?: number,
	column = 'id',
	max?: number,
): Promise<number | undefined> {
	const source = { view, unitId };
	const first = await probeIds(client, source, column, FIRST_PROBE_ROWS, { max });
	if (!first) return undefined;
	const search = new NewestIdSearch(first);
	for (let probes = 1; probes < MAX_PROBES && !search.isOver; probes++)
		search.narrowDown(
			await probeIds(client, source, column, PROBE_ROWS, { above: search.probeAbove, max }),
		);
	return search.newest;
}
