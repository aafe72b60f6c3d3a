/** Repeats of deliveries whose workflow fails. */
import {
	RECEIVED,
	responder,
	sendPush,
	STARTED,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { office, withOffice, serve } = usePushTrigger();

describe('A workflow that fails', () => {
	const failing = {
		name: 'Failing',
		type: 'n8n-nodes-base.code',
		typeVersion: 2,
		parameters: { jsCode: 'throw new Error("Out of paper")' },
	};
	const FAILED = [500, { message: 'Error in workflow' }];
	const NUMBER = [200, { number: 'N-1' }];

	it.each([
		['onReceived: after the response, which counts', 'onReceived', [failing], [STARTED, RECEIVED]],
		['lastNode: before the response', 'lastNode', [failing], [FAILED, FAILED]],
		['responseNode: before its node', 'responseNode', [failing, responder(1)], [FAILED, FAILED]],
		[
			'responseNode: after its node, whose response counts',
			'responseNode',
			[responder(1), failing],
			[NUMBER, NUMBER],
		],
	])('%s', async (_when, responseMode, after, responses) => {
		const webhook = await serve({ responseMode }, { workflow: withOffice(...after) });
		for (const response of responses) {
			expect(await sendPush(webhook, { id: 1 })).toEqual(response);
			await webhook.waitUntilHandled();
		}
		const isRepeated = responses[0] === FAILED;
		expect(office.tasks).toHaveLength(isRepeated ? 2 : 1);
	});
});
