import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';
import type { Workflow } from '../n8n/instance.mts';
import { examples, stage } from './stage.mts';

let types: INodeTypeDescription[];

/** The description the editor has of a node: each version of a type is one of its own. */
function descriptionOf(type: string, version: number) {
	const found = types.find((each) => each.name === type && [each.version].flat().includes(version));
	if (!found) throw new Error(`This n8n has no ${type} in version ${version}`);
	return found;
}

const isExpression = (value: unknown) => typeof value === 'string' && value.startsWith('=');

/** What parameters hold and no description knows: names, and values of closed lists. */
function unknown(values: Record<string, unknown>, properties: INodeProperties[], at: string) {
	const problems: string[] = [];
	for (const [name, value] of Object.entries(values)) {
		const same = properties.filter((one) => one.name === name);
		const path = `${at}.${name}`;
		if (!same.length) {
			problems.push(path);
			continue;
		}
		if (isExpression(value)) continue;
		const [{ type }] = same;
		const choices = same.flatMap((one) => one.options ?? []);
		if (same.every((one) => one.type === 'options' && !one.typeOptions?.loadOptionsMethod)) {
			if (!choices.some((choice) => (choice as INodePropertyOptions).value === value))
				problems.push(`${path} = ${String(value)}`);
		}
		if (type === 'collection')
			problems.push(
				...unknown(value as object as INodeParameters, choices as INodeProperties[], path),
			);
		if (type === 'fixedCollection') {
			for (const [group, entries] of Object.entries(value as object)) {
				const known = choices.filter((choice) => choice.name === group);
				if (!known.length) problems.push(`${path}.${group}`);
				const inner = known.flatMap((choice) => ('values' in choice ? choice.values : []));
				for (const entry of [entries].flat())
					problems.push(...unknown(entry as INodeParameters, inner, `${path}.${group}`));
			}
		}
	}
	return problems;
}

const nodesOf = (workflow: Workflow) =>
	workflow.nodes.map((node) => [node.name, node as unknown as INode] as const);

export function descriptionTests() {
	beforeAll(async () => {
		types = await stage.n8n.rest('GET', '/types/nodes.json');
	});

	describe.each([...examples])('%s', (_name, workflow) => {
		test.each(nodesOf(workflow))('%s has only parameters that exist', (_node, node) => {
			const description = descriptionOf(node.type, node.typeVersion);
			const { parameters } = node;
			expect(unknown(parameters, description.properties, node.name)).toEqual([]);
			const shown = NodeHelpers.getNodeParameters(
				description.properties,
				parameters,
				true,
				true,
				node,
				description,
			)!;
			expect(Object.keys(parameters).filter((name) => !(name in shown))).toEqual([]);
		});
	});

	test('The node is offered as a tool, too', () => {
		const node = descriptionOf('n8n-nodes-teamogy.teamogy', 1);
		const tool = descriptionOf('n8n-nodes-teamogy.teamogyTool', 1);
		expect(tool.displayName).toBe('Teamogy Tool');
		expect(tool.outputs).toEqual(['ai_tool']);
		expect(tool.codex?.subcategories?.AI).toEqual(['Tools']);
		const names = (description: INodeTypeDescription) =>
			new Set(description.properties.map(({ name }) => name));
		expect(names(tool)).toEqual(new Set([...names(node), 'descriptionType', 'toolDescription']));
	});

	test('The description a tool gets by itself names resource and operation', () => {
		const description = descriptionOf('n8n-nodes-teamogy.teamogyTool', 1);
		const choices = description.properties.filter(({ name }) => name === 'operation');
		const resources = description.properties.find(({ name }) => name === 'resource')!
			.options as INodePropertyOptions[];
		for (const { name, value } of resources.filter((one) => one.value !== '__CUSTOM_API_CALL__')) {
			const operations = choices.find(({ displayOptions }) =>
				displayOptions?.show?.resource?.includes(value),
			)!.options as INodePropertyOptions[];
			const texts = operations
				.filter((one) => one.value !== '__CUSTOM_API_CALL__')
				.map((operation) =>
					NodeHelpers.makeDescription(
						{ resource: value, operation: operation.value } as INodeParameters,
						description,
					),
				);
			expect(new Set(texts).size).toBe(texts.length);
			const noun = name.toLowerCase().replace(/y$/, '');
			for (const text of texts) expect(text.toLowerCase()).toContain(noun);
		}
		expect(
			NodeHelpers.makeDescription({ resource: 'invoice', operation: 'getAll' }, description),
		).toBe('Get many invoices in Teamogy');
	});
}
