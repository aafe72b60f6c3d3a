/** Several input items: the links of their rows, on both outputs, and the order of the rows. */
import type { INodeExecutionData } from 'n8n-workflow';
import { waitUntilQuiet } from '../../helpers/waitUntilQuiet.mts';
import { waitUntil } from '../../helpers/waitUntil.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { chain, node, teamogy } from '../../helpers/workflow.mts';

const testBed = useTestBed({ hasLateRequests: true });

const { stringify } = JSON;
const links = (items: INodeExecutionData[]): unknown[] => items.map(({ pairedItem }) => pairedItem);
const item = (index: number): object => ({ item: index });
const byId = (value: unknown): object => ({ __rl: true, mode: 'id', value });
const getJob = {
	resource: 'job',
	operation: 'get',
	output: 'all',
	recordId: byId('={{ $json.id }}'),
};
const jobIds = (): number[] => testBed.sandbox.rows('jobs').map(({ id }) => id as number);

describe('Item linking', () => {
	it('Every row is linked to its item, in the order of the items and of the view', async () => {
		const views = ['units', 'overheads.client', 'groups', 'units'];
		const { json, items } = await testBed.run(
			{
				resource: 'view',
				operation: 'getAll',
				output: 'all',
				viewName: '={{ $json.view }}',
				returnAll: true,
			},
			{ input: views.map((view) => ({ view })) },
		);
		const expected = views.flatMap((view, index) =>
			testBed.sandbox.rows(view).map((row) => ({ row, link: item(index) })),
		);
		expect(json).toEqual(expected.map(({ row }) => row));
		expect(links(items)).toEqual(expected.map(({ link }) => link));
	});

	it.each([
		['getAll', { resource: 'job', limit: 3, options: { pageSize: 1 } }, 3],
		['get', { resource: 'job', recordId: byId(5001) }, 1],
		['get', { resource: 'brand', recordId: byId(4001) }, 1],
		['lookUp', { resource: 'job', lookUpColumn: 'status', lookUpValue: 'CLOSED' }, undefined],
		['request', { resource: 'apiRequest', path: 'views/units' }, 1],
	])('Every row is linked to its item: %s of %j', async (operation, parameters, rowsEach) => {
		const input = [{ a: 0 }, { a: 1 }, { a: 2 }];
		const { items } = await testBed.run({ operation, ...parameters }, { input });
		const each = rowsEach ?? items.length / input.length;
		expect(each).toBeGreaterThan(0);
		expect(links(items)).toEqual(input.flatMap((_, index) => Array(each).fill(item(index))));
	});

	it('A later node reaches the item of a row', async () => {
		const getMany = {
			resource: 'view',
			operation: 'getAll',
			output: 'all',
			viewName: '={{ $json.view }}',
			limit: 2,
		};
		const fields = [
			{ id: 'a', name: 'from', type: 'string', value: "={{ $('Start').item.json.view }}" },
			{ id: 'b', name: 'id', type: 'number', value: '={{ $json.id }}' },
		];
		const { node: outcome, error } = await testBed.engine.runWorkflow(
			chain(
				node('Start', 'manualTrigger'),
				teamogy('Teamogy', getMany),
				node('Link', 'set', { assignments: { assignments: fields } }, 3.4),
			),
			{ inputs: [{ view: 'jobs' }, { view: 'users' }] },
		);
		expect(error).toBeUndefined();
		const expected = ['jobs', 'users'].flatMap((from) =>
			testBed.sandbox
				.rows(from)
				.slice(0, 2)
				.map(({ id }) => ({ from, id })),
		);
		expect(outcome('Link').json).toEqual(expected);
	});

	it('Every parameter is read for its own item', async () => {
		const input = [
			{ view: 'invoices.sales', limit: 1, unit: 1, column: 'status', value: 'APPROVED' },
			{ view: 'invoices.purchase', limit: 5, unit: 2, column: 'isDisabled', value: 'false' },
		];
		const { json } = await testBed.run(
			{
				resource: 'invoice',
				operation: 'getAll',
				output: 'selected',
				view: '={{ $json.view }}',
				limit: '={{ $json.limit }}',
				filters: {
					conditions: [
						{
							column: '={{ $json.column }}',
							type: '={{ $json.column === "status" ? "string" : "boolean" }}',
							value: '={{ $json.value }}',
						},
					],
				},
				columns: '={{ ["id", $json.column] }}',
				options: { unitId: '={{ $json.unit }}' },
			},
			{ input },
		);
		const { sandbox } = testBed;
		const [sales] = sandbox.rows('invoices.sales').filter(({ status }) => status === 'APPROVED');
		const purchase = sandbox.rows('invoices.purchase', 2).slice(0, 5);
		expect(json).toEqual([
			{ id: sales.id, status: 'APPROVED' },
			...purchase.map(({ id }) => ({ id, isDisabled: false })),
		]);
	});
});

