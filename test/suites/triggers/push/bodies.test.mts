/** The bodies of pushes. */
import { gzipSync } from 'node:zlib';
import {
	getReceivedBodies,
	getExecutions,
	post,
	getReceived,
	RECEIVED,
	SECRET,
	sendPush,
	STARTED,
	type Parameters,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { serve } = usePushTrigger();

describe('Bodies', () => {
	const send = async (request: Partial<Parameters> & { body: string | Buffer }) => {
		const webhook = await serve({}, {});
		const response = await webhook.send({ ...post(''), ...request } as never);
		return { response, bodies: getReceivedBodies(webhook) };
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
	])('A body of %s is parsed', async (_case, request, body) => {
		const { response, bodies } = await send(request);
		expect([response.status, bodies]).toEqual([200, [body]]);
	});

	it('An XML body comes as n8n reads XML', async () => {
		const body =
			'<?xml version="1.0" encoding="UTF-8"?>\n<company id="7"><companyName>A &amp; B</companyName><tags>x</tags><tags>y</tags></company>';
		const xml = { company: { $: { id: '7' }, companyname: 'A & B', tags: ['x', 'y'] } };
		for (const contentType of ['application/xml', 'text/xml; charset=utf-8']) {
			const { bodies } = await send({ contentType, body });
			expect(bodies).toEqual([xml]);
		}
	});

	it('A body of a megabyte is parsed, and its repeat is recognized', async () => {
		const rows = Array.from({ length: 9000 }, (_, id) => ({ id, text: 'ž'.repeat(50) }));
		const text = JSON.stringify({ id: 1, rows });
		expect(Buffer.byteLength(text)).toBeGreaterThan(1_000_000);
		const webhook = await serve();
		expect(await sendPush(webhook, text)).toEqual(STARTED);
		expect(await sendPush(webhook, text)).toEqual(RECEIVED);
		expect(getReceivedBodies(webhook)).toEqual([{ id: 1, rows }]);
	});

	it('A body in another order of its keys is a repeat up to a megabyte, and new beyond', async () => {
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

	it('A body may use the names of properties that every object has', async () => {
		const text =
			'{"id":1,"__proto__":{"id":2,"isAdmin":true},"constructor":{"prototype":{"x":1}},"toJSON":"no"}';
		const webhook = await serve();
		expect(await sendPush(webhook, text)).toEqual(STARTED);
		expect(await sendPush(webhook, text)).toEqual(RECEIVED);
		expect(await sendPush(webhook, text.replace('true', 'false'))).toEqual(STARTED);
		expect(JSON.stringify(getReceivedBodies(webhook)[0])).toBe(text);
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
		'A body of %s gets 400 with a message and starts no execution',
		async (_case, request, message) => {
			const { response, bodies } = await send(request);
			expect([response.status, JSON.parse(response.body)]).toEqual([
				400,
				{ message: `${message}. ${HOW}` },
			]);
			expect(bodies).toEqual([]);
		},
	);

	describe('Nested bodies', () => {
		const nested = (depth: number) => `{"id":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
		const xml = (depth: number) => `${'<a>'.repeat(depth)}${'</a>'.repeat(depth)}`;

		it.each([
			['application/json', nested(100)],
			['text/plain', nested(100)],
			['application/xml', xml(100)],
		])('A body of a hundred levels in %s is accepted', async (contentType, body) => {
			expect((await send({ contentType, body })).response.status).toBe(200);
		});

		it.each([
			['application/json', nested(101)],
			['application/json', nested(100_000)],
			['text/plain', nested(100_000)],
			['application/xml', xml(102)],
			['application/xml', xml(20_000)],
		])('A deeper body in %s gets 400 and starts no execution', async (contentType, body) => {
			const { response, bodies } = await send({ contentType, body });
			expect([response.status, JSON.parse(response.body)]).toEqual([
				400,
				{ message: `The body of the push is nested deeper than 100 levels. ${HOW}` },
			]);
			expect(bodies).toEqual([]);
		});
	});

	describe('A body larger than n8n takes', () => {
		const tooLarge = (contentType?: string) => ({
			...post(JSON.stringify({ id: 1, text: 'x'.repeat(16 * 1024 * 1024) })),
			contentType,
		});

		it('The body gets 413 and starts no execution where n8n leaves it to the node', async () => {
			const webhook = await serve({}, { leavesBody: true });
			for (const contentType of ['application/json', undefined]) {
				const { status, body } = await webhook.send(tooLarge(contentType));
				expect([status, JSON.parse(body)]).toEqual([
					413,
					{ message: 'The body of the push is larger than n8n takes.' },
				]);
			}
			expect(getExecutions(webhook)).toEqual([]);
		});

		it('The body gets 500 from n8n where n8n reads it before the node', async () => {
			const webhook = await serve();
			const { status, body } = await webhook.send(tooLarge('application/json'));
			expect([status, JSON.parse(body).message]).toEqual([
				500,
				'There was a problem executing the workflow',
			]);
			expect(getExecutions(webhook)).toEqual([]);
		});
	});

	// n8n parses JSON and XML before the node sees the body.
	it.each([
		['application/json', '{"id":'],
		['application/xml', '<a><b></a>'],
		['application/json; charset=klingon', '{"id":1}'],
	])(
		'A broken body of type %s gets 422 from n8n and starts no execution',
		async (contentType, body) => {
			const { response, bodies } = await send({ contentType, body });
			expect([response.status, JSON.parse(response.body).message]).toEqual([
				422,
				'Failed to parse request body',
			]);
			expect(bodies).toEqual([]);
		},
	);

	it('A GET needs no body: the query identifies its record', async () => {
		const webhook = await serve({ httpMethod: 'GET' });
		const get = { method: 'GET', headers: { 'x-api-key': SECRET }, query: 'id=7&tag=a&tag=b' };
		expect((await webhook.send(get)).status).toBe(200);
		expect(getReceived(webhook)).toMatchObject([{ body: {}, query: { id: '7', tag: ['a', 'b'] } }]);
		const again = await webhook.send(get);
		expect([again.status, JSON.parse(again.body)]).toEqual(RECEIVED);
		const other = await webhook.send({ ...get, query: 'id=7&tag=a' });
		expect([other.status, JSON.parse(other.body)]).toEqual(STARTED);
	});

	it('A push with another method than the chosen one gets 404', async () => {
		const webhook = await serve();
		const response = await webhook.send({ method: 'GET', headers: { 'x-api-key': SECRET } });
		expect([response.status, webhook.runs]).toEqual([404, []]);
	});
});
