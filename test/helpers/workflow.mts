/** Workflows from few words: nodes, and the connections between them. */
import type { INodeCredentials, INodeParameters } from 'n8n-workflow';

// No interface: the REST API of n8n takes nodes with fields of any name.
export type WorkflowNode = {
	id: string;
	name: string;
	type: string;
	typeVersion: number;
	position: [x: number, y: number];
	parameters: INodeParameters;
	webhookId?: string;
	credentials?: INodeCredentials;
};

/** A node with the name that later nodes refer to it by. A type without a package is one of n8n's own. */
export const node = (
	name: string,
	type: string,
	parameters: object = {},
	typeVersion = 1,
): WorkflowNode => ({
	id: name,
	name,
	type: type.includes('.') ? type : `n8n-nodes-base.${type}`,
	typeVersion,
	position: [0, 0],
	parameters: parameters as INodeParameters,
});
export const teamogy = (name: string, parameters: object): WorkflowNode =>
	node(name, 'n8n-nodes-teamogy.teamogy', parameters);
/** A trigger that waits for requests to its path. n8n registers no webhook without an ID. */
export const webhook = (
	name: string,
	type: string,
	parameters: { path: string; [parameter: string]: unknown },
	typeVersion = 1,
): WorkflowNode => ({
	...node(name, type, parameters, typeVersion),
	webhookId: `hook-${parameters.path}`,
});

/** The connections of an output, to the first input of a node or to the input with a number. */
export const to = (...targets: Array<string | [name: string, input: number]>) =>
	targets.map((target) => {
		const [name, index] = typeof target === 'string' ? [target, 0] : target;
		return { node: name, type: 'main', index };
	});

/** The nodes one after the other, as a workflow. */
export const chain = (...nodes: WorkflowNode[]) => ({
	name: 'Chain',
	nodes: nodes.map((one, index): WorkflowNode => ({ ...one, position: [220 * index, 0] })),
	connections: Object.fromEntries(
		nodes.slice(1).map(({ name }, index) => [nodes[index].name, { main: [to(name)] }]),
	),
});
