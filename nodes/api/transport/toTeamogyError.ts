import { UNCERTAIN_WRITE_TEXTS, FAILURE_TEXTS, type ErrorText } from './errorMessages';
import { TeamogyError, type NetworkFailure, type RequestFailure, type RequestKind } from './errors';
import { findConnectionProblem, UNKNOWN_CODE } from './networkFailure';
import { redact } from './redaction';
import { isWebPage, quoteServer } from './serverMessage';
import { STATUS_TEXTS } from './statusMessages';
import { DAY_MS } from './timing';

/** Amazon's gateway answers this for an address it does not know (DOC; that it stands before Teamogy is INFERRED). */
const UNKNOWN_ADDRESS = 'Missing Authentication Token';
/** Messages of Amazon's gateway itself (DOC). */
const GATEWAY_MESSAGES = [
	UNKNOWN_ADDRESS,
	'Too Many Requests',
	'Limit Exceeded',
	'Endpoint request timed out',
	'Forbidden',
	'Internal server error',
	'Internal Server Error',
	'Service Unavailable',
	'Unauthorized',
];

/** The gateway's words, where the body is one of its own: an object with nothing but a message. */
const findGatewayMessage = (body: unknown): string | undefined => {
	const { message, ...more } = (body ?? {}) as Record<string, unknown>;
	return GATEWAY_MESSAGES.find((one) => one === message && !Object.keys(more).length);
};

/** Who is quoted. Teamogy's good responses are JSON (CLIENT); other text may come from any server. */
const findSpeaker = (failure: RequestFailure): string => {
	if (failure.kind === 'network') return 'n8n';
	if (failure.kind === 'status' && failure.status === 407) return 'The proxy';
	if (!('body' in failure) || typeof failure.body === 'string') return 'The server';
	return findGatewayMessage(failure.body) === undefined ? 'Teamogy' : 'The gateway';
};

const findNetworkText = ({ code, connected, proxy }: NetworkFailure): ErrorText => {
	if (connected) return FAILURE_TEXTS.disconnected;
	if (proxy) return FAILURE_TEXTS.proxyNotReached;
	return FAILURE_TEXTS[findConnectionProblem(code) ?? 'notSent'];
};

const findStatusText = (status: number, body: unknown, requestKind: RequestKind): ErrorText => {
	const special =
		status === 403 && isWebPage(body)
			? 'web page'
			: status === 403 && findGatewayMessage(body) === UNKNOWN_ADDRESS
				? 'unknown address'
				: requestKind;
	// Any other number is no status of HTTP.
	const range = status < 300 || status >= 500 ? '5xx' : status < 400 ? '3xx' : '4xx';
	return STATUS_TEXTS[`${status} ${special}`] ?? STATUS_TEXTS[status] ?? STATUS_TEXTS[range]!;
};

const findErrorText = (failure: RequestFailure, requestKind: RequestKind): ErrorText => {
	switch (failure.kind) {
		case 'throttled':
			return failure.status === 503 ? FAILURE_TEXTS.longUnavailable : FAILURE_TEXTS.tooManyRequests;
		case 'timeout':
			if (requestKind === 'list') return FAILURE_TEXTS.listTimeout;
			return requestKind === 'customGet' ? FAILURE_TEXTS.customGetTimeout : FAILURE_TEXTS.timeout;
		case 'unreadable':
			return isWebPage(failure.body) ? FAILURE_TEXTS.webPage : FAILURE_TEXTS.unreadable;
		case 'paging':
			return FAILURE_TEXTS.paging;
		case 'network':
			return findNetworkText(failure);
		case 'status':
			return findStatusText(failure.status, failure.body, requestKind);
	}
};

/** A duration in words, e.g. `40 seconds`. */
export const formatDuration = (ms: number): string => {
	if (ms > DAY_MS) return 'more than a day';
	const [count, unit] =
		ms < 90_000 ? [Math.ceil(ms / 1000), 'second'] : [Math.round(ms / 60_000), 'minute'];
	return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** The details of the failure besides the quoted words. */
const listTechnicalDetails = (failure: RequestFailure): unknown[] => {
	switch (failure.kind) {
		case 'status':
		case 'unreadable':
			return [`Status ${failure.status}.`];
		case 'network':
			return [failure.code !== UNKNOWN_CODE && `Network code ${failure.code}.`];
		case 'paging':
			return [];
		case 'timeout':
			return [`Waited ${formatDuration(failure.seconds * 1000)}.`];
		case 'throttled':
			return [
				failure.waitedMs >= 1000 && `Waited ${formatDuration(failure.waitedMs)}.`,
				failure.retryAfterMs &&
					`Teamogy asks to wait ${formatDuration(failure.retryAfterMs)} from now.`,
			];
	}
};

/**
 * Whether Teamogy did not take the request: a connection that was never made, a clear refusal (4xx, 429), or
 * a redirect that asks for the same request elsewhere. After 302 and 303 the server may have saved.
 */
const isNotTaken = (failure: RequestFailure): boolean => {
	if (failure.kind === 'network') return !failure.connected;
	if (failure.kind !== 'status') return failure.kind === 'throttled';
	const { status } = failure;
	return [307, 308].includes(status) || (status >= 400 && status < 500 && status !== 408);
};

/**
 * The error to show for a failed request.
 *
 * @param subject what was requested, in words that follow "the request for", e.g. `the view "jobs"`
 * @param tries how often the request was sent
 * @param key the API key, which a server may repeat, and which is removed from all texts
 */
export function toTeamogyError(
	failure: RequestFailure,
	requestKind: RequestKind,
	subject: string,
	tries: number,
	key: string,
): TeamogyError {
	const errorText = findErrorText(failure, requestKind);
	const { cause = 'configuration-invalid' } = errorText;
	const uncertain = UNCERTAIN_WRITE_TEXTS[requestKind];
	const maybeSaved = uncertain !== undefined && !isNotTaken(failure);
	// A refusal by status speaks for itself.
	const isUntaken = failure.kind !== 'status' && isNotTaken(failure);
	const quoted = 'body' in failure ? quoteServer(failure.body, key) : '';
	const description = [
		quoted && `${findSpeaker(failure)} says: ${quoted}.`,
		...(maybeSaved
			? [uncertain.maybeSaved, errorText.hintIfMaybeSaved?.replace('{ifNot}', uncertain.ifNot)]
			: [errorText.hint]),
		...listTechnicalDetails(failure),
		tries > 1 && `${isUntaken ? 'Tried' : 'Sent'} ${tries} times.`,
		isUntaken && uncertain?.notSaved,
	];
	const texts = { subject, reason: failure.kind === 'paging' ? failure.reason : '' };
	// The replacement is a function, since `$` in a text would stand for parts of the message.
	const message = errorText.message.replace(
		/\{(subject|reason)\}/g,
		(_, name: keyof typeof texts) => texts[name],
	);
	return new TeamogyError(
		redact(message, key),
		description.filter(Boolean).join(' '),
		failure,
		maybeSaved,
		// n8n must not conclude that a later try helps where a write may have been saved.
		maybeSaved ? undefined : (cause ?? undefined),
	);
}
