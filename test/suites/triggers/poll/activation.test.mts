/** The activation of the polling trigger. */
import { itSince } from '../../../engine/since.mts';
import { useOpportunities } from '../../../helpers/polling/opportunities.mts';
import { ALL_EVENTS, EVENTS } from '../../../helpers/polling/trigger.mts';
import { VIEW_NAMES } from '../../../sandbox/index.mts';
import { UNICODE } from '../../../helpers/hostileTexts.mts';

const { testBed, insert, insertMany, createTrigger, activateTrigger } = useOpportunities();

describe('The activation', () => {
	it.each(ALL_EVENTS)('%s: the first poll stores a state and delivers nothing', async (event) => {
		insertMany(3, { status: 'WON' });
		const one = createTrigger(event);
		expect(await one.items()).toBeNull();
		expect(one.stored).toEqual({
			watchHash: expect.any(String),
			deliveryHash: expect.any(String),
			state: expect.anything(),
		});
		expect(await one.items()).toBeNull();
	});

	itSince('2.41').each(EVENTS)(
		"%s: n8n's own executor activates the trigger, and a failed activation stores no state",
		async (event) => {
			const one = createTrigger(event);
			testBed.sandbox.fault({ kind: 'status', status: 403 });
			await expect(one.activate()).rejects.toThrow(/^Teamogy refused access/);
			expect({ ...one.stored }).toEqual({});
			expect(await one.activate()).toEqual([]);
			expect(one.stored!.state).toBeDefined();
			// Records that came while the workflow was switched off start it at once.
			const id = insert({ status: 'WON' });
			expect(await one.activate()).toMatchObject([[[{ json: { id } }]]]);
			expect(await one.items()).toBeNull();
		},
	);

	const everyView = VIEW_NAMES.map((name) => [name]);
	it.each(everyView)('Every event watches the view %s by its name', async (viewName) => {
		for (const event of ALL_EVENTS)
			await activateTrigger(event, { view: 'custom', viewName, filters: {} });
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('The editor offers every view', () => {
		const { properties } = testBed.engine.description('teamogyTrigger');
		const views = properties
			.find(({ name }) => name === 'view')!
			.options!.map((option) => (option as { value: string }).value);
		expect(views.sort()).toEqual(
			['custom', ...VIEW_NAMES].filter((name) => name !== 'jobs.overbudget').sort(),
		);
	});

	it('A view that is chosen from the list is watched', async () => {
		const one = await activateTrigger('created', { view: 'jobs' });
		const job = testBed.sandbox.insert('jobs', { name: UNICODE });
		const [row] = testBed.sandbox.rows('jobs').filter(({ id }) => id === job.id);
		expect(await one.poll()).toEqual([{ ...row, teamogyEvent: 'created' }]);
		expect(row.name).toBe(UNICODE);
	});
});
