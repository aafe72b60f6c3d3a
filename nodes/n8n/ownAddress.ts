import { InvalidInput } from '../api/common/invalidInput';
import { buildUnitPath } from '../api/transport/url';

/** The address of a request as n8n's request helpers take it; `uri` is an older name of `url`. */
export type RequestAddress = Partial<Record<'url' | 'uri' | 'baseURL', unknown>> & {
	headers?: object;
};

/**
 * Builds the full address of a request of n8n's helpers as their HTTP client (axios) does. The API key goes only
 * to the origin of its account.
 *
 * @param origin of the account: scheme, host and port
 * @throws InvalidInput when the address is at another origin
 */
export function resolveOwnAddress(
	origin: string,
	{ url, uri, baseURL, headers }: RequestAddress,
): string {
	const fail = (why: string): never => {
		throw new InvalidInput(
			`The API key was not sent: the address of the request ${why}`,
			`The key of this credential is only sent to ${origin}. Enter an address there, e.g. ${origin}${buildUnitPath(1, 'views/jobs')}. For another host choose another credential.`,
		);
	};
	const target = String(url ?? uri ?? '');
	const base = String(baseURL ?? '');
	const isFull = /^([a-z][a-z\d+.-]*:)?\/\//i.test(target);
	const joined = `${base.replace(/\/?\/$/, '')}/${target.replace(/^\/+/, '')}`;
	const text = isFull || !base ? target : target ? joined : base;
	const address = URL.canParse(text) ? new URL(text) : undefined;
	if (!address || !/^https?:$/.test(address.protocol))
		return fail('is not a full one, which begins with "https://"');
	const { protocol, hostname, port, username, password } = address;
	const accountUrl = new URL(origin);
	if (username || password) fail('has a user name or password before its host');
	if (hostname !== accountUrl.hostname)
		fail('is at another host than the Domain of the credential');
	if (protocol !== accountUrl.protocol)
		fail(`begins with "${protocol}//", not "${accountUrl.protocol}//"`);
	if (port !== accountUrl.port) fail('is at another port than the Domain of the credential');
	const hosts = Object.entries(headers ?? {}).filter(([name]) => /^host$/i.test(name));
	if (hosts.some(([, host]) => host !== undefined && host !== accountUrl.host))
		fail('has a Host header of another host');
	return address.href;
}
