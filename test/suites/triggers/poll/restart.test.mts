/** The state after a restart of n8n, and with durable cursors. */
import { itSince } from '../../../engine/since.mts';
import { pollEvents, WON, useOpportunities } from '../../../helpers/polling/opportunities.mts';
import { EVENTS, Trigger, type EventName } from '../../../helpers/polling/trigger.mts';

const { testBed, insert, patch, createTrigger, activateTrigger } = useOpportunities();

describe('A restart of n8n, which forgets polls that found nothing', () => {
	const restart = async (one: Trigger) =>
		(await one.activate()).flat(2).map(({ json }) => [json.id, json.teamogyEvent]);

	it('Enters filter: a record that left the filter since the last delivery and is back in it is not delivered', async () => {
		const one = await activateTrigger('entersFilter');
		const id = insert({ status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'entered']]);
		patch(id, { status: 'LEAD' });
		expect(await one.items()).toBeNull();
		patch(id, { status: 'WON' });
		expect(await restart(one)).toEqual([]);
	});

	it('Created or updated: a record that left the filter since the last delivery and is back as it was is not delivered', async () => {
		const one = await activateTrigger('createdOrUpdated', WON);
		const id = insert({ status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		patch(id, { status: 'LEAD' });
		expect(await one.items()).toBeNull();
		patch(id, { status: 'WON' });
		expect(await restart(one)).toEqual([]);
	});

	it('Created: a record that first did not meet the filter is delivered as created once it does', async () => {
		const one = await activateTrigger('created', WON);
		const id = insert({ status: 'LEAD' });
		expect(await one.items()).toBeNull();
		patch(id, { status: 'WON' });
		expect(await restart(one)).toEqual([[id, 'created']]);
	});

	it('Updated: a record that was new since the last delivery and has changed is not delivered', async () => {
		const one = await activateTrigger('updated');
		const id = insert({ name: 'x' });
		expect(await one.items()).toBeNull();
		patch(id, { name: 'y' });
		expect(await restart(one)).toEqual([]);
	});
});

describe('Durable cursors of n8n', () => {
	const activateDurable = async (event: EventName, parameters: object = {}) => {
		const one = createTrigger(event, parameters);
		one.cursor = {};
		expect(await one.activate()).toEqual([]);
		return one;
	};

	itSince('2.41').each(EVENTS)(
		'%s: watching begins with the first poll after the activation, whose own poll n8n does not save',
		async (event) => {
			const one = await activateDurable(event);
			expect(one.cursor).toEqual({ value: {} });
			insert({ status: 'WON' });
			expect(await one.items()).toBeNull();
			const id = insert({ status: 'WON' });
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
		},
	);

	itSince('2.41')(
		'A restart or another name of the trigger forgets no poll that found nothing',
		async () => {
			const one = await activateDurable('entersFilter');
			expect(await one.items()).toBeNull();
			const id = insert({ status: 'WON' });
			expect(await pollEvents(one)).toEqual([[id, 'entered']]);
			patch(id, { status: 'LEAD' });
			expect(await one.items()).toBeNull();
			patch(id, { status: 'WON' });
			one.restart();
			one.name = 'New Name';
			expect(await pollEvents(one)).toEqual([[id, 'entered']]);
		},
	);

	itSince('2.41')('A poll that fails leaves the cursor as it was', async () => {
		const one = await activateDurable('createdOrUpdated');
		expect(await one.items()).toBeNull();
		const cursor = structuredClone(one.cursor);
		const id = insert();
		testBed.sandbox.fault({ kind: 'status', status: 403 });
		await one.failure();
		expect(one.cursor).toEqual(cursor);
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
	});
});
