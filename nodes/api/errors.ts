import type { Failure } from 'n8n-workflow';

import { isWebPage, quote, redact } from './words';

/**
 * Something the user gave cannot be right: most of it before anything is sent, the rest in the light
 * of what Teamogy answered. `message` says what is wrong and where, `remedy` how to put it right.
 */
export class InvalidInput extends Error {
	override readonly name = 'InvalidInput';

	constructor(
		message: string,
		readonly remedy: string,
	) {
		super(message);
	}

	/** What n8n shows beside the message where the error is n8n's to wrap, e.g. in the HTTP Request node. */
	get description(): string {
		return this.remedy;
	}
}

/** How a request ended when it did not end well. */
export type Trouble =
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
	| { kind: 'busy'; waitedMs: number; retryAfterMs?: number; unavailable?: boolean; body: unknown };

/** What a request was for: decides the wording and whether it may be sent again. */
export type Purpose = 'view' | 'read' | 'create' | 'update' | 'other';

/** A request Teamogy did not fulfil. `message` and `description` are ready to be shown. */
export class TeamogyError extends Error {
	override readonly name = 'TeamogyError';

	constructor(
		message: string,
		readonly description: string,
		readonly trouble: Trouble,
		/** True where a write may have been saved although no good answer came. */
		readonly maybeSaved: boolean,
		readonly failure?: Failure,
	) {
		super(message);
	}

	get status(): number | undefined {
		return 'status' in this.trouble ? this.trouble.status : undefined;
	}
}

/**
 * The execution was stopped by the user while a request waited or was under way. By the word in the
 * message n8n tells it from a failure, for which it would mark the execution and start error workflows.
 */
export class Stopped extends Error {
	override readonly name = 'Stopped';

	/** @param addition what should be known of what was done before */
	constructor(addition = '') {
		super(['The execution was canceled', addition].filter(Boolean).join('. '));
	}
}

interface Advice {
	message: string;
	remedy: string;
	/** What to say in place of the remedy where a write may have been saved, beyond that it may. */
	inDoubt?: string;
	cause?: Failure['cause'];
}

const WHERE_THE_KEY_IS_MADE =
	'Configuration → System Configuration → Integrations → Public API in Teamogy';

const MAYBE_SAVED =
	'The record may have been saved all the same, so it was not sent again. Look it up in Teamogy (e.g. with the Look Up operation) before you repeat it.';

const UNAVAILABLE: Advice = {
	message: 'Teamogy could not answer the request for {what}',
	remedy: 'It is probably a passing condition on the server. Try again in a few minutes.',
	cause: 'temporarily-unavailable',
};

const NOT_ACCEPTED: Advice = {
	message: 'Teamogy did not accept the request for {what}',
	remedy: 'Check what was sent and the credential.',
	cause: 'configuration-invalid',
};

/** Gateways also answer 431 for it: Amazon's, at 10,240 bytes of address and headers (DOC). */
const ADDRESS_TOO_LONG: Advice = {
	message: 'The address of the request for {what} is longer than the server takes',
	remedy:
		'Give fewer or shorter values in filters, columns and query parameters. To find records by many values use the operation Look Up, which splits them into several requests.',
	cause: 'configuration-invalid',
};

