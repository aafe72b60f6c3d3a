/**
 * Tasks in words, each as the workflow that a language model writes from the definitions of the nodes alone: their
 * resources, operations and parameters, and the columns that `getColumns` lists.
 */
import type { IDataObject, INode, INodeExecutionData } from 'n8n-workflow';
import type { WorkflowJson, WorkflowOptions, WorkflowResult } from '../engine/index.mts';
import { load, loadFrom } from '../engine/outsideJest.mts';
import { since } from '../engine/since.mts';
import { resolveParameters } from './nodeParameters.mts';
import { useTestBed, type TestBed } from './testBed.mts';
import { chain, node, teamogy, type WorkflowNode } from './workflow.mts';

export type Fields = Record<string, unknown>;

interface Problem {
	code: string;
	message: string;
}
interface WorkflowSdk {
	validateWorkflow(
		workflow: object,
		options: object,
	): { errors: Problem[]; warnings: Problem[]; valid: boolean };
}

/** What n8n's builder validates workflows with. n8n-core brings it from 2.41 on. */
const loadWorkflowSdk = (): WorkflowSdk =>
	loadFrom(load.resolve('n8n-core'))('@n8n/workflow-sdk') as WorkflowSdk;

/** A chain of nodes, started by hand with these items. */
export const chainFrom = (items: IDataObject[], ...nodes: WorkflowNode[]): WorkflowJson => ({
	...chain(node('Start', 'manualTrigger'), ...nodes),
	pinData: { Start: items.map((json) => ({ json })) },
});
export const startChain = (...nodes: WorkflowNode[]): WorkflowJson => chainFrom([{}], ...nodes);

export const condition = (column: string, operator: string, value?: unknown): object =>
	value === undefined ? { column, operator } : { column, operator, value };
export const filters = (...conditions: object[]): object => ({ filters: { conditions } });

/** Asserts that n8n takes the workflow: it drops no parameter, and none is missing or has an impossible value. */
function assertValid({ engine }: TestBed, workflow: WorkflowJson): void {
	for (const one of workflow.nodes as INode[]) {
		const { given, resolved, issues } = resolveParameters(engine.nodeTypes, one);
		expect(resolved).toMatchObject(given);
		expect({ node: one.name, issues }).toEqual({ node: one.name, issues: undefined });
	}
	if (!since('2.41')) return;
	const { errors, warnings } = loadWorkflowSdk().validateWorkflow(workflow, {
		nodeTypesProvider: engine.nodeTypes,
	});
	expect([...errors, ...warnings]).toEqual([]);
}

/** A sandbox as on its first day for each task, and the engine in it. */
export function useBuilderTasks() {
	const testBed = useTestBed();

	/** Validates the workflow and executes it to its good end. */
	const perform = async (
		workflow: WorkflowJson,
		options: WorkflowOptions = {},
	): Promise<WorkflowResult> => {
		assertValid(testBed, workflow);
		const result = await testBed.engine.runWorkflow(workflow, options);
		expect(result.error).toBeUndefined();
		return result;
	};

	/** Executes a workflow of one Teamogy node to its good end: what the node gave. */
	const performNode = async (parameters: object) => {
		const result = await perform(startChain(teamogy('Teamogy', parameters)));
		return result.node('Teamogy');
	};

	/** Publishes a workflow with a polling trigger; each call of the result is a poll and what follows from it. */
	const publish = async (workflow: WorkflowJson) => {
		assertValid(testBed, workflow);
		const [trigger] = workflow.nodes as INode[];
		const call = { type: trigger.type, parameters: trigger.parameters, staticData: {} };
		expect(await testBed.engine.activate(call)).toEqual([]);
		return async (): Promise<WorkflowResult | undefined> => {
			const items: INodeExecutionData[][] | null = await testBed.engine.poll(call);
			return items ? await perform(workflow, { inputs: items[0] }) : undefined;
		};
	};
	const validate = (workflow: WorkflowJson) => assertValid(testBed, workflow);
	const rows = (view: string): Fields[] => testBed.sandbox.rows(view);
	return { testBed, rows, perform, performNode, publish, validate };
}
