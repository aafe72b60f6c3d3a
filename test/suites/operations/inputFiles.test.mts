/** Files of the input: records come without them, as from n8n's own nodes, and a Merge node brings both together. */
import { useTestBed } from '../../helpers/testBed.mts';
import { node, teamogy, to } from '../../helpers/workflow.mts';
import { toJsonBody, toRecordId } from '../../helpers/writeParameters.mts';

const testBed = useTestBed();

const file = (name: string) => ({ scan: { data: '', mimeType: 'text/plain', fileName: name } });
const company = { resource: 'company' };
const write = toJsonBody('={{ { name: $json.name } }}');
const match = { matchColumn: 'name', matchValue: '={{ $json.name }}' };

it.each([
	['create', write],
	['update', { ...write, ...toRecordId('={{ $json.id }}') }],
	['upsert', { ...write, ...match }],
	['get', toRecordId('={{ $json.id }}')],
])('%s returns records, and Merge by position gives each its file', async (operation, more) => {
	const known = testBed.sandbox.records('companies').slice(0, 2);
	const inputs = known.map(({ id }, index) => ({
		json: { id, name: `Filed ${index}` },
		binary: file(`${index}.txt`),
	}));
	const { node: outcome, error } = await testBed.engine.runWorkflow(
		{
			nodes: [
				node('Files', 'manualTrigger'),
				teamogy('Teamogy', { ...company, operation, ...more }),
				node('Merge', 'merge', { mode: 'combine', combineBy: 'combineByPosition' }, 3),
			],
			connections: {
				Files: { main: [to('Teamogy', 'Merge')] },
				Teamogy: { main: [to(['Merge', 1])] },
			},
		},
		{ inputs },
	);
	expect(error).toBeUndefined();
	const records = outcome('Teamogy').items;
	expect(records.map(({ binary }) => binary)).toEqual([undefined, undefined]);
	expect(outcome('Merge').items.map(({ json, binary }) => [json.id, binary])).toEqual(
		records.map(({ json }, index) => [json.id, file(`${index}.txt`)]),
	);
});
