import { useFixture } from '../../engine/useFixture.mts';

const fixture = useFixture();

const rows = [
	{ id: 1, client: 'Zeta', hours: 2, done: true, tags: ['a', 'b'] },
	{ id: 2, client: 'alpha', hours: 3.5, done: false, tags: ['c'] },
	{ id: 3, client: 'Zeta', hours: 1, done: true, tags: [] },
];

const run = async (type: string, parameters: object, version?: number) =>
	await fixture.engine.run({
		type: `n8n-nodes-base.${type}`,
		parameters,
		version,
		input: structuredClone(rows),
	});

const ids = (items: object[]): unknown[] => items.map((item) => (item as { id: number }).id);

const condition = (leftValue: string, type: string, operation: string, rightValue: unknown) => ({
	conditions: {
		combinator: 'and',
		options: { caseSensitive: true, leftValue: '', typeValidation: 'strict', version: 2 },
		conditions: [{ id: 'c', leftValue, rightValue, operator: { type, operation } }],
	},
});

describe("n8n's own nodes", () => {
	it('filter keeps what meets the conditions', async () => {
		const { json } = await run('filter', condition('={{ $json.hours }}', 'number', 'gt', 1.5));
		expect(ids(json)).toEqual([1, 2]);
	});

	it('filter refuses a value of another type, as n8n does', async () => {
		const { error } = await run('filter', condition('={{ $json.hours }}', 'string', 'equals', '2'));
		expect(error?.message).toContain('Wrong type');
	});

	it('if divides', async () => {
		const { execution } = await run(
			'if',
			condition('={{ $json.client }}', 'string', 'equals', 'Zeta'),
		);
		const [ran] = execution.data.resultData.runData.If;
		expect(ran.data?.main.map((items) => ids(items!.map(({ json }) => json)))).toEqual([
			[1, 3],
			[2],
		]);
	});

	it('set assigns fields, typed, at paths', async () => {
		const assignment = (name: string, type: string, value: unknown) => ({
			id: name,
			name,
			type,
			value,
		});
		const parameters = {
			assignments: {
				assignments: [
					assignment('number', 'number', '={{ $json.hours }}'),
					assignment('nested.text', 'string', '={{ $json.id }}'),
					assignment('list', 'array', '={{ $json.tags }}'),
				],
			},
		};
		const { json } = await run('set', parameters, 3.4);
		expect(json[0]).toEqual({ number: 2, nested: { text: '1' }, list: ['a', 'b'] });
	});

	it('set keeps the other fields when told to', async () => {
		const parameters = { mode: 'raw', jsonOutput: '{"hours": 0}', includeOtherFields: true };
		const { json, items } = await run('set', parameters, 3.4);
		expect(json[0]).toEqual({ ...rows[0], hours: 0 });
		expect(items[2].pairedItem).toEqual({ item: 2 });
	});

	it('summarize adds up by fields', async () => {
		const values = [
			{ aggregation: 'sum', field: 'hours' },
			{ aggregation: 'count', field: 'id' },
			{ aggregation: 'average', field: 'hours' },
		];
		const parameters = { fieldsToSummarize: { values }, fieldsToSplitBy: 'client, done' };
		const { json, items } = await run('summarize', parameters, 1.1);
		expect(json).toEqual([
			{ client: 'Zeta', done: true, sum_hours: 3, count_id: 2, average_hours: 1.5 },
			{ client: 'alpha', done: false, sum_hours: 3.5, count_id: 1, average_hours: 3.5 },
		]);
		expect(items[0].pairedItem).toEqual([{ item: 0 }, { item: 2 }]);
	});

	it('sort orders without regard to case', async () => {
		const sortField = [{ fieldName: 'client' }, { fieldName: 'hours', order: 'descending' }];
		expect(ids((await run('sort', { sortFieldsUi: { sortField } })).json)).toEqual([2, 1, 3]);
	});

	it('limit keeps one end', async () => {
		expect(ids((await run('limit', { maxItems: 2 })).json)).toEqual([1, 2]);
		expect(ids((await run('limit', { maxItems: 2, keep: 'lastItems' })).json)).toEqual([2, 3]);
	});

	it('aggregate collects', async () => {
		const all = await run('aggregate', { aggregate: 'aggregateAllItemData' });
		expect(all.json).toEqual([{ data: rows }]);
		const field = { fieldToAggregate: 'id', renameField: true, outputFieldName: 'ids' };
		const one = await run('aggregate', { fieldsToAggregate: { fieldToAggregate: [field] } });
		expect(one.json).toEqual([{ ids: [1, 2, 3] }]);
	});

	it('splitOut gives an item for each element', async () => {
		const { json } = await run('splitOut', { fieldToSplitOut: 'tags' });
		expect(json).toEqual([{ tags: 'a' }, { tags: 'b' }, { tags: 'c' }]);
	});

	it('code runs for all items or for each', async () => {
		const all = await run('code', {
			jsCode: 'return $input.all().filter((item) => item.json.id > 1);',
		});
		expect(ids(all.json)).toEqual([2, 3]);
		const each = await run('code', {
			mode: 'runOnceForEachItem',
			jsCode: 'const id = $json.id * 2;\nreturn { json: { id } };',
		});
		expect(ids(each.json)).toEqual([2, 4, 6]);
		expect(each.items[1].pairedItem).toEqual({ item: 1 });
	});
});

