/** The responses to pushes. */
import {
	DELIVERIES,
	post,
	RECEIVED,
	responder,
	restart,
	sendPush,
	STARTED,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { office, withOffice, serve, lastNode } = usePushTrigger();

describe('responses', () => {
	it('An immediate response comes before the workflow has finished', async () => {
		office.hold();
		const webhook = await serve({ responseMode: 'onReceived' }, { workflow: withOffice() });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		await office.waitForTasks(1);
		office.release();
		await webhook.waitUntilHandled();
		expect(webhook.runs[0].execution?.data.resultData.error).toBeUndefined();
	});

	it('The first item of the last node is the response', async () => {
		const webhook = await lastNode();
		const { status, headers, body } = await webhook.send(post({ id: 1 }));
		expect([status, body]).toEqual([200, '{"number":"N-1"}']);
		expect(headers['content-type']).toBe('application/json; charset=utf-8');
	});

	it('A workflow that fails is answered with 500', async () => {
		const webhook = await lastNode();
		expect(await sendPush(webhook, { id: 1, fails: true })).toEqual([
			500,
			{ message: 'Error in workflow' },
		]);
	});

	it('A last node without an item is answered with 500', async () => {
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

	it('The response of a Respond to Webhook node is given to a repeat too', async () => {
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

	describe('A workflow that reflects HTML', () => {
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

		it('A repeat gets every header of the first response', async () => {
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

	it('A later version of Respond to Webhook does not know the trigger and gives 500', async () => {
		const workflow = withOffice(responder(1.4));
		const webhook = await serve({ responseMode: 'responseNode' }, { workflow });
		expect((await webhook.send(post({ id: 1 }))).status).toBe(500);
	});

	it('A test in the editor runs each time, also with the same content', async () => {
		const webhook = await serve({}, { mode: 'manual' });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(DELIVERIES.size).toBe(0);
	});
});