/** By status, and where it differs by purpose: what happened and what to do. */
const BY_STATUS: Record<number, Advice | Partial<Record<Purpose | 'any', Advice>>> = {
	400: {
		view: {
			message: 'Teamogy did not accept the request for {what}',
			remedy: 'Check the filters, the column names and the properties.',
			cause: 'configuration-invalid',
		},
		read: {
			message: 'Teamogy did not accept the request for {what}',
			remedy: 'Check the ID or registration number, and the query parameters.',
			cause: 'configuration-invalid',
		},
		any: {
			message: 'Teamogy did not accept the request for {what}',
			remedy:
				'Check the fields and values that were sent. Types, statuses and categories must exist in the configuration of your Teamogy account.',
			cause: 'configuration-invalid',
		},
	},
	401: {
		message: 'Teamogy did not accept the API key',
		remedy: `The key may be incomplete or disabled, or the user it belongs to is no longer active. Log in to Teamogy as that user, check the key under ${WHERE_THE_KEY_IS_MADE}, and enter it in the credential again.`,
		cause: 'credential-invalid',
	},
	403: {
		message: 'Teamogy refused access to {what}',
		remedy:
			"Check three things: the address of this n8n instance is in the API key's list of allowed addresses and in the account's API whitelist, the key is not limited to other API addresses, and the user of the key has the right to see or change this.",
		cause: 'configuration-invalid',
	},
	404: {
		view: {
			message: 'Teamogy does not know {what}',
			remedy: 'Check the name of the view, the Business Unit ID and the domain in the credential.',
			cause: 'configuration-invalid',
		},
		create: {
			message: 'Teamogy does not know where to save {what}',
			remedy: 'Check the Business Unit ID and the domain in the credential.',
			cause: 'configuration-invalid',
		},
		any: {
			message: 'Teamogy did not find {what}',
			remedy:
				'Check the ID, registration number or path, the Business Unit ID and the domain in the credential. A record the user of the API key may not see is not found either.',
			cause: 'configuration-invalid',
		},
	},
	407: {
		message: 'The proxy between n8n and Teamogy wants a user name and a password',
		remedy:
			'Set them in the address of the proxy, HTTPS_PROXY in the environment of this n8n instance, e.g. http://user:password@proxy.example:3128. Teamogy has not seen the request.',
		cause: 'configuration-invalid',
	},
	405: {
		message: 'Teamogy does not offer this for {what}',
		remedy: 'Choose another operation or method.',
		cause: 'configuration-invalid',
	},
	408: UNAVAILABLE,
	409: {
		view: NOT_ACCEPTED,
		read: NOT_ACCEPTED,
		create: {
			message: 'Teamogy could not save {what} because it conflicts with a record that is there',
			remedy:
				'Check whether there is a record like it already and update that one, or change the values that have to be unique.',
			cause: 'configuration-invalid',
		},
		any: {
			message: 'The request for {what} conflicts with what is there in Teamogy',
			remedy: 'Read the record again, then repeat the change.',
		},
	},
	413: {
		// Pages are halved before, so it is a single row.
		view: {
			message: 'A single row of {what} is larger than the 10 MB Teamogy delivers',
			remedy: 'Choose fewer columns or properties.',
			cause: 'configuration-invalid',
		},
		read: {
			message: 'The answer for {what} is larger than the 10 MB Teamogy delivers',
			remedy: 'Ask for less in one request, e.g. with fewer columns or a lower limit.',
			cause: 'configuration-invalid',
		},
		any: {
			message: 'The data for {what} is larger than Teamogy takes',
			remedy: 'Send less in one request.',
			cause: 'configuration-invalid',
		},
	},
	414: ADDRESS_TOO_LONG,
	431: ADDRESS_TOO_LONG,
	500: {
		...UNAVAILABLE,
		remedy:
			'Try again in a few minutes. If it comes back with the same data, a value in it may be what Teamogy cannot handle.',
	},
	422: {
		message: 'Teamogy did not accept the values sent for {what}',
		remedy:
			'Check the fields and values that were sent. Types, statuses and categories must exist in the configuration of your Teamogy account.',
		cause: 'configuration-invalid',
	},
};

const REDIRECTED: Advice = {
	message: 'The domain redirected the request for {what} to another address',
	remedy:
		'The domain in the credential is probably not the one your Teamogy account answers at. Enter it as it stands in the address bar of Teamogy, e.g. yourcompany.teamogy.com.',
	cause: 'configuration-invalid',
};

const UNREADABLE: Advice = {
	message: 'The answer for {what} was not the JSON Teamogy sends',
	remedy:
		'Check the domain in the credential. If it is right, the answer was cut off on the way: try again.',
	inDoubt: 'If it is not there, check the domain in the credential.',
	cause: 'temporarily-unavailable',
};

const WEB_PAGE: Advice = {
	...UNREADABLE,
	remedy:
		'A web page came in its place, so a firewall, proxy or web filter between n8n and Teamogy has probably answered. Check the domain in the credential, and ask who runs the network to let n8n reach it.',
	inDoubt:
		'If it is not there, check the domain in the credential: a web page came in place of the answer, probably from a firewall, proxy or web filter between n8n and Teamogy.',
	cause: 'configuration-invalid',
};

const REFUSED_BY_PAGE: Advice = {
	message: 'Access to {what} was refused with a web page',
	remedy:
		"Teamogy answers in JSON, so it was probably a firewall, proxy or web filter between n8n and Teamogy. Ask who runs the network to let n8n reach the domain in the credential. If the page is Teamogy's, check that the address of this n8n instance is in the API key's list of allowed addresses and in the account's API whitelist.",
	cause: 'configuration-invalid',
};

const UNKNOWN_TO_GATEWAY: Advice = {
	message: 'The gateway in front of Teamogy does not know the address of {what}',
	remedy:
		'Check the path or the name of the view, the Business Unit ID and the domain in the credential.',
	cause: 'configuration-invalid',
};

