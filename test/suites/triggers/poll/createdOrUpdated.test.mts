/** The event Created or Updated. */
import {
	pollEvents,
	VIEW,
	WON,
	useOpportunities,
} from '../../../helpers/polling/opportunities.mts';
import { UNICODE } from '../../../helpers/hostileTexts.mts';

const {
	testBed,
	insert,
	insertMany,
	patch,
	remove,
	createTrigger,
	activateTrigger,
	requestUrls,
	beforeRequest,
} = useOpportunities();

describe('Created or Updated', () => {
	it('Each record is delivered as created or as updated', async () => {
		const [same, other] = insertMany(2, { name: 'x' });
		const one = await activateTrigger('createdOrUpdated');
		const fresh = insert({ name: 'y' });
		patch(other, { name: UNICODE });
		patch(same, { name: 'x' });
		expect(await pollEvents(one)).toEqual([
			[other, 'updated'],
			[fresh, 'created'],
		]);
		expect(await one.items()).toBeNull();
		patch(other, { name: 'x' });
		expect(await one.poll()).toEqual([
			{ ...testBed.sandbox.rows(VIEW)[1], teamogyEvent: 'updated' },
		]);
	});

	it('The content is compared, whatever the order of its keys', async () => {
		const properties = { a: 1, b: { c: [0.1, 1e21], d: null }, 10: 'x' };
		const id = insert({ price: 0.3, properties });
		const one = await activateTrigger('createdOrUpdated');
		const { number } = testBed.sandbox.records(VIEW)[0];
		remove(id);
		const reversed = { 10: 'x', b: { d: null, c: [0.1, 1e21] }, a: 1 };
		insert({ id, number, price: 0.3, properties: reversed });
		expect(await one.items()).toBeNull();
		patch(id, { price: 0.1 + 0.2 });
		expect(await pollEvents(one)).toEqual([[id, 'updated']]);
		patch(id, { properties: { b: { c: [1e21, 0.1, 0.1], d: null } } });
		expect(await pollEvents(one)).toEqual([[id, 'updated']]);
		patch(id, { price: '0.30000000000000004' });
		expect(await pollEvents(one)).toEqual([[id, 'updated']]);
	});

	it('A list in another order is no change, and another list is one', async () => {
		const tags = ['b', ['d', 'c'], { x: [2, 1] }, '1', 1, null];
		const id = insert({ properties: { tags } });
		const one = await activateTrigger('createdOrUpdated');
		patch(id, { properties: { tags: [1, null, '1', { x: [1, 2] }, ['c', 'd'], 'b'] } });
		expect(await one.items()).toBeNull();
		const others = [
			['b', ['d', 'c'], { x: [2, 1] }, '1', '1', null],
			['b', 'd', 'c', { x: [2, 1] }, '1', 1],
			['b", "d'],
			['b', 'd'],
			[],
		];
		for (const other of others) {
			patch(id, { properties: { tags: other } });
			expect(await pollEvents(one)).toEqual([[id, 'updated']]);
		}
	});

	it('Only changes of the chosen columns count', async () => {
		const id = insert({ name: 'x', status: 'LEAD' });
		const one = await activateTrigger('createdOrUpdated', { options: { columns: 'status' } });
		patch(id, { name: 'y' });
		expect(await one.items()).toBeNull();
		patch(id, { status: 'WON' });
		expect(await one.poll()).toEqual([{ id, status: 'WON', teamogyEvent: 'updated' }]);
	});

	it('Only changes of the chosen properties count', async () => {
		const id = insert({ properties: { a: 1, b: 1 } });
		const one = await activateTrigger('createdOrUpdated', {
			options: { columns: 'name, properties.b' },
		});
		patch(id, { properties: { a: 2 } });
		expect(await one.items()).toBeNull();
		patch(id, { properties: { b: 2 } });
		expect(await one.poll()).toMatchObject([{ id, properties: { b: 2 } }]);
	});

	it('A record that starts to meet the filter is new, and one that stops to meet it is forgotten', async () => {
		const id = insert({ status: 'LEAD' });
		const one = await activateTrigger('createdOrUpdated', WON);
		patch(id, { status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		patch(id, { status: 'LEAD' });
		expect(await one.items()).toBeNull();
		// The secret of the hashes stays.
		expect(one.stored!.state).toHaveLength(19);
	});

	it('A deleted record is forgotten, and new when it is restored', async () => {
		const [id, other] = insertMany(2, { name: 'x' });
		const one = await activateTrigger('createdOrUpdated');
		remove(id);
		expect(await one.items()).toBeNull();
		expect(one.stored!.state).toHaveLength(38);
		insert({ id, name: 'x' });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		expect(other).toBeGreaterThan(id);
	});

	it('A row that comes twice on a page is one, and rows that differ may not have one ID', async () => {
		const [first, second] = insertMany(2, { name: 'x' });
		const one = await activateTrigger('createdOrUpdated');
		patch(second, { name: 'y' });
		const [row, changed] = testBed.sandbox.rows(VIEW);
		const respond = (...data: object[]) =>
			testBed.sandbox.fault({
				kind: 'status',
				status: 200,
				body: { metadata: { nextOffset: null }, data },
			});
		respond(row, changed, row, changed);
		expect(await pollEvents(one)).toEqual([[second, 'updated']]);
		respond(row, changed, { ...row, name: 'z' });
		expect((await one.failure()).message).toMatch(
			/^Several records of the view "opportunities" have/,
		);
		expect(await one.items()).toBeNull();
		expect(first).toBe(row.id);
	});

	it('A row may come twice where all IDs are read once more', async () => {
		const ids = insertMany(3);
		testBed.sandbox.fault({
			kind: 'status',
			status: 200,
			body: { metadata: { nextOffset: null }, data: [...ids, ...ids].map((id) => ({ id })) },
			times: Infinity,
			when: ({ url }) => url.includes('columns=id&'),
		});
		const one = createTrigger('createdOrUpdated', { options: { pageSize: 2 } });
		expect(await one.items()).toBeNull();
		expect(requestUrls()).toContainEqual(expect.stringContaining('columns=id&'));
	});

	it('Texts serve as IDs', async () => {
		const [id] = insertMany(3);
		const one = await activateTrigger('createdOrUpdated', { options: { idColumn: 'number' } });
		patch(id, { name: 'x' });
		expect(await pollEvents(one)).toEqual([[id, 'updated']]);
	});

	it.each([['id'], ['number']])(
		'Rows that move to another page are neither lost nor delivered twice (ID column %s)',
		async (idColumn) => {
			const [gone, ...ids] = insertMany(7, { name: 'x' });
			const options = { pageSize: 2, idColumn };
			// At the start the third row is on no page.
			beforeRequest(3, () => remove(gone));
			const one = await activateTrigger('createdOrUpdated', { options });
			testBed.sandbox.clearFaults();
			expect(await one.items()).toBeNull();
			// Later a row that is on no page has changed: the same poll delivers it.
			patch(ids[2], { name: 'y' });
			beforeRequest(2, () => remove(ids[0]));
			expect(await pollEvents(one)).toEqual([[ids[2], 'updated']]);
			testBed.sandbox.clearFaults();
			expect(await one.items()).toBeNull();
			// A row on two pages is delivered once.
			const last = insert({ name: 'x' });
			beforeRequest(2, () => insert({ id: gone, name: 'x' }));
			const rows = [...(await pollEvents(one))];
			testBed.sandbox.clearFaults();
			rows.push(...(await pollEvents(one)));
			expect(rows.sort()).toEqual([
				[gone, 'created'],
				[last, 'created'],
			]);
		},
	);
});
