import type { IHttpRequestMethods } from 'n8n-workflow';

import type { Account } from './account';
import { queryString, unitPath, type Query } from './address';
import { enter, HeldUp, Run, type Ticket } from './budget';
import {
	CERTIFICATE,
	explain,
	NEVER_CONNECTED,
	Stopped,
	type Purpose,
	type TeamogyError,
	type Trouble,
} from './errors';
import { PACE, pauseBefore } from './pace';
import { retryAfter } from './retryAfter';
import { findRoundedNumber } from './roundedNumber';
import { DeadlinePassed, Stop, wait, withinDeadline } from './stop';

/** What n8n's request helper is given, and what it gives back. */
export interface WireRequest {
	method: IHttpRequestMethods;
	url: string;
	headers: Record<string, string>;
	body?: string;
	/** Milliseconds without a sign of life from the server. */
	timeout: number;
	/** Aborted when nobody waits for the answer any more, so that the connection is closed. */
	abortSignal: AbortSignal;
}
export interface WireAnswer {
	statusCode: number;
	headers: Record<string, unknown>;
	/** Parsed JSON; text where it is none. */
	body: unknown;
}
/** Sends one request with the credential; rejects only where no answer came. */
export type Wire = (request: WireRequest) => Promise<WireAnswer>;

export interface ApiRequest {
	purpose: Purpose;
	method: IHttpRequestMethods;
	/** Relative to the business unit, already encoded, e.g. `views/jobs`. */
	path: string;
	query?: Query;
	body?: unknown;
	/** What is asked for, as messages name it, e.g. `the view "jobs"`. */
	what: string;
	/** Another business unit than the account's. */
	unitId?: number;
	/** Whether the body of a good answer has the shape it must have; any object by default. */
	readable?: (body: unknown) => boolean;
	/** Tries at the most, where fewer than `PACE.tries` will do. */
	tries?: number;
	/** Ends the request's waits when nobody needs it any more; by default `client.stop`. */
	stop?: Stop;
}

/** May be sent again: reading, and PATCH, which leaves the same state however often it is sent. */
const REPEATABLE: readonly Purpose[] = ['view', 'read', 'update'];
const PASSING_STATUS = [500, 502, 503, 504];

type Outcome = { kind: 'answer'; body: unknown } | Trouble;

/**
 * The one way to Teamogy: every operation, list and trigger sends its requests here.
 * Keeps the account's budget, repeats what may be repeated, explains what went wrong.
 */
export class TeamogyClient {
	/** Stopped with the execution, and when the run is over. */
	readonly stop = new Stop();

	private readonly run: Run;

	/**
	 * @param signal aborted when the user stops the execution
	 * @param hint is told what the user should know of although all went well
	 */
	constructor(
		readonly account: Account,
		private readonly wire: Wire,
		signal?: AbortSignal,
		readonly hint: (message: string) => void = () => undefined,
	) {
		this.run = new Run(account.requestsPerMinute);
		const stop = () => this.stop.stop();
		if (signal?.aborted) stop();
		signal?.addEventListener('abort', stop);
		this.stop.on(() => signal?.removeEventListener('abort', stop));
	}

	/** The run is over: what still waits to be sent is not sent any more. */
	close(): void {
		this.stop.stop();
	}

	/**
	 * Sends a request and gives the parsed body of a good answer; undefined where a write is answered
	 * with nothing. Which success codes Teamogy uses is UNKNOWN, so any 2xx will do (CLIENT).
	 *
	 * A 429 is waited out, up to `PACE.longestBusy`. Reading and PATCH are repeated after 500, 502,
	 * 503, 504, lost connections, time-outs and unreadable answers; a POST only where no connection
	 * was made, since Teamogy documents no idempotency key.
	 *
	 * @throws InvalidInput when the query cannot be written in an address
	 * @throws TeamogyError ready to be shown
	 * @throws Stopped when the execution is stopped
	 */
	async request(request: ApiRequest): Promise<unknown> {
		const { tries: most = PACE.tries, stop = this.stop } = request;
		let refusal: unknown;
		let tries = 0;
		for (let sent = 1; ; sent++) {
			const outcome = await this.send(request, stop);
			if (outcome.kind === 'answer') {
				this.hintAtRounding(outcome.body);
				return outcome.body;
			}
			if (stop.stopped) throw new Stopped();
			if (outcome.kind === 'busy') {
				throw this.explain({ ...outcome, body: refusal }, request, sent - 1);
			}
			if (isRefused(outcome)) {
				// The budget knows for how long: the next try waits there.
				refusal = outcome.body;
				continue;
			}
			// A server that hangs costs a minute each time, so it gets fewer tries.
			tries += outcome.kind === 'timeout' ? 2 : 1;
			if (tries >= most || !mayRepeat(outcome, request.purpose)) {
				throw this.explain(outcome, request, sent);
			}
			await wait(pauseBefore(tries + 1), stop);
		}
	}

