import { getBudgetWindow, now } from './timing';

/** Each evenly spaced request that is throttled makes the next ones so many times slower … */
const SLOWDOWN_STEP = 1.5;
/** … up to so many times slower than the budget allows. */
const MAX_SLOWDOWN = 16;

/**
 * Even spacing for a host that refuses bursts which the budget allows: a token bucket of our own. What kind of
 * limiter Teamogy has is UNKNOWN; the vendor's client spaces its requests (CLIENT), and Amazon's gateway limits
 * by a token bucket (DOC; that it stands before Teamogy is INFERRED).
 *
 * Nothing is spaced until a request is throttled. Then requests are spaced evenly at the rate of the budget, and
 * more slowly where a spaced request is throttled. Each minute without that takes one step back: first to the rate of the
 * budget, then to bursts of 2, 4, 8, … requests.
 */
export class Pacer {
	/** How many requests may start together; Infinity where nothing is spaced. */
	private burst = Infinity;

	/** How many times slower than the budget requests are spaced. */
	private slowdown = 1;

	/** How many requests may start now: one more with each interval, `burst` at most. */
	private tokens = 0;

	/** When `tokens` was brought up to date. */
	private filledAt = 0;

	/** When `burst` or `slowdown` changed last. */
	private changedAt = 0;

	/** Milliseconds until a request may start. */
	getDelayMs(perMinute: number): number {
		this.relax(perMinute);
		if (this.burst === Infinity) return 0;
		const intervalMs = (getBudgetWindow() / perMinute) * this.slowdown;
		const time = now();
		this.tokens = Math.min(this.burst, this.tokens + (time - this.filledAt) / intervalMs);
		this.filledAt = time;
		return Math.max(0, Math.ceil((1 - this.tokens) * intervalMs));
	}

	start(): void {
		this.tokens = Math.max(0, this.tokens - 1);
	}

	/**
	 * A request was throttled although the budget was kept.
	 *
	 * @param isProbe true for the request after a pause: it says nothing about the spacing
	 * @param pausedUntil the end of the pause that follows
	 */
	tighten(isProbe: boolean, pausedUntil: number): void {
		if (this.burst === 1 && !isProbe)
			this.slowdown = Math.min(MAX_SLOWDOWN, this.slowdown * SLOWDOWN_STEP);
		this.burst = 1;
		this.tokens = 0;
		this.filledAt = now();
		this.changedAt = pausedUntil;
	}

	/** Takes a step back for each minute without a throttled response. */
	private relax(perMinute: number): void {
		while (this.burst !== Infinity && now() - this.changedAt >= getBudgetWindow()) {
			this.changedAt += getBudgetWindow();
			if (this.slowdown > 1) this.slowdown = Math.max(1, this.slowdown / SLOWDOWN_STEP);
			else this.burst = this.burst * 2 < perMinute ? this.burst * 2 : Infinity;
		}
	}
}
