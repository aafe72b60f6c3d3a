/** Get: a record or a row by the list, its ID or its registration number. */
import { RESOURCES, supportsMethod } from '../../helpers/resources.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { UNICODE } from '../../helpers/hostileTexts.mts';

const readEntities = RESOURCES.filter((resource) => supportsMethod(resource, 'GET'));
const readViews = RESOURCES.filter((resource) => !supportsMethod(resource, 'GET'));

const testBed = useTestBed();

const urls = (): string[] => testBed.sandbox.log.map(({ method, url }) => `${method} ${url}`);
const inList = <T,>(list: T[], index: number): T => list[(index + list.length) % list.length];

describe('Get', () => {
	const get = async (resource: string, recordId: unknown, more: object = {}) =>
		await testBed.run({ resource, operation: 'get', output: 'all', recordId, ...more });
	const locator = (mode: string, value: unknown): object => ({ __rl: true, mode, value });

	it.each(readEntities.map(({ value, views: [view], entity }) => [value, view, entity!]))(
		'%s: the list and the ID return the record itself',
		async (resource, view, entity) => {
			for (const [mode, row] of [
				['list', inList(testBed.sandbox.rows(view), 0)],
				['id', inList(testBed.sandbox.rows(view), -1)],
			] as const) {
				testBed.sandbox.clearLog();
				const { json, items, error } = await get(resource, locator(mode, String(row.id)));
				expect(error).toBeUndefined();
				expect(json).toEqual([testBed.sandbox.records(entity).find(({ id }) => id === row.id)]);
				expect(items[0].pairedItem).toEqual({ item: 0 });
				expect(urls()).toEqual([`GET /rest/v1/1/${entity}?id=${String(row.id)}`]);
			}
		},
	);

	it.each(readViews.flatMap(({ value, views: own }) => own.map((view) => [value, view])))(
		'%s: the list and the ID return the row of the view %s',
		async (resource, view) => {
			for (const [mode, row] of [
				['list', inList(testBed.sandbox.rows(view), 0)],
				['id', inList(testBed.sandbox.rows(view), -1)],
			] as const) {
				const { json } = await get(resource, locator(mode, String(row.id)), { view });
				expect(json).toEqual([row]);
			}
			const sent = testBed.sandbox.log.map((request) => [request.method, request.view]);
			expect(sent).toEqual([
				['GET', view],
				['GET', view],
			]);
		},
	);

	it.each(['registration', 'number'] as const)(
		'The registration number returns the record, sent as the parameter %s',
		async (registrationParameter) => {
			testBed.sandbox.set({ registrationParameter });
			const options = registrationParameter === 'number' ? { registrationParameter } : {};
			for (const [resource, view, entity] of [
				['invoice', 'invoices.sales', 'documents'],
				['job', 'jobs', 'jobs'],
			]) {
				const { id, number } = inList(testBed.sandbox.rows(view), 3);
				const { json } = await get(resource, locator('registration', number), { options });
				expect(json).toEqual([testBed.sandbox.records(entity).find((record) => record.id === id)]);
			}
			const [{ id, registration }] = testBed.sandbox.rows('companies');
			const { json } = await get('company', locator('registration', registration), { options });
			expect(json.map((record) => record.id)).toEqual([id]);
			expect(testBed.sandbox.log.map(({ query }) => Object.keys(query))).toEqual([
				[registrationParameter],
				[registrationParameter],
				[registrationParameter],
			]);
		},
	);

	it('The error for an unknown registration number names the other parameter', async () => {
		const parameters = { options: { registrationParameter: 'number' } };
		const { error } = await get('job', locator('registration', 'J-2025-0001'), parameters);
		expect(error?.message).toBe('Teamogy did not accept the request for job J-2025-0001 [item 0]');
		expect(error?.description).toContain('Unknown query parameter "number"');
	});

	it('A registration number may have any characters', async () => {
		const number = "Č 1/2026 #5 & 'x' + ✓ %41";
		const { id } = testBed.sandbox.insert('jobs', { number });
		const { json } = await get('job', locator('registration', ` ${number} `));
		expect(json).toMatchObject([{ id, number }]);
		expect(testBed.sandbox.log[0].query).toEqual({ registration: number });
	});

	it('Selected columns of a row are returned from another unit', async () => {
		const [{ id }] = testBed.sandbox.rows('journal', 2);
		const selection = { output: 'selected', columns: ['account'], options: { unitId: 2 } };
		const { json } = await get('journalEntry', locator('id', id), selection);
		expect(json).toEqual([{ account: testBed.sandbox.rows('journal', 2)[0].account }]);
	});

	it('A record of another unit is returned', async () => {
		const [{ id }] = testBed.sandbox.rows('jobs', 2);
		expect((await get('job', locator('id', id))).error).toMatchObject({ httpCode: '404' });
		const { json } = await get('job', locator('id', id), { options: { unitId: 2 } });
		expect(json).toMatchObject([{ id, agencyId: 2 }]);
	});

	it('The ID may come from an expression, a number or a plain parameter', async () => {
		const [{ id }] = testBed.sandbox.records('users');
		for (const recordId of [locator('id', '={{ $json.id }}'), locator('id', id), '={{ $json.id }}'])
			expect(
				(
					await testBed.run(
						{ resource: 'user', operation: 'get', output: 'all', recordId },
						{ input: [{ id }] },
					)
				).json,
			).toMatchObject([{ id }]);
	});

	it("Teamogy's response is returned as it is, even if it wraps the record", async () => {
		testBed.sandbox.set({ wrapEntity: true });
		const [record] = testBed.sandbox.records('users');
		const { json } = await get('user', locator('id', record.id));
		expect(json).toEqual([{ data: record }]);
	});

	it('A record that does not exist is reported', async () => {
		const { error } = await get('company', locator('id', '987654321'));
		expect(error?.message).toBe('Teamogy did not find company 987654321 [item 0]');
		expect(error?.description).toContain('companies: nothing found with id 987654321 in unit 1');
		expect(error?.description).toContain('Check the ID, registration number or path');
	});

	it.each([[], {}, { data: null }, { data: [] }].map((body) => [body]))(
		'The response %j is reported as no record',
		async (body) => {
			testBed.sandbox.fault({ kind: 'status', status: 200, body });
			const { error } = await get('company', locator('id', 5));
			expect(error?.message).toMatch(
				/^(There is no company 5|The response for company 5 was not the JSON Teamogy sends) \[item 0\]$/,
			);
		},
	);

	it('A hint says that several rows have the ID', async () => {
		const body = { metadata: { nextOffset: null }, data: [{ id: 5 }, { id: 5 }] };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		const { json, hints } = await get('brand', locator('id', 5));
		expect(json).toHaveLength(2);
		expect(hints.map(({ message }) => message)).toEqual([
			'Several records of the view "brands" have the ID 5; the first two were returned. Use Get Many with a filter to see all.',
		]);
	});

	it('A row that does not exist is reported', async () => {
		const { error } = await get('brand', locator('id', '987654321'));
		expect(error?.message).toBe('There is no brand 987654321 in the view "brands" [item 0]');
		expect(error?.description).toContain("Check the ID and 'Business Unit ID'");
	});

	it.each([
		['', 'The Company ID is empty'],
		['abc', 'The Company ID, "abc", is not an ID'],
		['0', 'The Company ID, "0", is not an ID'],
		['-5', 'The Company ID, "-5", is not an ID'],
		['1.5', 'The Company ID, "1.5", is not an ID'],
		['1 OR id>0', 'The Company ID, "1 OR id>0", is not an ID'],
		['1&x=2', 'The Company ID, "1&x=2", is not an ID'],
		[null, 'The Company ID is empty'],
		[[1, 2], 'The Company ID, "[1,2]", is not an ID'],
		[{}, 'is not an ID'],
	])('The ID %j is refused', async (value, message) => {
		const recordId = locator('id', '={{ $json.value }}');
		const parameters = { resource: 'company', operation: 'get', output: 'all', recordId };
		testBed.expectRefused(await testBed.run(parameters, { input: [{ value }] }), message);
	});

	// The locator has no pattern: n8n checks patterns in a sandbox with a deadline, which a busy machine misses.
	it('A text that is not an ID is refused where it is entered, in the words of the node', async () => {
		const result = await get('company', locator('id', 'abc'));
		testBed.expectRefused(result, 'The Company ID, "abc", is not an ID');
		expect(result.error?.description).toContain('a whole number above 0, e.g. 1234');
		const modes = testBed.engine
			.description('teamogy')
			.properties.flatMap((one) => one.modes ?? []);
		expect(modes.length).toBeGreaterThan(20);
		for (const mode of modes) expect(mode.validation).toBeUndefined();
	});

	it('An empty registration number is refused', async () => {
		const given = locator('registration', ' ');
		testBed.expectRefused(await get('company', given), 'The Registration Number is empty');
	});

	it.each([
		['group', 'A group'],
		['opportunity', 'An opportunity'],
		['internalDocument', 'An internal document'],
	])(
		'A registration number is refused where records are found by ID only: %s',
		async (resource, name) => {
			const given = locator('registration', 'X-1');
			testBed.expectRefused(await get(resource, given), `${name} is found by its ID only`);
		},
	);
});

describe('Unicode', () => {
	it('Unicode text passes every way of reading unchanged', async () => {
		const { sandbox, run } = testBed;
		const properties = { note: UNICODE, 'klíč 🔑': UNICODE };
		const record = sandbox.insert('companies', { name: UNICODE, tags: [UNICODE], properties });
		const recordId = { __rl: true, mode: 'id', value: record.id };
		const filters = { conditions: [{ column: 'name', value: '={{ $json.name }}' }] };
		const all = await run(
			{ resource: 'company', operation: 'getAll', output: 'all', filters },
			{ input: [{ name: UNICODE }] },
		);
		expect(all.json).toEqual([sandbox.rows('companies').at(-1)]);
		expect(all.json[0]).toMatchObject({ name: UNICODE, properties });
		const one = await run({ resource: 'company', operation: 'get', output: 'all', recordId });
		expect(one.json).toEqual([record]);
	});
});
