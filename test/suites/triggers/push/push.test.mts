/** The push trigger: secrets, bodies, responses and repeats. */
import { readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import type { WebhookServer, WebhookServerOptions, WorkflowJson } from '../../../engine/index.mts';
import { rulesOf, type Registers } from '../../../sandbox/registers.mts';
import type { PushRule, Row } from '../../../sandbox/index.mts';
import { builtModule, createTestBed, type TestBed } from '../../../helpers/testBed.mts';

interface Deliveries {
	checkDuplicate(delivery: object, sent: Promise<object>): Promise<object | undefined>;
	load(stored: unknown): void;
	toStaticData(): Record<string, unknown[]>;
}
const { DELIVERIES, Deliveries } = builtModule<{
	DELIVERIES: Map<string, Deliveries>;
	Deliveries: new () => Deliveries;
}>('nodes/triggers/push/deliveries.js');
/** Restarts n8n after all executions: memory is lost, static data stays. */
const restart = async (...servers: WebhookServer[]) => {
	for (const server of servers) await server.settled();
	DELIVERIES.clear();
};

const SECRET = 'correct horse battery staple';
const CREDENTIAL = { headerName: 'X-Api-Key', secret: SECRET };
const TYPE = 'teamogyPushTrigger';

let stage: TestBed;
let office: Office;
let webhooks: WebhookServer[] = [];

beforeAll(async () => {
	stage = await createTestBed();
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
	/** The tasks that workflows have sent, in order. */
	tasks: Task[];
	/** The highest number of tasks at the same time. */
	maxAtOnce: number;
	/** From now on tasks wait for `release`. */
	hold(): void;
	/** Resolves when `count` tasks have come since the start. */
	came(count: number): Promise<void>;
	/** Finishes the task that has waited longest. */
	release(fails?: boolean): void;
	reset(): void;
	close(): Promise<void>;
}

/** Another system that workflows call: gives each record a number, fails and waits on demand. */
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
			opened.maxAtOnce = Math.max(opened.maxAtOnce, waiting.length);
			for (const watcher of watchers) watcher();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const opened: Office = {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		tasks: [],
		maxAtOnce: 0,
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
			Object.assign(opened, { tasks: [], maxAtOnce: 0 });
			[holds, waiting, watchers] = [false, [], []];
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return opened;
}

/** A workflow of the trigger, the office that gives a number, and the nodes in `after`. */
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

/** Sends a push: the status and the parsed body of the response. */
const sendPush = async (webhook: WebhookServer, body: unknown) => {
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
		['no secret', {}],
		['another secret', { 'x-api-key': 'wrong' }],
		['an empty secret', { 'x-api-key': '' }],
		['a part of the secret', { 'x-api-key': SECRET.slice(0, -1) }],
		['the secret and more', { 'x-api-key': `${SECRET}x` }],
		['the secret in upper case', { 'x-api-key': SECRET.toUpperCase() }],
		['the secret twice', { 'x-api-key': [SECRET, SECRET] }],
		['the secret in another header', { authorization: SECRET }],
		['the name of the header', { 'x-api-key': 'X-Api-Key' }],
	])('a push with %s gets 401 and starts no execution', async (_case, headers) => {
		const webhook = await serve();
		const { status, body } = await webhook.send({
			...post({ id: 1 }),
			headers: { ...headers } as never,
		});
		expect([status, JSON.parse(body)]).toEqual([401, refusal]);
		expect(executions(webhook)).toEqual([]);
	});

	it.each([
		['without spaces', CREDENTIAL, { 'X-API-KEY': SECRET }],
		['with spaces around it', { ...CREDENTIAL, secret: ` ${SECRET}\n` }, { 'x-api-key': SECRET }],
		['sent with spaces around it', CREDENTIAL, { 'x-api-key': `  ${SECRET}\t` }],
		[
			'in another header',
			{ headerName: ' Authorization ', secret: SECRET },
			{ authorization: SECRET },
		],
	])(
		'a secret %s is accepted, and the item does not hold it',
		async (_case, teamogyPushApi, headers) => {
			const webhook = await serve({}, { credentials: { teamogyPushApi } });
			const response = await webhook.send({ ...post({ id: 1 }), headers: headers as never });
			expect(response.status).toBe(200);
			const [item] = received(webhook);
			expect(item.body).toEqual({ id: 1 });
			expect(JSON.stringify(webhook.runs)).not.toContain(SECRET);
		},
	);

	it.each(['__proto__', 'constructor', 'toString', 'set-cookie'])(
		'a push without the header %s named in the credential gets 401',
		async (headerName) => {
			const teamogyPushApi = { headerName, secret: SECRET };
			const webhook = await serve({}, { credentials: { teamogyPushApi } });
			expect((await webhook.send(post({ id: 1 }))).status).toBe(401);
		},
	);

	it('without a credential no secret is needed', async () => {
		const webhook = await serve({}, { credentials: false });
		const response = await webhook.send({ ...post({ id: 1 }), headers: {} });
		expect(response.status).toBe(200);
	});

	it('a secret that no request can carry fails the run with a message that says what to do', async () => {
		const teamogyPushApi = { ...CREDENTIAL, secret: ' ' };
		const webhook = await serve({}, { credentials: { teamogyPushApi } });
		expect((await webhook.send(post({ id: 1 }))).status).toBe(500);
		expect(webhook.runs[0].error).toMatchObject({
			message: 'The Secret of the Teamogy Push API credential is empty',
			description: 'Enter a long random text, and save the same text in Teamogy as a secret.',
		});
	});
});

