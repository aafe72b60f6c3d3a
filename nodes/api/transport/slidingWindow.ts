import type { RequestQueue } from './requestQueue';
import { getBudgetWindow, now } from './timing';

/**
 * The requests that count against the budget of a host. A request counts from its start until a minute after
 * its end, since the server may count it at any time in between. A throttled request was not served, so it
 * counts no longer than it is under way.
 */
export class SlidingWindow {
	/** The runs with requests that count, and how many. */
	private readonly counts = new Map<RequestQueue, number>();

	private inFlight = 0;

	/** When requests ended, and their runs; the oldest first. */
	private readonly completions: Array<{ at: number; queue: RequestQueue }> = [];

	/** The smallest budget of the runs with requests that count. */
	get perMinute(): number {
		this.forgetOld();
		let min = Infinity;
		for (const { perMinute } of this.counts.keys()) min = Math.min(min, perMinute);
		return min;
	}

	/** Milliseconds until some of the budget is free; undefined while all of it is under way. */
	getDelayMs(perMinute: number): number | undefined {
		this.forgetOld();
		const free = perMinute - this.inFlight;
		if (free <= 0) return undefined;
		const oldest = this.completions.at(-free);
		return oldest === undefined ? 0 : oldest.at + getBudgetWindow() - now();
	}

	start(queue: RequestQueue): void {
		this.inFlight++;
		this.counts.set(queue, (this.counts.get(queue) ?? 0) + 1);
	}

	end(queue: RequestQueue, isThrottled: boolean): void {
		this.inFlight--;
		if (isThrottled) this.uncount(queue);
		else this.completions.push({ at: now(), queue });
	}

	private forgetOld(): void {
		const end = now() - getBudgetWindow();
		while (this.completions.length && this.completions[0].at <= end)
			this.uncount(this.completions.shift()!.queue);
	}

	private uncount(queue: RequestQueue): void {
		const count = this.counts.get(queue)! - 1;
		if (count) this.counts.set(queue, count);
		else this.counts.delete(queue);
	}
}
