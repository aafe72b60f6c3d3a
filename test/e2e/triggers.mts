import type { Execution, Workflow } from '../n8n/instance.mts';
import { startSandbox, type Row, type Sandbox, type StoredRecord } from '../sandbox/index.mts';
import {
	drip,
	relayTo,
	startStrangeServer,
	type StrangeServer,
} from '../helpers/transport/strangeServer.mts';
import { chain, node, webhook } from '../helpers/workflow.mts';
import { wrongKey } from './credential.mts';
import { pick, stage, teamogyCredential, until } from './stage.mts';

type Fields = Record<string, unknown>;

/** Once a year: only publishing the workflow polls. */
const never = { item: [{ mode: 'custom', cronExpression: '0 0 1 1 *' }] };
/** So many executions of a workflow, at their end; one more is a failure. */
async function executions(id: string, count: number, milliseconds?: number): Promise<Execution[]> {
	const { n8n } = stage;
	const look = async () => {
		const all = await n8n.executions(id);
		return all.length < count ? undefined : all;
	};
	const found = await until(`${count} executions`, look, milliseconds);
	expect(found.length).toBe(count);
	const done = await Promise.all(found.map(async (one) => await n8n.finished(one.id)));
	for (const { error, status } of done) expect([error, status]).toEqual([undefined, 'success']);
	return done;
}

const watching = (parameters: Fields, credential = stage.credential) =>
	chain(
		{
			...node('Trigger', 'n8n-nodes-teamogy.teamogyTrigger', { pollTimes: never, ...parameters }),
			credentials: { teamogyApi: credential },
		},
		node('Last', 'noOp'),
	) satisfies Workflow;

const rowOf = (view: string, id: number): Row => {
	const found = stage.sandbox.rows(view).find((row) => row.id === id);
	if (!found) throw new Error(`The view ${view} has no row ${id}`);
	return found;
};

/** Publishes, has something happen, polls; then once more without and once more with something happening. */
async function watched(
	parameters: { view: string } & Fields,
	happenings: [first: () => StoredRecord, second: () => StoredRecord],
): Promise<{ rows: Row[]; found: Fields[][] }> {
	const { n8n } = stage;
	const { id } = await n8n.importWorkflow(watching(parameters));
	await n8n.activate(id);
	try {
		const rows: Row[] = [];
		for (const happens of happenings) {
			rows.push(rowOf(parameters.view, happens().id));
			await n8n.poll(id);
			await executions(id, rows.length);
			// Nothing happened: were it an execution, the next count would be one too high.
			await n8n.poll(id);
		}
		const all = await executions(id, rows.length);
		for (const { mode } of all) expect(mode).toBe('trigger');
		return { rows, found: all.map((one) => one.output('Last')[0]) };
	} finally {
		await n8n.deactivate(id);
	}
}

const withEvent = (rows: Row[], teamogyEvent: string) =>
	rows.map((row) => [{ ...row, teamogyEvent }]);

function pollingTests() {
	test('Records that are created start the workflow, each once', async () => {
		const { sandbox } = stage;
		const company = sandbox.rows('companies.client')[0].id;
		const add = (name: string) => () => sandbox.insert('jobs', { name, companyId: company });
		const { rows, found } = await watched({ view: 'jobs', event: 'created' }, [
			add('Podzimní kampaň'),
			add('Web & sítě'),
		]);
		expect(found).toEqual(withEvent(rows, 'created'));
	});

	test('Records that are created or changed', async () => {
		const { sandbox } = stage;
		const changed = sandbox.rows('companies')[3].id as number;
		const { rows, found } = await watched({ view: 'companies', event: 'createdOrUpdated' }, [
			() => sandbox.patch('companies', changed, { industry: 'Gastronomie' }),
			() => sandbox.insert('companies', { name: 'Nový klient, s.r.o.', isClient: true }),
		]);
		expect(found).toEqual([
			[{ ...rows[0], teamogyEvent: 'updated' }],
			[{ ...rows[1], teamogyEvent: 'created' }],
		]);
	});

	test('Records that come to meet a filter', async () => {
		const { sandbox } = stage;
		const waiting = sandbox
			.rows('invoices.sales')
			.filter(({ status }) => status === 'PROCESSING')
			.map(({ id }) => id as number);
		const approve = (id: number) => () => sandbox.patch('documents', id, { status: 'APPROVED' });
		const { rows, found } = await watched(
			{
				view: 'invoices.sales',
				event: 'entersFilter',
				filterType: 'conditions',
				filters: {
					conditions: [{ column: 'status', type: 'string', operator: 'equal', value: 'APPROVED' }],
				},
				combine: 'and',
			},
			[approve(waiting[0]), approve(waiting[1])],
		);
		expect(found).toEqual(withEvent(rows, 'entered'));
	});

	test('A workflow that could not poll is not activated, and says why', async () => {
		const { n8n } = stage;
		const bad = await n8n.importCredential(
			teamogyCredential('Teamogy with a wrong key for polling', { apiKey: wrongKey }),
		);
		const { id } = await n8n.importWorkflow(watching({ view: 'jobs', event: 'created' }, bad));
		const refused: unknown = await n8n.activate(id).catch((error: unknown) => error);
		expect(String(refused)).toContain('Teamogy did not accept the API key');
		expect(String(refused)).not.toContain(wrongKey);
		await n8n.deactivate(id);
	});
}

