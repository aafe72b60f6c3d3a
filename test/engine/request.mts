import type { IHttpRequestOptions, INode } from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { emptyRunData } from './execution.mts';
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
	const { core, workflow: n8nWorkflow } = harness.n8n;
	const name = call.credentialType;
	const node: INode = {
		id: 'request',
		name: 'HTTP Request',
		type: 'n8n-nodes-base.noOp',
		typeVersion: 1,
		position: [0, 0],
		parameters: { nodeCredentialType: name },
		credentials: { [name]: { id: name, name } },
	};
	const nodeTypes = {
		getByName: () => harness.nodeTypes.getByNameAndVersion(node.type),
		getByNameAndVersion: () => ({
			description: {
				...harness.nodeTypes.getByNameAndVersion(node.type).description,
				credentials: [{ name }],
			},
		}),
		getKnownTypes: () => ({}),
	} as never;
	const workflow = new n8nWorkflow.Workflow({
		id: 'workflow',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes,
	});
	const credentials = credentialsOf(harness, call.credentials);
	const context = new core.ExecuteContext(
		workflow,
		node,
		createAdditionalData(harness, { credentials }),
		'manual',
		emptyRunData(harness),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	return call.legacy
		? await context.helpers.requestWithAuthentication.call(context, name, call.options as never)
		: await context.helpers.httpRequestWithAuthentication.call(
				context,
				name,
				call.options as IHttpRequestOptions,
			);
}
