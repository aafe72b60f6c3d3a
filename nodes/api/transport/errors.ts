import type { Failure } from 'n8n-workflow';

import { isWebPage, quoteServer, redact } from './serverMessage';

/**
 * Something the user gave cannot be right: most of it before anything is sent, the rest in the light
 * of what Teamogy answered. `message` says what is wrong and where, `remedy` how to put it right.
 */
export class InvalidInput extends Error {
	override readonly name = 'InvalidInput';

	constructor(
		message: string,
		readonly hint: string,
	) {
		super(message);
	}

	/** What n8n shows beside the message where the error is n8n's to wrap, e.g. in the HTTP Request node. */
	get description(): string {
		return this.hint;
	}
}

/** How a request ended when it did not end well. */
export type RequestFailure =
	| { kind: 'status'; status: number; body: unknown; headers: Record<string, unknown> }
	/**
	 * No answer. `connected` is false where Teamogy cannot have seen the request, `proxy` true where the
	 * connection to a proxy failed, `body` holds n8n's words.
	 */
	| { kind: 'network'; code: string; connected: boolean; proxy?: boolean; body?: unknown }
	| { kind: 'timeout'; seconds: number }
	/** An answer that should be JSON and is not, or only half of it. */
	| { kind: 'unreadable'; status: number; body: unknown }
	/** Teamogy kept answering 429, or 503 with the time to wait, for longer than we wait. */
	| { kind: 'busy'; status: number; waitedMs: number; retryAfterMs?: number; body: unknown };

/** What a request was for: decides the wording and whether it may be sent again. */
export type RequestKind = 'list' | 'get' | 'create' | 'update' | 'custom';

/** A request Teamogy did not fulfil. `message` and `description` are ready to be shown. */
export class TeamogyError extends Error {
	override readonly name = 'TeamogyError';

	constructor(
		message: string,
		readonly description: string,
		readonly requestFailure: RequestFailure,
		/** True where a write may have been saved although no good answer came. */
		readonly maybeSaved: boolean,
		readonly n8nFailure?: Failure,
	) {
		super(message);
	}

	get status(): number | undefined {
		return 'status' in this.requestFailure ? this.requestFailure.status : undefined;
	}
}

/**
 * The execution was stopped by the user while a request waited or was under way. By the word in the
 * message n8n tells it from a failure, for which it would mark the execution and start error workflows.
 */
export class ExecutionCancelled extends Error {
	override readonly name = 'Stopped';

	/** @param addition what should be known of what was done before */
	constructor(addition = '') {
		super(['The execution was canceled', addition].filter(Boolean).join('. '));
	}
}

interface ErrorText {
	message: string;
	hint: string;
	/** What to say in place of the remedy where a write may have been saved, beyond that it may. */
	hintIfMaybeSaved?: string;
	cause?: Failure['cause'];
}

const WHERE_THE_KEY_IS_MADE =
	'Configuration → System Configuration → Integrations → Public API in Teamogy';

const MAYBE_SAVED =
	'The record may have been saved all the same, so it was not sent again. Look it up in Teamogy (e.g. with the Look Up operation) before you repeat it.';

const UNAVAILABLE: ErrorText = {
	message: 'Teamogy could not answer the request for {what}',
	hint: 'It is probably a passing condition on the server. Try again in a few minutes.',
	cause: 'temporarily-unavailable',
};

const NOT_ACCEPTED: ErrorText = {
	message: 'Teamogy did not accept the request for {what}',
	hint: 'Check what was sent and the credential.',
	cause: 'configuration-invalid',
};

/** Gateways also answer 431 for it: Amazon's, at 10,240 bytes of address and headers (DOC). */
const ADDRESS_TOO_LONG: ErrorText = {
	message: 'The address of the request for {what} is longer than the server takes',
	hint: 'Give fewer or shorter values in filters, columns and query parameters. To find records by many values use the operation Look Up, which splits them into several requests.',
	cause: 'configuration-invalid',
};

