/** The requests of a poll, and the time that it has. */
import { itSince } from '../../../engine/since.mts';
import { pollEvents, WON, useOpportunities } from '../../../helpers/polling/opportunities.mts';
import type { EventName } from '../../../helpers/polling/trigger.mts';

const { testBed, insert, insertMany, activateTrigger, requestUrls } = useOpportunities();

describe('Requests', () => {
	it('A poll that finds nothing asks for IDs, or for the chosen columns where contents are compared', async () => {
		insertMany(25, { status: 'WON' });
		const idle = async (event: EventName, options: object = {}) => {
			const one = await activateTrigger(event, { ...WON, options });
			expect(await one.items()).toBeNull();
			return requestUrls();
		};
		expect(await idle('created')).toEqual([
			'opportunities?columns=id&externalFilter=id>0&limit=10000&offset=0',
		]);
		const filter = "externalFilter=status='WON'";
		expect(await idle('entersFilter')).toEqual([
			`opportunities?columns=id&${filter}&limit=10000&offset=0`,
		]);
		expect(await idle('createdOrUpdated', { columns: 'name', pageSize: 10 })).toEqual(
			[0, 10, 20].map(
				(offset) => `opportunities?columns=id,name&${filter}&limit=10&offset=${offset}`,
			),
		);
	});

	it('A poll that finds new IDs asks for their rows in one request', async () => {
		const one = await activateTrigger('created', WON);
		insertMany(2, { status: 'WON' });
		await one.poll();
		expect(requestUrls()).toEqual([
			'opportunities?columns=id&externalFilter=id>0&limit=10000&offset=0',
			"opportunities?externalFilter=(((id=1 OR id=2)) AND (status='WON'))&limit=1000&offset=0",
		]);
	});

	it('Every request goes to the chosen business unit', async () => {
		const one = await activateTrigger('created', { options: { unitId: 2 } });
		insert({ agencyId: 1 });
		const id = insert({ agencyId: 2 });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		expect(testBed.sandbox.log.map(({ unit }) => unit)).toEqual([2, 2]);
	});
});

describe('The time of a poll', () => {
	itSince('2.41').each<EventName>(['createdOrUpdated', 'entersFilter'])(
		'%s: a poll fails with a message if its time is too short for the view',
		async (event) => {
			insertMany(5, { status: 'WON' });
			testBed.sandbox.set({ maxLimit: 2 });
			const one = await activateTrigger(event, { options: { pageSize: 2 } });
			const stored = JSON.stringify(one.stored);
			insert({ status: 'WON' });
			const { message, description } = await one.failure({ budgetMs: 0 });
			expect(message).toMatch(/could not be read within the time n8n gives one poll$/);
			expect(description).toMatch(/^Nothing is lost: the next poll tries again\. Raise/);
			expect(JSON.stringify(one.stored)).toBe(stored);
			expect(await one.poll()).toHaveLength(1);
		},
	);
});
