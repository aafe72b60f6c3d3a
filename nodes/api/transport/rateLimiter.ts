import { getOrCreate } from '../common/maps';
import { CancelSignal, wait } from './cancel';
import { ExecutionCancelled } from './errors';
import { Pacer } from './pacer';
import {
	RateLimitTimeout,
	type RequestQueue,
	type ThrottledResponse,
	type Ticket,
	type Waiter,
} from './requestQueue';
import { SlidingWindow } from './slidingWindow';
import { now, TIMING } from './timing';

/** Requests of one run under way at the same time: a page and the eight ahead of it. */
const MAX_CONCURRENT_REQUESTS = 9;

/**
 * The requests that may be sent to one Teamogy host, shared by all executions of this n8n process.
 *
 * Requests start at once while some of the budget is left in the sliding window. Runs with different budgets
 * share the smallest budget of those that wait or have requests that count.
 *
 * A throttled response pauses all runs. Then a single request probes; the others follow when it ends, unless it is
 * throttled too. So several processes settle on one account without knowing of each other. After a 429 requests are
 * spaced, too.
 */
class HostRateLimiter {
	/** The runs with requests that wait, in the order of their turns. */
	private readonly queues = new Set<RequestQueue>();

	private readonly window = new SlidingWindow();

	private readonly pacer = new Pacer();

	private pausedSince = -Infinity;

	/** The end of the pause: a little later than Teamogy asks, so that not all processes come at once. */
	private pausedUntil = 0;

	/** The status of the response that decided `pausedUntil`. */
	private pauseStatus = 429;

	/** Until when that response asks to wait; undefined where it does not say. */
	private askedUntil?: number;

	/** When the host is probed: a server may ask for a wait without end. */
	private probeAt = 0;

	/** Throttled responses in a row. */
	private consecutiveThrottled = 0;

	/** After a pause the next request is the probe (`pending`); the others wait for its end (`inFlight`). */
	private probe: 'none' | 'pending' | 'inFlight' = 'none';

	private wakeUp = new CancelSignal();

	async acquireTicket(queue: RequestQueue, cancelSignal: CancelSignal): Promise<Ticket> {
		if (cancelSignal.isCancelled) throw new ExecutionCancelled();
		return await new Promise<Ticket>((resolve, reject) => {
			const waiter: Waiter = {
				start: (ticket) => {
					unsubscribe();
					resolve(ticket);
				},
				giveUp: (reason) => {
					unsubscribe();
					reject(reason);
				},
			};
			const unsubscribe = cancelSignal.onCancel(() => {
				queue.waiters.splice(queue.waiters.indexOf(waiter), 1);
				if (!queue.waiters.length) {
					this.queues.delete(queue);
					queue.waitingSince = undefined;
				}
				reject(new ExecutionCancelled());
				this.advance();
			});
			queue.waiters.push(waiter);
			this.queues.add(queue);
			this.advance();
		});
	}

	/** Starts the requests that may start now, and returns here when the next one may. */
	private advance(): void {
		this.wakeUp.cancel();
		this.rejectBlockedQueues();
		for (let next = this.findNext(); next; next = this.findNext()) {
			if (next.delayMs > 0) {
				for (const queue of this.queues) {
					queue.waitingSince ??= now();
					queue.wasThrottled ||= now() < this.probeAt;
				}
				this.wakeUp = new CancelSignal();
				void wait(next.delayMs, this.wakeUp).then(
					() => this.advance(),
					() => undefined,
				);
				return;
			}
			this.startNext(next.queue);
		}
	}

	/** Ends the waiting of runs for which the pause is too long. */
	private rejectBlockedQueues(): void {
		const time = now();
		if (time >= this.probeAt) return;
		const paused = this.pausedUntil - time;
		for (const queue of this.queues) {
			queue.blockedSince ??= time;
			const waited = time - queue.blockedSince;
			if (waited + paused <= TIMING.maxBlocked) continue;
			this.queues.delete(queue);
			queue.waitingSince = undefined;
			const asked = this.askedUntil === undefined ? 0 : this.askedUntil - time;
			const retryAfterMs = asked > 0 ? asked : undefined;
			const reason = new RateLimitTimeout(waited, { status: this.pauseStatus, retryAfterMs });
			for (const waiter of queue.waiters.splice(0)) waiter.giveUp(reason);
		}
	}