describe('The order of rows', () => {
	const SLOW = 100;

	it('Rows have the order of the items, whichever response comes first', async () => {
		const ids = jobIds().slice(0, 30);
		const hasResponse: number[] = [];
		testBed.sandbox.set({ onResponse: ({ query }) => hasResponse.push(Number(query.id)) });
		const slow = `id=${ids[0]}`;
		testBed.sandbox.fault({ kind: 'slow', ms: SLOW, path: slow });
		const { json, items } = await testBed.run(getJob, { input: ids.map((id) => ({ id })) });
		expect(json.map(({ id }) => id)).toEqual(ids);
		expect(links(items)).toEqual(ids.map((_, index) => item(index)));
		expect(new Set(hasResponse)).toEqual(new Set(ids));
	});

	it('Rows have the order of the view where the first page comes last', async () => {
		testBed.sandbox.fault({ kind: 'slow', ms: SLOW, path: 'offset=20' });
		testBed.sandbox.fault({ kind: 'slow', ms: SLOW / 2, path: 'offset=120' });
		const parameters = { resource: 'task', operation: 'getAll', output: 'all', returnAll: true };
		const { json } = await testBed.run({ ...parameters, options: { pageSize: 10 } });
		expect(json).toEqual(testBed.sandbox.rows('tasks'));
	});

	it('A failed item leaves the other items in their places', async () => {
		const ids = jobIds().slice(0, 5);
		ids.splice(2, 0, 999_999);
		testBed.sandbox.fault({ kind: 'slow', ms: SLOW, path: `id=${ids[0]}` });
		const { json, items } = await testBed.run(getJob, {
			input: ids.map((id) => ({ id })),
			onError: 'continueRegularOutput',
		});
		expect(json.map(({ id }) => id)).toEqual(ids.map((id) => (id === 999_999 ? undefined : id)));
		expect(links(items)).toEqual(ids.map((_, index) => item(index)));
	});
});

