import type { WebhookServer, WebhookServerOptions } from '../../engine/index.mts';
import type { Deliveries } from '../../../nodes/triggers/push/deliveries.js';
import { builtModule, useTestBed } from '../testBed.mts';
import { Office } from './office.mts';

export const { DELIVERIES } = builtModule<{ DELIVERIES: Map<string, Deliveries> }>(
	'nodes/triggers/push/deliveries.js',
);

export const SECRET = 'correct horse battery staple';
export const CREDENTIAL = { headerName: 'X-Api-Key', secret: SECRET };
export const TYPE = 'teamogyPushTrigger';

export type Parameters = Record<string, unknown>;

/** Restarts n8n after all executions: memory is lost, static data stays. */
export const restart = async (...servers: WebhookServer[]) => {
	for (const server of servers) await server.waitUntilHandled();
	DELIVERIES.clear();
};

export const post = (body: unknown, headers: Record<string, string | string[]> = {}) => ({
	method: 'POST',
	headers: { 'x-api-key': SECRET, ...headers },
	contentType: 'application/json',
	body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
});

/** Sends a push: the status and the parsed body of the response. */
export const sendPush = async (webhook: WebhookServer, body: unknown) => {
	const response = await webhook.send(post(body));
	return [response.status, JSON.parse(response.body)];
};

/** The runs that started an execution. */
export const getExecutions = ({ runs }: WebhookServer) =>
	runs.filter(({ workflowData }) => workflowData);
export const getReceived = (webhook: WebhookServer) =>
	getExecutions(webhook).map(({ workflowData }) => workflowData![0][0].json);
export const getReceivedBodies = (webhook: WebhookServer) =>
	getReceived(webhook).map(({ body }) => body);

export const STARTED = [200, { message: 'Workflow was started' }];
export const RECEIVED = [200, { message: 'This was received before' }];

/** A workflow of the trigger, the office that gives a number, and the nodes in `after`. */
function buildOfficeWorkflow(url: string, after: object[]) {
	const jsCode = `
		const body = JSON.stringify($input.first().json.body);
		const response = await fetch(${JSON.stringify(url)}, { method: 'POST', body });
		if (!response.ok) throw new Error('The office is closed');
		return [{ json: await response.json() }];`;
	const trigger = { id: 'push', webhookId: 'push', type: `n8n-nodes-teamogy.${TYPE}` };
	const nodes = [
		{ ...trigger, name: 'Push', typeVersion: 1, position: [0, 0], parameters: {} },
		{
			id: 'office',
			name: 'Office',
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			position: [1, 0],
			parameters: { jsCode },
		},
		...after.map((node) => ({ id: 'after', name: 'After', position: [2, 0], ...node })),
	];
	const names = nodes.map(({ name }) => name);
	const connections = Object.fromEntries(
		names
			.slice(1)
			.map((node, index) => [names[index], { main: [[{ node, type: 'main', index: 0 }]] }]),
	);
	return { id: 'with-office', nodes, connections };
}

/** Starts a test bed and an office for the tests of a file. Webhooks are closed after each test. */
export function usePushTrigger() {
	const testBed = useTestBed();
	const office = new Office();
	let webhooks: WebhookServer[] = [];

	beforeAll(async () => await office.open());
	afterAll(async () => await office.close());
	beforeEach(() => {
		testBed.engine.log.length = 0;
		office.reset();
		DELIVERIES.clear();
	});
	afterEach(async () => {
		office.reset();
		for (const webhook of webhooks) {
			await webhook.waitUntilHandled();
			await webhook.close();
		}
		webhooks = [];
	});

	const withOffice = (...after: object[]) => buildOfficeWorkflow(office.url, after);

	async function serve(
		parameters: Parameters = {},
		more: Partial<WebhookServerOptions> = {},
	): Promise<WebhookServer> {
		const webhook = await testBed.engine.serveWebhook({
			type: TYPE,
			parameters: { httpMethod: 'POST', path: 'teamogy', ...parameters },
			credentials: { teamogyPushApi: CREDENTIAL },
			...more,
		});
		webhooks.push(webhook);
		return webhook;
	}

	const lastNode = async (more: Partial<WebhookServerOptions> = {}) =>
		await serve({ responseMode: 'lastNode' }, { workflow: withOffice(), ...more });

	return { testBed, office, withOffice, serve, lastNode };
}
