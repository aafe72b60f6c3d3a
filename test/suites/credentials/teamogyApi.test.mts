/** The test of the credential, and the domains and keys that it takes. */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import tls from 'node:tls';
import { generate } from 'selfsigned';
import { since } from '../../engine/since.mts';
import type { FaultRule } from '../../sandbox/index.mts';
import { findFreePorts } from '../../n8n/ports.mts';
import { useCredentialTest } from '../../helpers/credentialTest.mts';
import { builtModule } from '../../helpers/testBed.mts';

const { parseApiKey, parseOrigin } = builtModule<{
	parseApiKey(apiKey: unknown): string;
	parseOrigin(domain: unknown): string;
}>('nodes/n8n/credential.js');

const { testBed, credential, test } = useCredentialTest();

describe('Test', () => {
	const OK = { status: 'OK', message: 'Connection successful!' };

	it('The test asks for one row of a view, with the key and the headers of the nodes', async () => {
		expect(await test()).toEqual(OK);
		expect(testBed.sandbox.log).toHaveLength(1);
		const [{ method, url, headers, rawBody }] = testBed.sandbox.log;
		expect([method, url, rawBody]).toEqual(['GET', '/rest/v1/1/views/companies?limit=1', '']);
		expect(headers).toMatchObject({
			authorization: `Bearer ${testBed.sandbox.apiKey}`,
			accept: 'application/json',
			'content-type': 'application/json',
		});
	});

	it('The test does not need the youngest view', async () => {
		const body = { message: 'Missing Authentication Token' };
		testBed.sandbox.fault({ kind: 'status', status: 403, body, path: /units/, times: Infinity });
		expect(await test()).toEqual(OK);
	});

	it('The test takes an address of Teamogy with the unit of the field', async () => {
		const domain = `${testBed.sandbox.domain}/44f3ecca879c5a85/2/pages/BOARD`;
		expect(await test({ domain, unitId: 2 })).toEqual(OK);
	});

	it('The test takes fields that were pasted untidily', async () => {
		const { domain, apiKey } = testBed.sandbox;
		expect(
			await test({ domain: ` ${domain}/44f3/1/pages/BOARD `, apiKey: ` Bearer ${apiKey}\n` }),
		).toEqual(OK);
		expect(await test({ domain: `${domain}/`, unitId: '2' })).toEqual(OK);
		expect(testBed.sandbox.log[1].unit).toBe(2);
	});

	it('The test takes a credential without the fields that have a default', async () => {
		const { domain, apiKey } = testBed.sandbox;
		expect(await testBed.engine.testCredential('teamogyApi', { domain, apiKey })).toEqual(OK);
	});

	/** Before 2.34 n8n says in words of its own what went wrong with a request that failed. */
	const said = (message: RegExp | string, hasResponse = false): string =>
		(since('2.34') || hasResponse
			? expect.stringMatching(message)
			: expect.stringMatching(/\S/)) as string;

	const NOT_TEAMOGY = /^Something answered at this Domain, but it was not Teamogy\. Enter the host/;

	it.each<[string, FaultRule, RegExp]>([
		[
			'a forbidden address',
			{ kind: 'status', status: 403 },
			/API whitelist.*may see companies.*Gateways answer the same/,
		],
		[
			'nothing there',
			{ kind: 'status', status: 404 },
			/at this Domain and Business Unit ID. Check both/,
		],
		['too many requests', { kind: 'status', status: 429 }, /Test again in a minute/],
		['a log-in page, by redirect', { kind: 'redirect' }, NOT_TEAMOGY],
		['a permanent redirect', { kind: 'redirect', status: 308 }, NOT_TEAMOGY],
		['a log-in page', { kind: 'html', status: 200 }, NOT_TEAMOGY],
		[
			'the JSON of another service',
			{ kind: 'status', status: 200, body: { ok: true } },
			NOT_TEAMOGY,
		],
		['a JSON list', { kind: 'status', status: 200, body: [{ id: 1 }] }, NOT_TEAMOGY],
		['an empty JSON list', { kind: 'status', status: 200, body: [] }, NOT_TEAMOGY],
		['a JSON text', { kind: 'text', status: 200, body: 'pong' }, NOT_TEAMOGY],
		['nothing at all', { kind: 'empty' }, NOT_TEAMOGY],
		[
			'a proxy that wants a password',
			{ kind: 'html', status: 407 },
			/^The proxy between n8n and Teamogy wants a user name/,
		],
		['a gateway without Teamogy behind it', { kind: 'html' }, /502|Bad Gateway/],
		['Teamogy out of order', { kind: 'status', status: 500 }, /500|Internal Server Error/],
		['a broken connection', { kind: 'reset', times: Infinity }, /ECONNRESET|socket hang up/],
	])('The test fails with %s', async (_, fault, message) => {
		testBed.sandbox.fault(fault);
		const result = await test();
		expect(result).toEqual({
			status: 'Error',
			message: said(message, fault.status === 200 || fault.kind === 'empty'),
		});
		expect(result.message).not.toContain(testBed.sandbox.apiKey);
	});

	it('The test fails with a wrong key', async () => {
		const { status, message } = await test({ apiKey: 'not-the-key' });
		expect(status).toBe('Error');
		expect(message).toEqual(
			said(
				/^Teamogy did not accept the API key\..*Configuration → System Configuration → Integrations → Public API/,
			),
		);
		expect(message).not.toContain('not-the-key');
	});

	it('The test fails with a unit that does not exist', async () => {
		expect(await test({ unitId: 77 })).toEqual({
			status: 'Error',
			message: said('Nothing was found at this Domain and Business Unit ID. Check both.'),
		});
	});

	it('The test fails where nobody listens', async () => {
		const { status, message } = await test({
			domain: `http://127.0.0.1:${(await findFreePorts(1))[0]}`,
		});
		expect([status, message]).toEqual(['Error', said(/^ECONNREFUSED$/)]);
	});

	it('The test names the code of a certificate that n8n does not trust, as docs/errors.md explains it', async () => {
		const { private: key, cert } = await generate([{ name: 'commonName', value: 'localhost' }], {
			keyType: 'ec',
		});
		const server = tls.createServer({ key, cert });
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const { status, message } = await test({ domain: `https://localhost:${port}` });
		await new Promise((resolve) => server.close(resolve));
		expect([status, message]).toEqual(['Error', said(/^DEPTH_ZERO_SELF_SIGNED_CERT$/)]);
		const page = readFileSync('docs/errors.md', 'utf8');
		expect(page).toContain('`DEPTH_ZERO_SELF_SIGNED_CERT`');
		expect(page).toContain('NODE_EXTRA_CA_CERTS');
	});

	it('The test does not wait for ever', async () => {
		const { type } = testBed.engine.loader.getCredential('teamogyApi');
		const authenticate = type.authenticate as unknown as (
			fields: object,
			request: object,
		) => Promise<{ url: string; timeout?: number }>;
		const sent = await authenticate(credential(), type.test!.request);
		expect(sent.url).toBe(`${testBed.sandbox.domain}/rest/v1/1/views/companies?limit=1`);
		expect(sent.timeout).toBeLessThanOrEqual(30_000);
		const other = { url: `${testBed.sandbox.domain}/rest/v1/1/jobs`, timeout: 60_000 };
		expect(await authenticate(credential(), other)).toMatchObject(other);
	});

	it.each([
		[{ domain: '' }, "'Domain' in the Teamogy API credential is empty"],
		[
			{ domain: 'teamogy' },
			'\'Domain\' in the Teamogy API credential, "teamogy", is not a host name',
		],
		[
			{ domain: 'http://x.teamogy.com' },
			'\'Domain\' in the Teamogy API credential starts with "http://": enter the host alone, or with "https://"',
		],
		[{ apiKey: '' }, "'API Key' in the Teamogy API credential is empty"],
		[{ apiKey: 'Bearer ' }, "'API Key' in the Teamogy API credential is empty"],
		[{ apiKey: 'two words' }, "'API Key' in the Teamogy API credential has white space"],
		[{ unitId: 'Praha' }, '\'Business Unit ID\' "Praha" is not a whole number'],
		[{ unitId: 1.5 }, '\'Business Unit ID\' "1.5" is not a whole number'],
		[
			{ domain: 'https://x.teamogy.com/44f3ecca879c5a85/5/pages/BOARD' },
			"'Domain' in the Teamogy API credential is an address of business unit 5, but 'Business Unit ID' names another",
		],
		[
			{ requestsPerMinute: 0 },
			'\'Requests per Minute\' in the Teamogy API credential, "0", is not a whole number of at least 1',
		],
		...[true, '0x10', '1e2'].map((requestsPerMinute): [object, string] => [
			{ requestsPerMinute },
			"'Requests per Minute' in the Teamogy API credential is not a whole number of at least 1",
		]),
	])('The credential %j is refused before anything is sent', async (changes, message) => {
		const result = await test(changes);
		expect(result).toEqual({
			status: 'Error',
			message: expect.stringContaining(message) as string,
		});
		expect(testBed.sandbox.log).toEqual([]);
	});
});

