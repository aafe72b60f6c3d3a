/** A column named __proto__ is a key of the item like any other. */
import type { IDataObject } from 'n8n-workflow';
import { engineGlobal } from '../../engine/outsideJest.mts';
import { toTriggerParameters, useCompanies, WATCHED } from '../../helpers/companies.mts';
import { by } from '../../helpers/lookUp.mts';
import { EVENTS, Trigger } from '../../helpers/polling/trigger.mts';
import { toJsonBody, toMapping, toRecordId } from '../../helpers/writeParameters.mts';

const { testBed, run } = useCompanies();

describe('A column __proto__', () => {
	const row = '{"id":7,"name":"Acme","__proto__":{"teamogyEvent":"inherited"},"constructor":1}';
	const view = `{"metadata":{"count":1,"limit":1000,"nextOffset":null},"data":[${row}]}`;
	const headers = { 'content-type': 'application/json' };
	const respond = (body: string, path: string | RegExp) =>
		testBed.sandbox.fault({ kind: 'html', status: 200, body, headers, path, times: Infinity });
	const own = JSON.parse(row) as IDataObject;
	const check = (item: unknown, expected: object) => {
		expect(Object.getPrototypeOf(item)).toBe(engineGlobal.Object.prototype);
		expect(Object.entries(item as object)).toEqual(
			expect.arrayContaining(Object.entries(expected)),
		);
		expect(Object.hasOwn(item as object, '__proto__')).toBe(true);
	};
	const full = { options: { returnRecord: true } };
	const byName = toMapping({ name: 'Acme' }, [], { matchingColumns: ['name'] });

	it.each([
		['getAll', {}],
		['lookUp', by('name', { lookUpValue: 'Acme', lookUpOutput: 'record' })],
		['get', toRecordId(7)],
		['create', { ...toJsonBody({ name: 'Acme' }), ...full }],
		['update', { ...toRecordId(7), ...toJsonBody({ name: 'Acme' }), ...full }],
		['upsert', { ...byName, ...full }],
	])('%s keeps the column as a key of the item', async (operation, parameters) => {
		respond(view, 'views/');
		respond(row, /companies(\?|$)/);
		const { rows, error } = await run(operation, parameters);
		expect(error).toBeUndefined();
		check(rows[0], own);
	});

	it('Look Up keeps the column as a key of the input and of the record', async () => {
		respond(view, 'views/');
		const input = JSON.parse('{"name":"Acme","__proto__":{"of":"the input"}}') as object;
		const { rows } = await run('lookUp', by('name'), [input]);
		check(rows[0], {});
		check(rows[0].teamogy, own);
	});

	it.each(EVENTS)('The trigger keeps the column as a key of the item: %s', async (event) => {
		const one = new Trigger(testBed, toTriggerParameters(event));
		for (const { id } of testBed.sandbox.records(WATCHED)) testBed.sandbox.remove(WATCHED, id);
		expect(await one.items()).toBeNull();
		respond(view, 'views/');
		const [item, ...others] = await one.poll();
		expect(others).toEqual([]);
		check(item, own);
		expect(item.teamogyEvent).toBe(event === 'entersFilter' ? 'entered' : 'created');
	});
});
