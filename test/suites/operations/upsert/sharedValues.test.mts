/** Create or Update where items with different filters, types or units have the same value. */
import { respondWith, useStrangeServer } from '../../../helpers/transport/strangeServer.mts';

type Row = Record<string, unknown> & { id: number };

const { server, run } = useStrangeServer();

/** Serves rows that meet `column='text'` and `column=number`, and adds those that are created. */
function serveRows(rows: Row[], settings: { failsPost?: number; column: string }): void {
	const { failsPost, column } = settings;
	let posts = 0;
	server.respond((...call) => {
		const [, { method, url, body }] = call;
		if (method === 'PATCH') return respondWith({})(...call);
		if (method === 'POST') {
			if (++posts === failsPost) return respondWith({ message: 'Failed' }, 500)(...call);
			rows.push({ ...(JSON.parse(body) as Row), id: 100 + rows.length });
			return respondWith(rows.at(-1))(...call);
		}
		const filter = new URL(url, 'http://x').searchParams.get('externalFilter') ?? '';
		const list = (name: string) =>
			[...filter.matchAll(new RegExp(`${name}='([^']*)'`, 'g'))].map(([, text]) => text);
		const meets = (row: Row, name: string) =>
			!list(name).length || list(name).includes(String(row[name]));
		const data = rows.filter(
			(row) => meets(row, column) && meets(row, 'type') && meets(row, 'kind'),
		);
		respondWith({ metadata: { nextOffset: null }, data })(...call);
	});
}

const countPosts = () => server.requests.filter(({ method }) => method === 'POST').length;

const upsert = (more: object) => ({
	...{ operation: 'upsert', fieldsMode: 'json', body: '={{ $json }}' },
	...more,
});

it('The unit of the credential and the same unit by its number are one unit', async () => {
	serveRows([{ id: 1, name: 'Old' }], { column: 'name' });
	const { json, error } = await run(
		upsert({
			...{ resource: 'company', matchColumn: 'name', matchValue: '={{ $json.name }}' },
			body: '={{ { name: $json.name } }}',
			options: { unitId: '={{ $json.unit }}' },
		}),
		{
			input: [
				{ name: 'New', unit: '' },
				{ name: 'New', unit: 1 },
			],
		},
	);
	expect(error).toBeUndefined();
	expect(json.map(({ teamogyEvent }) => teamogyEvent)).toEqual(['created', 'updated']);
	expect(countPosts()).toBe(1);
});

it('A document that may have been saved is no doubt about one of another type', async () => {
	const required = {
		number: 'A1',
		companyId: 1,
		ownerId: 24,
		properties: { createdOn: '2026-01-01' },
	};
	const types = ['INVOICE.PURCHASE', 'INVOICE.PURCHASE.FOREIGN'];
	serveRows([{ id: 1, type: types[0], number: 'A0' }], { column: 'number', failsPost: 1 });
	const { json } = await run(
		upsert({
			...{ resource: 'invoice', matchColumn: 'number', matchValue: '={{ $json.number }}' },
			documentType: { __rl: true, mode: 'name', value: types[0] },
		}),
		{ input: types.map((type) => ({ ...required, type })), onError: 'continueRegularOutput' },
	);
	expect(json[0].error).toContain('could not answer');
	expect(json[1]).toMatchObject({ teamogyEvent: 'created' });
	expect(countPosts()).toBe(2);
});

it('A doubt about the record of an item with another filter is told as such', async () => {
	serveRows([{ id: 1, name: 'Old', kind: 'A' }], { column: 'name', failsPost: 1 });
	const { json } = await run(
		upsert({
			...{ resource: 'company', matchColumn: 'name', matchValue: '={{ $json.name }}' },
			filters: { conditions: [{ column: 'kind', value: '={{ $json.kind }}' }] },
		}),
		{
			input: ['A', 'B'].map((kind) => ({ name: 'Design', kind })),
			onError: 'continueRegularOutput',
		},
	);
	expect(json[1].error).toBe(
		'The record of another item with "Design" in "name" may have been saved [item 1]',
	);
	expect(countPosts()).toBe(1);
});

it('A record with decomposed letters is found by the next run on a server that compares letter by letter', async () => {
	const rows: Row[] = [{ id: 1, name: 'Old' }];
	serveRows(rows, { column: 'name' });
	const parameters = upsert({
		...{ resource: 'company', matchColumn: 'name', matchValue: '={{ $json.name }}' },
	});
	for (const _run of [1, 2]) {
		const { error } = await run(parameters, { input: [{ name: 'Cafe\u0301 Noir' }] });
		expect(error).toBeUndefined();
	}
	expect(rows.map(({ name }) => name)).toEqual(['Old', 'Caf\u00e9 Noir']);
});

it.each([
	[
		'properties.name',
		{ properties: { name: 'Cafe\u0301', other: 'e\u0301' } },
		{ properties: { name: 'Caf\u00e9', other: 'e\u0301' } },
	],
	['address.city', { address: { city: 'Cafe\u0301' } }, { address: { city: 'Cafe\u0301' } }],
])(
	'Only the text that is matched on is composed, and no field is added: %s',
	async (column, body, sent) => {
		serveRows([{ id: 1, name: 'Old' }], { column });
		await run(
			upsert({
				...{ resource: 'company', matchColumn: column, matchValue: 'New' },
				body: JSON.stringify({ name: 'e\u0301', ...body }),
			}),
		);
		const post = server.requests.find(({ method }) => method === 'POST');
		expect(JSON.parse(post!.body)).toEqual({ name: 'e\u0301', ...sent });
	},
);
