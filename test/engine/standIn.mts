import type {
	IExecuteFunctions,
	INode,
	INodeExecutionData,
	INodeProperties,
	INodeType,
} from 'n8n-workflow';
import type { N8n } from './n8n.mts';

/**
 * Which parameters a stand-in covers: `any` value, one of a list, an object with these fields, or a
 * list of such (`each`).
 */
export type Covered =
	| 'any'
	| readonly unknown[]
	| { each: Covered }
	| { fields: Record<string, Covered> };

/** A stand-in for one of n8n's own nodes: what it covers of it, and what it does. */
export interface StandIn {
	type: string;
	displayName: string;
	versions: number[];
	/** Each parameter with its default in n8n. */
	defaults: Record<string, unknown>;
	covers: Record<string, Covered>;
	/** Properties that n8n's engine itself must know the kind of, by name. */
	properties?: Record<string, Partial<INodeProperties>>;
	kind?: 'trigger' | 'note';
	inputs?: number;
	outputs?: number;
	/** How many inputs must have data for the node to run. */
	requiredInputs?: number;
	/** The node's work; default: items pass as they are. */
	execute?: (
		context: IExecuteFunctions,
		n8n: N8n,
	) => INodeExecutionData[][] | Promise<INodeExecutionData[][]>;
}

/** Makes the node type that the engine runs. */
export function createStandIn(n8n: N8n, standIn: StandIn): INodeType {
	const { type, displayName, versions, defaults, kind, inputs = 1, outputs = 1 } = standIn;
	const work = standIn.execute;
	return {
		description: {
			displayName,
			name: type,
			group: [kind === 'trigger' ? 'trigger' : 'transform'],
			version: versions,
			description: `Stand-in for n8n's ${displayName}`,
			defaults: { name: displayName },
			inputs: kind ? [] : Array<'main'>(inputs).fill('main'),
			outputs: kind === 'note' ? [] : Array<'main'>(outputs).fill('main'),
			...(standIn.requiredInputs && { requiredInputs: standIn.requiredInputs }),
			properties: Object.entries(defaults).map(([name, value]) => ({
				displayName: name,
				name,
				type: 'json',
				default: value as never,
				...standIn.properties?.[name],
			})),
		},
		async execute() {
			return work ? await work(this, n8n) : [this.getInputData()];
		},
	};
}

/** Throws where a node uses something of the real one that the stand-in does not cover. */
export function checkCovered(standIn: StandIn, node: INode): void {
	const fail = (what: string): never => {
		throw new Error(
			`The stand-in for ${standIn.type} does not cover ${what} (node "${node.name}")`,
		);
	};
	if (!standIn.versions.includes(node.typeVersion)) fail(`version ${node.typeVersion}`);
	checkValue(node.parameters, { fields: standIn.covers }, 'parameters', fail);
}

function checkValue(
	value: unknown,
	covered: Covered,
	path: string,
	fail: (what: string) => never,
): void {
	if (covered === 'any') return;
	if (Array.isArray(covered)) {
		if (!covered.includes(value)) fail(`${path} = ${JSON.stringify(value)}`);
	} else if ('each' in covered) {
		if (!Array.isArray(value)) return fail(`${path} = ${JSON.stringify(value)}`);
		value.forEach((one, index) => checkValue(one, covered.each, `${path}[${index}]`, fail));
	} else if ('fields' in covered) {
		if (typeof value !== 'object' || value === null)
			return fail(`${path} = ${JSON.stringify(value)}`);
		for (const [key, inner] of Object.entries(value)) {
			if (!Object.hasOwn(covered.fields, key)) fail(`${path}.${key}`);
			checkValue(inner, covered.fields[key], `${path}.${key}`, fail);
		}
	}
}
