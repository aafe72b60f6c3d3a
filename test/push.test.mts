/** The push trigger: who may push, what, how it is answered, and that a repeat is none too many. */
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import type { WebhookServer, WebhookServerOptions, WorkflowJson } from './engine/index.mts';
import { rulesOf, type Registers } from './sandbox/registers.mts';
import type { PushRule, Row } from './sandbox/index.mts';
import { builtModule, setStage, type Stage } from './support.mts';

interface Deliveries {
	checkDuplicate(delivery: object, capture: () => Promise<object>): Promise<object | undefined>;
	load(stored: unknown): void;
	toStaticData(): Record<string, unknown[]>;
}
const { DELIVERIES, Deliveries } = builtModule<{
	DELIVERIES: Map<string, Deliveries>;
	Deliveries: new () => Deliveries;
}>('nodes/triggers/push/deliveries.js');
/** What a restart of n8n does once all is carried out: memory is gone, static data stays. */
const restart = async (...servers: WebhookServer[]) => {
	for (const server of servers) await server.settled();
	DELIVERIES.clear();
};

const SECRET = 'correct horse battery staple';
const CREDENTIAL = { headerName: 'X-Api-Key', secret: SECRET };
const TYPE = 'teamogyPushTrigger';

let stage: Stage;
let office: Office;
let webhooks: WebhookServer[] = [];

beforeAll(async () => {
	stage = await setStage();
	office = await openOffice();
});
afterAll(async () => {
	await office.close();
	await stage.close();
});
beforeEach(() => {
	stage.sandbox.reset();
	stage.engine.log.length = 0;
	office.reset();
	DELIVERIES.clear();
});
afterEach(async () => {
	office.reset();
	for (const webhook of webhooks) {
		await webhook.settled();
		await webhook.close();
	}
	webhooks = [];
});

type Task = IDataObject & { fails?: boolean };
interface Office {
	url: string;
	/** What workflows asked it to do, in order. */
	tasks: Task[];
	/** The most it had to do at the same time. */
	atOnce: number;
	/** From now on tasks wait for `release`. */
	hold(): void;
	/** Resolves when so many tasks have come since the start. */
	came(count: number): Promise<void>;
	/** Does the task that has waited longest. */
	release(fails?: boolean): void;
	reset(): void;
	close(): Promise<void>;
}

