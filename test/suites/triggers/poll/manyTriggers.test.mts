/** Many polling triggers at once. */
import { condition, useOpportunities } from '../../../helpers/polling/opportunities.mts';
import { Trigger, type EventName } from '../../../helpers/polling/trigger.mts';
import { startLive } from '../../../sandbox/live.mts';

const { testBed, activateTrigger } = useOpportunities();

describe('Many triggers', () => {
	it('What happens in a lively agency is delivered by the triggers that watch it', async () => {
		const watched: Array<[string, EventName, object?]> = [
			['jobs', 'created'],
			['intervals.track', 'created'],
			['companies.client', 'createdOrUpdated'],
			['tasks', 'entersFilter', condition('status', 'DONE')],
			['invoices.sales', 'createdOrUpdated'],
			['documents', 'entersFilter', condition('status', 'APPROVED')],
		];
		const triggers: Trigger[] = [];
		for (const [view, event, parameters] of watched)
			triggers.push(await activateTrigger(event, { view, ...parameters }));
		const happened = await new Promise<string[]>((resolve) => {
			const what: string[] = [];
			const stop = startLive(testBed.sandbox, 1, (one) => {
				if (what.push(one) < 6) return;
				stop();
				resolve(what);
			});
		});
		expect(happened).toHaveLength(6);
		for (const one of triggers) {
			expect((await one.poll()).length).toBeGreaterThan(0);
			expect(await one.items()).toBeNull();
		}
	});
});
