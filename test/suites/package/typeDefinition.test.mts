/** What a model that builds workflows reads of the nodes, made by n8n's own functions. */
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { load } from '../../engine/outsideJest.mts';
import { useDescriptions } from '../../helpers/descriptions.mts';

/**
 * Characters of the action node's type definition, at most. n8n prints a type for each of the 103 pairs of a resource
 * and an operation, so a character of an option that all have counts 103 times.
 */
const MAX_LENGTH = 253_000;
const PARTS_SHOWN = 5;
/** Characters of what n8n's search says of the three nodes, at most. */
const MAX_SEARCH_LENGTH = 16_000;

// n8n-core brings the packages. n8n calls both functions for nodes that are not its own.
const { generateNodeTypeFile } = load('@n8n/workflow-sdk/scripts/generate-types') as {
	generateNodeTypeFile(node: INodeTypeDescription): string;
};
const { NodeTypeParser, searchCodeBuilderNodes } = load('@n8n/ai-utilities/node-catalog') as {
	NodeTypeParser: new (nodes: INodeTypeDescription[]) => object;
	searchCodeBuilderNodes(parser: object, queries: string[]): { results: string };
};

const { engine } = useDescriptions();

const NODES = ['teamogy', 'teamogyTrigger', 'teamogyPushTrigger'];

/** The description of a node under the name that it has in n8n. */
const toInstalled = (name: string): INodeTypeDescription => ({
	...engine.description(name),
	name: `n8n-nodes-teamogy.${name}`,
});

const search = (query: string): string => {
	const parser = new NodeTypeParser(NODES.map(toInstalled));
	return searchCodeBuilderNodes(parser, [query]).results;
};

/** What a type definition spends on each parameter, the most first. */
function measureParameters(node: INodeTypeDescription): Array<[name: string, length: number]> {
	const full = generateNodeTypeFile(node).length;
	const names = [...new Set(node.properties.map(({ name }) => name))];
	return names
		.filter((name) => !['resource', 'operation'].includes(name))
		.map((name): [string, number] => {
			const properties = node.properties.filter((one) => one.name !== name);
			return [name, full - generateNodeTypeFile({ ...node, properties }).length];
		})
		.sort(([, a], [, b]) => b - a);
}

it(`The type definition has at most ${MAX_LENGTH} characters`, () => {
	const node = toInstalled('teamogy');
	const { length } = generateNodeTypeFile(node);
	const parts = measureParameters(node).slice(0, PARTS_SHOWN);
	const listed = parts.map(([name, part]) => `${name} ${part}`).join(', ');
	process.stdout.write(`Type definition: ${length} characters; the largest parts: ${listed}\n`);
	expect(length).toBeLessThanOrEqual(MAX_LENGTH);
});

it('The definitions of the triggers stay small', () => {
	for (const name of ['teamogyTrigger', 'teamogyPushTrigger'])
		expect(generateNodeTypeFile(toInstalled(name)).length).toBeLessThan(7_000);
});

it('The type of each resource begins with what the resource is', () => {
	const definition = generateNodeTypeFile(toInstalled('teamogy'));
	const [resource] = toInstalled('teamogy').properties;
	const options = resource.options as INodeProperties[] & Array<{ value: string }>;
	expect(options.length).toBeGreaterThan(20);
	for (const { name, value, description } of options) {
		expect([name, description]).toEqual([name, expect.stringMatching(/^[A-Z].{10,80}[^.]$/)]);
		expect(definition).toMatch(
			new RegExp(
				`/\\*\\* ${description!.replace(/[()]/g, '\\$&')} \\*/\\n.*\\n {2}resource: '${value}'`,
			),
		);
	}
});

it('The hints of a parameter are in its definition, and those of the node once', () => {
	const definition = generateNodeTypeFile(toInstalled('teamogy'));
	const count = (text: string) => definition.split(text).length - 1;
	expect(count('loadOptions method getWritableFields lists the fields')).toBe(40);
	expect(count('"equal" may compare text with its case')).toBe(1);
	for (const name of ['fields', 'recordId', 'columns', 'documentType', 'matchColumn', 'output']) {
		const [parameter] = toInstalled('teamogy').properties.filter((one) => one.name === name);
		expect([name, parameter.builderHint?.propertyHint.length]).toEqual([name, expect.any(Number)]);
		expect(parameter.builderHint!.propertyHint.length).toBeLessThan(60);
	}
});

it('The search for nodes says what resources and operations are, and names related nodes', () => {
	const found = search('teamogy');
	process.stdout.write(`Search for nodes: ${found.length} characters\n`);
	expect(found.length).toBeLessThanOrEqual(MAX_SEARCH_LENGTH);
	for (const name of NODES) expect(found).toContain(`n8n-nodes-teamogy.${name}: "`);
});

/** Words people use, and the resource that they mean. */
const WORDS: Array<[word: string, resource: string]> = [
	['accounting', 'invoice'],
	['billing', 'invoice'],
	['bookkeeping', 'journalEntry'],
	['timesheet', 'timeEntry'],
	['CRM', 'company'],
	['client', 'company'],
	['customer', 'company'],
	['supplier', 'company'],
	['quote', 'salesQuotation'],
	['PO', 'purchaseOrder'],
	['lead', 'opportunity'],
	['contact', 'person'],
	['project', 'job'],
	['employee', 'user'],
	['expenses', 'cashVoucher'],
	['to-do', 'task'],
];

it.each(WORDS)('"%s" leads to the resource %s', (word, wanted) => {
	const [resource] = toInstalled('teamogy').properties;
	const options = resource.options as Array<{ value: string; description: string }>;
	const { description } = options.find(({ value }) => value === wanted)!;
	expect(description).toMatch(new RegExp(`\\b${word}s?\\b`));
	expect(search(word)).toContain('n8n-nodes-teamogy.teamogy\n');
});
