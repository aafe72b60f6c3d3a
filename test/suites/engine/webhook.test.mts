import { useFixture } from '../../engine/useFixture.mts';

const fixture = useFixture();

const post = (body: string, contentType: string) => ({
	method: 'POST',
	headers: { 'x-token': 'abc' },
	body,
	contentType,
	query: { a: '1' },
});

describe('A webhook in the harness', () => {
	it.each([
		['application/json', '{"a":1}', { a: 1 }],
		['application/json; charset=utf-8', '\ufeff{"a":1}', { a: 1 }],
		['text/xml', '<Row id="1"><Name>A</Name></Row>', { row: { $: { id: '1' }, name: 'A' } }],
		['application/x-www-form-urlencoded', 'a=1&a=2', { a: ['1', '2'] }],
		['text/plain', 'a=1', 'a=1'],
		['application/octet-stream', 'a=1', undefined],
	])('A body of type %s is parsed as n8n does', async (contentType, raw, body) => {
		const { workflowData, response } = await fixture.engine.webhook({
			type: 'hook',
			parameters: {},
			request: post(raw, contentType),
		});
		expect(response.status).toBe(200);
		expect(workflowData?.[0][0].json).toEqual({
			body,
			raw,
			query: { a: '1' },
			token: 'abc',
			webhook: 'default',
		});
	});

	it('A body that cannot be parsed gets 422', async () => {
		const request = post('{"a":', 'application/json');
		const { response, workflowData } = await fixture.engine.webhook({
			type: 'hook',
			parameters: {},
			request,
		});
		expect([response.status, workflowData]).toEqual([422, undefined]);
	});

	it.each([
		['hook', 'give', 'onReceived', 200, '{"stored":true}'],
		['hook', 'answer', 'onReceived', 200, '{"stored":true}'],
		['hook', 'refuse', 'onReceived', 403, '{"message":"No"}'],
		// Without `responseData` in the description, n8n responds with the name of its default
		['silentHook', 'give', 'onReceived', 200, 'firstEntryJson'],
	])(
		'The node %s that does "%s" in the mode %s gives %d %s',
		async (type, behaviour, responseMode, status, body) => {
			const { response } = await fixture.engine.webhook({
				type,
				parameters: { behaviour, responseMode },
				request: post('{}', 'application/json'),
			});
			expect([response.status, response.body]).toEqual([status, body]);
		},
	);

	it('A node that throws gives 500', async () => {
		const { response, error } = await fixture.engine.webhook({
			type: 'hook',
			parameters: { behaviour: 'throw' },
			request: post('{}', 'application/json'),
		});
		expect(response.status).toBe(500);
		expect(error?.message).toBe('Hook threw');
	});

	it('Static data is saved, except for changes before an execution starts', async () => {
		const staticData = {};
		const call = {
			type: 'hook',
			parameters: {},
			staticData,
			request: post('{}', 'application/json'),
		};
		await fixture.engine.webhook(call);
		await fixture.engine.webhook(call);
		expect(staticData).toEqual({ 'node:Hook': { count: 1 } });
	});

	const workflow = (responder: object) => ({
		nodes: [
			{
				name: 'Hook',
				type: 'n8n-nodes-fixture.hook',
				typeVersion: 1,
				position: [0, 0],
				parameters: {},
			},
			{ name: 'Last', position: [1, 0], ...responder },
		],
		connections: { Hook: { main: [[{ node: 'Last', type: 'main', index: 0 }]] } },
	});
	const setNode = {
		type: 'n8n-nodes-base.set',
		typeVersion: 3.4,
		parameters: { mode: 'raw', jsonOutput: '={"got": {{ $json.body.a }} }' },
	};

	it('The items of the last node are the response', async () => {
		const { response } = await fixture.engine.webhook({
			type: 'hook',
			parameters: { responseMode: 'lastNode' },
			request: post('{"a":1}', 'application/json'),
			workflow: workflow(setNode),
		});
		expect(response.body).toBe('[{"got":1}]');
	});
});

it('The harness runs the methods of activation', async () => {
	const staticData = {};
	const call = { type: 'hook', parameters: {}, staticData };
	const { engine } = fixture;
	expect(await engine.webhookMethods({ ...call, method: 'checkExists' })).toBe(false);
	expect(await engine.webhookMethods({ ...call, method: 'create' })).toBe(true);
	expect(staticData).toEqual({ 'node:Hook': { url: 'http://127.0.0.1:5678/webhook/hook' } });
	expect(await engine.webhookMethods({ ...call, method: 'checkExists' })).toBe(true);
	expect(await engine.webhookMethods({ ...call, method: 'delete' })).toBe(true);
	expect(staticData).toEqual({ 'node:Hook': {} });
});
