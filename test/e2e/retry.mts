import type { Execution, Workflow } from '../n8n/instance.mts';
import { countCompanies, getCompanyIds, refuseCompany } from '../helpers/companyWrites.mts';
import { node, teamogy, to, webhook } from '../helpers/workflow.mts';
import { stage, until } from './stage.mts';

/** Rows of another tool come in by a webhook; a company is created of each, two in a loop. */
const writing = (path: string, isLoop: boolean) => {
	return {
		name: `Write ${path}`,
		nodes: [
			webhook('Rows', 'webhook', { httpMethod: 'POST', path }, 2),
			node('Each', 'splitOut', { fieldToSplitOut: 'body.rows', options: {} }),
			node('Loop', 'splitInBatches', { batchSize: 2, options: {} }, 3),
			{
				...teamogy('Write', {
					resource: 'company',
					operation: 'create',
					fieldsMode: 'json',
					body: '={{ { name: $json.name } }}',
				}),
				credentials: { teamogyApi: stage.credential },
			},
			node('After', 'noOp'),
		],
		connections: isLoop
			? {
					Rows: { main: [to('Each')] },
					Each: { main: [to('Loop')] },
					Loop: { main: [to('After'), to('Write')] },
					Write: { main: [to('Loop')] },
				}
			: {
					Rows: { main: [to('Each')] },
					Each: { main: [to('Write')] },
					Write: { main: [to('After')] },
				},
	} satisfies Workflow;
};

/** Starts the workflow as another tool does, and waits for its execution to end. */
async function receive(workflowId: string, path: string, names: string[]): Promise<Execution> {
	const { n8n } = stage;
	const body = JSON.stringify({ rows: names.map((name) => ({ name })) });
	const headers = { 'content-type': 'application/json' };
	await fetch(`${n8n.url}/webhook/${path}`, { method: 'POST', headers, body });
	const id = await until('an execution', async () => (await n8n.executions(workflowId)).at(-1)?.id);
	return await n8n.finished(id);
}

/** What the two entries of *Retry* in the list of executions do. */
async function retry(id: string, loadWorkflow: boolean): Promise<Execution> {
	const { n8n } = stage;
	const started = await n8n.rest('POST', `executions/${id}/retry`, { loadWorkflow });
	return await n8n.finished(started.id);
}

const countSaved = (names: string[]) => countCompanies(stage.sandbox, names);
const refuse = (name: string) => refuseCompany(stage.sandbox, name);

export function retryTests() {
	beforeEach(() => stage.sandbox.reset());

	test.each([
		['original', false, false],
		['currently saved', true, false],
		['currently saved', true, true],
	])(
		'Retry continues with the items that are not written: %s workflow %#',
		async (_, loadWorkflow, isLoop) => {
			const { n8n, sandbox } = stage;
			const path = `retry-${loadWorkflow}-${isLoop}`;
			const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G'].map((letter) => `${letter} ${path}`);
			const { id } = await n8n.importWorkflow(writing(path, isLoop));
			await n8n.activate(id);
			try {
				refuse(names[3]);
				const failed = await receive(id, path, names);
				expect([failed.mode, failed.status]).toEqual(['webhook', 'error']);
				expect(countSaved(names)).toEqual([1, 1, 1, 0, 0, 0, 0]);

				// The same record is refused again, and then another one.
				const again = await retry(failed.id, loadWorkflow);
				expect([again.mode, again.status]).toEqual(['retry', 'error']);
				sandbox.clearFaults();
				refuse(names[5]);
				const further = await retry(again.id, loadWorkflow);
				expect(further.status).toBe('error');
				expect(countSaved(names)).toEqual([1, 1, 1, 1, 1, 0, 0]);

				sandbox.clearFaults();
				const done = await retry(further.id, loadWorkflow);
				expect([done.error, done.mode, done.status]).toEqual([undefined, 'retry', 'success']);
				expect(countSaved(names)).toEqual([1, 1, 1, 1, 1, 1, 1]);
				const ids = getCompanyIds(sandbox, names);
				expect(done.output('After')[0].map((row) => row.id)).toEqual(ids);
				// A saved execution that is complete carries nothing of it.
				expect(JSON.stringify(done.data.executionData.contextData)).not.toContain(
					'completedWrites',
				);
			} finally {
				await n8n.deactivate(id);
			}
		},
	);
}
