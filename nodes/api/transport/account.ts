import { InvalidInput } from './errors';
import { redact } from './redaction';

/** Where requests go and by which right, checked and tidied. */
export interface Account {
	/** Scheme and host, e.g. `https://yourcompany.teamogy.com`. */
	origin: string;
	unitId: number;
	apiKey: string;
	requestsPerMinute: number;
}

/** The fields of the `teamogyApi` credential as people fill them in. */
interface AccountFields {
	domain?: unknown;
	unitId?: unknown;
	apiKey?: unknown;
	requestsPerMinute?: unknown;
}

const EXAMPLE =
	'Enter it as it stands in the address bar of Teamogy, e.g. yourcompany.teamogy.com.';
/** Of a host name, and 63 of each part of it (DNS). */
const MAX_HOST_LENGTH = 253;
/** The form of Teamogy's keys (CLIENT), which might pass for a host as it has dots. */
const API_KEY_PATTERN = /(?:^|[^\w-])eyJ[\w-]+\.eyJ/;
/** A field's content is repeated in messages up to this length: what is longer may hold a good part of a key. */
const MAX_REPEATED = 11;
/** The start of an address of Teamogy as the browser shows it, up to the business unit (INFERRED). */
const PASTED_ADDRESS = /^(?:https?:\/\/)?[^/?#]+\/[0-9a-f]{16}\/(\d{1,6})\/pages\b/i;
const LOOPBACK_HOST = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

const keyAsDomain = (): InvalidInput =>
	new InvalidInput(
		'The Domain of the Teamogy API credential looks like an API key',
		`The key belongs in API Key. ${EXAMPLE}`,
	);

/** What a field holds, to stand in a message after the field's name, where it looks like what it should be. */
const repeat = (given: unknown, form: RegExp): string => {
	const text = String(given);
	return text.length <= MAX_REPEATED && form.test(text) ? `, "${text}",` : '';
};

/**
 * The origin of an account from what people type or paste: scheme, path, spaces and a trailing
 * slash are dropped. HTTPS always, but for a loopback host given with `http://` (the sandbox).
 * Hosts outside teamogy.com exist (CLIENT), so any host is taken.
 *
 * @throws InvalidInput when it is no host, or plain http to anything but this machine
 */
export function parseOrigin(domain: unknown): string {
	const text = typeof domain === 'string' ? domain.trim() : '';
	if (!text) throw new InvalidInput('The Domain of the Teamogy API credential is empty', EXAMPLE);
	const [, scheme = '', host] = /^(?:([a-z][a-z0-9+.-]*):\/\/)?([^/?#]*)/i.exec(text) as string[];
	const plain = scheme.toLowerCase() === 'http';
	if (scheme && !plain && scheme.toLowerCase() !== 'https') {
		throw new InvalidInput(
			`The Domain of the Teamogy API credential starts with ${scheme.length <= MAX_REPEATED ? `"${scheme}://"` : 'an unknown scheme'}`,
			`Only https is supported. ${EXAMPLE}`,
		);
	}
	let url: URL | undefined;
	if (/^[^\s@\\%"'<>]+$/u.test(host)) {
		try {
			url = new URL(`${plain ? 'http' : 'https'}://${host}`);
		} catch {
			url = undefined;
		}
	}
	const labels = url?.hostname.split('.') ?? [];
	const loopback = url !== undefined && LOOPBACK_HOST.test(url.hostname);
	const isHost =
		loopback ||
		(labels.length > 1 &&
			host.length <= MAX_HOST_LENGTH &&
			labels.every((label) => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(label)));
	if (API_KEY_PATTERN.test(text)) throw keyAsDomain();
	if (!url || !isHost) {
		throw new InvalidInput(
			`The Domain of the Teamogy API credential${repeat(text, /^[\p{L}\d.-]+$/u)} is not a host name`,
			EXAMPLE,
		);
	}
	if (plain && !loopback) {
		throw new InvalidInput(
			'The Domain of the Teamogy API credential starts with "http://"',
			'Remove "http://": the API key is only ever sent over https.',
		);
	}
	return url.origin;
}

/**
 * The API key without the white space and the `Bearer ` people paste along.
 *
 * @throws InvalidInput when nothing is left, or what no HTTP header may carry
 */
export function parseApiKey(apiKey: unknown): string {
	const key =
		typeof apiKey === 'string'
			? apiKey
					.trim()
					.replace(/^Bearer(\s+|$)/i, '')
					.trim()
			: '';
	if (!key) {
		throw new InvalidInput(
			'The API Key of the Teamogy API credential is empty',
			'Generate it in Teamogy: Configuration → System Configuration → Integrations → Public API, logged in as the user the key is for.',
		);
	}
	if (!/^[\x21-\x7e]+$/.test(key)) {
		throw new InvalidInput(
			'The API Key of the Teamogy API credential has white space or special characters within it',
			'Copy the key again, as a whole and without line breaks.',
		);
	}
	return key;
}

/**
 * The number of a business unit. Teamogy's own client allows 0 to 100 (CLIENT); the upper end is not
 * documented, so it is left open.
 *
 * @throws InvalidInput when it is no whole number from 0 up
 */
export function parseUnitId(unitId: unknown): number {
	const unit = typeof unitId === 'string' && unitId.trim() ? Number(unitId) : unitId;
	if (typeof unit !== 'number' || !Number.isSafeInteger(unit) || unit < 0) {
		const shown = String(unitId).length > MAX_REPEATED ? '' : ` "${String(unitId)}"`;
		throw new InvalidInput(
			`The Business Unit ID${shown} is not a whole number`,
			'Enter the number of the business unit, e.g. 1.',
		);
	}
	return unit;
}

/**
 * The account a credential is for.
 *
 * @throws InvalidInput naming the field that is not right
 */
export function readAccount(fields: AccountFields): Account {
	const perMinute = Number(fields.requestsPerMinute ?? 60);
	if (!Number.isInteger(perMinute) || perMinute < 1) {
		throw new InvalidInput(
			`Requests per Minute of the Teamogy API credential${repeat(fields.requestsPerMinute, /^[\d.-]+$/)} is not a whole number above 0`,
			'Enter how many requests a minute this n8n instance may send, e.g. 60.',
		);
	}
	const account = {
		origin: parseOrigin(fields.domain),
		unitId: parseUnitId(fields.unitId ?? 1),
		apiKey: parseApiKey(fields.apiKey),
		requestsPerMinute: perMinute,
	};
	const domain = String(fields.domain).trim();
	if (redact(account.origin, account.apiKey) !== account.origin) throw keyAsDomain();
	const [, pastedUnit] = PASTED_ADDRESS.exec(domain) ?? [];
	if (pastedUnit !== undefined && Number(pastedUnit) !== account.unitId) {
		throw new InvalidInput(
			`The Domain of the Teamogy API credential is an address of business unit ${Number(pastedUnit)}, but Business Unit ID names another`,
			'Enter the unit you want to work in as Business Unit ID, and as Domain the host alone, e.g. yourcompany.teamogy.com.',
		);
	}
	return account;
}
