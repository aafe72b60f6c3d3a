/** The polling trigger with the highest number of rows that it watches, and with one more. */
import { Trigger, type EventName } from '../../../helpers/polling/trigger.mts';
import { countRequests } from '../../../helpers/loggedRequests.mts';
import { useTestBed } from '../../../helpers/testBed.mts';

const VIEW = 'intervals.track';
const MAX_ROWS = 100_000;
/** Bytes that static data takes for a row. */
const MAX_BYTES_PER_ROW = 24;

const testBed = useTestBed({ rows: { [VIEW]: MAX_ROWS }, hasLateRequests: true });

const trigger = (event: EventName) =>
	new Trigger(testBed, {
		view: VIEW,
		event,
		filters: { conditions: [{ column: 'type', value: 'TRACK' }] },
		options: { columns: ['hours', 'note'] },
	});
const track = (note = '🦄') => testBed.sandbox.insert('time', { type: 'TRACK', hours: 1, note }).id;
const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));

/** Requests of the first poll and of a poll that finds nothing: pages, and pages read ahead in vain. */
const REQUESTS: Record<'createdOrUpdated' | 'entersFilter', { first: number; idle: number }> = {
	createdOrUpdated: { first: 1 + 100 + 8 + 10 + 1, idle: 100 + 8 },
	entersFilter: { first: 1 + 10 + 10 + 4, idle: 10 + 2 },
};
const WATCHING_ALL = ['createdOrUpdated', 'entersFilter'] as const;

it.each(WATCHING_ALL)(
	'%s: the trigger watches 100,000 rows and fails with a message beyond',
	async (event) => {
		const one = trigger(event);
		const first = await countRequests(testBed.sandbox, async () =>
			expect(await one.items()).toBeNull(),
		);
		expect(first).toBeLessThanOrEqual(REQUESTS[event].first);
		expect(bytes(one.staticData)).toBeLessThanOrEqual(MAX_ROWS * MAX_BYTES_PER_ROW);
		const idle = await countRequests(testBed.sandbox, async () =>
			expect(await one.items()).toBeNull(),
		);
		expect(idle).toBeLessThanOrEqual(REQUESTS[event].idle);

		const stored = bytes(one.staticData);
		const id = track();
		const { message, description, name } = await one.failure();
		expect([name, message]).toEqual([
			'NodeOperationError',
			'More than 100,000 records of the view "intervals.track" would have to be watched',
		]);
		expect(description).toMatch(/^Narrow them down with filters.*or choose the event 'Created'/);
		expect(bytes(one.staticData)).toBe(stored);
		// The trigger goes on as soon as the rows are few enough again.
		testBed.sandbox.remove('time', testBed.sandbox.rows(VIEW)[0].id as number);
		expect((await one.poll()).map((row) => row.id)).toEqual([id]);

		track();
		expect((await trigger(event).failure()).message).toBe(message);
	},
	300_000,
);

it('Created: the trigger watches any number of rows with a state of bounded size', async () => {
	track();
	const one = trigger('created');
	const first = await countRequests(testBed.sandbox, async () =>
		expect(await one.items()).toBeNull(),
	);
	expect(first).toBeLessThan(15);
	const id = track();
	expect(
		await countRequests(testBed.sandbox, async () =>
			expect(await one.poll()).toMatchObject([{ id }]),
		),
	).toBe(2);
	expect(
		await countRequests(testBed.sandbox, async () => expect(await one.items()).toBeNull()),
	).toBe(1);
	expect(bytes(one.staticData)).toBeLessThan(900 * 8);
});

it('Created: each record of a backlog of several pages of IDs is delivered once', async () => {
	const one = trigger('created');
	expect(await one.items()).toBeNull();
	const ids = Array.from({ length: 10_500 }, () => track());
	const delivered: unknown[] = [];
	const requests = await countRequests(testBed.sandbox, async () => {
		for (const { id } of await one.poll()) delivered.push(id);
	});
	expect(delivered).toEqual(ids);
	// Two lists of IDs in two pages each, and a page for every thousand.
	expect(requests).toBeLessThanOrEqual(4 + 11 + 2);
	expect(await one.items()).toBeNull();
});
