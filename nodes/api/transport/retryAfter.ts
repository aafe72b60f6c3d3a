/** The time of an HTTP date, which begins with a day's name; undefined for other text that Date.parse reads. */
const parseHttpDate = (date: unknown): number | undefined => {
	const time = typeof date === 'string' && /^[A-Z]/i.test(date) ? Date.parse(date) : NaN;
	return Number.isNaN(time) ? undefined : time;
};

const SECONDS = /^\d+(\.\d+)?$/;

/** No server means a longer wait: it is a time in place of seconds, or a date without end. */
const MAX_WAIT = 100 * 365 * 24 * 60 * 60_000;

/**
 * Milliseconds that a Retry-After header asks for, in seconds or as a date, a century at most; undefined
 * where it cannot be read. A date is compared with the date of the response, since the clocks of the server
 * and of n8n may differ. Teamogy's headers with a 429 are UNKNOWN; both forms are HTTP's.
 */
export function readRetryAfter(headers: Record<string, unknown>): number | undefined {
	const header = String(headers['retry-after'] ?? '').trim();
	if (SECONDS.test(header)) return Math.min(Number(header) * 1000, MAX_WAIT);
	const until = parseHttpDate(header);
	if (until === undefined) return undefined;
	const wait = until - (parseHttpDate(headers.date) ?? Date.now());
	return Math.min(Math.max(0, wait), MAX_WAIT);
}

/** A greater number of seconds is a time since 1970. */
const MAX_SECONDS = 1e9;

/**
 * Milliseconds that the headers of a 429 ask to wait: Retry-After, else the end of the limiter's window, as
 * RateLimit-Reset (seconds, IETF draft) or X-RateLimit-Reset (seconds, or a time in seconds since 1970) has it.
 */
export function readRateLimitReset(headers: Record<string, unknown>): number | undefined {
	const retryAfter = readRetryAfter(headers);
	if (retryAfter !== undefined) return retryAfter;
	const header = String(headers['ratelimit-reset'] ?? headers['x-ratelimit-reset'] ?? '').trim();
	if (!SECONDS.test(header)) return undefined;
	const seconds = Number(header);
	const sentAt = parseHttpDate(headers.date) ?? Date.now();
	const wait = seconds > MAX_SECONDS ? seconds * 1000 - sentAt : seconds * 1000;
	return Math.min(Math.max(0, wait), MAX_WAIT);
}
