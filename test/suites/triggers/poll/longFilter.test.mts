/** Filters that leave little of an address for the IDs of records. */
import { condition, useOpportunities } from '../../../helpers/polling/opportunities.mts';

const { insert, createTrigger } = useOpportunities();

const status = 'WON';
const anyOf = (count: number) =>
	condition('status', [...Array.from({ length: count }, (_, at) => `Zákazník ${at}`), status], {
		operator: 'anyOf',
	});

it('A text ID that fits no address beside the filter is left out, and the others are delivered', async () => {
	insert({ name: 'there', status });
	const one = createTrigger('entersFilter', { ...anyOf(110), options: { idColumn: 'name' } });
	await one.activate();
	insert({ name: 'good', status });
	insert({ name: 'ž'.repeat(190), status });
	expect((await one.poll()).map((row) => row.name)).toEqual(['good']);
	expect(one.reports).toHaveLength(1);
});

it.each(['created', 'entersFilter'] as const)(
	'%s: a filter that leaves no room for an ID is refused when the trigger starts',
	async (event) => {
		insert({ name: 'there', status });
		const counts = [60, 70, 80, 90, 100, 110, 120, 130];
		const refused: number[] = [];
		for (const count of counts) {
			const one = createTrigger(event, anyOf(count), `${event} ${count}`);
			const error = await one.activate().then(
				() => undefined,
				(reason: Error) => reason,
			);
			if (error) {
				expect(error.message).toMatch(/too long/);
				refused.push(count);
				continue;
			}
			const id = insert({ name: 'good', status });
			expect((await one.poll()).map((row) => row.id)).toEqual([id]);
		}
		expect(refused.length).toBeGreaterThan(0);
		expect(refused.length).toBeLessThan(counts.length);
	},
);

it('Records without an ID at the beginning of the view do not keep the trigger from starting', async () => {
	for (let at = 0; at < 20; at++) insert({ name: null, status });
	insert({ name: 'with an ID', status });
	const one = createTrigger('createdOrUpdated', { options: { idColumn: 'name' } });
	expect(await one.activate()).toEqual([]);
});
