/** Manual tests of the polling trigger. */
import {
	pollEvents,
	VIEW,
	WON,
	useOpportunities,
} from '../../../helpers/polling/opportunities.mts';
import { EVENTS } from '../../../helpers/polling/trigger.mts';

const { testBed, insert, insertMany, createTrigger, activateTrigger } = useOpportunities();

describe('a manual test', () => {
	it.each(EVENTS)(
		'%s: a manual test shows records as they would be delivered, marked as a sample, and leaves the state as it is',
		async (event) => {
			insertMany(30, { status: 'WON' });
			const one = await activateTrigger(event);
			const id = insert({ status: 'WON' });
			const state = JSON.stringify(one.staticData);
			const rows = await one.poll({ mode: 'manual' });
			const all = testBed.sandbox.rows(VIEW);
			const label = {
				created: 'created',
				createdOrUpdated: 'updated',
				entersFilter: 'entered',
			};
			const shown = event === 'created' ? all.slice(-10) : all.slice(0, 10);
			expect(rows).toEqual(
				shown.map((row) => ({ ...row, teamogyEvent: label[event], teamogySample: true })),
			);
			expect(Object.keys(rows[0]).slice(0, 2)).toEqual(['teamogyEvent', 'teamogySample']);
			expect(JSON.stringify(one.staticData)).toBe(state);
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
		},
	);

	it('updated: a manual test shows the chosen columns and not the watched ones', async () => {
		const id = insert({ name: 'x', status: 'WON' });
		const options = { columns: ['name'], watchColumns: ['status'] };
		expect(await createTrigger('updated', { options }).poll({ mode: 'manual' })).toEqual([
			{ teamogyEvent: 'updated', teamogySample: true, id, name: 'x' },
		]);
	});

	it('created: a manual test shows older records if none of the newest meets the filter', async () => {
		const won = insert({ status: 'WON' });
		insertMany(30, { status: 'LEAD' });
		const rows = await createTrigger('created', WON).poll({ mode: 'manual' });
		expect(rows.map(({ id }) => id)).toEqual([won]);
	});

	it.each(EVENTS)(
		'%s: a manual test fails with a message if no record meets the filter',
		async (event) => {
			const { message, description, name } = await createTrigger(event, WON).failure({
				mode: 'manual',
			});
			expect([name, message]).toEqual([
				'NodeOperationError',
				'The view "opportunities" has no record that meets the filters, so there is none to show',
			]);
			expect(description).toMatch(/^Once the workflow is published, records are delivered/);
		},
	);

	it('a manual test of an empty view fails with a message', async () => {
		const { message } = await createTrigger('created').failure({ mode: 'manual' });
		expect(message).toBe('The view "opportunities" has no record yet, so there is none to show');
	});
});
