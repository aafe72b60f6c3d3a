/** What n8n's engine does and a node author would not expect; the package relies on every one. */
import { engineGlobal } from '../../engine/outsideJest.mts';
import { loadN8n } from '../../engine/n8n.mts';
import { itSince } from '../../engine/since.mts';
import { useFixture } from '../../engine/useFixture.mts';

const fixture = useFixture();

const emit = (...items: object[]): object => ({ items: JSON.stringify(items) });

describe('Continue (using error output)', () => {
	const route = async (item: object) => {
		const onError = 'continueErrorOutput';
		const { items, errorItems } = await fixture.engine.run({
			type: 'emitter',
			parameters: emit(item),
			input: [{ from: 'input' }],
			onError,
		});
		return { success: items.map(({ json }) => json), error: errorItems.map(({ json }) => json) };
	};

	it('The error output takes items with an error beside their data, which the message then replaces', async () => {
		const given = { json: { id: 1 }, error: { message: 'Failed' }, pairedItem: { item: 0 } };
		expect((await route(given)).error).toEqual([{ error: 'Failed' }]);
	});

	it('The error output takes items whose data is an error and its message only', async () => {
		const json = { error: 'Failed', message: 'Why' };
		expect((await route({ json })).error).toEqual([json]);
	});

	itSince('2.36')('The error output takes such items with details too', async () => {
		const json = { error: 'Failed', message: 'Failed', details: {} };
		expect((await route({ json })).error).toEqual([json]);
	});

	it('n8n leaves an error with any other field on the success output', async () => {
		const json = { error: 'Failed', description: 'Why' };
		expect(await route({ json })).toEqual({ success: [json], error: [] });
	});

	it('n8n merges the data of the linked input item under an error in the data', async () => {
		const json = { error: 'Failed' };
		const { error } = await route({ json, pairedItem: { item: 0 } });
		expect(error).toEqual([{ from: 'input', error: 'Failed' }]);
	});
});

it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
	'%s: a node that throws passes its input on as a success',
	async (onError) => {
		const { json, errorItems, error } = await fixture.engine.run({
			type: 'emitter',
			parameters: { behaviour: 'throw' },
			input: [{ from: 'input' }],
			onError,
		});
		expect(error?.message).toBe('Emitter threw');
		expect({ json, errorItems }).toEqual({ json: [{ from: 'input' }], errorItems: [] });
	},
);

describe('Retry On Fail', () => {
	const runs = async (json: object): Promise<number> => {
		Object.assign(engineGlobal, { fixtureRuns: 0 });
		const retries = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		await fixture.engine.run({ type: 'emitter', parameters: emit({ json }), ...retries });
		return (engineGlobal as { fixtureRuns?: number }).fixtureRuns ?? 0;
	};

	it('Retry On Fail repeats a success whose first row has an error field', async () => {
		expect(await runs({ id: 1, error: 'a field of the record' })).toBe(2);
	});

	it('Retry On Fail does not repeat any other success', async () => {
		expect(await runs({ id: 1, message: 'a field of the record' })).toBe(1);
	});

	itSince('2.22')(
		'Retry On Fail does not repeat a success for an error field without a value',
		async () => {
			expect(await runs({ id: 1, error: null })).toBe(1);
		},
	);
});

describe('httpRequestWithAuthentication', () => {
	const request = async (path: string, options: object = {}) =>
		await fixture.engine.run({ type: 'requester', parameters: { path, options } });

	it('The request helper repeats a request that was answered with 401', async () => {
		const { error } = await request('/401');
		expect(error).toMatchObject({ httpCode: '401', description: 'No such key' });
		expect(fixture.server.requests).toEqual(['GET /401', 'GET /401']);
	});

	it('The request helper does not repeat a request where the caller takes every status', async () => {
		const options = { ignoreHttpStatusErrors: true, returnFullResponse: true };
		const { json } = await request('/401', options);
		expect(json[0].response).toMatchObject({ statusCode: 401, body: { message: 'No such key' } });
		expect(fixture.server.requests).toEqual(['GET /401']);
	});

	it('The request helper ends a request when the execution is cancelled', async () => {
		const stop = new AbortController();
		const running = fixture.engine.run({
			type: 'requester',
			parameters: { path: '/slow' },
			signal: stop.signal,
		});
		while (fixture.server.requests.length === 0) await new Promise(setImmediate);
		stop.abort();
		const { execution, error } = await running;
		expect([execution.status, error?.message]).toEqual(['canceled', 'canceled']);
	});

	it('The request helper follows a redirect with the key', async () => {
		const { json } = await request('/moved');
		expect(json[0].response).toMatchObject({
			url: '/echo?moved=1',
			headers: { authorization: 'Bearer secret' },
		});
	});

	it('The request helper sends the query of an address as it is', async () => {
		await request('/echo?filter=(a%20%3D%20%27b%27)&x=a+b');
		expect(fixture.server.requests).toEqual(['GET /echo?filter=(a%20%3D%20%27b%27)&x=a+b']);
	});

	it('The request helper gives a body that is no JSON as text', async () => {
		expect((await request('/invalid')).json[0].response).toBe('{"half":');
	});
});

itSince('2.34')('n8n keeps the cause of a NodeApiError', () => {
	const { NodeApiError } = loadN8n().workflow;
	const cause = new engineGlobal.Error('Why');
	expect(new NodeApiError({ name: 'A' } as never, cause as never).cause).toBe(cause);
});

it('n8n does not wrap a NodeApiError twice', () => {
	const { NodeApiError } = loadN8n().workflow;
	const node = { id: '', name: 'A', type: 'a', typeVersion: 1, position: [0, 0], parameters: {} };
	const error = new NodeApiError(node as never, { message: 'Failed', httpCode: '404' });
	expect(new NodeApiError(node as never, error as never)).toBe(error);
});

it('n8n keeps what a poll has changed before it threw', async () => {
	const staticData = {};
	const parameters = { behaviour: 'throw' };
	await expect(fixture.engine.poll({ type: 'poller', parameters, staticData })).rejects.toThrow();
	expect(staticData).toMatchObject({ 'node:Poller': { count: 1 } });
});
