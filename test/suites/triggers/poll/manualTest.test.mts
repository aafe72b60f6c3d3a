/** Manual tests of the polling trigger. */
import {
	pollEvents,
	VIEW,
	WON,
	useOpportunities,
} from '../../../helpers/polling/opportunities.mts';
import type { Row } from '../../../sandbox/index.mts';
import { EVENTS } from '../../../helpers/polling/trigger.mts';

const { testBed, insert, insertMany, createTrigger, activateTrigger } = useOpportunities();

describe('A manual test', () => {
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
			expect(rows).toEqual(
				all.slice(-10).map((row) => ({ ...row, teamogyEvent: label[event], teamogySample: true })),
			);
			expect(Object.keys(rows[0]).slice(0, 2)).toEqual(['teamogyEvent', 'teamogySample']);
			expect(JSON.stringify(one.staticData)).toBe(state);
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
		},
	);

	it('Updated: a manual test shows the chosen columns and not the watched ones', async () => {
		const id = insert({ name: 'x', status: 'WON' });
		const options = { columns: ['name'], watchColumns: ['status'] };
		expect(await createTrigger('updated', { options }).poll({ mode: 'manual' })).toEqual([
			{ teamogyEvent: 'updated', teamogySample: true, id, name: 'x' },
		]);
	});

	it.each(['createdOrUpdated', 'updated', 'entersFilter'] as const)(
		'%s: a manual test takes one request, and shows the newest of up to 1,000 records',
		async (event) => {
			insertMany(1200, { status: 'WON' });
			const ids = testBed.sandbox.rows(VIEW).map(({ id }) => id);
			const newestFirst = (one: Row, other: Row) => Number(other.id) - Number(one.id);
			for (const order of [undefined, newestFirst]) {
				testBed.sandbox.set({ order });
				testBed.sandbox.clearLog();
				const rows = await createTrigger(event, WON).poll({ mode: 'manual' });
				const first = order ? ids.slice(-1000) : ids.slice(0, 1000);
				expect(rows.map(({ id }) => id)).toEqual(first.slice(-10));
				expect(testBed.sandbox.log).toHaveLength(1);
			}
			testBed.sandbox.set({ order: undefined });
		},
	);

	it('Created: a manual test shows older records if none of the newest meets the filter', async () => {
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

	it('A manual test of an empty view fails with a message', async () => {
		const { message } = await createTrigger('created').failure({ mode: 'manual' });
		expect(message).toBe('The view "opportunities" has no record yet, so there is none to show');
	});
});
