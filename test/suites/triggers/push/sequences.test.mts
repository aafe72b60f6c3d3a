/** Random sequences of pushes and restarts. */
import fc from 'fast-check';
import type { Task } from '../../../helpers/push/office.mts';
import {
	DELIVERIES,
	post,
	restart,
	sendPush,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { office, withOffice, serve, lastNode } = usePushTrigger();

describe('Any sequence of pushes and restarts', () => {
	const push = fc.record({ id: fc.nat(2), name: fc.nat(2), fails: fc.boolean() });
	const pause = { weight: 1, arbitrary: fc.constant('restart' as const) };

	it.each(['onReceived', 'lastNode'])('%s: each change runs and no repeat does', async (mode) => {
		const events = fc.oneof({ weight: 9, arbitrary: push }, pause);
		await fc.assert(
			fc.asyncProperty(fc.array(events, { minLength: 5, maxLength: 25 }), async (sequence) => {
				DELIVERIES.clear();
				office.reset();
				const webhook = await serve(
					{ responseMode: mode },
					{ workflow: withOffice(), staticData: {} },
				);
				let accepted = new Map<number, string>();
				let stored = new Map<number, string>();
				const expected: Task[] = [];
				for (const one of sequence) {
					if (one === 'restart') {
						await restart(webhook);
						accepted = new Map(stored);
						continue;
					}
					// A push that fails fails each time.
					const body = { ...one, name: `${one.name} ${one.fails}` };
					const isRepeat = accepted.get(one.id) === body.name;
					if (!isRepeat) {
						expected.push(body);
						accepted.delete(one.id);
					}
					// n8n saves the earlier responses with every push.
					if (mode === 'lastNode') stored = new Map(accepted);
					if (mode === 'onReceived' || !one.fails) accepted.set(one.id, body.name);
					if (mode === 'onReceived') stored = new Map(accepted);
					const { status } = await webhook.send(post(body));
					expect(status).toBe(mode === 'lastNode' && one.fails ? 500 : 200);
				}
				await webhook.waitUntilHandled();
				await webhook.close();
				expect(office.tasks).toEqual(expected);
			}),
			{ numRuns: 20 },
		);
	});

	it('Of equal pushes at the same time one succeeds, and two never run at once', async () => {
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 1, max: 5 }), fc.nat(5), async (count, failing) => {
				DELIVERIES.clear();
				office.reset();
				const webhook = await lastNode({ staticData: {} });
				office.hold();
				const attempts = Array.from(
					{ length: count },
					async () => await sendPush(webhook, { id: 1 }),
				);
				const runs = Math.min(count, failing + 1);
				for (let run = 1; run <= runs; run++) {
					await office.waitForTasks(run);
					office.release(run <= failing);
				}
				const good = (await Promise.all(attempts)).filter(([status]) => status === 200);
				expect([office.tasks.length, office.maxAtOnce]).toEqual([runs, 1]);
				expect(good).toEqual(
					Array.from({ length: count - Math.min(count, failing) }, () => [
						200,
						{ number: `N-${runs}` },
					]),
				);
				await webhook.close();
			}),
			{ numRuns: 25 },
		);
	});
});
