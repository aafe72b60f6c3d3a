/** What the descriptions of the nodes and credentials tell people, agents and n8n. */
import {
	getChoices,
	listOperations,
	listParameters,
	useDescriptions,
} from '../../helpers/descriptions.mts';

const { engine, nodes, credentials } = useDescriptions();

/** Parameters whose name says all: a description would repeat it. */
const SELF_EXPLANATORY = [
	...['resource', 'operation', 'options', 'fields', 'fieldsMode', 'recordId', 'event', 'body'],
	...['filterType', 'combine', 'filters.conditions.operator', 'fileFormat'],
	...['options.responseFormat', 'query.parameters.name', 'query.parameters.value'],
];

/** Characters of a description, at most: n8n shows it as a tooltip. */
const MAX_DESCRIPTION_LENGTH = 120;

describe('In the editor', () => {
	it('Every operation says what it does, to people and to agents', () => {
		const operations = nodes().flatMap((node) =>
			listOperations(node).map(({ resource, option }) => ({ node: node.name, resource, option })),
		);
		expect(operations.length).toBeGreaterThan(100);
		for (const { node, resource, option } of operations) {
			const where = `${node} ${resource} ${String(option.value)}`;
			expect([where, option.action]).toEqual([where, expect.stringMatching(/^[A-Z]\S* .+[^.]$/)]);
			expect([where, option.description]).toEqual([
				where,
				expect.stringMatching(/^[A-Z]\w+\b.{4,}/),
			]);
		}
		const actions = operations.map(({ node, option }) => `${node} ${option.action}`);
		expect(new Set(actions).size).toBe(actions.length);
	});

	it('Every parameter has a name, a description where it needs one, and a fitting default', () => {
		const undescribed: string[] = [];
		const parameters = nodes().flatMap(({ properties }) => [...listParameters(properties)]);
		expect(parameters.length).toBeGreaterThan(100);
		for (const { path, parameter } of parameters) {
			const { displayName, description, type, default: fallback } = parameter;
			expect(displayName).toMatch(/^[A-Z]/);
			if (!description && !SELF_EXPLANATORY.includes(path) && type !== 'notice')
				undescribed.push(path);
			const values = getChoices(parameter).map(({ value }) => value);
			if (type === 'options' && values.length) expect(values).toContain(fallback);
		}
		expect(undescribed).toEqual([]);
	});

	it('No description is longer than a tooltip should be', () => {
		const descriptions = [...nodes(), ...credentials()].flatMap(({ properties }) =>
			// n8n itself adds the times of a poll.
			[...listParameters(properties.filter(({ name }) => name !== 'pollTimes'))]
				.flatMap(({ parameter }) => [parameter, ...getChoices(parameter)])
				.map(({ description = '' }) => description),
		);
		expect(descriptions.length).toBeGreaterThan(100);
		const long = descriptions.filter(({ length }) => length > MAX_DESCRIPTION_LENGTH);
		expect(long).toEqual([]);
	});

	it('Every node has a subtitle, a description, a codex, and is a tool if it is no trigger', () => {
		const types = nodes();
		expect(types).toHaveLength(3);
		for (const type of types) {
			const { name, group, subtitle, description, codex, documentationUrl, usableAsTool } = type;
			const isTrigger = group.includes('trigger');
			expect([name, usableAsTool ?? false]).toEqual([name, !isTrigger]);
			expect([name, typeof subtitle, typeof description]).toEqual([name, 'string', 'string']);
			// n8n appends a query to the one of the codex, where an anchor would swallow it.
			expect(codex?.resources?.primaryDocumentation?.[0].url).toMatch(/^https:\/\/[^#?]+$/);
			expect(documentationUrl).toMatch(/^https:\/\/[^?]+#[\w-]+$/);
			expect(codex?.categories?.length).toBeGreaterThan(0);
		}
	});

	it('A credential keeps its secrets as passwords, and has a test and documentation', () => {
		const types = credentials();
		expect(types.map(({ documentationUrl }) => documentationUrl)).toEqual([
			expect.stringMatching(/^https:\/\//),
			expect.stringMatching(/^https:\/\//),
		]);
		const secrets = types
			.flatMap(({ properties }) => properties)
			.filter(({ name }) => /key|secret/i.test(name) && !/name/i.test(name));
		expect(secrets.map(({ name, typeOptions }) => [name, typeOptions?.password])).toEqual([
			['apiKey', true],
			['secret', true],
		]);
		expect(engine.loader.getCredential('teamogyApi').type.test).toBeDefined();
	});
});
