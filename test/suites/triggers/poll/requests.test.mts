/** The requests of a poll, and the time that it has. */
import { itSince } from '../../../engine/since.mts';
import { pollEvents, WON, useOpportunities } from '../../../helpers/polling/opportunities.mts';
import type { EventName, Trigger } from '../../../helpers/polling/trigger.mts';

const { testBed, insert, insertMany, patch, activateTrigger, requestUrls } = useOpportunities();

describe('Requests', () => {
	it('A poll that finds nothing asks for IDs, or for the chosen columns where contents are compared', async () => {
		insertMany(25, { status: 'WON' });
		const idle = async (event: EventName, options: object = {}) => {
			const one = await activateTrigger(event, { ...WON, options });
			expect(await one.items()).toBeNull();
			return requestUrls();
		};
		expect(await idle('created')).toEqual([
			'opportunities?columns=id&externalFilter=id>0&limit=10000&offset=0',
		]);
		const filter = "externalFilter=status='WON'";
		expect(await idle('entersFilter')).toEqual([
			`opportunities?columns=id&${filter}&limit=10000&offset=0`,
		]);
		expect(await idle('createdOrUpdated', { columns: 'name', pageSize: 10 })).toEqual(
			[0, 10, 20].map(
				(offset) => `opportunities?columns=id,name&${filter}&limit=10&offset=${offset}`,
			),
		);
	});

	it('A poll that finds new IDs asks for their rows in one request', async () => {
		const one = await activateTrigger('created', WON);
		insertMany(2, { status: 'WON' });
		await one.poll();
		expect(requestUrls()).toEqual([
			'opportunities?columns=id&externalFilter=id>0&limit=10000&offset=0',
			"opportunities?externalFilter=(((id=1 OR id=2)) AND (status='WON'))&limit=1000&offset=0",
		]);
	});

	it('A record that moves between two pages of rows is delivered by the same poll', async () => {
		const one = await activateTrigger('created', WON);
		const ids = insertMany(190, { status: 'WON' });
		let isMoved = false;
		testBed.sandbox.fault({
			kind: 'tooLarge',
			times: Infinity,
			when: ({ query }) => / OR /.test(query.externalFilter ?? '') && Number(query.limit) > 130,
		});
		testBed.sandbox.fault({
			kind: 'status',
			when: ({ query }) => {
				if (!isMoved && / OR /.test(query.externalFilter ?? '') && Number(query.offset) > 0) {
					isMoved = true;
					patch(ids[0], { status: 'LOST' });
				}
				return false;
			},
		});
		expect((await one.poll()).map(({ id }) => id)).toEqual(ids);
		expect(isMoved).toBe(true);
	});

	/** Polls once: the IDs of the delivered records, and the rows of each response. */
	const countRows = async (one: Trigger) => {
		const rows: number[] = [];
		testBed.sandbox.set({
			interpose: (_request, proceed) => {
				const response = proceed();
				rows.push((response.body as { data: unknown[] }).data.length);
				return response;
			},
		});
		const ids = (await one.poll()).map(({ id }) => id);
		testBed.sandbox.set({ interpose: undefined });
		return { ids, rows };
	};
	const watch = (event: EventName) =>
		event === 'entersFilter'
			? activateTrigger(event)
			: activateTrigger(event, { options: { watchColumns: 'status', pageSize: 6000 } });

	it.each(['entersFilter', 'createdOrUpdated', 'updated'] as const)(
		'%s: records whose IDs lie far apart are read without the records in between',
		async (event) => {
			const scattered = insertMany(6000, { status: 'WON' }).filter((_, nth) => nth % 20 === 0);
			for (const id of scattered) patch(id, { status: 'LEAD' });
			const one = await watch(event);
			for (const id of scattered) patch(id, { status: 'WON' });
			const { ids, rows } = await countRows(one);
			expect(ids).toEqual(scattered);
			// The first response has the watched rows, the second one the delivered rows.
			expect(rows).toEqual([6000, scattered.length]);
		},
	);

	it.each(['entersFilter', 'updated'] as const)(
		'%s: records whose IDs lie close together are read in one request for a thousand',
		async (event) => {
			const close = insertMany(2000, { status: 'LEAD' }).filter((_, nth) => nth % 2 === 0);
			const one = await watch(event);
			for (const id of close) patch(id, { status: 'WON' });
			const { ids, rows } = await countRows(one);
			expect(ids).toEqual(close);
			// One response has the watched rows, the other one the delivered rows.
			expect(rows).toHaveLength(2);
		},
	);

	it('Texts that serve as IDs are asked for by themselves, however many there are', async () => {
		const texts = insertMany(1000, { status: 'WON' }).filter((_, nth) => nth % 4 === 0);
		for (const id of texts) patch(id, { status: 'LEAD' });
		const one = await activateTrigger('entersFilter', { options: { idColumn: 'number' } });
		for (const id of texts) patch(id, { status: 'WON' });
		const { ids, rows } = await countRows(one);
		expect(ids).toEqual(texts);
		expect(rows.reduce((sum, count) => sum + count)).toBe(1000 + texts.length);
	});

	it('Every request goes to the chosen business unit', async () => {
		const one = await activateTrigger('created', { options: { unitId: 2 } });
		insert({ agencyId: 1 });
		const id = insert({ agencyId: 2 });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		expect(testBed.sandbox.log.map(({ unit }) => unit)).toEqual([2, 2]);
	});
});

describe('A request for an ID that Teamogy refuses', () => {
	it.each(['created', 'entersFilter', 'updated'] as const)(
		'%s: the poll fails with the message of Teamogy, and the next poll delivers all records',
		async (event) => {
			const old = insertMany(3, { status: 'LEAD' });
			const one = await activateTrigger(event, { options: { watchColumns: 'status' } });
			const changed = event === 'created' ? insertMany(3) : old;
			for (const id of changed) patch(id, { status: 'WON' });
			const stored = JSON.stringify(one.stored);
			const byId = new RegExp(`id=${changed[1]}\\b`);
			testBed.sandbox.fault({
				kind: 'status',
				status: 400,
				times: Infinity,
				when: ({ url }) => byId.test(decodeURIComponent(url)),
			});
			expect((await one.failure()).message).toMatch(/^Teamogy did not accept the request/);
			expect([one.reports, JSON.stringify(one.stored)]).toEqual([[], stored]);
			testBed.sandbox.clearFaults();
			expect((await one.poll()).map(({ id }) => id)).toEqual(changed);
		},
	);
});

describe('The time of a poll', () => {
	itSince('2.41').each<EventName>(['createdOrUpdated', 'entersFilter'])(
		'%s: a poll fails with a message if its time is too short for the view',
		async (event) => {
			insertMany(5, { status: 'WON' });
			testBed.sandbox.set({ maxLimit: 2 });
			const one = await activateTrigger(event, { options: { pageSize: 2 } });
			const stored = JSON.stringify(one.stored);
			insert({ status: 'WON' });
			const { message, description } = await one.failure({ budgetMs: 0 });
			expect(message).toMatch(/could not be read within the time n8n gives one poll$/);
			expect(description).toMatch(/^Nothing is lost: the next poll tries again\. Raise/);
			expect(JSON.stringify(one.stored)).toBe(stored);
			expect(await one.poll()).toHaveLength(1);
		},
	);
});
