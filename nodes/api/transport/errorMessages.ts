import type { FailureCause, RequestKind } from './errors';

/** What a message says of a failed request. `{subject}` stands for what was requested, `{reason}` for what is wrong. */
export interface ErrorText {
	message: string;
	hint: string;
	/**
	 * The hint after `UncertainWriteText.maybeSaved`, where a write may have been carried out. `{ifNot}` stands for the case that
	 * it was not.
	 */
	hintIfMaybeSaved?: string;
	/** A wrong configuration by default, null for none. */
	cause?: FailureCause | null;
}

/** What a message says of a write that is sent once. */
interface UncertainWriteText {
	/** Teamogy may have carried out the write. */
	maybeSaved: string;
	/** The condition that Teamogy did not. */
	ifNot: string;
	/** Teamogy did not carry out the write. */
	notSaved: string;
}

/** The texts by the kinds of writes that are sent once. An update is not in doubt, since it may simply be repeated. */
export const UNCERTAIN_WRITE_TEXTS: Partial<Record<RequestKind, UncertainWriteText>> = {
	create: {
		maybeSaved:
			'The record may have been saved anyway, so the node did not send it again. Look it up in Teamogy (e.g. with the Look Up operation) before you repeat it.',
		ifNot: 'If it is not there',
		notSaved: 'Nothing was saved by this request.',
	},
	custom: {
		maybeSaved:
			'Teamogy may have carried out the request anyway, so the node did not send it again. Check in Teamogy before you repeat it.',
		ifNot: 'If it was not carried out',
		notSaved: 'Teamogy has not carried out the request.',
	},
};

const UNREADABLE: ErrorText = {
	message: 'The response for {subject} was not the JSON Teamogy sends',
	hint: "Check 'Domain' in the credential. If it is right, the response was cut off on the way: try again.",
	hintIfMaybeSaved: "{ifNot}, check 'Domain' in the credential.",
	cause: 'temporarily-unavailable',
};

const TIMEOUT = 'Teamogy did not answer the request for {subject} in time';

/** The texts of failures other than a status. */
export const FAILURE_TEXTS = {
	unreadable: UNREADABLE,
	webPage: {
		...UNREADABLE,
		hint: "A web page came in its place, so a firewall, proxy or web filter between n8n and Teamogy has probably answered. Check 'Domain' in the credential, and ask who runs the network to let n8n reach it.",
		hintIfMaybeSaved:
			"{ifNot}, check 'Domain' in the credential: a web page came in place of the response, probably from a firewall, proxy or web filter between n8n and Teamogy.",
		cause: 'configuration-invalid',
	},
	paging: {
		message: 'The pages of {subject} do not lead to its end: {reason}',
		hint: 'Reading would repeat records, leave some out or not end, so it stopped. Run the node again. If that does not help, narrow the records down with filters.',
		cause: 'temporarily-unavailable',
	},
	timeout: {
		message: TIMEOUT,
		hint: 'Try again later.',
		cause: 'temporarily-unavailable',
	},
	listTimeout: {
		message: TIMEOUT,
		hint: "Try again later. For a large view choose fewer columns or a smaller 'Page Size' under 'Options'.",
		cause: 'temporarily-unavailable',
	},
	customGetTimeout: {
		message: TIMEOUT,
		hint: 'Try again later. For a large view ask for fewer columns or a lower limit.',
		cause: 'temporarily-unavailable',
	},
	tooManyRequests: {
		message: 'Teamogy is receiving more requests than it allows',
		hint: "Lower 'Requests per Minute' in the credential if other systems share the allowance, or run this workflow at another time.",
		cause: 'rate-limited',
	},
	longUnavailable: {
		message: 'Teamogy was not available for longer than the node waits',
		hint: 'Try again at another time.',
		cause: 'temporarily-unavailable',
	},
	hostNotFound: {
		message: 'The domain of the Teamogy account could not be found',
		hint: "Check 'Domain' in the credential (e.g. yourcompany.teamogy.com) and that this n8n instance reaches the internet.",
		cause: 'temporarily-unavailable',
	},
	notReached: {
		message: 'No connection to Teamogy could be made',
		hint: "Check 'Domain' in the credential and that this n8n instance reaches it through the network and its proxies.",
		cause: 'temporarily-unavailable',
	},
	invalidCertificate: {
		message: 'The security certificate of the Teamogy domain is not valid',
		hint: "Check 'Domain' in the credential. If a proxy of your network replaces certificates, have its certificate added to this n8n instance.",
	},
	notSecure: {
		message: 'No secure connection to Teamogy could be made',
		hint: "Check 'Domain' in the credential, and its port if it has one: Teamogy answers there over https. A firewall or proxy between n8n and Teamogy may also have broken the connection off.",
	},
	disconnected: {
		message: 'The connection to Teamogy was interrupted during the request for {subject}',
		hint: 'Try again. If it happens often, check the network and the proxies between this n8n instance and Teamogy.',
		hintIfMaybeSaved:
			'If it happens often, check the network and the proxies between this n8n instance and Teamogy.',
		cause: 'temporarily-unavailable',
	},
	proxyNotReached: {
		message: 'The proxy between n8n and Teamogy could not be reached',
		hint: 'Check HTTPS_PROXY in the environment of this n8n instance: the address of the proxy, and that it is running and lets n8n connect to the domain in the credential.',
	},
	notSent: {
		message: 'The request for {subject} could not be sent',
		hint: "Check 'Domain' in the credential. If a rule of this n8n instance stopped the request, ask its administrator to allow the domain.",
	},
} satisfies Record<string, ErrorText>;

/** The hints of a run that waited long. `{duration}` and `{perMinute}` stand for the wait and the budget. */
export const LONG_WAIT =
	"The node waited {duration} in all before sending requests: all workflows together send {perMinute} a minute at most, as the credential says. To send fewer requests, choose fewer columns and do not set a small 'Page Size' under 'Options'. If your account allows more, raise 'Requests per Minute' in the credential.";
export const LONG_WAIT_AFTER_THROTTLING =
	"The node waited {duration} in all before sending requests, since Teamogy refused some (429, or 503 with the time to wait). To send fewer requests, choose fewer columns and do not set a small 'Page Size' under 'Options'. If this happens often, lower 'Requests per Minute' in the credential, now {perMinute}.";

/** The hint of a run that read smaller pages than it asked for. `{subject}` is the view, `{rows}` the size. */
export const SMALLER_PAGES =
	"Teamogy could not deliver larger pages of {subject}, so it was read in pages of {rows} rows. Fewer columns, or a smaller 'Page Size' under 'Options', avoid the extra requests.";

/**
 * The hint of a run whose pages were shorter than the way from one to the next. `{subject}` is the view, `{rows}`
 * the difference.
 */
export const MISSING_ROWS =
	"Teamogy returned {rows} records fewer than it counted in {subject}. The user of the key may not see all records. To rule out that records are missing for another reason, compare with a 'Page Size' of 1000 under 'Options'.";