const TIMED_OUT: Advice = {
	message: 'Teamogy did not answer the request for {what} in time',
	remedy: 'Try again later. For a large view choose fewer columns or a smaller page size.',
	cause: 'temporarily-unavailable',
};

const BUSY: Advice = {
	message: 'Teamogy is receiving more requests than it allows',
	remedy:
		'Lower Requests per Minute in the credential if other systems share the allowance, or run this workflow at another time.',
	cause: 'rate-limited',
};

const LONG_UNAVAILABLE: Advice = {
	message: 'Teamogy was not available for longer than n8n waits',
	remedy: 'Try again at another time.',
	cause: 'temporarily-unavailable',
};

const DISCONNECTED: Advice = {
	message: 'The connection to Teamogy was interrupted during the request for {what}',
	remedy:
		'Try again. If it happens often, check the network and the proxies between this n8n instance and Teamogy.',
	inDoubt:
		'If it happens often, check the network and the proxies between this n8n instance and Teamogy.',
	cause: 'temporarily-unavailable',
};

const PROXY_NOT_REACHED: Advice = {
	message: 'The proxy between n8n and Teamogy could not be reached',
	remedy:
		'Check HTTPS_PROXY in the environment of this n8n instance: the address of the proxy, and that it is running and lets n8n connect to the domain in the credential.',
	cause: 'configuration-invalid',
};

const NOT_SENT: Advice = {
	message: 'The request for {what} could not be sent',
	remedy:
		'Check the domain in the credential. If a rule of this n8n instance stopped the request, ask its administrator to allow the domain.',
	cause: 'configuration-invalid',
};

/**
 * What keeps a connection from coming about, by Node.js' codes: what to tell, and whether it passes by
 * itself, so that the request is tried again. The first entry that fits holds; whatever else there may
 * be is `NOT_SENT`, told at once.
 */
const BEFORE_SENDING: Array<{ codes: RegExp; passes: boolean; advice: Advice }> = [
	{
		codes: /^(ENOTFOUND|EAI_AGAIN)$/,
		passes: true,
		advice: {
			message: 'The domain of the Teamogy account could not be found',
			remedy:
				'Check the domain in the credential (e.g. yourcompany.teamogy.com) and that this n8n instance reaches the internet.',
			cause: 'temporarily-unavailable',
		},
	},
	{
		codes: /^(ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL|ETIMEDOUT)$/,
		passes: true,
		advice: {
			message: 'No connection to Teamogy could be made',
			remedy:
				'Check the domain in the credential and that this n8n instance reaches it through the network and its proxies.',
			cause: 'temporarily-unavailable',
		},
	},
	{
		codes: /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/,
		passes: false,
		advice: {
			message: 'The security certificate of the Teamogy domain is not valid',
			remedy:
				'Check the domain in the credential. If a proxy of your network replaces certificates, have its certificate added to this n8n instance.',
			cause: 'configuration-invalid',
		},
	},
	{
		codes: /^(EPROTO|ECONNRESET|ECONNABORTED|EPIPE|ERR_SSL_.*)$/,
		passes: false,
		advice: {
			message: 'No secure connection to Teamogy could be made',
			remedy:
				'Check the domain in the credential, and its port if it has one: Teamogy answers there over https. A firewall or proxy between n8n and Teamogy may also have broken the connection off.',
			cause: 'configuration-invalid',
		},
	},
];

const beforeSending = (code: string) => BEFORE_SENDING.find(({ codes }) => codes.test(code));

/** Whether a request that was not sent may be the next time: a code that passes, and no proxy that is wrong. */
export const mayConnectLater = ({ code, proxy }: Extract<Trouble, { kind: 'network' }>): boolean =>
	!proxy && (beforeSending(code)?.passes ?? false);

const adviceForNetwork = ({
	code,
	connected,
	proxy,
}: Extract<Trouble, { kind: 'network' }>): Advice => {
	if (connected) return DISCONNECTED;
	return proxy ? PROXY_NOT_REACHED : (beforeSending(code)?.advice ?? NOT_SENT);
};

/** What Amazon's gateway answers by itself (DOC; that it stands before Teamogy is INFERRED). */
const GATEWAY_SAYS = {
	unknownAddress: 'Missing Authentication Token',
	tooMany: ['Too Many Requests', 'Limit Exceeded'],
};

/** The gateway's words, where the body is one of its own: an object with nothing but a message. */
const gatewayMessage = (body: unknown): string | undefined => {
	const { message, ...more } = (body ?? {}) as Record<string, unknown>;
	const known = [GATEWAY_SAYS.unknownAddress, ...GATEWAY_SAYS.tooMany];
	return known.find((words) => words === message && !Object.keys(more).length);
};