/** Another system that workflows work with: gives each record a number, fails and dawdles on demand. */
async function openOffice(): Promise<Office> {
	let holds = false;
	let waiting: Array<(fails?: boolean) => void> = [];
	let watchers: Array<() => void> = [];
	const server = createServer((request, response: ServerResponse) => {
		let text = '';
		request.on('data', (chunk) => (text += chunk));
		request.on('end', () => {
			const task = JSON.parse(text) as Task;
			opened.tasks.push(task);
			const number = `N-${opened.tasks.length}`;
			const finish = (fails = Boolean(task.fails)) =>
				response.writeHead(fails ? 500 : 200).end(JSON.stringify({ number }));
			if (holds) waiting.push(finish);
			else finish();
			opened.atOnce = Math.max(opened.atOnce, waiting.length);
			for (const watcher of watchers) watcher();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const opened: Office = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		tasks: [],
		atOnce: 0,
		hold: () => void (holds = true),
		came: async (count) =>
			await new Promise((resolve) => {
				const watcher = () => void (opened.tasks.length >= count && resolve());
				watchers.push(watcher);
				watcher();
			}),
		release: (fails) => waiting.shift()!(fails),
		reset: () => {
			for (const finish of waiting) finish();
			Object.assign(opened, { tasks: [], atOnce: 0 });
			[holds, waiting, watchers] = [false, [], []];
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return opened;
}

/** Push → the office gives a number → the node given, or nothing, after it. */
const withOffice = (...after: object[]) => {
	const jsCode = `
		const body = JSON.stringify($input.first().json.body);
		const response = await fetch(${JSON.stringify(office.url)}, { method: 'POST', body });
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
};

const responder = (typeVersion: number, parameters: object = {}) => ({
	type: 'n8n-nodes-base.respondToWebhook',
	typeVersion,
	parameters: { respondWith: 'firstIncomingItem', ...parameters },
});

type Parameters = Record<string, unknown>;

async function serve(
	parameters: Parameters = {},
	more: Partial<WebhookServerOptions> = {},
): Promise<WebhookServer> {
	const webhook = await stage.engine.serveWebhook({
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

const post = (body: unknown, headers: Record<string, string | string[]> = {}) => ({
	method: 'POST',
	headers: { 'x-api-key': SECRET, ...headers },
	contentType: 'application/json',
	body: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
});

/** Status and parsed body of an answer. */
const answerTo = async (webhook: WebhookServer, body: unknown) => {
	const response = await webhook.send(post(body));
	return [response.status, JSON.parse(response.body)];
};

const executions = ({ runs }: WebhookServer) => runs.filter(({ workflowData }) => workflowData);
const received = (webhook: WebhookServer) =>
	executions(webhook).map(({ workflowData }) => workflowData![0][0].json);
const bodies = (webhook: WebhookServer) => received(webhook).map(({ body }) => body);

const STARTED = [200, { message: 'Workflow was started' }];
const RECEIVED = [200, { message: 'This was received before' }];

describe('the secret', () => {
	const refusal = {
		message: 'The secret is missing or wrong. Send it in the header named in the credential.',
	};

	it.each<[string, Record<string, string | string[]>]>([
		['none', {}],
		['another one', { 'x-api-key': 'wrong' }],
		['an empty one', { 'x-api-key': '' }],
		['a part of it', { 'x-api-key': SECRET.slice(0, -1) }],
		['it and more', { 'x-api-key': `${SECRET}x` }],
		['it in other letters', { 'x-api-key': SECRET.toUpperCase() }],
		['it twice', { 'x-api-key': [SECRET, SECRET] }],
		['it in another header', { authorization: SECRET }],
		['the name of the header', { 'x-api-key': 'X-Api-Key' }],
	])('%s: 401 and no execution', async (_case, headers) => {
		const webhook = await serve();
		const { status, body } = await webhook.send({
			...post({ id: 1 }),
			headers: { ...headers } as never,
		});
		expect([status, JSON.parse(body)]).toEqual([401, refusal]);
		expect(executions(webhook)).toEqual([]);
	});

	it.each([
		['as it is', CREDENTIAL, { 'X-API-KEY': SECRET }],
		['with spaces around it', { ...CREDENTIAL, secret: ` ${SECRET}\n` }, { 'x-api-key': SECRET }],
		['sent with spaces around it', CREDENTIAL, { 'x-api-key': `  ${SECRET}\t` }],
		[
			'another header',
			{ headerName: ' Authorization ', secret: SECRET },
			{ authorization: SECRET },
		],
	])('%s: taken, and not in the item', async (_case, teamogyPushApi, headers) => {
		const webhook = await serve({}, { credentials: { teamogyPushApi } });
		const response = await webhook.send({ ...post({ id: 1 }), headers: headers as never });
		expect(response.status).toBe(200);
		const [item] = received(webhook);
		expect(item.body).toEqual({ id: 1 });
		expect(JSON.stringify(webhook.runs)).not.toContain(SECRET);
	});

	it.each(['__proto__', 'constructor', 'toString', 'set-cookie'])(
		'a header named %s carries it only when it is sent',
		async (headerName) => {
			const teamogyPushApi = { headerName, secret: SECRET };
			const webhook = await serve({}, { credentials: { teamogyPushApi } });
			expect((await webhook.send(post({ id: 1 }))).status).toBe(401);
		},
	);

	it('is not asked for without a credential', async () => {
		const webhook = await serve({}, { credentials: false });
		const response = await webhook.send({ ...post({ id: 1 }), headers: {} });
		expect(response.status).toBe(200);
	});

	it('that no request could carry fails the run, with what to do', async () => {
		const teamogyPushApi = { ...CREDENTIAL, secret: ' ' };
		const webhook = await serve({}, { credentials: { teamogyPushApi } });
		expect((await webhook.send(post({ id: 1 }))).status).toBe(500);
		expect(webhook.runs[0].error).toMatchObject({
			message: 'The Secret of the Teamogy Push API credential is empty',
			description: 'Enter a long random text, and save the same text in Teamogy as a secret.',
		});
	});
});

describe('the credential', () => {
	const test = async (changes: object) =>
		await stage.engine.testCredential('teamogyPushApi', { ...CREDENTIAL, ...changes });

	it('that a push can carry is good', async () => {
		expect(await test({})).toEqual({
			status: 'OK',
			message: 'A push can carry this secret',
		});
	});

	it.each([
		[{ secret: '' }, /Secret .* is empty\. Enter a long random text/],
		[{ secret: '   ' }, /Secret .* is empty/],
		[{ secret: 'short' }, /at least 16 characters/],
		[{ secret: 'příliš žluťoučký kůň' }, /special characters within it\. Use letters/],
		[{ secret: `two\n${SECRET}` }, /line breaks/],
		[{ headerName: '' }, /Header Name .* is empty/],
		[{ headerName: 'X Api Key' }, /"X Api Key", is not the name of a header/],
		[{ headerName: 'X-Api-Key:' }, /"X-Api-Key:", is not the name of a header/],
	])('%j is told at once', async (changes, message) => {
		const result = await test(changes);
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(message);
	});
});

describe('bodies', () => {
	const send = async (request: Partial<Parameters> & { body: string | Buffer }) => {
		const webhook = await serve({}, {});
		const response = await webhook.send({ ...post(''), ...request } as never);
		return { response, bodies: bodies(webhook) };
	};

	it.each<[string, Parameters & { body: string | Buffer }, unknown]>([
		['JSON', { body: '{"id":1}' }, { id: 1 }],
		['a list', { body: '[{"id":1},{"id":2}]' }, [{ id: 1 }, { id: 2 }]],
		['an empty object', { body: '{}' }, {}],
		['with a byte order mark', { body: '\ufeff{"id":1}' }, { id: 1 }],
		[
			'any letters',
			{ body: '{"id":1,"name":"Žluťoučký 🐎\\u0000\u2028"}' },
			{ id: 1, name: 'Žluťoučký 🐎\u0000\u2028' },
		],
		[
			'JSON without a content type',
			{ contentType: undefined, body: '\ufeff {"id":1}\n' },
			{ id: 1 },
		],
		['JSON said to be text', { contentType: 'text/plain', body: '{"id":1}' }, { id: 1 }],
		[
			'JSON said to be something else',
			{ contentType: 'application/vnd.teamogy', body: '{"id":1}' },
			{ id: 1 },
		],
		[
			'JSON said to be a form',
			{ contentType: 'application/x-www-form-urlencoded', body: '{"id":1,"a":"b=c&d"}' },
			{ id: 1, a: 'b=c&d' },
		],
		[
			'a form',
			{ contentType: 'application/x-www-form-urlencoded', body: 'id=1&name=A+B' },
			{ id: '1', name: 'A B' },
		],
		[
			'in Latin 1 that says so',
			{
				contentType: 'application/json; charset=latin1',
				body: Buffer.from('{"id":1,"name":"Café"}', 'latin1'),
			},
			{ id: 1, name: 'Café' },
		],
		[
			'packed',
			{
				headers: { 'x-api-key': SECRET, 'content-encoding': 'gzip' },
				body: gzipSync('{"id":1}'),
			},
			{ id: 1 },
		],
	])('%s', async (_case, request, body) => {
		const { response, bodies } = await send(request);
		expect([response.status, bodies]).toEqual([200, [body]]);
	});

	it('XML, as n8n reads it', async () => {
		const body =
			'<?xml version="1.0" encoding="UTF-8"?>\n<company id="7"><companyName>A &amp; B</companyName><tags>x</tags><tags>y</tags></company>';
		const xml = { company: { $: { id: '7' }, companyname: 'A & B', tags: ['x', 'y'] } };
		for (const contentType of ['application/xml', 'text/xml; charset=utf-8']) {
			const { bodies } = await send({ contentType, body });
			expect(bodies).toEqual([xml]);
		}
	});

	it('of a megabyte', async () => {
		const rows = Array.from({ length: 9000 }, (_, id) => ({ id, text: 'ž'.repeat(50) }));
		const text = JSON.stringify({ id: 1, rows });
		expect(Buffer.byteLength(text)).toBeGreaterThan(1_000_000);
		const webhook = await serve();
		expect(await answerTo(webhook, text)).toEqual(STARTED);
		expect(await answerTo(webhook, text)).toEqual(RECEIVED);
		expect(bodies(webhook)).toEqual([{ id: 1, rows }]);
	});

	it('with the names of what every object has', async () => {
		const text =
			'{"id":1,"__proto__":{"id":2,"isAdmin":true},"constructor":{"prototype":{"x":1}},"toJSON":"no"}';
		const webhook = await serve();
		expect(await answerTo(webhook, text)).toEqual(STARTED);
		expect(await answerTo(webhook, text)).toEqual(RECEIVED);
		expect(await answerTo(webhook, text.replace('true', 'false'))).toEqual(STARTED);
		expect(JSON.stringify(bodies(webhook)[0])).toBe(text);
		expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined();
	});

	const HOW =
		"In the adapter's requestMapping, send a body in UTF-8: a JSON object with the header Content-Type: application/json, or XML with application/xml.";

	it.each<[string, Parameters & { body: string | Buffer }, string]>([
		['nothing', { body: '' }, 'The push has no body'],
		['blanks', { contentType: 'text/plain', body: ' \n' }, 'The push has no body'],
		['a number', { body: '5' }, 'The body of the push holds no object and no list'],
		['null', { body: 'null' }, 'The body of the push holds no object and no list'],
		['text', { body: '"id"' }, 'The body of the push holds no object and no list'],
		[
			'half of it',
			{ contentType: undefined, body: '{"id":' },
			'The body of the push could not be read as JSON',
		],
		[
			'plain text',
			{ contentType: 'text/plain', body: 'Hello' },
			'The body of the push could not be read as JSON',
		],
		[
			'XML that does not say so',
			{ contentType: 'text/plain', body: '<a/>' },
			'The body of the push is XML, but its Content-Type does not say so',
		],
		[
			'JSON in Windows 1250',
			{ body: Buffer.from('{"id":1,"name":"\x9alu\xe9ou\xe8k\xfd"}', 'latin1') },
			'The body of the push is not in UTF-8',
		],
		[
			'XML in Windows 1250',
			{
				contentType: 'text/xml',
				body: Buffer.from('<?xml version="1.0" encoding="windows-1250"?><a>\x9a</a>', 'latin1'),
			},
			'The body of the push is not in UTF-8',
		],
	])('%s: 400 in words, and no execution', async (_case, request, message) => {
		const { response, bodies } = await send(request);
		expect([response.status, JSON.parse(response.body)]).toEqual([
			400,
			{ message: `${message}. ${HOW}` },
		]);
		expect(bodies).toEqual([]);
	});

	describe('nested', () => {
		const nested = (depth: number) => `{"id":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
		const xml = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;

		it.each([
			['application/json', nested(100)],
			['text/plain', nested(100)],
			['application/xml', xml(100)],
		])('a hundred levels deep in %s: taken', async (contentType, body) => {
			expect((await send({ contentType, body })).response.status).toBe(200);
		});

		it.each([
			['application/json', nested(101)],
			['application/json', nested(100_000)],
			['text/plain', nested(100_000)],
			['application/xml', xml(102)],
			['application/xml', xml(20_000)],
		])('deeper in %s: 400, and no execution', async (contentType, body) => {
			const { response, bodies } = await send({ contentType, body });
			expect([response.status, JSON.parse(response.body)]).toEqual([
				400,
				{ message: `The body of the push is nested deeper than 100 levels. ${HOW}` },
			]);
			expect(bodies).toEqual([]);
		});
	});

	describe('with integers beyond 2^53', () => {
		it.each(['application/json', 'text/plain', undefined])(
			'of type %s bring them as text, and all else as it is',
			async (contentType) => {
				const quoted = JSON.stringify('9007199254740993, "9007199254740993"\\');
				const text = `{"id":9007199254740993,"list":[-9007199254740993,{"a":12345678901234567890}],
				"safe":[9007199254740991,-9007199254740991,0.30000000000000004,1e20,12],
				"text":${quoted},"9007199254740993":true}`;
				const body = {
					id: '9007199254740993',
					list: ['-9007199254740993', { a: '12345678901234567890' }],
					safe: [9007199254740991, -9007199254740991, 0.30000000000000004, 1e20, 12],
					text: JSON.parse(quoted),
					'9007199254740993': true,
				};
				expect((await send({ contentType, body: text })).bodies).toEqual([body]);
			},
		);

		it('make no two records one', async () => {
			const webhook = await serve();
			const pushes = ['9007199254740992', '9007199254740993', '"9007199254740994"'];
			for (const id of pushes) expect(await answerTo(webhook, `{"id":${id}}`)).toEqual(STARTED);
			for (const id of pushes) expect(await answerTo(webhook, `{"id":${id}}`)).toEqual(RECEIVED);
		});

		it.each([
			['a fraction', '9007199254740992.0', '9007199254740993.0'],
			['an exponent', '9.007199254740992e15', '9.007199254740993e+15'],
			['a negative exponent', '90071992547409920E-1', '-90071992547409930e-1'],
		])('and with %s make no two records one, and come as text', async (_case, one, other) => {
			const webhook = await serve();
			for (const id of [one, other])
				expect(await answerTo(webhook, `{"id":${id}}`)).toEqual(STARTED);
			for (const id of [one, other])
				expect(await answerTo(webhook, `{"id":${id}}`)).toEqual(RECEIVED);
			expect(bodies(webhook)).toEqual([{ id: one }, { id: other }]);
		});

		it('make no two contents one', async () => {
			const webhook = await serve();
			const push = async (value: string) =>
				await answerTo(webhook, `{"id":1,"owner":{"id":${value}}}`);
			expect(await push('9007199254740992')).toEqual(STARTED);
			expect(await push('9007199254740993')).toEqual(STARTED);
			expect(await push('9007199254740993')).toEqual(RECEIVED);
			expect(await push('9007199254740992')).toEqual(STARTED);
		});

		it('in a body of ten megabytes', async () => {
			const long = `{"id":9007199254740993,"text":"${'\\"ž'.repeat(1e6)}","more":"${'x'.repeat(7e6)}"}`;
			const webhook = await serve();
			expect(await answerTo(webhook, long)).toEqual(STARTED);
			expect(await answerTo(webhook, long)).toEqual(RECEIVED);
		});
	});

	describe('larger than n8n takes', () => {
		const tooLarge = (contentType?: string) => ({
			...post(JSON.stringify({ id: 1, text: 'x'.repeat(16 * 1024 * 1024) })),
			contentType,
		});

		it('get 413 where n8n leaves the body to the node, and no execution', async () => {
			const webhook = await serve({}, { leavesBody: true });
			for (const contentType of ['application/json', undefined]) {
				const { status, body } = await webhook.send(tooLarge(contentType));
				expect([status, JSON.parse(body)]).toEqual([
					413,
					{ message: 'The body of the push is larger than n8n takes.' },
				]);
			}
			expect(executions(webhook)).toEqual([]);
		});

		it('get the 500 of n8n where n8n reads the body before the node', async () => {
			const webhook = await serve();
			const { status, body } = await webhook.send(tooLarge('application/json'));
			expect([status, JSON.parse(body).message]).toEqual([
				500,
				'There was a problem executing the workflow',
			]);
			expect(executions(webhook)).toEqual([]);
		});
	});

	// What says it is JSON or XML, n8n reads before the node sees it.
	it.each([
		['application/json', '{"id":'],
		['application/xml', '<a><b></a>'],
		['application/json; charset=klingon', '{"id":1}'],
	])('%s, broken: n8n answers 422 itself, no execution', async (contentType, body) => {
		const { response, bodies } = await send({ contentType, body });
		expect([response.status, JSON.parse(response.body).message]).toEqual([
			422,
			'Failed to parse request body',
		]);
		expect(bodies).toEqual([]);
	});

	it('are not needed by methods without one', async () => {
		const webhook = await serve({ httpMethod: 'GET' });
		const get = { method: 'GET', headers: { 'x-api-key': SECRET }, query: 'id=7&tag=a&tag=b' };
		expect((await webhook.send(get)).status).toBe(200);
		expect(received(webhook)).toMatchObject([{ body: {}, query: { id: '7', tag: ['a', 'b'] } }]);
		const again = await webhook.send(get);
		expect([again.status, JSON.parse(again.body)]).toEqual(RECEIVED);
		const other = await webhook.send({ ...get, query: 'id=7&tag=a' });
		expect([other.status, JSON.parse(other.body)]).toEqual(STARTED);
	});

	it('another method than the one chosen: 404', async () => {
		const webhook = await serve();
		const response = await webhook.send({ method: 'GET', headers: { 'x-api-key': SECRET } });
		expect([response.status, webhook.runs]).toEqual([404, []]);
	});
});

describe('answers', () => {
	it('at once, before the workflow has finished', async () => {
		office.hold();
		const webhook = await serve({ responseMode: 'onReceived' }, { workflow: withOffice() });
		expect(await answerTo(webhook, { id: 1 })).toEqual(STARTED);
		await office.came(1);
		office.release();
		await webhook.settled();
		expect(webhook.runs[0].execution?.data.resultData.error).toBeUndefined();
	});

	it('with the first item of the last node', async () => {
		const webhook = await lastNode();
		const { status, headers, body } = await webhook.send(post({ id: 1 }));
		expect([status, body]).toEqual([200, '{"number":"N-1"}']);
		expect(headers['content-type']).toBe('application/json; charset=utf-8');
	});

	it('500 when the workflow fails', async () => {
		const webhook = await lastNode();
		expect(await answerTo(webhook, { id: 1, fails: true })).toEqual([
			500,
			{ message: 'Error in workflow' },
		]);
	});

	it('500 when the last node gives no item', async () => {
		const nothing = {
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: 'return [];' },
		};
		const webhook = await lastNode({ workflow: withOffice(nothing) });
		expect(await answerTo(webhook, { id: 1 })).toEqual([
			500,
			{ code: 0, message: 'No item to return was found' },
		]);
	});

	it('with what Respond to Webhook gives, also to a repeat', async () => {
		const parameters = {
			respondWith: 'text',
			responseBody: '=Č. {{ $json.number }}',
			options: {
				responseCode: 201,
				responseHeaders: { entries: [{ name: 'Content-Type', value: 'text/csv; charset=utf-8' }] },
			},
		};
		const workflow = withOffice(responder(1, parameters));
		const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
		for (const _attempt of [1, 2]) {
			const { status, headers, body } = await webhook.send(post({ id: 1 }));
			expect([status, headers['content-type'], body]).toEqual([
				201,
				'text/csv; charset=utf-8',
				'Č. N-1',
			]);
		}
		expect(office.tasks).toEqual([{ id: 1 }]);
	});

	describe('of a workflow that reflects HTML', () => {
		const SANDBOX = { name: 'Content-Security-Policy', value: 'sandbox allow-scripts' };
		const reflecting = () =>
			withOffice(
				responder(1, {
					respondWith: 'text',
					responseBody: "={{ $('Push').item.json.body.html }}",
					options: {
						responseHeaders: {
							entries: [
								SANDBOX,
								{ name: 'Content-Type', value: 'text/html; charset=utf-8' },
								{ name: 'X-Frame-Options', value: 'DENY' },
							],
						},
					},
				}),
			);
		const push = post({ id: 1, html: '<script>alert(1)</script>' });

		it('come again with every header of the first', async () => {
			const webhook = await serve({ responseMode: 'responseNode' }, { workflow: reflecting() });
			const [first, again] = [await webhook.send(push), await webhook.send(push)];
			const { date: _first, ...headers } = first.headers;
			const { date: _again, ...headersAgain } = again.headers;
			expect(headers).toMatchObject({
				'content-security-policy': SANDBOX.value,
				'content-type': 'text/html; charset=utf-8',
			});
			expect(headersAgain).toEqual(headers);
			expect([again.status, again.body]).toEqual([first.status, first.body]);
			expect(office.tasks).toHaveLength(1);
		});

		it('are not saved: after a restart the repeat gets JSON', async () => {
			const webhook = await serve({ responseMode: 'responseNode' }, { workflow: reflecting() });
			// A repeat is answered without an execution: then n8n saves.
			for (const _attempt of [1, 2]) await webhook.send(push);
			await restart(webhook);
			const { status, headers, body } = await webhook.send(push);
			expect([status, JSON.parse(body)]).toEqual(RECEIVED);
			expect(headers['content-type']).toBe('application/json; charset=utf-8');
			expect(office.tasks).toHaveLength(1);
		});
	});

	it('with Respond to Webhook in a later version, which does not know the trigger: 500', async () => {
		const workflow = withOffice(responder(1.4));
		const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
		expect((await webhook.send(post({ id: 1 }))).status).toBe(500);
	});

	it('a test in the editor runs each time', async () => {
		const webhook = await serve({}, { mode: 'manual' });
		expect(await answerTo(webhook, { id: 1 })).toEqual(STARTED);
		expect(await answerTo(webhook, { id: 1 })).toEqual(STARTED);
		expect(DELIVERIES.size).toBe(0);
	});
});

describe('repeats', () => {
	it.each(['onReceived', 'lastNode'])('%s: are answered as before, and not run', async (mode) => {
		const webhook = await serve({ responseMode: mode }, { workflow: withOffice() });
		const first = await answerTo(webhook, { id: 1, name: 'A' });
		for (const _attempt of [2, 3, 4]) {
			expect(await answerTo(webhook, { name: 'A', id: 1 })).toEqual(
				mode === 'lastNode' ? first : RECEIVED,
			);
		}
		await webhook.settled();
		expect(office.tasks).toEqual([{ id: 1, name: 'A' }]);
	});

	it('are told by record and content', async () => {
		const webhook = await serve({}, { workflow: withOffice() });
		const pushes: Task[] = [
			{ id: 1, name: 'A' },
			{ id: 2, name: 'A' },
			{ id: 1, name: 'B' },
			// Back to what it was is a change.
			{ id: 1, name: 'A' },
		];
		for (const push of pushes) expect(await answerTo(webhook, push)).toEqual(STARTED);
		await webhook.settled();
		expect(office.tasks).toEqual(pushes);
		for (const push of pushes.slice(1, 2).concat(pushes.slice(3)))
			expect(await answerTo(webhook, push)).toEqual(RECEIVED);
	});

	it.each<[string, string, unknown, unknown]>([
		[
			'in a field within a field',
			'company.id',
			{ company: { id: 'ž' } },
			{ company: { name: 'x' } },
		],
		['in the one element of XML', 'companyId', '<c><companyId>5</companyId></c>', '<c><x/></c>'],
		['in an attribute of XML', '$.id', '<c id="5"/>', '<c name="5"/>'],
		['in another field', 'number', { number: 'FV-1' }, { id: 1 }],
		['as 0', 'id', { id: 0 }, { id: null }],
		['in a list of one', 'id', [{ id: 1 }], [{ id: 1 }, { id: 2 }]],
		['called as what objects have', '__proto__', '{"__proto__":5}', '{"a":5}'],
	])('the ID %s; without one nothing is dropped, and this is logged', async (_c, field, a, b) => {
		const webhook = await serve({ options: { recordIdField: ` ${field} ` } });
		const send = async (body: unknown) => {
			const isXml = typeof body === 'string' && body.startsWith('<');
			const contentType = isXml ? 'text/xml' : 'application/json';
			const response = await webhook.send({ ...post(body), contentType });
			return [response.status, JSON.parse(response.body)];
		};
		expect([await send(a), await send(a)]).toEqual([STARTED, RECEIVED]);
		expect(stage.engine.log.join()).not.toContain('that identifies its record');
		expect([await send(b), await send(b)]).toEqual([STARTED, STARTED]);
		expect(stage.engine.log.join()).toContain(`has no "${field}" that identifies its record`);
	});

	it.each(['', '  '])('an empty Record ID Field is the usual one', async (recordIdField) => {
		const webhook = await serve({ options: { recordIdField } });
		expect(await answerTo(webhook, { id: 1 })).toEqual(STARTED);
		expect(await answerTo(webhook, { id: 1 })).toEqual(RECEIVED);
	});

	it('run when they are not to be dropped', async () => {
		const webhook = await serve({ options: { dropRepeats: false } });
		expect(await answerTo(webhook, { id: 1 })).toEqual(STARTED);
		expect(await answerTo(webhook, { id: 1 })).toEqual(STARTED);
	});

	it('run after one that failed', async () => {
		const webhook = await lastNode();
		const push = { id: 1 };
		office.hold();
		const failing = answerTo(webhook, push);
		await office.came(1);
		office.release(true);
		expect(await failing).toEqual([500, { message: 'Error in workflow' }]);
		const good = answerTo(webhook, push);
		await office.came(2);
		office.release();
		expect(await good).toEqual([200, { number: 'N-2' }]);
		expect(await answerTo(webhook, push)).toEqual([200, { number: 'N-2' }]);
		expect(office.tasks).toHaveLength(2);
	});

	it('run after another that failed, whatever is saved of the one before', async () => {
		const workflow = withOffice(responder(1));
		const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
		// A repeat is answered without an execution: then n8n saves.
		for (const _attempt of [1, 2])
			expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
		expect((await answerTo(webhook, { id: 1, fails: true }))[0]).toBe(500);
		expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number: 'N-3' }]);
	});

	it('wait while the first is under way, and get its answer', async () => {
		const webhook = await lastNode();
		office.hold();
		const attempts = [1, 2, 3, 4].map(async () => await answerTo(webhook, { id: 1 }));
		await office.came(1);
		// Another record need not wait.
		const other = answerTo(webhook, { id: 2 });
		await office.came(2);
		office.release();
		for (const attempt of attempts) expect(await attempt).toEqual([200, { number: 'N-1' }]);
		office.release();
		expect(await other).toEqual([200, { number: 'N-2' }]);
		expect(office.tasks).toEqual([{ id: 1 }, { id: 2 }]);
	});

	it('that wait for one that fails: one of them runs, the others wait for it', async () => {
		const webhook = await lastNode();
		office.hold();
		const attempts = [1, 2, 3, 4].map(async () => await answerTo(webhook, { id: 1 }));
		await office.came(1);
		office.release(true);
		await office.came(2);
		office.release();
		const answers = await Promise.all(attempts);
		expect(answers.map(([status]) => status).sort()).toEqual([200, 200, 200, 500]);
		expect([office.tasks.length, office.atOnce]).toEqual([2, 1]);
	});

	it('wait for their own delivery, whatever comes meanwhile', async () => {
		const webhook = await lastNode();
		office.hold();
		const first = answerTo(webhook, { id: 1, name: 'A' });
		await office.came(1);
		const repeat = answerTo(webhook, { id: 1, name: 'A' });
		const changed = answerTo(webhook, { id: 1, name: 'B' });
		await office.came(2);
		// Back again while both are under way: B was later, so this is a change.
		const back = answerTo(webhook, { id: 1, name: 'A' });
		await office.came(3);
		for (const _each of [1, 2, 3]) office.release();
		expect(await Promise.all([first, repeat, changed, back])).toEqual(
			['N-1', 'N-1', 'N-2', 'N-3'].map((number) => [200, { number }]),
		);
	});

	it('of a long answer: the status comes again', async () => {
		const long = {
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: "return [{ json: { text: 'x'.repeat(5000) } }];" },
		};
		const webhook = await lastNode({ workflow: withOffice(long) });
		expect((await answerTo(webhook, { id: 1 }))[0]).toBe(200);
		expect(await answerTo(webhook, { id: 1 })).toEqual(RECEIVED);
		expect(office.tasks).toHaveLength(1);
	});

	const hours = (count: number) => count * 60 * 60 * 1000;

	it('are remembered for a day and a little, also across a restart', async () => {
		const now = jest.spyOn(Date, 'now');
		try {
			const webhook = await serve({}, { workflow: withOffice() });
			const start = Date.now();
			await answerTo(webhook, { id: 1 });
			for (const again of [async () => {}, restart]) {
				await again(webhook);
				now.mockReturnValue(start + hours(24.5));
				expect(await answerTo(webhook, { id: 1 })).toEqual(RECEIVED);
			}
			now.mockReturnValue(start + hours(25.5));
			expect(await answerTo(webhook, { id: 1 })).toEqual(STARTED);
		} finally {
			now.mockRestore();
		}
	});

	describe('after a restart', () => {
		it('what was answered at once is known', async () => {
			const webhook = await serve({}, { workflow: withOffice() });
			expect(await answerTo(webhook, { id: 1, name: 'A' })).toEqual(STARTED);
			await restart(webhook);
			expect(await answerTo(webhook, { id: 1, name: 'A' })).toEqual(RECEIVED);
			expect(await answerTo(webhook, { id: 1, name: 'B' })).toEqual(STARTED);
			await restart(webhook);
			expect(await answerTo(webhook, { id: 1, name: 'B' })).toEqual(RECEIVED);
			expect(await answerTo(webhook, { id: 1, name: 'A' })).toEqual(STARTED);
		});

		it('what the last node answered is known with its answer, once another came', async () => {
			const webhook = await lastNode();
			expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
			expect(await answerTo(webhook, { id: 2 })).toEqual([200, { number: 'N-2' }]);
			await restart(webhook);
			expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
			// n8n saves before the outcome shows: the very last one is in doubt, and carried out.
			expect(await answerTo(webhook, { id: 2 })).toEqual([200, { number: 'N-3' }]);
		});

		it('what Respond to Webhook answered keeps its status, once a repeat came', async () => {
			const options = { responseCode: 201 };
			const workflow = withOffice(
				responder(1, { respondWith: 'text', responseBody: 'x', options }),
			);
			const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
			for (const _attempt of [1, 2]) expect((await webhook.send(post({ id: 1 }))).status).toBe(201);
			await restart(webhook);
			expect(await answerTo(webhook, { id: 1 })).toEqual([201, RECEIVED[1]]);
			expect(office.tasks).toEqual([{ id: 1 }]);
		});

		it('what Respond to Webhook answered is in doubt', async () => {
			const workflow = withOffice(responder(1));
			const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
			for (const number of ['N-1', 'N-2']) {
				expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number }]);
				await restart(webhook);
			}
		});

		it.each(['onReceived', 'lastNode'])('%s: what failed runs', async (responseMode) => {
			const webhook = await serve({ responseMode }, { workflow: withOffice() });
			const push = responseMode === 'lastNode' ? { id: 1, fails: true } : { id: 1 };
			for (const body of [push, { id: 2 }]) await answerTo(webhook, body);
			await restart(webhook);
			await answerTo(webhook, push);
			await webhook.settled();
			expect(office.tasks).toHaveLength(responseMode === 'lastNode' ? 3 : 2);
		});
	});

	it('to another process are known by static data', async () => {
		const staticData = {};
		const more = { staticData, workflow: withOffice() };
		const [one, two] = [await serve({}, more), await serve({}, more)];
		const on = async (webhook: WebhookServer, memory: typeof DELIVERIES, body: object) => {
			DELIVERIES.clear();
			for (const [key, value] of memory) DELIVERIES.set(key, value);
			const answer = await answerTo(webhook, body);
			await webhook.settled();
			for (const [key, value] of DELIVERIES) memory.set(key, value);
			return answer;
		};
		const [ones, twos] = [new Map(), new Map()];
		const [a, b] = ['A', 'B'].map((name) => ({ id: 1, name }));
		expect(await on(one, ones, a)).toEqual(STARTED);
		expect(await on(two, twos, a)).toEqual(RECEIVED);
		expect(await on(two, twos, b)).toEqual(STARTED);
		// A moment later: what the other process took last counts.
		expect(await on(one, ones, a)).toEqual(STARTED);
		expect(await on(two, twos, a)).toEqual(RECEIVED);
	});

	it('of two webhooks are their own', async () => {
		const node = { type: `n8n-nodes-teamogy.${TYPE}`, typeVersion: 1, parameters: {} };
		const workflow = (id: string) => ({
			id,
			nodes: [{ ...node, id: 'push', name: 'Push', webhookId: 'push', position: [0, 0] }],
			connections: {},
		});
		const [one, two] = [
			await serve({}, { workflow: workflow('one') }),
			await serve({}, { workflow: workflow('two') }),
		];
		expect(await answerTo(one, { id: 1 })).toEqual(STARTED);
		expect(await answerTo(two, { id: 1 })).toEqual(STARTED);
		expect(await answerTo(one, { id: 1 })).toEqual(RECEIVED);
	});

	it('are remembered of the last 2,000 records, in little room', async () => {
		const before = new Deliveries();
		const headers = { 'content-type': 'application/json' };
		const content = { headers, body: JSON.stringify('x'.repeat(4000)) };
		const capture = async () => ({ status: 200, content });
		const push = async (deliveries: Deliveries, record: string, content = 'c'.repeat(16)) =>
			Boolean(await deliveries.checkDuplicate({ record, content }, capture));
		const records = Array.from({ length: 2001 }, (_, index) => String(index).padStart(11, 'r'));
		for (const record of records.slice(0, 2000)) await push(before, record);
		// The first becomes the latest again, so the second is the oldest.
		await push(before, records[0], 'changed');
		await push(before, records[2000]);
		const stored = before.toStaticData();
		expect(Object.keys(stored)).toHaveLength(2000);
		expect(JSON.stringify(stored).length).toBeLessThan(2000 * 80);
		const after = new Deliveries();
		after.load(structuredClone(stored));
		for (const deliveries of [before, after]) {
			expect(await push(deliveries, records[0], 'changed')).toBe(true);
			expect(await push(deliveries, records[2])).toBe(true);
			expect(await push(deliveries, records[1])).toBe(false);
		}
	});

	describe('in static data', () => {
		const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };
		const delivery = { record: 'r', content: 'c' };
		const stored = async (body: string, headers: object = JSON_TYPE, status = 200) => {
			const deliveries = new Deliveries();
			const content = { headers, body };
			await deliveries.checkDuplicate(delivery, async () => ({ status, content }));
			await undefined;
			return deliveries.toStaticData().r;
		};

		it.each([
			['letters', 'x', 200, 300],
			['quotes', '"', 40, 80],
			['other letters', 'Å¾', 50, 200],
			['control characters', '\u0001', 30, 50],
		])('a response of %s is kept only while it is short as stored', async (_c, unit, few, many) => {
			const body = (count: number) => JSON.stringify(unit.repeat(count));
			expect((await stored(body(few)))[2]).toMatchObject({ body: body(few) });
			expect(await stored(body(many))).toHaveLength(2);
		});

		it.each([
			['text/html'],
			['text/csv; charset=utf-8'],
			['application/json+html'],
			['application/jsonx'],
			['image/svg+xml'],
			[undefined],
		])('a response of type %s is not kept', async (type) => {
			expect(await stored('{}', { 'content-type': type })).toHaveLength(2);
		});

		const [NOW, BODY] = [expect.any(Number), '{"number":"N-1"}'];
		type Entry = [content: string, at: number, response: { status: number; body: string }];

		it.each<[string, (entry: Entry) => unknown]>([
			['text', () => 'abc'],
			['nothing', () => null],
			['a list of nothing', () => []],
			['an object', ([content, at]) => ({ content, at })],
			['no content', ([, at, response]) => ['', at, response]],
			['content that is no text', ([content, at, response]) => [[content], at, response]],
			['no time', ([content]) => [content]],
			['a time that is text', ([content, at, response]) => [content, String(at), response]],
			['a time to come', ([content, at, response]) => [content, at + 3_600_000, response]],
			['the end of time', ([content, , response]) => [content, Infinity, response]],
			['a response that failed', ([content, at, { body }]) => [content, at, { status: 500, body }]],
			['a redirect', ([content, at, { body }]) => [content, at, { status: 302, body }]],
			[
				'a status that is text',
				([content, at, { body }]) => [content, at, { status: '200', body }],
			],
			['no status', ([content, at, { body }]) => [content, at, { body }]],
			['no response', ([content, at]) => [content, at, null]],
			['HTML', ([content, at]) => [content, at, { status: 200, type: 'text/html', body: '<a>' }]],
			['an object as its body', ([content, at]) => [content, at, { status: 200, body: {} }]],
			[
				'a long body',
				([content, at]) => [content, at, { status: 200, body: `"${'x'.repeat(9999)}"` }],
			],
		])('%s in place of a delivery: left out, and the push runs', async (_case, change) => {
			const staticData: Record<string, { deliveries: Record<string, Entry> }> = {};
			const webhook = await lastNode({ staticData });
			for (const id of [1, 2]) await answerTo(webhook, { id });
			const { deliveries } = staticData['node:Push'];
			const [[record, entry]] = Object.entries(deliveries);
			expect(entry).toEqual([expect.any(String), NOW, { status: 200, body: BODY }]);
			await restart(webhook);
			deliveries[record] = change(entry) as Entry;
			expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number: 'N-3' }]);
		});

		it.each([['text'], [5], [true], [[1, [], null]], [{ r: {} }]])(
			'%j in place of all deliveries: the push runs',
			async (deliveries) => {
				const staticData = { 'node:Push': { deliveries } };
				const webhook = await lastNode({ staticData });
				expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
				expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
			},
		);

		it('a response of version 1.0 is known', async () => {
			const deliveries = new Deliveries();
			const at = Date.now();
			const old = { status: 200, type: 'application/json; charset=utf-8', body: BODY };
			deliveries.load({ r: ['c', at, old], s: ['c', at, { status: 200 }], t: ['c', at] });
			const fails = async () => await Promise.reject(new Error('Not a repeat'));
			const known = async (record: string) =>
				await deliveries.checkDuplicate({ record, content: 'c' }, fails);
			expect(await known('r')).toEqual({
				status: 200,
				content: { headers: JSON_TYPE, body: BODY },
			});
			for (const record of ['s', 't']) expect(await known(record)).toEqual({ status: 200 });
		});
	});

	it('wait for a delivery under way, however many records come meanwhile, for a day and a little', async () => {
		const now = jest.spyOn(Date, 'now');
		try {
			const deliveries = new Deliveries();
			let answer: (response: object) => void;
			const first = { record: 'first', content: 'c' };
			const slow = async () => await new Promise<object>((resolve) => (answer = resolve));
			expect(await deliveries.checkDuplicate(first, slow)).toBeUndefined();
			for (let index = 0; index < 2500; index++) {
				const other = { record: String(index), content: 'c' };
				await deliveries.checkDuplicate(other, async () => ({ status: 200 }));
			}
			now.mockReturnValue(Date.now() + hours(24.5));
			const secondRun = jest.fn(slow);
			const repeat = deliveries.checkDuplicate(first, secondRun);
			answer!({ status: 201 });
			expect(await repeat).toEqual({ status: 201 });
			expect(secondRun).not.toHaveBeenCalled();
		} finally {
			now.mockRestore();
		}
	});

	it('run when a delivery under way is not answered for longer than a day and a little', async () => {
		const now = jest.spyOn(Date, 'now');
		try {
			const webhook = await lastNode();
			office.hold();
			const unanswered = answerTo(webhook, { id: 1 });
			await office.came(1);
			now.mockReturnValue(Date.now() + hours(25.5));
			const repeat = answerTo(webhook, { id: 1 });
			await office.came(2);
			office.release();
			expect(await unanswered).toEqual([200, { number: 'N-1' }]);
			office.release();
			expect(await repeat).toEqual([200, { number: 'N-2' }]);
			expect(await answerTo(webhook, { id: 1 })).toEqual([200, { number: 'N-2' }]);
		} finally {
			now.mockRestore();
		}
	});

	it('do not wait in memory for ever: unanswered deliveries are dropped after a day and a little', async () => {
		const now = jest.spyOn(Date, 'now');
		try {
			const deliveries = new Deliveries();
			const never = async () => await new Promise<object>(() => {});
			const push = async (record: string) =>
				void (await deliveries.checkDuplicate({ record, content: 'c' }, never));
			for (let index = 0; index < 2500; index++) await push(`old ${index}`);
			now.mockReturnValue(Date.now() + hours(25.5));
			await push('new');
			expect((deliveries as unknown as { latest: Map<string, object> }).latest.size).toBe(2000);
		} finally {
			now.mockRestore();
		}
	});

	describe('whatever comes in whatever order', () => {
		const push = fc.record({ id: fc.nat(2), name: fc.nat(2), fails: fc.boolean() });
		const pause = { weight: 1, arbitrary: fc.constant('restart' as const) };

		it.each(['onReceived', 'lastNode'])('%s: each change runs, no repeat does', async (mode) => {
			const events = fc.oneof({ weight: 9, arbitrary: push }, pause);
			await fc.assert(
				fc.asyncProperty(fc.array(events, { minLength: 5, maxLength: 25 }), async (sequence) => {
					DELIVERIES.clear();
					office.reset();
					const webhook = await serve(
						{ responseMode: mode },
						{ workflow: withOffice(), staticData: {} },
					);
					let accepted = new Map<number, string>();
					let kept = new Map<number, string>();
					const expected: Task[] = [];
					for (const one of sequence) {
						if (one === 'restart') {
							await restart(webhook);
							accepted = new Map(kept);
							continue;
						}
						// A change that fails fails each time.
						const body = { ...one, name: `${one.name} ${one.fails}` };
						const isRepeat = accepted.get(one.id) === body.name;
						if (!isRepeat) {
							expected.push(body);
							accepted.delete(one.id);
						}
						// What a repeat brings to light is saved at once.
						if (mode === 'lastNode') kept = new Map(accepted);
						if (mode === 'onReceived' || !one.fails) accepted.set(one.id, body.name);
						if (mode === 'onReceived') kept = new Map(accepted);
						const { status } = await webhook.send(post(body));
						expect(status).toBe(mode === 'lastNode' && one.fails ? 500 : 200);
					}
					await webhook.settled();
					await webhook.close();
					expect(office.tasks).toEqual(expected);
				}),
				{ numRuns: 20 },
			);
		});

		it('of equal ones at once one succeeds, and never two run', async () => {
			await fc.assert(
				fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.nat(5), async (count, failing) => {
					DELIVERIES.clear();
					office.reset();
					const webhook = await lastNode({ staticData: {} });
					office.hold();
					const attempts = Array.from(
						{ length: count },
						async () => await answerTo(webhook, { id: 1 }),
					);
					const runs = Math.min(count, failing + 1);
					for (let run = 1; run <= runs; run++) {
						await office.came(run);
						office.release(run <= failing);
					}
					const good = (await Promise.all(attempts)).filter(([status]) => status === 200);
					expect([office.tasks.length, office.atOnce]).toEqual([runs, 1]);
					expect(good).toEqual(
						Array.from({ length: count - Math.min(count, failing) }, () => [
							200,
							{ number: `N-${runs}` },
						]),
					);
					await webhook.close();
				}),
				{ numRuns: 25 },
			);
		});
	});
});

