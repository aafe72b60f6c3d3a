import type { PackageDirectoryLoader } from 'n8n-core';
import type { INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import { createCodeNode } from './codeNode.mts';
import type { N8n } from './n8n.mts';

/** The node types of the loaded package and n8n's own; Code alone has a stand-in. */
export function createNodeTypes(
	n8n: N8n,
	loader: PackageDirectoryLoader,
	baseNodes: PackageDirectoryLoader,
): INodeTypes {
	const find = (type: string): INodeType | IVersionedNodeType => {
		if (type === 'n8n-nodes-base.code')
			return createCodeNode(baseNodes.getNode('code').type as INodeType);
		const found = [loader, baseNodes].find(({ packageName }) => type.startsWith(`${packageName}.`));
		if (!found) throw new Error(`The engine harness knows no node type "${type}"`);
		const name = type.slice(found.packageName.length + 1);
		try {
			return found.getNode(name).type;
		} catch (error) {
			if (found !== baseNodes) throw error;
			throw new Error(
				`"${name}" of n8n-nodes-base is not among the nodes that test/n8n/baseNodes.mts unpacks, or does not load`,
				{ cause: error },
			);
		}
	};
	return {
		getByName: find,
		getByNameAndVersion: (type, version) =>
			n8n.workflow.NodeHelpers.getVersionedNodeType(find(type), version),
		getKnownTypes: () => loader.known.nodes as never,
	};
}
