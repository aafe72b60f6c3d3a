/** Columns that a view returns only on request are requested, and none is held for empty. */
import type { IDataObject } from 'n8n-workflow';
import { toTriggerParameters, useCompanies, WATCHED } from '../../helpers/companies.mts';
import { getWrites } from '../../helpers/loggedRequests.mts';
import { by, byId } from '../../helpers/lookUp.mts';
import { EVENTS, Trigger } from '../../helpers/polling/trigger.mts';
import { toMapping } from '../../helpers/writeParameters.mts';
import type { Row } from '../../sandbox/index.mts';

const { testBed, run, companies } = useCompanies();

describe('A view that leaves out the requested column by default', () => {
	const few = (...columns: string[]) =>
		testBed.sandbox.set({ defaultColumns: { companies: columns, [WATCHED]: columns } });

	it('Look Up of one value returns the columns that several values have, too', async () => {
		few('name');
		const [{ id, name }] = companies();
		const alone = { lookUpOutput: 'record' };
		const { rows } = await run('lookUp', byId(alone), [{ id }]);
		expect(rows).toEqual([{ id, name }]);
		expect(testBed.sandbox.log).toHaveLength(2);
	});

	it('Look Up of several values requests them once more, with the column and those that came', async () => {
		few('name', 'properties');
		const [one, two] = companies();
		const { rows } = await run('lookUp', byId({ lookUpOutput: 'record' }), [
			{ id: two.id },
			{ id: one.id },
		]);
		const shown = ({ id, name, properties }: Row) => ({ id, name, properties });
		expect(rows).toEqual([shown(two), shown(one)]);
		const [first, second, ...more] = testBed.sandbox.log.map(({ query }) => query);
		expect(more).toEqual([]);
		expect(first).not.toHaveProperty('columns');
		expect(second.columns).toBe('id,name');
		expect(second.properties.split(',').sort()).toEqual(
			[...new Set([one, two].flatMap(({ properties }) => Object.keys(properties!)))].sort(),
		);
		expect(second.externalFilter).toBe(first.externalFilter);
	});

	it('Look Up of one text with several rows returns the rows that equal it, if there are any', async () => {
		few('id');
		testBed.sandbox.set({ ignoreCase: true });
		const ids = ['Šíp', 'ŠÍP', 'šíp'].map(
			(name) => testBed.sandbox.insert('companies', { name }).id,
		);
		const find = async (name: string) => {
			const parameters = by('name', { lookUpOutput: 'record' });
			return (await run('lookUp', parameters, [{ name }])).rows.map(({ id }) => id);
		};
		expect(await find('ŠÍP')).toEqual([ids[1]]);
		expect(await find('šíP')).toEqual(ids);
	});

	it('Look Up with chosen properties keeps them chosen', async () => {
		few('name', 'properties');
		const [one, two] = companies();
		const options = { columns: 'properties.extStatus' };
		const parameters = byId({ lookUpOutput: 'record', options });
		const input = [{ id: one.id }, { id: two.id }];
		const { rows } = await run('lookUp', parameters, input);
		const extStatus = ({ properties }: Row) => (properties as IDataObject).extStatus ?? null;
		expect(rows).toEqual(
			[one, two].map((row) => ({
				id: row.id,
				properties: { extStatus: extStatus(row) },
			})),
		);
	});

	it('Get Many with chosen properties returns them alone', async () => {
		const columns = ['properties.extStatus'];
		const { rows } = await run('getAll', { output: 'selected', columns, limit: 2 });
		expect(rows.map((row) => Object.keys(row))).toEqual([['properties'], ['properties']]);
	});

	it('A column that the view returns by its name alone is not called missing where it cannot be filtered as text', async () => {
		few('id', 'name');
		testBed.sandbox.fault({
			kind: 'status',
			status: 400,
			times: Infinity,
			when: ({ query }) => query.externalFilter?.includes("clientDueDays=''") ?? false,
		});
		const filters = { conditions: [{ column: 'clientDueDays', operator: 'isNotEmpty' }] };
		const columns = ['id', 'clientDueDays'];
		const { rows } = await run('getAll', { output: 'selected', columns, filters, limit: 2 });
		expect(rows).toHaveLength(2);
	});

	it('Look Up of many values needs few requests more, and no address is too long', async () => {
		few('name', 'properties');
		const input = Array.from({ length: 3000 }, (_, index) => ({ id: 30_001 + index }));
		const { rows } = await run('lookUp', byId(), input);
		expect(rows.filter(({ teamogy }) => teamogy)).toHaveLength(companies().length);
		const { log, domain } = testBed.sandbox;
		expect(log.length).toBeGreaterThan(0);
		for (const { url } of log) expect(url.length + domain.length).toBeLessThanOrEqual(6000);
		expect(log.length).toBeLessThanOrEqual(2 * 12);
	});

	it('Look Up reports a column that does not come at all, and no value is held for missing', async () => {
		few('name');
		const [one, two] = companies();
		// The server leaves out the column even if it is requested.
		testBed.sandbox.fault({
			kind: 'status',
			status: 200,
			times: Infinity,
			body: {
				metadata: { count: 2, limit: 1000, nextOffset: null },
				data: [{ name: 1 }, { name: 2 }],
			},
		});
		const several = await run('lookUp', byId(), [{ id: one.id }, { id: two.id }]);
		expect(several.error?.message).toBe(
			'The view "companies" is filtered by "id" but does not return it [item 0]',
		);
		expect(several.error?.description).toMatch(/Match on a column that the view returns/);
	});

	it('Create or Update creates no record where the found rows cannot be told apart', async () => {
		const names = ['A', 'B'].map((name) => ({ name }));
		for (const { name } of names) testBed.sandbox.insert('companies', { name });
		testBed.sandbox.fault({
			kind: 'status',
			status: 200,
			times: Infinity,
			when: ({ query }) => /name='A'/.test(query.externalFilter ?? ''),
			body: { metadata: { count: 2, limit: 1000, nextOffset: null }, data: [{ id: 1 }, { id: 2 }] },
		});
		const fields = toMapping({ name: '={{ $json.name }}' }, [], { matchingColumns: ['name'] });
		const { error } = await run('upsert', fields, names);
		expect(error?.message).toMatch(/is filtered by "name" but does not return it/);
		expect(getWrites(testBed.sandbox)).toEqual([]);
	});

	it('Create or Update matches by a column that no record has a value for', async () => {
		few('id', 'name');
		for (const { id } of companies())
			testBed.sandbox.patch('companies', id, { industry: null, properties: {} });
		const fields = toMapping({ industry: '={{ $json.industry }}', name: 'New' }, [], {
			matchingColumns: ['industry'],
		});
		const { error } = await run('upsert', fields, [{ industry: 'Law' }, { industry: 'Law' }]);
		expect(error).toBeUndefined();
		expect(getWrites(testBed.sandbox).map(({ method }) => method)).toEqual(['POST', 'PATCH']);
		const unknown = toMapping({ nothing: 'x' }, [], { matchingColumns: ['nothing'] });
		const { error: refused } = await run('upsert', unknown);
		expect(refused?.message).toMatch(/^The view "companies" has no column "nothing" to match on/);
	});

	it.each(EVENTS)('The activated trigger says what to choose: %s', async (event) => {
		few('name');
		const parameters = toTriggerParameters(event);
		testBed.sandbox.insert(WATCHED, { name: 'One', status: 'WON' });
		const { message, description } = await new Trigger(testBed, parameters).failure();
		expect(message).toMatch(
			/^A record of the view "opportunities" \(name "[^"]+"\) has no value in "id" to identify it$/,
		);
		expect(description).toMatch(
			/it only on request, choose 'Output Column Names or IDs' under 'Options'/,
		);
		const options = { columns: ['name'] };
		const one = new Trigger(testBed, { ...parameters, options });
		expect(await one.items()).toBeNull();
		const { id } = testBed.sandbox.insert(WATCHED, { name: 'Two', status: 'WON' });
		expect((await one.poll()).map((row) => row.id)).toEqual([id]);
	});

	it.each(EVENTS)('The trigger takes an ID within properties: %s', async (event) => {
		const number = (extNumber: number) => ({ status: 'WON', properties: { extNumber } });
		testBed.sandbox.insert(WATCHED, number(1));
		for (const { id } of testBed.sandbox.records(WATCHED))
			testBed.sandbox.patch(WATCHED, id, { properties: { extNumber: id } });
		few('id', 'name', 'properties.extNumber');
		const options = { idColumn: 'properties.extNumber' };
		const one = new Trigger(testBed, toTriggerParameters(event, { options }));
		expect(await one.items()).toBeNull();
		const { id } = testBed.sandbox.insert(WATCHED, number(1_000_000));
		expect((await one.poll()).map((row) => row.id)).toEqual([id]);
		expect(testBed.sandbox.log.every(({ status }) => status === 200)).toBe(true);
	});
});