/** By status, and where it differs by purpose: what happened and what to do. */
const BY_STATUS: Record<number, ErrorText | Partial<Record<RequestKind | 'any', ErrorText>>> = {
	400: {
		list: {
			message: 'Teamogy did not accept the request for {what}',
			hint: 'Check the filters, the column names and the properties.',
			cause: 'configuration-invalid',
		},
		get: {
			message: 'Teamogy did not accept the request for {what}',
			hint: 'Check the ID or registration number, and the query parameters.',
			cause: 'configuration-invalid',
		},
		any: {
			message: 'Teamogy did not accept the request for {what}',
			hint: 'Check the fields and values that were sent. Types, statuses and categories must exist in the configuration of your Teamogy account.',
			cause: 'configuration-invalid',
		},
	},
	401: {
		message: 'Teamogy did not accept the API key',
		hint: `The key may be incomplete or disabled, or the user it belongs to is no longer active. Log in to Teamogy as that user, check the key under ${WHERE_THE_KEY_IS_MADE}, and enter it in the credential again.`,
		cause: 'credential-invalid',
	},
	403: {
		message: 'Teamogy refused access to {what}',
		hint: "Check three things: the address of this n8n instance is in the API key's list of allowed addresses and in the account's API whitelist, the key is not limited to other API addresses, and the user of the key has the right to see or change this.",
		cause: 'configuration-invalid',
	},
	404: {
		list: {
			message: 'Teamogy does not know {what}',
			hint: 'Check the name of the view, the Business Unit ID and the domain in the credential.',
			cause: 'configuration-invalid',
		},
		create: {
			message: 'Teamogy does not know where to save {what}',
			hint: 'Check the Business Unit ID and the domain in the credential.',
			cause: 'configuration-invalid',
		},
		any: {
			message: 'Teamogy did not find {what}',
			hint: 'Check the ID, registration number or path, the Business Unit ID and the domain in the credential. A record the user of the API key may not see is not found either.',
			cause: 'configuration-invalid',
		},
	},
	407: {
		message: 'The proxy between n8n and Teamogy wants a user name and a password',
		hint: 'Set them in the address of the proxy, HTTPS_PROXY in the environment of this n8n instance, e.g. http://user:password@proxy.example:3128. Teamogy has not seen the request.',
		cause: 'configuration-invalid',
	},
	405: {
		message: 'Teamogy does not offer this for {what}',
		hint: 'Choose another operation or method.',
		cause: 'configuration-invalid',
	},
	408: UNAVAILABLE,
	409: {
		list: NOT_ACCEPTED,
		get: NOT_ACCEPTED,
		create: {
			message: 'Teamogy could not save {what} because it conflicts with a record that is there',
			hint: 'Check whether there is a record like it already and update that one, or change the values that have to be unique.',
			cause: 'configuration-invalid',
		},
		any: {
			message: 'The request for {what} conflicts with what is there in Teamogy',
			hint: 'Read the record again, then repeat the change.',
		},
	},
	413: {
		// Pages are halved before, so it is a single row.
		list: {
			message: 'A single row of {what} is larger than the 10 MB Teamogy delivers',
			hint: 'Choose fewer columns or properties.',
			cause: 'configuration-invalid',
		},
		get: {
			message: 'The answer for {what} is larger than the 10 MB Teamogy delivers',
			hint: 'Ask for less in one request, e.g. with fewer columns or a lower limit.',
			cause: 'configuration-invalid',
		},
		any: {
			message: 'The data for {what} is larger than Teamogy takes',
			hint: 'Send less in one request.',
			cause: 'configuration-invalid',
		},
	},
	414: ADDRESS_TOO_LONG,
	431: ADDRESS_TOO_LONG,
	500: {
		...UNAVAILABLE,
		hint: 'Try again in a few minutes. If it comes back with the same data, a value in it may be what Teamogy cannot handle.',
	},
	422: {
		message: 'Teamogy did not accept the values sent for {what}',
		hint: 'Check the fields and values that were sent. Types, statuses and categories must exist in the configuration of your Teamogy account.',
		cause: 'configuration-invalid',
	},
};

