import { ExecutionCancelled } from './errors';
import { now, TIMING } from './timing';
import { CancelSignal, wait } from './cancel';

/** Requests of one run under way at the same time: a page and the eight ahead of it. */
const MAX_CONCURRENT_REQUESTS = 9;

/** The right to send one request. Say how it ended, whatever happened. */
export interface Ticket {
	/** @param refusal why the server has turned the request away until later, where it has */
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

/** Who sends requests, e.g. one execution of a node. Different runs take turns. */
export class RequestQueue {
	readonly waiters: Waiter[] = [];

	inFlight = 0;

	/** Its requests that count: those under way, and those that ended within the last minute. */
	counted = 0;

	/** Since when 429s have kept it from going on. */
	blockedSince?: number;

	constructor(readonly perMinute: number) {}
}

/** Teamogy pauses us for longer than a run waits (`TIMING.maxBlocked`). */
export class RateLimitTimeout extends Error {
	/**
	 * @param waitedMs how long the run has waited
	 * @param refusal what pauses us, with how much longer Teamogy asks to wait
	 */
	constructor(
		readonly waitedMs: number,
		readonly refusal: Refusal,
	) {
		super('Teamogy is busy');
	}
}

/**
 * The requests one Teamogy host may be sent, shared by all executions of this n8n process.
 *
 * A sliding window: as long as some of the budget is left requests start at once. A request counts
 * from its start until a minute after its end, since nobody knows when in between the server counts
 * it: so no minute sees more than the budget, however long requests travel. Where runs come with
 * different budgets, the smallest of those that wait or have requests that count is everybody's: so
 * no run is kept waiting by one with more, nor is its budget exceeded by what others send.
 *
 * A 429 pauses everyone. Then a single request tries whether the host answers again: so several
 * processes that share an account settle without knowing of each other.
 */
class HostRateLimiter {
	/** The runs with requests that wait, in the order of their turns. */
	private readonly queues = new Set<RequestQueue>();

	/** The runs with requests that count. */
	private readonly countedQueues = new Set<RequestQueue>();

	private inFlight = 0;

	/** When requests ended and whose they were, oldest first. */
	private readonly completions: Array<{ at: number; queue: RequestQueue }> = [];

	private pausedSince = 0;

	/** When the pause is over: a little after what Teamogy asks for, so that not all processes come at once. */
	private pausedUntil = 0;

	/** The status of the refusal that decided `pausedUntil`. */
	private pauseStatus = 429;

	/** Until when that refusal asked to wait; undefined where it did not say. */
	private askedUntil?: number;

	/** When it is tried all the same: what a server asks for may be without end. */
	private trialAt = 0;

	/** Refusals in a row. */
	private consecutive429s = 0;

	/** After a pause: one request goes ahead (`pending`), the rest wait for how it ends (`inFlight`). */
	private probe: 'none' | 'pending' | 'inFlight' = 'none';

	private wakeUp = new CancelSignal();

	async acquireTicket(queue: RequestQueue, cancelSignal: CancelSignal): Promise<Ticket> {
		if (cancelSignal.isCancelled) throw new ExecutionCancelled();
		return await new Promise<Ticket>((resolve, reject) => {
			const waiter: Waiter = {
				start: (issueTicket) => {
					unsubscribe();
					resolve(issueTicket);
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

	/** Starts what may start now, and comes back when the next may. */
	private advance(): void {
		this.wakeUp.cancel();
		this.rejectBlockedQueues();
		for (let findNext = this.findNext(); findNext; findNext = this.findNext()) {
			if (findNext.inMs > 0) {
				this.wakeUp = new CancelSignal();
				void wait(findNext.inMs, this.wakeUp).then(
					() => this.advance(),
					() => undefined,
				);
				return;
			}
			this.startNext(findNext.queue);
		}
	}

	/** Ends the waiting of runs for which the pause is too long. */
	private rejectBlockedQueues(): void {
		const time = now();
		if (time >= this.trialAt) return;
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

	/** Whose turn is next and when; undefined where another request has to end first. */
	private findNext(): { queue: RequestQueue; inMs: number } | undefined {
		if (this.probe === 'inFlight') return undefined;
		const time = now();
		const free = this.getDelayMs(time);
		if (free === undefined) return undefined;
		for (const queue of this.queues) {
			if (queue.inFlight < MAX_CONCURRENT_REQUESTS)
				return { queue, inMs: Math.max(this.trialAt - time, free) };
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

	/** The budget of all: the smallest of those who wait or have requests that count. */
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
		// Several requests under way are refused together: that is one refusal, not many.
		const isTogether = startedAt < this.pausedSince;
		if (!isTogether) this.consecutive429s++;
		const backoffMs = Math.min(TIMING.maxPause, TIMING.firstPause * 2 ** this.consecutive429s);
		// No wait at all, or a date that is past by our clock, says nothing: that would be a loop.
		const pause = (retryAfterMs || backoffMs) * (1 + Math.random() / 10);
		this.pausedSince = time;
		// A later answer is worth more than what was asked before it.
		if (!isTogether || time + pause > this.pausedUntil) {
			this.pausedUntil = time + pause;
			this.pauseStatus = status;
			this.askedUntil = retryAfterMs ? time + retryAfterMs : undefined;
		}
		this.trialAt = Math.min(this.pausedUntil, time + TIMING.maxBlocked);
		this.probe = 'pending';
	}
}

const hosts = new Map<string, HostRateLimiter>();

/**
 * Waits for the turn of one request to the host.
 *
 * @param origin the host, e.g. `https://yourcompany.teamogy.com`
 * @param queue who asks, with the budget: 60 is the vendor client's default (CLIENT), the account's
 * true limit is UNKNOWN
 * @throws ExecutionCancelled when nobody needs the request any more
 * @throws RateLimitTimeout when Teamogy pauses us for longer than a run waits
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
