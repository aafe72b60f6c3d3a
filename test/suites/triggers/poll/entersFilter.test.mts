/** The event Starts Matching Filters. */
import { engineGlobal } from '../../../engine/outsideJest.mts';
import { itSince } from '../../../engine/since.mts';
import {
	condition,
	newestFirst,
	pollEvents,
	useOpportunities,
} from '../../../helpers/polling/opportunities.mts';
import { UNICODE } from '../../../helpers/hostileTexts.mts';

const { testBed, insert, insertMany, patch, remove, activateTrigger, beforeRequest } =
	useOpportunities();

describe('Starts Matching Filters', () => {
	it('A record is delivered when it starts to match, and again when it stops and matches later', async () => {
		const [id, other] = insertMany(2, { status: 'LEAD' });
		const one = await activateTrigger('entersFilter');
		patch(id, { status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'entered']]);
		patch(id, { name: 'renamed' });
		expect(await one.items()).toBeNull();
		patch(id, { status: 'LEAD' });
		expect(await one.items()).toBeNull();
		patch(id, { status: 'WON' });
		patch(other, { status: 'WON' });
		expect(await pollEvents(one)).toEqual([
			[id, 'entered'],
			[other, 'entered'],
		]);
	});

	it('A record that is created matching is delivered, and so is one that is deleted and restored', async () => {
		const one = await activateTrigger('entersFilter');
		const id = insert({ status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'entered']]);
		remove(id);
		expect(await one.items()).toBeNull();
		expect(one.stored!.state).toBe('');
		insert({ id, status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'entered']]);
	});

	it('An invoice is delivered when it is approved', async () => {
		const one = await activateTrigger('entersFilter', {
			view: 'invoices.sales',
			...condition('status', 'APPROVED'),
		});
		const invoice = testBed.sandbox
			.records('documents')
			.find(({ type, status }) => type === 'INVOICE.SALES' && status === 'PROCESSING')!;
		testBed.sandbox.patch('documents', invoice.id, { status: 'APPROVED' });
		expect(await one.poll()).toMatchObject([
			{ id: invoice.id, status: 'APPROVED', teamogyEvent: 'entered' },
		]);
	});

	it('A view that is a selection by itself needs no filter', async () => {
		const job = testBed.sandbox.insert('jobs', { name: UNICODE, hoursBudget: 2 });
		const one = await activateTrigger('entersFilter', {
			view: 'custom',
			viewName: 'jobs.overbudget',
			filters: {},
		});
		testBed.sandbox.insert('time', { jobId: job.id, hours: 2 });
		expect(await one.items()).toBeNull();
		testBed.sandbox.insert('time', { jobId: job.id, hours: 1 });
		expect(await one.poll()).toMatchObject([{ id: job.id, name: UNICODE, hoursTracked: 3 }]);
	});

	it('A record is delivered when the value of an expression in the filter reaches it', async () => {
		const today = jest
			.spyOn(engineGlobal.Date, 'now')
			.mockReturnValue(Date.parse('2026-11-20T12:00:00Z'));
		const id = insert({ expectedOn: '2026-11-20' });
		const overdue = condition('expectedOn', '={{ $now.toISODate() }}', { operator: 'lessThan' });
		const one = await activateTrigger('entersFilter', overdue);
		expect(await one.items()).toBeNull();
		today.mockReturnValue(Date.parse('2026-11-21T12:00:00Z'));
		expect(await pollEvents(one)).toEqual([[id, 'entered']]);
	});

	itSince('2.41').each([['id'], ['number']])(
		'A backlog takes several polls if one poll has no time for it (ID column %s)',
		async (idColumn) => {
			testBed.sandbox.set({ order: newestFirst });
			const ids = insertMany(1500, { status: 'LEAD' });
			const one = await activateTrigger('entersFilter', { options: { idColumn } });
			for (const id of ids) patch(id, { status: 'WON' });
			const polls = [await pollEvents(one, { budgetMs: 0 })];
			while (polls.at(-1)!.length) polls.push(await pollEvents(one, { budgetMs: 0 }));
			expect(polls.map((rows) => rows.length)).toEqual([1000, 500, 0]);
			const order = (list: unknown[]) => (idColumn === 'id' ? list : list.toSorted());
			expect(order(polls.flat().map(([id]) => id))).toEqual(order(ids));
		},
	);

	it('Rows that move to another page are neither lost nor delivered twice', async () => {
		testBed.sandbox.set({ maxLimit: 2 });
		const [gone, ...ids] = insertMany(7, { status: 'WON' });
		beforeRequest(4, () => remove(gone));
		const one = await activateTrigger('entersFilter');
		testBed.sandbox.clearFaults();
		expect(await one.items()).toBeNull();
		beforeRequest(2, () => remove(ids[0]));
		expect(await one.items()).toBeNull();
		testBed.sandbox.clearFaults();
		expect(await one.items()).toBeNull();
	});
});
