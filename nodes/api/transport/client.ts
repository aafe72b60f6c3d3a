import type { IHttpRequestMethods } from 'n8n-workflow';

import type { Account } from './account';
import { buildQueryString, buildUnitPath, type Query } from './url';
import { formatValue } from '../formatValue';
import { isEmpty, isObjectOrList, parseJson } from '../json';
import { acquireTicket } from './rateLimiter';
import { RequestQueue, type Ticket } from './requestQueue';
import { LONG_WAIT, LONG_WAIT_AFTER_REFUSAL } from './errorMessages';
import {
	ExecutionCancelled,
	InvalidInput,
	type RequestKind,
	type TeamogyError,
	type RequestFailure,
} from './errors';
import { formatDuration, toTeamogyError, mayConnectLater } from './toTeamogyError';
import { toFailure } from './networkFailure';
import { getRetryDelay, now, TIMING } from './timing';
import { readRateLimitReset, readRetryAfter } from './retryAfter';
import { findRoundedNumber } from './roundedNumber';
import { redact } from './redaction';
import { CancelSignal, wait, withinDeadline } from './cancel';

/** What n8n's request helper is given. */
export interface HttpRequest {
	method: IHttpRequestMethods;
	url: string;
	headers: Record<string, string>;
	body?: string;
	/** For the bytes of the response as they came. */
	encoding?: 'arraybuffer';
	/** Milliseconds without a sign of life from the server. */
	timeout: number;
	/** Aborted when the response is not needed any more, so that the connection is closed. */
	abortSignal: AbortSignal;
}
/** What n8n's request helper gives back. */
export interface HttpResponse {
	statusCode: number;
	headers: Record<string, unknown>;
	/** Parsed JSON; text where it is no JSON; bytes where they were asked for. */
	body: unknown;
}
/** Any good response as it came. */
export interface RawResponse {
	status: number;
	headers: Record<string, unknown>;
	content: Buffer;
}
/** Sends one request with the credential; rejects only where no response came. */
export type SendRequest = (request: HttpRequest) => Promise<HttpResponse>;

export interface ApiRequest {
	requestKind: RequestKind;
	method: IHttpRequestMethods;
	/** Relative to the business unit, already encoded, e.g. `views/jobs`. */
	path: string;
	query?: Query;
	body?: unknown;
	/** The thing asked for, as messages name it, e.g. `the view "jobs"`. */
	subject: string;
	/** Another business unit than the account's. */
	unitId?: number;
	/** Whether the body of a good response has the shape it must have; any object or list by default. */
	isReadable?: (body: unknown) => boolean;
	/** Takes any good response as a `RawResponse`: text and files too. */
	raw?: boolean;
	/** HTTP's `Accept`; JSON by default. */
	accept?: string;
	/** How often the request is sent at most, where fewer times than `TIMING.maxTries` will do. */
	maxTries?: number;
	/** Ends the request when it is not needed any more; by default `client.cancelSignal`. */
	cancelSignal?: CancelSignal;
	/** Is told what a good response took. */
	onResponse?: (measure: ResponseMeasure) => void;
}

/** What a response took. */
export interface ResponseMeasure {
	/** From the start of the request to the end of the response, without the wait for its turn. */
	durationMs: number;
	/** The header Content-Length: the bytes of the body as sent, perhaps compressed. NaN without it. */
	contentLength: number;
}

/** Reading, and PATCH, which leaves the same state however often it is sent. */
const REPEATABLE_KINDS: readonly RequestKind[] = ['list', 'get', 'update'];
/**
 * The part of a request's time that the server may be silent. Less than all of it, since n8n's own
 * time-out tells whether a connection stood, and the deadline does not.
 */
const SILENT_PART = 0.9;
const TRANSIENT_STATUSES = [500, 502, 503, 504];

