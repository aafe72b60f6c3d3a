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

describe('in the editor', () => {
	it('Every operation says what it does, to people and to agents', () => {
		for (const node of nodes()) {
			const operations = listOperations(node);
			for (const { resource, option } of operations) {
				const where = `${node.name} ${resource} ${String(option.value)}`;
				expect([where, option.action]).toEqual([where, expect.stringMatching(/^[A-Z]\S* .+[^.]$/)]);
				expect([where, option.description]).toEqual([
					where,
					expect.stringMatching(/^[A-Z]\w+\b.{4,}/),
				]);
			}
			const actions = operations.map(({ option }) => option.action);
			expect(new Set(actions).size).toBe(actions.length);
		}
	});

	it('Every parameter has a name, a description where it needs one, and a fitting default', () => {
		const undescribed: string[] = [];
		for (const node of nodes()) {
			for (const { path, parameter } of listParameters(node.properties)) {
				const { displayName, description, type, default: fallback } = parameter;
				expect(displayName).toMatch(/^[A-Z]/);
				if (!description && !SELF_EXPLANATORY.includes(path) && type !== 'notice')
					undescribed.push(path);
				const values = getChoices(parameter).map(({ value }) => value);
				if (type === 'options' && values.length) expect(values).toContain(fallback);
			}
		}
		expect(undescribed).toEqual([]);
	});

	it('No description is longer than a tooltip should be', () => {
		const long = [...nodes(), ...credentials()].flatMap(({ properties }) =>
			// n8n itself adds the times of a poll.
			[...listParameters(properties.filter(({ name }) => name !== 'pollTimes'))]
				.flatMap(({ parameter }) => [parameter, ...getChoices(parameter)])
				.map(({ description = '' }) => description)
				.filter(({ length }) => length > MAX_DESCRIPTION_LENGTH),
		);
		expect(long).toEqual([]);
	});

	it('Every node has a subtitle, a description, a codex, and is a tool if it is no trigger', () => {
		for (const type of nodes()) {
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
		for (const type of credentials()) {
			expect(type.documentationUrl).toMatch(/^https:\/\//);
			for (const { name, typeOptions } of type.properties) {
				if (/key|secret/i.test(name) && !/name/i.test(name))
					expect([name, typeOptions?.password]).toEqual([name, true]);
			}
		}
		expect(engine.loader.getCredential('teamogyApi').type.test).toBeDefined();
	});
});
