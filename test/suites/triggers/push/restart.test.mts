/** Repeats after a restart of n8n, and in several processes. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WebhookServer } from '../../../engine/index.mts';
import { engineGlobal } from '../../../engine/outsideJest.mts';
import {
	DELIVERIES,
	RECEIVED,
	restart,
	sendPush,
	STARTED,
	TYPE,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { office, withOffice, serve, lastNode } = usePushTrigger();

describe('A restart', () => {
	it('After a restart a delivery with an immediate response is known', async () => {
		const webhook = await serve({}, { workflow: withOffice() });
		expect(await sendPush(webhook, { id: 1, name: 'A' })).toEqual(STARTED);
		await restart(webhook);
		expect(await sendPush(webhook, { id: 1, name: 'A' })).toEqual(RECEIVED);
		expect(await sendPush(webhook, { id: 1, name: 'B' })).toEqual(STARTED);
		await restart(webhook);
		expect(await sendPush(webhook, { id: 1, name: 'B' })).toEqual(RECEIVED);
		expect(await sendPush(webhook, { id: 1, name: 'A' })).toEqual(STARTED);
	});

	it.each([20, 120, 1500])(
		'After a restart a delivery is known to an n8n that took %i ms to start the workflow',
		async (startDelay) => {
			const webhook = await serve({}, { workflow: withOffice(), startDelay });
			for (const id of [1, 2]) {
				expect(await sendPush(webhook, { id })).toEqual(STARTED);
				await restart(webhook);
				expect(await sendPush(webhook, { id })).toEqual(RECEIVED);
			}
		},
	);

	it('After a restart deliveries are known that came while others waited for a busy n8n', async () => {
		const webhook = await serve({}, { workflow: withOffice(), startDelay: 120 });
		const ids = [1, 2, 3, 4, 5];
		const push = async (id: number) => {
			await sleep(30 * id);
			return await sendPush(webhook, { id });
		};
		expect(await Promise.all(ids.map(push))).toEqual(ids.map(() => STARTED));
		await restart(webhook);
		for (const id of ids) expect(await sendPush(webhook, { id })).toEqual(RECEIVED);
	});

	it('A delivery is not saved if n8n takes more than five seconds by the clock to start the workflow', async () => {
		const webhook = await serve({}, { workflow: withOffice(), startDelay: 500 });
		await sendPush(webhook, { id: 1 });
		const pushing = sendPush(webhook, { id: 2 });
		while (webhook.runs.length < 2) await sleep(10);
		await sleep(100);
		const later = engineGlobal.performance.now() + 5000;
		const clock = jest.spyOn(engineGlobal.performance, 'now').mockReturnValue(later);
		try {
			expect(await pushing).toEqual(STARTED);
		} finally {
			clock.mockRestore();
		}
		await restart(webhook);
		expect(await sendPush(webhook, { id: 2 })).toEqual(STARTED);
	});

	it('After a restart the response of the last node is known if another delivery came', async () => {
		const webhook = await lastNode();
		expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
		expect(await sendPush(webhook, { id: 2 })).toEqual([200, { number: 'N-2' }]);
		await restart(webhook);
		expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-1' }]);
		// n8n saves before the last response is known, so the last delivery is carried out again.
		expect(await sendPush(webhook, { id: 2 })).toEqual([200, { number: 'N-3' }]);
	});

	it.each(['onReceived', 'lastNode'])(
		'%s: after a restart the repeat of a failed delivery runs',
		async (responseMode) => {
			const webhook = await serve({ responseMode }, { workflow: withOffice() });
			const push = responseMode === 'lastNode' ? { id: 1, fails: true } : { id: 1 };
			for (const body of [push, { id: 2 }]) await sendPush(webhook, body);
			await restart(webhook);
			await sendPush(webhook, push);
			await webhook.waitUntilHandled();
			expect(office.tasks).toHaveLength(responseMode === 'lastNode' ? 3 : 2);
		},
	);

	it('Static data tells a process the deliveries of another process', async () => {
		const staticData = {};
		const more = { staticData, workflow: withOffice() };
		const [one, two] = [await serve({}, more), await serve({}, more)];
		const on = async (webhook: WebhookServer, memory: typeof DELIVERIES, body: object) => {
			DELIVERIES.clear();
			for (const [key, value] of memory) DELIVERIES.set(key, value);
			const response = await sendPush(webhook, body);
			await webhook.waitUntilHandled();
			for (const [key, value] of DELIVERIES) memory.set(key, value);
			return response;
		};
		const [ones, twos] = [new Map(), new Map()];
		const [a, b] = ['A', 'B'].map((name) => ({ id: 1, name }));
		expect(await on(one, ones, a)).toEqual(STARTED);
		expect(await on(two, twos, a)).toEqual(RECEIVED);
		expect(await on(two, twos, b)).toEqual(STARTED);
		// The latest delivery of either process counts.
		expect(await on(one, ones, a)).toEqual(STARTED);
		expect(await on(two, twos, a)).toEqual(RECEIVED);
	});

	it('Deliveries of two webhooks are remembered apart', async () => {
		const node = { type: `n8n-nodes-teamogy.${TYPE}`, typeVersion: 1, parameters: {} };
		const workflow = (id: string) => ({
			id,
			nodes: [{ ...node, id: 'push', name: 'Push', webhookId: 'push', position: [0, 0] }],
			connections: {},
		});
		const [one, two] = [
			await serve({}, { workflow: workflow('one') }),
			await serve({}, { workflow: workflow('two') }),
		];
		expect(await sendPush(one, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(two, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(one, { id: 1 })).toEqual(RECEIVED);
	});
});
