import { sleep } from 'n8n-workflow';

import { Stopped } from './errors';

/**
 * How patient the transport is, in milliseconds where not said otherwise. One object, so that
 * tests can turn minutes into milliseconds.
 */
export const PACE = {
	/** The stretch of time an account's budget is for. */
	budgetWindow: 60_000,
	/** Added to the window, should the server's clock be a little slower than ours. */
	budgetMargin: 250,
	/** A server that has not answered by then is given up. */
	timeout: 60_000,
	/** How often a request that may be repeated is sent at the most. */
	tries: 5,
	/** The pause before the second try; it doubles from try to try. */
	firstPause: 500,
	longestPause: 30_000,
	/** How long a run waits at a stretch because of 429 answers. */
	longestBusy: 300_000,
};

/** Milliseconds on a clock that is never set back. */
export const now = (): number => performance.now();

/** The pause before try number `next` (2, 3, …): doubling, capped, with up to a quarter of jitter. */
export const pauseBefore = (next: number): number =>
	Math.min(PACE.longestPause, PACE.firstPause * 2 ** (next - 2)) * (1 + Math.random() / 4);

/**
 * Tells those who wait that nobody needs them any more. What AbortController is for, but any number
 * may listen: for more than ten listeners of a signal Node.js 20 logs a warning (measured).
 */
export class Stop {
	stopped = false;

	private readonly listeners = new Set<() => void>();

	private readonly leave?: () => void;

	/** @param outer stops this one too */
	constructor(outer?: Stop) {
		if (outer?.stopped) this.stopped = true;
		else this.leave = outer?.on(() => this.stop());
	}

	/** Calls the listener once when it is stopped. Call what is given back to listen no more. */
	on(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	stop(): void {
		if (this.stopped) return;
		this.stopped = true;
		this.leave?.();
		for (const listener of this.listeners) listener();
		this.listeners.clear();
	}
}

const SLICE = 500;

/**
 * Waits `ms` milliseconds. Sleeps in slices, since n8n's sleep cannot be ended and would linger.
 *
 * @throws Stopped at once when it is stopped
 */
export async function wait(ms: number, stop: Stop): Promise<void> {
	const end = now() + ms;
	let letGo = (): void => undefined;
	const stopped = new Promise<void>((resolve) => (letGo = stop.on(resolve)));
	for (let left = ms; left > 0 && !stop.stopped; left = end - now()) {
		await Promise.race([sleep(Math.min(left, SLICE)), stopped]);
	}
	letGo();
	if (stop.stopped) throw new Stopped();
}

/**
 * The time an HTTP date stands for; undefined where it is none. Date.parse reads much more than
 * those, which begin with a day's name.
 */
const timeOf = (date: unknown): number | undefined => {
	const time = typeof date === 'string' && /^[A-Z]/i.test(date) ? Date.parse(date) : NaN;
	return Number.isNaN(time) ? undefined : time;
};

/**
 * Milliseconds a Retry-After header asks for, given in seconds or as a date; undefined without one
 * that can be read. A date is compared with the answer's own, since the server's clock and ours may
 * differ. Teamogy's own headers with a 429 are UNKNOWN; both forms are HTTP's.
 */
export function retryAfter(headers: Record<string, unknown>): number | undefined {
	const header = String(headers['retry-after'] ?? '').trim();
	if (/^\d+(\.\d+)?$/.test(header)) return Number(header) * 1000;
	const until = timeOf(header);
	if (until === undefined) return undefined;
	return Math.max(0, until - (timeOf(headers.date) ?? Date.now()));
}
