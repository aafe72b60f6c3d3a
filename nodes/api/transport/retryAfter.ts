/**
 * The time an HTTP date stands for; undefined where it is none. Date.parse reads much more than
 * those, which begin with a day's name.
 */
const parseHttpDate = (date: unknown): number | undefined => {
	const time = typeof date === 'string' && /^[A-Z]/i.test(date) ? Date.parse(date) : NaN;
	return Number.isNaN(time) ? undefined : time;
};

/** A longer wait is none that a server means: a time in place of seconds, or a date without end. */
const MAX_WAIT = 100 * 365 * 24 * 60 * 60_000;

/**
 * Milliseconds a Retry-After header asks for, given in seconds or as a date, a century at the most;
 * undefined without one that can be read. A date is compared with the answer's own, since the server's clock and ours may
 * differ. Teamogy's own headers with a 429 are UNKNOWN; both forms are HTTP's.
 */
export function readRetryAfter(headers: Record<string, unknown>): number | undefined {
	const header = String(headers['retry-after'] ?? '').trim();
	if (/^\d+(\.\d+)?$/.test(header)) return Math.min(Number(header) * 1000, MAX_WAIT);
	const until = parseHttpDate(header);
	if (until === undefined) return undefined;
	const asked = until - (parseHttpDate(headers.date) ?? Date.now());
	return Math.min(Math.max(0, asked), MAX_WAIT);
}
