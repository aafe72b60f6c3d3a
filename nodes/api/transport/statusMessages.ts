import { API_KEY_PAGE } from '../common/apiKeyPage';
import type { ErrorText } from './errorMessages';
import type { RequestKind } from './errors';

const DOMAIN_EXAMPLE = 'as it stands in the address bar of Teamogy, e.g. yourcompany.teamogy.com';

const UNAVAILABLE: ErrorText = {
	message: 'Teamogy could not answer the request for {subject}',
	hint: 'It is probably a passing condition on the server. Try again in a few minutes.',
	cause: 'temporarily-unavailable',
};

const NOT_ACCEPTED: ErrorText = {
	message: 'Teamogy did not accept the request for {subject}',
	hint: 'Check what was sent and the credential.',
};

/** What to check where Teamogy does not accept a request, by its kind. */
const WHAT_TO_CHECK: Record<RequestKind, string> = {
	list: 'the filters, the column names and the properties',
	get: 'the ID or registration number',
	create: 'the fields and values that were sent',
	update: 'the fields and values that were sent',
	customGet: 'the path and the query parameters',
	customPatch: 'the path, the query parameters and the body',
	custom: 'the path, the query parameters and the body',
};

const REQUEST_KINDS = Object.keys(WHAT_TO_CHECK) as RequestKind[];
const CUSTOM_KINDS: readonly RequestKind[] = ['customGet', 'customPatch', 'custom'];

/** One entry of `STATUS_TEXTS` for each of the kinds. */
const forKinds = (
	status: number,
	kinds: readonly RequestKind[],
	toText: (requestKind: RequestKind) => ErrorText,
): Partial<Record<string, ErrorText>> =>
	Object.fromEntries(kinds.map((kind) => [`${status} ${kind}`, toText(kind)]));

const toCheckHint = (requestKind: RequestKind): string => {
	const check = `Check ${WHAT_TO_CHECK[requestKind]}.`;
	return requestKind === 'create' || requestKind === 'update'
		? `${check} Types, statuses and categories must exist in the configuration of your Teamogy account.`
		: check;
};

/** Gateways also answer 431 for it: Amazon's, at 10,240 bytes of address and headers (DOC). */
const ADDRESS_TOO_LONG: ErrorText = {
	message: 'The address of the request for {subject} is longer than the server takes',
	hint: 'Enter fewer or shorter values in filters, columns and query parameters. To find records by many values use the operation Look Up, which splits them into several requests.',
};

const NOT_OFFERED = 'Teamogy does not offer this for {subject}';

const TOO_LARGE_RESPONSE = 'The response for {subject} is larger than the 10 MB Teamogy delivers';

/** The texts by status, or by status and kind of request. */
export const STATUS_TEXTS: Partial<Record<string, ErrorText>> = {
	...forKinds(400, REQUEST_KINDS, (requestKind) => ({
		message: NOT_ACCEPTED.message,
		hint: toCheckHint(requestKind),
	})),
	401: {
		message: 'Teamogy did not accept the API key',
		hint: `The key may be incomplete or disabled, or the user it belongs to is no longer active. Log in to Teamogy as that user, check the key under ${API_KEY_PAGE} in Teamogy, and enter it in the credential again.`,
		cause: 'credential-invalid',
	},
	403: {
		message: 'Teamogy refused access to {subject}',
		hint: "Check three things: the address of this n8n instance is in the API key's list of allowed addresses and in the account's API whitelist, the key is not limited to other API addresses, and the user of the key has the right to see or change this.",
	},
	'403 web page': {
		message: 'Access to {subject} was refused with a web page',
		hint: "Teamogy answers in JSON, so it was probably a firewall, proxy or web filter between n8n and Teamogy. Ask who runs the network to let n8n reach the domain in the credential. If the page is Teamogy's, check that the address of this n8n instance is in the API key's list of allowed addresses and in the account's API whitelist.",
	},
	'403 unknown address': {
		message: 'The gateway in front of Teamogy does not know the address of {subject}',
		hint: "Check the path or the name of the view, 'Business Unit ID' and 'Domain' in the credential.",
	},
	'404 list': {
		message: 'Teamogy does not know {subject}',
		hint: "Check the name of the view, 'Business Unit ID' and 'Domain' in the credential.",
	},
	'404 create': {
		message: 'Teamogy does not know where to save {subject}',
		hint: "Check 'Business Unit ID' and 'Domain' in the credential.",
	},
	404: {
		message: 'Teamogy did not find {subject}',
		hint: "Check the ID, registration number or path, 'Business Unit ID' and 'Domain' in the credential. A record the user of the API key may not see is not found either.",
	},
	405: {
		message: NOT_OFFERED,
		hint: 'Choose another operation.',
	},
	...forKinds(405, CUSTOM_KINDS, () => ({
		message: NOT_OFFERED,
		hint: 'Choose another operation or method.',
	})),
	407: {
		message: 'The proxy between n8n and Teamogy wants a user name and a password',
		hint: 'Set them in the address of the proxy, HTTPS_PROXY in the environment of this n8n instance, e.g. http://user:password@proxy.example:3128. Teamogy has not seen the request.',
	},
	408: UNAVAILABLE,
	...forKinds(409, ['list', 'get', 'customGet'], (requestKind) => ({
		message: NOT_ACCEPTED.message,
		hint: `Try again. If it comes back, check ${WHAT_TO_CHECK[requestKind]}.`,
	})),
	'409 create': {
		message: 'Teamogy could not save {subject} because it conflicts with a record that is there',
		hint: 'Check whether there is a record like it already and update that one, or change the values that have to be unique.',
	},
	409: {
		message: 'The request for {subject} conflicts with a record in Teamogy',
		hint: 'Read the record again, then repeat the change.',
		cause: null,
	},
	// Pages are halved before, so it is a single record.
	'413 list': {
		message: 'A single record of {subject} is larger than the 10 MB Teamogy delivers',
		hint: 'Choose fewer columns or properties.',
	},
	'413 get': {
		message: TOO_LARGE_RESPONSE,
		hint: 'The record is too large to read with Get. Use Get Many with a filter on its ID and choose columns.',
	},
	'413 customGet': {
		message: TOO_LARGE_RESPONSE,
		hint: 'Ask for less in one request, e.g. with fewer columns or a lower limit.',
	},
	413: {
		message: 'The data for {subject} is larger than Teamogy takes',
		hint: 'Send less in one request.',
	},
	414: ADDRESS_TOO_LONG,
	415: {
		message: NOT_ACCEPTED.message,
		hint: 'Teamogy did not accept the format of the data. Report this with the message above.',
	},
	...forKinds(422, REQUEST_KINDS, (requestKind) => ({
		message: 'Teamogy did not accept the values sent for {subject}',
		hint: toCheckHint(requestKind),
	})),
	431: ADDRESS_TOO_LONG,
	500: {
		...UNAVAILABLE,
		hint: 'Try again in a few minutes. If it comes back with the same data, a value in it may be what Teamogy cannot handle.',
	},
	'3xx': {
		message: 'The domain redirected the request for {subject} to another address',
		hint: `'Domain' in the credential is probably not the one your Teamogy account answers at. Enter it ${DOMAIN_EXAMPLE}.`,
		hintIfMaybeSaved: `{ifNot}, correct 'Domain' in the credential: enter it ${DOMAIN_EXAMPLE}.`,
	},
	'4xx': NOT_ACCEPTED,
	'5xx': UNAVAILABLE,
};
