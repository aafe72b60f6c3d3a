import { Stopped } from './errors';
import { now, PACE } from './pace';
import { Stop, wait } from './stop';

/** Requests of one run under way at the same time: a page and the eight ahead of it. */
const MOST_AT_ONCE = 9;

/** The right to send one request. Say how it ended, whatever happened. */
export interface Ticket {
	/**
	 * @param refused true for a 429
	 * @param retryAfterMs how long Teamogy asks to wait, if it says so
	 */
	done(refused?: boolean, retryAfterMs?: number): void;
}

interface Waiter {
	start(ticket: Ticket): void;
	giveUp(reason: HeldUp): void;
}

/** Who sends requests, e.g. one execution of a node. Different runs take turns. */
export class Run {
	readonly waiting: Waiter[] = [];

	underWay = 0;

	/** Its requests that count: those under way, and those that ended within the last minute. */
	counting = 0;

	/** Since when 429s have kept it from going on. */
	heldUpSince?: number;

	constructor(readonly perMinute: number) {}
}

/** Teamogy pauses us for longer than a run waits (`PACE.longestBusy`). */
export class HeldUp extends Error {
	/**
	 * @param waitedMs how long the run has waited
	 * @param retryAfterMs how much longer Teamogy asks to wait, if it says so
	 */
	constructor(
		readonly waitedMs: number,
		readonly retryAfterMs?: number,
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
class HostBudget {
	/** The runs with requests that wait, in the order of their turns. */
	private readonly runs = new Set<Run>();

	/** The runs with requests that count. */
	private readonly counting = new Set<Run>();

	private underWay = 0;

	/** When requests ended and whose they were, oldest first. */
	private readonly ends: Array<{ at: number; run: Run }> = [];

	private pausedSince = 0;

	/** Until when Teamogy asks to wait. */
	private pausedUntil = 0;

	/** When it is tried all the same: what a server asks for may be without end. */
	private trialAt = 0;

	/** Refusals in a row, and whether the last one said how long to wait. */
	private refusals = 0;

	private told = false;

	/** After a pause: one request goes ahead (`due`), the rest wait for how it ends (`out`). */
	private trial: 'none' | 'due' | 'out' = 'none';

	private alarm = new Stop();

	async enter(run: Run, stop: Stop): Promise<Ticket> {
		if (stop.stopped) throw new Stopped();
		return await new Promise<Ticket>((resolve, reject) => {
			const waiter: Waiter = {
				start: (ticket) => {
					letGo();
					resolve(ticket);
				},
				giveUp: (reason) => {
					letGo();
					reject(reason);
				},
			};
			const letGo = stop.on(() => {
				run.waiting.splice(run.waiting.indexOf(waiter), 1);
				if (!run.waiting.length) this.runs.delete(run);
				reject(new Stopped());
				this.advance();
			});
			run.waiting.push(waiter);
			this.runs.add(run);
			this.advance();
		});
	}

	/** Starts what may start now, and comes back when the next may. */
	private advance(): void {
		this.alarm.stop();
		this.giveUp();
		for (let next = this.next(); next; next = this.next()) {
			if (next.inMs > 0) {
				this.alarm = new Stop();
				void wait(next.inMs, this.alarm).then(
					() => this.advance(),
					() => undefined,
				);
				return;
			}
			this.admit(next.run);
		}
	}

	/** Ends the waiting of runs for which the pause is too long. */
	private giveUp(): void {
		const time = now();
		if (time >= this.trialAt) return;
		const paused = this.pausedUntil - time;
		for (const run of this.runs) {
			run.heldUpSince ??= time;
			const waited = time - run.heldUpSince;
			if (waited + paused <= PACE.longestBusy) continue;
			this.runs.delete(run);
			const reason = new HeldUp(waited, this.told ? paused : undefined);
			for (const waiter of run.waiting.splice(0)) waiter.giveUp(reason);
		}
	}

	/** Whose turn is next and when; undefined where another request has to end first. */
	private next(): { run: Run; inMs: number } | undefined {
		if (this.trial === 'out') return undefined;
		const time = now();
		const free = this.freeIn(time);
		if (free === undefined) return undefined;
		for (const run of this.runs) {
			if (run.underWay < MOST_AT_ONCE) return { run, inMs: Math.max(this.trialAt - time, free) };
		}
		return undefined;
	}

	/** Milliseconds until some of the budget is free; undefined while all of it is under way. */
	private freeIn(time: number): number | undefined {
		const minute = PACE.budgetWindow + PACE.budgetMargin;
		while (this.ends.length && this.ends[0].at + minute <= time)
			this.forget(this.ends.shift()!.run);
		const free = this.perMinute - this.underWay;
		if (free <= 0) return undefined;
		const oldest = this.ends.at(-free);
		return oldest === undefined ? 0 : oldest.at + minute - time;
	}

	/** A request of the run does not count any more. */
	private forget(run: Run): void {
		run.counting--;
		if (!run.counting) this.counting.delete(run);
	}

	/** The budget of all: the smallest of those who wait or have requests that count. */
	private get perMinute(): number {
		let smallest = Infinity;
		for (const runs of [this.runs, this.counting])
			for (const { perMinute } of runs) smallest = Math.min(smallest, perMinute);
		return smallest;
	}

	private admit(run: Run): void {
		const waiter = run.waiting.shift()!;
		this.runs.delete(run);
		if (run.waiting.length) this.runs.add(run);
		waiter.start(this.ticket(run));
	}

	private ticket(run: Run): Ticket {
		const startedAt = now();
		const onTrial = this.trial === 'due';
		if (onTrial) this.trial = 'out';
		this.underWay++;
		run.underWay++;
		run.counting++;
		this.counting.add(run);
		let open = true;
		return {
			done: (refused = false, retryAfterMs?: number) => {
				if (!open) return;
				open = false;
				this.underWay--;
				run.underWay--;
				this.ends.push({ at: now(), run });
				if (onTrial && this.trial === 'out') this.trial = 'none';
				if (refused) {
					this.pause(startedAt, retryAfterMs);
					run.heldUpSince ??= now();
				} else if (startedAt >= this.pausedSince) {
					this.refusals = 0;
					run.heldUpSince = undefined;
				}
				this.advance();
			},
		};
	}

	private pause(startedAt: number, retryAfterMs?: number): void {
		const time = now();
		// Several requests under way are refused together: that is one refusal, not many.
		const isTogether = startedAt < this.pausedSince;
		if (!isTogether) this.refusals++;
		const growing = Math.min(PACE.longestPause, PACE.firstPause * 2 ** this.refusals);
		// No wait at all, or a date that is past by our clock, says nothing: that would be a loop.
		const pause = (retryAfterMs || growing) * (1 + Math.random() / 10);
		this.told = Boolean(retryAfterMs);
		this.pausedSince = time;
		// A later answer is worth more than what was asked before it.
		this.pausedUntil = Math.max(isTogether ? this.pausedUntil : 0, time + pause);
		this.trialAt = Math.min(this.pausedUntil, time + PACE.longestBusy);
		this.trial = 'due';
	}
}

const hosts = new Map<string, HostBudget>();

/**
 * Waits for the turn of one request to the host.
 *
 * @param origin the host, e.g. `https://yourcompany.teamogy.com`
 * @param run who asks, with the budget: 60 is the vendor client's default (CLIENT), the account's
 * true limit is UNKNOWN
 * @throws Stopped when nobody needs the request any more
 * @throws HeldUp when Teamogy pauses us for longer than a run waits
 */
export async function enter(origin: string, run: Run, stop: Stop): Promise<Ticket> {
	let host = hosts.get(origin);
	if (!host) hosts.set(origin, (host = new HostBudget()));
	return await host.enter(run, stop);
}
