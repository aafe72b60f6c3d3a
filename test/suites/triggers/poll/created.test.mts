/** The event Created. */
import { itSince } from '../../../engine/since.mts';
import {
	newestFirst,
	pollEvents,
	VIEW,
	WON,
	useOpportunities,
} from '../../../helpers/polling/opportunities.mts';
import { UNICODE } from '../../../helpers/hostileTexts.mts';

const { testBed, insert, insertMany, patch, remove, activateTrigger, requestUrls, beforeRequest } =
	useOpportunities();

describe('Created', () => {
	it('Each new record is delivered once, in the order of IDs', async () => {
		insertMany(2);
		const one = await activateTrigger('created');
		const [first, second] = insertMany(2, { name: UNICODE });
		expect(await pollEvents(one)).toEqual([
			[first, 'created'],
			[second, 'created'],
		]);
		expect(await one.items()).toBeNull();
	});

	it('A record is delivered as the view has it', async () => {
		const one = await activateTrigger('created');
		insert({ name: UNICODE, price: 0.1, properties: { extName: null, 'a.b': [1, { c: '🦄' }] } });
		const [row] = testBed.sandbox.rows(VIEW);
		expect(await one.poll()).toEqual([{ ...row, teamogyEvent: 'created' }]);
	});

	it('The ID is delivered beside the chosen columns', async () => {
		const one = await activateTrigger('created', { options: { columns: ['name'] } });
		const id = insert({ name: 'x' });
		expect(await one.poll()).toEqual([{ id, name: 'x', teamogyEvent: 'created' }]);
	});

	it('A record that is saved late with a lower ID is delivered', async () => {
		insert({ id: 10 });
		const one = await activateTrigger('created');
		insert({ id: 14 });
		expect(await pollEvents(one)).toEqual([[14, 'created']]);
		insert({ id: 15 });
		insert({ id: 12 });
		insert({ id: 3 });
		expect(await pollEvents(one)).toEqual([
			[3, 'created'],
			[12, 'created'],
			[15, 'created'],
		]);
		expect(await one.items()).toBeNull();
	});

	it('The state holds at most 900 IDs', async () => {
		for (let id = 10; id <= 20_000; id += 10) insert({ id });
		const one = await activateTrigger('created');
		const size = () => JSON.stringify(one.stored).length;
		const { seen, floor } = one.stored!.state as { seen: number[]; floor: number };
		expect([seen.length, floor]).toEqual([900, 11_000]);
		// The ID is below the floor of the state.
		insert({ id: 10_995 });
		insert({ id: 11_005 });
		expect(await pollEvents(one)).toEqual([[11_005, 'created']]);
		insertMany(2000);
		expect(await one.poll()).toHaveLength(2000);
		expect((one.stored!.state as { seen: number[] }).seen).toHaveLength(900);
		expect(size()).toBeLessThan(900 * 8);
		expect(await one.items()).toBeNull();
	});

	it('A new record that meets the filter is delivered, an old record that starts to meet it is not', async () => {
		const old = insert({ status: 'LEAD' });
		const one = await activateTrigger('created', WON);
		const [won] = [insert({ status: 'WON' }), insert({ status: 'LEAD' })];
		patch(old, { status: 'WON' });
		expect(await pollEvents(one)).toEqual([[won, 'created']]);
	});

	it('A record that is deleted and restored is not delivered again', async () => {
		const one = await activateTrigger('created');
		const id = insert({ name: 'x' });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		remove(id);
		expect(await one.items()).toBeNull();
		insert({ id, name: 'x' });
		expect(await one.items()).toBeNull();
	});

	it('A record that the first response shows and the second does not is delivered by the next poll', async () => {
		const one = await activateTrigger('created');
		const [id, other] = insertMany(2);
		beforeRequest(2, () => remove(id));
		expect(await pollEvents(one)).toEqual([[other, 'created']]);
		expect(await one.items()).toBeNull();
		insert({ id });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		expect(await one.items()).toBeNull();
	});

	it('Of very many new records one that has no row yet is delivered by the next poll', async () => {
		const one = await activateTrigger('created');
		const ids = insertMany(1100);
		beforeRequest(2, () => remove(ids[20]));
		expect(await pollEvents(one)).toHaveLength(1099);
		insert({ id: ids[20] });
		expect(await pollEvents(one)).toEqual([[ids[20], 'created']]);
		expect(await one.items()).toBeNull();
	});

	itSince('2.41')(
		'A backlog takes several polls if one poll has no time for it, the lowest IDs first',
		async () => {
			testBed.sandbox.set({ order: newestFirst });
			const one = await activateTrigger('created');
			const ids = insertMany(2500);
			const polls = [await pollEvents(one, { budgetMs: 0 })];
			// A record that comes meanwhile is delivered last.
			const late = insert();
			while (polls.at(-1)!.length) polls.push(await pollEvents(one, { budgetMs: 0 }));
			expect(polls.map((rows) => rows.length)).toEqual([1000, 1000, 501, 0]);
			expect(polls.flat().map(([id]) => id)).toEqual([...ids, late]);
		},
	);

	it.each([
		['there is time', undefined],
		['n8n sets no time, before 2.41', null],
	])('One poll delivers a whole backlog where %s', async (_when, budgetMs) => {
		const one = await activateTrigger('created');
		const ids = insertMany(2500);
		expect((await pollEvents(one, { budgetMs })).map(([id]) => id)).toEqual(ids);
		// One request for the IDs, three for pages of rows.
		expect(requestUrls().filter((url) => !url.includes('offset=1000'))).toHaveLength(4);
	});

	it('Rows that move to another page are neither lost nor delivered twice', async () => {
		testBed.sandbox.set({ maxLimit: 2 });
		const [gone] = insertMany(7);
		// The list of IDs begins with the sixth request: its third row is on no page.
		beforeRequest(7, () => remove(gone));
		const one = await activateTrigger('created');
		testBed.sandbox.clearFaults();
		expect(await one.items()).toBeNull();
		const fresh = insertMany(4);
		// Ten IDs in five pages, read twice; then the rows in two pages.
		beforeRequest(12, () => remove(fresh[0]));
		expect((await pollEvents(one)).map(([id]) => id)).toEqual(fresh);
		testBed.sandbox.clearFaults();
		expect(await one.items()).toBeNull();
	});
});
