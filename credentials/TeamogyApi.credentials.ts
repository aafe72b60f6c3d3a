import type {
	IAuthenticate,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { API_KEY_PAGE } from '../nodes/api/common/apiKeyPage';
import { InvalidInput } from '../nodes/api/common/invalidInput';
import { buildUnitPath } from '../nodes/api/transport/url';
import { readAccount } from '../nodes/n8n/credential';
import { resolveOwnAddress, type RequestAddress } from '../nodes/n8n/ownAddress';

/**
 * One row of a view: the cheapest request that needs a valid key. The view `units` is a year younger than the
 * others (CLIENT), so a server or a key may lack it.
 */
const TEST_PATH = 'views/companies?limit=1';
/** Milliseconds. A firewall may drop the request without an answer, and n8n's own time-out is five minutes. */
const TEST_TIMEOUT = 20_000;

const NOT_TEAMOGY =
	'Something answered at this Domain, but it was not Teamogy. Enter the host that stands in the address bar of Teamogy, e.g. yourcompany.teamogy.com.';

const buildStatusRule = (value: number, message: string) => ({
	type: 'responseCode' as const,
	properties: { value, message },
});

/**
 * What gateways, proxies and firewalls answer with, 520 and above Cloudflare's. Without a rule n8n shows the server's
 * reason phrase.
 */
const OTHER_STATUSES = [
	...[301, 302, 303, 307, 308],
	...[400, 405, 406, 408, 409, 410, 415, 421, 422, 451],
	...[500, 501, 502, 503, 504],
	...[520, 521, 522, 523, 524, 525, 526, 530],
];

const describeStatus = (status: number): string =>
	status < 400
		? NOT_TEAMOGY
		: `Teamogy answered with status ${status}, so the key could not be tried. Check the Domain and the Business Unit ID, or test again in a few minutes.`;

/** The options of both of n8n's request helpers. */
const NO_REDIRECTS = {
	disableFollowRedirect: true,
	followRedirect: false,
	followAllRedirects: false,
	maxRedirects: 0,
};

/**
 * @throws InvalidInput where a proxy named in the request could read the key: without https, or with
 * certificates that are not checked or checked by other rules
 */
function assertSafeProxy(url: string, request: object): void {
	// The options of both helpers, which the HTTP Request node sets.
	const { proxy, skipSslCertificateValidation, rejectUnauthorized, agentOptions } =
		request as Record<string, unknown>;
	const isChecked =
		url.startsWith('https:') &&
		!skipSslCertificateValidation &&
		rejectUnauthorized !== false &&
		!agentOptions;
	if (!proxy || isChecked) return;
	throw new InvalidInput(
		'The API key was not sent: the proxy of this request could read it',
		'Remove the proxy, or leave certificates to be checked as usual: no "Ignore SSL Issues", no SSL certificates of your own.',
	);
}

export class TeamogyApi implements ICredentialType {
	name = 'teamogyApi';

	displayName = 'Teamogy API';

	icon: Icon = {
		light: 'file:../nodes/icons/teamogy.svg',
		dark: 'file:../nodes/icons/teamogy.dark.svg',
	};

	documentationUrl = 'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy#credentials';

	properties: INodeProperties[] = [
		{
			displayName: `Log in to Teamogy as the user the key is for, best a Programmatic user in the group Configurator. Go to ${API_KEY_PAGE}, enable the API and generate the key. The key has the rights of that user, and works until the user or the key is disabled.`,
			name: 'notice',
			type: 'notice',
			default: '',
		},
		{
			displayName: 'Domain',
			name: 'domain',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. yourcompany.teamogy.com',
			description: 'The host name in the address bar when you use Teamogy',
			hint: 'If the connection test shows a code such as ENOTFOUND or ECONNREFUSED, n8n cannot reach this host',
		},
		{
			displayName: 'Business Unit ID',
			name: 'unitId',
			type: 'number',
			typeOptions: { minValue: 0 },
			default: 1,
			required: true,
			description: 'The number of the business unit to work in',
			hint: 'Probably the number before /pages in the address of Teamogy, e.g. 1 in yourcompany.teamogy.com/…/1/pages',
		},
		{
			displayName: 'API Key',
			name: 'apiKey',
			type: 'string',
			typeOptions: { password: true },
			default: '',
			required: true,
			description:
				'The key as Teamogy shows it when it is generated. A leading "Bearer" is removed.',
			hint: "Allow the public IP address of this n8n instance both for the key and in the account's API whitelist",
		},
		{
			displayName: 'Requests per Minute',
			name: 'requestsPerMinute',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 60,
			description:
				'Max requests a minute from each process of this n8n. Lower it if other systems use the account.',
		},
	];

	/**
	 * Adds the key, if the request goes to the origin of the account. The HTTP Request node and custom API calls
	 * use this too: the user enters their address. So the request is sent to the address that was checked, and
	 * redirects are not followed, since n8n would send the key to other hosts.
	 *
	 * The test request gets the address of the account here, and its time-out, since n8n overrides one in `test`.
	 */
	authenticate: IAuthenticate = async (credentials, request) => {
		const { origin, apiKey, unitId } = readAccount(credentials);
		const isTest = request.url === TEST_PATH;
		const address: RequestAddress = isTest
			? { url: `${origin}${buildUnitPath(unitId, TEST_PATH)}` }
			: request;
		const url = resolveOwnAddress(origin, { ...address, headers: request.headers });
		assertSafeProxy(url, request);
		return {
			...request,
			...{ url, uri: undefined, baseURL: undefined },
			...NO_REDIRECTS,
			...(isTest && { timeout: TEST_TIMEOUT }),
			headers: { ...request.headers, Authorization: `Bearer ${apiKey}` },
		};
	};

	test: ICredentialTestRequest = {
		request: {
			url: TEST_PATH,
			disableFollowRedirect: true,
			// With every request of the vendor's client, GET too (CLIENT).
			headers: { Accept: 'application/json', 'Content-Type': 'application/json' },
		},
		rules: [
			buildStatusRule(
				401,
				`Teamogy did not accept the API key. It may be incomplete or disabled, or its user is no longer active. Log in as that user and check it under ${API_KEY_PAGE}.`,
			),
			buildStatusRule(
				403,
				"Access was refused. If Teamogy refused it, check that the address of this n8n instance is in the key's list of allowed addresses and in the account's API whitelist, that the key may call views/companies, and that its user may see companies. Gateways answer the same for an address they do not know: check the Domain and the Business Unit ID. A firewall or web filter of the network may do so too.",
			),
			buildStatusRule(404, 'Nothing was found at this Domain and Business Unit ID. Check both.'),
			buildStatusRule(
				407,
				'The proxy between n8n and Teamogy wants a user name and a password. Set them in HTTPS_PROXY in the environment of this n8n instance.',
			),
			buildStatusRule(
				429,
				'The account receives more requests than it allows, so the key could not be tried. Test again in a minute.',
			),
			...OTHER_STATUSES.map((status) => buildStatusRule(status, describeStatus(status))),
			{
				type: 'responseSuccessBody',
				properties: { key: 'metadata.limit', value: undefined, message: NOT_TEAMOGY },
			},
		] as ICredentialTestRequest['rules'], // n8n takes both kinds at once, its type only one
	};
}