describe("the webhook's life", () => {
	const call = (method: 'checkExists' | 'create' | 'delete', credentials: object | false) =>
		stage.engine.webhookMethods({
			type: TYPE,
			parameters: { path: 'teamogy' },
			credentials: credentials as never,
			method,
		});

	it('needs nothing of Teamogy', async () => {
		const credentials = { teamogyPushApi: CREDENTIAL };
		expect(await call('checkExists', credentials)).toBe(false);
		expect(await call('create', credentials)).toBe(true);
		expect(await call('delete', credentials)).toBe(true);
		expect([stage.sandbox.log, stage.engine.log]).toEqual([[], []]);
	});

	it('begins with a warning where there is no credential', async () => {
		expect(await call('create', false)).toBe(true);
		expect(stage.engine.log.join()).toContain(
			'"Teamogy Push Trigger" has no credential: whoever knows its URL can start the workflow. Add a Teamogy Push API credential.',
		);
	});

	it('does not begin with a credential that no push could satisfy', async () => {
		await expect(
			call('create', { teamogyPushApi: { headerName: 'X:', secret: SECRET } }),
		).rejects.toMatchObject({
			message: expect.stringContaining('"X:", is not the name of a header'),
			description: expect.stringContaining('X-Api-Key'),
		});
	});

	it.each([
		['teamogy/companies', '/webhook/teamogy/companies'],
		['/teamogy/', '/webhook/teamogy'],
		// n8n takes the ID of the webhook.
		['', '/webhook/engine-test'],
	])('its path "%s"', async (path, expected) => {
		const webhook = await serve({ path });
		expect(new URL(webhook.url).pathname).toBe(expected);
		expect(await answerTo(webhook, { id: 1 })).toEqual(STARTED);
	});
});

