/** Repeats of deliveries whose workflow fails. */
import { RECEIVED, sendPush, STARTED, usePushTrigger } from '../../../helpers/push/pushTrigger.mts';

const { office, withOffice, serve } = usePushTrigger();

describe('A workflow that fails', () => {
	const failing = {
		name: 'Failing',
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		parameters: { jsCode: 'throw new Error("Out of paper")' },
	};
	const FAILED = [500, { message: 'Error in workflow' }];

	it.each([
		['onReceived: after the response, which counts', 'onReceived', [STARTED, RECEIVED]],
		['lastNode: before the response', 'lastNode', [FAILED, FAILED]],
	])('%s', async (_when, responseMode, responses) => {
		const webhook = await serve({ responseMode }, { workflow: withOffice(failing) });
		for (const response of responses) {
			expect(await sendPush(webhook, { id: 1 })).toEqual(response);
			await webhook.waitUntilHandled();
		}
		const isRepeated = responses[0] === FAILED;
		expect(office.tasks).toHaveLength(isRepeated ? 2 : 1);
	});
});
