/** The secret of a push, and the test of its credential. */
import {
	CREDENTIAL,
	getExecutions,
	post,
	getReceived,
	SECRET,
	TYPE,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { testBed, serve } = usePushTrigger();

describe('The secret', () => {
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
	])('A push with %s gets 401 and starts no execution', async (_case, headers) => {
		const webhook = await serve();
		const { status, body } = await webhook.send({
			...post({ id: 1 }),
			headers: { ...headers } as never,
		});
		expect([status, JSON.parse(body)]).toEqual([401, refusal]);
		expect(getExecutions(webhook)).toEqual([]);
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
		'A secret %s is accepted, and the item does not hold it',
		async (_case, teamogyPushApi, headers) => {
			const webhook = await serve({}, { credentials: { teamogyPushApi } });
			const response = await webhook.send({ ...post({ id: 1 }), headers: headers as never });
			expect(response.status).toBe(200);
			const [item] = getReceived(webhook);
			expect(item.body).toEqual({ id: 1 });
			expect(JSON.stringify(webhook.runs)).not.toContain(SECRET);
		},
	);

	it.each(['__proto__', 'constructor', 'toString', 'set-cookie'])(
		'A push without the header %s named in the credential gets 401',
		async (headerName) => {
			const teamogyPushApi = { headerName, secret: SECRET };
			const webhook = await serve({}, { credentials: { teamogyPushApi } });
			expect((await webhook.send(post({ id: 1 }))).status).toBe(401);
		},
	);

	it('Without a credential no secret is needed', async () => {
		const webhook = await serve({}, { credentials: false });
		const response = await webhook.send({ ...post({ id: 1 }), headers: {} });
		expect(response.status).toBe(200);
	});

	it('A secret that no request can carry fails the run with a message that says what to do', async () => {
		const teamogyPushApi = { ...CREDENTIAL, secret: ' ' };
		const webhook = await serve({}, { credentials: { teamogyPushApi } });
		expect((await webhook.send(post({ id: 1 }))).status).toBe(500);
		expect(webhook.runs[0].error).toMatchObject({
			message: "'Secret' in the Teamogy Push API credential is empty",
			description: 'Enter a long random text, and save the same text in Teamogy as a secret.',
		});
	});
});

it('Headers that carry keys are sensitive for n8n, which hides them in executions', () => {
	const { sensitiveOutputFields } = testBed.engine.description(TYPE);
	expect(sensitiveOutputFields).toEqual(
		['authorization', 'cookie', 'x-api-key'].map((header) => `headers.${header}`),
	);
});

describe('The credential', () => {
	const test = async (changes: object) =>
		await testBed.engine.testCredential('teamogyPushApi', { ...CREDENTIAL, ...changes });

	it('A credential that a push can carry passes the test', async () => {
		expect(await test({})).toEqual({
			status: 'OK',
			message: 'A push can carry this secret',
		});
	});

	it.each([
		[{ secret: '' }, /'Secret' .* is empty\. Enter a long random text/],
		[{ secret: '   ' }, /'Secret' .* is empty/],
		[{ secret: 'short' }, /at least 16 characters/],
		[{ secret: 'příliš žluťoučký kůň' }, /special characters within it\. Use letters/],
		[{ secret: `two\n${SECRET}` }, /line breaks/],
		[{ headerName: '' }, /'Header Name' .* is empty/],
		[{ headerName: 'X Api Key' }, /"X Api Key", is not the name of a header/],
		[{ headerName: 'X-Api-Key:' }, /"X-Api-Key:", is not the name of a header/],
	])('A credential with %j fails the test with a message', async (changes, message) => {
		const result = await test(changes);
		expect(result.status).toBe('Error');
		expect(result.message).toMatch(message);
	});
});
