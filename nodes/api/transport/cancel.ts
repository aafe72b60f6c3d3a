import { sleep } from 'n8n-workflow';

import { ExecutionCancelled } from './errors';
import { now, TIMING } from './timing';

/**
 * Tells work that its result is not needed any more. Unlike an AbortSignal it has no limit of listeners: for more
 * than ten Node.js 20 logs a warning (measured).
 */
export class CancelSignal {
	isCancelled = false;

	private readonly listeners = new Set<() => void>();

	private readonly unsubscribe?: () => void;

	/** @param outer cancels this signal too */
	constructor(outer?: CancelSignal) {
		if (outer?.isCancelled) this.isCancelled = true;
		else this.unsubscribe = outer?.onCancel(() => this.cancel());
	}

	/** Calls the listener once when the signal is cancelled. The returned function unsubscribes it. */
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

/**
 * Waits `ms` milliseconds, in slices.
 *
 * @throws ExecutionCancelled at once when the signal is cancelled
 */
export async function wait(ms: number, cancelSignal: CancelSignal): Promise<void> {
	const end = now() + ms;
	let unsubscribe = (): void => undefined;
	const cancelled = new Promise<void>((resolve) => (unsubscribe = cancelSignal.onCancel(resolve)));
	for (let leftMs = ms; leftMs > 0 && !cancelSignal.isCancelled; leftMs = end - now()) {
		await Promise.race([sleep(Math.min(leftMs, TIMING.sleepSlice)), cancelled]);
	}
	unsubscribe();
	if (cancelSignal.isCancelled) throw new ExecutionCancelled();
}

/** Work did not end within its time. */
export class DeadlinePassed extends Error {
	override readonly name = 'DeadlinePassed';
}

/**
 * Runs work that may take `ms` milliseconds from start to end. The result and the errors of work that takes longer
 * are dropped.
 *
 * @param work gets a signal that is aborted when the result is not needed any more
 * @throws DeadlinePassed when the time is up; ExecutionCancelled at once when the signal is cancelled
 */
export async function withinDeadline<T>(
	ms: number,
	cancelSignal: CancelSignal,
	work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
	const abortController = new AbortController();
	const deadline = new CancelSignal(cancelSignal);
	const timeUp = wait(ms, deadline).then(() => {
		throw new DeadlinePassed();
	});
	let isDone = false;
	try {
		const result = await Promise.race([work(abortController.signal), timeUp]);
		isDone = true;
		return result;
	} finally {
		deadline.cancel();
		if (!isDone) abortController.abort();
	}
}
