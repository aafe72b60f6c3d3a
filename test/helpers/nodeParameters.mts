import { NodeHelpers, type INode, type INodeParameters, type INodeTypes } from 'n8n-workflow';

/** What n8n adds to a node that is a tool. */
const OF_TOOLS = ['descriptionType', 'toolDescription'];

/** The parameters that a node has with the defaults of all that it does not name, and the names it gives in vain. */
export function resolveParameters(
	types: INodeTypes,
	node: INode,
): { resolved: INodeParameters; unknown: string[]; hidden: string[] } {
	const type = node.type.replace(/^(n8n-nodes-teamogy\.\w+)Tool$/, '$1');
	const { description } = types.getByNameAndVersion(type, node.typeVersion);
	const { properties } = description;
	const known = new Set(properties.map(({ name }) => name));
	const own = Object.keys(node.parameters).filter((name) => !OF_TOOLS.includes(name));
	const resolved = NodeHelpers.getNodeParameters(
		properties,
		node.parameters,
		true,
		true,
		node,
		description,
	) as INodeParameters;
	return {
		resolved,
		unknown: own.filter((name) => !known.has(name)),
		hidden: own.filter((name) => !(name in resolved)),
	};
}
