import { isEmpty, isObjectOrList, parseJson } from '../common/json';
import type { ApiRequest, HttpResponse } from './request';
import type { RequestFailure, RequestKind } from './errors';
import { readRetryAfter } from './retryAfter';
import { mayConnectLater } from './networkFailure';

/** How one sending of a request ended. */
export type Outcome = { kind: 'response'; body: unknown } | RequestFailure;
export type StatusFailure = Extract<RequestFailure, { kind: 'status' }>;

/** Reading, and PATCH, which leaves the same state however often it is sent. */
const REPEATABLE_KINDS: readonly RequestKind[] = [
	'list',
	'get',
	'update',
	'customGet',
	'customPatch',
];
const TRANSIENT_STATUSES = [500, 502, 503, 504];

/** Whether the server refuses the request until later: a 429, or a 503 that says for how long. */
export const isThrottled = (outcome: Outcome): outcome is StatusFailure =>
	outcome.kind === 'status' &&
	(outcome.status === 429 ||
		(outcome.status === 503 && readRetryAfter(outcome.headers) !== undefined));

/** Whether a failed request may be sent again without writing twice. */
export const mayRepeat = (failure: RequestFailure, requestKind: RequestKind): boolean => {
	if (failure.kind === 'network' && !failure.connected) return mayConnectLater(failure);
	if (!REPEATABLE_KINDS.includes(requestKind)) return false;
	return failure.kind !== 'status' || TRANSIENT_STATUSES.includes(failure.status);
};

/** A body that came as bytes: parsed JSON, or text. */
const parseBytes = (content: Buffer): unknown => {
	const text = content.toString('utf8');
	return parseJson(text) ?? text;
};

/** What a response means: the body that was asked for, or how the request failed. */
export const toOutcome = (response: HttpResponse, request: ApiRequest): Outcome => {
	const { statusCode: status, headers, body } = response;
	const { requestKind, raw, isReadable = isObjectOrList } = request;
	if (status < 200 || status > 299)
		return { kind: 'status', status, body: raw ? parseBytes(body as Buffer) : body, headers };
	if (raw) return { kind: 'response', body: { status, headers, content: body } };
	const mayBeEmpty = requestKind !== 'list' && requestKind !== 'get';
	if (isEmpty(body) && mayBeEmpty) return { kind: 'response', body: undefined };
	return isReadable(body) ? { kind: 'response', body } : { kind: 'unreadable', status, body };
};