it('headers that carry keys are sensitive for n8n, which hides them in executions', () => {
	const { sensitiveOutputFields } = stage.engine.description(TYPE);
	expect(sensitiveOutputFields).toEqual(
		['authorization', 'cookie', 'x-api-key'].map((header) => `headers.${header}`),
	);
});

describe('the credential', () => {
	const test = async (changes: object) =>
		await stage.engine.testCredential('teamogyPushApi', { ...CREDENTIAL, ...changes });

	it('a credential that a push can carry passes the test', async () => {
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
	])('a credential with %j fails the test with a message', async (changes, message) => {
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
		['JSON with a byte order mark', { body: '\ufeff{"id":1}' }, { id: 1 }],
		[
			'JSON with any letters',
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
			'JSON in Latin 1 that says so',
			{
				contentType: 'application/json; charset=latin1',
				body: Buffer.from('{"id":1,"name":"Café"}', 'latin1'),
			},
			{ id: 1, name: 'Café' },
		],
		[
			'packed JSON',
			{
				headers: { 'x-api-key': SECRET, 'content-encoding': 'gzip' },
				body: gzipSync('{"id":1}'),
			},
			{ id: 1 },
		],
	])('a body of %s is parsed', async (_case, request, body) => {
		const { response, bodies } = await send(request);
		expect([response.status, bodies]).toEqual([200, [body]]);
	});

	it('an XML body comes as n8n reads XML', async () => {
		const body =
			'<?xml version="1.0" encoding="UTF-8"?>\n<company id="7"><companyName>A &amp; B</companyName><tags>x</tags><tags>y</tags></company>';
		const xml = { company: { $: { id: '7' }, companyname: 'A & B', tags: ['x', 'y'] } };
		for (const contentType of ['application/xml', 'text/xml; charset=utf-8']) {
			const { bodies } = await send({ contentType, body });
			expect(bodies).toEqual([xml]);
		}
	});

	it('a body of a megabyte is parsed, and its repeat is recognized', async () => {
		const rows = Array.from({ length: 9000 }, (_, id) => ({ id, text: 'ž'.repeat(50) }));
		const text = JSON.stringify({ id: 1, rows });
		expect(Buffer.byteLength(text)).toBeGreaterThan(1_000_000);
		const webhook = await serve();
		expect(await sendPush(webhook, text)).toEqual(STARTED);
		expect(await sendPush(webhook, text)).toEqual(RECEIVED);
		expect(bodies(webhook)).toEqual([{ id: 1, rows }]);
	});

	it('a body in another order of its keys is a repeat up to a megabyte, and new beyond', async () => {
		const webhook = await serve();
		const push = async (id: number, keys: string[]) => {
			const entries = keys.map((key) => `"${key}":1`);
			return await sendPush(webhook, `{"id":${id},${entries.join()}}`);
		};
		const few = ['b', 'a'];
		expect(await push(1, few)).toEqual(STARTED);
		expect(await push(1, [...few].reverse())).toEqual(RECEIVED);
		const many = Array.from({ length: 100_000 }, (_, n) => `key${n}`);
		expect(await push(2, many)).toEqual(STARTED);
		expect(await push(2, many)).toEqual(RECEIVED);
		expect(await push(2, [...many].reverse())).toEqual(STARTED);
	});

	it('a body may use the names of properties that every object has', async () => {
		const text =
			'{"id":1,"__proto__":{"id":2,"isAdmin":true},"constructor":{"prototype":{"x":1}},"toJSON":"no"}';
		const webhook = await serve();
		expect(await sendPush(webhook, text)).toEqual(STARTED);
		expect(await sendPush(webhook, text)).toEqual(RECEIVED);
		expect(await sendPush(webhook, text.replace('true', 'false'))).toEqual(STARTED);
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
			'half an object',
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
	])(
		'a body of %s gets 400 with a message and starts no execution',
		async (_case, request, message) => {
			const { response, bodies } = await send(request);
			expect([response.status, JSON.parse(response.body)]).toEqual([
				400,
				{ message: `${message}. ${HOW}` },
			]);
			expect(bodies).toEqual([]);
		},
	);

	describe('nested bodies', () => {
		const nested = (depth: number) => `{"id":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
		const xml = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;

		it.each([
			['application/json', nested(100)],
			['text/plain', nested(100)],
			['application/xml', xml(100)],
		])('a body of a hundred levels in %s is accepted', async (contentType, body) => {
			expect((await send({ contentType, body })).response.status).toBe(200);
		});

		it.each([
			['application/json', nested(101)],
			['application/json', nested(100_000)],
			['text/plain', nested(100_000)],
			['application/xml', xml(102)],
			['application/xml', xml(20_000)],
		])('a deeper body in %s gets 400 and starts no execution', async (contentType, body) => {
			const { response, bodies } = await send({ contentType, body });
			expect([response.status, JSON.parse(response.body)]).toEqual([
				400,
				{ message: `The body of the push is nested deeper than 100 levels. ${HOW}` },
			]);
			expect(bodies).toEqual([]);
		});
	});

	describe('numbers beyond 2^53', () => {
		it.each(['application/json', 'text/plain', undefined])(
			'a body of type %s brings them as text, and all other values as they are',
			async (contentType) => {
				const quoted = JSON.stringify('9007199254740993, "9007199254740993"\\');
				const text = `{"id":9007199254740993,"list":[-9007199254740993,{"a":12345678901234567890}],
				"more":[1e20,-1e400],"safe":[9007199254740991,-9007199254740991,0.30000000000000004,1e15,12],
				"text":${quoted},"9007199254740993":true}`;
				const body = {
					id: '9007199254740993',
					list: ['-9007199254740993', { a: '12345678901234567890' }],
					more: ['1e20', '-1e400'],
					safe: [9007199254740991, -9007199254740991, 0.30000000000000004, 1e15, 12],
					text: JSON.parse(quoted),
					'9007199254740993': true,
				};
				expect((await send({ contentType, body: text })).bodies).toEqual([body]);
			},
		);

		it('two records whose IDs differ are not taken for one', async () => {
			const webhook = await serve();
			const pushes = ['9007199254740992', '9007199254740993', '"9007199254740994"'];
			for (const id of pushes) expect(await sendPush(webhook, `{"id":${id}}`)).toEqual(STARTED);
			for (const id of pushes) expect(await sendPush(webhook, `{"id":${id}}`)).toEqual(RECEIVED);
		});

		it.each([
			['a fraction', '9007199254740992.0', '9007199254740993.0'],
			['an exponent', '9.007199254740992e15', '9.007199254740993e+15'],
			['a negative exponent', '90071992547409920E-1', '-90071992547409930e-1'],
			['an exponent of 0', '9007199254740992e0', '9007199254740993e0'],
			['an exponent beyond all numbers', '1e400', '1e401'],
		])(
			'two records whose IDs have %s are not taken for one, and the IDs come as text',
			async (_case, one, other) => {
				const webhook = await serve();
				for (const id of [one, other])
					expect(await sendPush(webhook, `{"id":${id}}`)).toEqual(STARTED);
				for (const id of [one, other])
					expect(await sendPush(webhook, `{"id":${id}}`)).toEqual(RECEIVED);
				expect(bodies(webhook)).toEqual([{ id: one }, { id: other }]);
			},
		);

		it('two contents that differ are not taken for one', async () => {
			const webhook = await serve();
			const push = async (value: string) =>
				await sendPush(webhook, `{"id":1,"owner":{"id":${value}}}`);
			expect(await push('9007199254740992')).toEqual(STARTED);
			expect(await push('9007199254740993')).toEqual(STARTED);
			expect(await push('9007199254740993')).toEqual(RECEIVED);
			expect(await push('9007199254740992')).toEqual(STARTED);
		});

		it('a body of ten megabytes is parsed', async () => {
			const long = `{"id":9007199254740993,"text":"${'\\"ž'.repeat(1e6)}","more":"${'x'.repeat(7e6)}"}`;
			const webhook = await serve();
			expect(await sendPush(webhook, long)).toEqual(STARTED);
			expect(await sendPush(webhook, long)).toEqual(RECEIVED);
		});
	});

	describe('a body larger than n8n takes', () => {
		const tooLarge = (contentType?: string) => ({
			...post(JSON.stringify({ id: 1, text: 'x'.repeat(16 * 1024 * 1024) })),
			contentType,
		});

		it('the body gets 413 and starts no execution where n8n leaves it to the node', async () => {
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

		it('the body gets 500 from n8n where n8n reads it before the node', async () => {
			const webhook = await serve();
			const { status, body } = await webhook.send(tooLarge('application/json'));
			expect([status, JSON.parse(body).message]).toEqual([
				500,
				'There was a problem executing the workflow',
			]);
			expect(executions(webhook)).toEqual([]);
		});
	});

	// n8n parses JSON and XML before the node sees the body.
	it.each([
		['application/json', '{"id":'],
		['application/xml', '<a><b></a>'],
		['application/json; charset=klingon', '{"id":1}'],
	])(
		'a broken body of type %s gets 422 from n8n and starts no execution',
		async (contentType, body) => {
			const { response, bodies } = await send({ contentType, body });
			expect([response.status, JSON.parse(response.body).message]).toEqual([
				422,
				'Failed to parse request body',
			]);
			expect(bodies).toEqual([]);
		},
	);

	it('a GET needs no body: the query identifies its record', async () => {
		const webhook = await serve({ httpMethod: 'GET' });
		const get = { method: 'GET', headers: { 'x-api-key': SECRET }, query: 'id=7&tag=a&tag=b' };
		expect((await webhook.send(get)).status).toBe(200);
		expect(received(webhook)).toMatchObject([{ body: {}, query: { id: '7', tag: ['a', 'b'] } }]);
		const again = await webhook.send(get);
		expect([again.status, JSON.parse(again.body)]).toEqual(RECEIVED);
		const other = await webhook.send({ ...get, query: 'id=7&tag=a' });
		expect([other.status, JSON.parse(other.body)]).toEqual(STARTED);
	});

	it('a push with another method than the chosen one gets 404', async () => {
		const webhook = await serve();
		const response = await webhook.send({ method: 'GET', headers: { 'x-api-key': SECRET } });
		expect([response.status, webhook.runs]).toEqual([404, []]);
	});
});

describe('answers', () => {
	it('an immediate response comes before the workflow has finished', async () => {
		office.hold();
		const webhook = await serve({ responseMode: 'onReceived' }, { workflow: withOffice() });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		await office.came(1);
		office.release();
		await webhook.settled();
		expect(webhook.runs[0].execution?.data.resultData.error).toBeUndefined();
	});

	it('the first item of the last node is the response', async () => {
		const webhook = await lastNode();
		const { status, headers, body } = await webhook.send(post({ id: 1 }));
		expect([status, body]).toEqual([200, '{"number":"N-1"}']);
		expect(headers['content-type']).toBe('application/json; charset=utf-8');
	});

	it('a workflow that fails is answered with 500', async () => {
		const webhook = await lastNode();
		expect(await sendPush(webhook, { id: 1, fails: true })).toEqual([
			500,
			{ message: 'Error in workflow' },
		]);
	});

	it('a last node without an item is answered with 500', async () => {
		const nothing = {
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: 'return [];' },
		};
		const webhook = await lastNode({ workflow: withOffice(nothing) });
		expect(await sendPush(webhook, { id: 1 })).toEqual([
			500,
			{ code: 0, message: 'No item to return was found' },
		]);
	});

	it('the response of a Respond to Webhook node is given to a repeat too', async () => {
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

	describe('a workflow that reflects HTML', () => {
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

		it('a repeat gets every header of the first response', async () => {
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

		it('HTML is not saved, so the repeat gets JSON after a restart', async () => {
			const webhook = await serve({ responseMode: 'responseNode' }, { workflow: reflecting() });
			// n8n saves static data after a repeat, which starts no execution.
			for (const _attempt of [1, 2]) await webhook.send(push);
			await restart(webhook);
			const { status, headers, body } = await webhook.send(push);
			expect([status, JSON.parse(body)]).toEqual(RECEIVED);
			expect(headers['content-type']).toBe('application/json; charset=utf-8');
			expect(office.tasks).toHaveLength(1);
		});
	});

	it('a later version of Respond to Webhook does not know the trigger and gives 500', async () => {
		const workflow = withOffice(responder(1.4));
		const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
		expect((await webhook.send(post({ id: 1 }))).status).toBe(500);
	});

	it('a test in the editor runs each time, also with the same content', async () => {
		const webhook = await serve({}, { mode: 'manual' });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(DELIVERIES.size).toBe(0);
	});
});

describe('repeats', () => {
	it.each(['onReceived', 'lastNode'])(
		'%s: a repeat is answered as before and runs nothing',
		async (mode) => {
			const webhook = await serve({ responseMode: mode }, { workflow: withOffice() });
			const first = await sendPush(webhook, { id: 1, name: 'A' });
			for (const _attempt of [2, 3, 4]) {
				expect(await sendPush(webhook, { name: 'A', id: 1 })).toEqual(
					mode === 'lastNode' ? first : RECEIVED,
				);
			}
			await webhook.settled();
			expect(office.tasks).toEqual([{ id: 1, name: 'A' }]);
		},
	);

	it('a repeat has the record and the content of the latest delivery', async () => {
		const webhook = await serve({}, { workflow: withOffice() });
		const pushes: Task[] = [
			{ id: 1, name: 'A' },
			{ id: 2, name: 'A' },
			{ id: 1, name: 'B' },
			// A record that goes back to earlier content has changed.
			{ id: 1, name: 'A' },
		];
		for (const push of pushes) expect(await sendPush(webhook, push)).toEqual(STARTED);
		await webhook.settled();
		expect(office.tasks).toEqual(pushes);
		for (const push of pushes.slice(1, 2).concat(pushes.slice(3)))
			expect(await sendPush(webhook, push)).toEqual(RECEIVED);
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
		['named like a property of every object', '__proto__', '{"__proto__":5}', '{"a":5}'],
	])(
		'an ID %s identifies the record; without it nothing is dropped, and a warning is logged',
		async (_c, field, a, b) => {
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
		},
	);

	it.each(['', '  '])('a Record ID Field "%s" without a name means id', async (recordIdField) => {
		const webhook = await serve({ options: { recordIdField } });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(webhook, { id: 1 })).toEqual(RECEIVED);
	});

	it('a repeat runs the workflow if Drop Repeats is off', async () => {
		const webhook = await serve({ options: { dropRepeats: false } });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
	});

	it('a repeat of a failed delivery runs the workflow', async () => {
		const webhook = await lastNode();
		const push = { id: 1 };
		office.hold();
		const failing = sendPush(webhook, push);
		await office.came(1);
		office.release(true);
		expect(await failing).toEqual([500, { message: 'Error in workflow' }]);
		const good = sendPush(webhook, push);
		await office.came(2);
		office.release();
		expect(await good).toEqual([200, { number: 'N-2' }]);
		expect(await sendPush(webhook, push)).toEqual([200, { number: 'N-2' }]);
		expect(office.tasks).toHaveLength(2);
	});

	describe('a workflow that fails', () => {
		const failing = {
			name: 'Failing',
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: 'throw new Error("Out of paper")' },
		};
		const FAILED = [500, { message: 'Error in workflow' }];
		const NUMBER = [200, { number: 'N-1' }];

		it.each([
			[
				'onReceived: after the response, which counts',
				'onReceived',
				[failing],
				[STARTED, RECEIVED],
			],
			['lastNode: before the response', 'lastNode', [failing], [FAILED, FAILED]],
			['responseNode: before its node', 'responseNode', [failing, responder(1)], [FAILED, FAILED]],
			[
				'responseNode: after its node, whose response counts',
				'responseNode',
				[responder(1), failing],
				[NUMBER, NUMBER],
			],
		])('%s', async (_when, responseMode, after, responses) => {
			const webhook = await serve({ responseMode }, { workflow: withOffice(...after) });
			for (const response of responses) {
				expect(await sendPush(webhook, { id: 1 })).toEqual(response);
				await webhook.settled();
			}
			const isRepeated = responses[0] === FAILED;
			expect(office.tasks).toHaveLength(isRepeated ? 2 : 1);
		});
	});

	it('a delivery runs after another that failed, even if static data holds an equal one before', async () => {
		const workflow = withOffice(responder(1));
		const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
		// n8n saves static data after a repeat, which starts no execution.
		for (const _attempt of [1, 2])
			expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
		expect((await sendPush(webhook, { id: 1, fails: true }))[0]).toBe(500);
		expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-3' }]);
	});

	it('repeats wait for a delivery under way and get its response', async () => {
		const webhook = await lastNode();
		office.hold();
		const attempts = [1, 2, 3, 4].map(async () => await sendPush(webhook, { id: 1 }));
		await office.came(1);
		// A push of another record does not wait.
		const other = sendPush(webhook, { id: 2 });
		await office.came(2);
		office.release();
		for (const attempt of attempts) expect(await attempt).toEqual([200, { number: 'N-1' }]);
		office.release();
		expect(await other).toEqual([200, { number: 'N-2' }]);
		expect(office.tasks).toEqual([{ id: 1 }, { id: 2 }]);
	});

	it('one of several repeats runs if the delivery they wait for fails, and the others wait for it', async () => {
		const webhook = await lastNode();
		office.hold();
		const attempts = [1, 2, 3, 4].map(async () => await sendPush(webhook, { id: 1 }));
		await office.came(1);
		office.release(true);
		await office.came(2);
		office.release();
		const answers = await Promise.all(attempts);
		expect(answers.map(([status]) => status).sort()).toEqual([200, 200, 200, 500]);
		expect([office.tasks.length, office.maxAtOnce]).toEqual([2, 1]);
	});

	it('a repeat waits for its own delivery, even if the record changes meanwhile', async () => {
		const webhook = await lastNode();
		office.hold();
		const first = sendPush(webhook, { id: 1, name: 'A' });
		await office.came(1);
		const repeat = sendPush(webhook, { id: 1, name: 'A' });
		const changed = sendPush(webhook, { id: 1, name: 'B' });
		await office.came(2);
		// The latest content is B, so A is a change, although both deliveries are under way.
		const back = sendPush(webhook, { id: 1, name: 'A' });
		await office.came(3);
		for (const _each of [1, 2, 3]) office.release();
		expect(await Promise.all([first, repeat, changed, back])).toEqual(
			['N-1', 'N-1', 'N-2', 'N-3'].map((number) => [200, { number }]),
		);
	});

	it('a repeat of a delivery with a long response gets its status alone', async () => {
		const long = {
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: "return [{ json: { text: 'x'.repeat(5000) } }];" },
		};
		const webhook = await lastNode({ workflow: withOffice(long) });
		expect((await sendPush(webhook, { id: 1 }))[0]).toBe(200);
		expect(await sendPush(webhook, { id: 1 })).toEqual(RECEIVED);
		expect(office.tasks).toHaveLength(1);
	});

	const hours = (count: number) => count * 60 * 60 * 1000;

	it('deliveries are remembered for 25 hours, also across a restart', async () => {
		const now = jest.spyOn(Date, 'now');
		try {
			const webhook = await serve({}, { workflow: withOffice() });
			const start = Date.now();
			await sendPush(webhook, { id: 1 });
			for (const again of [async () => {}, restart]) {
				await again(webhook);
				now.mockReturnValue(start + hours(24.5));
				expect(await sendPush(webhook, { id: 1 })).toEqual(RECEIVED);
			}
			now.mockReturnValue(start + hours(25.5));
			expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		} finally {
			now.mockRestore();
		}
	});

	describe('after a restart', () => {
		it('a delivery with an immediate response is known', async () => {
			const webhook = await serve({}, { workflow: withOffice() });
			expect(await sendPush(webhook, { id: 1, name: 'A' })).toEqual(STARTED);
			await restart(webhook);
			expect(await sendPush(webhook, { id: 1, name: 'A' })).toEqual(RECEIVED);
			expect(await sendPush(webhook, { id: 1, name: 'B' })).toEqual(STARTED);
			await restart(webhook);
			expect(await sendPush(webhook, { id: 1, name: 'B' })).toEqual(RECEIVED);
			expect(await sendPush(webhook, { id: 1, name: 'A' })).toEqual(STARTED);
		});

		it('the response of the last node is known once another delivery came', async () => {
			const webhook = await lastNode();
			expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
			expect(await sendPush(webhook, { id: 2 })).toEqual([200, { number: 'N-2' }]);
			await restart(webhook);
			expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
			// n8n saves before the last response is known, so the last delivery is carried out again.
			expect(await sendPush(webhook, { id: 2 })).toEqual([200, { number: 'N-3' }]);
		});

		it('the status of a Respond to Webhook node is known once a repeat came', async () => {
			const options = { responseCode: 201 };
			const workflow = withOffice(
				responder(1, { respondWith: 'text', responseBody: 'x', options }),
			);
			const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
			for (const _attempt of [1, 2]) expect((await webhook.send(post({ id: 1 }))).status).toBe(201);
			await restart(webhook);
			expect(await sendPush(webhook, { id: 1 })).toEqual([201, RECEIVED[1]]);
			expect(office.tasks).toEqual([{ id: 1 }]);
		});

		it('a delivery answered by a Respond to Webhook node runs again if no repeat came before', async () => {
			const workflow = withOffice(responder(1));
			const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
			for (const number of ['N-1', 'N-2']) {
				expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number }]);
				await restart(webhook);
			}
		});

		it.each(['onReceived', 'lastNode'])(
			'%s: the repeat of a failed delivery runs',
			async (responseMode) => {
				const webhook = await serve({ responseMode }, { workflow: withOffice() });
				const push = responseMode === 'lastNode' ? { id: 1, fails: true } : { id: 1 };
				for (const body of [push, { id: 2 }]) await sendPush(webhook, body);
				await restart(webhook);
				await sendPush(webhook, push);
				await webhook.settled();
				expect(office.tasks).toHaveLength(responseMode === 'lastNode' ? 3 : 2);
			},
		);
	});

	it('static data tells a process the deliveries of another process', async () => {
		const staticData = {};
		const more = { staticData, workflow: withOffice() };
		const [one, two] = [await serve({}, more), await serve({}, more)];
		const on = async (webhook: WebhookServer, memory: typeof DELIVERIES, body: object) => {
			DELIVERIES.clear();
			for (const [key, value] of memory) DELIVERIES.set(key, value);
			const answer = await sendPush(webhook, body);
			await webhook.settled();
			for (const [key, value] of DELIVERIES) memory.set(key, value);
			return answer;
		};
		const [ones, twos] = [new Map(), new Map()];
		const [a, b] = ['A', 'B'].map((name) => ({ id: 1, name }));
		expect(await on(one, ones, a)).toEqual(STARTED);
		expect(await on(two, twos, a)).toEqual(RECEIVED);
		expect(await on(two, twos, b)).toEqual(STARTED);
		// The latest delivery of either process counts.
		expect(await on(one, ones, a)).toEqual(STARTED);
		expect(await on(two, twos, a)).toEqual(RECEIVED);
	});

	it('deliveries of two webhooks are remembered apart', async () => {
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
		expect(await sendPush(one, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(two, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(one, { id: 1 })).toEqual(RECEIVED);
	});

	it('the deliveries of the last 2,000 records are remembered in little room', async () => {
		const before = new Deliveries();
		const headers = { 'content-type': 'application/json' };
		const content = { headers, body: JSON.stringify('x'.repeat(4000)) };
		const sent = Promise.resolve({ status: 200, content });
		const push = async (deliveries: Deliveries, record: string, content = 'c'.repeat(16)) =>
			Boolean(await deliveries.checkDuplicate({ record, content }, sent));
		const records = Array.from({ length: 2001 }, (_, index) => String(index).padStart(11, 'r'));
		for (const record of records.slice(0, 2000)) await push(before, record);
		// The first record becomes the latest, so the second one is the oldest.
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
			await deliveries.checkDuplicate(delivery, Promise.resolve({ status, content }));
			await undefined;
			return deliveries.toStaticData().r;
		};

		it.each([
			['letters', 'x', 200, 300],
			['quotes', '"', 40, 80],
			['other letters', 'Å¾', 50, 200],
			['control characters', '\u0001', 30, 50],
		])(
			'a response of %s is stored with its body only if it takes little room',
			async (_c, unit, few, many) => {
				const body = (count: number) => JSON.stringify(unit.repeat(count));
				expect((await stored(body(few)))[2]).toMatchObject({ body: body(few) });
				expect(await stored(body(many))).toHaveLength(2);
			},
		);

		it.each([
			['text/html'],
			['text/csv; charset=utf-8'],
			['application/json+html'],
			['application/jsonx'],
			['image/svg+xml'],
			[undefined],
		])('a response of type %s is stored without its body', async (type) => {
			expect(await stored('{}', { 'content-type': type })).toHaveLength(2);
		});

		type Entry = [content: string, at: number, response: object];

		it.each<[string, (entry: Entry) => unknown]>([
			['of another form', ([content, at]) => ({ content, at })],
			['of the future', ([content, at, response]) => [content, at + 3_600_000, response]],
		])('a delivery %s is ignored, and the push runs', async (_form, change) => {
			const staticData: Record<string, { deliveries: Record<string, Entry> }> = {};
			const webhook = await lastNode({ staticData });
			for (const id of [1, 2]) await sendPush(webhook, { id });
			const { deliveries } = staticData['node:Push'];
			const [[record, entry]] = Object.entries(deliveries);
			await restart(webhook);
			deliveries[record] = change(entry) as Entry;
			expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-3' }]);
		});
	});

	it('a repeat waits up to 25 hours for a delivery under way, even if 2,500 other records come meanwhile', async () => {
		const now = jest.spyOn(Date, 'now');
		try {
			const deliveries = new Deliveries();
			let answer: (response: object) => void;
			const first = { record: 'first', content: 'c' };
			const slow = new Promise<object>((resolve) => (answer = resolve));
			expect(await deliveries.checkDuplicate(first, slow)).toBeUndefined();
			for (let index = 0; index < 2500; index++) {
				const other = { record: String(index), content: 'c' };
				await deliveries.checkDuplicate(other, Promise.resolve({ status: 200 }));
			}
			now.mockReturnValue(Date.now() + hours(24.5));
			const repeat = deliveries.checkDuplicate(first, Promise.resolve({ status: 500 }));
			answer!({ status: 201 });
			expect(await repeat).toEqual({ status: 201 });
		} finally {
			now.mockRestore();
		}
	});

	it('a repeat runs if the delivery under way is not answered within 25 hours', async () => {
		const now = jest.spyOn(Date, 'now');
		try {
			const webhook = await lastNode();
			office.hold();
			const unanswered = sendPush(webhook, { id: 1 });
			await office.came(1);
			now.mockReturnValue(Date.now() + hours(25.5));
			const repeat = sendPush(webhook, { id: 1 });
			await office.came(2);
			office.release();
			expect(await unanswered).toEqual([200, { number: 'N-1' }]);
			office.release();
			expect(await repeat).toEqual([200, { number: 'N-2' }]);
			expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-2' }]);
		} finally {
			now.mockRestore();
		}
	});

	it('unanswered deliveries leave the memory after 25 hours', async () => {
		const now = jest.spyOn(Date, 'now');
		try {
			const deliveries = new Deliveries();
			const never = new Promise<object>(() => {});
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

	describe('any sequence of pushes and restarts', () => {
		const push = fc.record({ id: fc.nat(2), name: fc.nat(2), fails: fc.boolean() });
		const pause = { weight: 1, arbitrary: fc.constant('restart' as const) };

		it.each(['onReceived', 'lastNode'])('%s: each change runs and no repeat does', async (mode) => {
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
					let stored = new Map<number, string>();
					const expected: Task[] = [];
					for (const one of sequence) {
						if (one === 'restart') {
							await restart(webhook);
							accepted = new Map(stored);
							continue;
						}
						// A push that fails fails each time.
						const body = { ...one, name: `${one.name} ${one.fails}` };
						const isRepeat = accepted.get(one.id) === body.name;
						if (!isRepeat) {
							expected.push(body);
							accepted.delete(one.id);
						}
						// n8n saves the earlier responses with every push.
						if (mode === 'lastNode') stored = new Map(accepted);
						if (mode === 'onReceived' || !one.fails) accepted.set(one.id, body.name);
						if (mode === 'onReceived') stored = new Map(accepted);
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

		it('of equal pushes at the same time one succeeds, and two never run at once', async () => {
			await fc.assert(
				fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.nat(5), async (count, failing) => {
					DELIVERIES.clear();
					office.reset();
					const webhook = await lastNode({ staticData: {} });
					office.hold();
					const attempts = Array.from(
						{ length: count },
						async () => await sendPush(webhook, { id: 1 }),
					);
					const runs = Math.min(count, failing + 1);
					for (let run = 1; run <= runs; run++) {
						await office.came(run);
						office.release(run <= failing);
					}
					const good = (await Promise.all(attempts)).filter(([status]) => status === 200);
					expect([office.tasks.length, office.maxAtOnce]).toEqual([runs, 1]);
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

describe('activation and URL', () => {
	const call = (method: 'checkExists' | 'create' | 'delete', credentials: object | false) =>
		stage.engine.webhookMethods({
			type: TYPE,
			parameters: { path: 'teamogy' },
			credentials: credentials as never,
			method,
		});

	it('the webhook is created and deleted without a request to Teamogy', async () => {
		const credentials = { teamogyPushApi: CREDENTIAL };
		expect(await call('checkExists', credentials)).toBe(false);
		expect(await call('create', credentials)).toBe(true);
		expect(await call('delete', credentials)).toBe(true);
		expect([stage.sandbox.log, stage.engine.log]).toEqual([[], []]);
	});

	it('activation without a credential logs a warning', async () => {
		expect(await call('create', false)).toBe(true);
		expect(stage.engine.log.join()).toContain(
			'"Teamogy Push Trigger" has no credential: whoever knows its URL can start the workflow. Add a Teamogy Push API credential.',
		);
	});

	it('activation with a credential that no push can satisfy fails', async () => {
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
		// Without a path n8n takes the ID of the webhook.
		['', '/webhook/engine-test'],
	])('a path "%s" gives its URL', async (path, expected) => {
		const webhook = await serve({ path });
		expect(new URL(webhook.url).pathname).toBe(expected);
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
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
	/** The statuses of the attempts; 0 stands for no response. */
	const statuses = ({ attempts }: { attempts: Array<{ status: number }> }) =>
		attempts.map(({ status }) => status);

	/** The registers in the README, by name. */
	const registers = (): Registers => {
		const readme = readFileSync(`${process.cwd()}/README.md`, 'utf8');
		const shown = /`((?:CONNECTOR|ADAPTER)[.-][\w.-]+)`: .*\n+ +```\w+\n([^`]+?)\n *```/g;
		return Object.fromEntries([...readme.matchAll(shown)].map(([, name, text]) => [name, text]));
	};

	it('the adapter in the README has the documented shape', () => {
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
				// Teamogy advises against the raw `input`.
				body: { id: '${currentObject:input.id}', name: '${currentObject:input.name}' },
			},
			// The content of the object is UNKNOWN.
			responseMapping: { properties: { extName: { '…': expect.any(String) } } },
		});
	});

	it('the registers in the README and the example store the number in the company', async () => {
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
		// A save that changes no field of the body gets the same response and starts no execution.
		save({ tags: ['new'] });
		await log.settled();
		expect([statuses(log), executions(webhook).length]).toEqual([[200, 200], 1]);
		save({ name: 'Nový název' });
		await log.settled();
		expect(bodies(webhook).at(-1)).toEqual({ id: COMPANY, name: 'Nový název' });
		expect(JSON.stringify(webhook.runs)).not.toContain(SECRET);
	});

	it('Teamogy sends again until the workflow gives the number', async () => {
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

	it('Teamogy gets a lost answer at the next attempt, and the workflow runs once', async () => {
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

	it('an XML push and its repeat give one number', async () => {
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

	it('a wrong secret runs nothing, and Teamogy marks the record', async () => {
		const webhook = await lastNode();
		const before = extName();
		const log = stage.sandbox.onSave(rule(webhook, { headers: { 'x-api-key': 'wrong' } }));
		save();
		await log.settled();
		expect(statuses(log)).toEqual([401, 401, 401, 401]);
		expect([executions(webhook), extName()]).toEqual([[], before]);
		expect(company().properties).toHaveProperty('connectorError');
	});

	it('many records at once run once each and get their own numbers', async () => {
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
