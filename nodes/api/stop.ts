import { sleep } from 'n8n-workflow';

import { Stopped } from './errors';
import { now } from './pace';

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
