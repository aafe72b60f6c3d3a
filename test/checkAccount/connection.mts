import type { Account, NoReply } from './client.mts';
import { describeStatus, type Inspection } from './inspection.mts';

/** Nothing could be found out. The message says why and what to do. */
export class NotChecked extends Error {}

/** Views that nearly every user may see. A wrong unit or a refused access shows in all of them. */
const FIRST_VIEWS = ['companies', 'jobs', 'users'];

/**
 * Stops the check before its many requests where none of them could succeed.
 *
 * @throws NotChecked, NoReply, TooBusy
 */
export async function connect(inspection: Inspection): Promise<void> {
	const statuses: number[] = [];
	for (const view of FIRST_VIEWS) {
		const { status, isPage } = await inspection.readView(view, 'limit=1&offset=0');
		if (isPage) return;
		// What is said of the key does not depend on the view.
		if (status === 401) throw new NotChecked(explainRejection(401));
		statuses.push(status);
	}
	const status = statuses.includes(403) ? 403 : statuses[0];
	throw new NotChecked(
		`No view could be read: ${describeStatus(status)}. ${explainRejection(status)}`,
	);
}

/** What a status means before anything is known, and what to do. The meaning of 401, 403 and 404 is INFERRED. */
function explainRejection(status: number): string {
	if (status === 401) {
		return 'Teamogy did not accept the API key (401). Check the API key, and that its user is active.';
	}
	if (status === 403) {
		return (
			'Teamogy refused access. Allow the public IP address of this machine both for the API key and in the account’s API whitelist, ' +
			'give the user of the API key the right to see companies, and check the domain and the business unit ID.'
		);
	}
	if (status === 404) return 'Check the business unit ID and the domain.';
	if (status < 300) return 'What answered is probably not Teamogy: check the domain.';
	if (status < 400) return 'The host sends requests elsewhere: check the domain.';
	return 'Check the domain and the business unit ID, or try again later.';
}

/** Says why no response came, by the error code, and what to do. */
export function explainNoReply({ message, code }: NoReply, { origin }: Account): string {
	return `${message}. ${adviseOnNoReply(code, origin)}`;
}

function adviseOnNoReply(code: string, origin: string): string {
	if (/CERT|SELF_SIGNED|ALTNAME/.test(code)) {
		return 'The certificate of the host is not trusted: set NODE_EXTRA_CA_CERTS to a file with a certificate that is.';
	}
	// Plain http is accepted for this machine alone, and a domain without a scheme is https.
	if (/SSL|EPROTO/.test(code) && /^https:\/\/(localhost|127\.|\[::1\])/.test(origin)) {
		return 'The host does not answer by https: put http:// in front of the domain, if it is the sandbox.';
	}
	return 'Check the domain, and that this machine reaches it.';
}

/** What to do when something else uses up the limit of the account. */
export function adviseOnLimit(requestsPerMinute: number): string {
	const pause = 'pause workflows that use the account';
	return requestsPerMinute > 30 ? `${pause}, or use --per-minute 30` : pause;
}
