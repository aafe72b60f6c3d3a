import { createHash, timingSafeEqual } from 'node:crypto';

import { InvalidInput } from '../../api/common/invalidInput';
import { quoteField } from '../../n8n/credential';

export const PUSH_CREDENTIAL = 'teamogyPushApi';

/** The header and the secret that a push must carry. */
export interface PushSecret {
	/** In lower case, as Node.js names headers. */
	header: string;
	secret: string;
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

/**
 * Reads and checks the header and the secret of a credential.
 *
 * @throws InvalidInput when no request can carry them
 */
export function readPushSecret(fields: { headerName?: unknown; secret?: unknown }): PushSecret {
	const header = String(fields.headerName ?? '').trim();
	if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(header)) {
		throw new InvalidInput(
			header
				? `'Header Name' in the Teamogy Push API credential${quoteField(header, /^/)} is not the name of a header`
				: "'Header Name' in the Teamogy Push API credential is empty",
			'Enter a name of letters, digits and hyphens, e.g. X-Api-Key.',
		);
	}
	const secret = String(fields.secret ?? '').trim();
	if (!secret) {
		throw new InvalidInput(
			"'Secret' in the Teamogy Push API credential is empty",
			'Enter a long random text, and save the same text in Teamogy as a secret.',
		);
	}
	if (!/^[\x20-\x7e]+$/.test(secret)) {
		throw new InvalidInput(
			"'Secret' in the Teamogy Push API credential has line breaks or special characters within it",
			'Use letters, digits and punctuation only: other characters do not travel safely in a header.',
		);
	}
	return { header: header.toLowerCase(), secret };
}

/** Whether headers carry the secret. The time of the comparison does not depend on the headers. */
export function hasValidSecret(
	headers: Record<string, unknown>,
	{ header, secret }: PushSecret,
): boolean {
	const sent = headers[header];
	return timingSafeEqual(sha256(typeof sent === 'string' ? sent.trim() : ''), sha256(secret));
}
