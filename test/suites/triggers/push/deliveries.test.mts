/** The deliveries that the push trigger remembers. */
import { isProxy } from 'node:util/types';
import { ObservableObject } from 'n8n-workflow';
import { engineGlobal } from '../../../engine/outsideJest.mts';
import { restart, sendPush, usePushTrigger } from '../../../helpers/push/pushTrigger.mts';
import { builtModule } from '../../../helpers/testBed.mts';
import type { SentResponse } from '../../../../nodes/triggers/push/response.js';
import type * as DeliveriesModule from '../../../../nodes/triggers/push/deliveries.js';

const { Deliveries } = builtModule<typeof DeliveriesModule>('nodes/triggers/push/deliveries.js');
const { lastNode } = usePushTrigger();

const hours = (count: number) => count * 60 * 60 * 1000;

describe('The memory of deliveries', () => {
	it('The deliveries of the last 2,000 records are remembered in little room', async () => {
		const before = new Deliveries();
		const sent = Promise.resolve({ status: 200, body: JSON.stringify('x'.repeat(4000)) });
		const push = async (
			deliveries: DeliveriesModule.Deliveries,
			record: string,
			content = 'c'.repeat(16),
		) => Boolean(await deliveries.checkDuplicate({ record, content }, sent));
		const records = Array.from({ length: 2001 }, (_, index) => String(index).padStart(11, 'r'));
		for (const record of records.slice(0, 2000)) await push(before, record);
		// The first record becomes the latest, so the second one is the oldest.
		await push(before, records[0], 'changed');
		await push(before, records[2000]);
		const stored = before.toStaticData();
		expect(Object.keys(stored)).toHaveLength(2000);
		expect(JSON.stringify(stored).length).toBeLessThan(2000 * 80);
		const after = new Deliveries();
		after.load(structuredClone(stored));
		for (const deliveries of [before, after]) {
			expect(await push(deliveries, records[0], 'changed')).toBe(true);
			expect(await push(deliveries, records[2])).toBe(true);
			expect(await push(deliveries, records[1])).toBe(false);
		}
	});

	it('Deliveries that were dropped for newer ones do not come back from static data', async () => {
		const deliveries = new Deliveries();
		const accepted = Promise.resolve({ status: 200 });
		const push = async (index: number) =>
			await deliveries.checkDuplicate({ record: String(index), content: 'c' }, accepted);
		for (let index = 0; index < 2000; index++) await push(index);
		const stored = structuredClone(deliveries.toStaticData());
		await push(2000);
		const { changes } = deliveries;
		deliveries.load(stored);
		expect(deliveries.changes).toBe(changes);
		expect(Object.keys(deliveries.toStaticData())).toContain('2000');
	});

	it('The delivery that counts as accepted is stored as the latest', async () => {
		const deliveries = new Deliveries();
		const record = (index: number) => `r${index}`;
		const accepted = Promise.resolve({ status: 200 });
		for (let index = 0; index < 1999; index++)
			await deliveries.checkDuplicate({ record: record(index), content: 'c' }, accepted);
		const latest = { record: record(1999), content: 'c' };
		await deliveries.checkDuplicate(latest, new Promise<SentResponse>(() => undefined));
		const after = new Deliveries();
		after.load(structuredClone(deliveries.toStaticData(latest)));
		await after.checkDuplicate({ record: record(2000), content: 'c' }, accepted);
		expect(Object.keys(after.toStaticData())).not.toContain(record(0));
		expect(Object.keys(after.toStaticData())).toContain(record(1999));
	});

	it('Nothing of the static data of a request stays in memory: each holds that of the request before', () => {
		const deliveries = new Deliveries();
		const entry = ['c', Date.now(), { status: 200, body: '{}' }];
		const staticData = ObservableObject.create({ deliveries: { r: entry } }) as {
			deliveries: Record<string, unknown>;
		};
		expect(isProxy(staticData.deliveries.r)).toBe(true);
		deliveries.load(staticData.deliveries);
		const [kept] = Object.values(deliveries.toStaticData());
		expect(kept).toEqual(entry);
		expect([kept, kept[2]].filter(isProxy)).toEqual([]);
	});

	describe('Static data', () => {
		const stored = async (body: string) => {
			const deliveries = new Deliveries();
			const delivery = { record: 'r', content: 'c' };
			await deliveries.checkDuplicate(delivery, Promise.resolve({ status: 200, body }));
			await undefined;
			return deliveries.toStaticData().r;
		};

		it.each([
			['letters', 'x', 200, 300],
			['quotes', '"', 40, 80],
			['other letters', 'ž', 100, 200],
			['control characters', '\u0001', 30, 50],
		])(
			'A response of %s is stored with its body only if it takes little room',
			async (_c, unit, few, many) => {
				const body = (count: number) => JSON.stringify(unit.repeat(count));
				expect((await stored(body(few)))[2]).toMatchObject({ body: body(few) });
				expect(await stored(body(many))).toHaveLength(2);
			},
		);

		type Entry = [content: string, at: number, response: object];

		it.each<[string, (entry: Entry) => unknown]>([
			['of another form', ([content, at]) => ({ content, at })],
			['with a status that is not 2xx', ([content, at]) => [content, at, { status: 404 }]],
			['with a status that is text', ([content, at]) => [content, at, { status: 'OK' }]],
			['with a response that is text', ([content, at]) => [content, at, 'OK']],
			['with a body that is no text', ([content, at]) => [content, at, { status: 200, body: 7 }]],
			['with a number as its content', ([, at, response]) => [7, at, response]],
			['with text as its time', ([content, at, response]) => [content, String(at), response]],
			['of the future', ([content, at, response]) => [content, at + 3_600_000, response]],
		])('A delivery %s is ignored, and the push runs', async (_form, change) => {
			const staticData: Record<string, { deliveries: Record<string, Entry> }> = {};
			const webhook = await lastNode({ staticData });
			for (const id of [1, 2]) await sendPush(webhook, { id });
			const { deliveries } = staticData['node:Push'];
			const [[record, entry]] = Object.entries(deliveries);
			await restart(webhook);
			deliveries[record] = change(entry) as Entry;
			expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-3' }]);
		});
	});

	it('A delivery runs after another that failed, even if static data holds an equal one before', async () => {
		const deliveries = new Deliveries();
		const check = async (content: string, status: number) =>
			await deliveries.checkDuplicate({ record: 'r', content }, Promise.resolve({ status }));
		expect(await check('A', 200)).toBeUndefined();
		await undefined;
		const stored = deliveries.toStaticData();
		expect(Object.keys(stored)).toEqual(['r']);
		expect(await check('B', 500)).toBeUndefined();
		deliveries.load(stored);
		expect(await check('A', 200)).toBeUndefined();
	});

	it('A delivery that counts as accepted does not store a later one of its record, which has not run yet', async () => {
		const deliveries = new Deliveries();
		const never = new Promise<SentResponse>(() => undefined);
		const [first, second] = ['A', 'B'].map((content) => ({ record: 'r', content }));
		expect(await deliveries.checkDuplicate(first, never)).toBeUndefined();
		expect(deliveries.toStaticData(first)).toMatchObject({ r: ['A', expect.any(Number)] });
		expect(await deliveries.checkDuplicate(second, never)).toBeUndefined();
		expect(deliveries.toStaticData(first)).toEqual({});
		expect(deliveries.toStaticData(second)).toMatchObject({ r: ['B', expect.any(Number)] });
	});

	it('A repeat waits up to 25 hours for a delivery under way, even if 2,500 other records come meanwhile', async () => {
		const now = jest.spyOn(engineGlobal.Date, 'now');
		try {
			const deliveries = new Deliveries();
			let respond: (response: SentResponse) => void;
			const first = { record: 'first', content: 'c' };
			const slow = new Promise<SentResponse>((resolve) => (respond = resolve));
			expect(await deliveries.checkDuplicate(first, slow)).toBeUndefined();
			for (let index = 0; index < 2500; index++) {
				const other = { record: String(index), content: 'c' };
				await deliveries.checkDuplicate(other, Promise.resolve({ status: 200 }));
			}
			now.mockReturnValue(Date.now() + hours(24.5));
			const repeat = deliveries.checkDuplicate(first, Promise.resolve({ status: 500 }));
			respond!({ status: 201 });
			expect(await repeat).toEqual({ status: 201 });
		} finally {
			now.mockRestore();
		}
	});

	it('Unanswered deliveries leave the memory after 25 hours', async () => {
		const now = jest.spyOn(engineGlobal.Date, 'now');
		try {
			const deliveries = new Deliveries();
			const never = new Promise<SentResponse>(() => {});
			const push = async (record: string) =>
				void (await deliveries.checkDuplicate({ record, content: 'c' }, never));
			for (let index = 0; index < 2500; index++) await push(`old ${index}`);
			now.mockReturnValue(Date.now() + hours(25.5));
			await push('new');
			expect((deliveries as unknown as { latest: Map<string, object> }).latest.size).toBe(2000);
		} finally {
			now.mockRestore();
		}
	});
});