describe('Domain', () => {
	const EXAMPLE = 'https://yourcompany.teamogy.com';

	it.each([
		['yourcompany.teamogy.com', EXAMPLE],
		['  yourcompany.teamogy.com\n', EXAMPLE],
		['\u00a0yourcompany.teamogy.com\ufeff', EXAMPLE],
		['yourcompany.teamogy.com/', EXAMPLE],
		['https://yourcompany.teamogy.com', EXAMPLE],
		['HTTPS://YourCompany.Teamogy.com///', EXAMPLE],
		['https://yourcompany.teamogy.com/44f3ecca/1/pages/BOARD?a=1#b', EXAMPLE],
		['yourcompany.teamogy.com?next=/', EXAMPLE],
		['yourcompany.teamogy.com#top', EXAMPLE],
		['yourcompany.teamogy.com:443', EXAMPLE],
		['yourcompany.teamogy.com:8443/x', `${EXAMPLE}:8443`],
		['testteam.luckydrum.com', 'https://testteam.luckydrum.com'],
		['10.0.0.5', 'https://10.0.0.5'],
		['účetnictví.example', 'https://xn--etnictv-cza6o5b.example'],
		['localhost:3000', 'https://localhost:3000'],
		['http://localhost:3000', 'http://localhost:3000'],
		['HTTP://LocalHost', 'http://localhost'],
		['http://127.0.0.1:8080/x', 'http://127.0.0.1:8080'],
		['http://127.1.2.3', 'http://127.1.2.3'],
		['http://[::1]:8080', 'http://[::1]:8080'],
	])('The domain %j is read as an origin', (domain, origin) => {
		if (domain.startsWith('účet')) origin = `https://${new URL(`https://${domain}`).hostname}`;
		expect(parseOrigin(domain)).toBe(origin);
	});

	it.each([
		['', 'is empty'],
		[' \n', 'is empty'],
		[undefined, 'is empty'],
		[null, 'is empty'],
		[5, 'is empty'],
		['http://yourcompany.teamogy.com', 'starts with "http://"'],
		['HTTP://10.0.0.5', 'starts with "http://"'],
		['http://localhost.evil.example', 'starts with "http://"'],
		['http://127.0.0.1.evil.example', 'starts with "http://"'],
		['ftp://yourcompany.teamogy.com', 'starts with "ftp://"'],
		['file:///etc/passwd', 'starts with "file://"'],
		[`${'a'.repeat(64)}.teamogy.com`, 'is not a host name'],
		[`${'a.'.repeat(130)}teamogy.com`, 'is not a host name'],
		['eyJhbGciOiJub25lIn0.eyJpYXQiOjF9.c2ln', 'looks like an API key'],
		['Bearer eyJhbGciOiJub25lIn0.eyJpYXQiOjF9.c2ln', 'looks like an API key'],
		['yourcompany', 'is not a host name'],
		['https://', 'is not a host name'],
		['//yourcompany.teamogy.com', 'is not a host name'],
		['your company.teamogy.com', 'is not a host name'],
		['yourcompany..teamogy.com', 'is not a host name'],
		['.teamogy.com', 'is not a host name'],
		['-a.teamogy.com', 'is not a host name'],
		['a_b.teamogy.com', 'is not a host name'],
		['user@teamogy.com', 'is not a host name'],
		['user:pass@yourcompany.teamogy.com', 'is not a host name'],
		['yourcompany.teamogy.com@evil.example', 'is not a host name'],
		['http://127.0.0.1@evil.example', 'is not a host name'],
		['yourcompany.teamogy.com\\@evil.example', 'is not a host name'],
		['yourcompany.teamogy.com%2f@evil.example', 'is not a host name'],
		['yourcompany.teamogy.com:port', 'is not a host name'],
		['yourcompany.teamogy.com:99999', 'is not a host name'],
		['javascript:alert(1)', 'is not a host name'],
		['<yourcompany.teamogy.com>', 'is not a host name'],
		['"yourcompany.teamogy.com"', 'is not a host name'],
		['{{ $env.HOST }}', 'is not a host name'],
	])('The domain %j is refused', async (domain, message) => {
		expect(() => parseOrigin(domain)).toThrow(message);
		const parameters = { resource: 'job', operation: 'getAll' };
		const credentials = { teamogyApi: credential({ domain }) };
		const { error } = await testBed.run(parameters, { credentials });
		expect(error?.message).toContain(message);
		expect(error?.message).toMatch(/^'Domain' in the Teamogy API credential/);
		expect(error?.description).toMatch(
			/e\.g\. yourcompany\.teamogy\.com|only ever sent over https/,
		);
	});
});

