import type {
	IAuthenticate,
	Icon,
	ICredentialTestRequest,
	ICredentialType,
	INodeProperties,
} from 'n8n-workflow';

import { accountOf } from '../nodes/api/account';
import { unitPath } from '../nodes/api/address';

/** A read-only view of one row: the cheapest request that needs a valid key. */
const TEST_PATH = 'views/units?limit=1';
/** Milliseconds. A firewall that lets nobody through does not answer, and n8n by itself waits five minutes. */
const TEST_TIMEOUT = 20_000;

const NOT_TEAMOGY =
	'Something answered at this Domain, but it was not Teamogy. Enter the host that stands in the address bar of Teamogy, e.g. yourcompany.teamogy.com.';

const whenStatus = (value: number, message: string) => ({
	type: 'responseCode' as const,
	properties: { value, message },
});

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
			displayName:
				'The API key gives secure communication between Teamogy and n8n. Log in to Teamogy as the user the key is for, best a dedicated Programmatic user in the group Configurator, so that nothing stops when a colleague leaves. Go to Configuration → System Configuration → Integrations → Public API, enable the API and generate the key. It has the rights of that user and is valid while the user is active and the key is not disabled by hand.',
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
				"How many requests this n8n instance may send to the account in a minute. 60 is what Teamogy's own client uses; raise it if your account allows more, lower it if other systems share the allowance.",
		},
	];

	/**
	 * Adds the key, and to what comes without an address (the test request) that of the account and a
	 * time-out, which n8n overrules in the test request itself.
	 */
	authenticate: IAuthenticate = async (credentials, request) => {
		const { origin, apiKey, unitId } = accountOf(credentials);
		return {
			...request,
			...(request.url === TEST_PATH && {
				url: `${origin}${unitPath(unitId, TEST_PATH)}`,
				timeout: TEST_TIMEOUT,
			}),
			headers: { ...request.headers, Authorization: `Bearer ${apiKey}` },
		};
	};

	test: ICredentialTestRequest = {
		request: { url: TEST_PATH, disableFollowRedirect: true },
		rules: [
			whenStatus(
				401,
				'Teamogy did not accept the API key. It may be incomplete or disabled, or its user is no longer active. Log in as that user and check it under Configuration → System Configuration → Integrations → Public API.',
			),
			whenStatus(
				403,
				"Teamogy refused access. Check that the address of this n8n instance is in the key's list of allowed addresses and in the account's API whitelist, that the key may call views/units, and that its user may see business units.",
			),
			whenStatus(404, 'Teamogy was not found there. Check the Domain and the Business Unit ID.'),
			whenStatus(
				429,
				'The account receives more requests than it allows, so the key could not be tried. Test again in a minute.',
			),
			...[400, 405, 408, 410, 500, 502, 503, 504].map((status) =>
				whenStatus(
					status,
					`Teamogy answered with status ${status}, so the key could not be tried. Check the Domain and the Business Unit ID, or test again in a few minutes.`,
				),
			),
			...[301, 302, 303, 307, 308].map((status) => whenStatus(status, NOT_TEAMOGY)),
			{
				type: 'responseSuccessBody',
				properties: { key: 'metadata.limit', value: undefined, message: NOT_TEAMOGY },
			},
		] as ICredentialTestRequest['rules'], // n8n takes both kinds at once, its type only one
	};
}
