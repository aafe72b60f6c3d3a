import type { TeamogyClient } from '../transport/client';
import { selectColumns, getColumnValue } from './columns';
import { readPage } from './view';

const MAX_PROBES = 8;
/** IDs asked for by the first probe, and by each one after it. An ID takes about 20 bytes. */
const FIRST_PROBE_ROWS = 10_000;
const PROBE_ROWS = 50_000;
/** Each probe beyond the known rows goes this many times as far as the probe before it. */
const PROBE_GROWTH = 4;

/**
 * The highest ID of a view, or one close to it, in few requests. Views have no documented order and no total,
 * so the ID is narrowed down by `id>…` (CLIENT): in growing strides, then by halves. Only safe integers count.
 *
 * Two requests find it among 60,000 rows, and among any number of rows that come in falling order. A larger
 * view in another order, or a server that delivers smaller pages, takes up to eight requests.
 */
export async function findNewestId(
	client: TeamogyClient,
	view: string,
	unitId?: number,
	column = 'id',
): Promise<number | undefined> {
	const probe = async (pageSize: number, above?: number) => {
		const filter = above === undefined ? undefined : `${column}>${above}`;
		const query = { view, ...selectColumns([column]), filter, pageSize, unitId };
		const { rows, isLast } = await readPage(client, query);
		const ids = rows
			.map((row) => getColumnValue(row, column) as number)
			.filter(Number.isSafeInteger)
			.sort((a, b) => a - b);
		// The last page of rows above another one is the whole tail.
		return { lowest: ids.at(0), highest: ids.at(-1), isTail: isLast && rows.length > 0 };
	};
	let found = await probe(FIRST_PROBE_ROWS);
	if (found.highest === undefined) return undefined;
	let newest = found.highest;
	let stride = newest - found.lowest!;
	let above = newest;
	let end = Infinity;
	for (let probes = 1; probes < MAX_PROBES && above < end && !found.isTail; probes++) {
		found = await probe(PROBE_ROWS, above);
		if (found.highest === undefined) end = above;
		else newest = Math.max(newest, found.highest);
		if (end === Infinity) stride *= PROBE_GROWTH;
		const next = end === Infinity ? newest + stride : Math.floor((newest + end) / 2);
		above = Math.min(next, Number.MAX_SAFE_INTEGER);
	}
	return newest;
}
