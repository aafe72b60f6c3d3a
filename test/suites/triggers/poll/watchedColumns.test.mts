/** Watched columns beside delivered columns. */
import { NodeHelpers, type INodeProperties } from 'n8n-workflow';
import { itSince } from '../../../engine/since.mts';
import {
	pollEvents,
	VIEW,
	WON,
	useOpportunities,
} from '../../../helpers/polling/opportunities.mts';
import { ALL_EVENTS } from '../../../helpers/polling/trigger.mts';

const {
	testBed,
	insert,
	insertMany,
	patch,
	createTrigger,
	activateTrigger,
	requestUrls,
	beforeRequest,
} = useOpportunities();

describe('Watched columns', () => {
	const CHANGES = ['createdOrUpdated', 'updated'] as const;

	it.each(CHANGES)(
		'%s: changes of the watched column count, and the chosen columns are delivered, with one request',
		async (event) => {
			const id = insert({ name: 'x', status: 'LEAD', properties: { extName: 'p', extId: 1 } });
			const options = { columns: ['name', 'properties.extName'], watchColumns: ['status'] };
			const one = await activateTrigger(event, { options });
			patch(id, { name: 'y', properties: { extName: 'q', extId: 2 } });
			expect(await one.items()).toBeNull();
			patch(id, { status: 'WON' });
			testBed.sandbox.clearLog();
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
				testBed.sandbox.clearLog();
				const [row] = testBed.sandbox.rows(VIEW);
				expect(await one.poll()).toEqual([{ ...row, teamogyEvent: 'updated' }]);
				expect(requestUrls()).toEqual([
					asked,
					'opportunities?externalFilter=(id=1)&limit=1000&offset=0',
				]);
			}
			expect(await one.items()).toBeNull();
		},
	);

	it('A watched entry of properties is delivered only if it is chosen', async () => {
		const id = insert({ name: 'x', properties: { extStatus: 'A', extName: 'p' } });
		const options = { columns: ['name'], watchColumns: ['properties.extStatus'] };
		const one = await activateTrigger('createdOrUpdated', { options });
		patch(id, { properties: { extStatus: 'A', extName: 'q' } });
		expect(await one.items()).toBeNull();
		patch(id, { properties: { extStatus: 'B', extName: 'q' } });
		expect(await one.poll()).toEqual([{ teamogyEvent: 'updated', id, name: 'x' }]);
	});

	it('All of properties can be delivered beside a watched entry', async () => {
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
			testBed.sandbox.clearFaults();
			patch(id, { status: 'WON' });
			expect(await pollEvents(one)).toEqual([[id, 'updated']]);
			expect(await one.items()).toBeNull();
		},
	);

	itSince('2.41')('A backlog takes several polls if one poll has no time for it', async () => {
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
			expect((await one.failure()).message).toContain('has no column "colour"');
			one.parameters = { ...one.parameters, options: { watchColumns: ['a b'] } };
			expect((await one.failure()).message).toMatch(
				/^Watched Column Names or IDs.* is not a column name$/,
			);
			expect({ ...one.stored }).toEqual({});
		},
	);
});

describe('The panel of the trigger', () => {
	it.each(ALL_EVENTS)(
		'%s: one notice is shown, which names the watched columns if they count',
		(event) => {
			const { properties } = testBed.engine.description('teamogyTrigger');
			const notices = properties.filter(
				(one) =>
					one.name === 'eventNotice' && NodeHelpers.displayParameter({ event }, one, null, null),
			);
			expect(notices).toHaveLength(1);
			const options = properties.find(({ name }) => name === 'options')!
				.options as INodeProperties[];
			const { displayName } = options.find(({ name }) => name === 'watchColumns')!;
			expect(notices[0].displayName.includes(`'${displayName}'`)).toBe(
				['createdOrUpdated', 'updated'].includes(event),
			);
		},
	);

	it('The lists of delivered and of watched columns have names that tell them apart', () => {
		const { properties } = testBed.engine.description('teamogyTrigger');
		const options = properties.find(({ name }) => name === 'options')!.options as INodeProperties[];
		const labels = options.map(({ name, displayName }) => [name, displayName]);
		expect(Object.fromEntries(labels)).toMatchObject({
			columns: 'Output Column Names or IDs',
			watchColumns: 'Watched Column Names or IDs',
		});
	});
});
