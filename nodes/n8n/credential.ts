import { API_KEY_PAGE } from '../api/common/apiKeyPage';
import { removeTags, toText } from '../api/common/formatValue';
import { InvalidInput } from '../api/common/invalidInput';
import { parseWholeNumber } from '../api/common/scalars';
import type { Account } from '../api/transport/client';
import { redact } from '../api/transport/redaction';

/** The fields of the `teamogyApi` credential as users enter them. */
type AccountFields = Partial<Record<'domain' | Exclude<keyof Account, 'origin'>, unknown>>;

const DOMAIN = "'Domain' in the Teamogy API credential";
const EXAMPLE =
	'Enter it as it stands in the address bar of Teamogy, e.g. yourcompany.teamogy.com.';
const MAX_HOST_LENGTH = 253;
/** A part of a host name between dots (DNS). */
const HOST_LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;
/** The form of Teamogy's keys (CLIENT). A key has dots, so it could pass for a host. */
const API_KEY_PATTERN = /(?:^|[^\w-])eyJ[\w-]+\.eyJ/;
/** The start of an address of Teamogy as the browser shows it, up to the business unit (INFERRED). */
const PASTED_ADDRESS = /^(?:https?:\/\/)?[^/?#]+\/[0-9a-f]{16}\/(\d{1,6})\/pages\b/i;
/** A message repeats a field up to this length: a longer text may be part of a key. */
const MAX_REPEATED_LENGTH = 11;

const keyAsDomainError = (): InvalidInput =>
	new InvalidInput(`${DOMAIN} looks like an API key`, `The key belongs in 'API Key'. ${EXAMPLE}`);

/** The text of a field for a message, after the field's name; empty if the text does not match `form`, so that a key is not repeated. */
export const quoteField = (content: unknown, form: RegExp): string => {
	const text = toText(content);
	return text.length <= MAX_REPEATED_LENGTH && form.test(text) ? `, "${removeTags(text)}",` : '';
};

const isHostName = (host: string): boolean => {
	const labels = host.split('.');
	const isPublic = labels.length > 1 && labels.every((label) => HOST_LABEL.test(label));
	return LOOPBACK_HOST.test(host) || (isPublic && host.length <= MAX_HOST_LENGTH);
};

/**
 * Parses the origin of an account from what users type or paste. Path and spaces are dropped.
 * HTTPS always, but for a loopback host given with `http://` (the sandbox). Hosts outside teamogy.com
 * exist (CLIENT), so any host is valid.
 *
 * @throws InvalidInput when the domain is not a host, or has `http://` before a host that is not this machine
 */
export function parseOrigin(domain: unknown): string {
	const text = typeof domain === 'string' ? domain.trim() : '';
	if (!text) throw new InvalidInput(`${DOMAIN} is empty`, EXAMPLE);
	if (API_KEY_PATTERN.test(text)) throw keyAsDomainError();
	const [, scheme = 'https', host] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)/i.exec(text)!;
	if (!/^https?$/i.test(scheme)) {
		const named = scheme.length <= MAX_REPEATED_LENGTH ? `"${scheme}://"` : 'an unknown scheme';
		throw new InvalidInput(`${DOMAIN} starts with ${named}`, `Only https is supported. ${EXAMPLE}`);
	}
	const address = `${scheme}://${host}`;
	const isAddress = /^[^\s@\\%"'<>]+$/u.test(host) && URL.canParse(address);
	const url = isAddress ? new URL(address) : undefined;
	if (!url || !isHostName(url.hostname)) {
		const repeated = quoteField(text, /^[\p{L}\d.-]+$/u);
		throw new InvalidInput(`${DOMAIN}${repeated} is not a host name`, EXAMPLE);
	}
	if (url.protocol === 'http:' && !LOOPBACK_HOST.test(url.hostname)) {
		throw new InvalidInput(
			// The test of a credential shows the message alone.
			`${DOMAIN} starts with "http://": enter the host alone, or with "https://"`,
			`The API key is only ever sent over https. ${EXAMPLE}`,
		);
	}
	return url.origin;
}

/**
 * Parses the API key. White space and `Bearer ` around it are dropped.
 *
 * @throws InvalidInput when nothing is left, or an HTTP header cannot contain the rest
 */
export function parseApiKey(apiKey: unknown): string {
	const text = typeof apiKey === 'string' ? apiKey.trim() : '';
	const key = text.replace(/^Bearer(\s+|$)/i, '');
	if (!key) {
		throw new InvalidInput(
			"'API Key' in the Teamogy API credential is empty",
			`Generate it in Teamogy: ${API_KEY_PAGE}, logged in as the user the key is for.`,
		);
	}
	if (!/^[\x21-\x7e]+$/.test(key)) {
		throw new InvalidInput(
			"'API Key' in the Teamogy API credential has white space or special characters within it",
			'Copy the key again, as a whole and without line breaks.',
		);
	}
	return key;
}

/**
 * Parses the number of a business unit. Teamogy's own client allows 0 to 100 (CLIENT); the upper end is not
 * documented, so it is left open.
 *
 * @throws InvalidInput when the value is not a whole number of at least 0
 */
export function parseUnitId(unitId: unknown): number {
	const unit = parseWholeNumber(unitId, 0);
	if (unit === undefined) {
		const text = toText(unitId);
		const repeated = text.length > MAX_REPEATED_LENGTH ? '' : ` "${removeTags(text)}"`;
		throw new InvalidInput(
			`'Business Unit ID'${repeated} is not a whole number of at least 0`,
			'Enter the number of the business unit, e.g. 1.',
		);
	}
	return unit;
}

/**
 * Reads the account of a credential.
 *
 * @throws InvalidInput that names the invalid field
 */
export function readAccount(fields: AccountFields): Account {
	const requestsPerMinute = parseWholeNumber(fields.requestsPerMinute ?? 60, 1);
	if (requestsPerMinute === undefined) {
		throw new InvalidInput(
			`'Requests per Minute' in the Teamogy API credential${quoteField(fields.requestsPerMinute, /^[\d.-]+$/)} is not a whole number of at least 1`,
			'Enter how many requests a minute each process of n8n may send, e.g. 60.',
		);
	}
	const account = {
		origin: parseOrigin(fields.domain),
		unitId: parseUnitId(fields.unitId ?? 1),
		apiKey: parseApiKey(fields.apiKey),
		requestsPerMinute,
	};
	if (redact(account.origin, account.apiKey) !== account.origin) throw keyAsDomainError();
	const [, pastedUnit] = PASTED_ADDRESS.exec(String(fields.domain).trim()) ?? [];
	if (pastedUnit !== undefined && Number(pastedUnit) !== account.unitId) {
		throw new InvalidInput(
			`${DOMAIN} is an address of business unit ${Number(pastedUnit)}, but 'Business Unit ID' names another`,
			"Enter the unit you want to work in as 'Business Unit ID', and as 'Domain' the host alone, e.g. yourcompany.teamogy.com.",
		);
	}
	return account;
}