const REDIRECTED: ErrorText = {
	message: 'The domain redirected the request for {what} to another address',
	hint: 'The domain in the credential is probably not the one your Teamogy account answers at. Enter it as it stands in the address bar of Teamogy, e.g. yourcompany.teamogy.com.',
	cause: 'configuration-invalid',
};

const UNREADABLE: ErrorText = {
	message: 'The answer for {what} was not the JSON Teamogy sends',
	hint: 'Check the domain in the credential. If it is right, the answer was cut off on the way: try again.',
	hintIfMaybeSaved: 'If it is not there, check the domain in the credential.',
	cause: 'temporarily-unavailable',
};

const WEB_PAGE: ErrorText = {
	...UNREADABLE,
	hint: 'A web page came in its place, so a firewall, proxy or web filter between n8n and Teamogy has probably answered. Check the domain in the credential, and ask who runs the network to let n8n reach it.',
	hintIfMaybeSaved:
		'If it is not there, check the domain in the credential: a web page came in place of the answer, probably from a firewall, proxy or web filter between n8n and Teamogy.',
	cause: 'configuration-invalid',
};

const REFUSED_BY_PAGE: ErrorText = {
	message: 'Access to {what} was refused with a web page',
	hint: "Teamogy answers in JSON, so it was probably a firewall, proxy or web filter between n8n and Teamogy. Ask who runs the network to let n8n reach the domain in the credential. If the page is Teamogy's, check that the address of this n8n instance is in the API key's list of allowed addresses and in the account's API whitelist.",
	cause: 'configuration-invalid',
};

const UNKNOWN_TO_GATEWAY: ErrorText = {
	message: 'The gateway in front of Teamogy does not know the address of {what}',
	hint: 'Check the path or the name of the view, the Business Unit ID and the domain in the credential.',
	cause: 'configuration-invalid',
};

const TIMED_OUT: ErrorText = {
	message: 'Teamogy did not answer the request for {what} in time',
	hint: 'Try again later. For a large view choose fewer columns or a smaller page size.',
	cause: 'temporarily-unavailable',
};

const BUSY: ErrorText = {
	message: 'Teamogy is receiving more requests than it allows',
	hint: 'Lower Requests per Minute in the credential if other systems share the allowance, or run this workflow at another time.',
	cause: 'rate-limited',
};

const LONG_UNAVAILABLE: ErrorText = {
	message: 'Teamogy was not available for longer than n8n waits',
	hint: 'Try again at another time.',
	cause: 'temporarily-unavailable',
};

const DISCONNECTED: ErrorText = {
	message: 'The connection to Teamogy was interrupted during the request for {what}',
	hint: 'Try again. If it happens often, check the network and the proxies between this n8n instance and Teamogy.',
	hintIfMaybeSaved:
		'If it happens often, check the network and the proxies between this n8n instance and Teamogy.',
	cause: 'temporarily-unavailable',
};

const PROXY_NOT_REACHED: ErrorText = {
	message: 'The proxy between n8n and Teamogy could not be reached',
	hint: 'Check HTTPS_PROXY in the environment of this n8n instance: the address of the proxy, and that it is running and lets n8n connect to the domain in the credential.',
	cause: 'configuration-invalid',
};

const NOT_SENT: ErrorText = {
	message: 'The request for {what} could not be sent',
	hint: 'Check the domain in the credential. If a rule of this n8n instance stopped the request, ask its administrator to allow the domain.',
	cause: 'configuration-invalid',
};

/**
 * What keeps a connection from coming about, by Node.js' codes: what to tell, and whether it passes by
 * itself, so that the request is tried again. The first entry that fits holds; whatever else there may
 * be is `NOT_SENT`, told at once.
 */
