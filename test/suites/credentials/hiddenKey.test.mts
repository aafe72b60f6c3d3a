/** The API key is in no message, output, log or hint. */
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { inspect } from 'node:util';
import { itSince } from '../../engine/since.mts';
import type { FaultRule } from '../../sandbox/index.mts';
import { useCredentialTest } from '../../helpers/credentialTest.mts';

const { testBed, test } = useCredentialTest();

describe('The key is seen nowhere', () => {
	/** All of something as text: own and hidden fields, causes, stacks. */
	const serialize = (value: unknown): string =>
		[
			JSON.stringify(value),
			inspect(value, { depth: Infinity, showHidden: true, getters: true }),
		].join('\n');

	/** Neither the key nor a good part of it. */
	const expectNoKey = (text: string): void => {
		const { apiKey } = testBed.sandbox;
		for (let from = 0; from + 16 <= apiKey.length; from += 8)
			expect(text).not.toContain(apiKey.slice(from, from + 16));
	};

	const byId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
	const calls = [
		{ resource: 'job', operation: 'getAll', limit: 15, options: { pageSize: 10 } },
		{ resource: 'job', operation: 'get', recordId: byId },
		{ resource: 'job', operation: 'lookUp', lookUpColumn: 'name', lookUpValue: 'x' },
		{
			resource: 'company',
			operation: 'create',
			fieldsMode: 'json',
			body: '{"name":"New"}',
			options: { returnRecord: true },
		},
		{ resource: 'apiRequest', operation: 'request', method: 'POST', path: 'companies', body: '{}' },
	];
	const kinds: FaultRule['kind'][] = [
		...(['status', 'html', 'text', 'reset', 'resetAfter', 'hang', 'slow'] as const),
		...(['cut', 'torn', 'stall', 'empty', 'tooLarge', 'stride', 'redirect', 'echoKey'] as const),
	];
	const faults: FaultRule[] = [
		...kinds.map((kind) => ({ kind, ms: 1, rows: 7 })),
		...[302, 400, 401, 403, 404, 405, 409, 413, 414, 418, 422, 429, 503].map((status) => ({
			kind: 'echoKey' as const,
			status,
		})),
		...[400, 401, 500].map((status) => ({
			kind: 'echoKey' as const,
			echoIn: 'reason' as const,
			status,
		})),
	];

	it.each(faults)('The key is seen nowhere, whatever goes wrong: %j', async (fault) => {
		const hangs = fault.kind === 'hang' || fault.kind === 'stall';
		testBed.pace.timeout = hangs ? 40 : 60_000;
		for (const [index, parameters] of calls.entries()) {
			testBed.sandbox.reset();
			testBed.engine.log.length = 0;
			testBed.sandbox.fault({ ...fault, times: Infinity });
			const onError = index % 2 ? 'continueErrorOutput' : undefined;
			const result = await testBed.run(parameters, { input: [{ id: 5001 }], onError });
			const { error } = result;
			expectNoKey(serialize([result, error?.message, error?.description, error?.stack]));
			expectNoKey(testBed.engine.log.join('\n'));
			expect(hangs || testBed.sandbox.log.length > 0).toBe(true);
		}
		if (hangs) return;
		testBed.sandbox.reset();
		testBed.sandbox.fault({ ...fault, times: Infinity });
		expectNoKey(serialize(await test()));
	});

	itSince('2.34')(
		'The credential test shows no words of the server for the statuses that gateways respond with',
		async () => {
			let status = 0;
			const server = createServer((socket) => {
				socket.on('data', () =>
					socket.end(
						`HTTP/1.1 ${status} Bearer ${testBed.sandbox.apiKey}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
					),
				);
			});
			await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
			const domain = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
			for (status of [
				301, 302, 303, 307, 308, 400, 405, 410, 422, 451, 500, 502, 503, 504, 520, 526, 530,
			]) {
				const result = await test({ domain });
				expect(result).toEqual({
					status: 'Error',
					message: expect.stringMatching(
						/^Something answered at this Domain|^Teamogy answered with/,
					),
				});
				expectNoKey(serialize(result));
			}
			await new Promise((resolve) => server.close(resolve));
		},
	);

	it('The key is replaced where Teamogy repeats it', async () => {
		testBed.sandbox.fault({ kind: 'echoKey', status: 400 });
		const { error } = await testBed.run(calls[0]);
		expect(error?.description).toContain('Teamogy says: Refused: Authorization: Bearer [API key].');
	});

	it('The key in a good response is passed on as it is, and is in no message', async () => {
		for (const parameters of calls) {
			testBed.sandbox.reset();
			testBed.sandbox.fault({ kind: 'echoKey', echoIn: 'data', times: Infinity });
			const result = await testBed.run(parameters, { input: [{ id: 5001 }] });
			const echo = `Authorization: Bearer ${testBed.sandbox.apiKey}`;
			// These rows lack the column that Look Up matches on.
			const isLookUp = parameters.operation === 'lookUp';
			expect(result.json).toEqual(isLookUp ? [] : [{ id: 1, echo }]);
			expectNoKey(serialize([result.hints, result.error]));
		}
		expectNoKey(testBed.engine.log.join('\n'));
	});

	it('The key as the name of a record is in no hint for a model', async () => {
		const { apiKey } = testBed.sandbox;
		testBed.sandbox.insert('jobs', { name: apiKey });
		const parameters = {
			resource: 'job',
			operation: 'lookUp',
			lookUpColumn: 'name',
			lookUpValue: `${apiKey}x`,
			onMissing: 'skip',
			options: { ignoreCase: true },
		};
		const output = await testBed.engine.tool({ type: 'teamogy', parameters })({});
		expect(output).toContain('Similar: \\"[API key]\\"');
		expectNoKey(output);
	});

	it('No part of the key is left where a long response that repeats it is shortened', async () => {
		const { apiKey } = testBed.sandbox;
		for (const before of [400, 440, 470, 484, 499, 500]) {
			const message = `${'x'.repeat(before)}${apiKey} and more`;
			testBed.sandbox.fault({ kind: 'status', status: 400, body: { message } });
			const { error } = await testBed.run(calls[0]);
			expect(error?.description).toContain('xxx');
			expectNoKey(serialize([error, error?.description]));
		}
	});

	it('The key is in nothing that the editor says', async () => {
		for (const status of [400, 401, 500]) {
			testBed.sandbox.fault({ kind: 'echoKey', status, times: Infinity });
			for (const method of ['searchRecords', 'getColumns', 'getFields'] as const) {
				const call = {
					type: 'teamogy',
					method,
					parameters: { resource: 'job', operation: 'create' },
				};
				const how = {
					searchRecords: 'listSearch',
					getColumns: 'loadOptions',
					getFields: 'resourceMapping',
				} as const;
				// The list of fields says in its place why it is empty.
				const said = await testBed.engine[how[method]](call).then(
					(list) => JSON.stringify(list),
					(thrown: Error) => serialize([thrown, thrown.message, thrown.stack]),
				);
				expect(said).toMatch(/Teamogy (did not accept|could not answer)/);
				expectNoKey(said);
			}
		}
		expectNoKey(testBed.engine.log.join('\n'));
	});

	it('The key is in nothing that a good execution leaves', async () => {
		for (const parameters of calls)
			expectNoKey(serialize(await testBed.run(parameters, { input: [{ id: 5001 }] })));
		expectNoKey(testBed.engine.log.join('\n'));
	});
});
