import type { Failure } from 'n8n-workflow';

import { quote } from './words';

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
}

/** How a request ended when it did not end well. */
export type Trouble =
	| { kind: 'status'; status: number; body: unknown; headers: Record<string, unknown> }
	/** No answer: `connected` is false where Teamogy cannot have seen the request. */
	| { kind: 'network'; code: string; connected: boolean; body?: unknown }
	| { kind: 'timeout'; seconds: number }
	/** An answer that should be JSON and is not, or only half of it. */
	| { kind: 'unreadable'; status: number; body: unknown }
	/** Teamogy kept answering 429 for longer than we wait. */
	| { kind: 'busy'; waitedMs: number; retryAfterMs?: number; body: unknown };

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

/** Codes of connections whose certificate is not trusted (Node.js). */
export const CERTIFICATE = /CERT|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|ALTNAME/;

/** Codes of connections that never came about, so that nothing can have been sent (Node.js). */
export const NEVER_CONNECTED =
	/^(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|EHOSTUNREACH|ENETUNREACH|ENETDOWN|EADDRNOTAVAIL)$/;

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
	414: {
		message: 'The address of the request for {what} is longer than the server takes',
		remedy:
			'Give fewer or shorter values in filters, columns and query parameters. To find records by many values use the operation Look Up, which splits them into several requests.',
		cause: 'configuration-invalid',
	},
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

const UNKNOWN_HOST: Advice = {
	message: 'The domain of the Teamogy account could not be found',
	remedy:
		'Check the domain in the credential (e.g. yourcompany.teamogy.com) and that this n8n instance reaches the internet.',
	cause: 'temporarily-unavailable',
};

const BAD_CERTIFICATE: Advice = {
	message: 'The security certificate of the Teamogy domain is not valid',
	remedy:
		'Check the domain in the credential. If a proxy of your network replaces certificates, have its certificate added to this n8n instance.',
	cause: 'configuration-invalid',
};

const NOT_CONNECTED: Advice = {
	message: 'No connection to Teamogy could be made',
	remedy:
		'Check the domain in the credential and that this n8n instance reaches it through the network and its proxies.',
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

const adviceFor = (trouble: Trouble, purpose: Purpose): Advice => {
	if (trouble.kind === 'busy') return BUSY;
	if (trouble.kind === 'timeout') return TIMED_OUT;
	if (trouble.kind === 'unreadable') return UNREADABLE;
	if (trouble.kind === 'network') {
		if (/^(ENOTFOUND|EAI_AGAIN)$/.test(trouble.code)) return UNKNOWN_HOST;
		if (CERTIFICATE.test(trouble.code)) return BAD_CERTIFICATE;
		return trouble.connected ? DISCONNECTED : NOT_CONNECTED;
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
 * @param secret removed from everything Teamogy said, should a server echo it
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
	const speaker = trouble.kind === 'network' ? 'n8n' : 'Teamogy';
	const description = [
		quoted && `${speaker} says: ${quoted}.`,
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
		advice.message.replace('{what}', () => what),
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