describe("a workflow of n8n's own nodes", () => {
	const node = (name: string, type: string, typeVersion: number, parameters: object) => ({
		name,
		type: `n8n-nodes-base.${type}`,
		typeVersion,
		position: [0, 0],
		parameters,
	});
	const to = (...targets: Array<[string, number]>) => ({
		main: [targets.map(([name, index]) => ({ node: name, type: 'main', index }))],
	});

	it('merges two branches', async () => {
		const { node: outcome, error } = await fixture.engine.runWorkflow({
			nodes: [
				node('Start', 'scheduleTrigger', 1.2, { rule: { interval: [{}] } }),
				node('One', 'set', 3.4, { mode: 'raw', jsonOutput: '{"id":1}' }),
				node('Two', 'set', 3.4, { mode: 'raw', jsonOutput: '{"id":2}' }),
				node('Merge', 'merge', 3, {}),
				node('Note', 'stickyNote', 1, { content: 'A note' }),
			],
			connections: {
				Start: to(['One', 0], ['Two', 0]),
				One: to(['Merge', 0]),
				Two: to(['Merge', 1]),
			},
		});
		expect(error).toBeUndefined();
		expect(ids(outcome('Merge').json)).toEqual([1, 2]);
		expect(outcome('Note').ran).toBe(false);
	});

	it('starts from pinned data, and from what a trigger gives', async () => {
		const workflow = {
			nodes: [node('Start', 'manualTrigger', 1, {}), node('End', 'noOp', 1, {})],
			connections: { Start: to(['End', 0]) },
			pinData: { Start: [{ json: { id: 1 } }] },
		};
		const pinned = await fixture.engine.runWorkflow(workflow);
		expect(pinned.node('End').json).toEqual([{ id: 1 }]);
		const { pinData: _, ...unpinned } = workflow;
		const given = await fixture.engine.runWorkflow(unpinned, { inputs: [{ id: 2 }] });
		expect(given.node('End').json).toEqual([{ id: 2 }]);
	});

	it('Set keeps a value that does not convert, when told to', async () => {
		const assignments = { assignments: [{ id: 'a', name: 'id', type: 'number', value: 'none' }] };
		const parameters = { assignments, options: { ignoreConversionErrors: true } };
		const workflow = { nodes: [node('A', 'set', 3.4, parameters)], connections: {} };
		const { node: outcome, error } = await fixture.engine.runWorkflow(workflow);
		expect(error).toBeUndefined();
		expect(outcome('A').json).toEqual([{ id: 'none' }]);
	});

	it('Merge combines by a field', async () => {
		const { node: outcome, error } = await fixture.engine.runWorkflow({
			nodes: [
				node('Start', 'manualTrigger', 1, {}),
				node('One', 'set', 3.4, { mode: 'raw', jsonOutput: '{"id":1,"a":1}' }),
				node('Two', 'set', 3.4, { mode: 'raw', jsonOutput: '{"id":1,"b":2}' }),
				node('Merge', 'merge', 3, { mode: 'combine', fieldsToMatchString: 'id' }),
			],
			connections: {
				Start: to(['One', 0], ['Two', 0]),
				One: to(['Merge', 0]),
				Two: to(['Merge', 1]),
			},
		});
		expect(error).toBeUndefined();
		expect(outcome('Merge').json).toEqual([{ id: 1, a: 1, b: 2 }]);
	});

	it('Set runs in an old version', async () => {
		const values = { string: [{ name: 'id', value: 'a' }] };
		const workflow = { nodes: [node('A', 'set', 2, { values })], connections: {} };
		const { node: outcome, error } = await fixture.engine.runWorkflow(workflow);
		expect(error).toBeUndefined();
		expect(outcome('A').json).toEqual([{ id: 'a' }]);
	});

	it('refuses a node that was not unpacked', async () => {
		const workflow = { nodes: [node('A', 'slack', 2, {})], connections: {} };
		await expect(fixture.engine.runWorkflow(workflow)).rejects.toThrow(
			'"slack" of n8n-nodes-base is not among the nodes that test/n8n/baseNodes.mts unpacks',
		);
	});
});
