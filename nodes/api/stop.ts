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

/** Work that did not end within its time. */
export class DeadlinePassed extends Error {
	override readonly name = 'DeadlinePassed';
}

/**
 * Carries out work that may take `ms` milliseconds from start to end, whatever it waits for. The work
 * is left to itself then: its result and its errors reach nobody.
 *
 * @param work is given a signal that is aborted when nobody waits for it any more
 * @throws DeadlinePassed when its time is up; Stopped at once when it is stopped
 */
export async function withinDeadline<T>(
	ms: number,
	stop: Stop,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const nobodyWaits = new AbortController();
	const deadline = new Stop(stop);
	const timeUp = wait(ms, deadline).then(() => {
		throw new DeadlinePassed();
	});
	let ended = false;
	try {
		const result = await Promise.race([work(nobodyWaits.signal), timeUp]);
		ended = true;
		return result;
	} finally {
		deadline.stop();
		if (!ended) nobodyWaits.abort();
	}
}
