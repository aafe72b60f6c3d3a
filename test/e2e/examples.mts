import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Execution, Workflow } from '../n8n/instance.mts';
import type { Row } from '../sandbox/index.mts';
import {
	example,
	examples,
	examplesNotCompared,
	exampleTest,
	nodeOf,
	pick,
	stage,
} from './stage.mts';

/** Imports an example, perhaps changed, and runs it to its good end. */
async function run(workflow: Workflow): Promise<Execution> {
	const { id } = await stage.n8n.importWorkflow(workflow);
	const execution = await stage.n8n.run(id);
	expect(execution.error).toBeUndefined();
	expect(execution.status).toBe('success');
	return execution;
}

const runExample = async (name: string) => await run(example(name));

const descending = (column: string) => (a: Row, b: Row) => Number(b[column]) - Number(a[column]);

/** Sums as n8n makes them, by the values of some columns. */
function sums(rows: readonly Row[], by: string[], column: string) {
	const groups = new Map<string, Record<string, unknown>>();
	for (const row of rows) {
		const key = JSON.stringify(by.map((name) => row[name]));
		const group = groups.get(key) ?? { ...pick(row, ...by), [`sum_${column}`]: 0, count_id: 0 };
		group[`sum_${column}`] = Number(group[`sum_${column}`]) + Number(row[column]);
		group.count_id = Number(group.count_id) + 1;
		groups.set(key, group);
	}
	return [...groups.values()];
}

const byJobAndUser = (rows: Array<Record<string, unknown>>) =>
	new Map(rows.map((row) => [`${String(row.jobName)} | ${String(row.userName)}`, row]));

