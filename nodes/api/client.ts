import type { IHttpRequestMethods } from 'n8n-workflow';

import type { Account } from './account';
import { queryString, unitPath, type Query } from './address';
import { enter, Run, type Ticket } from './budget';
import {
	explain,
	mayConnectLater,
	Stopped,
	type Purpose,
	type TeamogyError,
	type Trouble,
} from './errors';
import { toTrouble } from './network';
import { PACE, pauseBefore } from './pace';
import { retryAfter } from './retryAfter';
import { findRoundedNumber } from './roundedNumber';
import { Stop, wait, withinDeadline } from './stop';

/** What n8n's request helper is given, and what it gives back. */
export interface WireRequest {
	method: IHttpRequestMethods;
	url: string;
	headers: Record<string, string>;
	body?: string;
	/** For the bytes of the answer as they came. */
	encoding?: 'arraybuffer';
	/** Milliseconds without a sign of life from the server. */
	timeout: number;
	/** Aborted when nobody waits for the answer any more, so that the connection is closed. */
	abortSignal: AbortSignal;
}
export interface WireAnswer {
	statusCode: number;
	headers: Record<string, unknown>;
	/** Parsed JSON; text where it is none; bytes where they were asked for. */
	body: unknown;
}
/** Any good answer as it came, for who takes what comes. */
export interface RawAnswer {
	status: number;
	headers: Record<string, unknown>;
	content: Buffer;
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
	/** Takes any good answer, as a `RawAnswer`: text and files too. */
	raw?: boolean;
	/** What kinds of answer are taken, as HTTP's `Accept` writes it; JSON by default. */
	accept?: string;
	/** Tries at the most, where fewer than `PACE.tries` will do. */
	tries?: number;
	/** Ends the request's waits when nobody needs it any more; by default `client.stop`. */
	stop?: Stop;
}

/** May be sent again: reading, and PATCH, which leaves the same state however often it is sent. */
const REPEATABLE: readonly Purpose[] = ['view', 'read', 'update'];
/**
 * The part of a request's time that the server may be silent. Less than all of it, since n8n's own
 * time-out tells whether a connection stood, and the deadline does not.
 */
const SILENCE = 0.9;
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
	 * A 429 is waited out, up to `PACE.longestBusy`, and so is a 503 that says for how long: who says when
	 * to come back has not taken it. Reading and PATCH are repeated after 500, 502,
	 * 503, 504, lost connections, time-outs and unreadable answers; a POST only where no connection
	 * was made, since Teamogy documents no idempotency key.
	 *
	 * @throws InvalidInput when the query cannot be written in an address
	 * @throws TeamogyError ready to be shown; a defect of code is thrown as it is
	 * @throws Stopped when the execution is stopped
	 */
	async request(request: ApiRequest): Promise<unknown> {
		const { tries: most = PACE.tries, stop = this.stop } = request;
		let refusal: Refusal | undefined;
		let tries = 0;
		for (let sent = 1; ; sent++) {
			const outcome = await this.send(request, stop);
			if (outcome.kind === 'answer') {
				if (!request.raw) this.hintAtRounding(outcome.body);
				return outcome.body;
			}
			if (stop.stopped) throw new Stopped();
			if (outcome.kind === 'busy') {
				const unavailable = refusal?.status === 503;
				throw this.explain({ ...outcome, unavailable, body: refusal?.body }, request, sent - 1);
			}
			if (isRefused(outcome)) {
				// The budget knows for how long: the next try waits there.
				refusal = outcome;
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

	/** Tells the user of a number in an answer that n8n cannot keep. */
	hintAtRounding(body: unknown): void {
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
				Accept: request.accept ?? 'application/json',
				// With GET too, as the vendor's client sends it (CLIENT).
				'Content-Type': 'application/json',
			},
			...(request.raw && { encoding: 'arraybuffer' as const }),
			body: body === undefined ? undefined : JSON.stringify(body),
			timeout: PACE.timeout * SILENCE,
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
			return toTrouble(error, origin);
		} finally {
			ticket?.done();
		}
	}
}

type Refusal = Extract<Trouble, { kind: 'status' }>;

/** Whether the server has turned the request away until later: a 429, or a 503 that says for how long. */
const isRefused = (outcome: Outcome): outcome is Refusal =>
	outcome.kind === 'status' &&
	(outcome.status === 429 || (outcome.status === 503 && retryAfter(outcome.headers) !== undefined));

const mayRepeat = (trouble: Trouble, purpose: Purpose): boolean => {
	if (trouble.kind === 'network' && !trouble.connected) return mayConnectLater(trouble);
	if (!REPEATABLE.includes(purpose)) return false;
	return trouble.kind !== 'status' || PASSING_STATUS.includes(trouble.status);
};

const isObject = (body: unknown): boolean => typeof body === 'object' && body !== null;

/** The words of an answer that came as bytes: parsed JSON, or text. */
const parse = (content: Buffer): unknown => {
	const text = content.toString('utf8');
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return text;
	}
};

const read = ({ statusCode, headers, body }: WireAnswer, request: ApiRequest): Outcome => {
	const { purpose, raw, readable = isObject } = request;
	if (statusCode < 200 || statusCode > 299) {
		return {
			kind: 'status',
			status: statusCode,
			body: raw ? parse(body as Buffer) : body,
			headers,
		};
	}
	if (raw) {
		const answer: RawAnswer = { status: statusCode, headers, content: body as Buffer };
		return { kind: 'answer', body: answer };
	}
	const empty = body === undefined || body === null || body === '';
	if (empty && purpose !== 'view' && purpose !== 'read') return { kind: 'answer', body: undefined };
	return readable(body)
		? { kind: 'answer', body }
		: { kind: 'unreadable', status: statusCode, body };
};