const BEFORE_SENDING: Array<{ codes: RegExp; passes: boolean; errorText: ErrorText }> = [
	{
		codes: /^(ENOTFOUND|EAI_AGAIN)$/,
		passes: true,
		errorText: {
			message: 'The domain of the Teamogy account could not be found',
			hint: 'Check the domain in the credential (e.g. yourcompany.teamogy.com) and that this n8n instance reaches the internet.',
			cause: 'temporarily-unavailable',
		},
	},
	{
		codes: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ETIMEDOUT)$/,
		passes: true,
		errorText: {
			message: 'No connection to Teamogy could be made',
			hint: 'Check the domain in the credential and that this n8n instance reaches it through the network and its proxies.',
			cause: 'temporarily-unavailable',
		},
	},
	{
		codes: /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/,
		passes: false,
		errorText: {
			message: 'The security certificate of the Teamogy domain is not valid',
			hint: 'Check the domain in the credential. If a proxy of your network replaces certificates, have its certificate added to this n8n instance.',
			cause: 'configuration-invalid',
		},
	},
	{
		codes: /^(EPROTO|ECONNRESET|ECONNABORTED|EPIPE|ERR_SSL_.*)$/,
		passes: false,
		errorText: {
			message: 'No secure connection to Teamogy could be made',
			hint: 'Check the domain in the credential, and its port if it has one: Teamogy answers there over https. A firewall or proxy between n8n and Teamogy may also have broken the connection off.',
			cause: 'configuration-invalid',
		},
	},
];

const beforeSending = (code: string) => BEFORE_SENDING.find(({ codes }) => codes.test(code));

/** Whether a request that was not sent may be the next time: a code that passes, and no proxy that is wrong. */
export const mayConnectLater = ({
	code,
	proxy,
}: Extract<RequestFailure, { kind: 'network' }>): boolean =>
	!proxy && (beforeSending(code)?.passes ?? false);

const adviceForNetwork = ({
	code,
	connected,
	proxy,
}: Extract<RequestFailure, { kind: 'network' }>): ErrorText => {
	if (connected) return DISCONNECTED;
	return proxy ? PROXY_NOT_REACHED : (beforeSending(code)?.errorText ?? NOT_SENT);
};

/** What Amazon's gateway answers by itself (DOC; that it stands before Teamogy is INFERRED). */
const GATEWAY_SAYS = {
	unknownAddress: 'Missing Authentication Token',
	others: [
		'Too Many Requests',
		'Limit Exceeded',
		'Endpoint request timed out',
		'Forbidden',
		'Internal server error',
		'Internal Server Error',
		'Service Unavailable',
		'Unauthorized',
	],
};

/** The gateway's words, where the body is one of its own: an object with nothing but a message. */
const gatewayMessage = (body: unknown): string | undefined => {
	const { message, ...more } = (body ?? {}) as Record<string, unknown>;
	const known = [GATEWAY_SAYS.unknownAddress, ...GATEWAY_SAYS.others];
	return known.find((words) => words === message && !Object.keys(more).length);
};

/** Who says what is quoted. Teamogy's answers are JSON (CLIENT); other text may be anybody's. */
const speaker = (failure: RequestFailure): string => {
	if (failure.kind === 'network') return 'n8n';
	if (failure.kind === 'status' && failure.status === 407) return 'The proxy';
	if (!('body' in failure) || typeof failure.body === 'string') return 'The server';
	return gatewayMessage(failure.body) === undefined ? 'Teamogy' : 'The gateway';
};

const findErrorText = (failure: RequestFailure, requestKind: RequestKind): ErrorText => {
	if (failure.kind === 'busy') return failure.status === 503 ? LONG_UNAVAILABLE : BUSY;
	if (failure.kind === 'timeout') return TIMED_OUT;
	if (failure.kind === 'unreadable') return isWebPage(failure.body) ? WEB_PAGE : UNREADABLE;
	if (failure.kind === 'network') return adviceForNetwork(failure);
	if (failure.status === 403) {
		if (isWebPage(failure.body)) return REFUSED_BY_PAGE;
		if (gatewayMessage(failure.body) === GATEWAY_SAYS.unknownAddress) return UNKNOWN_TO_GATEWAY;
	}
	const known = BY_STATUS[failure.status];
	if (known)
		return 'message' in known
			? (known as ErrorText)
			: ((known[requestKind] ?? known.any) as ErrorText);
	if (failure.status >= 300 && failure.status < 400) return REDIRECTED;
	return failure.status >= 500 ? UNAVAILABLE : NOT_ACCEPTED;
};

