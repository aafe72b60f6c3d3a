/** The list of records in the editor, from the live account. */
import type { INodeListSearchItems, NodeError } from 'n8n-workflow';
import type { Row } from '../../sandbox/index.mts';
import { rejection } from '../../helpers/rejection.mts';
import { useTestBed } from '../../helpers/testBed.mts';

const JOBS = 1234;

const testBed = useTestBed({ rows: { jobs: JOBS }, hasLateRequests: true });

const wrongKey = (): object => ({
	credentials: { teamogyApi: { ...testBed.sandbox.credential, apiKey: 'not-the-key' } },
});
const idsOf = (rows: readonly Row[]): string[] => rows.map(({ id }) => String(id));
const valuesOf = (results: INodeListSearchItems[]): unknown[] => results.map(({ value }) => value);

describe('The list of records', () => {
	const search = async (
		parameters: object,
		filter?: string,
		paginationToken?: string,
		more: object = {},
	) =>
		await testBed.engine.listSearch({
			type: 'teamogy',
			method: 'searchRecords',
			parameters: { operation: 'get', ...parameters },
			path: 'parameters.recordId',
			filter,
			paginationToken,
			...more,
		});

	/** Scrolls to the end; gives the entries of each response. */
	const scroll = async (parameters: object, filter?: string): Promise<INodeListSearchItems[][]> => {
		const responses: INodeListSearchItems[][] = [];
		let token: string | undefined;
		do {
			const { results, paginationToken } = await search(parameters, filter, token);
			responses.push(results);
			token = paginationToken as string | undefined;
			if (responses.length > 100) throw new Error('The list has no end');
		} while (token !== undefined);
		return responses;
	};

	/** Rows as the list has them: page by page, open ones first, the newest first. */
	const inListOrder = (rows: readonly Row[]): Row[] => {
		const isClosed = ({ isDisabled, isCancelled, status }: Row): boolean =>
			isDisabled === true ||
			isCancelled === true ||
			['CLOSED', 'CANCELLED', 'DONE', 'REJECTED'].includes(String(status));
		const pages = Array.from({ length: Math.ceil(rows.length / 1000) }, (_, page) =>
			rows.slice(page * 1000, (page + 1) * 1000),
		);
		return pages.flatMap((page) => [
			...page.filter((row) => !isClosed(row)).toSorted((a, b) => Number(b.id) - Number(a.id)),
			...page.filter(isClosed).toSorted((a, b) => Number(b.id) - Number(a.id)),
		]);
	};

	it('Open and new records are listed first, at once, in one request', async () => {
		const { results, paginationToken } = await search({ resource: 'invoice' });
		const rows = testBed.sandbox.rows('invoices.sales');
		expect(valuesOf(results)).toEqual(idsOf(inListOrder(rows).slice(0, 50)));
		const newest = rows.filter(({ isCancelled }) => !isCancelled).at(-1)!;
		expect(results[0].value).toBe(String(newest.id));
		expect(paginationToken).toEqual(expect.any(String));
		expect(testBed.sandbox.log).toHaveLength(1);
	});

	it('Closed jobs are listed after open ones', async () => {
		const ids = valuesOf((await scroll({ resource: 'job' })).flat().slice(0, 1000));
		const status = new Map(testBed.sandbox.rows('jobs').map((row) => [String(row.id), row.status]));
		const isClosed = ids.map((id) => status.get(String(id)) === 'CLOSED');
		expect(isClosed).toEqual(isClosed.toSorted());
		expect(new Set(isClosed).size).toBe(2);
	});

	it.each([
		[{ resource: 'job' }, 'J-2025-0001', 'J-2025-0001 – Vánoční kampaň 2025 (5001)'],
		[{ resource: 'user' }, 'ema.novakova', 'Ema Nováková (11)'],
		[{ resource: 'overhead' }, 'CLI-1', "CLI-1 – Péče o klienta: O'Neill & Sons, Ltd. (6010)"],
		[{ resource: 'company' }, 'Neill & Sons', "O'Neill & Sons, Ltd. (30001)"],
	])('A record is listed by its number and one name: %j', async (parameters, filter, name) => {
		const { results } = await search(parameters, filter);
		expect(results.map((result) => result.name)).toContain(name);
	});

	it('The list continues to its end, each record once, in one request for each part', async () => {
		const responses = await scroll({ resource: 'job' });
		expect(valuesOf(responses.flat())).toEqual(idsOf(inListOrder(testBed.sandbox.rows('jobs'))));
		expect(responses.length).toBeGreaterThan(1);
		expect(responses.slice(0, -1).every(({ length }) => length === 50)).toBe(true);
		expect(testBed.sandbox.log.length).toBeLessThanOrEqual(responses.length + 1);
	});

	it('The list continues from one view of the resource to the next', async () => {
		const responses = await scroll({ resource: 'invoice' });
		const views = ['invoices.sales', 'invoices.purchase'].map((view) =>
			inListOrder(testBed.sandbox.rows(view)),
		);
		expect(valuesOf(responses.flat())).toEqual(idsOf(views.flat()));
		expect(testBed.sandbox.log.length).toBeLessThanOrEqual(responses.length + 2);
	});

	it('A number that has lost digits is not listed as an ID', async () => {
		const body =
			'{"metadata":{"nextOffset":null},"data":[{"id":9007199254740993},{"id":1e999},{"id":"9007199254740993"},{"id":7}]}';
		const headers = { 'content-type': 'application/json' };
		testBed.sandbox.fault({ kind: 'html', status: 200, body, headers });
		const { results } = await search({ resource: 'brand' });
		expect(valuesOf(results)).toEqual(['9007199254740993', '7']);
	});

	it('The list goes on where the server says, whatever rows a page leaves out', async () => {
		for (const offset of [0, 1000, 2000]) {
			const data = Array.from({ length: 30 }, (_, at) => ({ id: offset + at + 1 })).reverse();
			const metadata = { limit: 1000, nextOffset: offset < 2000 ? offset + 1000 : null };
			testBed.sandbox.fault({
				kind: 'status',
				status: 200,
				body: { metadata, data },
				path: new RegExp(`offset=${offset}(&|$)`),
				times: Infinity,
			});
		}
		const listed = (await scroll({ resource: 'brand' })).map(valuesOf);
		expect(listed.map(({ length }) => length)).toEqual([50, 40]);
		expect(new Set(listed.flat()).size).toBe(90);
		const offsets = testBed.sandbox.log.map(({ query }) => query.offset);
		expect([...new Set(offsets)]).toEqual(['0', '1000', '2000']);
	});

	it('A record in two views is listed once', async () => {
		const responses = await scroll({ resource: 'company' });
		expect(valuesOf(responses.flat())).toEqual(
			idsOf(inListOrder(testBed.sandbox.rows('companies'))),
		);
	});

	it('The chosen view is listed where records are rows of a view', async () => {
		const responses = await scroll({ resource: 'overhead', view: 'overheads.internal' });
		expect(valuesOf(responses.flat())).toEqual(
			idsOf(inListOrder(testBed.sandbox.rows('overheads.internal'))),
		);
	});

	it.each(['škoda', 'SKODA', '  skoda & zak ', 'S\u030Ckoda'])(
		'"%s" finds records in any case and with any accents',
		async (filter) => {
			const { results, paginationToken } = await search({ resource: 'company' }, filter);
			const rows = testBed.sandbox.rows('companies');
			const found = rows.filter(({ name }) => String(name).startsWith('Škoda & Žák'));
			expect(found.length).toBeGreaterThan(0);
			expect(valuesOf(results)).toEqual(expect.arrayContaining(idsOf(found)));
			expect(results.length).toBeLessThan(rows.length);
			expect(paginationToken).toBeUndefined();
		},
	);

	it('ID, number and properties find a record', async () => {
		const { id } = testBed.sandbox.insert('jobs', {
			name: 'Hidden',
			properties: { note: 'Věc číslo 🔑' },
		});
		const { number } = testBed.sandbox.rows('jobs').at(-1)!;
		for (const filter of [String(id), String(number), 'vec cislo 🔑']) {
			const { results } = await search({ resource: 'job' }, filter);
			expect(valuesOf(results)).toContain(String(id));
		}
	});

	it('A search scans a long list to its end and lists each match once', async () => {
		const responses = await scroll({ resource: 'job' }, '2026');
		const rows = testBed.sandbox.rows('jobs').filter((row) => JSON.stringify(row).includes('2026'));
		expect(rows.length).toBeGreaterThan(1000);
		expect(valuesOf(responses.flat()).sort()).toEqual(idsOf(rows).sort());
		expect(responses.every(({ length }) => length <= 50)).toBe(true);
	});

	it('A search scans few rows at a time, in whole pages', async () => {
		await search({ resource: 'job' }, 'nothing is called like this');
		expect(testBed.sandbox.log.map(({ query }) => query.limit)).toEqual(['1000', '1000']);
	});

	it.each([{ resource: 'opportunity' }, { resource: 'binder' }])(
		'The list of %j is empty',
		async (parameters) => {
			const given = { ...parameters, options: { unitId: 2 } };
			expect(await search(given)).toEqual({ results: [] });
			expect(await search(given, 'any')).toEqual({ results: [] });
		},
	);

	it('The list shows the chosen business unit', async () => {
		const responses = await scroll({ resource: 'job', options: { unitId: 2 } });
		expect(valuesOf(responses.flat())).toEqual(idsOf(inListOrder(testBed.sandbox.rows('jobs', 2))));
	});

	it('A view without IDs is explained', async () => {
		const body = {
			metadata: { nextOffset: null },
			data: [{ name: 'A' }, { id: null }, { id: {} }],
		};
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		const error = await rejection<NodeError>(search({ resource: 'brand' }));
		expect(error.message).toBe('The records of the view "brands" have no ID that can be used');
	});

	it('A record without a name is listed by its ID', async () => {
		const { id } = testBed.sandbox.insert('brands', { name: null });
		const { results } = await search({ resource: 'brand' }, String(id));
		expect(results).toEqual([{ name: String(id), value: String(id) }]);
	});

	it('A long name is cut, its ID stays, and a text in "properties" is no name', async () => {
		const data = [
			{ id: 2, name: '🦄'.repeat(1000) },
			{ id: 1, properties: 'a text' },
		];
		const body = { metadata: { nextOffset: null }, data };
		testBed.sandbox.fault({ kind: 'status', status: 200, body });
		const { results } = await search({ resource: 'brand' });
		expect(results).toEqual([
			{ name: `${'🦄'.repeat(200)}… (2)`, value: '2' },
			{ name: '1', value: '1' },
		]);
	});

	it('A wrong key is explained', async () => {
		const error = await rejection<NodeError>(
			search({ resource: 'job' }, undefined, undefined, wrongKey()),
		);
		expect(error.message).toBe('Teamogy did not accept the API key');
		expect(error.description).toContain('Integrations → Public API');
		expect(JSON.stringify([error, error.message, error.stack])).not.toContain('not-the-key');
		expect(testBed.sandbox.log).toHaveLength(1);
	});

	it('A domain that is not a host is explained', async () => {
		const credentials = { teamogyApi: { ...testBed.sandbox.credential, domain: 'my teamogy' } };
		const error = await rejection<NodeError>(
			search({ resource: 'job' }, undefined, undefined, { credentials }),
		);
		expect(error.message).toContain("'Domain' in the Teamogy API credential is not a host name");
		expect(error.description).toContain('e.g. yourcompany.teamogy.com');
	});
});
