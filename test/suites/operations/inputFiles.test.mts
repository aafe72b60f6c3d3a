/** Files of the input: records come without them, as from n8n's own nodes, and a Merge node brings both together. */
import { createTestBed, type TestBed } from '../../helpers/testBed.mts';
import { toJsonBody, toRecordId } from '../../helpers/writeParameters.mts';

let stage: TestBed;

beforeAll(async () => {
	stage = await createTestBed();
});

afterAll(async () => await stage.close());

beforeEach(() => stage.sandbox.reset());

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
	const node = (name: string, type: string, typeVersion: number, parameters: object) => ({
		id: name,
		name,
		type,
		typeVersion,
		position: [0, 0],
		parameters,
	});
	const to = (...targets: Array<[string, number]>) => ({
		main: [targets.map(([name, index]) => ({ node: name, type: 'main', index }))],
	});
	const known = stage.sandbox.records('companies').slice(0, 2);
	const inputs = known.map(({ id }, index) => ({
		json: { id, name: `Filed ${index}` },
		binary: file(`${index}.txt`),
	}));
	const { node: outcome, error } = await stage.engine.runWorkflow(
		{
			nodes: [
				node('Files', 'n8n-nodes-base.manualTrigger', 1, {}),
				node('Teamogy', 'n8n-nodes-teamogy.teamogy', 1, { ...company, operation, ...more }),
				node('Merge', 'n8n-nodes-base.merge', 3, {
					mode: 'combine',
					combineBy: 'combineByPosition',
				}),
			],
			connections: {
				Files: to(['Teamogy', 0], ['Merge', 0]),
				Teamogy: to(['Merge', 1]),
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
