import type { PackageDirectoryLoader } from 'n8n-core';
import type { INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import type { N8n } from './n8n.mts';

/** The node types of the loaded package, under its prefix, and the stand-ins for n8n's own. */
export function createNodeTypes(
	n8n: N8n,
	loader: PackageDirectoryLoader,
	coreNodes: Record<string, INodeType>,
): INodeTypes {
	const prefix = `${loader.packageName}.`;
	const find = (type: string): INodeType | IVersionedNodeType => {
		if (type.startsWith(prefix)) return loader.getNode(type.slice(prefix.length)).type;
		const standIn = coreNodes[type];
		if (!standIn) throw new Error(`The engine harness knows no node type "${type}"`);
		return standIn;
	};
	return {
		getByName: find,
		getByNameAndVersion: (type, version) =>
			n8n.workflow.NodeHelpers.getVersionedNodeType(find(type), version),
		getKnownTypes: () => loader.known.nodes as never,
	};
}
