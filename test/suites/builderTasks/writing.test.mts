import pick from 'lodash/pick.js';
import {
	chainFrom,
	condition,
	filters,
	startChain,
	useBuilderTasks,
	type Fields,
} from '../../helpers/builderTasks.mts';
import { getBodies } from '../../helpers/loggedRequests.mts';
import { teamogy } from '../../helpers/workflow.mts';

const { testBed, rows, perform, performNode } = useBuilderTasks();
const record = (entity: string, id: unknown): Fields =>
	testBed.sandbox.records(entity).find((one) => one.id === id)!;
const define = (value: object, more: object = {}) => ({
	fieldsMode: 'mapping',
	fields: { mappingMode: 'defineBelow', value, ...more },
});

test('A lead came in: add the company and the person', async () => {
	const result = await perform(
		chainFrom(
			[{ company: 'Lead s.r.o.', firstName: 'Eva', lastName: 'Malá', email: 'eva@lead.example' }],
			teamogy('Company', {
				resource: 'company',
				operation: 'create',
				...define({ name: '={{ $json.company }}', isClient: true, category: 'PROSPECT' }),
			}),
			teamogy('Person', {
				resource: 'person',
				operation: 'create',
				...define({
					firstName: "={{ $('Start').item.json.firstName }}",
					lastName: "={{ $('Start').item.json.lastName }}",
					email: "={{ $('Start').item.json.email }}",
					companyId: '={{ $json.id }}',
				}),
			}),
		),
	);
	const [{ id: companyId }] = result.node('Company').json;
	const [{ id: personId }] = result.node('Person').json;
	expect(rows('companies.client').find(({ id }) => id === companyId)).toMatchObject({
		name: 'Lead s.r.o.',
		category: 'PROSPECT',
	});
	expect(rows('persons').find(({ id }) => id === personId)).toMatchObject({
		name: 'Eva Malá',
		companyId,
		companyName: 'Lead s.r.o.',
		email: 'eva@lead.example',
	});
});

test("Open a job for O'Neill & Sons, Ltd. with a first task of four hours", async () => {
	const result = await perform(
		startChain(
			teamogy('Client', {
				resource: 'company',
				operation: 'lookUp',
				view: 'companies.client',
				lookUpColumn: 'name',
				lookUpValue: "O'Neill & Sons, Ltd.",
				onMissing: 'fail',
			}),
			teamogy('Job', {
				resource: 'job',
				operation: 'create',
				fieldsMode: 'json',
				body: '={{ { name: "Spring campaign", companyId: $json.teamogy.id, dueOn: "2027-03-31" } }}',
			}),
			teamogy('Task', {
				resource: 'task',
				operation: 'create',
				fieldsMode: 'json',
				body: '={{ { name: "Brief", jobId: $json.id, dueOn: "2026-12-04", hoursPlanned: 4 } }}',
			}),
		),
	);
	const [{ id }] = result.node('Task').json;
	expect(rows('tasks').find((row) => row.id === id)).toMatchObject({
		name: 'Brief',
		jobName: 'Spring campaign',
		companyName: "O'Neill & Sons, Ltd.",
		dueOn: '2026-12-04',
		hoursPlanned: 4,
	});
});

test('Log two hours of Ema on job J-2025-0001', async () => {
	const result = await perform(
		chainFrom(
			[{ email: 'ema.novakova@kolibrik.example', job: 'J-2025-0001' }],
			teamogy('User', {
				resource: 'user',
				operation: 'lookUp',
				lookUpColumn: 'email',
				lookUpValue: '={{ $json.email }}',
				onMissing: 'fail',
				options: { outputField: 'user' },
			}),
			teamogy('Job', {
				resource: 'job',
				operation: 'lookUp',
				lookUpColumn: 'number',
				lookUpValue: '={{ $json.job }}',
				onMissing: 'fail',
				options: { outputField: 'foundJob' },
			}),
			teamogy('Time', {
				resource: 'timeEntry',
				operation: 'create',
				...define({
					userId: '={{ $json.user.id }}',
					jobId: '={{ $json.foundJob.id }}',
					date: '2026-11-20',
					hours: 2,
					note: 'Call',
				}),
			}),
		),
	);
	const [{ id }] = result.node('Time').json;
	expect(rows('intervals.track').find((row) => row.id === id)).toMatchObject({
		userName: 'Ema Nováková',
		jobName: 'Vánoční kampaň 2025',
		date: '2026-11-20',
		hours: 2,
		note: 'Call',
	});
});