describe('Key', () => {
	const KEY = 'eyJhbGciOiJub25lIn0.eyJpYXQiOjF9.c2lnbmF0dXJl-_=';

	it.each([
		KEY,
		` ${KEY} `,
		`\n${KEY}\r\n`,
		`Bearer ${KEY}`,
		`bearer\t${KEY}`,
		`  BEARER   ${KEY}  `,
		`\ufeff${KEY}\u00a0`,
	])('The key %j is read without what was pasted along', async (apiKey) => {
		expect(parseApiKey(apiKey)).toBe(KEY);
		testBed.sandbox.set({ apiKey: KEY });
		const parameters = { resource: 'group', operation: 'getAll', output: 'all' };
		const credentials = { teamogyApi: { ...credential(), apiKey } };
		const { json } = await testBed.run(parameters, { credentials });
		expect(json).toEqual(testBed.sandbox.rows('groups'));
	});

	it.each([
		['', 'is empty'],
		['  ', 'is empty'],
		['Bearer', 'is empty'],
		[' bearer ', 'is empty'],
		[undefined, 'is empty'],
		[7, 'is empty'],
		['two words', 'has white space or special characters within it'],
		['Bearer Bearer key', 'has white space or special characters within it'],
		['line\nbreak', 'has white space or special characters within it'],
		['key\r\nX-Other: 1', 'has white space or special characters within it'],
		['klíč', 'has white space or special characters within it'],
		['key\u200b', 'has white space or special characters within it'],
		['key\u0000', 'has white space or special characters within it'],
		['“key”', 'has white space or special characters within it'],
	])('The key %j is refused', async (apiKey, message) => {
		expect(() => parseApiKey(apiKey)).toThrow(message);
		const parameters = { resource: 'job', operation: 'getAll' };
		const credentials = { teamogyApi: { ...credential(), apiKey: apiKey ?? '' } };
		const { error } = await testBed.run(parameters, { credentials });
		expect(error?.message).toContain(`'API Key' in the Teamogy API credential ${message}`);
		expect(error?.description).toMatch(/Public API|Copy the key again/);
		expect(testBed.sandbox.log).toEqual([]);
	});
});
