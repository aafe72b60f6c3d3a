/** API Request: what each kind of response becomes. */
import type { FaultRule } from '../../sandbox/index.mts';
import { useTestBed } from '../../helpers/testBed.mts';

const testBed = useTestBed();

const send = async (parameters: object, more: object = {}) =>
	await testBed.run({ resource: 'apiRequest', operation: 'request', ...parameters }, more);

describe('API Request: responses', () => {
	const respond = (body: string, type?: string, more: Partial<FaultRule> = {}) =>
		testBed.sandbox.fault({
			kind: 'text',
			status: 200,
			body,
			...more,
			headers: { 'content-type': type ?? '', ...more.headers },
		});
	const methods = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'];

	it.each([200, 201, 202, 204, 205, 206])(
		'The status %d with an empty body gives an empty item',
		async (status) => {
			for (const responseFormat of ['autodetect', 'json', 'text', 'file']) {
				for (const method of methods) {
					testBed.sandbox.reset();
					testBed.sandbox.fault({ kind: 'empty', status });
					const result = await send({ method, path: 'companies', options: { responseFormat } });
					expect(result.error).toBeUndefined();
					expect(result.items).toEqual([{ json: {}, pairedItem: { item: 0 } }]);
					expect(testBed.sandbox.log).toHaveLength(1);
				}
			}
		},
	);

	it.each<[string, string | undefined, unknown, string?]>([
		['{"id":1}', 'application/json', { id: 1 }],
		['{"id":1}', 'application/problem+json; charset=utf-8', { id: 1 }],
		['{"id":1}', 'text/plain', { id: 1 }],
		['{"id":1}', undefined, { id: 1 }],
		['"text"', 'application/json', { data: 'text' }],
		['pong', 'text/plain', { data: 'pong' }],
		['pong', undefined, { data: 'pong' }],
		['a;b\n1;2', 'text/csv', { data: 'a;b\n1;2' }],
		['<a/>', 'application/xml', { data: '<a/>' }],
		['{"id":1}', 'application/json', { data: '{"id":1}' }, 'text'],
		[
			'<html><title>A page</title></html>',
			'text/html',
			{ data: '<html><title>A page</title></html>' },
			'text',
		],
		['{"id":1}', 'application/octet-stream', { id: 1 }, 'json'],
	])(
		'The body %j of the type %s gives %j',
		async (body, type, json, responseFormat = '={{ undefined }}') => {
			for (const method of methods) {
				testBed.sandbox.reset();
				respond(body, type);
				const result = await send({ method, path: 'companies', options: { responseFormat } });
				expect(result.error).toBeUndefined();
				expect(result.json).toEqual([json]);
				expect(testBed.sandbox.log).toHaveLength(1);
			}
		},
	);

	it.each<[string, string, object, string?]>([
		['%PDF-1.7', 'application/pdf', { mimeType: 'application/pdf' }],
		['PK', 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', {}],
		['{"id":1}', 'application/json', { mimeType: 'application/json' }, 'file'],
		['pong', 'text/plain', { mimeType: 'text/plain' }, 'file'],
	])(
		'The body %j of the type %s gives a file',
		async (body, type, file, responseFormat = 'autodetect') => {
			const disposition = 'attachment; filename="../Invoice 12.pdf"';
			respond(body, type, { headers: { 'content-disposition': disposition } });
			const { items, error } = await send({ path: 'companies', options: { responseFormat } });
			expect(error).toBeUndefined();
			expect(items[0].json).toEqual({});
			expect(items[0].binary?.data).toMatchObject({ fileName: 'Invoice 12.pdf', ...file });
			expect(Buffer.from(items[0].binary!.data.data, 'base64').toString()).toBe(body);
			expect(testBed.sandbox.log).toHaveLength(1);
			expect(testBed.sandbox.log[0].headers.accept).toBe(
				responseFormat === 'file' ? '*/*' : 'application/json',
			);
		},
	);

	it('A file without a type is of no known type: n8n does not look into it', async () => {
		// The beginning of a file on which the search of some versions of n8n does not end.
		const asf = String.fromCharCode(0x30, 0x26, 0xb2, 0x75, 0x8e, 0x66, 0xcf, 0x11);
		respond(asf.padEnd(200, '\0'));
		const { items, error } = await send({
			path: 'companies',
			options: { responseFormat: 'file' },
		});
		expect(error).toBeUndefined();
		expect(items[0].binary?.data.mimeType).toBe('application/octet-stream');
	});

	it('Retry On Fail keeps the file that a write was answered with', async () => {
		respond('%PDF-1.7', 'application/pdf');
		testBed.sandbox.fault({ kind: 'status', status: 400 });
		testBed.sandbox.fault({ kind: 'status', status: 200, body: { id: 2 } });
		const retry = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
		const post = { method: 'POST', path: 'companies' };
		const { items, error } = await send(post, { input: [{ id: 1 }, { id: 2 }], ...retry });
		expect(error).toBeUndefined();
		expect(items[0].binary?.data.mimeType).toBe('application/pdf');
		expect(items[1].json).toEqual({ id: 2 });
		expect(testBed.sandbox.log.map(({ status }) => status)).toEqual([200, 400, 200]);
	});

	it.each<[string, string, string]>([
		['{"id":', 'application/json', 'autodetect'],
		['<!DOCTYPE html><title>Log in</title>', 'text/html', 'autodetect'],
		['pong', 'text/plain', 'json'],
	])(
		'The body %j of the type %s is requested once and reported (%s)',
		async (body, type, responseFormat) => {
			const options = { responseFormat };
			respond(body, type, { times: 2 });
			const read = await send({ path: 'companies', options });
			expect(read.error?.message).toMatch(/is not JSON|was not the JSON Teamogy sends/);
			expect(testBed.sandbox.log).toHaveLength(1);
			const written = await send({ method: 'POST', path: 'companies', options });
			expect(written.error?.description).toMatch(/may have carried out the request/);
			expect(testBed.sandbox.log.map(({ method }) => method)).toEqual(['GET', 'POST']);
		},
	);

	it('An unknown response format is refused', async () => {
		const options = { responseFormat: '={{ "pdf" }}' };
		testBed.expectRefused(
			await send({ path: 'companies', options }),
			'"pdf" is not a valid value for \'Response Format\'',
		);
	});
});
