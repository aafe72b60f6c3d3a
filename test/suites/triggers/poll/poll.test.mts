/** The polling trigger in n8n's engine. */
import { itSince } from '../../../engine/since.mts';
import { startLive } from '../../../sandbox/live.mts';
import { startSandbox, VIEW_NAMES, type Sandbox } from '../../../sandbox/index.mts';
import { ALL_EVENTS, EVENTS, Trigger, type EventName } from '../../../helpers/polling/trigger.mts';
import type * as SettingsModule from '../../../../nodes/triggers/poll/settings.js';
import type * as SkippedRowsModule from '../../../../nodes/triggers/poll/skippedRows.js';
import type { TriggerEvent } from '../../../../nodes/triggers/poll/event.js';
import { builtModule, createTestBed, type TestBed } from '../../../helpers/testBed.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';

const { SkippedRows } = builtModule<typeof SkippedRowsModule>('nodes/triggers/poll/skippedRows.js');
const { watchHash } = builtModule<typeof SettingsModule>('nodes/triggers/poll/settings.js');

/** A view that is empty before each test. */
const VIEW = 'opportunities';
const UNICODE = 'Žluťoučký 🦄 “kůň” \u202Eעברית\u202C – e\u0301 %20 + & # \' " \\ \n\t 漢字 👩🏽‍💻';

let stage: TestBed;

beforeAll(async () => {
	stage = await createTestBed({ rows: { [VIEW]: 0 } });
});
afterAll(async () => await stage.close());
beforeEach(() => {
	stage.sandbox.reset();
	stage.sandbox.set({ maxLimit: undefined, order: undefined });
});

const insert = (record: Record<string, unknown> = {}) => stage.sandbox.insert(VIEW, record).id;
const insertMany = (count: number, record: Record<string, unknown> = {}): number[] =>
	Array.from({ length: count }, () => insert(record));
const patch = (id: number, changes: Record<string, unknown>) =>
	stage.sandbox.patch(VIEW, id, changes);
const remove = (...ids: number[]) => ids.forEach((id) => stage.sandbox.remove(VIEW, id));

const condition = (column: string, value: unknown, more: object = {}) => ({
	filters: { conditions: [{ column, value, ...more }] },
});
const WON = condition('status', 'WON');
const createTrigger = (event: EventName, parameters: object = {}, name?: string) =>
	new Trigger(
		stage,
		{ view: VIEW, event, ...(event === 'entersFilter' && WON), ...parameters },
		name,
	);
/** Creates a trigger and activates its workflow. */
const activateTrigger = async (event: EventName, parameters: object = {}, name?: string) => {
	const one = createTrigger(event, parameters, name);
	expect(await one.activate()).toEqual([]);
	stage.sandbox.clearLog();
	return one;
};
const pollEvents = async (one: Trigger, call = {}) =>
	(await one.poll(call)).map(({ id, teamogyEvent }) => [id, teamogyEvent]);
const requestUrls = () =>
	stage.sandbox.log.map(({ url }) => decodeURIComponent(url.split('/views/')[1]));
const newestFirst = (one: { id?: unknown }, other: { id?: unknown }) =>
	Number(other.id) - Number(one.id);
/** Makes a change just before the nth request of the next poll is answered. */
const beforeRequest = (nth: number, change: () => void) =>
	stage.sandbox.fault({
		kind: 'status',
		when: (_request, request) => {
			if (request === nth) change();
			return false;
		},
	});

describe('the activation', () => {
	it.each(ALL_EVENTS)('%s: the first poll stores a state and delivers nothing', async (event) => {
		insertMany(3, { status: 'WON' });
		const one = createTrigger(event);
		expect(await one.items()).toBeNull();
		expect(one.stored).toEqual({
			watchHash: expect.any(String),
			deliveryHash: expect.any(String),
			state: expect.anything(),
		});
		expect(await one.items()).toBeNull();
	});

	itSince('2.41').each(EVENTS)(
		"%s: n8n's own executor activates the trigger, and a failed activation stores no state",
		async (event) => {
			const one = createTrigger(event);
			stage.sandbox.fault({ kind: 'status', status: 403 });
			await expect(one.activate()).rejects.toThrow(/^Teamogy refused access/);
			expect({ ...one.stored }).toEqual({});
			expect(await one.activate()).toEqual([]);
			expect(one.stored!.state).toBeDefined();
			// Records that came while the workflow was switched off start it at once.
			const id = insert({ status: 'WON' });
			expect(await one.activate()).toMatchObject([[[{ json: { id } }]]]);
			expect(await one.items()).toBeNull();
		},
	);

	const everyView = VIEW_NAMES.map((name) => [name]);
	it.each(everyView)('every event watches the view %s by its name', async (viewName) => {
		for (const event of ALL_EVENTS)
			await activateTrigger(event, { view: 'custom', viewName, filters: {} });
		expect(stage.sandbox.log).toEqual([]);
	});

	it('the editor offers every view', () => {
		const { properties } = stage.engine.description('teamogyTrigger');
		const views = properties
			.find(({ name }) => name === 'view')!
			.options!.map((option) => (option as { value: string }).value);
		expect(views.sort()).toEqual(
			['custom', ...VIEW_NAMES].filter((name) => name !== 'jobs.overbudget').sort(),
		);
	});

	it('a view that is chosen from the list is watched', async () => {
		const one = await activateTrigger('created', { view: 'jobs' });
		const job = stage.sandbox.insert('jobs', { name: UNICODE });
		const [row] = stage.sandbox.rows('jobs').filter(({ id }) => id === job.id);
		expect(await one.poll()).toEqual([{ ...row, teamogyEvent: 'created' }]);
		expect(row.name).toBe(UNICODE);
	});
});

