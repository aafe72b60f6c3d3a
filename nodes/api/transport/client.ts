import { buildQueryString, buildUnitPath } from './url';
import type { ApiRequest, HttpRequest, SendRequest } from './request';
import { acquireTicket } from './rateLimiter';
import { RequestQueue, type Ticket } from './requestQueue';
import { LONG_WAIT, LONG_WAIT_AFTER_THROTTLING } from './errorMessages';
import { ExecutionCancelled, type TeamogyError, type RequestFailure } from './errors';
import { InvalidInput } from '../common/invalidInput';
import { isThrottled, mayRepeat, toOutcome, type Outcome, type StatusFailure } from './outcome';
import { formatDuration, toTeamogyError } from './toTeamogyError';
import { toFailure } from './networkFailure';
import { getRetryDelay, now, TIMING } from './timing';
import { readRateLimitReset, readRetryAfter } from './retryAfter';
import { describeRounding } from './roundedNumber';
import { redact } from './redaction';
import { CancelSignal, wait, withinDeadline } from './cancel';

/**
 * The part of a request's time that the server may be silent. Less than all of it, since n8n's own
 * time-out tells whether a connection stood, and the deadline does not.
 */
const IDLE_TIMEOUT_RATIO = 0.9;

/** An account of Teamogy: where it is, and how requests to it are sent. */
export interface Account {
	/** Scheme and host, e.g. `https://yourcompany.teamogy.com`. */
	origin: string;
	unitId: number;
	apiKey: string;
	requestsPerMinute: number;
}

/**
 * The one way to Teamogy: every operation, list and trigger sends its requests here. Keeps the account's
 * budget, repeats what may be repeated, explains what went wrong.
 */
export class TeamogyClient {
	/** Cancelled with the execution, and when the run is over. */
	readonly cancelSignal = new CancelSignal();

	private readonly queue: RequestQueue;

	/**
	 * @param signal aborted when the user stops the execution
	 * @param showHint is given what the user should know although all went well
	 */
	constructor(
		readonly account: Account,
		private readonly sendRequest: SendRequest,
		signal?: AbortSignal,
		private readonly showHint: (message: string) => void = () => undefined,
	) {
		this.queue = new RequestQueue(account.requestsPerMinute);
		const cancel = () => this.cancelSignal.cancel();
		if (signal?.aborted) cancel();
		signal?.addEventListener('abort', cancel);
		this.cancelSignal.onCancel(() => signal?.removeEventListener('abort', cancel));
	}

	/** Shows a hint on a node that succeeds. The message may repeat what Teamogy sent. */
	hint(message: string): void {
		this.showHint(this.redactText(message));
	}

	/** A text without the API key, which a server may have sent as the name or the value of a column. */
	redactText(text: string): string {
		return redact(text, this.account.apiKey);
	}

	/** The error without the API key, as `redactText` gives its texts. */
	redactError<T>(error: T): T | InvalidInput {
		if (!(error instanceof InvalidInput)) return error;
		return new InvalidInput(this.redactText(error.message), this.redactText(error.hint));
	}

	/** Ends the run: requests that still wait are not sent any more. Tells the user of a long wait. */
	close(): void {
		const { waitedMs, wasThrottled, perMinute } = this.queue;
		if (waitedMs > TIMING.longWait) {
			const text = wasThrottled ? LONG_WAIT_AFTER_THROTTLING : LONG_WAIT;
			this.hint(
				text
					.replace('{duration}', formatDuration(waitedMs))
					.replace('{perMinute}', String(perMinute)),
			);
		}
		this.cancelSignal.cancel();
	}

