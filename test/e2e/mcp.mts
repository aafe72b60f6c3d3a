/** The MCP server of the examples, called by a client of the MCP SDK that signs in as any other client does. */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import {
	UnauthorizedError,
	type OAuthClientProvider,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type {
	OAuthClientInformationMixed,
	OAuthTokens,
} from '@modelcontextprotocol/sdk/shared/auth.js';
import { findMarkedNodes, openWorkflow } from '../n8n/pages.mts';
import type { Row } from '../sandbox/index.mts';
import { example, exampleTest, nodeOf, pick, stage } from './stage.mts';

/** Allows a client what it asks for, as the owner does on n8n's page; gives the code that the client gets. */
async function allow(page: URL): Promise<string> {
	const { n8n } = stage;
	const { name, value } = n8n.session;
	const asked = await fetch(page, { redirect: 'manual' });
	const cookies = asked.headers.getSetCookie().map((cookie) => cookie.split(';')[0]);
	const approved = await fetch(`${n8n.url}/rest/consent/approve`, {
		method: 'POST',
		headers: {
			'browser-id': n8n.browserId,
			cookie: [`${name}=${value}`, ...cookies].join('; '),
			'content-type': 'application/json',
		},
		body: JSON.stringify({ approved: true }),
	});
	const { data } = (await approved.json()) as { data: { redirectUrl: string } };
	return new URL(data.redirectUrl).searchParams.get('code')!;
}

/** What a client keeps of its sign-in; `page` is where a person allows it. */
class SignIn implements OAuthClientProvider {
	page?: URL;

	private information?: OAuthClientInformationMixed;

	private saved?: OAuthTokens;

	private verifier = '';

	readonly redirectUrl = 'http://127.0.0.1/callback';

	get clientMetadata() {
		return {
			client_name: 'A client of the MCP SDK',
			redirect_uris: [this.redirectUrl],
			// n8n's registration of clients wants them named.
			grant_types: ['authorization_code', 'refresh_token'],
			token_endpoint_auth_method: 'none',
		};
	}

	clientInformation = () => this.information;

	saveClientInformation = (information: OAuthClientInformationMixed) =>
		void (this.information = information);

	tokens = () => this.saved;

	saveTokens = (tokens: OAuthTokens) => void (this.saved = tokens);

	redirectToAuthorization = (page: URL) => void (this.page = page);

	saveCodeVerifier = (verifier: string) => void (this.verifier = verifier);

	codeVerifier = () => this.verifier;
}

/** Connects a client: n8n refuses it, the owner allows it, and n8n takes it. */
async function connect(url: URL): Promise<Client> {
	const authProvider = new SignIn();
	const refused = new StreamableHTTPClientTransport(url, { authProvider });
	const stranger = new Client({ name: 'sdk', version: '1.0.0' });
	await expect(stranger.connect(refused)).rejects.toThrow(UnauthorizedError);
	await refused.finishAuth(await allow(authProvider.page!));

	const client = new Client({ name: 'sdk', version: '1.0.0' });
	await client.connect(new StreamableHTTPClientTransport(url, { authProvider }));
	return client;
}

export function mcpTests() {
	let client: Client;
	let workflowId: string;

	/** Calls a tool: its rows, or the text that the client reads in their place. */
	const call = async (name: string, given: object) => {
		const { content, isError } = await client.callTool({
			name,
			arguments: given as Record<string, unknown>,
		});
		const text = (content as Array<{ text: string }>).map((part) => part.text).join('\n');
		let rows: Row[] | undefined;
		try {
			rows = JSON.parse(text);
		} catch {}
		return { text, rows, isError: Boolean(isError) };
	};
	const one = (view: string, name: string) =>
		stage.sandbox.rows(view).find((row) => row.name === name)!;

	beforeAll(async () => {
		stage.sandbox.reset();
		const workflow = example('mcp-server');
		({ id: workflowId } = await stage.n8n.importWorkflow(workflow));
		await stage.n8n.activate(workflowId);
		client = await connect(new URL(`${stage.n8n.url}/mcp/teamogy`));
	});
	afterAll(async () => {
		await client?.close();
		await stage.n8n.deactivate(workflowId);
	});

	exampleTest('mcp-server', 'lists five tools, and says which of them writes', async () => {
		const { tools } = await client.listTools();
		const required = tools.map(({ name, inputSchema }) => [name, inputSchema.required]);
		expect(Object.fromEntries(required)).toEqual({
			Find_Companies: ['name'],
			List_Open_Jobs: ['companyId'],
			List_Unpaid_Invoices: ['companyId'],
			Find_People: ['name'],
			Log_Time: ['userId', 'jobId', 'date', 'hours', 'note'],
		});
		const writing = tools.filter(({ description }) => description!.startsWith('WRITES'));
		expect(writing.map(({ name }) => name)).toEqual(['Log_Time']);
		expect(client.getInstructions()).toContain('Data of an agency from Teamogy');
	});

	test('A tool finds a company by a part of its name, and says what to try where nothing is found', async () => {
		const nothing = await call('Find_Companies', { name: 'Norhtmoor' });
		expect(nothing.isError).toBe(false);
		expect(nothing.text).toMatch(/Norhtmoor.*shorter/);
		const { rows } = await call('Find_Companies', { name: 'MOOR' });
		expect(rows).toEqual([pick(one('companies.client', 'Northmoor Tea Company'), 'id', 'name')]);
	});

	test("A tool lists the company's open jobs and unpaid invoices", async () => {
		const { id: companyId } = one('companies.client', 'Northmoor Tea Company');
		const mine = (view: string) =>
			stage.sandbox.rows(view).filter((row) => row.companyId === companyId);
		const jobs = await call('List_Open_Jobs', { companyId });
		const open = mine('jobs').filter(({ status }) => status !== 'CLOSED');
		expect(open.length).toBeGreaterThan(1);
		expect(jobs.rows!.map(({ id }) => id).sort()).toEqual(open.map(({ id }) => id).sort());
		const invoices = await call('List_Unpaid_Invoices', { companyId });
		const unpaid = mine('invoices.sales').filter(({ paymentStatus }) => paymentStatus !== 'PAID');
		expect(unpaid.length).toBeGreaterThan(1);
		expect(invoices.rows!.map(({ id }) => id).sort()).toEqual(unpaid.map(({ id }) => id).sort());
	});

	test('A tool says that nothing matched, and which filter was asked, where a company has nothing', async () => {
		const { text, isError } = await call('List_Open_Jobs', { companyId: 999_999 });
		expect(isError).toBe(false);
		expect(text).toMatch(/companyId/);
		expect(text).toMatch(/999999/);
	});

	test('A tool logs time, and says which entry it made', async () => {
		const { rows: people } = await call('Find_People', { name: 'ema' });
		expect(people).toEqual([pick(one('users', 'Ema Nováková'), 'id', 'name', 'email')]);
		const job = stage.sandbox.rows('jobs').find(({ status }) => status === 'OPEN')!;
		const { rows, isError } = await call('Log_Time', {
			userId: people![0].id,
			jobId: job.id,
			date: '2026-11-19',
			hours: 1.5,
			note: 'Call with the client',
		});
		expect(isError).toBe(false);
		const entry = stage.sandbox.rows('intervals.track').find(({ id }) => id === rows![0].id)!;
		expect(pick(entry, 'userName', 'jobName', 'date', 'hours', 'note')).toEqual({
			userName: 'Ema Nováková',
			jobName: job.name,
			date: '2026-11-19',
			hours: 1.5,
			note: 'Call with the client',
		});
	});

	test('A tool refuses a wrong argument, says which one it is, and writes nothing', async () => {
		const before = stage.sandbox.records('time').length;
		const entry = { userId: 11, jobId: 5001, date: '2026-11-19', hours: 2, note: 'x' };
		const refused = async (name: string, given: object) => {
			const { text, isError } = await call(name, given);
			expect(isError).toBe(true);
			return text;
		};
		expect(await refused('Log_Time', { ...entry, hours: 'two' })).toMatch(/number.*hours/s);
		expect(await refused('Log_Time', { ...entry, date: 'yesterday' })).toMatch(/date.*YYYY-MM-DD/s);
		expect(await refused('List_Open_Jobs', {})).toMatch(/Required.*companyId/s);
		expect(stage.sandbox.records('time')).toHaveLength(before);
	});

	test('The workflow opens with a red mark only where a credential was taken away', async () => {
		const { n8n, browser } = stage;
		const workflow = example('mcp-server');
		delete nodeOf(workflow, 'Find People').credentials;
		const { id } = await n8n.importWorkflow(workflow);
		await openWorkflow(browser.page, n8n, id);
		expect(await findMarkedNodes(browser.page)).toEqual(['Find People']);
		await browser.picture('mcp-server');
	});
}
