/** Integers that JavaScript cannot hold, in what Teamogy responds. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startEngine, type Engine } from '../../../engine/index.mts';
import { builtModule } from '../../../helpers/testBed.mts';

const { findRoundedNumber } = builtModule<{
	findRoundedNumber(body: unknown): string | undefined;
}>('nodes/api/transport/roundedNumber.js');

let engine: Engine;
let server: Server;
let body = '';

beforeAll(async () => {
	server = createServer((_request, response) => {
		response.writeHead(200, { 'content-type': 'application/json' }).end(body);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const domain = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const teamogyApi = { domain, unitId: 1, apiKey: 'a.b.c', requestsPerMinute: 1000 };
	engine = await startEngine({ credentials: { teamogyApi } });
});
afterAll(async () => {
	engine.close();
	server.closeAllConnections();
	await new Promise((resolve) => server.close(resolve));
});

const run = async (parameters: object, input: number) => {
	const { json, hints, error } = await engine.run({
		type: 'teamogy',
		parameters: { resource: 'company', ...parameters },
		input: Array.from({ length: input }, (_, index) => ({ index })),
	});
	expect(error).toBeUndefined();
	return { json, hints: hints.map(({ message }) => message) };
};
const hint = (field: string) =>
	`"${field}" holds an integer beyond 9007199254740991, whose last digits n8n cannot keep: it is rounded. Do not use it as an ID.`;
const get = { operation: 'get', output: 'all', recordId: { __rl: true, mode: 'id', value: '1' } };

it('A rounded number in a view gives one hint for all pages, which names the field', async () => {
	const row = '{"id":1,"total":0.30000000000000004,"properties":{"extId":9007199254740993}}';
	body = `{"metadata":{"nextOffset":null},"data":[${row},${row}]}`;
	const { json, hints } = await run({ operation: 'getAll', output: 'all', returnAll: true }, 3);
	expect([json.length, hints]).toEqual([6, [hint('extId')]]);
});

it('A rounded number in a record gives one hint for all items', async () => {
	body = '{"id":1,"ownerId":-9007199254740993}';
	expect((await run(get, 3)).hints).toEqual([hint('ownerId')]);
});

it('A rounded number in a list within a record is named by the list', async () => {
	body = '{"id":1,"participantIds":[1,[9007199254740993]]}';
	expect((await run(get, 1)).hints).toEqual([hint('participantIds')]);
});

it('The name of the field is cut in the hint, and does not contain the API key', async () => {
	body = `{"id":1,"${'x'.repeat(5000)}":9007199254740993}`;
	expect((await run(get, 1)).hints).toEqual([hint(`${'x'.repeat(100)}…`)]);
});

it('The name of a field of 100 emoji is not cut in the hint', async () => {
	body = `{"id":1,"${'😀'.repeat(100)}":9007199254740993}`;
	expect((await run(get, 1)).hints).toEqual([hint('😀'.repeat(100))]);
});

it('A model is told of a rounded number, since it sees no hints of n8n', async () => {
	body = '{"id":9007199254740993,"name":"A"}';
	const call = engine.tool({ type: 'teamogy', parameters: { resource: 'company', ...get } });
	expect(JSON.parse(await call({}))).toEqual([
		{ id: 9007199254740992, name: 'A' },
		{ hint: hint('id') },
	]);
});

it('Numbers that JavaScript holds exactly, and long texts, give no hint', async () => {
	body =
		'{"id":9007199254740991,"low":-9007199254740991,"half":4503599627370495.5,"text":"9007199254740993","none":null}';
	expect((await run(get, 1)).hints).toEqual([]);
});

it('A rounded number is found however deep it stands', () => {
	const depth = 100_000;
	const nested = (value: string) =>
		JSON.parse(`${'[{"a":'.repeat(depth)}${value}${'}]'.repeat(depth)}`) as unknown;
	expect(findRoundedNumber(nested('9007199254740993'))).toBe('a');
	expect(findRoundedNumber(nested('1'))).toBeUndefined();
});
