import { ExecutionCancelled } from './errors';
import { now, TIMING } from './timing';
import { CancelSignal, wait } from './cancel';

/** Requests of one run under way at the same time: a page and the eight ahead of it. */
const MAX_CONCURRENT_REQUESTS = 9;

/** The right to send one request. Its holder releases it, however the request ends. */
export interface Ticket {
	/** @param refusal why the server refuses the request until later, where it does */
	release(refusal?: Refusal): void;
}

/** A 429, or a 503 that says for how long. */
interface Refusal {
	status: number;
	/** How long Teamogy asks to wait, if it says so. */
	retryAfterMs?: number;
}

interface Waiter {
	start(ticket: Ticket): void;
	giveUp(reason: RateLimitTimeout): void;
}

/** The requests of one run, e.g. one execution of a node. Runs take turns. */
export class RequestQueue {
	readonly waiters: Waiter[] = [];

	inFlight = 0;

	/** Requests that count: those under way, and those that ended within the last minute. */
	counted = 0;

	/** Since when refusals have kept the run from going on. */
	blockedSince?: number;

	constructor(readonly perMinute: number) {}
}

/** Teamogy refuses requests for longer than a run waits (`TIMING.maxBlocked`). */
export class RateLimitTimeout extends Error {
	/**
	 * @param waitedMs how long the run has waited
	 * @param refusal the last one, with how much longer Teamogy asks to wait
	 */
	constructor(
		readonly waitedMs: number,
		readonly refusal: Refusal,
	) {
		super('Teamogy is busy');
	}
}

/**
 * The requests that may be sent to one Teamogy host, shared by all executions of this n8n process.
 *
 * The window slides: requests start at once while some of the budget is left. A request counts from its
 * start until a minute after its end, since the server may count it at any time in between. Runs with
 * different budgets share the smallest budget of those that wait or have requests that count.
 *
 * A refusal pauses all runs. Then a single request probes whether the host answers again, so that several
 * processes settle on one account without knowing of each other.
 */
class HostRateLimiter {
	/** The runs with requests that wait, in the order of their turns. */
	private readonly queues = new Set<RequestQueue>();

	/** The runs with requests that count. */
	private readonly countedQueues = new Set<RequestQueue>();

	private inFlight = 0;

	/** When requests ended, and their runs; the oldest first. */
	private readonly completions: Array<{ at: number; queue: RequestQueue }> = [];

	private pausedSince = 0;

	/** The end of the pause: a little later than Teamogy asks, so that not all processes come at once. */
	private pausedUntil = 0;

	/** The status of the refusal that decided `pausedUntil`. */
	private pauseStatus = 429;

	/** Until when that refusal asks to wait; undefined where it does not say. */
	private askedUntil?: number;

	/** When the host is probed: a server may ask for a wait without end. */
	private probeAt = 0;

	/** Refusals in a row. */
	private consecutive429s = 0;

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
				if (!queue.waiters.length) this.queues.delete(queue);
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
			if (next.inMs > 0) {
				this.wakeUp = new CancelSignal();
				void wait(next.inMs, this.wakeUp).then(
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
			const asked = this.askedUntil === undefined ? 0 : this.askedUntil - time;
			const retryAfterMs = asked > 0 ? asked : undefined;
			const reason = new RateLimitTimeout(waited, { status: this.pauseStatus, retryAfterMs });
			for (const waiter of queue.waiters.splice(0)) waiter.giveUp(reason);
		}
	}

	/** The run whose turn is next, and when; undefined where another request has to end first. */
	private findNext(): { queue: RequestQueue; inMs: number } | undefined {
		if (this.probe === 'inFlight') return undefined;
		const time = now();
		const free = this.getDelayMs(time);
		if (free === undefined) return undefined;
		for (const queue of this.queues) {
			if (queue.inFlight < MAX_CONCURRENT_REQUESTS)
				return { queue, inMs: Math.max(this.probeAt - time, free) };
		}
		return undefined;
	}

	/** Milliseconds until some of the budget is free; undefined while all of it is under way. */
	private getDelayMs(time: number): number | undefined {
		const minute = TIMING.budgetWindow + TIMING.budgetMargin;
		while (this.completions.length && this.completions[0].at + minute <= time)
			this.uncount(this.completions.shift()!.queue);
		const free = this.perMinute - this.inFlight;
		if (free <= 0) return undefined;
		const oldest = this.completions.at(-free);
		return oldest === undefined ? 0 : oldest.at + minute - time;
	}

	/** A request of the run does not count any more. */
	private uncount(queue: RequestQueue): void {
		queue.counted--;
		if (!queue.counted) this.countedQueues.delete(queue);
	}

	/** The budget of all runs: the smallest of those that wait or have requests that count. */
	private get perMinute(): number {
		let min = Infinity;
		for (const queues of [this.queues, this.countedQueues])
			for (const { perMinute } of queues) min = Math.min(min, perMinute);
		return min;
	}

	private startNext(queue: RequestQueue): void {
		const waiter = queue.waiters.shift()!;
		this.queues.delete(queue);
		if (queue.waiters.length) this.queues.add(queue);
		waiter.start(this.issueTicket(queue));
	}

	private issueTicket(queue: RequestQueue): Ticket {
		const startedAt = now();
		const isProbe = this.probe === 'pending';
		if (isProbe) this.probe = 'inFlight';
		this.inFlight++;
		queue.inFlight++;
		queue.counted++;
		this.countedQueues.add(queue);
		let open = true;
		return {
			release: (refusal) => {
				if (!open) return;
				open = false;
				this.inFlight--;
				queue.inFlight--;
				this.completions.push({ at: now(), queue });
				if (isProbe && this.probe === 'inFlight') this.probe = 'none';
				if (refusal) {
					this.pause(startedAt, refusal);
					queue.blockedSince ??= now();
				} else if (startedAt >= this.pausedSince) {
					this.consecutive429s = 0;
					queue.blockedSince = undefined;
				}
				this.advance();
			},
		};
	}

	private pause(startedAt: number, { status, retryAfterMs }: Refusal): void {
		const time = now();
		// Requests that were under way together and are refused together count as one refusal.
		const isTogether = startedAt < this.pausedSince;
		if (!isTogether) this.consecutive429s++;
		const backoffMs = Math.min(TIMING.maxPause, TIMING.firstPause * 2 ** this.consecutive429s);
		// A wait of next to nothing, e.g. a date that has passed by our clock, would make a loop.
		const pauseMs = Math.max(TIMING.firstPause, retryAfterMs || backoffMs);
		const pause = pauseMs * (1 + Math.random() / 10);
		this.pausedSince = time;
		// The refusal of a later request holds, even if its wait is shorter.
		if (!isTogether || time + pause > this.pausedUntil) {
			this.pausedUntil = time + pause;
			this.pauseStatus = status;
			this.askedUntil = retryAfterMs ? time + retryAfterMs : undefined;
		}
		this.probeAt = Math.min(this.pausedUntil, time + TIMING.maxBlocked);
		this.probe = 'pending';
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
	let host = hosts.get(origin);
	if (!host) hosts.set(origin, (host = new HostRateLimiter()));
	return await host.acquireTicket(queue, cancelSignal);
}
