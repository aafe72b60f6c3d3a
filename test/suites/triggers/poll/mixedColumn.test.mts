/** A column with values of several types: no filter changes its meaning because of one record. */
import {
	condition,
	pollEvents,
	useOpportunities,
} from '../../../helpers/polling/opportunities.mts';

const { testBed, insert, remove, activateTrigger } = useOpportunities();

const MIXED = /"5", could be compared in several ways, since the column "probability" has values/;

describe('A record with text in a column of numbers', () => {
	it.each(['created', 'createdOrUpdated', 'entersFilter'] as const)(
		'%s says so, and delivers everything once when the record is gone',
		async (event) => {
			insert({ probability: 5 });
			const one = await activateTrigger(event, condition('probability', '5'));
			const odd = insert({ probability: 'n/a' });
			const id = insert({ probability: 5 });
			await expect(one.poll()).rejects.toThrow(MIXED);
			remove(odd);
			expect((await pollEvents(one)).map(([found]) => found)).toEqual([id]);
		},
	);

	it('The type of a condition that is chosen is used', async () => {
		insert({ probability: 'n/a' });
		const one = await activateTrigger('created', condition('probability', '5', { type: 'number' }));
		const id = insert({ probability: 5 });
		expect((await pollEvents(one)).map(([found]) => found)).toEqual([id]);
	});

	it.each(['equal', 'anyOf', 'greaterThanOrEqual'])('Get Many says so: %s', async (operator) => {
		insert({ probability: 5 });
		insert({ probability: 'n/a' });
		const { error, json } = await testBed.run({
			resource: 'opportunity',
			operation: 'getAll',
			...condition('probability', '5', { operator }),
		});
		expect(error?.message).toMatch(MIXED);
		expect(error?.description).toContain('Choose the value type');
		expect(json).toEqual([]);
	});

	it('A text that is no number is compared as text', async () => {
		insert({ probability: 5 });
		const id = insert({ probability: 'n/a' });
		const { json } = await testBed.run({
			resource: 'opportunity',
			operation: 'getAll',
			...condition('probability', 'n/a'),
		});
		expect(json.map((row) => row.id)).toEqual([id]);
	});
});

it('A record with a list in a column of numbers does not change the type of the column', async () => {
	insert({ probability: 5 });
	const one = await activateTrigger('entersFilter', condition('probability', '5'));
	insert({ probability: [5] });
	const id = insert({ probability: 5 });
	expect((await pollEvents(one)).map(([found]) => found)).toEqual([id]);
});