test('Order radio spots of a supplier for a job', async () => {
	const supplier = rows('companies.supplier')[0];
	const job = rows('jobs')[0];
	const { json } = await performNode({
		resource: 'purchaseOrder',
		operation: 'create',
		documentType: { __rl: true, mode: 'name', value: 'DOCUMENT.ORDER.PURCHASE' },
		fieldsMode: 'json',
		body: JSON.stringify({
			ownerId: job.ownerId,
			companyId: supplier.id,
			jobId: job.id,
			tags: ['radio'],
			properties: { name: 'Radio spots', currency: 'CZK', note: '10 × spot A, 5 × spot B' },
		}),
	});
	const [{ id, number }] = json;
	expect(number).toMatch(/^OBJ-/);
	expect(rows('documents.order.purchase').find((row) => row.id === id)).toMatchObject({
		number,
		name: 'Radio spots',
		companyName: supplier.name,
		jobName: job.name,
		ownerName: job.ownerName,
		currency: 'CZK',
		tags: ['radio'],
	});
});

test("Bring the CRM's companies in by their numbers there, as often as it runs", async () => {
	const getNumber = (row: Fields) => (row.properties as Fields).extName;
	const there = rows('companies').find(getNumber)!;
	const before = rows('companies').length;
	const workflow = chainFrom(
		[
			{ crmId: getNumber(there) as string, name: 'Renamed', business: 'Food' },
			{ crmId: 'CRM-1', name: 'New s.r.o.', business: 'Cars' },
		],
		teamogy('Companies', {
			resource: 'company',
			operation: 'upsert',
			...define(
				{
					'properties.extName': '={{ $json.crmId }}',
					name: '={{ $json.name }}',
					industry: '={{ $json.business }}',
				},
				{ matchingColumns: ['properties.extName'] },
			),
		}),
	);
	const [updated, created] = (await perform(workflow)).node('Companies').json;
	expect([updated.teamogyEvent, created.teamogyEvent]).toEqual(['updated', 'created']);
	expect(updated.id).toBe(there.id);
	const again = (await perform(workflow)).node('Companies').json;
	expect(again.map(({ id, teamogyEvent }) => [id, teamogyEvent])).toEqual([
		[updated.id, 'updated'],
		[created.id, 'updated'],
	]);
	expect(rows('companies')).toHaveLength(before + 1);
	const saved = [updated, created].map(({ id }) => record('companies', id));
	expect(saved.map((one) => pick(one, 'name', 'industry', 'properties.extName'))).toEqual([
		{ name: 'Renamed', industry: 'Food', properties: { extName: getNumber(there) } },
		{ name: 'New s.r.o.', industry: 'Cars', properties: { extName: 'CRM-1' } },
	]);
});

test("Write accounting's numbers into the invoices", async () => {
	const invoice = rows('invoices.sales').find(
		({ properties }) => (properties as Fields).extStatus === 'EXT.READY',
	)!;
	await perform(
		chainFrom(
			[{ invoice: invoice.number as string, accounting: 'ACC-1' }],
			teamogy('Invoice', {
				resource: 'invoice',
				operation: 'lookUp',
				lookUpColumn: 'number',
				lookUpValue: '={{ $json.invoice }}',
				onMissing: 'fail',
			}),
			teamogy('Write Back', {
				resource: 'invoice',
				operation: 'update',
				recordId: { __rl: true, mode: 'id', value: '={{ $json.teamogy.id }}' },
				...define({
					'properties.extName': '={{ $json.accounting }}',
					'properties.extStatus': 'EXT.EXPORTED',
				}),
			}),
		),
	);
	const { properties } = rows('invoices.sales').find(({ id }) => id === invoice.id)!;
	expect(properties).toEqual({
		...(invoice.properties as Fields),
		extName: 'ACC-1',
		extStatus: 'EXT.EXPORTED',
	});
});

test('Finish the tasks of a job', async () => {
	const openTasks = (job: unknown) =>
		rows('tasks').filter(({ jobId, status }) => jobId === job && status !== 'DONE');
	const { id: jobId } = rows('jobs').find(({ id }) => openTasks(id).length > 1)!;
	const open = openTasks(jobId);
	await perform(
		startChain(
			teamogy('Open Tasks', {
				resource: 'task',
				operation: 'getAll',
				returnAll: true,
				...filters(
					condition('jobId', 'equal', String(jobId)),
					condition('status', 'notEqual', 'DONE'),
				),
			}),
			teamogy('Finish', {
				resource: 'task',
				operation: 'update',
				recordId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
				fieldsMode: 'json',
				body: '{ "status": "DONE" }',
			}),
		),
	);
	expect(getBodies(testBed.sandbox)).toEqual(open.map(() => ({ status: 'DONE' })));
	for (const { id } of open) expect(record('tasks', id).status).toBe('DONE');
});