	/** The run whose turn is next, and when; undefined where another request has to end first. */
	private findNext(): { queue: RequestQueue; delayMs: number } | undefined {
		if (this.probe === 'inFlight') return undefined;
		const queue = [...this.queues].find(({ inFlight }) => inFlight < MAX_CONCURRENT_REQUESTS);
		if (!queue) return undefined;
		const { perMinute } = this;
		const windowMs = this.window.getDelayMs(perMinute);
		if (windowMs === undefined) return undefined;
		const delayMs = Math.max(this.probeAt - now(), windowMs, this.pacer.getDelayMs(perMinute));
		return { queue, delayMs };
	}

	/** The budget of all runs: the smallest of those that wait or have requests that count. */
	private get perMinute(): number {
		let min = this.window.perMinute;
		for (const { perMinute } of this.queues) min = Math.min(min, perMinute);
		return min;
	}

	private startNext(queue: RequestQueue): void {
		const waiter = queue.waiters.shift()!;
		this.queues.delete(queue);
		if (queue.waiters.length) this.queues.add(queue);
		queue.waitedMs += now() - (queue.waitingSince ?? now());
		queue.waitingSince = undefined;
		waiter.start(this.issueTicket(queue));
	}

	private issueTicket(queue: RequestQueue): Ticket {
		const startedAt = now();
		const isProbe = this.probe === 'pending';
		if (isProbe) this.probe = 'inFlight';
		this.window.start(queue);
		this.pacer.start();
		queue.inFlight++;
		let isReleased = false;
		return {
			release: (throttled) => {
				if (isReleased) return;
				isReleased = true;
				this.window.end(queue, throttled !== undefined);
				queue.inFlight--;
				if (isProbe && this.probe === 'inFlight') this.probe = 'none';
				if (throttled) {
					this.pause(startedAt, isProbe, throttled);
					queue.blockedSince ??= now();
					queue.wasThrottled = true;
				} else if (startedAt > this.pausedSince) {
					this.consecutiveThrottled = 0;
					queue.blockedSince = undefined;
				}
				this.advance();
			},
		};
	}

	private pause(
		startedAt: number,
		isProbe: boolean,
		{ status, retryAfterMs }: ThrottledResponse,
	): void {
		const time = now();
		// Requests that were under way together and are throttled together count once.
		const isTogether = startedAt <= this.pausedSince;
		if (!isTogether) this.consecutiveThrottled++;
		const backoffMs = Math.min(TIMING.maxPause, TIMING.firstPause * 2 ** this.consecutiveThrottled);
		// A wait of next to nothing, e.g. a date that has passed by our clock, would make a loop.
		const pauseMs = Math.max(TIMING.firstPause, retryAfterMs || backoffMs);
		const pause = pauseMs * (1 + Math.random() / 10);
		this.pausedSince = time;
		// The response to a later request holds, even if its wait is shorter.
		if (!isTogether || time + pause > this.pausedUntil) {
			this.pausedUntil = time + pause;
			this.pauseStatus = status;
			this.askedUntil = retryAfterMs ? time + retryAfterMs : undefined;
		}
		this.probeAt = Math.min(this.pausedUntil, time + TIMING.maxBlocked);
		this.probe = 'pending';
		if (status === 429 && !isTogether) this.pacer.tighten(isProbe, this.probeAt);
	}
}

const hosts = new Map<string, HostRateLimiter>();

/**
 * Waits for the turn of one request to the host.
 *
 * @param origin the host, e.g. `https://yourcompany.teamogy.com`
 * @param queue of the run, with its budget: 60 is the vendor client's default (CLIENT), the account's true
 * limit is UNKNOWN
 * @throws ExecutionCancelled when the request is not needed any more
 * @throws RateLimitTimeout when Teamogy refuses requests for longer than a run waits
 */
export async function acquireTicket(
	origin: string,
	queue: RequestQueue,
	cancelSignal: CancelSignal,
): Promise<Ticket> {
	const host = getOrCreate(hosts, origin, () => new HostRateLimiter());
	return await host.acquireTicket(queue, cancelSignal);
}
