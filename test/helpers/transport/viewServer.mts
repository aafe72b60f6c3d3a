import type { Row, HttpResponse, HttpRequest } from './client.mts';
import { ok, status } from './client.mts';

/** The limit of a response (DOC "Views"). */
const MAX_RESPONSE = 10_000_000;

export interface PageRequest {
	offset: number;
	limit: number;
	status: number;
	bytes: number;
}

export interface ViewServerOptions {
	/** How many rows the view has. */
	total: number;
	/** How many bytes a row has; by default rows have an ID alone, and no length. */
	rowBytes?: (index: number) => number;
	/** Whether a Content-Length comes; else the rows are as long as they say. */
	hasLength?: boolean;
	/** The server caps `limit` at this. */
	maxLimit?: number;
	/** Whether `metadata.limit` names the cap. */
	namesMaxLimit?: boolean;
	/** How many rows one response advances by, given the limit asked for. */
	stride?: (limit: number, nth: number) => number;
	/** A page with more rows than this is refused with `tooLargeStatus`. */
	maxRows?: number;
	tooLargeStatus?: number;
	/** The status of the nth response (from 1), where it shall not succeed. */
	fails?: (nth: number, page: { offset: number; limit: number }) => number | undefined;
	/** Ends when the nth response, of so many rows, is sent. */
	wait?: (nth: number, rows: number) => Promise<void>;
}

const PADS = new Map<number, string>();
const pad = (bytes: number): string => {
	if (!PADS.has(bytes)) PADS.set(bytes, 'x'.repeat(Math.max(0, bytes - 20)));
	return PADS.get(bytes)!;
};

export const rowsUpTo = (total: number): Row[] =>
	Array.from({ length: total }, (_, index) => ({ id: index + 1 }));

/** The paging of a Teamogy view in memory, with every request on record. */
export function viewServer(options: ViewServerOptions) {
	const { total, rowBytes, hasLength, maxLimit = Infinity, namesMaxLimit = true } = options;
	const { stride, maxRows = Infinity, tooLargeStatus = 413, fails, wait } = options;
	const rows = rowsUpTo(total);
	if (rowBytes && !hasLength)
		for (const [index, row] of rows.entries()) row.pad = pad(rowBytes(index));
	const requests: PageRequest[] = [];
	const send = async ({ url }: HttpRequest): Promise<HttpResponse> => {
		const query = new URL(url).searchParams;
		const [offset, asked] = ['offset', 'limit'].map((name) => Number(query.get(name)));
		const request = { offset, limit: asked, status: 200, bytes: 0 };
		const nth = requests.push(request);
		const limit = Math.min(asked, maxLimit);
		const end = offset + Math.max(1, stride?.(limit, nth) ?? limit);
		const data = rows.slice(offset, end);
		if (rowBytes) data.forEach((_, index) => (request.bytes += rowBytes(offset + index)));
		await wait?.(nth, data.length);
		const isTooLarge = data.length > maxRows || request.bytes > MAX_RESPONSE;
		request.status = fails?.(nth, request) ?? (isTooLarge ? tooLargeStatus : 200);
		if (request.status !== 200) return status(request.status);
		const nextOffset = end < total ? end : null;
		const metadata = { count: data.length, limit: namesMaxLimit ? limit : asked, nextOffset };
		const response = ok({ metadata, data });
		if (hasLength) response.headers['content-length'] = String(request.bytes);
		return response;
	};
	return { rows, requests, send };
}
