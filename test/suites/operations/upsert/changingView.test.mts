/** Create or Update while the view changes: no record is doubled. */
import { respondWith, useStrangeServer } from '../../../helpers/transport/strangeServer.mts';

interface Company {
	id: number;
	name: string;
}

const { server, run } = useStrangeServer();

const upsert = (options: object = {}) => ({
	resource: 'company',
	operation: 'upsert',
	fieldsMode: 'json',
	body: '={{ $json }}',
	matchColumn: 'name',
	matchValue: '={{ $json.name }}',
	options,
});

/**
 * Serves companies by name without regard to case, or in pages of 1,000.
 *
 * @param shown the companies that a read shows
 */
function serveCompanies(companies: Company[], shown: () => Company[]): void {
	server.respond((...call) => {
		const [, { method, url, body }] = call;
		if (method === 'POST') {
			const { name } = JSON.parse(body) as Company;
			companies.push({ id: 10_000 + companies.length, name });
			return respondWith(companies.at(-1))(...call);
		}
		if (method === 'PATCH') return respondWith({})(...call);
		const { searchParams } = new URL(url, 'http://x');
		const filter = searchParams.get('externalFilter') ?? '';
		const names = [...filter.matchAll(/name='([^']*)'/g)].map(([, name]) => name.toLowerCase());
		const ids = [...filter.matchAll(/id=(\d+)/g)].map(([, id]) => Number(id));
		const offset = Number(searchParams.get('offset'));
		const rows = shown().filter(
			({ id, name }) => !filter || names.includes(name.toLowerCase()) || ids.includes(id),
		);
		const end = offset + Math.min(1000, Number(searchParams.get('limit')));
		const nextOffset = end < rows.length ? end : null;
		respondWith({ metadata: { nextOffset }, data: rows.slice(offset, end) })(...call);
	});
}

const listMethods = () => server.requests.map(({ method }) => method);
const countPosts = () => listMethods().filter((method) => method === 'POST').length;

it('A record that comes into the view between two reads is not created for another spelling', async () => {
	const companies = [{ id: 1, name: 'Old' }];
	serveCompanies(companies, () => {
		const created = listMethods().indexOf('POST');
		const reads = created < 0 ? 0 : listMethods().length - created - 1;
		return reads === 1 ? companies.slice(0, 1) : companies;
	});
	const { json, error } = await run(upsert(), { input: [{ name: 'Gamma' }, { name: 'GAMMA' }] });
	expect(error).toBeUndefined();
	expect(json.map(({ teamogyEvent }) => teamogyEvent)).toEqual(['created', 'updated']);
	expect(countPosts()).toBe(1);
});

it('A record that moves to a page that was read already is found in a batch of several pages', async () => {
	const companies = ['A', 'A', 'B', 'C'].map((name, index) => ({ id: index + 1, name }));
	let pages = 0;
	serveCompanies(companies, () => {
		const { searchParams } = new URL(server.requests.at(-1)!.url, 'http://x');
		// After the first page one of the two records is deleted, so that the last one moves to that page.
		if (searchParams.get('externalFilter') && ++pages === 2) companies.shift();
		return companies;
	});
	const input = ['A', 'B', 'C'].map((name) => ({ name, industry: 'x' }));
	const settings = { input, onError: 'continueRegularOutput' } as const;
	const { json } = await run(upsert({ pageSize: 3 }), settings);
	expect(json.map(({ teamogyEvent }) => teamogyEvent)).not.toContain('created');
	expect(countPosts()).toBe(0);
});

it('A record that moves to a page that was read already is found, ignoring case', async () => {
	const companies = Array.from({ length: 2500 }, (_, index) => ({
		id: index + 1,
		name: `Company ${index + 1}`,
	}));
	let pages = 0;
	serveCompanies(companies, () => {
		// Of all rows in pages, the record is edited after the first one.
		const { searchParams } = new URL(server.requests.at(-1)!.url, 'http://x');
		const isPage = !searchParams.get('externalFilter') && searchParams.get('limit') !== '100';
		if (isPage && ++pages === 2) companies.unshift(...companies.splice(2399, 1));
		return companies;
	});
	const { json, error } = await run(upsert({ ignoreCase: true }), {
		input: [{ name: 'company 2400', industry: 'x' }],
	});
	expect(error).toBeUndefined();
	expect(json).toMatchObject([{ teamogyEvent: 'updated' }]);
	expect(countPosts()).toBe(0);
});
