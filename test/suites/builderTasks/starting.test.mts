import { useBuilderTasks, type Fields } from '../../helpers/builderTasks.mts';
import { CREDENTIAL, post } from '../../helpers/push/pushTrigger.mts';
import { chain, node } from '../../helpers/workflow.mts';

const { testBed, performNode, publish, validate } = useBuilderTasks();

const trigger = (parameters: object) =>
	node('When', 'n8n-nodes-teamogy.teamogyTrigger', parameters);
/** A text of the record, which a node of a chat would send. */
const message = (text: string) =>
	node('Message', 'set', { mode: 'raw', jsonOutput: `={{ { text: ${text} } }}`, options: {} }, 3.4);

test('When a job is closed, tell us', async () => {
	const poll = await publish(
		chain(
			trigger({
				view: 'jobs',
				event: 'entersFilter',
				filters: { conditions: [{ column: 'status', operator: 'equal', value: 'CLOSED' }] },
			}),
			message('`${$json.number} ${$json.name} is closed`'),
		),
	);
	const { sandbox } = testBed;
	const job = sandbox.rows('jobs').find(({ status }) => status === 'OPEN')!;
	sandbox.patch('jobs', job.id as number, { name: 'Almost there' });
	expect(await poll()).toBeUndefined();
	sandbox.patch('jobs', job.id as number, { status: 'CLOSED' });
	expect((await poll())!.node('Message').json).toEqual([
		{ text: `${String(job.number)} Almost there is closed` },
	]);
	expect(await poll()).toBeUndefined();
});

test('Welcome each new client', async () => {
	const poll = await publish(
		chain(
			trigger({ view: 'companies.client', event: 'created' }),
			message('`Welcome, ${$json.name}`'),
		),
	);
	testBed.sandbox.insert('companies', { name: 'Only a supplier', isSupplier: true });
	testBed.sandbox.insert('companies', { name: 'Fresh s.r.o.', isClient: true });
	expect((await poll())!.node('Message').json).toEqual([{ text: 'Welcome, Fresh s.r.o.' }]);
});

test('Tell us when the status of an invoice changes, and of nothing else', async () => {
	const poll = await publish(
		chain(
			trigger({
				view: 'invoices.sales',
				event: 'updated',
				options: { watchColumns: ['status'], columns: ['id', 'number', 'status'] },
			}),
			message('`${$json.number} is ${$json.status}`'),
		),
	);
	const { sandbox } = testBed;
	const { id, number } = sandbox
		.rows('invoices.sales')
		.find(({ status }) => status === 'PROCESSING') as { id: number; number: string };
	sandbox.patch('documents', id, { properties: { name: 'Another name' } });
	expect(await poll()).toBeUndefined();
	sandbox.patch('documents', id, { status: 'APPROVED' });
	expect((await poll())!.node('Message').json).toEqual([{ text: `${number} is APPROVED` }]);
});

test('Answer Teamogy with a number when it sends a company', async () => {
	const workflow = chain(
		node('When', 'n8n-nodes-teamogy.teamogyPushTrigger', {
			httpMethod: 'POST',
			path: 'new-company',
			responseMode: 'lastNode',
		}),
		node(
			'Number',
			'set',
			{
				mode: 'raw',
				jsonOutput: '={{ { number: `CRM-${$json.body.id}`, name: $json.body.name } }}',
				options: {},
			},
			3.4,
		),
	);
	validate(workflow);
	const { response } = await testBed.engine.webhook({
		type: 'teamogyPushTrigger',
		parameters: (workflow.nodes[0] as { parameters: object }).parameters,
		credentials: { teamogyPushApi: CREDENTIAL },
		workflow,
		request: post({ id: 30001, name: 'O’Neill' }),
	});
	expect(JSON.parse(response.body)).toEqual({ number: 'CRM-30001', name: 'O’Neill' });
});

test('Show the whole company, with its addresses and bank accounts', async () => {
	const { json } = await performNode({
		resource: 'apiRequest',
		operation: 'request',
		method: 'GET',
		path: 'companies',
		query: { parameters: [{ name: 'id', value: '30001' }] },
	});
	const [company] = json as Fields[];
	expect(company).toEqual(testBed.sandbox.records('companies').find(({ id }) => id === 30001));
	expect(company.addresses).toHaveLength(1);
});
