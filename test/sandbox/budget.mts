import type { SandboxOptions } from './types.mts';

type Limits = Pick<SandboxOptions, 'rate'> &
	Required<Pick<SandboxOptions, 'budget' | 'windowMs' | 'countRefused' | 'burst'>>;

/**
 * The request budget: a sliding window, or a token bucket where a `rate` is given. The vendor's own client assumes 60
 * a minute and says that further requests are "rejected (not processed)". Assumptions: status 429, a rejected request
 * does not count unless `countRefused` says so, Retry-After exists. Amazon's gateway limits by a bucket.
 */
export class Budget {
	private started: number[] = [];
	private tokens = Infinity;
	private filledAt = 0;

	constructor(private readonly limits: () => Limits) {}

	/** Takes one request out of the budget; returns the milliseconds to wait when there is none left, else 0. */
	take(now = performance.now()): number {
		const { rate, budget } = this.limits();
		if (rate !== undefined) return this.takeToken(rate / 60_000, now);
		return budget === Infinity ? 0 : this.takeFromWindow(now);
	}

	reset(): void {
		this.started = [];
		this.tokens = Infinity;
	}

	private takeFromWindow(now: number): number {
		const { budget, windowMs, countRefused } = this.limits();
		const expired = this.started.findIndex((at) => at > now - windowMs);
		this.started.splice(0, expired < 0 ? this.started.length : expired);
		if (this.started.length < budget) {
			this.started.push(now);
			return 0;
		}
		if (countRefused) this.started.push(now);
		const freed = this.started[this.started.length - budget] ?? now;
		return Math.max(1, freed + windowMs - now);
	}

	/** A refused request takes no token. */
	private takeToken(perMs: number, now: number): number {
		this.tokens = Math.min(this.limits().burst, this.tokens + (now - this.filledAt) * perMs);
		this.filledAt = now;
		if (this.tokens < 1) return Math.max(1, (1 - this.tokens) / perMs);
		this.tokens--;
		return 0;
	}
}

/** The Retry-After header in the wanted form. */
export function retryAfterHeader(
	form: 'seconds' | 'date' | 'none',
	waitMs: number,
): Record<string, string> {
	if (form === 'none') return {};
	if (form === 'seconds') return { 'retry-after': String(Math.ceil(waitMs / 1000)) };
	const second = Math.ceil((Date.now() + waitMs) / 1000);
	return { 'retry-after': new Date(second * 1000).toUTCString() };
}
