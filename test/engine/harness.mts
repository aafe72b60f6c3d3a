import type { PackageDirectoryLoader } from 'n8n-core';
import type { ICredentialType, IDataObject, INode, INodeTypes, Workflow } from 'n8n-workflow';
import type { N8n } from './n8n.mts';

/** Credential data by credential type. */
export type CredentialData = Record<string, object>;

/** What every part of the harness works with. */
export interface Harness {
	n8n: N8n;
	loader: PackageDirectoryLoader;
	nodeTypes: INodeTypes;
	/** Full node type name: the package's prefix is added to a bare one. */
	fullName(type: string): string;
	credentialType(name: string): ICredentialType;
	/** Default credential data by type. */
	credentials: CredentialData;
}

/** Options that every call on one node shares. */
export interface NodeCall {
	/** Node type: bare (`teamogy`) or full (`n8n-nodes-base.set`). */
	type: string;
	parameters: object;
	/** Credential data by type, over the engine's own; `false`: none assigned. */
	credentials?: CredentialData | false;
	/** Node type version; default: the newest. */
	version?: number;
	/** Node name; default: the type's own default. */
	name?: string;
}

/** The credential data that a call works with. */
export function credentialsOf(
	harness: Harness,
	given: CredentialData | false | undefined,
): CredentialData {
	return given === false ? {} : { ...harness.credentials, ...given };
}

/** The node of a call, with the credentials assigned that its type knows and the call has. */
export function createNode(harness: Harness, call: NodeCall): INode {
	const type = harness.fullName(call.type);
	const { description } = harness.nodeTypes.getByNameAndVersion(type, call.version);
	const newest = [description.version].flat().at(-1) ?? 1;
	const node: INode = {
		id: 'node-under-test',
		name: call.name ?? String(description.defaults.name ?? description.displayName),
		type,
		typeVersion: call.version ?? newest,
		position: [240, 0],
		parameters: structuredClone(call.parameters) as INode['parameters'],
	};
	if (description.webhooks) node.webhookId = 'engine-test';
	assignCredentials(harness, node, credentialsOf(harness, call.credentials));
	return node;
}

/** A workflow of one node, which changes the given static data itself. */
export function createSingleNodeWorkflow(
	harness: Harness,
	node: INode,
	staticData?: object,
): Workflow {
	return new harness.n8n.workflow.Workflow({
		id: 'workflow',
		name: 'Engine test',
		nodes: [node],
		connections: {},
		active: true,
		nodeTypes: harness.nodeTypes,
		staticData: staticData as IDataObject,
		settings: { executionOrder: 'v1' },
	});
}

/** Assigns to a node each credential that its type declares and `data` holds, and no other. */
export function assignCredentials(harness: Harness, node: INode, data: CredentialData): void {
	const { description } = harness.nodeTypes.getByNameAndVersion(node.type, node.typeVersion);
	const names = (description.credentials ?? [])
		.map(({ name }) => name)
		.filter((name) => name in data);
	delete node.credentials;
	if (names.length === 0) return;
	node.credentials = Object.fromEntries(
		names.map((name) => [name, { id: name, name: `${name} account` }]),
	);
}

/** What is left of data on its way to n8n's database and back. */
export function toJson(data: object): IDataObject {
	return JSON.parse(JSON.stringify(data)) as IDataObject;
}

/** Stores static data as n8n's database does, in the caller's own object. */
export function storeStaticData(target: IDataObject, source: IDataObject): void {
	const stored = toJson(source);
	for (const key of Object.keys(target)) delete target[key];
	Object.assign(target, stored);
}
