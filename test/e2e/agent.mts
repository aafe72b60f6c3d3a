import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { findMarkedNodes, openWorkflow } from '../n8n/pages.mts';
import type { Row } from '../sandbox/index.mts';
import { example, exampleTest, nodeOf, pick, stage } from './stage.mts';

interface Message {
	role: string;
	content: string | null;
}
interface Tool {
	function: {
		name: string;
		description: string;
		parameters: { properties?: Record<string, { type: string; description?: string }> };
	};
}
interface Request {
	messages: Message[];
	tools: Tool[];
}
/** What the model says next: the tool to call with its arguments, or the answer. */
type Move = { tool: string; with: object } | { answer: string };

/** A language model of one's own on loopback: it makes the moves that it is given and keeps what it is told. */
async function startModel(moves: Array<(told: Message[]) => Move>) {
	const requests: Request[] = [];
	const server = createServer((request, response) => {
		let text = '';
		request.on('data', (chunk) => (text += chunk));
		request.on('end', () => {
			const asked = JSON.parse(text) as Request;
			const move = moves[requests.push(asked) - 1]?.(asked.messages) ?? { answer: 'No more moves' };
			const message =
				'answer' in move
					? { role: 'assistant', content: move.answer }
					: {
							role: 'assistant',
							content: null,
							tool_calls: [
								{
									id: `call_${requests.length}`,
									type: 'function',
									function: { name: move.tool, arguments: JSON.stringify(move.with) },
								},
							],
						};
			response.setHeader('content-type', 'application/json');
			response.end(
				JSON.stringify({
					id: `answer-${requests.length}`,
					object: 'chat.completion',
					created: 1,
					model: 'stand-in',
					choices: [
						{
							index: 0,
							message,
							finish_reason: 'answer' in move ? 'stop' : 'tool_calls',
						},
					],
					usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
				}),
			);
		});
	});
	await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/v1`,
		requests,
		close: async () => {
			server.closeAllConnections();
			await new Promise((done) => server.close(done));
		},
	};
}

export function agentTests() {
	exampleTest('ai-agent-tools', 'says what is open for a client with a misspelt name', async () => {
		const { n8n, sandbox } = stage;
		sandbox.reset();
		const client = sandbox
			.rows('companies.client')
			.find(({ name }) => name === 'Northmoor Tea Company')!;
		const told = (messages: Message[], before = 0) =>
			JSON.parse(messages.filter(({ role }) => role === 'tool').at(-1 - before)!.content!);
		const model = await startModel([
			() => ({ tool: 'Find_Companies', with: { name: 'Norhtmoor Tea' } }),
			(messages) => {
				const saysWhatToTry = /Norhtmoor Tea.*shorter/.test(messages.at(-1)!.content!);
				return { tool: 'Find_Companies', with: { name: saysWhatToTry ? 'MOOR' : 'Norhtmoor' } };
			},
			(messages) => ({ tool: 'List_Open_Jobs', with: { companyId: told(messages)[0].id } }),
			(messages) => ({
				tool: 'List_Unpaid_Invoices',
				with: { companyId: told(messages, 1)[0].id },
			}),
			(messages) => ({
				answer: JSON.stringify({ jobs: told(messages, 1), invoices: told(messages) }),
			}),
		]);
		try {
			const openAi = await n8n.importCredential({
				name: 'Stand-in for a model',
				type: 'openAiApi',
				data: { apiKey: 'none', url: model.url, header: false },
			});
			const workflow = example('ai-agent-tools');
			nodeOf(workflow, 'OpenAI Chat Model').credentials = { openAiApi: openAi };
			// One of the tools as a person leaves it: with the description n8n gives it.
			const invoices = nodeOf(workflow, 'List Unpaid Invoices');
			invoices.parameters!.descriptionType = 'auto';
			const { id } = await n8n.importWorkflow(workflow);
			const { executionId } = await n8n.rest('POST', `workflows/${id}/run`, {
				triggerToStartFrom: {
					name: 'When Chat Message Received',
					data: {
						startTime: 0,
						executionTime: 0,
						executionIndex: 0,
						source: [],
						data: {
							main: [
								[
									{
										json: {
											sessionId: 'one',
											action: 'sendMessage',
											chatInput: 'What is open for Norhtmoor Tea?',
										},
									},
								],
							],
						},
					},
				},
			});
			const execution = await n8n.finished(executionId);
			expect([execution.error, execution.status]).toEqual([undefined, 'success']);

			const mine = (view: string, isOpen: (row: Row) => boolean, day: string) =>
				sandbox
					.rows(view)
					.filter((row) => row.companyId === client.id && isOpen(row))
					.sort((a, b) => String(a[day]).localeCompare(String(b[day])));
			const jobs = mine('jobs', ({ status }) => status !== 'CLOSED', 'dueOn');
			const unpaid = mine('invoices.sales', (row) => row.paymentStatus !== 'PAID', 'dueDate');
			expect([jobs.length, unpaid.length]).not.toContain(0);
			const ofJobs = 'id number name status dueOn hoursBudget hoursTracked'.split(' ');
			const ofInvoices = 'id number total currency dueDate paymentStatus'.split(' ');
			const [[{ output }]] = execution.output('AI Agent');
			expect(JSON.parse(output)).toEqual({
				jobs: jobs.map((row) => pick(row, ...ofJobs)),
				invoices: unpaid.map((row) => pick(row, ...ofInvoices)),
			});

			const tools = new Map(
				model.requests[0].tools.map((tool) => [tool.function.name, tool.function]),
			);
			expect([...tools.keys()].sort()).toEqual([
				'Find_Companies',
				'List_Open_Jobs',
				'List_Unpaid_Invoices',
			]);
			expect(tools.get('List_Unpaid_Invoices')!.description).toBe('Get many invoices in Teamogy');
			expect(tools.get('List_Open_Jobs')).toMatchObject({
				description: expect.stringMatching(/^Lists the jobs of a company that are not closed/),
				parameters: { properties: { companyId: { type: 'number' } } },
			});
		} finally {
			await model.close();
		}
	});

	test('The agent opens with a red mark only where its model is to be chosen', async () => {
		const { n8n, browser } = stage;
		const { id } = await n8n.importWorkflow(example('ai-agent-tools'));
		await openWorkflow(browser.page, n8n, id);
		expect(await findMarkedNodes(browser.page)).toEqual(['OpenAI Chat Model']);
		await browser.picture('ai-agent-tools');
	});
}