/** A trigger that is left to itself at the start; n8n's shortest interval passes while other tests run. */
interface LeftAlone {
	sandbox: Sandbox;
	/** What its credential points at, where that is not the sandbox itself. */
	server?: StrangeServer;
	workflow: { id: string };
	job: StoredRecord;
}
const leftAlone: Record<'well' | 'dripping', LeftAlone | undefined> = {
	well: undefined,
	dripping: undefined,
};

async function leaveAlone(name: string, isStrange: boolean): Promise<LeftAlone> {
	const { n8n } = stage;
	// The other one is reset before every test.
	const sandbox = await startSandbox({ strict: true });
	const server = isStrange ? await startStrangeServer(relayTo(sandbox)) : undefined;
	const credential = await n8n.importCredential({
		name,
		type: 'teamogyApi',
		data: { ...(server ?? sandbox).credential },
	});
	const pollTimes = { item: [{ mode: 'everyMinute' }] };
	const workflow = await n8n.importWorkflow(
		watching({ view: 'jobs', event: 'created', pollTimes }, credential),
	);
	await n8n.activate(workflow.id);
	return { sandbox, server, workflow, job: sandbox.insert('jobs', { name: 'Z hodin' }) };
}

function clockStartTests() {
	test('A workflow is left to poll by itself', async () => {
		leftAlone.well = await leaveAlone('Teamogy left alone', false);
	});

	test('Another one is, whose next response drips for ever', async () => {
		leftAlone.dripping = await leaveAlone('Teamogy that drips', true);
		const { server, sandbox } = leftAlone.dripping;
		const relay = relayTo(sandbox);
		server!.respond((...call) => (call[2] === 1 ? drip : relay)(...call));
	});
}

/** To be called when a minute may have passed. */
export function clockTests() {
	afterAll(async () => {
		for (const one of Object.values(leftAlone)) {
			await one?.server?.close();
			await one?.sandbox.close();
		}
	});

	/** The job that was created has started the workflow, once. */
	async function delivered({ sandbox, workflow, job }: LeftAlone, milliseconds: number) {
		const [{ output, mode }] = await executions(workflow.id, 1, milliseconds);
		expect(mode).toBe('trigger');
		const row = sandbox.rows('jobs').find(({ id }) => id === job.id);
		expect(output('Last')).toEqual([[{ ...row, teamogyEvent: 'created' }]]);
		await stage.n8n.deactivate(workflow.id);
	}

	test("n8n's clock has polled, and what was created has started the workflow", async () => {
		await delivered(leftAlone.well!, 75_000);
	});

	// A minute until the poll, and another one until its dripping response is given up.
	test('A response that drips for ever has held the trigger up for a minute', async () => {
		await delivered(leftAlone.dripping!, 150_000);
		const [dripping, ...others] = leftAlone.dripping!.server!.requests;
		expect(dripping.givenUp).toBe(true);
		expect(others.length).toBeGreaterThan(0);
	}, 180_000);
}

const secret = 'a-secret-of-24-characters';

/** Gives the record that was received its number. */
const numberNode = node(
	'Number',
	'set',
	{ mode: 'raw', jsonOutput: '={"number": "ACC-{{ $json.body.id }}"}', options: {} },
	3.4,
);

const receiving = (path: string, responseMode: string, credential: { id: string; name: string }) =>
	chain(
		{
			...webhook('Push', 'n8n-nodes-teamogy.teamogyPushTrigger', {
				httpMethod: 'POST',
				path,
				responseMode,
				options: {},
			}),
			credentials: { teamogyPushApi: credential },
		},
		numberNode,
	) satisfies Workflow;

