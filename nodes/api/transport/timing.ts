/**
 * How long the transport waits and how often it tries; times in milliseconds. One object, so that tests
 * can turn minutes into milliseconds.
 */
export const TIMING = {
	/** A wait that is cancelled leaves a timer of at most this length: n8n's sleep cannot be ended early. */
	sleepSlice: 500,
	/** The time that an account's budget is for. */
	budgetWindow: 60_000,
	/** Added to the window, should the server's clock be a little slower than ours. */
	budgetMargin: 250,
	/** A request whose response has not wholly come by then is given up. */
	timeout: 60_000,
	/** How often a request that may be repeated is sent at most. */
	maxTries: 5,
	/** The pause before the second try; it doubles from try to try. */
	firstPause: 500,
	maxPause: 30_000,
	/** How long a run waits at a stretch because of throttled responses. */
	maxBlocked: 300_000,
	/** A run that has waited so long for its turns, in sum, says so. */
	longWait: 10_000,
};

export const DAY_MS = 24 * 60 * 60_000;

/** Milliseconds on a clock that is never set back. */
export const now = (): number => performance.now();

/** The time that the budget is for and its margin. */
export const getBudgetWindow = (): number => TIMING.budgetWindow + TIMING.budgetMargin;

/** The pause before try number `next` (2, 3, …): doubling, capped, with up to a quarter of jitter. */
export const getRetryDelay = (next: number): number =>
	Math.min(TIMING.maxPause, TIMING.firstPause * 2 ** (next - 2)) * (1 + Math.random() / 4);