describe('with Teamogy', () => {
	const COMPANY = 30001;
	const company = () => stage.sandbox.records('companies').find(({ id }) => id === COMPANY)!;
	const extName = () => (company().properties as Row).extName;
	const rule = (webhook: WebhookServer, more: Partial<PushRule> = {}): PushRule => ({
		entity: 'companies',
		url: webhook.url,
		headers: { 'X-Api-Key': SECRET },
		body: ({ id, name }) => ({ id, name }),
		responseMapping: { 'properties.extName': 'number' },
		...more,
	});
	const save = (changes: object = {}) => stage.sandbox.patch('companies', COMPANY, { ...changes });
	/** What the attempts were answered with; 0: nothing. */
	const statuses = ({ attempts }: { attempts: Array<{ status: number }> }) =>
		attempts.map(({ status }) => status);

	/** The registers that the README shows, by name. */
	const registers = (): Registers => {
		const readme = readFileSync(`${process.cwd()}/README.md`, 'utf8');
		const shown = /`((?:CONNECTOR|ADAPTER)[.-][\w.-]+)`: .*\n+ +```\w+\n([^`]+?)\n *```/g;
		return Object.fromEntries([...readme.matchAll(shown)].map(([, name, text]) => [name, text]));
	};

	it("the README's adapter has the documented shape", () => {
		expect(JSON.parse(registers()['ADAPTER.COMPANY-N8N'])).toEqual({
			constants: {
				name: expect.any(String),
				url: expect.stringMatching(/^https:/),
				apiKey: '{{secret:n8n}}',
				apiType: 'rest',
				method: 'POST',
			},
			requestMapping: {
				method: '${currentObject:constants.method}',
				url: '${currentObject:constants.url}',
				headers: {
					'Content-Type': 'application/json',
					'X-Api-Key': '${currentObject:constants.apiKey}',
				},
				// Mapped fields, never the raw `input`.
				body: { id: '${currentObject:input.id}', name: '${currentObject:input.name}' },
			},
			// An object whose inside is not known.
			responseMapping: { properties: { extName: { '…': expect.any(String) } } },
		});
	});

	it("the README's registers and the example: the number is in the company", async () => {
		const workflow = JSON.parse(
			readFileSync(`${process.cwd()}/examples/push-number-back.json`, 'utf8'),
		) as WorkflowJson;
		const webhook = await serve({}, { workflow, parameters: {} });
		const [call, ...others] = rulesOf(registers(), { n8n: SECRET });
		expect(others).toEqual([]);
		expect(new URL(call.url).pathname).toBe(new URL(webhook.url).pathname);
		const log = stage.sandbox.onSave({ ...call, url: webhook.url });
		save({ properties: { extStatus: 'EXT.WAIT' } });
		save({ properties: { extStatus: 'EXT.READY' } });
		await log.settled();
		expect(bodies(webhook)).toEqual([{ id: COMPANY, name: company().name }]);
		expect([statuses(log), extName()]).toEqual([[200], `CRM-${COMPANY}`]);
		// Saved again with nothing new to send: the same answer, no execution.
		save({ tags: ['new'] });
		await log.settled();
		expect([statuses(log), executions(webhook).length]).toEqual([[200, 200], 1]);
		save({ name: 'Nový název' });
		await log.settled();
		expect(bodies(webhook).at(-1)).toEqual({ id: COMPANY, name: 'Nový název' });
		expect(JSON.stringify(webhook.runs)).not.toContain(SECRET);
	});

	it('a workflow that fails at first is tried again until the number comes', async () => {
		const webhook = await lastNode();
		const log = stage.sandbox.onSave(rule(webhook));
		office.hold();
		save();
		for (const attempt of [1, 2, 3, 4]) {
			await office.came(attempt);
			office.release(attempt < 4);
		}
		await log.settled();
		expect([statuses(log), extName()]).toEqual([[500, 500, 500, 200], 'N-4']);
	});

	it('an answer that was lost comes again, and the workflow runs once', async () => {
		const webhook = await lastNode();
		office.hold();
		const log = stage.sandbox.onSave(rule(webhook, { timeoutMs: 200, delaysMs: [0] }));
		save();
		await office.came(1);
		while (webhook.runs.length < 2) await new Promise((resolve) => setImmediate(resolve));
		office.release();
		await log.settled();
		expect([statuses(log), extName()]).toEqual([[0, 200], 'N-1']);
		expect(office.tasks).toHaveLength(1);
	});

	it('XML', async () => {
		const webhook = await lastNode();
		const log = stage.sandbox.onSave(rule(webhook, { format: 'xml' }));
		save({ name: 'Žluťoučký & <syn>' });
		save({ name: 'Žluťoučký & <syn>' });
		await log.settled();
		expect(office.tasks).toEqual([
			{ companies: { id: String(COMPANY), name: 'Žluťoučký & <syn>' } },
		]);
		expect([statuses(log), extName()]).toEqual([[200, 200], 'N-1']);
	});

	it('with a wrong secret nothing runs, and Teamogy marks the record', async () => {
		const webhook = await lastNode();
		const before = extName();
		const log = stage.sandbox.onSave(rule(webhook, { headers: { 'x-api-key': 'wrong' } }));
		save();
		await log.settled();
		expect(statuses(log)).toEqual([401, 401, 401, 401]);
		expect([executions(webhook), extName()]).toEqual([[], before]);
		expect(company().properties).toHaveProperty('connectorError');
	});

	it('many records at once, each once and with its own number', async () => {
		const webhook = await lastNode();
		const log = stage.sandbox.onSave(rule(webhook));
		const companies = stage.sandbox.records('companies').slice(0, 40);
		for (const { id } of [...companies, ...companies]) stage.sandbox.patch('companies', id, {});
		await log.settled();
		expect(office.tasks.map(({ id }) => id).sort()).toEqual(companies.map(({ id }) => id).sort());
		const numbers = new Map(office.tasks.map(({ id }, index) => [id, `N-${index + 1}`]));
		for (const { id } of companies) {
			const { properties } = stage.sandbox.records('companies').find((one) => one.id === id)!;
			expect((properties as Row).extName).toBe(numbers.get(id));
		}
	});
});