describe('settings that cannot be right', () => {
	interface Refused {
		event?: EventName;
		parameters: object;
		message: RegExp;
		description: RegExp;
		/** The mistake is found without a request. */
		unsent?: boolean;
	}

	const REFUSED: Record<string, Refused> = {
		'a view that does not exist': {
			parameters: { view: 'custom', viewName: 'jobs.nothing' },
			message: /^Teamogy does not know the view "jobs\.nothing"$/,
			description: /There is no view "jobs\.nothing".*Check the name of the view/,
		},
		'no view name': {
			parameters: { view: 'custom', viewName: ' ' },
			message: /^'View Name' is empty$/,
			description: /Enter the name/,
			unsent: true,
		},
		'a filter Teamogy rejects': {
			parameters: { filterType: 'expression', filterExpression: "name LIKE 'x'" },
			message: /^Teamogy did not accept the request for the view "opportunities"$/,
			description: /externalFilter.*Check the filters/,
		},
		'a filter on a column that does not exist': {
			parameters: condition('colour', 'red'),
			message: /^Teamogy did not accept the request/,
			description: /there is no column "colour"/,
		},
		'a condition without a column': {
			parameters: condition('', 'red'),
			message: /^The column of filter condition 1 is empty$/,
			description: /Enter the name of a column/,
			unsent: true,
		},
		'a filter expression that gives nothing': {
			parameters: { filterType: 'expression', filterExpression: '={{ undefined }}' },
			message: /^The expression in 'Filter in Teamogy Syntax' gives nothing$/,
			description: /All records would be selected/,
			unsent: true,
		},
		'a filter expression that gives an empty text': {
			parameters: { filterType: 'expression', filterExpression: '={{ "" }}' },
			message: /^The expression in 'Filter in Teamogy Syntax' gives nothing$/,
			description: /All records would be selected/,
			unsent: true,
		},
		'a filter expression that gives an empty text, with a filter type in capitals': {
			parameters: { filterType: '={{ "EXPRESSION" }}', filterExpression: '={{ "" }}' },
			message: /^The expression in 'Filter in Teamogy Syntax' gives nothing$/,
			description: /All records would be selected/,
			unsent: true,
		},
		'nothing to enter': {
			event: 'entersFilter',
			parameters: { filters: {} },
			message: /^'Starts Matching Filters' needs at least one filter$/,
			description: /Add a condition.*Other View/,
			unsent: true,
		},
		'a column that does not exist': {
			parameters: { options: { columns: ['name', 'colour'] } },
			message: /^Teamogy did not accept the request/,
			description: /there is no column "colour"/,
		},
		'an ID column that the view lacks': {
			parameters: { options: { idColumn: 'uuid' } },
			message:
				/^A row of the view "opportunities" \(id "1"\) has no value in "uuid" to identify it$/,
			description: /Set another 'ID Column' under 'Options'\. The row has: id, number, name/,
		},
		'an ID column that the view lacks, and no row that meets the filter': {
			parameters: { ...condition('status', 'NONE'), options: { idColumn: 'uuid' } },
			message: /^Teamogy did not accept the request/,
			description: /there is no column "uuid"/,
		},
		'an ID column that is no column name': {
			parameters: { options: { idColumn: 'id>0 OR id' } },
			message: /^ID Column, "id>0 OR id", is not a column name$/,
			description: /letters, digits/,
			unsent: true,
		},
		'an ID column of spaces': {
			parameters: { options: { idColumn: ' ' } },
			message: /^ID Column is empty$/,
			description: /Enter the name of a column/,
			unsent: true,
		},
		'IDs that are empty': {
			parameters: { options: { idColumn: 'price' } },
			message:
				/^A row of the view "opportunities" \(id "1"\) has no value in "price" to identify it$/,
			description: /Set another 'ID Column'/,
		},
		'IDs that are text, for Created': {
			event: 'created',
			parameters: { options: { idColumn: 'number' } },
			message: /contains the text "OP-2026-\d+", not a whole number$/,
			description: /needs increasing whole numbers.*or choose the event 'Created or Updated'/,
		},
		'IDs that are fractions, for Created': {
			event: 'created',
			parameters: { options: { idColumn: 'probability' } },
			message: /contains 0\.5, not a whole number$/,
			description: /needs increasing whole numbers/,
		},
		'IDs that are not unique': {
			event: 'createdOrUpdated',
			parameters: { options: { idColumn: 'probability' } },
			message: /^Several rows of the view "opportunities" have the same value in "probability"$/,
			description: /different in every row/,
		},
		'another business unit that does not exist': {
			parameters: { options: { unitId: 77 } },
			message: /^Teamogy does not know the view/,
			description: /There is no unit "77"/,
		},
		'a unit that is no number': {
			parameters: { options: { unitId: 1.5 } },
			message: /^The Business Unit ID "1\.5" is not a whole number$/,
			description: /Enter the number/,
			unsent: true,
		},
		'an event that does not exist': {
			parameters: { event: 'deleted' },
			message: /^"deleted" is not a valid value for 'Trigger On'$/,
			description: /Choose one/,
			unsent: true,
		},
	};

	it.each(
		Object.entries(REFUSED).flatMap(([what, { event }]) =>
			(event ? [event] : ALL_EVENTS).map((one): [string, EventName] => [what, one]),
		),
	)('%s: the activation fails with a message and stores no state (%s)', async (what, event) => {
		insertMany(2, { status: 'WON', probability: 0.5 });
		const { parameters, message, description, unsent } = REFUSED[what];
		const one = createTrigger(event, parameters);
		const failure = await one.failure();
		expect(failure.message).toMatch(message);
		expect(failure.description).toMatch(description);
		expect(failure.name).toMatch(/^Node(Api|Operation)Error$/);
		expect({ ...one.stored }).toEqual({});
		if (unsent) expect(stage.sandbox.log).toEqual([]);
		expect(leaked(stage.sandbox.apiKey, failure, stage.engine.log)).toBeUndefined();
	});

	it('IDs beyond 2^53 fail the activation, since n8n cannot tell them apart', async () => {
		const big = '{"metadata":{"nextOffset":null},"data":[{"id":9007199254740993,"name":"x"}]}';
		const headers = { 'content-type': 'application/json' };
		for (const event of EVENTS) {
			stage.sandbox.fault({ kind: 'html', status: 200, headers, body: big });
			const { message } = await createTrigger(event).failure();
			expect(message).toMatch(
				/contains 9007199254740992, and n8n cannot tell apart numbers above 9007199254740991$/,
			);
		}
	});
});

