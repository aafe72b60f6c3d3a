import type { IHttpRequestOptions } from 'n8n-workflow';
import { createCredentialNode } from './credentialNode.mts';
import { type CredentialData, credentialsOf, type Harness } from './harness.mts';

export interface RequestCall {
	credentialType: string;
	/** As the node gives them: `url` and `baseURL` for the helper of today, `uri` too for the one before it. */
	options: object;
	/** The HTTP Request node up to version 4 calls `requestWithAuthentication`. */
	legacy?: boolean;
	/** Credential data by type, over the engine's own. */
	credentials?: CredentialData;
}

/** Sends a request with a credential as n8n's HTTP Request node and its custom API calls do. */
export async function request(harness: Harness, call: RequestCall): Promise<unknown> {
	const { credentialType: name, options } = call;
	const { context } = createCredentialNode(harness, {
		credentialType: name,
		credentials: credentialsOf(harness, call.credentials),
		mode: 'manual',
		parameters: { nodeCredentialType: name },
	});
	const { requestWithAuthentication, httpRequestWithAuthentication } = context.helpers;
	return call.legacy
		? await requestWithAuthentication.call(context, name, options as never)
		: await httpRequestWithAuthentication.call(context, name, options as IHttpRequestOptions);
}
