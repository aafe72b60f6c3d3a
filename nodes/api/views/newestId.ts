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
	reachesEnd: boolean;
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
		? { lowest: ids[0], highest: ids[ids.length - 1], reachesEnd: nextOffset === Infinity }
		: undefined;
}

/**
 * The highest ID of a view, or one close to it, in few requests. Views have no documented order and no total,
 * so the ID is narrowed down by `id>…` (CLIENT): in growing strides up to a place without IDs above it, then by halves.
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
	let found = await probeIds(client, source, column, FIRST_PROBE_ROWS, { max });
	if (!found) return undefined;
	let newest = found.highest;
	/** How far beyond the newest ID a probe begins. */
	let stride = newest - found.lowest;
	/** No ID is above this one. */
	let end = Infinity;
	let above = newest;
	for (let probes = 1; probes < MAX_PROBES && !found?.reachesEnd && above < end; probes++) {
		found = await probeIds(client, source, column, PROBE_ROWS, { above, max });
		if (found) newest = Math.max(newest, found.highest);
		else end = above;
		stride *= PROBE_GROWTH;
		const next = end < Infinity ? Math.floor((newest + end) / 2) : newest + stride;
		above = Math.min(next, Number.MAX_SAFE_INTEGER);
	}
	return newest;
}
