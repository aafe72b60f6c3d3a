/** The names that saved workflows carry: nobody may change them. */
import { readFileSync, writeFileSync } from 'node:fs';
import type { INodeProperties, INodePropertyMode } from 'n8n-workflow';
import {
	getChoices,
	listOperations,
	listParameters,
	useDescriptions,
} from '../../helpers/descriptions.mts';

const GOLDEN = 'test/golden/names.json';

const { engine, nodes, credentials } = useDescriptions();

describe('Names', () => {
	const linesOf = (properties: INodeProperties[]): string[] => {
		const lines = new Set<string>();
		for (const { path, parameter } of listParameters(properties)) {
			const { type, default: fallback, modes = [], displayOptions } = parameter;
			// What belongs to one resource is told apart: its list is its own.
			const resources = displayOptions?.show?.resource ?? [];
			const of = resources.length === 1 ? ` [${String(resources[0])}]` : '';
			const isNotice = type === 'notice';
			if (isNotice) continue;
			lines.add(`${path}${of}: ${type}, ${JSON.stringify(fallback)} unless set`);
			for (const { value } of getChoices(parameter)) lines.add(`${path}${of} = ${String(value)}`);
			for (const mode of modes) lines.add(`${path}${of} mode ${mode.name}`);
		}
		return [...lines].sort();
	};

	const current = (): Record<string, string[]> =>
		Object.fromEntries([
			...nodes().map(({ name, version, properties }) => [
				name,
				[`version ${[version].flat().join(', ')}`, ...linesOf(properties)],
			]),
			...credentials().map(({ name, properties }) => [name, linesOf(properties)]),
		]) as Record<string, string[]>;

	it('Names are those that saved workflows carry', () => {
		const now = current();
		if (process.env.UPDATE_GOLDEN) {
			writeFileSync(GOLDEN, `${JSON.stringify(now, null, '\t')}\n`);
		}
		const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, string[]>;
		const flat = (names: Record<string, string[]>): string[] =>
			Object.entries(names).flatMap(([type, lines]) => lines.map((line) => `${type}: ${line}`));
		const [before, after] = [new Set(flat(golden)), new Set(flat(now))];
		const changes = {
			'Gone, and saved workflows depend on it': [...before].filter((line) => !after.has(line)),
			'New; if it is meant, run with UPDATE_GOLDEN=1': [...after].filter(
				(line) => !before.has(line),
			),
		};
		expect(changes).toEqual({
			'Gone, and saved workflows depend on it': [],
			'New; if it is meant, run with UPDATE_GOLDEN=1': [],
		});
		expect(Object.keys(golden).sort()).toEqual(Object.keys(now).sort());
	});

	it('The names of resources, their operations, views and record locators are all there', () => {
		const { properties } = engine.description('teamogy');
		const resources = getChoices(properties.find(({ name }) => name === 'resource')!);
		const READ = 'get getAll lookUp';
		const WRITTEN = 'create get getAll lookUp update upsert';
		const expected: Record<string, string> = {
			apiRequest: 'request',
			binder: WRITTEN,
			brand: READ,
			businessUnit: WRITTEN,
			cashVoucher: WRITTEN,
			company: WRITTEN,
			document: WRITTEN,
			gem: WRITTEN,
			group: READ,
			internalDocument: READ,
			invoice: WRITTEN,
			job: WRITTEN,
			journalEntry: READ,
			opportunity: READ,
			overhead: READ,
			person: WRITTEN,
			purchaseOrder: WRITTEN,
			salesQuotation: WRITTEN,
			task: WRITTEN,
			timeEntry: 'create get getAll lookUp',
			user: WRITTEN,
			view: 'getAll lookUp',
		};
		expect(resources.map(({ value }) => value).sort()).toEqual(Object.keys(expected).sort());
		const found: Record<string, string[]> = {};
		for (const { resource, option } of listOperations(engine.description('teamogy')))
			(found[resource] ??= []).push(String(option.value));
		expect(
			Object.fromEntries(
				Object.entries(found).map(([resource, values]) => [resource, values.sort().join(' ')]),
			),
		).toEqual(expected);

		const recordModes = new Set(
			properties
				.filter(({ name }) => name === 'recordId')
				.flatMap(({ modes = [] }) => modes.map(({ name }: INodePropertyMode) => name)),
		);
		expect(recordModes).toEqual(new Set(['list', 'id', 'registration']));
	});
});
