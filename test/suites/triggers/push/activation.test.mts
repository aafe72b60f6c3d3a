/** The activation of the push trigger, and its URL. */
import {
	CREDENTIAL,
	SECRET,
	sendPush,
	STARTED,
	TYPE,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { testBed, serve } = usePushTrigger();

describe('Activation and URL', () => {
	const call = (method: 'checkExists' | 'create' | 'delete', credentials: object | false) =>
		testBed.engine.webhookMethods({
			type: TYPE,
			parameters: { path: 'teamogy' },
			credentials: credentials as never,
			method,
		});

	it('The webhook is created and deleted without a request to Teamogy', async () => {
		const credentials = { teamogyPushApi: CREDENTIAL };
		expect(await call('checkExists', credentials)).toBe(false);
		expect(await call('create', credentials)).toBe(true);
		expect(await call('delete', credentials)).toBe(true);
		expect(testBed.sandbox.log).toEqual([]);
		expect(testBed.engine.log.join()).not.toContain('Teamogy');
	});

	it('Activation without a credential logs a warning', async () => {
		expect(await call('create', false)).toBe(true);
		expect(testBed.engine.log.join()).toContain(
			'"Teamogy Push Trigger" has no credential: whoever knows its URL can start the workflow. Add a Teamogy Push API credential.',
		);
	});

	it('Activation with a credential that no push can satisfy fails', async () => {
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
	])('A path "%s" gives its URL', async (path, expected) => {
		const webhook = await serve({ path });
		expect(new URL(webhook.url).pathname).toBe(expected);
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
	});
});
