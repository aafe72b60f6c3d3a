/** The event Updated. */
import { pollEvents, WON, useOpportunities } from '../../../helpers/polling/opportunities.mts';

const { insert, patch, remove, activateTrigger } = useOpportunities();

describe('Updated', () => {
	it('A changed record is delivered, a new one is not until it changes', async () => {
		const old = insert({ name: 'x' });
		const one = await activateTrigger('updated');
		const fresh = insert({ name: 'x' });
		expect(await one.items()).toBeNull();
		patch(old, { name: 'y' });
		patch(fresh, { name: 'y' });
		insert({ name: 'x' });
		expect(await pollEvents(one)).toEqual([
			[old, 'updated'],
			[fresh, 'updated'],
		]);
		expect(await one.items()).toBeNull();
	});

	it('Nobody can prepare two contents that look the same: the hashes differ from trigger to trigger', async () => {
		insert({ name: 'x' });
		const one = await activateTrigger('updated');
		const other = await activateTrigger('updated', {}, 'Other');
		expect(one.stored!.state).not.toBe(other.stored!.state);
	});

	it('A record that starts to meet the filter, or comes back, is no change', async () => {
		const id = insert({ status: 'LEAD' });
		const one = await activateTrigger('updated', WON);
		patch(id, { status: 'WON' });
		expect(await one.items()).toBeNull();
		remove(id);
		expect(await one.items()).toBeNull();
		insert({ id, status: 'WON', name: 'restored' });
		expect(await one.items()).toBeNull();
		patch(id, { name: 'changed' });
		expect(await pollEvents(one)).toEqual([[id, 'updated']]);
	});
});
