/** Repeated deliveries. */
import { engineGlobal } from '../../../engine/outsideJest.mts';
import type { Task } from '../../../helpers/push/office.mts';
import {
	post,
	RECEIVED,
	restart,
	sendPush,
	STARTED,
	usePushTrigger,
} from '../../../helpers/push/pushTrigger.mts';

const { testBed, office, withOffice, serve, lastNode } = usePushTrigger();

const hours = (count: number) => count * 60 * 60 * 1000;

describe('Repeats', () => {
	it.each(['onReceived', 'lastNode'])(
		'%s: a repeat runs nothing, and gets the response of the last node again',
		async (mode) => {
			const webhook = await serve({ responseMode: mode }, { workflow: withOffice() });
			const first = await sendPush(webhook, { id: 1, name: 'A' });
			for (const _attempt of [2, 3, 4]) {
				expect(await sendPush(webhook, { name: 'A', id: 1 })).toEqual(
					mode === 'lastNode' ? first : RECEIVED,
				);
			}
			await webhook.waitUntilHandled();
			expect(office.tasks).toEqual([{ id: 1, name: 'A' }]);
		},
	);

	it('A repeat has the record and the content of the latest delivery', async () => {
		const webhook = await serve({}, { workflow: withOffice() });
		const pushes: Task[] = [
			{ id: 1, name: 'A' },
			{ id: 2, name: 'A' },
			{ id: 1, name: 'B' },
			// A record that goes back to earlier content has changed.
			{ id: 1, name: 'A' },
		];
		for (const push of pushes) expect(await sendPush(webhook, push)).toEqual(STARTED);
		await webhook.waitUntilHandled();
		expect(office.tasks).toEqual(pushes);
		for (const push of pushes.slice(1, 2).concat(pushes.slice(3)))
			expect(await sendPush(webhook, push)).toEqual(RECEIVED);
	});

	it.each<[string, string, unknown, unknown]>([
		[
			'in a field within a field',
			'company.id',
			{ company: { id: 'ž' } },
			{ company: { name: 'x' } },
		],
		['in the one element of XML', 'companyId', '<c><companyId>5</companyId></c>', '<c><x/></c>'],
		['in an attribute of XML', '$.id', '<c id="5"/>', '<c name="5"/>'],
		['in another field', 'number', { number: 'FV-1' }, { id: 1 }],
		['as 0', 'id', { id: 0 }, { id: null }],
		['in a list of one', 'id', [{ id: 1 }], [{ id: 1 }, { id: 2 }]],
		['named like a property of every object', '__proto__', '{"__proto__":5}', '{"a":5}'],
	])(
		'An ID %s identifies the record; without it nothing is dropped, and a warning is logged',
		async (_c, field, a, b) => {
			const webhook = await serve({ options: { recordIdField: ` ${field} ` } });
			const send = async (body: unknown) => {
				const isXml = typeof body === 'string' && body.startsWith('<');
				const contentType = isXml ? 'text/xml' : 'application/json';
				const response = await webhook.send({ ...post(body), contentType });
				return [response.status, JSON.parse(response.body)];
			};
			expect([await send(a), await send(a)]).toEqual([STARTED, RECEIVED]);
			expect(testBed.engine.log.join()).not.toContain('that identifies its record');
			expect([await send(b), await send(b)]).toEqual([STARTED, STARTED]);
			expect(testBed.engine.log.join()).toContain(`has no "${field}" that identifies its record`);
		},
	);

	it.each(['', '  '])('A Record ID Field "%s" without a name means id', async (recordIdField) => {
		const webhook = await serve({ options: { recordIdField } });
		expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		expect(await sendPush(webhook, { id: 1 })).toEqual(RECEIVED);
	});

	it.each([false, '={{ "false" }}'])(
		'A repeat runs the workflow if Drop Repeats is %j',
		async (dropRepeats) => {
			const webhook = await serve({ options: { dropRepeats } });
			expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
			expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		},
	);

	it('A repeat of a failed delivery runs the workflow', async () => {
		const webhook = await lastNode();
		const push = { id: 1 };
		office.hold();
		const failing = sendPush(webhook, push);
		await office.waitForTasks(1);
		office.release(true);
		expect(await failing).toEqual([500, { message: 'Error in workflow' }]);
		const good = sendPush(webhook, push);
		await office.waitForTasks(2);
		office.release();
		expect(await good).toEqual([200, { number: 'N-2' }]);
		expect(await sendPush(webhook, push)).toEqual([200, { number: 'N-2' }]);
		expect(office.tasks).toHaveLength(2);
	});

	it('Repeats wait for a delivery under way and get its response', async () => {
		const webhook = await lastNode();
		office.hold();
		const attempts = [1, 2, 3, 4].map(async () => await sendPush(webhook, { id: 1 }));
		await office.waitForTasks(1);
		// A push of another record does not wait.
		const other = sendPush(webhook, { id: 2 });
		await office.waitForTasks(2);
		office.release();
		for (const attempt of attempts) expect(await attempt).toEqual([200, { number: 'N-1' }]);
		office.release();
		expect(await other).toEqual([200, { number: 'N-2' }]);
		expect(office.tasks).toEqual([{ id: 1 }, { id: 2 }]);
	});

	it('One of several repeats runs if the delivery they wait for fails, and the others wait for it', async () => {
		const webhook = await lastNode();
		office.hold();
		const attempts = [1, 2, 3, 4].map(async () => await sendPush(webhook, { id: 1 }));
		await office.waitForTasks(1);
		office.release(true);
		await office.waitForTasks(2);
		office.release();
		const responses = await Promise.all(attempts);
		expect(responses.map(([status]) => status).sort()).toEqual([200, 200, 200, 500]);
		expect([office.tasks.length, office.maxAtOnce]).toEqual([2, 1]);
	});

	it('A repeat waits for its own delivery, even if the record changes meanwhile', async () => {
		const webhook = await lastNode();
		office.hold();
		const first = sendPush(webhook, { id: 1, name: 'A' });
		await office.waitForTasks(1);
		const repeat = sendPush(webhook, { id: 1, name: 'A' });
		const changed = sendPush(webhook, { id: 1, name: 'B' });
		await office.waitForTasks(2);
		// The latest content is B, so A is a change, although both deliveries are under way.
		const back = sendPush(webhook, { id: 1, name: 'A' });
		await office.waitForTasks(3);
		for (const _each of [1, 2, 3]) office.release();
		expect(await Promise.all([first, repeat, changed, back])).toEqual(
			['N-1', 'N-1', 'N-2', 'N-3'].map((number) => [200, { number }]),
		);
	});

	it('A repeat of a delivery with a long response gets its status alone', async () => {
		const long = {
			type: 'n8n-nodes-base.code',
			typeVersion: 2,
			parameters: { jsCode: "return [{ json: { text: 'x'.repeat(5000) } }];" },
		};
		const webhook = await lastNode({ workflow: withOffice(long) });
		expect((await sendPush(webhook, { id: 1 }))[0]).toBe(200);
		expect(await sendPush(webhook, { id: 1 })).toEqual(RECEIVED);
		expect(office.tasks).toHaveLength(1);
	});

	it('Deliveries are remembered for 25 hours, also across a restart', async () => {
		const now = jest.spyOn(engineGlobal.Date, 'now');
		try {
			const webhook = await serve({}, { workflow: withOffice() });
			const start = Date.now();
			await sendPush(webhook, { id: 1 });
			for (const again of [async () => {}, restart]) {
				await again(webhook);
				now.mockReturnValue(start + hours(24.5));
				expect(await sendPush(webhook, { id: 1 })).toEqual(RECEIVED);
			}
			now.mockReturnValue(start + hours(25.5));
			expect(await sendPush(webhook, { id: 1 })).toEqual(STARTED);
		} finally {
			now.mockRestore();
		}
	});

	it('A repeat runs if the delivery under way is not answered within 25 hours', async () => {
		const now = jest.spyOn(engineGlobal.Date, 'now');
		try {
			const webhook = await lastNode();
			office.hold();
			const pending = sendPush(webhook, { id: 1 });
			await office.waitForTasks(1);
			now.mockReturnValue(Date.now() + hours(25.5));
			const repeat = sendPush(webhook, { id: 1 });
			await office.waitForTasks(2);
			office.release();
			expect(await pending).toEqual([200, { number: 'N-1' }]);
			office.release();
			expect(await repeat).toEqual([200, { number: 'N-2' }]);
			expect(await sendPush(webhook, { id: 1 })).toEqual([200, { number: 'N-2' }]);
		} finally {
			now.mockRestore();
		}
	});
});
