import type { SandboxOptions } from './types.mts';

/**
 * The request budget: a sliding window. The vendor's own client assumes 60 a minute and says that further requests
 * are "rejected (not processed)". Assumptions: status 429, a rejected request does not count unless `countRefused`
 * says so, Retry-After exists.
 */
export class Budget {
	private started: number[] = [];

	constructor(
		private readonly options: () => Required<
			Pick<SandboxOptions, 'budget' | 'windowMs' | 'countRefused'>
		>,
	) {}

	/** Takes one request out of the budget; returns the milliseconds to wait when there is none left, else 0. */
	take(now = performance.now()): number {
		const { budget, windowMs, countRefused } = this.options();
		if (budget === Infinity) return 0;
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

	reset(): void {
		this.started = [];
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