	/**
	 * Sends a request and gives the parsed body of a good response; undefined where a write has an empty
	 * response. Which success codes Teamogy uses is UNKNOWN, so any 2xx is one (CLIENT).
	 *
	 * A 429, and a 503 with Retry-After, is waited out up to `TIMING.maxBlocked`: the server has not taken
	 * the request. Reading and PATCH are repeated after 500, 502, 503, 504, lost connections, time-outs and
	 * unreadable responses, of which custom requests have none; a POST only where no connection was made, since Teamogy documents no
	 * idempotency key.
	 *
	 * @throws InvalidInput when the query cannot be written in an address
	 * @throws TeamogyError ready to be shown; a defect of code is thrown as it is
	 * @throws ExecutionCancelled when the execution is stopped
	 */
	async request(request: ApiRequest): Promise<unknown> {
		const { maxTries = TIMING.maxTries, cancelSignal = this.cancelSignal } = request;
		let lastThrottled: StatusFailure | undefined;
		let tries = 0;
		for (let sent = 1; ; sent++) {
			const outcome = await this.send(request, cancelSignal);
			if (outcome.kind === 'response') {
				if (!request.raw) this.hintAtRounding(outcome.body);
				return outcome.body;
			}
			if (cancelSignal.isCancelled) throw new ExecutionCancelled();
			if (outcome.kind === 'throttled') {
				// This request may have been refused for another reason than the one that blocks all.
				const body = lastThrottled?.status === outcome.status ? lastThrottled.body : undefined;
				throw this.toError({ ...outcome, body }, request, sent - 1);
			}
			if (isThrottled(outcome)) {
				// The next try waits in the rate limiter, which knows for how long.
				lastThrottled = outcome;
				continue;
			}
			// A server that hangs costs a minute each time, so it gets fewer tries.
			tries += outcome.kind === 'timeout' ? 2 : 1;
			if (tries >= maxTries || !mayRepeat(outcome, request.requestKind)) {
				throw this.toError(outcome, request, sent);
			}
			await wait(getRetryDelay(tries + 1), cancelSignal);
		}
	}

	/** The error for a failed request, or for a good response that is not what was asked for. */
	toError(
		failure: RequestFailure,
		{ requestKind, subject }: Pick<ApiRequest, 'requestKind' | 'subject'>,
		sent = 1,
	): TeamogyError {
		return toTeamogyError(failure, requestKind, subject, sent, this.account.apiKey);
	}

	/** Tells the user of a number in a response that n8n cannot keep. */
	hintAtRounding(body: unknown): void {
		const hint = describeRounding(body);
		if (hint) this.hint(hint);
	}

	private async send(request: ApiRequest, cancelSignal: CancelSignal): Promise<Outcome> {
		const { origin } = this.account;
		const httpRequest = this.toHttpRequest(request);
		let ticket: Ticket | undefined;
		try {
			ticket = await acquireTicket(origin, this.queue, cancelSignal);
			const startedAt = now();
			// A body that drips keeps n8n's own time-out from ever ending the request.
			const response = await withinDeadline(
				TIMING.timeout,
				cancelSignal,
				async (abortSignal) => await this.sendRequest({ ...httpRequest, abortSignal }),
			);
			const outcome = toOutcome(response, request);
			if (outcome.kind === 'response') {
				const contentLength = Number(response.headers['content-length'] ?? NaN);
				request.onResponse?.({ durationMs: now() - startedAt, contentLength });
			} else if (isThrottled(outcome)) {
				const { status } = outcome;
				const readWait = status === 429 ? readRateLimitReset : readRetryAfter;
				const retryAfterMs = readWait(response.headers);
				ticket.release({ status, retryAfterMs });
			}
			return outcome;
		} catch (error) {
			return toFailure(error, origin);
		} finally {
			ticket?.release();
		}
	}

	private toHttpRequest(request: ApiRequest): Omit<HttpRequest, 'abortSignal'> {
		const { method, path, query = {}, body, unitId = this.account.unitId } = request;
		return {
			method,
			url: `${this.account.origin}${buildUnitPath(unitId, path)}${buildQueryString(query)}`,
			headers: {
				Accept: request.accept ?? 'application/json',
				// With GET too, as the vendor's client sends it (CLIENT).
				'Content-Type': 'application/json',
			},
			...(request.raw && { encoding: 'arraybuffer' as const }),
			body: body === undefined ? undefined : JSON.stringify(body),
			timeout: TIMING.timeout * IDLE_TIMEOUT_RATIO,
		};
	}
}