describe('Failed items', () => {
	/** A good ID, an unknown one, a text that is not an ID and is not sent, and another good ID. */
	const input = (): object[] => {
		const [first, second] = jobIds();
		return [
			{ id: first, own: 'a' },
			{ id: 999_999, own: 'b' },
			{ id: 'none', own: 'c', error: 'a field of the input' },
			{ id: second, own: 'd' },
		];
	};
	const NOT_FOUND = 'Teamogy did not find job 999999 [item 1]';
	const NO_ID = 'The Job ID, "none", is not an ID [item 2]';

	it('An error item takes the place of a failed item', async () => {
		const given = input();
		const { json, items, error, execution } = await testBed.run(getJob, {
			input: given as never,
			onError: 'continueRegularOutput',
		});
		expect([error, execution.status]).toEqual([undefined, 'success']);
		expect(json).toMatchObject([
			{ id: jobIds()[0] },
			{ error: NOT_FOUND, message: expect.stringContaining('nothing found with id 999999') },
			{ error: NO_ID, message: expect.stringContaining('whole number above 0') },
			{ id: jobIds()[1] },
		]);
		expect(Object.keys(json[1])).toEqual(['error', 'message']);
		expect(links(items)).toEqual(given.map((_, index) => item(index)));
	});

	it('A failed item goes to the error output with the fields of the input', async () => {
		const given = input();
		const { json, items, errorItems, error } = await testBed.run(getJob, {
			input: given as never,
			onError: 'continueErrorOutput',
		});
		expect(error).toBeUndefined();
		expect(json.map(({ id }) => id)).toEqual(jobIds().slice(0, 2));
		expect(links(items)).toEqual([item(0), item(3)]);
		expect(errorItems.map((one) => one.json)).toEqual([
			{ ...given[1], error: NOT_FOUND, message: expect.any(String) as string },
			{ ...given[2], error: NO_ID, message: expect.any(String) as string },
		]);
		expect(links(errorItems)).toEqual([item(1), item(2)]);
	});

	it('Several rows of one item are returned beside a failed item', async () => {
		const { json, items, errorItems } = await testBed.run(
			{
				resource: 'view',
				operation: 'getAll',
				output: 'all',
				viewName: '={{ $json.view }}',
				returnAll: true,
			},
			{
				input: [{ view: 'groups' }, { view: 'nothing' }, { view: 'units' }],
				onError: 'continueErrorOutput',
			},
		);
		const [groups, units] = [testBed.sandbox.rows('groups'), testBed.sandbox.rows('units')];
		expect(json).toEqual([...groups, ...units]);
		expect(links(items)).toEqual([...groups.map(() => item(0)), ...units.map(() => item(2))]);
		expect(errorItems).toMatchObject([
			{ json: { view: 'nothing', error: 'Teamogy does not know the view "nothing" [item 1]' } },
		]);
	});

	it('An item that fails on a later page gives none of its rows', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 403, path: /views\/tasks.*offset=200/ });
		const { items, errorItems } = await testBed.run(
			{
				resource: 'view',
				operation: 'getAll',
				output: 'all',
				viewName: '={{ $json.of }}',
				returnAll: true,
				options: { pageSize: 100 },
			},
			{ input: [{ of: 'tasks' }, { of: 'jobs' }], onError: 'continueErrorOutput' },
		);
		expect(links(items)).toEqual(jobIds().map(() => item(1)));
		expect(errorItems).toMatchObject([
			{ json: { of: 'tasks', error: 'Teamogy refused access to the view "tasks" [item 0]' } },
		]);
	});

	it('The run stops with the number of the failed item, unless the node continues on errors', async () => {
		const given = input().toSpliced(2, 1);
		const { json, error, execution } = await testBed.run(getJob, { input: given as never });
		expect(json).toEqual([]);
		expect(execution.status).toBe('error');
		expect(error).toMatchObject({ message: NOT_FOUND, context: { itemIndex: 1 } });
	});

	it('Nothing is sent where the parameters of one item are invalid', async () => {
		const { error } = await testBed.run(getJob, { input: input() as never });
		expect(error).toMatchObject({ message: NO_ID, context: { itemIndex: 2 } });
		expect(testBed.sandbox.log).toEqual([]);
	});

	it.each(['continueRegularOutput', 'continueErrorOutput'] as const)(
		'An invalid credential fails each item: %s',
		async (onError) => {
			const { items, errorItems } = await testBed.run(getJob, {
				input: [{ id: 1 }, { id: 2 }],
				onError,
				credentials: { teamogyApi: { domain: 'http://example.com', apiKey: 'k' } },
			});
			const [empty, failed] =
				onError === 'continueErrorOutput' ? [items, errorItems] : [errorItems, items];
			expect(empty).toEqual([]);
			expect(failed.map(({ json }) => json.error)).toEqual(
				[0, 1].map(
					(index) =>
						`'Domain' in the Teamogy API credential starts with "http://": enter the host alone, or with "https://" [item ${index}]`,
				),
			);
			expect(links(failed)).toEqual([item(0), item(1)]);
		},
	);
});

describe('Stop', () => {
	it('Stop ends running requests and starts no other', async () => {
		testBed.sandbox.fault({ kind: 'hang', times: Infinity });
		const stop = new AbortController();
		const running = testBed.run(getJob, {
			input: jobIds().map((id) => ({ id })),
			signal: stop.signal,
		});
		const atOnce = 8;
		await waitUntil(() => testBed.sandbox.log.length === atOnce);
		stop.abort();
		const { execution, json } = await running;
		expect([execution.status, json]).toEqual(['canceled', []]);
		testBed.sandbox.clearFaults();
		await waitUntilQuiet(testBed.sandbox);
		expect(testBed.sandbox.log).toHaveLength(atOnce);
	});

	it('Stop overrides Continue On Error', async () => {
		testBed.sandbox.fault({ kind: 'hang', times: Infinity });
		const stop = new AbortController();
		const running = testBed.run(
			{ resource: 'task', operation: 'getAll', output: 'all', returnAll: true },
			{ signal: stop.signal, onError: 'continueErrorOutput' },
		);
		await waitUntil(() => testBed.sandbox.log.length > 0);
		stop.abort();
		const { execution } = await running;
		expect(execution.status).toBe('canceled');
	});
});

it('A message says what happened, what to do, and for which item', async () => {
	const { error } = await testBed.run(getJob, { input: [{ id: 999_999 }] });
	expect(stringify([error?.message, error?.description])).toBe(
		stringify([
			'Teamogy did not find job 999999 [item 0]',
			'Teamogy says: jobs: nothing found with id 999999 in unit 1. ' +
				"Check the ID, registration number or path, 'Business Unit ID' and 'Domain' in the credential. " +
				'A record the user of the API key may not see is not found either. Status 404.',
		]),
	);
});