	/** The error for an answer that was good for HTTP but is not what was asked for. */
	explain(
		trouble: Trouble,
		{ purpose, what }: Pick<ApiRequest, 'purpose' | 'what'>,
		sent = 1,
	): TeamogyError {
		return explain(trouble, purpose, what, sent, this.account.apiKey);
	}

	private hintAtRounding(body: unknown): void {
		const field = findRoundedNumber(body);
		if (field === undefined) return;
		this.hint(
			`"${field}" holds an integer beyond ${Number.MAX_SAFE_INTEGER}, whose last digits n8n cannot keep: it is rounded. Do not use it as an ID.`,
		);
	}

	private async send(request: ApiRequest, stop: Stop): Promise<Outcome> {
		const { method, path, query = {}, body, unitId = this.account.unitId } = request;
		const { origin } = this.account;
		const wireRequest: Omit<WireRequest, 'abortSignal'> = {
			method,
			url: `${origin}${unitPath(unitId, path)}${queryString(query)}`,
			headers: {
				Accept: 'application/json',
				...(body !== undefined && { 'Content-Type': 'application/json' }),
			},
			body: body === undefined ? undefined : JSON.stringify(body),
			timeout: PACE.timeout,
		};
		let ticket: Ticket | undefined;
		try {
			ticket = await enter(origin, this.run, stop);
			// A body that drips keeps n8n's own time-out from ever ending the request.
			const answer = await withinDeadline(
				PACE.timeout,
				stop,
				async (abortSignal) => await this.wire({ ...wireRequest, abortSignal }),
			);
			const outcome = read(answer, request);
			if (isRefused(outcome)) ticket.done(true, retryAfter(answer.headers));
			return outcome;
		} catch (error) {
			if (error instanceof DeadlinePassed) return timedOut();
			return lost(error);
		} finally {
			ticket?.done();
		}
	}
}

const isRefused = (outcome: Outcome): outcome is Extract<Trouble, { kind: 'status' }> =>
	outcome.kind === 'status' && outcome.status === 429;

const mayRepeat = (trouble: Trouble, purpose: Purpose): boolean => {
	if (trouble.kind === 'network') {
		if (CERTIFICATE.test(trouble.code)) return false;
		return !trouble.connected || REPEATABLE.includes(purpose);
	}
	if (!REPEATABLE.includes(purpose)) return false;
	return trouble.kind !== 'status' || PASSING_STATUS.includes(trouble.status);
};

const isObject = (body: unknown): boolean => typeof body === 'object' && body !== null;

const read = ({ statusCode, headers, body }: WireAnswer, request: ApiRequest): Outcome => {
	if (statusCode < 200 || statusCode > 299) {
		return { kind: 'status', status: statusCode, body, headers };
	}
	const { purpose, readable = isObject } = request;
	const empty = body === undefined || body === null || body === '';
	if (empty && purpose !== 'view' && purpose !== 'read') return { kind: 'answer', body: undefined };
	return readable(body)
		? { kind: 'answer', body }
		: { kind: 'unreadable', status: statusCode, body };
};

interface Link {
	message?: unknown;
	code?: unknown;
	/** Before 2.34 n8n's own error drops its cause; its code and words are left in these two (measured). */
	httpCode?: unknown;
	messages?: unknown[];
	syscall?: unknown;
	errors?: Link[];
	cause?: Link;
}

const timedOut = (): Trouble => ({ kind: 'timeout', seconds: PACE.timeout / 1000 });

/** What is known when no answer came: the code lies somewhere in the chain of causes. */
const lost = (error: unknown): Trouble => {
	if (error instanceof HeldUp) {
		const { waitedMs, retryAfterMs } = error;
		return { kind: 'busy', waitedMs, retryAfterMs, body: undefined };
	}
	let code = '';
	let words = '';
	let connecting = false;
	let link = error as Link | undefined;
	for (let depth = 0; link && depth < 5; depth++) {
		if (typeof link.message === 'string') words = link.message;
		const named = link.code ?? link.httpCode;
		// A number would be the status of half an answer.
		if (typeof named === 'string' && /^[A-Z]/.test(named)) {
			code = named;
			// Where a host has several addresses, how each of them went is in `errors`.
			connecting =
				(link.errors?.[0] ?? link).syscall === 'connect' ||
				/^connect /.test(String(link.messages?.[0]));
		}
		link = link.cause;
	}
	if (!connecting && (code === 'ECONNABORTED' || code === 'ETIMEDOUT')) {
		return timedOut();
	}
	const connected = !connecting && !NEVER_CONNECTED.test(code) && !CERTIFICATE.test(code);
	return { kind: 'network', code: code || 'unknown', connected, body: code ? undefined : words };
};
