import type { TeamogyClient } from '../transport/client';
import { selectColumns, getColumnValue } from './columns';
import { readRows } from './view';

const MAX_PROBES = 8;
/** Rows of one probe; fewer are the whole tail, so the highest ID is among them. */
const PROBE_ROWS = 1000;
/** Each probe beyond the known rows goes this many times as far as the probe before it. */
const PROBE_GROWTH = 4;

/**
 * The highest ID of a view, or one close to it, in few requests. Views have no documented order and no
 * total, so the ID is narrowed down by `id>…` (CLIENT): in growing strides, then by halves. Only safe
 * integers count.
 */
export async function findNewestId(
	client: TeamogyClient,
	view: string,
	unitId?: number,
	column = 'id',
): Promise<number | undefined> {
	const probe = async (above?: number) => {
		const filter = above === undefined ? undefined : `${column}>${above}`;
		const query = { view, ...selectColumns([column]), filter, limit: PROBE_ROWS, unitId };
		const rows = await readRows(client, query);
		const ids = rows.map((row) => getColumnValue(row, column) as number);
		return { ids: ids.filter(Number.isSafeInteger), rowCount: rows.length };
	};
	let { ids, rowCount } = await probe();
	if (!ids.length) return undefined;
	let newest = Math.max(...ids);
	let stride = newest - Math.min(...ids);
	let above = newest;
	let end = Infinity;
	for (let probes = 1; probes < MAX_PROBES && above < end; probes++) {
		if (rowCount && rowCount < PROBE_ROWS) break;
		({ ids, rowCount } = await probe(above));
		if (ids.length) newest = Math.max(newest, ...ids);
		else end = above;
		if (end === Infinity) stride *= PROBE_GROWTH;
		const next = end === Infinity ? newest + stride : Math.floor((newest + end) / 2);
		above = Math.min(next, Number.MAX_SAFE_INTEGER);
	}
	return newest;
}
