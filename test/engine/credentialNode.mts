import type { INode, INodeType, INodeTypes, WorkflowExecuteMode } from 'n8n-workflow';
import { createAdditionalData } from './additionalData.mts';
import { emptyRunData } from './execution.mts';
import type { CredentialData, Harness } from './harness.mts';

const NODE_TYPE = 'n8n-nodes-base.noOp';

interface CredentialNodeOptions {
	/** The type of the credential. */
	credentialType: string;
	credentials: CredentialData;
	mode: WorkflowExecuteMode;
	parameters?: INode['parameters'];
	/** The parameters that the type of the node describes. */
	properties?: object[];
}

/** A node that has a credential and does nothing, with the context that n8n gives it to send requests. */
export function createCredentialNode(harness: Harness, options: CredentialNodeOptions) {
	const { credentialType: name, credentials, mode, parameters = {}, properties } = options;
	const { core, workflow: n8nWorkflow } = harness.n8n;
	const node: INode = {
		id: 'credential-node',
		name: 'Credential Node',
		type: NODE_TYPE,
		typeVersion: 1,
		position: [0, 0],
		parameters,
		credentials: { [name]: { id: name, name } },
	};
	const nodeType = {
		description: {
			...harness.nodeTypes.getByNameAndVersion(NODE_TYPE).description,
			credentials: [{ name, required: true }],
			...(properties && { properties }),
		},
	} as INodeType;
	const nodeTypes: INodeTypes = {
		getByName: () => nodeType,
		getByNameAndVersion: () => nodeType,
		getKnownTypes: () => ({}),
	};
	const workflow = new n8nWorkflow.Workflow({
		id: 'workflow',
		nodes: [node],
		connections: {},
		active: false,
		nodeTypes,
	});
	const additionalData = createAdditionalData(harness, { credentials, mode });
	const context = new core.ExecuteContext(
		workflow,
		node,
		additionalData,
		mode,
		emptyRunData(harness),
		0,
		[],
		{ main: [[{ json: {} }]] },
		{ node, data: {}, source: null },
		[],
	);
	return { nodeType, additionalData, context };
}
