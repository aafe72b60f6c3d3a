import type { Row, HttpResponse, HttpRequest } from './client.mts';
import { ok, status } from './client.mts';

export interface PageRequest {
	offset: number;
	limit: number;
	status: number;
}

export interface ViewServerOptions {
	/** How many rows the view has. */
	total: number;
	/** The server caps `limit` at this. */
	maxLimit?: number;
	/** How many rows one answer advances by, given the limit asked for. */
	stride?: (limit: number, nth: number) => number;
	/** A page with more rows than this is refused with `tooLargeStatus`. */
	maxRows?: number;
	tooLargeStatus?: number;
	/** The status to answer the nth request (from 1) with, where it shall not succeed. */
	fails?: (nth: number, page: { offset: number; limit: number }) => number | undefined;
	/** How many turns of the event loop an answer takes. */
	turns?: (nth: number) => number;
}

export const rowsUpTo = (total: number): Row[] =>
	Array.from({ length: total }, (_, index) => ({ id: index + 1 }));

/** The paging of a Teamogy view in memory, with every request on record. */
export function viewServer(options: ViewServerOptions) {
	const rows = rowsUpTo(options.total);
	const requests: PageRequest[] = [];
	const send = async ({ url }: HttpRequest): Promise<HttpResponse> => {
		const query = new URL(url).searchParams;
		const offset = Number(query.get('offset'));
		const asked = Number(query.get('limit'));
		const request = { offset, limit: asked, status: 200 };
		requests.push(request);
		const nth = requests.length;
		for (let turn = options.turns?.(nth) ?? 0; turn > 0; turn--) {
			await new Promise((resolve) => setImmediate(resolve));
		}
		const limit = Math.min(asked, options.maxLimit ?? asked);
		const size = Math.min(limit, Math.max(0, rows.length - offset));
		const failing =
			options.fails?.(nth, request) ??
			(size > (options.maxRows ?? Infinity) ? (options.tooLargeStatus ?? 413) : undefined);
		if (failing !== undefined) {
			request.status = failing;
			return status(failing);
		}
		const end = offset + Math.max(1, options.stride?.(limit, nth) ?? limit);
		const data = rows.slice(offset, end);
		return ok({
			metadata: { count: data.length, limit, nextOffset: end < rows.length ? end : null },
			data,
		});
	};
	return { rows, requests, send };
}
