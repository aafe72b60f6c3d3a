import { InvalidInput } from '../api/common/invalidInput';
import { isObject } from '../api/common/json';
import { buildUnitPath } from '../api/transport/url';

/** The address of a request as n8n's request helpers take it; `uri` is an older name of `url`. */
export type RequestAddress = Partial<Record<'url' | 'uri' | 'baseURL', unknown>> & {
	headers?: object;
};

/** The full address of a request as n8n's HTTP client (axios) builds it; undefined for one that is not full. */
function resolveAddress({ url, uri, baseURL }: RequestAddress): URL | undefined {
	const target = String(url ?? uri ?? '');
	const base = String(baseURL ?? '');
	const isFull = /^([a-z][a-z\d+.-]*:)?\/\//i.test(target);
	const joined = `${base.replace(/\/?\/$/, '')}/${target.replace(/^\/+/, '')}`;
	const text = isFull || !base ? target : target ? joined : base;
	const address = URL.canParse(text) ? new URL(text) : undefined;
	return address && /^https?:$/.test(address.protocol) ? address : undefined;
}

/**
 * Headers by the names that are sent: n8n's HTTP client trims names, and takes headers out of groups such as `common` and
 * `get`.
 */
const listHeaders = (headers: object): Array<[name: string, value: unknown]> =>
	Object.entries(headers).flatMap(([name, value]) =>
		isObject(value) ? listHeaders(value) : [[name.trim().toLowerCase(), value]],
	);

/** What is wrong with an address, following "the address of the request"; undefined for one at the own origin. */
function findForeignPart(address: URL, own: URL, headers: object): string | undefined {
	const { protocol, hostname, port, username, password } = address;
	if (username || password) return 'has a user name or password before its host';
	if (hostname !== own.hostname) return "is at another host than 'Domain' in the credential";
	if (protocol !== own.protocol) return `begins with "${protocol}//", not "${own.protocol}//"`;
	if (port !== own.port) return "is at another port than 'Domain' in the credential";
	const hosts = listHeaders(headers).filter(([name]) => name === 'host');
	return hosts.some(([, host]) => host !== undefined && host !== own.host)
		? 'has a Host header of another host'
		: undefined;
}

/**
 * Builds the full address of a request of n8n's helpers. The API key goes only to the origin of its account.
 *
 * @param origin of the account: scheme, host and port
 * @throws InvalidInput when the address is at another origin
 */
export function resolveOwnAddress(origin: string, { headers, ...request }: RequestAddress): string {
	const address = resolveAddress(request);
	const problem = address
		? findForeignPart(address, new URL(origin), headers ?? {})
		: 'is not a full one, which begins with "https://"';
	if (address && !problem) return address.href;
	throw new InvalidInput(
		`The API key was not sent: the address of the request ${problem}`,
		`The key of this credential is only sent to ${origin}. Enter an address there, e.g. ${origin}${buildUnitPath(1, 'views/jobs')}. For another host choose another credential.`,
	);
}
