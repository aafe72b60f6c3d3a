import {
	NodeHelpers,
	type INode,
	type INodeIssues,
	type INodeParameters,
	type INodeTypes,
} from 'n8n-workflow';

/** What n8n adds to a node that is a tool. */
const TOOL_PARAMETERS = ['descriptionType', 'toolDescription'];

interface ResolvedParameters {
	/** The parameters with the defaults of those that the node does not give. */
	resolved: INodeParameters;
	/** The parameters that the node gives, and its type does not have. */
	unknown: string[];
	/** The parameters that the node gives, and its other parameters hide. */
	hidden: string[];
	/** What n8n marks red. */
	issues: INodeIssues['parameters'];
}

/** Reads the parameters of a node, or of its tool variant, as n8n does. */
export function resolveParameters(types: INodeTypes, node: INode): ResolvedParameters {
	const type = node.type.replace(/^(n8n-nodes-teamogy\.\w+)Tool$/, '$1');
	const { description } = types.getByNameAndVersion(type, node.typeVersion);
	const { properties } = description;
	const known = new Set(properties.map(({ name }) => name));
	const own = Object.keys(node.parameters).filter((name) => !TOOL_PARAMETERS.includes(name));
	const resolved = NodeHelpers.getNodeParameters(
		properties,
		node.parameters,
		true,
		true,
		node,
		description,
	) as INodeParameters;
	const whole = { ...node, parameters: resolved };
	return {
		resolved,
		unknown: own.filter((name) => !known.has(name)),
		hidden: own.filter((name) => !(name in resolved)),
		issues: NodeHelpers.getNodeParametersIssues(properties, whole, description)?.parameters,
	};
}
