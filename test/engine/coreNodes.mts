/**
 * Stand-ins for the nodes of n8n-nodes-base, which is too large to install for tests. They cover
 * only what the example workflows use, under the real type names, and refuse everything else: a
 * workflow cannot pass because a parameter was ignored.
 */
import type { INode, INodeType } from 'n8n-workflow';
import { codeNode } from './codeNode.mts';
import { conditionNodes } from './conditionNodes.mts';
import { listNodes } from './listNodes.mts';
import type { N8n } from './n8n.mts';
import { respondNode } from './respondNode.mts';
import { setNode } from './setNode.mts';
import { checkCovered, createStandIn, type StandIn } from './standIn.mts';
import { summarizeNode } from './summarizeNode.mts';

const passing: StandIn[] = [
	{
		type: 'n8n-nodes-base.manualTrigger',
		displayName: 'Manual Trigger',
		kind: 'trigger',
		versions: [1],
		defaults: {},
		covers: {},
	},
	{
		type: 'n8n-nodes-base.scheduleTrigger',
		displayName: 'Schedule Trigger',
		kind: 'trigger',
		versions: [1, 1.1, 1.2, 1.3],
		defaults: { rule: {} },
		covers: { rule: 'any' },
	},
	{
		type: 'n8n-nodes-base.noOp',
		displayName: 'No Operation',
		versions: [1],
		defaults: {},
		covers: {},
	},
	{
		type: 'n8n-nodes-base.stickyNote',
		displayName: 'Sticky Note',
		kind: 'note',
		versions: [1],
		defaults: { content: '' },
		covers: { content: 'any', height: 'any', width: 'any', color: 'any' },
	},
];

const all = [
	...passing,
	...conditionNodes,
	...listNodes,
	setNode,
	summarizeNode,
	codeNode,
	respondNode,
];
const standIns = new Map(all.map((standIn) => [standIn.type, standIn]));

/** The stand-ins as node types, by type name. */
export function createCoreNodes(n8n: N8n): Record<string, INodeType> {
	return Object.fromEntries(
		[...standIns].map(([type, standIn]) => [type, createStandIn(n8n, standIn)]),
	);
}

/** Throws where a core node of a workflow uses what its stand-in does not cover. */
export function checkCoreNode(node: INode): void {
	const standIn = standIns.get(node.type);
	if (standIn) checkCovered(standIn, node);
}
