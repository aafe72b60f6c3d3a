import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
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
	exampleTest('ai-agent-tools', 'finds a client and its invoices', async () => {
		const { n8n, sandbox } = stage;
		sandbox.reset();
		const client = sandbox.rows('companies.client')[0];
		const told = (messages: Message[]) =>
			JSON.parse(messages.findLast(({ role }) => role === 'tool')!.content!);
		const model = await startModel([
			() => ({ tool: 'Find_Companies', with: { name: String(client.name).toUpperCase() } }),
			(messages) => {
				const companies = told(messages) as Array<{ id: number; name: string }>;
				const { id } = companies.find(({ name }) => name === client.name)!;
				return { tool: 'Get_Invoices_of_a_Company', with: { companyId: id } };
			},
			(messages) => ({ answer: JSON.stringify(told(messages)) }),
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
			const invoices = nodeOf(workflow, 'Get Invoices of a Company');
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
											chatInput: `Which invoices has ${String(client.name)}?`,
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

			const columns = ['id', 'number', 'total', 'currency', 'dueDate', 'paymentStatus'];
			const expected = sandbox
				.rows('invoices.sales')
				.filter(({ companyId }) => companyId === client.id)
				.slice(0, 50)
				.map((row) => pick(row, ...columns));
			expect(expected.length).toBeGreaterThan(5);
			const [[{ output }]] = execution.output('AI Agent');
			expect(JSON.parse(output)).toEqual(expected);

			const tools = new Map(
				model.requests[0].tools.map((tool) => [tool.function.name, tool.function]),
			);
			expect([...tools.keys()].sort()).toEqual([
				'Find_Companies',
				'Get_Invoices_of_a_Company',
				'Get_Jobs_of_a_Company',
			]);
			expect(tools.get('Get_Invoices_of_a_Company')!.description).toBe(
				'Get many invoices in Teamogy',
			);
			expect(tools.get('Get_Jobs_of_a_Company')).toMatchObject({
				description: 'Lists the jobs of a company by its ID, with status and dates.',
				parameters: { properties: { companyId: { type: 'number' } } },
			});
		} finally {
			await model.close();
		}
	});
}
