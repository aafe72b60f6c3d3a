/** A response that refuses the request until later: a 429, or a 503 that says for how long. */
export interface ThrottledResponse {
	status: number;
	/** How long Teamogy asks to wait, if it says so. */
	retryAfterMs?: number;
}

/** The right to send one request. Its holder releases it, however the request ends. */
export interface Ticket {
	/** @param throttled the throttled response, if the request ended so */
	release(throttled?: ThrottledResponse): void;
}

/** Teamogy refuses requests for longer than a run waits (`TIMING.maxBlocked`). */
export class RateLimitTimeout extends Error {
	/**
	 * @param waitedMs how long the run has waited
	 * @param lastResponse with how much longer Teamogy asks to wait
	 */
	constructor(
		readonly waitedMs: number,
		readonly lastResponse: ThrottledResponse,
	) {
		super('Teamogy refuses requests');
	}
}

/** A request that waits for its turn. */
export interface Waiter {
	start(ticket: Ticket): void;
	giveUp(reason: RateLimitTimeout): void;
}

/** The requests of one run, e.g. one execution of a node. Runs take turns. */
export class RequestQueue {
	readonly waiters: Waiter[] = [];

	inFlight = 0;

	/** Since when throttled responses have kept the run from going on. */
	blockedSince?: number;

	/** Since when the next request of the run waits for its turn. */
	waitingSince?: number;

	/** How long the run has waited for its turns, in sum. */
	waitedMs = 0;

	/** Whether a request of the run was throttled, or waited because one of another run was. */
	wasThrottled = false;

	constructor(readonly perMinute: number) {}
}