const DAY = 24 * 60 * 60_000;

const formatDuration = (ms: number): string => {
	if (ms > DAY) return 'more than a day';
	const [count, unit] =
		ms < 90_000 ? [Math.ceil(ms / 1000), 'second'] : [Math.round(ms / 60_000), 'minute'];
	return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** What is known of the trouble besides Teamogy's words, for those who look closer. */
const formatTechnicalDetails = (failure: RequestFailure): string => {
	switch (failure.kind) {
		case 'status':
			return `Status ${failure.status}.`;
		case 'network':
			return `Network code ${failure.code}.`;
		case 'timeout':
			return `Waited ${formatDuration(failure.seconds * 1000)}.`;
		case 'unreadable':
			return `Status ${failure.status}.`;
		case 'busy':
			return [
				failure.waitedMs >= 1000 && `Waited ${formatDuration(failure.waitedMs)}.`,
				failure.retryAfterMs &&
					`Teamogy asks to wait ${formatDuration(failure.retryAfterMs)} from now.`,
			]
				.filter(Boolean)
				.join(' ');
	}
};

/**
 * The error to show for a request that went wrong.
 *
 * @param what the thing asked for, in words that follow "the request for", e.g. `the view "jobs"`
 * @param tries how often the request was sent
 * @param secret removed from everything that is shown, should a server echo it
 */
export function toTeamogyError(
	failure: RequestFailure,
	requestKind: RequestKind,
	what: string,
	tries: number,
	secret: string,
): TeamogyError {
	const errorText = findErrorText(failure, requestKind);
	const maybeSaved = isMaybeSaved(failure, requestKind);
	const quoted = 'body' in failure ? quoteServer(failure.body, secret) : '';
	const description = [
		quoted && `${speaker(failure)} says: ${quoted}.`,
		...(maybeSaved ? [MAYBE_SAVED, errorText.hintIfMaybeSaved] : [errorText.hint]),
		formatTechnicalDetails(failure),
		tries > 1 && `Sent ${tries} times.`,
	]
		.filter(Boolean)
		.join(' ');
	// Where a write may have been saved, n8n must not take it that waiting and trying again helps.
	const n8nFailure =
		maybeSaved || !errorText.cause ? undefined : toN8nFailure(errorText.cause, failure);
	return new TeamogyError(
		// As a function: in a text `$` would stand for parts of the message.
		redact(
			errorText.message.replace('{what}', () => what),
			secret,
		),
		description,
		failure,
		maybeSaved,
		n8nFailure,
	);
}

const toN8nFailure = (cause: Failure['cause'], failure: RequestFailure): Failure =>
	cause === 'rate-limited' && failure.kind === 'busy' && failure.retryAfterMs
		? { cause, retryAfterMs: Math.min(failure.retryAfterMs, DAY) }
		: ({ cause } as Failure);

/**
 * Whether a create may have taken effect: any ending but a clear refusal (4xx, redirect, 429) or a
 * connection that never came about. Updates may simply be repeated, so they are never in doubt.
 */
const isMaybeSaved = (failure: RequestFailure, requestKind: RequestKind): boolean => {
	if (requestKind !== 'create' && requestKind !== 'custom') return false;
	switch (failure.kind) {
		case 'busy':
			return false;
		case 'network':
			return failure.connected;
		case 'status':
			return failure.status >= 500 || failure.status === 408;
		case 'timeout':
		case 'unreadable':
			return true;
	}
};