/** Takes invoices over loopback and responds to each with a number of its own, after the failures asked for. */
async function startAccounting({ failures = 0 } = {}) {
	const received: Array<Record<string, unknown>> = [];
	const server = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk) => (text += chunk));
		request.on('end', () => {
			if (failures-- > 0) {
				response.statusCode = 503;
				return response.end();
			}
			const invoice = JSON.parse(text);
			received.push(invoice);
			response.setHeader('content-type', 'application/json');
			response.end(JSON.stringify({ accountingNumber: `ACC-${invoice.number}` }));
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/api/invoices`,
		received,
		close: async () => await new Promise((done) => server.close(done)),
	};
}

export function exampleTests() {
	beforeEach(() => stage.sandbox.reset());

	test.each([...examples.keys()])('%s is imported', async (name) => {
		const workflow = example(name);
		const { id } = await stage.n8n.importWorkflow(workflow);
		const saved: Workflow = await stage.n8n.rest('GET', `workflows/${id}`);
		expect(saved.nodes.map(({ name, type }) => [name, type])).toEqual(
			workflow.nodes.map(({ name, type }) => [name, type]),
		);
		for (const node of saved.nodes.filter(({ credentials }) => credentials?.teamogyApi))
			expect(node.credentials!.teamogyApi.id).toBe(stage.credential.id);
	});

	test('Every one is executed and compared', () => {
		const files = examplesNotCompared().map((name) => `examples/${name}.json`);
		if (!files.length) return;
		throw new Error(
			`No test executes ${files.join(', ')}: add an exampleTest that compares what comes out`,
		);
	});

	exampleTest('approved-sales-invoices', 'gives the ten largest', async () => {
		const rows = stage.sandbox
			.rows('invoices.sales')
			.filter(
				({ status, paymentStatus, currency }) =>
					status === 'APPROVED' && paymentStatus !== 'PAID' && currency === 'CZK',
			);
		const execution = await runExample('approved-sales-invoices');
		const [found] = execution.output('Get Approved Invoices');
		expect(found.map((row) => pick(row, 'id', 'number', 'total'))).toEqual(
			[...rows]
				.sort(descending('total'))
				.slice(0, 10)
				.map((row) => pick(row, 'id', 'number', 'total')),
		);
	});

	exampleTest('companies-in-step', 'updates what is there and creates the others', async () => {
		const { sandbox } = stage;
		const workflow = example('companies-in-step');
		const { companies } = JSON.parse(
			nodeOf(workflow, 'Companies From the CRM').parameters!.jsonOutput,
		) as { companies: Row[] };
		const before = new Map(sandbox.rows('companies').map(({ name, id }) => [name, id]));
		const known = companies.filter(({ name }) => before.has(name));
		expect([known.length, companies.length]).toEqual([2, 4]);

		const execution = await run(workflow);
		const [readBack] = execution.output('Read Back');
		expect(readBack.map((row) => pick(row, 'name', 'industry', 'isClient'))).toEqual(companies);
		const rows = sandbox.rows('companies');
		expect(rows.length).toBe(before.size + companies.length - known.length);
		for (const row of readBack) {
			const saved = rows.find(({ id }) => id === row.id)!;
			expect(pick(saved, 'id', 'name', 'industry', 'isClient')).toEqual(row);
			if (before.has(row.name)) expect(row.id).toBe(before.get(row.name));
		}
	});

	exampleTest('hours-per-job', 'adds up the tracks', async () => {
		const tracks = stage.sandbox
			.rows('intervals.track')
			.filter(({ date }) => String(date) >= '2026-11-01');
		const execution = await runExample('hours-per-job');
		const [result] = execution.output('Most Hours First');
		expect(result.length).toBeGreaterThan(20);
		expect(byJobAndUser(result)).toEqual(
			byJobAndUser(sums(tracks, ['jobName', 'userName'], 'hours')),
		);
		expect(result).toEqual([...result].sort(descending('sum_hours')));
	});

	exampleTest('overdue-invoices-digest', 'writes one text', async () => {
		const overdue = stage.sandbox
			.rows('invoices.sales')
			.filter(({ status, paymentStatus }) => status === 'APPROVED' && paymentStatus === 'OVERDUE');
		const owed = sums(overdue, ['currency', 'companyName'], 'total').sort(
			(a, b) =>
				String(a.currency).localeCompare(String(b.currency)) || descending('sum_total')(a, b),
		);
		const lines = owed.map(({ companyName, currency, sum_total, count_id }) => {
			const invoices = count_id === 1 ? '1 invoice' : `${String(count_id)} invoices`;
			return `${String(companyName)}: ${Number(sum_total).toFixed(2)} ${String(currency)} (${invoices})`;
		});
		expect(lines.length).toBeGreaterThan(1);
		const execution = await runExample('overdue-invoices-digest');
		expect(execution.output('One Text')).toEqual([
			[{ subject: `Overdue: ${lines.length} sums to collect`, text: lines.join('\n') }],
		]);
	});

	exampleTest('purchase-orders-for-approval', 'starts the approval of the large ones', async () => {
		const { sandbox } = stage;
		const large = sandbox
			.rows('documents.order.purchase')
			.filter(({ status, net }) => status === 'PROCESSING' && Number(net) > 150_000)
			.slice(0, 20);
		expect(large.length).toBeGreaterThan(0);
		const execution = await runExample('purchase-orders-for-approval');
		expect(execution.output('Get Large Orders')[0].map(({ id }) => id)).toEqual(
			large.map(({ id }) => id),
		);
		const started = sandbox
			.records('documents')
			.filter(({ type, process }) => type === 'DOCUMENT.ORDER.PURCHASE' && process);
		expect(started.map(({ id, process }) => [id, process])).toEqual(
			large.map(({ id }) => [id, { name: 'PROCESS-DOCUMENT.MANAGER.APPROVAL', state: 'RUNNING' }]),
		);
	});

	exampleTest('time-entries-from-csv', 'posts the lines of the file', async () => {
		const { sandbox } = stage;
		const before = new Set(sandbox.records('time').map(({ id }) => id));
		const execution = await runExample('time-entries-from-csv');
		const users = new Map(sandbox.rows('users').map(({ email, id }) => [email, id]));
		const fresh = sandbox.records('time').filter(({ id }) => !before.has(id));
		expect(
			fresh.map((row) => pick(row, 'type', 'userId', 'jobId', 'date', 'hours', 'note')),
		).toEqual([
			{
				type: 'TRACK',
				userId: users.get('sarka.kucerova@kolibrik.example'),
				jobId: 5043,
				date: '2026-11-19',
				hours: 2.5,
				note: 'Proofreading, leaflets',
			},
			{
				type: 'TRACK',
				userId: users.get('zaneta.prochazkova@kolibrik.example'),
				jobId: 5068,
				date: '2026-11-19',
				hours: 4,
				note: 'Cutting the spot',
			},
		]);
		expect(execution.output('Create Time Entries')[0].map(({ id }) => id)).toEqual(
			fresh.map(({ id }) => id),
		);
	});

	exampleTest('time-entries-in', 'posts the entries and reads them back', async () => {
		const { sandbox } = stage;
		const workflow = example('time-entries-in');
		const { entries } = JSON.parse(nodeOf(workflow, 'Tracked Time').parameters!.jsonOutput) as {
			entries: Row[];
		};
		const before = sandbox.records('time').length;
		const execution = await run(workflow);
		const [readBack] = execution.output('Read Back');
		const names = (view: string) => new Map(sandbox.rows(view).map(({ id, name }) => [id, name]));
		const users = names('users');
		const jobs = names('jobs');
		expect(readBack).toEqual(
			sandbox
				.records('time')
				.slice(before)
				.map(({ id }, index) => ({
					id,
					userName: users.get(entries[index].user),
					jobName: jobs.get(entries[index].job),
					date: entries[index].day,
					hours: entries[index].hours,
					note: entries[index].note,
				})),
		);
		expect(readBack.length).toBe(entries.length);
	});

	exampleTest('view-to-spreadsheet', 'makes a file Excel reads', async () => {
		const workflow = example('view-to-spreadsheet');
		workflow.nodes.push({
			id: 'read-back',
			name: 'Read the File',
			type: 'n8n-nodes-base.extractFromFile',
			typeVersion: 1.1,
			position: [660, 0],
			parameters: { operation: 'xlsx', options: {} },
		});
		workflow.connections['Excel File'] = {
			main: [[{ node: 'Read the File', type: 'main', index: 0 }]],
		};
		const execution = await run(workflow);
		// An empty cell of a sheet is no column of its row.
		const filled = (row: Record<string, unknown>) =>
			Object.fromEntries(Object.entries(row).filter(([, value]) => value !== null && value !== ''));
		const [rows] = execution.output('Read the File');
		expect(rows.length).toBeGreaterThan(50);
		const columns = Object.keys(execution.output('Get All Rows')[0][0]);
		expect(columns).toEqual(expect.arrayContaining(['id', 'number', 'name', 'companyName']));
		expect(rows.map(filled)).toEqual(
			stage.sandbox.rows('jobs').map((row) => filled(pick(row, ...columns))),
		);
	});

	exampleTest('view-file-by-email', 'makes a file to attach', async () => {
		const workflow = example('view-file-by-email');
		workflow.nodes.push({
			id: 'read-back',
			name: 'Read the File',
			type: 'n8n-nodes-base.extractFromFile',
			typeVersion: 1.1,
			position: [440, 200],
			// n8n's word for leaving out the byte order mark.
			parameters: { operation: 'csv', options: { enableBOM: true } },
		});
		workflow.connections['Get Open Jobs'].main[0].push({
			node: 'Read the File',
			type: 'main',
			index: 0,
		});
		const execution = await run(workflow);
		const [rows] = execution.output('Read the File');
		const open = stage.sandbox.rows('jobs').filter(({ status }) => status !== 'CLOSED');
		expect(rows.map(({ number }) => number).toSorted()).toEqual(
			open.map(({ number }) => number).toSorted(),
		);
		// The node that sends is off: it passes the file on.
		expect(execution.output('Send the File').length).toBe(1);
	});

	exampleTest('messy-names', 'finds the companies, and keeps a line without one', async () => {
		const execution = await runExample('messy-names');
		const ids = new Map(stage.sandbox.rows('companies').map(({ id, name }) => [id, name]));
		const [lines] = execution.output('List With IDs');
		expect(lines.map(({ companyId }) => companyId !== null)).toEqual([
			...Array.from({ length: 5 }, () => true),
			false,
		]);
		for (const { companyId, companyName } of lines.slice(0, 5))
			expect(companyName).toBe(ids.get(companyId));
	});

	exampleTest('invoices-to-accounting', 'writes the number back', async () => {
		const { sandbox } = stage;
		const accounting = await startAccounting();
		try {
			const waiting = sandbox
				.rows('invoices.sales')
				.filter(
					({ status, properties }) =>
						status === 'APPROVED' && (properties as Row).extStatus === 'EXT.READY',
				);
			expect(waiting.length).toBeGreaterThan(0);
			const workflow = example('invoices-to-accounting');
			nodeOf(workflow, 'Send to Accounting').parameters!.url = accounting.url;
			await run(workflow);
			expect(accounting.received).toEqual(
				waiting.map(({ number, companyName, total, currency, dueDate }) => ({
					number,
					customer: companyName,
					total,
					currency,
					due: dueDate,
				})),
			);
			const ids = waiting.map(({ id }) => id);
			const after = sandbox.rows('invoices.sales').filter(({ id }) => ids.includes(id));
			expect(
				after.map(({ properties }) => pick(properties as Row, 'extStatus', 'extName')),
			).toEqual(
				waiting.map(({ number }) => ({
					extStatus: 'EXT.EXPORTED',
					extName: `ACC-${String(number)}`,
				})),
			);

			// The second run finds nothing left, so no invoice goes twice.
			const sent = accounting.received.length;
			const again = await run(workflow);
			expect(again.output('Get Invoices to Export')).toEqual([[]]);
			expect(accounting.received.length).toBe(sent);
		} finally {
			await accounting.close();
		}
	});

	/** Activates a workflow with a polling trigger, lets something happen and gives what it led to. */
	async function polled(name: string, happen: () => void): Promise<Execution> {
		const { n8n } = stage;
		const { id } = await n8n.importWorkflow(example(name));
		await n8n.activate(id);
		try {
			expect(await n8n.executions(id)).toEqual([]);
			happen();
			await n8n.poll(id);
			const [execution, ...others] = await n8n.executions(id);
			expect(others).toEqual([]);
			return await n8n.finished(execution.id);
		} finally {
			await n8n.deactivate(id);
		}
	}

	exampleTest(
		'approved-invoice-message',
		'writes a message of the invoice that is approved',
		async () => {
			const { sandbox } = stage;
			const { id } = sandbox.rows('invoices.sales').find(({ status }) => status === 'PROCESSING')!;
			const execution = await polled('approved-invoice-message', () =>
				sandbox.patch('documents', id as number, { status: 'APPROVED' }),
			);
			const row = sandbox.rows('invoices.sales').find((one) => one.id === id)!;
			expect(execution.output('Message')).toEqual([
				[
					{
						subject: `Approved: ${row.number}`,
						text: `Invoice ${row.number} to ${row.companyName} was approved: ${row.total} ${row.currency}, due on ${row.dueDate}.`,
					},
				],
			]);
		},
	);

	exampleTest('new-company-to-crm', 'makes a record of the company that is new', async () => {
		const { sandbox } = stage;
		const name = 'Žluťoučký kůň & "syn"';
		let id = 0;
		const execution = await polled('new-company-to-crm', () => {
			id = sandbox.insert('companies', { name, isSupplier: true }).id;
		});
		expect(execution.output('CRM Record')).toEqual([
			[
				{
					externalId: `teamogy-${id}`,
					name,
					type: 'vendor',
					vatNumber: null,
					address: { street: null, city: null, zip: null, country: null },
				},
			],
		]);
	});

	/** Activates a workflow that Teamogy sends to, for as long as the check lasts. */
	async function sentTo(
		workflow: Workflow,
		trigger: string,
		check: (id: string, rule: { url: string; headers: Record<string, string> }) => Promise<void>,
	) {
		const { n8n } = stage;
		const secret = 'made up for the end-to-end tests';
		const data = { headerName: 'X-Api-Key', secret };
		await n8n.importCredential({ name: 'Teamogy push', type: 'teamogyPushApi', data });
		const { id } = await n8n.importWorkflow(workflow);
		await n8n.activate(id);
		try {
			const url = `${n8n.url}/webhook/${nodeOf(workflow, trigger).parameters!.path}`;
			const refused = await fetch(url, { method: 'POST', body: '{"id":1}' });
			expect(refused.status).toBe(401);
			await check(id, { url, headers: { 'X-Api-Key': secret } });
		} finally {
			await n8n.deactivate(id);
		}
	}

	exampleTest('push-number-back', 'stores its number in the company, and runs once', async () => {
		const { n8n, sandbox } = stage;
		const workflow = example('push-number-back');
		await sentTo(workflow, 'When Teamogy Sends a Company', async (id, rule) => {
			const log = sandbox.onSave({
				...rule,
				entity: 'companies',
				body: ({ id: company, name }) => ({ id: company, name }),
				responseMapping: { 'properties.extName': 'number' },
			});
			const [{ id: company }] = sandbox.records('companies');
			for (const _save of [1, 2]) {
				sandbox.patch('companies', company, {});
				await log.settled();
			}
			expect(log.attempts.map(({ status, response }) => [status, response])).toEqual(
				[1, 2].map(() => [200, JSON.stringify({ number: `CRM-${company}` })]),
			);
			expect(sandbox.records('companies')[0].properties).toMatchObject({
				extName: `CRM-${company}`,
			});
			expect(await n8n.executions(id)).toHaveLength(1);
		});
	});

	exampleTest(
		'invoice-push-answered',
		'stores the accounting number in the invoice, though accounting failed at first',
		async () => {
			const { n8n, sandbox } = stage;
			const accounting = await startAccounting({ failures: 1 });
			try {
				const workflow = example('invoice-push-answered');
				nodeOf(workflow, 'Send to Accounting').parameters!.url = accounting.url;
				await sentTo(workflow, 'When Teamogy Sends an Invoice', async (id, rule) => {
					const log = sandbox.onSave({
						...rule,
						entity: 'documents',
						when: ({ properties }) => (properties as Row).extStatus === 'EXT.READY',
						body: ({ id: invoice }) => ({ id: invoice }),
						responseMapping: { 'properties.extName': 'number' },
					});
					const isOpen = ({ status }: Row) => status === 'PROCESSING';
					const { id: invoice, number } = sandbox.rows('invoices.sales').find(isOpen)!;
					const ready = { status: 'APPROVED', properties: { extStatus: 'EXT.READY' } };
					for (const _save of [1, 2]) {
						sandbox.patch('documents', invoice as number, ready);
						await log.settled();
					}
					const response = JSON.stringify({ number: `ACC-${String(number)}` });
					expect(log.attempts.map((one) => [one.attempt, one.status])).toEqual([
						[1, 500],
						[2, 200],
						[1, 200],
					]);
					expect(log.attempts.slice(1).map((one) => one.response)).toEqual([response, response]);
					const saved = sandbox.rows('invoices.sales').find((one) => one.id === invoice)!;
					expect(saved.properties).toHaveProperty('extName', `ACC-${String(number)}`);
					expect(accounting.received).toEqual([
						{
							number,
							customer: saved.companyName,
							total: saved.total,
							currency: saved.currency,
							due: saved.dueDate,
						},
					]);
					expect(await n8n.executions(id)).toHaveLength(2);
				});
			} finally {
				await accounting.close();
			}
		},
	);

	exampleTest('new-job-from-form', 'creates the job that the form asks for', async () => {
		const { n8n, sandbox, browser } = stage;
		const { page, picture } = browser;
		const client = sandbox.rows('companies.client')[0];
		const before = new Set(sandbox.records('jobs').map(({ id }) => id));
		const { id } = await n8n.importWorkflow(example('new-job-from-form'));
		await n8n.activate(id);
		try {
			const { nodes }: Workflow = await n8n.rest('GET', `workflows/${id}`);
			const path = nodes.find(({ name }) => name === 'Job Form')!.webhookId;
			await page.goto(`${n8n.url}/form/${path}`);
			await page.locator('input[name="field-0"]').fill(String(client.name));
			await page.locator('input[name="field-1"]').fill('Podzimní kampaň & web');
			await picture('form');
			await page.locator('#submit-btn').click();
			await page.getByText('Your response has been recorded').waitFor();

			const [execution] = await n8n.executions(id);
			const done = await n8n.finished(execution.id);
			expect([done.error, done.status]).toEqual([undefined, 'success']);
			const [job, ...others] = sandbox.records('jobs').filter(({ id }) => !before.has(id));
			expect(others).toEqual([]);
			expect(pick(job, 'name', 'companyId')).toEqual({
				name: 'Podzimní kampaň & web',
				companyId: client.id,
			});
			expect(done.output('Create Job')[0][0].id).toBe(job.id);
		} finally {
			await n8n.deactivate(id);
		}
	});
}
