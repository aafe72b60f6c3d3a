/** The state that the polling trigger keeps. */
import {
	condition,
	pollEvents,
	VIEW,
	WON,
	useOpportunities,
} from '../../../helpers/polling/opportunities.mts';
import { ALL_EVENTS, EVENTS, type EventName } from '../../../helpers/polling/trigger.mts';
import { builtModule } from '../../../helpers/testBed.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';
import { startSandbox, type Sandbox } from '../../../sandbox/index.mts';
import type * as WatchHashModule from '../../../../nodes/triggers/poll/watchHash.js';
import type { TriggerEvent } from '../../../../nodes/triggers/poll/event.js';

const { getWatchHash } = builtModule<typeof WatchHashModule>('nodes/triggers/poll/watchHash.js');
const { testBed, insert, insertMany, patch, createTrigger, activateTrigger } = useOpportunities();

describe('The state', () => {
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
					properties: { parameters: { options: { columns: 'properties.extName' } } },
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
		testBed.sandbox.set({ apiKey });
		const id = insert({ status: 'WON' });
		one.parameters = { ...one.parameters, options: { pageSize: 7 } };
		const credentials = {
			teamogyApi: { ...testBed.sandbox.credential, requestsPerMinute: 1_000_000 },
		};
		expect((await pollEvents(one, { credentials })).map(([first]) => first)).toEqual([id]);
	});

	/** The sandbox knows properties once a record has them. */
	const withProperties = { status: 'LEAD', properties: { extName: 'x', extStatus: 'y' } };
	const CHOICE = { columns: ['status', 'name', 'properties.extName', 'properties.extStatus'] };
	const sameChoice = { columns: 'name, status, properties.extStatus,properties.extName' };

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
			one.parameters = { ...one.parameters, options: { columns: ['name', 'properties.extName'] } };
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
		const { origin } = new URL(testBed.sandbox.domain);
		expect(one.stored!.watchHash).toBe(getWatchHash(ask, { origin, unitId: 1 }));
		expect(getWatchHash(ask, { origin: 'https://agency.teamogy.com', unitId: 1 })).toBe(
			PINNED[event],
		);
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

	describe.each(ALL_EVENTS)('%s: damaged static data', (event) => {
		it.each([[undefined], [null], [5], ['x'], [{}], [[]], [{ floor: 'x', seen: [] }]])(
			'A state of %j starts the trigger anew once, and a failed execution says so',
			async (damaged) => {
				const one = await activateTrigger(event);
				one.stored!.state = damaged;
				insert({ status: 'WON' });
				expect(await one.items()).toBeNull();
				expect(one.reports.map(({ message }) => message)).toEqual([
					'What the trigger remembered was damaged, so it started anew',
				]);
				expect(await one.items()).toBeNull();
				const id = insert({ status: 'WON' });
				if (event !== 'updated')
					expect((await pollEvents(one)).map(([first]) => first)).toEqual([id]);
				expect(one.reports.length).toBe(1);
			},
		);
	});

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

	it.each(EVENTS)(
		'%s: a poll that starts before the last one ends delivers nothing',
		async (event) => {
			const one = await activateTrigger(event);
			insert({ status: 'WON' });
			const polls = await Promise.all([one.items(), one.items()]);
			expect(polls.filter((items) => items === null)).toHaveLength(1);
			expect(polls.flat(2).filter(Boolean)).toHaveLength(1);
			testBed.sandbox.fault({ kind: 'status', status: 403 });
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
			expect(leaked(testBed.sandbox.apiKey, items, staticData, testBed.engine.log)).toBeUndefined();
			expect(JSON.stringify(staticData)).not.toMatch(/secret|WON|127\.0\.0\.1/);
		},
	);
});
