import { sleep } from 'n8n-workflow';

import { ExecutionCancelled } from './errors';
import { now } from './timing';

/**
 * Tells those who wait that nobody needs them any more. What AbortController is for, but any number
 * may listen: for more than ten listeners of a signal Node.js 20 logs a warning (measured).
 */
export class CancelSignal {
	isCancelled = false;

	private readonly listeners = new Set<() => void>();

	private readonly unsubscribe?: () => void;

	/** @param outer stops this one too */
	constructor(outer?: CancelSignal) {
		if (outer?.isCancelled) this.isCancelled = true;
		else this.unsubscribe = outer?.onCancel(() => this.cancel());
	}

	/** Calls the listener once when it is stopped. Call what is given back to listen no more. */
	onCancel(listener: () => void): () => void {
		this.listeners.add(listener);
		return () => this.listeners.delete(listener);
	}

	cancel(): void {
		if (this.isCancelled) return;
		this.isCancelled = true;
		this.unsubscribe?.();
		for (const listener of this.listeners) listener();
		this.listeners.clear();
	}
}

const SLEEP_SLICE_MS = 500;

/**
 * Waits `ms` milliseconds. Sleeps in slices, since n8n's sleep cannot be ended and would linger.
 *
 * @throws ExecutionCancelled at once when it is stopped
 */
export async function wait(ms: number, cancelSignal: CancelSignal): Promise<void> {
	const end = now() + ms;
	let unsubscribe = (): void => undefined;
	const cancelled = new Promise<void>((resolve) => (unsubscribe = cancelSignal.onCancel(resolve)));
	for (let leftMs = ms; leftMs > 0 && !cancelSignal.isCancelled; leftMs = end - now()) {
		await Promise.race([sleep(Math.min(leftMs, SLEEP_SLICE_MS)), cancelled]);
	}
	unsubscribe();
	if (cancelSignal.isCancelled) throw new ExecutionCancelled();
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
 * @throws DeadlinePassed when its time is up; ExecutionCancelled at once when it is stopped
 */
export async function withinDeadline<T>(
	ms: number,
	stop: CancelSignal,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const nobodyWaits = new AbortController();
	const deadline = new CancelSignal(stop);
	const timeUp = wait(ms, deadline).then(() => {
		throw new DeadlinePassed();
	});
	let ended = false;
	try {
		const result = await Promise.race([work(nobodyWaits.signal), timeUp]);
		ended = true;
		return result;
	} finally {
		deadline.cancel();
		if (!ended) nobodyWaits.abort();
	}
}