function pushTests() {
	let credential: { id: string; name: string };
	let url: string;
	let workflow: { id: string };

	beforeAll(async () => {
		const { n8n } = stage;
		credential = await n8n.importCredential({
			name: 'Teamogy push',
			type: 'teamogyPushApi',
			data: { headerName: 'X-Api-Key', secret },
		});
		url = `${n8n.url}/webhook/companies`;
		workflow = await n8n.importWorkflow(receiving('companies', 'lastNode', credential));
		await n8n.activate(workflow.id);
	});

	afterAll(async () => await stage.n8n.deactivate(workflow.id));

	/** Teamogy sends every company that is saved. */
	const connect = (key: string) =>
		stage.sandbox.onSave({
			entity: 'companies',
			url,
			headers: { 'X-Api-Key': key },
			responseMapping: { 'properties.extName': 'number' },
		});

	const save = (industry: string) => {
		const [{ id }] = stage.sandbox.records('companies');
		return stage.sandbox.patch('companies', id, { industry });
	};

	test('The credential is tested', async () => {
		const { n8n } = stage;
		expect(await n8n.testCredential(credential.id)).toMatchObject({ status: 'OK' });
		const short = await n8n.importCredential({
			name: 'Teamogy push with a short secret',
			type: 'teamogyPushApi',
			data: { headerName: 'X-Api-Key', secret: 'short' },
		});
		expect(await n8n.testCredential(short.id)).toEqual({
			status: 'Error',
			message: 'The Secret is short. Use at least 16 characters.',
		});
	});

	test('A push with the right secret runs the workflow, and Teamogy stores the response', async () => {
		const push = connect(secret);
		const company = save('Gastronomie');
		await push.settled();
		expect(push.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([[1, 200]]);
		const [{ output, mode }] = await executions(workflow.id, 1);
		expect(mode).toBe('webhook');
		const [[{ body, headers }]] = output('Push');
		expect(body).toEqual(JSON.parse(JSON.stringify(company)));
		expect(JSON.stringify(headers)).not.toContain(secret);
		const stored = stage.sandbox.records('companies').find(({ id }) => id === company.id)!;
		expect(stored.properties).toMatchObject({ extName: `ACC-${company.id}` });
	});

	test('The same content once more is answered and not run again', async () => {
		const push = connect(secret);
		const company = save('Doprava');
		await push.settled();
		const [{ sent, response }] = push.attempts;
		await executions(workflow.id, 2);
		const again = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'X-Api-Key': secret },
			body: sent,
		});
		expect([again.status, await again.json()]).toEqual([200, JSON.parse(response)]);
		// Changed content is no repeat; were the one before run, this would be the fourth.
		save('Textil');
		await push.settled();
		const all = await executions(workflow.id, 3);
		expect(all.map(({ output }) => pick(output('Push')[0][0].body, 'id', 'industry'))).toEqual([
			{ id: company.id, industry: 'Gastronomie' },
			{ id: company.id, industry: 'Doprava' },
			{ id: company.id, industry: 'Textil' },
		]);
	});

	test('A body nested too deep is refused in words, and nothing runs', async () => {
		const { n8n } = stage;
		const before = (await n8n.executions(workflow.id)).length;
		const response = await fetch(url, {
			method: 'POST',
			headers: { 'content-type': 'application/json', 'X-Api-Key': secret },
			body: `{"id":1,"a":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
		});
		expect([response.status, await response.json()]).toEqual([
			400,
			{ message: expect.stringContaining('nested deeper than 100 levels') },
		]);
		expect((await n8n.executions(workflow.id)).length).toBe(before);
	});

	test('A push with a wrong secret is refused each time, and nothing runs', async () => {
		const { sandbox, n8n } = stage;
		const before = (await n8n.executions(workflow.id)).length;
		const push = connect('another-secret-of-length');
		const company = save('Stavebnictví');
		await push.settled();
		expect(push.attempts.map(({ attempt, status }) => [attempt, status])).toEqual([
			[1, 401],
			[2, 401],
			[3, 401],
			[4, 401],
		]);
		expect(push.attempts[0].response).toContain('The secret is missing or wrong');
		const stored = sandbox.records('companies').find(({ id }) => id === company.id)!;
		expect(stored.properties).toMatchObject({ connectorError: `Not delivered to ${url}` });
		expect((await n8n.executions(workflow.id)).length).toBe(before);
	});
}

export function triggerTests() {
	beforeEach(() => stage.sandbox.reset());

	describe('By the clock', clockStartTests);
	describe('Polling', pollingTests);
	describe('Push', pushTests);
}
