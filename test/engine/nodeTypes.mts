import type { PackageDirectoryLoader } from 'n8n-core';
import type { INodeType, INodeTypes, IVersionedNodeType } from 'n8n-workflow';
import { createCodeNode } from './codeNode.mts';
import type { N8n } from './n8n.mts';

/** What n8n calls the tool of a node: the node's name with this at its end. */
export const TOOL_SUFFIX = 'Tool';

/** The node type as n8n makes a tool of it, as far as a run knows the difference: by its name. */
const toToolType = (type: INodeType): INodeType =>
	Object.create(type, {
		description: {
			value: { ...type.description, name: `${type.description.name}${TOOL_SUFFIX}` },
		},
	}) as INodeType;

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
			if (found === loader && !(name in loader.known.nodes) && name.endsWith(TOOL_SUFFIX))
				return toToolType(loader.getNode(name.slice(0, -TOOL_SUFFIX.length)).type as INodeType);
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