describe('Created', () => {
	it('each new record is delivered once, in the order of IDs', async () => {
		insertMany(2);
		const one = await activateTrigger('created');
		const [first, second] = insertMany(2, { name: UNICODE });
		expect(await pollEvents(one)).toEqual([
			[first, 'created'],
			[second, 'created'],
		]);
		expect(await one.items()).toBeNull();
	});

	it('a record is delivered as the view has it', async () => {
		const one = await activateTrigger('created');
		insert({ name: UNICODE, price: 0.1, properties: { extName: null, 'a.b': [1, { c: '🦄' }] } });
		const [row] = stage.sandbox.rows(VIEW);
		expect(await one.poll()).toEqual([{ ...row, teamogyEvent: 'created' }]);
	});

	it('the ID is delivered beside the chosen columns', async () => {
		const one = await activateTrigger('created', { options: { columns: ['name'] } });
		const id = insert({ name: 'x' });
		expect(await one.poll()).toEqual([{ id, name: 'x', teamogyEvent: 'created' }]);
	});

	it('a record that is saved late with a lower ID is delivered', async () => {
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

	it('the state holds at most 900 IDs', async () => {
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

	it('a new record that meets the filter is delivered, an old record that starts to meet it is not', async () => {
		const old = insert({ status: 'LEAD' });
		const one = await activateTrigger('created', WON);
		const [won] = [insert({ status: 'WON' }), insert({ status: 'LEAD' })];
		patch(old, { status: 'WON' });
		expect(await pollEvents(one)).toEqual([[won, 'created']]);
	});

	it('a record that is deleted and restored is not delivered again', async () => {
		const one = await activateTrigger('created');
		const id = insert({ name: 'x' });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		remove(id);
		expect(await one.items()).toBeNull();
		insert({ id, name: 'x' });
		expect(await one.items()).toBeNull();
	});

	itSince('2.41')(
		'a backlog takes several polls if one poll has no time for it, the lowest IDs first',
		async () => {
			stage.sandbox.set({ order: newestFirst });
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
	])('one poll delivers a whole backlog where %s', async (_when, budgetMs) => {
		const one = await activateTrigger('created');
		const ids = insertMany(2500);
		expect((await pollEvents(one, { budgetMs })).map(([id]) => id)).toEqual(ids);
		// One request for the IDs, three for pages of rows.
		expect(requestUrls().filter((url) => !url.includes('offset=1000'))).toHaveLength(4);
	});

	it('rows that move to another page are neither lost nor delivered twice', async () => {
		stage.sandbox.set({ maxLimit: 2 });
		const [gone] = insertMany(7);
		// The list of IDs begins with the sixth request: its third row is on no page.
		beforeRequest(7, () => remove(gone));
		const one = await activateTrigger('created');
		stage.sandbox.clearFaults();
		expect(await one.items()).toBeNull();
		const fresh = insertMany(4);
		// Ten IDs in five pages, read twice; then the rows in two pages.
		beforeRequest(12, () => remove(fresh[0]));
		expect((await pollEvents(one)).map(([id]) => id)).toEqual(fresh);
		stage.sandbox.clearFaults();
		expect(await one.items()).toBeNull();
	});
});

describe('Created or Updated', () => {
	it('each record is delivered as created or as updated', async () => {
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
		expect(await one.poll()).toEqual([{ ...stage.sandbox.rows(VIEW)[1], teamogyEvent: 'updated' }]);
	});

	it('the content is compared, whatever the order of its keys', async () => {
		const properties = { a: 1, b: { c: [0.1, 1e21], d: null }, 10: 'x' };
		const id = insert({ price: 0.3, properties });
		const one = await activateTrigger('createdOrUpdated');
		const { number } = stage.sandbox.records(VIEW)[0];
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

	it('a list in another order is no change, and another list is one', async () => {
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

	it('only changes of the chosen columns count', async () => {
		const id = insert({ name: 'x', status: 'LEAD' });
		const one = await activateTrigger('createdOrUpdated', { options: { columns: 'status' } });
		patch(id, { name: 'y' });
		expect(await one.items()).toBeNull();
		patch(id, { status: 'WON' });
		expect(await one.poll()).toEqual([{ id, status: 'WON', teamogyEvent: 'updated' }]);
	});

	it('only changes of the chosen properties count', async () => {
		const id = insert({ properties: { a: 1, b: 1 } });
		const one = await activateTrigger('createdOrUpdated', {
			options: { columns: 'name', properties: 'b' },
		});
		patch(id, { properties: { a: 2 } });
		expect(await one.items()).toBeNull();
		patch(id, { properties: { b: 2 } });
		expect(await one.poll()).toMatchObject([{ id, properties: { b: 2 } }]);
	});

	it('a record that starts to meet the filter is new, and one that stops to meet it is forgotten', async () => {
		const id = insert({ status: 'LEAD' });
		const one = await activateTrigger('createdOrUpdated', WON);
		patch(id, { status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		patch(id, { status: 'LEAD' });
		expect(await one.items()).toBeNull();
		expect(one.stored!.state).toBe('');
	});

	it('a deleted record is forgotten, and new when it is restored', async () => {
		const [id, other] = insertMany(2, { name: 'x' });
		const one = await activateTrigger('createdOrUpdated');
		remove(id);
		expect(await one.items()).toBeNull();
		expect(one.stored!.state).toHaveLength(19);
		insert({ id, name: 'x' });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		expect(other).toBeGreaterThan(id);
	});

	it('a row that comes twice on a page is one, and rows that differ may not have one ID', async () => {
		const [first, second] = insertMany(2, { name: 'x' });
		const one = await activateTrigger('createdOrUpdated');
		patch(second, { name: 'y' });
		const [row, changed] = stage.sandbox.rows(VIEW);
		const answer = (...data: object[]) =>
			stage.sandbox.fault({
				kind: 'status',
				status: 200,
				body: { metadata: { nextOffset: null }, data },
			});
		answer(row, changed, row, changed);
		expect(await pollEvents(one)).toEqual([[second, 'updated']]);
		answer(row, changed, { ...row, name: 'z' });
		expect((await one.failure()).message).toMatch(/^Several rows of the view "opportunities" have/);
		expect(await one.items()).toBeNull();
		expect(first).toBe(row.id);
	});

	it('a row may come twice where all IDs are read once more', async () => {
		const ids = insertMany(3);
		stage.sandbox.fault({
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

	it('texts serve as IDs', async () => {
		const [id] = insertMany(3);
		const one = await activateTrigger('createdOrUpdated', { options: { idColumn: 'number' } });
		patch(id, { name: 'x' });
		expect(await pollEvents(one)).toEqual([[id, 'updated']]);
	});

	it.each([['id'], ['number']])(
		'rows that move to another page are neither lost nor delivered twice (ID column %s)',
		async (idColumn) => {
			const [gone, ...ids] = insertMany(7, { name: 'x' });
			const options = { pageSize: 2, idColumn };
			// At the start the third row is on no page.
			beforeRequest(3, () => remove(gone));
			const one = await activateTrigger('createdOrUpdated', { options });
			stage.sandbox.clearFaults();
			expect(await one.items()).toBeNull();
			// Later a row that is on no page has changed: the same poll delivers it.
			patch(ids[2], { name: 'y' });
			beforeRequest(2, () => remove(ids[0]));
			expect(await pollEvents(one)).toEqual([[ids[2], 'updated']]);
			stage.sandbox.clearFaults();
			expect(await one.items()).toBeNull();
			// A row on two pages is delivered once.
			const last = insert({ name: 'x' });
			beforeRequest(2, () => insert({ id: gone, name: 'x' }));
			const rows = [...(await pollEvents(one))];
			stage.sandbox.clearFaults();
			rows.push(...(await pollEvents(one)));
			expect(rows.sort()).toEqual([
				[gone, 'created'],
				[last, 'created'],
			]);
		},
	);
});

describe('Updated', () => {
	it('a changed record is delivered, a new one is not until it changes', async () => {
		const old = insert({ name: 'x' });
		const one = await activateTrigger('updated');
		const fresh = insert({ name: 'x' });
		expect(await one.items()).toBeNull();
		patch(old, { name: 'y' });
		patch(fresh, { name: 'y' });
		insert({ name: 'x' });
		expect(await pollEvents(one)).toEqual([
			[old, 'updated'],
			[fresh, 'updated'],
		]);
		expect(await one.items()).toBeNull();
	});

	it('a record that starts to meet the filter, or comes back, is no change', async () => {
		const id = insert({ status: 'LEAD' });
		const one = await activateTrigger('updated', WON);
		patch(id, { status: 'WON' });
		expect(await one.items()).toBeNull();
		remove(id);
		expect(await one.items()).toBeNull();
		insert({ id, status: 'WON', name: 'restored' });
		expect(await one.items()).toBeNull();
		patch(id, { name: 'changed' });
		expect(await pollEvents(one)).toEqual([[id, 'updated']]);
	});
});

describe('watched columns', () => {
	const CHANGES = ['createdOrUpdated', 'updated'] as const;

	it.each(CHANGES)(
		'%s: changes of the watched column count, and the chosen columns are delivered, with one request',
		async (event) => {
			const id = insert({ name: 'x', status: 'LEAD', properties: { extName: 'p', extId: 1 } });
			const options = { columns: ['name'], properties: 'extName', watchColumns: ['status'] };
			const one = await activateTrigger(event, { options });
			patch(id, { name: 'y', properties: { extName: 'q', extId: 2 } });
			expect(await one.items()).toBeNull();
			patch(id, { status: 'WON' });
			stage.sandbox.clearLog();
			expect(await one.poll()).toEqual([
				{ teamogyEvent: 'updated', id, name: 'y', properties: { extName: 'q' } },
			]);
			expect(requestUrls()).toEqual([
				'opportunities?columns=id,name,status&properties=extName&limit=1000&offset=0',
			]);
		},
	);

	it.each(CHANGES)(
		"%s: without chosen columns the view's own are delivered, read for changed records only",
		async (event) => {
			const [id] = insertMany(2, { name: 'x', status: 'LEAD', properties: { extStatus: 'A' } });
			const options = { watchColumns: 'status, properties.extStatus' };
			const one = await activateTrigger(event, { options });
			patch(id, { name: 'y' });
			expect(await one.items()).toBeNull();
			const asked = 'opportunities?columns=id,status&properties=extStatus&limit=1000&offset=0';
			expect(requestUrls()).toEqual([asked]);
			for (const change of [{ status: 'WON' }, { properties: { extStatus: 'B' } }]) {
				patch(id, change);
				stage.sandbox.clearLog();
				const [row] = stage.sandbox.rows(VIEW);
				expect(await one.poll()).toEqual([{ ...row, teamogyEvent: 'updated' }]);
				expect(requestUrls()).toEqual([
					asked,
					'opportunities?externalFilter=(id=1)&limit=1000&offset=0',
				]);
			}
			expect(await one.items()).toBeNull();
		},
	);

	it('a watched entry of properties is delivered only if it is chosen', async () => {
		const id = insert({ name: 'x', properties: { extStatus: 'A', extName: 'p' } });
		const options = { columns: ['name'], watchColumns: ['properties.extStatus'] };
		const one = await activateTrigger('createdOrUpdated', { options });
		patch(id, { properties: { extStatus: 'A', extName: 'q' } });
		expect(await one.items()).toBeNull();
		patch(id, { properties: { extStatus: 'B', extName: 'q' } });
		expect(await one.poll()).toEqual([{ teamogyEvent: 'updated', id, name: 'x' }]);
	});

	it('a column within a column is delivered as the server nests it', async () => {
		const options = { columns: ['company.name', 'a'], watchColumns: ['status', 'b.c'] };
		const one = createTrigger('updated', { options });
		const answer = (status: string) => {
			const row = { id: 7, company: { name: 'C' }, a: 1, ab: 2, b: { c: 1 }, status };
			const body = { metadata: { nextOffset: null }, data: [row] };
			stage.sandbox.clearFaults();
			stage.sandbox.fault({ kind: 'status', status: 200, body, times: Infinity });
		};
		answer('LEAD');
		expect(await one.items()).toBeNull();
		answer('WON');
		expect(await one.poll()).toEqual([
			{ teamogyEvent: 'updated', id: 7, company: { name: 'C' }, a: 1 },
		]);
	});

	it('all of properties can be delivered beside a watched entry', async () => {
		const id = insert({ properties: { extStatus: 'A', extName: 'p' } });
		const options = { columns: ['properties'], watchColumns: ['properties.extStatus'] };
		const one = await activateTrigger('updated', { options });
		patch(id, { properties: { extStatus: 'A', extName: 'q' } });
		expect(await one.items()).toBeNull();
		const properties = { extStatus: 'B', extName: 'q' };
		patch(id, { properties });
		expect(await one.poll()).toEqual([{ teamogyEvent: 'updated', id, properties }]);
	});

	it.each(CHANGES)(
		'%s: a changed record that leaves the filter before its row is read waits for the next poll',
		async (event) => {
			const id = insert({ status: 'WON', name: 'x' });
			const one = await activateTrigger(event, { ...WON, options: { watchColumns: 'name' } });
			patch(id, { name: 'y' });
			beforeRequest(2, () => patch(id, { status: 'LEAD' }));
			expect(await one.items()).toBeNull();
			stage.sandbox.clearFaults();
			patch(id, { status: 'WON' });
			expect(await pollEvents(one)).toEqual([[id, 'updated']]);
			expect(await one.items()).toBeNull();
		},
	);

	itSince('2.41')('a backlog takes several polls if one poll has no time for it', async () => {
		const ids = insertMany(1500, { name: 'x' });
		const one = await activateTrigger('updated', {
			options: { watchColumns: 'name', pageSize: 2000 },
		});
		for (const id of ids) patch(id, { name: 'y' });
		const polls = [await pollEvents(one, { budgetMs: 0 })];
		while (polls.at(-1)!.length) polls.push(await pollEvents(one, { budgetMs: 0 }));
		expect(polls.map((rows) => rows.length)).toEqual([1000, 500, 0]);
		expect(polls.flat().map(([id]) => id)).toEqual(ids);
	});

	it.each(CHANGES)(
		'%s: other watched columns start the trigger anew, and other delivered ones do not',
		async (event) => {
			const id = insert({ name: 'x', status: 'LEAD' });
			const one = await activateTrigger(event, { options: { columns: ['status'] } });
			const setOptions = (options: object) => (one.parameters = { ...one.parameters, options });
			// What was watched by being delivered is watched from now on by its name.
			setOptions({ columns: ['name'], watchColumns: 'status' });
			patch(id, { status: 'WON' });
			expect(await one.poll()).toEqual([{ teamogyEvent: 'updated', id, name: 'x' }]);
			setOptions({ watchColumns: ['status'] });
			patch(id, { status: 'LOST' });
			expect(await pollEvents(one)).toEqual([[id, 'updated']]);
			setOptions({ watchColumns: ['status', 'name'] });
			patch(id, { status: 'WON' });
			expect(await one.items()).toBeNull();
			setOptions({ watchColumns: ['name', 'status'] });
			patch(id, { name: 'y' });
			expect(await pollEvents(one)).toEqual([[id, 'updated']]);
		},
	);

	it.each(['created', 'entersFilter'] as const)(
		'%s: watched columns that the saved workflow still has are not asked for',
		async (event) => {
			const one = await activateTrigger(event, { options: { watchColumns: ['colour'] } });
			const id = insert({ status: 'WON' });
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
		},
	);

	it.each(CHANGES)(
		'%s: a watched column that does not exist fails the activation',
		async (event) => {
			insert();
			const one = createTrigger(event, { options: { watchColumns: ['colour'] } });
			expect((await one.failure()).description).toContain('there is no column "colour"');
			one.parameters = { ...one.parameters, options: { watchColumns: ['a b'] } };
			expect((await one.failure()).message).toMatch(
				/^Watched Column Names or IDs.* is not a column name$/,
			);
			expect({ ...one.stored }).toEqual({});
		},
	);
});

describe('Starts Matching Filters', () => {
	it('a record is delivered when it starts to match, and again when it stops and matches later', async () => {
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

	it('a record that is created matching is delivered, and so is one that is deleted and restored', async () => {
		const one = await activateTrigger('entersFilter');
		const id = insert({ status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'entered']]);
		remove(id);
		expect(await one.items()).toBeNull();
		expect(one.stored!.state).toBe('');
		insert({ id, status: 'WON' });
		expect(await pollEvents(one)).toEqual([[id, 'entered']]);
	});

	it('an invoice is delivered when it is approved', async () => {
		const one = await activateTrigger('entersFilter', {
			view: 'invoices.sales',
			...condition('status', 'APPROVED'),
		});
		const invoice = stage.sandbox
			.records('documents')
			.find(({ type, status }) => type === 'INVOICE.SALES' && status === 'PROCESSING')!;
		stage.sandbox.patch('documents', invoice.id, { status: 'APPROVED' });
		expect(await one.poll()).toMatchObject([
			{ id: invoice.id, status: 'APPROVED', teamogyEvent: 'entered' },
		]);
	});

	it('a view that is a selection by itself needs no filter', async () => {
		const job = stage.sandbox.insert('jobs', { name: UNICODE, hoursBudget: 2 });
		const one = await activateTrigger('entersFilter', {
			view: 'custom',
			viewName: 'jobs.overbudget',
			filters: {},
		});
		stage.sandbox.insert('time', { jobId: job.id, hours: 2 });
		expect(await one.items()).toBeNull();
		stage.sandbox.insert('time', { jobId: job.id, hours: 1 });
		expect(await one.poll()).toMatchObject([{ id: job.id, name: UNICODE, hoursTracked: 3 }]);
	});

	it('a record is delivered when the value of an expression in the filter reaches it', async () => {
		const today = jest.spyOn(Date, 'now').mockReturnValue(Date.parse('2026-11-20T12:00:00Z'));
		const id = insert({ expectedOn: '2026-11-20' });
		const overdue = condition('expectedOn', '={{ $now.toISODate() }}', { operator: 'lessThan' });
		const one = await activateTrigger('entersFilter', overdue);
		expect(await one.items()).toBeNull();
		today.mockReturnValue(Date.parse('2026-11-21T12:00:00Z'));
		expect(await pollEvents(one)).toEqual([[id, 'entered']]);
	});

	itSince('2.41').each([['id'], ['number']])(
		'a backlog takes several polls if one poll has no time for it (ID column %s)',
		async (idColumn) => {
			stage.sandbox.set({ order: newestFirst });
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

	it('rows that move to another page are neither lost nor delivered twice', async () => {
		stage.sandbox.set({ maxLimit: 2 });
		const [gone, ...ids] = insertMany(7, { status: 'WON' });
		beforeRequest(4, () => remove(gone));
		const one = await activateTrigger('entersFilter');
		stage.sandbox.clearFaults();
		expect(await one.items()).toBeNull();
		beforeRequest(2, () => remove(ids[0]));
		expect(await one.items()).toBeNull();
		stage.sandbox.clearFaults();
		expect(await one.items()).toBeNull();
	});
});

describe('a record whose ID cannot be used', () => {
	const POISON: Array<[string, unknown, RegExp]> = [
		[
			'7,000 characters',
			'x'.repeat(7000),
			/^A record was left out: "x{100}…" in "name" of a row of the view "opportunities" is too long/,
		],
		[
			'half an emoji',
			'half \ud83e',
			/^A record was left out: "half \ufffd" in "name" of a row .* contains a broken character$/,
		],
		['true', true, /contains true, which is neither a number nor text$/],
		['a list', [1, 2], /contains \[1,2\], which is neither a number nor text$/],
		['a key toString', { toString: 'x' }, /contains {"toString":"x"}, which is neither/],
		['nothing', null, /has no value in "name" to identify it$/],
	];
	const WATCHING = ['createdOrUpdated', 'entersFilter'] as const;
	const options = { options: { idColumn: 'name' } };

	it.each(WATCHING.flatMap((event) => POISON.map((poison) => [event, ...poison] as const)))(
		'%s: a record with %s as its ID is reported once and left out, the others are delivered',
		async (event, _what, name, message) => {
			insert({ name: 'there', status: 'WON' });
			const one = await activateTrigger(event, options);
			insert({ name: 'before', status: 'WON' });
			insert({ name, status: 'WON' });
			insert({ name: 'after', status: 'WON' });
			expect((await one.poll()).map((row) => row.name)).toEqual(['after', 'before']);
			expect(one.reports.map((report) => report.message)).toEqual([expect.stringMatching(message)]);
			expect(one.reports[0].description).toMatch(/^The others are delivered\. /);
			expect(await one.poll()).toEqual([]);
			insert({ name: 'later', status: 'WON' });
			expect((await one.poll()).map((row) => row.name)).toEqual(['later']);
			expect(one.reports).toHaveLength(1);
		},
	);

	const answerOnce = (data: object[]) =>
		stage.sandbox.fault({
			kind: 'status',
			status: 200,
			body: { metadata: { nextOffset: null }, data },
		});

	it.each(WATCHING)(
		'%s: a poll whose rows all lack their ID fails and leaves the state as it was',
		async (event) => {
			insert({ name: 'there', status: 'WON' });
			const one = await activateTrigger(event, options);
			answerOnce([{ status: 'WON' }]);
			await expect(one.poll()).rejects.toThrow(/has no value in "name" to identify it/);
			stage.sandbox.clearFaults();
			expect(await one.poll()).toEqual([]);
		},
	);

	it.each(WATCHING)(
		'%s: a row that lacks its ID for one poll is not delivered again',
		async (event) => {
			insert({ name: 'there', status: 'WON' });
			insert({ name: 'other', status: 'WON' });
			const one = await activateTrigger(event, options);
			const [there] = stage.sandbox.rows(VIEW);
			answerOnce([event === 'entersFilter' ? { name: 'there' } : there, {}]);
			expect(await one.poll()).toEqual([]);
			stage.sandbox.clearFaults();
			expect(await one.poll()).toEqual([]);
		},
	);

	it.each(WATCHING)(
		'%s: other records leave and come back while a record is left out',
		async (event) => {
			const record = { name: 'there', status: 'WON' };
			insert({ name: [1], status: 'WON' });
			insert({ name: 'stays', status: 'WON' });
			const id = insert(record);
			const one = await activateTrigger(event, { ...WON, ...options });
			for (const _round of ['the record is left out at activation', 'and from a poll on']) {
				remove(id);
				expect(await one.poll()).toEqual([]);
				insert({ ...record, id });
				const label = event === 'entersFilter' ? 'entered' : 'created';
				expect(await pollEvents(one)).toEqual([[id, label]]);
				insert({ name: 'x'.repeat(7000), status: 'WON' });
				expect(await one.poll()).toEqual([]);
			}
		},
	);

	describe('an ID that Teamogy refuses when the row is asked for', () => {
		/** Refuses every request for the record by its ID, or for a range that ends at it. */
		const refuse = (id: number, status: number) => {
			const byId = new RegExp(`id(=${id}\\b|>${id}\\)|>${id - 1} AND)`);
			const when = ({ url }: { url: string }) => byId.test(decodeURIComponent(url));
			stage.sandbox.fault({ kind: 'status', status, times: Infinity, when });
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
				`A record was left out: Teamogy refuses "${poison}" in "id" of a row of the view "${VIEW}"`,
			]);
			stage.sandbox.clearLog();
			expect(await one.poll()).toEqual([]);
			expect(stage.sandbox.log.filter(asksForRows)).toEqual([]);
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

		it.each(['first', 'last'])(
			'created: the record may be the %s one of a backlog',
			async (end) => {
				const one = await activateTrigger('created');
				const ids = insertMany(250);
				const poison = end === 'first' ? ids.shift()! : ids.pop()!;
				refuse(poison, 400);
				expect((await one.poll()).map(({ id }) => id)).toEqual(ids);
				expect(one.reports).toHaveLength(1);
				expect(await one.poll()).toEqual([]);
			},
		);

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
				stage.sandbox.clearLog();
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
					stage.sandbox.fault({ kind: 'status', status: 400, times: Infinity, when: asksForRows });
					expect((await one.failure()).message).toMatch(/^Teamogy did not accept the request/);
					expect([one.reports, JSON.stringify(one.stored)]).toEqual([[], stored]);
					stage.sandbox.clearFaults();
					expect((await one.poll()).map(({ id }) => id)).toEqual(ids);
				}
			},
		);
	});

	it.each([
		['text', 'seven', /contains the text "seven", not a whole number$/],
		['a fraction', 7.5, /contains 7\.5, not a whole number$/],
		['a list', [7], /contains \[7\], which is neither a number nor text$/],
		['nothing', null, /has no value in "price" to identify it$/],
	])(
		'created: a record with %s as its ID is reported once and left out, the others are delivered',
		async (_, price, message) => {
			insert({ price: 1 });
			const one = await activateTrigger('created', { options: { idColumn: 'price' } });
			// The server gives these rows to every request for the view.
			const rows = [{ price: 2 }, { price }, { price: 3 }];
			const body = { metadata: { count: 3, limit: 1000, nextOffset: null }, data: rows };
			stage.sandbox.fault({ kind: 'status', status: 200, body, path: 'views/', times: 4 });
			expect((await one.poll()).map((row) => row.price)).toEqual([2, 3]);
			expect(await one.poll()).toEqual([]);
			expect(one.reports.map((report) => report.message)).toEqual([expect.stringMatching(message)]);
		},
	);

	it.each(WATCHING)('%s: numbers and texts serve as IDs side by side', async (event) => {
		const one = await activateTrigger(event, options);
		const names = [10, 'x', 9, '10', 'a'];
		for (const name of names) insert({ name, status: 'WON' });
		expect((await one.poll()).map((row) => row.name)).toEqual([9, 10, '10', 'a', 'x']);
		expect(await one.poll()).toEqual([]);
		expect(one.reports).toEqual([]);
	});

	/** Gives these rows, as JSON, to every request from now on. */
	const answerAlways = (...rows: string[]) => {
		stage.sandbox.clearFaults();
		stage.sandbox.fault({
			kind: 'html',
			status: 200,
			headers: { 'content-type': 'application/json' },
			body: `{"metadata":{"nextOffset":null},"data":[${rows.join()}]}`,
			times: Infinity,
		});
	};

	it.each([
		['1e999', /contains Infinity, not a whole number$/],
		['1e300', /contains 1e\+300, and n8n cannot tell apart numbers above 9007199254740991$/],
		['9223372036854775807', /contains 9223372036854776000, and n8n cannot tell apart/],
	])(
		'created: a record with the ID %s is reported once and left out, and costs no request',
		async (poison, message) => {
			answerAlways('{"id":1}', `{"id":${poison}}`);
			const one = await activateTrigger('created', {}, `Trigger ${poison}`);
			answerAlways('{"id":1}', `{"id":${poison}}`, '{"id":2}');
			const ids = (await one.poll()).map(({ id }) => id);
			expect([ids, await one.poll()]).toEqual([[2], []]);
			expect(requestUrls().filter((url) => /Infinity|NaN|e\+/.test(url))).toEqual([]);
			expect(requestUrls()).toHaveLength(3);
			expect(one.reports.map((report) => report.message)).toEqual([expect.stringMatching(message)]);
		},
	);

	it('created: IDs that lie far apart cost few requests at the activation', async () => {
		insert({ id: 1 });
		insert({ id: 2 ** 52 });
		const one = createTrigger('created');
		await one.activate();
		expect(requestUrls().length).toBeLessThan(10);
		insert({ id: 2 ** 52 + 1 });
		expect(await pollEvents(one)).toEqual([[2 ** 52 + 1, 'created']]);
	});

	it.each(EVENTS)(
		'%s: a record that nests thousands of levels is reported once and left out, the others are delivered',
		async (event) => {
			const deep = '['.repeat(5000) + ']'.repeat(5000);
			answerAlways('{"id":1}');
			const one = await activateTrigger(event);
			answerAlways('{"id":1}', `{"id":2,"list":${deep}}`, `{"id":${deep}}`, '{"id":3}');
			const ids = (await one.poll()).map(({ id }) => id);
			expect([ids, await one.poll()]).toEqual([[3], []]);
			expect(one.reports.map((report) => report.message)).toEqual([
				'A record was left out (and 1 more): The row with "2" in "id" of the view "opportunities" is nested too deeply',
			]);
		},
	);

	describe('many records without an ID', () => {
		it.each(EVENTS)('%s: the records are reported in one message, once', async (event) => {
			answerAlways('{"id":1}');
			const one = await activateTrigger(event);
			const rows = Array.from({ length: 3000 }, (_, n) => `{"id":null,"n":${n}}`);
			answerAlways('{"id":1}', ...rows);
			for (let polls = 0; polls < 2; polls++) expect(await one.poll()).toEqual([]);
			expect(one.reports.map(({ message }) => message)).toEqual([
				'A record was left out (and 2999 more): A row of the view "opportunities" (n "0") has no value in "id" to identify it',
			]);
		});

		it.each(WATCHING)(
			'%s: more than 100,000 fail the poll, and none is reported',
			async (event) => {
				answerAlways('{"id":1}');
				const one = await activateTrigger(event);
				answerAlways(...Array<string>(100_001).fill('{}'));
				expect((await one.failure()).message).toMatch(/^More than 100,000 rows/);
				expect(one.reports).toEqual([]);
			},
		);
	});

	/** A process reports a record once, so every first record has a name of its own. */
	it.each<[EventName, string, string]>([
		['created', '{"id":9.5e15}', 'a'],
		['createdOrUpdated', '{"id":null,"name":"second"}', 'b'],
		['createdOrUpdated', '{"id":false}', 'c'],
		['entersFilter', '{"id":9.5e15}', 'd'],
	])('%s: a second record is reported too: %s', async (event, second, name) => {
		answerAlways('{"id":1}');
		const one = await activateTrigger(event);
		const first = `{"id":null,"name":"${name}"}`;
		answerAlways('{"id":1}', first);
		expect(await one.poll()).toEqual([]);
		answerAlways('{"id":1}', first, second);
		for (let polls = 0; polls < 2; polls++) expect(await one.poll()).toEqual([]);
		const messages = one.reports.map(({ message }) => message);
		expect(messages).toEqual([
			expect.stringContaining(`(name "${name}")`),
			expect.stringMatching(/second|false|9500000000000000/),
		]);
	});

	it.each(WATCHING)(
		'%s: records that lose their IDs one after the other are not delivered again',
		async (event) => {
			answerAlways('{"id":1}', '{"id":2,"name":"b"}', '{"id":3,"name":"c"}');
			const one = await activateTrigger(event);
			answerAlways('{"id":1}', '{"name":"b"}', '{"id":3,"name":"c"}');
			expect(await one.poll()).toEqual([]);
			answerAlways('{"id":1}', '{"name":"b"}', '{"name":"c"}');
			expect(await one.poll()).toEqual([]);
			answerAlways('{"id":1}', '{"id":2,"name":"b"}', '{"id":3,"name":"c"}');
			expect(await one.poll()).toEqual([]);
		},
	);

	it('keys that stay because of the record do not make the state grow without end', () => {
		const skippedRows = new SkippedRows({} as never);
		skippedRows.reasons.set('new', () => new Error() as never);
		const keep = (count: number) =>
			skippedRows.listKeysToKeep(new Set(Array.from({ length: count }, (_, n) => String(n))));
		expect(keep(2)).toEqual(['0', '1', 'new']);
		expect(keep(100_001)).toEqual(['new']);
	});

	it('a record without an ID is reported once, even where all IDs are read once more', async () => {
		for (const name of ['there', 'other']) insert({ name });
		// A process reports a record once: this one occurs in no other test.
		insert({ id: 7777, name: null });
		const one = createTrigger('createdOrUpdated', { options: { idColumn: 'name', pageSize: 2 } });
		expect(await one.items()).toBeNull();
		expect(requestUrls()).toContainEqual(expect.stringContaining('columns=name&'));
		expect(one.reports.map(({ message }) => message)).toEqual([
			'A record was left out: A row of the view "opportunities" (id "7777") has no value in "name" to identify it',
		]);
	});

	it('the record prevents neither the activation nor a test in the editor', async () => {
		insert({ name: false, status: 'WON' });
		insert({ name: 'fine', status: 'WON' });
		const one = createTrigger('createdOrUpdated', options);
		expect((await one.poll({ mode: 'manual' })).map((row) => row.name)).toEqual(['fine']);
		expect(await one.items()).toBeNull();
		expect(one.reports).toHaveLength(1);
	});
});

describe('the state', () => {
	let other: Sandbox;

	beforeAll(async () => {
		other = await startSandbox({ strict: true, rows: { [VIEW]: 3 } });
	});
	afterAll(async () => await other.close());

	it.each(ALL_EVENTS)(
		'%s: another view, filter, unit, event or account starts the trigger anew',
		async (event) => {
			const WITH: Record<string, { parameters?: object; credentials?: Record<string, object> }> = {
				'a filter': { parameters: condition('status', 'LOST') },
				'an expression': {
					parameters: { filterType: 'expression', filterExpression: "status='LOST'" },
				},
				// These are compared.
				...(['createdOrUpdated', 'updated'].includes(event) && {
					columns: { parameters: { options: { columns: ['status'] } } },
					properties: { parameters: { options: { properties: 'extName' } } },
				}),
				'another unit': { parameters: { options: { unitId: 2 } } },
				'another view': { parameters: { view: 'tasks', ...condition('status', 'DONE') } },
				'another event': {
					parameters: { event: ALL_EVENTS[(ALL_EVENTS.indexOf(event) + 1) % 4], ...WON },
				},
				'another account': {
					credentials: { teamogyApi: { ...other.credential, requestsPerMinute: 1_000_000 } },
				},
			};
			const rest = insert({ status: 'WON', properties: { extName: 'x' } });
			for (const { parameters, credentials } of Object.values(WITH)) {
				const one = await activateTrigger(event);
				const { watchHash: before } = one.stored!;
				// The record meets the new filter, not the old one.
				patch(rest, { status: 'LOST', name: String(before) });
				one.parameters = { ...one.parameters, ...parameters };
				expect(await one.items({ credentials })).toBeNull();
				expect(one.stored!.watchHash).not.toBe(before);
				expect(await one.items({ credentials })).toBeNull();
				patch(rest, { status: 'WON' });
			}
		},
	);

	it.each(EVENTS)('%s: the state outlives another page size and another API key', async (event) => {
		const one = await activateTrigger(event);
		const apiKey = 'another-key-of-the-same-account-0123456789';
		stage.sandbox.set({ apiKey });
		const id = insert({ status: 'WON' });
		one.parameters = { ...one.parameters, options: { pageSize: 7 } };
		const credentials = {
			teamogyApi: { ...stage.sandbox.credential, requestsPerMinute: 1_000_000 },
		};
		expect((await pollEvents(one, { credentials })).map(([first]) => first)).toEqual([id]);
	});

	/** The sandbox knows properties once a record has them. */
	const withProperties = { status: 'LEAD', properties: { extName: 'x', extStatus: 'y' } };
	const CHOICE = { columns: ['status', 'name'], properties: 'extName, extStatus' };
	const sameChoice = { columns: 'name, status', properties: 'extStatus,extName' };

	it.each(EVENTS)(
		'%s: the state outlives another order of columns and properties',
		async (event) => {
			insert(withProperties);
			const one = await activateTrigger(event, { options: CHOICE });
			const id = insert({ status: 'WON' });
			one.parameters = { ...one.parameters, options: sameChoice };
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
		},
	);

	it.each(['created', 'entersFilter'] as const)(
		'%s: the state outlives other columns and properties, which are delivered from then on',
		async (event) => {
			const one = await activateTrigger(event);
			const id = insert({ status: 'WON', name: 'A', properties: { extName: 'x', extId: 'y' } });
			one.parameters = { ...one.parameters, options: { columns: ['name'], properties: 'extName' } };
			expect(await one.poll()).toEqual([
				{ id, name: 'A', properties: { extName: 'x' }, teamogyEvent: expect.any(String) },
			]);
			expect(await one.items()).toBeNull();
		},
	);

	it.each(EVENTS)(
		'%s: a column that does not exist fails the poll, and no record is lost',
		async (event) => {
			const one = await activateTrigger(event);
			const { parameters } = one;
			one.parameters = { ...parameters, options: { columns: ['name', 'colour'] } };
			expect((await one.failure()).description).toContain('there is no column "colour"');
			const id = insert({ status: 'WON' });
			one.parameters = parameters;
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
		},
	);

	/** Hashes in the static data of active workflows: another hash starts all of them anew. */
	const PINNED: Record<EventName, string> = {
		created: 'SLOg3MIEpiJihNTE54vCtA',
		createdOrUpdated: 'xSRx8Gfq9ECO2gwrvqwX5f',
		entersFilter: 'YadUz1vMuPX8tveTwUNz0g',
		updated: 's2rUR02hb8DJZh9Y1i5SvT',
	};

	it.each(ALL_EVENTS)('%s: the state outlives an upgrade of the package', async (event) => {
		insert(withProperties);
		const filters = condition('status', 'WON', { type: 'string', operator: 'equal' });
		const one = await activateTrigger(event, { ...filters, options: { ...CHOICE, pageSize: 7 } });
		const query = {
			view: VIEW,
			unitId: undefined,
			idColumn: 'id',
			columns: ['status', 'name'],
			properties: ['extName', 'extStatus'],
			needsNumericIds: event === 'created',
			more: 'of a later version',
		};
		const ask = {
			event: builtModule<Record<EventName, TriggerEvent<unknown>>>(
				`nodes/triggers/poll/${event}.js`,
			)[event],
			query,
			rawFilter: ['conditions', filters.filters, 'and', undefined],
		};
		const { origin } = new URL(stage.sandbox.domain);
		expect(one.stored!.watchHash).toBe(watchHash(ask, { origin, unitId: 1 }));
		expect(watchHash(ask, { origin: 'https://agency.teamogy.com', unitId: 1 })).toBe(PINNED[event]);
	});

	it.each(EVENTS)(
		'%s: the state outlives an ID column left empty, which means id',
		async (event) => {
			const one = await activateTrigger(event);
			const id = insert({ status: 'WON' });
			one.parameters = { ...one.parameters, options: { idColumn: '' } };
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
		},
	);

	it.each(EVENTS)(
		'%s: the state outlives another value of an expression in the filter',
		async (event) => {
			const later = condition('price', '={{ $now.toMillis() }}', {
				type: 'number',
				operator: 'lessThan',
			});
			const one = await activateTrigger(event, later);
			const id = insert({ price: 1 });
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
			expect(await one.items()).toBeNull();
		},
	);

	it.each(EVENTS)('%s: each trigger of a workflow has a state of its own', async (event) => {
		const first = await activateTrigger(event, {}, 'First');
		const second = createTrigger(event, {}, 'Second');
		second.staticData = first.staticData;
		insert({ status: 'WON' });
		expect(await first.poll()).toHaveLength(1);
		expect(await second.items()).toBeNull();
		const id = insert({ status: 'WON' });
		expect((await pollEvents(first)).map(([one]) => one)).toEqual([id]);
		expect((await pollEvents(second)).map(([one]) => one)).toEqual([id]);
	});

	it.each(EVENTS)(
		'%s: records that came while the workflow was switched off are delivered at activation',
		async (event) => {
			const one = await activateTrigger(event);
			const ids = insertMany(30, { status: 'WON' });
			expect((await one.activate()).flat(2).map(({ json }) => json.id)).toEqual(ids);
		},
	);

	// n8n saves static data when a poll delivers and at activation, not after a poll that finds nothing.
	describe('a restart of n8n, which forgets polls that found nothing', () => {
		const restart = async (one: Trigger) =>
			(await one.activate()).flat(2).map(({ json }) => [json.id, json.teamogyEvent]);

		it('entersFilter: a record that left the filter since the last delivery and is back in it is not delivered', async () => {
			const one = await activateTrigger('entersFilter');
			const id = insert({ status: 'WON' });
			expect(await pollEvents(one)).toEqual([[id, 'entered']]);
			patch(id, { status: 'LEAD' });
			expect(await one.items()).toBeNull();
			patch(id, { status: 'WON' });
			expect(await restart(one)).toEqual([]);
		});

		it('createdOrUpdated: a record that left the filter since the last delivery and is back as it was is not delivered', async () => {
			const one = await activateTrigger('createdOrUpdated', WON);
			const id = insert({ status: 'WON' });
			expect(await pollEvents(one)).toEqual([[id, 'created']]);
			patch(id, { status: 'LEAD' });
			expect(await one.items()).toBeNull();
			patch(id, { status: 'WON' });
			expect(await restart(one)).toEqual([]);
		});

		it('created: a record that first did not meet the filter is delivered as created once it does', async () => {
			const one = await activateTrigger('created', WON);
			const id = insert({ status: 'LEAD' });
			expect(await one.items()).toBeNull();
			patch(id, { status: 'WON' });
			expect(await restart(one)).toEqual([[id, 'created']]);
		});

		it('updated: a record that was new since the last delivery and has changed is not delivered', async () => {
			const one = await activateTrigger('updated');
			const id = insert({ name: 'x' });
			expect(await one.items()).toBeNull();
			patch(id, { name: 'y' });
			expect(await restart(one)).toEqual([]);
		});
	});

	// n8n keeps static data by the name of the node.
	it.each(EVENTS)(
		'%s: under another name the trigger starts anew, and under its old name it goes on',
		async (event) => {
			const one = await activateTrigger(event);
			const { name } = one;
			const first = insert({ status: 'WON' });
			one.name = 'New Name';
			expect(await one.activate()).toEqual([]);
			const second = insert({ status: 'WON' });
			expect((await pollEvents(one)).map(([id]) => id)).toEqual([second]);
			one.name = name;
			expect((await one.activate()).flat(2).map(({ json }) => json.id)).toEqual([first, second]);
		},
	);

	describe('durable cursors of n8n', () => {
		const activateDurable = async (event: EventName, parameters: object = {}) => {
			const one = createTrigger(event, parameters);
			one.cursor = {};
			expect(await one.activate()).toEqual([]);
			return one;
		};

		itSince('2.41').each(EVENTS)(
			'%s: watching begins with the first poll after the activation, whose own poll n8n does not save',
			async (event) => {
				const one = await activateDurable(event);
				expect(one.cursor).toEqual({ value: {} });
				insert({ status: 'WON' });
				expect(await one.items()).toBeNull();
				const id = insert({ status: 'WON' });
				expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
			},
		);

		itSince('2.41')(
			'a restart or another name of the trigger forgets no poll that found nothing',
			async () => {
				const one = await activateDurable('entersFilter');
				expect(await one.items()).toBeNull();
				const id = insert({ status: 'WON' });
				expect(await pollEvents(one)).toEqual([[id, 'entered']]);
				patch(id, { status: 'LEAD' });
				expect(await one.items()).toBeNull();
				patch(id, { status: 'WON' });
				one.restart();
				one.name = 'New Name';
				expect(await pollEvents(one)).toEqual([[id, 'entered']]);
			},
		);

		itSince('2.41')('a poll that fails leaves the cursor as it was', async () => {
			const one = await activateDurable('createdOrUpdated');
			expect(await one.items()).toBeNull();
			const cursor = structuredClone(one.cursor);
			const id = insert();
			stage.sandbox.fault({ kind: 'status', status: 403 });
			await one.failure();
			expect(one.cursor).toEqual(cursor);
			expect(await pollEvents(one)).toEqual([[id, 'created']]);
		});
	});

	it.each(EVENTS)(
		'%s: a poll that starts before the last one ends delivers nothing',
		async (event) => {
			const one = await activateTrigger(event);
			insert({ status: 'WON' });
			const polls = await Promise.all([one.items(), one.items()]);
			expect(polls.filter((items) => items === null)).toHaveLength(1);
			expect(polls.flat(2).filter(Boolean)).toHaveLength(1);
			stage.sandbox.fault({ kind: 'status', status: 403 });
			await one.failure();
			// A poll that failed does not hold up the next one.
			insert({ status: 'WON' });
			expect(await one.poll()).toHaveLength(1);
		},
	);

	it.each(EVENTS)(
		'%s: the state holds neither the API key nor content of records',
		async (event) => {
			const one = await activateTrigger(event);
			insert({ status: 'WON', name: 'secret name' });
			const items = await one.items();
			const { staticData } = one;
			expect(leaked(stage.sandbox.apiKey, items, staticData, stage.engine.log)).toBeUndefined();
			expect(JSON.stringify(staticData)).not.toMatch(/secret|WON|127\.0\.0\.1/);
		},
	);
});

describe('a manual test', () => {
	it.each(EVENTS)(
		'%s: a manual test shows records as they would be delivered, marked as a sample, and leaves the state as it is',
		async (event) => {
			insertMany(30, { status: 'WON' });
			const one = await activateTrigger(event);
			const id = insert({ status: 'WON' });
			const state = JSON.stringify(one.staticData);
			const rows = await one.poll({ mode: 'manual' });
			const all = stage.sandbox.rows(VIEW);
			const label = {
				created: 'created',
				createdOrUpdated: 'updated',
				entersFilter: 'entered',
			};
			const shown = event === 'created' ? all.slice(-10) : all.slice(0, 10);
			expect(rows).toEqual(
				shown.map((row) => ({ ...row, teamogyEvent: label[event], teamogySample: true })),
			);
			expect(Object.keys(rows[0]).slice(0, 2)).toEqual(['teamogyEvent', 'teamogySample']);
			expect(JSON.stringify(one.staticData)).toBe(state);
			expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
		},
	);

	it('updated: a manual test shows the chosen columns and not the watched ones', async () => {
		const id = insert({ name: 'x', status: 'WON' });
		const options = { columns: ['name'], watchColumns: ['status'] };
		expect(await createTrigger('updated', { options }).poll({ mode: 'manual' })).toEqual([
			{ teamogyEvent: 'updated', teamogySample: true, id, name: 'x' },
		]);
	});

	it('created: a manual test shows older records if none of the newest meets the filter', async () => {
		const won = insert({ status: 'WON' });
		insertMany(30, { status: 'LEAD' });
		const rows = await createTrigger('created', WON).poll({ mode: 'manual' });
		expect(rows.map(({ id }) => id)).toEqual([won]);
	});

	it.each(EVENTS)(
		'%s: a manual test fails with a message if no record meets the filter',
		async (event) => {
			const { message, description, name } = await createTrigger(event, WON).failure({
				mode: 'manual',
			});
			expect([name, message]).toEqual([
				'NodeOperationError',
				'The view "opportunities" has no record that meets the filters, so there is none to show',
			]);
			expect(description).toMatch(/^Once the workflow is published, records are delivered/);
		},
	);

	it('a manual test of an empty view fails with a message', async () => {
		const { message } = await createTrigger('created').failure({ mode: 'manual' });
		expect(message).toBe('The view "opportunities" has no record yet, so there is none to show');
	});
});

describe('requests', () => {
	it('a poll that finds nothing asks for IDs, or for the chosen columns where contents are compared', async () => {
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

	it('a poll that finds new IDs asks for their rows in one request', async () => {
		const one = await activateTrigger('created', WON);
		insertMany(2, { status: 'WON' });
		await one.poll();
		expect(requestUrls()).toEqual([
			'opportunities?columns=id&externalFilter=id>0&limit=10000&offset=0',
			"opportunities?externalFilter=(((id=1 OR id=2)) AND (status='WON'))&limit=1000&offset=0",
		]);
	});

	it('every request goes to the chosen business unit', async () => {
		const one = await activateTrigger('created', { options: { unitId: 2 } });
		insert({ agencyId: 1 });
		const id = insert({ agencyId: 2 });
		expect(await pollEvents(one)).toEqual([[id, 'created']]);
		expect(stage.sandbox.log.map(({ unit }) => unit)).toEqual([2, 2]);
	});
});

describe('the time of a poll', () => {
	itSince('2.41').each<EventName>(['createdOrUpdated', 'entersFilter'])(
		'%s: a poll fails with a message if its time is too short for the view',
		async (event) => {
			insertMany(5, { status: 'WON' });
			stage.sandbox.set({ maxLimit: 2 });
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

describe('many triggers', () => {
	it('what happens in a lively agency is delivered by the triggers that watch it', async () => {
		const watched: Array<[string, EventName, object?]> = [
			['jobs', 'created'],
			['intervals.track', 'created'],
			['companies.client', 'createdOrUpdated'],
			['tasks', 'entersFilter', condition('status', 'DONE')],
			['invoices.sales', 'createdOrUpdated'],
			['documents', 'entersFilter', condition('status', 'APPROVED')],
		];
		const triggers: Trigger[] = [];
		for (const [view, event, parameters] of watched)
			triggers.push(await activateTrigger(event, { view, ...parameters }));
		const happened = await new Promise<string[]>((resolve) => {
			const what: string[] = [];
			const stop = startLive(stage.sandbox, 1, (one) => {
				if (what.push(one) < 6) return;
				stop();
				resolve(what);
			});
		});
		expect(happened).toHaveLength(6);
		for (const one of triggers) {
			expect((await one.poll()).length).toBeGreaterThan(0);
			expect(await one.items()).toBeNull();
		}
	});
});
