import type { SandboxOptions } from './types.mts';

type Limits = Pick<SandboxOptions, 'rate'> &
	Required<Pick<SandboxOptions, 'budget' | 'windowMs' | 'countRefused' | 'burst'>>;

/**
 * The request budget: a sliding window, or a token bucket where a `rate` is given. The vendor's client assumes 60 requests
 * a minute and says that further ones are "rejected (not processed)" (CLIENT). UNKNOWN, so assumed: status 429,
 * Retry-After, and that a refused request does not count. Amazon's gateway has a token bucket (INFERRED).
 */
export class Budget {
	private started: number[] = [];
	private tokens = Infinity;
	private filledAt = 0;

	constructor(private readonly limits: () => Limits) {}

	/** Takes one request out of the budget. Returns 0, or the milliseconds to wait where none is left. */
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

/** Builds the header Retry-After in one of its forms, or none. */
export function retryAfterHeader(
	form: 'seconds' | 'date' | 'none',
	waitMs: number,
): Record<string, string> {
	if (form === 'none') return {};
	if (form === 'seconds') return { 'retry-after': String(Math.ceil(waitMs / 1000)) };
	const second = Math.ceil((Date.now() + waitMs) / 1000);
	return { 'retry-after': new Date(second * 1000).toUTCString() };
}
