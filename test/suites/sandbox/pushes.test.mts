import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { PushRule, Row } from '../../sandbox/index.mts';
import { toXml } from '../../sandbox/push.mts';
import { buildPushRules } from '../../sandbox/registers.mts';
import { onEnd, shareSandbox } from '../../sandbox/testClient.mts';

const shared = shareSandbox({ strict: true });

describe('A push', () => {
	/** Starts a receiver that gives these responses one after the other. */
	async function receiver(...responders: ((response: ServerResponse) => void)[]) {
		const got: { headers: IncomingMessage['headers']; method?: string; body: string }[] = [];
		const server = createServer((request, response) => {
			let body = '';
			request.on('data', (chunk: Buffer) => (body += chunk.toString()));
			request.on('end', () => {
				got.push({ headers: request.headers, method: request.method, body });
				(responders[got.length - 1] ?? responders.at(-1)!)(response);
			});
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		onEnd(async () => {
			server.closeAllConnections();
			server.close();
		});
		return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook` };
	}

	const ok = (response: ServerResponse) =>
		void response.end('{"number":{"value":"EXT-1"},"state":"OK"}');
	const fails = (response: ServerResponse) => void response.writeHead(500).end('no');
	const breaks = (response: ServerResponse) => void response.socket!.destroy();
	const ready: PushRule['when'] = (record) => (record.properties as Row).extStatus === 'EXT.READY';

	test('A push sends a saved record that matches and stores the response', async () => {
		const { got, url } = await receiver(ok);
		const log = shared.sandbox.onSave({
			entity: 'companies',
			when: ready,
			url,
			headers: { 'x-api-key': 'secret' },
			responseMapping: {
				'properties.extName': 'number.value',
				category: 'state',
				'properties.gone': 'nothing',
			},
		});
		await shared.patch('companies?id=30001', { properties: { extStatus: 'EXT.WAIT' } });
		await shared.patch('companies?id=30001', { properties: { extStatus: 'EXT.READY' } });
		shared.sandbox.patch('jobs', 5001, { properties: { extStatus: 'EXT.READY' } });
		await log.settled();
		expect(got).toHaveLength(1);
		expect(got[0]).toMatchObject({
			method: 'POST',
			headers: { 'x-api-key': 'secret', 'content-type': 'application/json' },
		});
		expect(JSON.parse(got[0].body)).toMatchObject({ id: 30001, name: "O'Neill & Sons, Ltd." });
		expect(log.attempts).toMatchObject([{ attempt: 1, status: 200, ok: true, recordId: 30001 }]);
		const saved = shared.sandbox.records('companies')[0];
		expect(saved).toMatchObject({ category: 'OK', properties: { extName: 'EXT-1' } });
		expect(saved.properties).not.toHaveProperty('gone');
	});

	test('A push is repeated until it succeeds', async () => {
		const { got, url } = await receiver(fails, breaks, ok);
		const log = shared.sandbox.onSave({ entity: 'companies', url, delaysMs: [0, 1, 1, 1] });
		shared.sandbox.insert('companies', { name: 'New' });
		await log.settled();
		expect(got).toHaveLength(3);
		expect(log.attempts.map((attempt) => attempt.status)).toEqual([500, 0, 200]);
	});

	test('A push ends after four attempts and marks the record', async () => {
		const { got, url } = await receiver(fails);
		const log = shared.sandbox.onSave({
			entity: 'jobs',
			url,
			method: 'PUT',
			body: (record) => ({ n: record.number }),
		});
		const job = shared.sandbox.insert('jobs', { name: 'New' });
		await log.settled();
		expect(got.map((request) => request.method)).toEqual(['PUT', 'PUT', 'PUT', 'PUT']);
		expect(JSON.parse(got[3].body)).toEqual({ n: job.number });
		expect(shared.sandbox.records('jobs').at(-1)!.properties).toHaveProperty('connectorError');
		expect(shared.sandbox.pushRules).toHaveLength(1);
		shared.sandbox.reset();
		expect(shared.sandbox.pushRules).toHaveLength(0);
	});

	test('A push follows the registers of the configuration', async () => {
		const { got, url } = await receiver(ok, ok);
		const adapter = {
			constants: { name: 'n8n', apiType: 'rest', url, apiKey: '{{secret:n8n}}', method: 'PUT' },
			requestMapping: {
				method: '${currentObject:constants.method}',
				url: '${currentObject:constants.url}/job',
				headers: { 'X-Key': '${currentObject:constants.apiKey}' },
				body: { id: '${currentObject:input.id}', list: ['Job ${currentObject:input.name}!'] },
			},
			responseMapping: {
				category: { value: '${currentObject:response.state}' },
				properties: { extName: { '…': '${currentObject:response.number.value}' } },
			},
		};
		const registers = {
			'CONNECTOR.RULE-JOB': 'true',
			'CONNECTOR-JOB': 'ADAPTER.JOB-A, ADAPTER.JOB-B',
			'ADAPTER.JOB-A': JSON.stringify(adapter),
			'ADAPTER.JOB-B': JSON.stringify({ requestMapping: { method: 'POST', url } }),
		};
		const logs = buildPushRules(registers, { n8n: 'secret' }).map((rule) =>
			shared.sandbox.onSave(rule),
		);
		const job = shared.sandbox.insert('jobs', { name: 'New' });
		for (const log of logs) await log.settled();
		expect(got.map(({ method }) => method).sort()).toEqual(['POST', 'PUT']);
		const put = got.find(({ method }) => method === 'PUT')!;
		expect(put.headers['x-key']).toBe('secret');
		expect(JSON.parse(put.body)).toEqual({ id: job.id, list: ['Job New!'] });
		expect(shared.sandbox.records('jobs').at(-1)).toMatchObject({
			category: 'OK',
			properties: { extName: 'EXT-1' },
		});
		for (const rule of ['', 'maybe', '${evaluate:1}'])
			expect(() => buildPushRules({ ...registers, 'CONNECTOR.RULE-JOB': rule }, {})).toThrow(
				'understand',
			);
		const template = '${currentObject:response.number}';
		for (const extName of [template, {}, { a: template, b: template }, { a: 'x' }, null]) {
			const mapping = { ...adapter, responseMapping: { properties: { extName } } };
			const changed = { ...registers, 'ADAPTER.JOB-A': JSON.stringify(mapping) };
			expect(() => buildPushRules(changed, {})).toThrow('understand');
		}
	});

	test('A push sends XML where the rule says so', async () => {
		const { got, url } = await receiver(ok);
		const log = shared.sandbox.onSave({ entity: 'companies', url, format: 'xml' });
		shared.sandbox.insert('companies', { name: 'A & <B>', tags: ['x', 'y'] });
		await log.settled();
		expect(got[0].headers['content-type']).toBe('application/xml');
		expect(got[0].body).toContain('<name>A &amp; &lt;B&gt;</name>');
		expect(got[0].body).toContain('<tags>x</tags><tags>y</tags>');
		expect(toXml('a', { '1 b': null, c: { d: true } })).toContain(
			'<a><entry key="1 b"/><c><d>true</d></c></a>',
		);
	});
});