/** Who says what is quoted. Teamogy's answers are JSON (CLIENT); other text may be anybody's. */
const speaker = (trouble: Trouble): string => {
	if (trouble.kind === 'network') return 'n8n';
	if (trouble.kind === 'status' && trouble.status === 407) return 'The proxy';
	if (!('body' in trouble) || typeof trouble.body === 'string') return 'The server';
	return gatewayMessage(trouble.body) === undefined ? 'Teamogy' : 'The gateway';
};

const adviceFor = (trouble: Trouble, purpose: Purpose): Advice => {
	if (trouble.kind === 'busy') return trouble.unavailable ? LONG_UNAVAILABLE : BUSY;
	if (trouble.kind === 'timeout') return TIMED_OUT;
	if (trouble.kind === 'unreadable') return isWebPage(trouble.body) ? WEB_PAGE : UNREADABLE;
	if (trouble.kind === 'network') return adviceForNetwork(trouble);
	if (trouble.status === 403) {
		if (isWebPage(trouble.body)) return REFUSED_BY_PAGE;
		if (gatewayMessage(trouble.body) === GATEWAY_SAYS.unknownAddress) return UNKNOWN_TO_GATEWAY;
	}
	const known = BY_STATUS[trouble.status];
	if (known)
		return 'message' in known ? (known as Advice) : ((known[purpose] ?? known.any) as Advice);
	if (trouble.status >= 300 && trouble.status < 400) return REDIRECTED;
	return trouble.status >= 500 ? UNAVAILABLE : NOT_ACCEPTED;
};

const duration = (ms: number): string => {
	const [count, unit] =
		ms < 90_000 ? [Math.ceil(ms / 1000), 'second'] : [Math.round(ms / 60_000), 'minute'];
	return `${count} ${unit}${count === 1 ? '' : 's'}`;
};

/** What is known of the trouble besides Teamogy's words, for those who look closer. */
const particulars = (trouble: Trouble): string => {
	switch (trouble.kind) {
		case 'status':
			return `Status ${trouble.status}.`;
		case 'network':
			return `Network code ${trouble.code}.`;
		case 'timeout':
			return `Waited ${duration(trouble.seconds * 1000)}.`;
		case 'unreadable':
			return `Status ${trouble.status}.`;
		case 'busy':
			return [
				trouble.waitedMs >= 1000 && `Waited ${duration(trouble.waitedMs)}.`,
				trouble.retryAfterMs && `Teamogy asks to wait ${duration(trouble.retryAfterMs)} from now.`,
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
export function explain(
	trouble: Trouble,
	purpose: Purpose,
	what: string,
	tries: number,
	secret: string,
): TeamogyError {
	const advice = adviceFor(trouble, purpose);
	const maybeSaved = mayHaveBeenSaved(trouble, purpose);
	const quoted = 'body' in trouble ? quote(trouble.body, secret) : '';
	const description = [
		quoted && `${speaker(trouble)} says: ${quoted}.`,
		...(maybeSaved ? [MAYBE_SAVED, advice.inDoubt] : [advice.remedy]),
		particulars(trouble),
		tries > 1 && `Sent ${tries} times.`,
	]
		.filter(Boolean)
		.join(' ');
	// Where a write may have been saved, n8n must not take it that waiting and trying again helps.
	const failure = maybeSaved || !advice.cause ? undefined : failureOf(advice.cause, trouble);
	return new TeamogyError(
		// As a function: in a text `$` would stand for parts of the message.
		redact(
			advice.message.replace('{what}', () => what),
			secret,
		),
		description,
		trouble,
		maybeSaved,
		failure,
	);
}

const failureOf = (cause: Failure['cause'], trouble: Trouble): Failure =>
	cause === 'rate-limited' && trouble.kind === 'busy' && trouble.retryAfterMs
		? { cause, retryAfterMs: trouble.retryAfterMs }
		: ({ cause } as Failure);

/**
 * Whether a create may have taken effect: any ending but a clear refusal (4xx, redirect, 429) or a
 * connection that never came about. Updates may simply be repeated, so they are never in doubt.
 */
export const mayHaveBeenSaved = (trouble: Trouble, purpose: Purpose): boolean => {
	if (purpose !== 'create' && purpose !== 'other') return false;
	switch (trouble.kind) {
		case 'busy':
			return false;
		case 'network':
			return trouble.connected;
		case 'status':
			return trouble.status >= 500 || trouble.status === 408;
		case 'timeout':
		case 'unreadable':
			return true;
	}
};
