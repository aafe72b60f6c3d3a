/** Records whose ID Teamogy rejects when rows are requested by their IDs. */
import { pollEvents, VIEW, useOpportunities } from '../../../helpers/polling/opportunities.mts';

const { testBed, insert, insertMany, patch, remove, activateTrigger, requestUrls, beforeRequest } =
	useOpportunities();

describe('An ID that Teamogy refuses when the row is asked for', () => {
	/** Refuses every request for the record by its ID, or for a range that ends at it. */
	const refuse = (id: number, status: number) => {
		const byId = new RegExp(`id(=${id}\\b|>${id}\\)|>${id - 1} AND)`);
		const when = ({ url }: { url: string }) => byId.test(decodeURIComponent(url));
		testBed.sandbox.fault({ kind: 'status', status, times: Infinity, when });
	};
	const asksForRows = ({ url }: { url: string }) => !url.includes('columns=id&');

	/** A process reports a record once, so every test has IDs of its own. */
	let lastId = 0;
	beforeEach(() => void insert({ id: (lastId += 1000), status: 'WON' }));

	it.each(
		(['created', 'entersFilter'] as const).flatMap((event) =>
			[400, 414, 431].map((status) => [event, status] as const),
		),
	)('%s, %d: the record is reported once, the others are delivered', async (event, status) => {
		const one = await activateTrigger(event);
		const [first, poison, last] = insertMany(3, { status: 'WON' });
		refuse(poison, status);
		expect((await one.poll()).map(({ id }) => id)).toEqual([first, last]);
		expect(one.reports.map(({ message }) => message)).toEqual([
			`A record was left out: Teamogy refuses "${poison}" in "id" of a record of the view "${VIEW}"`,
		]);
		testBed.sandbox.clearLog();
		expect(await one.poll()).toEqual([]);
		expect(testBed.sandbox.log.filter(asksForRows)).toEqual([]);
		const later = insert({ status: 'WON' });
		expect((await one.poll()).map(({ id }) => id)).toEqual([later]);
		expect(one.reports).toHaveLength(1);
	});

	it.each(['created', 'entersFilter'] as const)(
		'%s: the record may be the only new one',
		async (event) => {
			const one = await activateTrigger(event);
			refuse(insert({ status: 'WON' }), 400);
			expect(await one.poll()).toEqual([]);
			expect(one.reports).toHaveLength(1);
		},
	);

	it.each(['first', 'last'])('created: the record may be the %s one of a backlog', async (end) => {
		const one = await activateTrigger('created');
		const ids = insertMany(250);
		const poison = end === 'first' ? ids.shift()! : ids.pop()!;
		refuse(poison, 400);
		expect((await one.poll()).map(({ id }) => id)).toEqual(ids);
		expect(one.reports).toHaveLength(1);
		expect(await one.poll()).toEqual([]);
	});

	it('createdOrUpdated: a record that moves to another page is left out once and delivered by the next poll', async () => {
		const [gone, poison] = insertMany(5, { name: 'x' });
		const one = await activateTrigger('createdOrUpdated', { options: { pageSize: 2 } });
		patch(poison, { name: 'y' });
		beforeRequest(2, () => remove(gone));
		refuse(poison, 400);
		expect(await one.poll()).toEqual([]);
		expect(one.reports).toHaveLength(1);
		expect(await pollEvents(one)).toEqual([[poison, 'updated']]);
		expect(await one.poll()).toEqual([]);
	});

	it.each(['createdOrUpdated', 'updated'] as const)(
		'%s: a changed record is left out once, and its ID is not requested again',
		async (event) => {
			const [first, poison, last] = insertMany(3, { name: 'x' });
			const one = await activateTrigger(event, { options: { watchColumns: ['name'] } });
			for (const id of [first, poison, last]) patch(id, { name: 'y' });
			refuse(poison, 400);
			expect((await one.poll()).map(({ id }) => id)).toEqual([first, last]);
			expect(one.reports).toHaveLength(1);
			testBed.sandbox.clearLog();
			expect(await one.poll()).toEqual([]);
			expect(requestUrls().filter((url) => url.includes(`id=${poison}`))).toEqual([]);
			patch(last, { name: 'z' });
			expect((await one.poll()).map(({ id }) => id)).toEqual([last]);
			expect(one.reports).toHaveLength(1);
		},
	);

	it.each(['created', 'entersFilter'] as const)(
		'%s: no record is left out where Teamogy refuses the request whatever the ID',
		async (event) => {
			const one = await activateTrigger(event);
			for (const count of [1, 3]) {
				const ids = insertMany(count, { status: 'WON' });
				const stored = JSON.stringify(one.stored);
				testBed.sandbox.fault({ kind: 'status', status: 400, times: Infinity, when: asksForRows });
				expect((await one.failure()).message).toMatch(/^Teamogy did not accept the request/);
				expect([one.reports, JSON.stringify(one.stored)]).toEqual([[], stored]);
				testBed.sandbox.clearFaults();
				expect((await one.poll()).map(({ id }) => id)).toEqual(ids);
			}
		},
	);
});
