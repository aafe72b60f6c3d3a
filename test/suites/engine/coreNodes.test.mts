/** The harness runs n8n's own nodes: the suites and the examples use them beside the package's nodes. */
import { useFixture } from '../../engine/useFixture.mts';
import { node, to } from '../../helpers/workflow.mts';

const fixture = useFixture();

const readIds = (items: object[]): unknown[] => items.map((item) => (item as { id: number }).id);

it('Merge joins two branches of Set, and a sticky note does not run', async () => {
	const { node: outcome, error } = await fixture.engine.runWorkflow({
		nodes: [
			node('Start', 'scheduleTrigger', { rule: { interval: [{}] } }, 1.2),
			node('One', 'set', { mode: 'raw', jsonOutput: '{"id":1}' }, 3.4),
			node('Two', 'set', { mode: 'raw', jsonOutput: '{"id":2}' }, 3.4),
			node('Merge', 'merge', {}, 3),
			node('Note', 'stickyNote', { content: 'A note' }),
		],
		connections: {
			Start: { main: [to('One', 'Two')] },
			One: { main: [to('Merge')] },
			Two: { main: [to(['Merge', 1])] },
		},
	});
	expect(error).toBeUndefined();
	expect(readIds(outcome('Merge').json)).toEqual([1, 2]);
	expect(outcome('Note').ran).toBe(false);
});

it('A workflow starts from pinned data, or from what a trigger gives', async () => {
	const workflow = {
		nodes: [node('Start', 'manualTrigger'), node('End', 'noOp')],
		connections: { Start: { main: [to('End')] } },
		pinData: { Start: [{ json: { id: 1 } }] },
	};
	const pinned = await fixture.engine.runWorkflow(workflow);
	expect(pinned.node('End').json).toEqual([{ id: 1 }]);
	const { pinData: _, ...unpinned } = workflow;
	const given = await fixture.engine.runWorkflow(unpinned, { inputs: [{ id: 2 }] });
	expect(given.node('End').json).toEqual([{ id: 2 }]);
});

it('Set runs in the old version that a workflow names', async () => {
	const values = { string: [{ name: 'id', value: 'a' }] };
	const workflow = { nodes: [node('A', 'set', { values }, 2)], connections: {} };
	const { node: outcome, error } = await fixture.engine.runWorkflow(workflow);
	expect(error).toBeUndefined();
	expect(outcome('A').json).toEqual([{ id: 'a' }]);
});

it('The harness refuses a node that was not unpacked', async () => {
	const workflow = { nodes: [node('A', 'slack', {}, 2)], connections: {} };
	await expect(fixture.engine.runWorkflow(workflow)).rejects.toThrow(
		'"slack" of n8n-nodes-base is not among the nodes that test/n8n/baseNodes.mts unpacks',
	);
});

it('The stand-in for Code runs for all items or for each', async () => {
	const run = async (parameters: object) =>
		await fixture.engine.run({
			type: 'n8n-nodes-base.code',
			parameters,
			input: [{ id: 1 }, { id: 2 }, { id: 3 }],
		});
	const all = await run({
		jsCode: 'return $input.all().filter((item) => item.json.id > 1);',
	});
	expect(readIds(all.json)).toEqual([2, 3]);
	const each = await run({
		mode: 'runOnceForEachItem',
		jsCode: 'const id = $json.id * 2;\nreturn { json: { id } };',
	});
	expect(readIds(each.json)).toEqual([2, 4, 6]);
	expect(each.items[1].pairedItem).toEqual({ item: 1 });
});
