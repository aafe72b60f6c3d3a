/** The responses to pushes. */
import {
	DELIVERIES,
	post,
	restart,
	sendPush,
	STARTED,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { office, withOffice, serve, lastNode } = usePushTrigger();

describe('Responses', () => {
	it('An immediate response comes before the workflow has finished', async () => {
		office.hold();
		const webhook = await serve({ responseMode: 'onReceived' }, { workflow: withOffice() });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		await office.waitForTasks(1);
		office.release();
		await webhook.waitUntilHandled();
		expect(webhook.runs[0].execution?.data.resultData.error).toBeUndefined();
	});

	it('The first item of the last node is the response, also to a repeat after a restart', async () => {
		const webhook = await lastNode();
		const expectNumber = async () => {
			const { status, headers, body } = await webhook.send(post({ id: 1 }));
			expect([status, body]).toEqual([200, '{"number":"N-1"}']);
			expect(headers['content-type']).toBe('application/json; charset=utf-8');
		};
		await expectNumber();
		await expectNumber();
		// n8n saves a response with the next push.
		await sendPush(webhook, { id: 2 });
		await restart(webhook);
		await expectNumber();
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

	it('A test in the editor runs each time, also with the same content', async () => {
		const webhook = await serve({}, { mode: 'manual' });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(DELIVERIES.size).toBe(0);
	});
});
