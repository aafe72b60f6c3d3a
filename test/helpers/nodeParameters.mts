import omit from 'lodash/omit.js';
import type { INode, INodeIssues, INodeParameters, INodeTypes } from 'n8n-workflow';
import { loadN8n } from '../engine/n8n.mts';

/** What n8n adds to a node that is a tool. */
const TOOL_PARAMETERS = ['descriptionType', 'toolDescription'];

interface ResolvedParameters {
	/** What the workflow gives. */
	given: INodeParameters;
	/** What the node gets: n8n drops names and shapes it does not know, and parameters that others hide. */
	resolved: INodeParameters;
	/** What n8n marks red. */
	issues: INodeIssues['parameters'];
}

/** Reads the parameters of a node, or of its tool variant, as n8n does. */
export function resolveParameters(types: INodeTypes, node: INode): ResolvedParameters {
	const type = node.type.replace(/^(n8n-nodes-teamogy\.\w+)Tool$/, '$1');
	const { description } = types.getByNameAndVersion(type, node.typeVersion);
	const { properties } = description;
	const { NodeHelpers } = loadN8n().workflow;
	const resolved = NodeHelpers.getNodeParameters(
		properties,
		node.parameters,
		true,
		false,
		node,
		description,
	) as INodeParameters;
	const whole = { ...node, parameters: resolved };
	return {
		given: omit(node.parameters, TOOL_PARAMETERS),
		resolved,
		issues: NodeHelpers.getNodeParametersIssues(properties, whole, description)?.parameters,
	};
}