type Outcome = { kind: 'response'; body: unknown } | RequestFailure;
type StatusFailure = Extract<RequestFailure, { kind: 'status' }>;

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

	/** Tells the user what to know although all went well. The message may repeat what Teamogy sent. */
	hint(message: string): void {
		this.showHint(redact(message, this.account.apiKey));
	}

	/** The error without the API key, which a server may have sent as the name or the value of a column. */
	redactError<T>(error: T): T | InvalidInput {
		if (!(error instanceof InvalidInput)) return error;
		const { apiKey } = this.account;
		return new InvalidInput(redact(error.message, apiKey), redact(error.hint, apiKey));
	}

	/** Ends the run: requests that still wait are not sent any more. Tells the user of a long wait. */
	close(): void {
		const { waitedMs, wasRefused, perMinute } = this.queue;
		if (waitedMs > TIMING.longWait) {
			const text = wasRefused ? LONG_WAIT_AFTER_REFUSAL : LONG_WAIT;
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
	 * unreadable responses; a POST only where no connection was made, since Teamogy documents no
	 * idempotency key.
	 *
	 * @throws InvalidInput when the query cannot be written in an address
	 * @throws TeamogyError ready to be shown; a defect of code is thrown as it is
	 * @throws ExecutionCancelled when the execution is stopped
	 */
	async request(request: ApiRequest): Promise<unknown> {
		const { maxTries = TIMING.maxTries, cancelSignal = this.cancelSignal } = request;
		let refusal: StatusFailure | undefined;
		let tries = 0;
		for (let sent = 1; ; sent++) {
			const outcome = await this.send(request, cancelSignal);
			if (outcome.kind === 'response') {
				if (!request.raw) this.hintAtRounding(outcome.body);
				return outcome.body;
			}
			if (cancelSignal.isCancelled) throw new ExecutionCancelled();
			if (outcome.kind === 'busy') {
				// This request may have been refused for another reason than the one that blocks all.
				const body = refusal?.status === outcome.status ? refusal.body : undefined;
				throw this.explain({ ...outcome, body }, request, sent - 1);
			}
			if (isRefused(outcome)) {
				// The next try waits in the rate limiter, which knows for how long.
				refusal = outcome;
				continue;
			}
			// A server that hangs costs a minute each time, so it gets fewer tries.
			tries += outcome.kind === 'timeout' ? 2 : 1;
			if (tries >= maxTries || !mayRepeat(outcome, request.requestKind)) {
				throw this.explain(outcome, request, sent);
			}
			await wait(getRetryDelay(tries + 1), cancelSignal);
		}
	}

	/** The error for a failed request, or for a good response that is not what was asked for. */
	explain(
		failure: RequestFailure,
		{ requestKind, subject }: Pick<ApiRequest, 'requestKind' | 'subject'>,
		sent = 1,
	): TeamogyError {
		return toTeamogyError(failure, requestKind, subject, sent, this.account.apiKey);
	}

	/** Tells the user of a number in a response that n8n cannot keep. */
	hintAtRounding(body: unknown): void {
		const field = findRoundedNumber(body);
		if (field === undefined) return;
		this.hint(
			`"${formatValue(field)}" holds an integer beyond ${Number.MAX_SAFE_INTEGER}, whose last digits n8n cannot keep: it is rounded. Do not use it as an ID.`,
		);
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
			} else if (isRefused(outcome)) {
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
			timeout: TIMING.timeout * SILENT_PART,
		};
	}
}

/** Whether the server refuses the request until later: a 429, or a 503 that says for how long. */
const isRefused = (outcome: Outcome): outcome is StatusFailure =>
	outcome.kind === 'status' &&
	(outcome.status === 429 ||
		(outcome.status === 503 && readRetryAfter(outcome.headers) !== undefined));

const mayRepeat = (failure: RequestFailure, requestKind: RequestKind): boolean => {
	if (failure.kind === 'network' && !failure.connected) return mayConnectLater(failure);
	if (!REPEATABLE_KINDS.includes(requestKind)) return false;
	return failure.kind !== 'status' || TRANSIENT_STATUSES.includes(failure.status);
};

/** A body that came as bytes: parsed JSON, or text. */
const parseBytes = (content: Buffer): unknown => {
	const text = content.toString('utf8');
	return parseJson(text) ?? text;
};

const toOutcome = (response: HttpResponse, request: ApiRequest): Outcome => {
	const { statusCode: status, headers, body } = response;
	const { requestKind, raw, isReadable = isObjectOrList } = request;
	if (status < 200 || status > 299)
		return { kind: 'status', status, body: raw ? parseBytes(body as Buffer) : body, headers };
	if (raw) return { kind: 'response', body: { status, headers, content: body } };
	const mayBeEmpty = requestKind !== 'list' && requestKind !== 'get';
	if (isEmpty(body) && mayBeEmpty) return { kind: 'response', body: undefined };
	return isReadable(body) ? { kind: 'response', body } : { kind: 'unreadable', status, body };
};
