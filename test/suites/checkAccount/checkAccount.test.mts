/** What the check of an account finds out: the sandbox makes one assumption wrong, and the report names that one. */
import { isUnverified } from '../../checkAccount/assumptions.mts';
import { LIES } from '../../checkAccount/lies.mts';
import {
	ASSUMPTIONS,
	useTestBed,
	findResult,
	listWith,
} from '../../helpers/checkAccount/testBed.mts';
import type { Row } from '../../sandbox/index.mts';

const testBed = useTestBed();
const listUnless = (...kinds: string[]) =>
	ASSUMPTIONS.filter(({ checked }) => !kinds.includes(checked)).map(({ id }) => id);

describe('An account for which all assumptions hold', () => {
	it('An account for which all assumptions hold is found to be one by reading alone', async () => {
		const { report, trial } = await testBed.check();
		expect(listWith(report, 'fails')).toEqual([]);
		expect(listWith(report, 'undecidable')).toEqual(listUnless('reading'));
		expect(testBed.sandbox.log.every(({ method }) => method === 'GET')).toBe(true);
		expect(trial).toBeUndefined();
		expect(testBed.sandbox.log.length).toBeLessThan(100);
	});

	it('An account for which all assumptions hold is found to be one by writing too', async () => {
		const { report } = await testBed.check({ write: true });
		expect(listWith(report, 'fails')).toEqual([]);
		expect(listWith(report, 'undecidable')).toEqual(listUnless('reading', 'writing'));
	});

	it('An account for which all assumptions hold gets the headers of the vendor’s client with each request', async () => {
		await testBed.check();
		expect(testBed.sandbox.log.length).toBeGreaterThan(20);
		for (const { headers } of testBed.sandbox.log) {
			expect(headers).toMatchObject({
				accept: 'application/json',
				'content-type': 'application/json',
			});
		}
	});
});

describe('An assumption that is wrong', () => {
	it.each(Object.entries(LIES))(
		'An assumption that is wrong is the only one that the report names: %s',
		async (key, lie) => {
			testBed.lie(lie);
			const [id] = key.split(':');
			const { checked } = ASSUMPTIONS.find((one) => one.id === id)!;
			const { report } = await testBed.check({ write: checked === 'writing' });
			expect(listWith(report, 'fails')).toEqual([id]);
		},
	);

	it('A lie is made for each assumption that can be checked', () => {
		const ids = new Set(Object.keys(LIES).map((key) => key.split(':')[0]));
		expect([...ids].sort()).toEqual(listUnless('never').sort());
		expect(ids.size).toBeGreaterThan(20);
	});
});

describe('A probe', () => {
	const filters = () => testBed.sandbox.log.flatMap(({ query }) => query.externalFilter ?? []);
	const replaceInRows = (pattern: RegExp, replacement: string) =>
		testBed.sandbox.set({
			interpose: ({ view }, proceed) => {
				const { status, body } = proceed();
				if (view === undefined) return { status, body };
				const text = JSON.stringify(body).replace(pattern, replacement);
				return { status, body: JSON.parse(text) as Row };
			},
		});

	it('A probe of doubled quotes decides nothing where no value has a quote, and sends no request', async () => {
		replaceInRows(/'/g, '’');
		const { report } = await testBed.check();
		expect(listWith(report, 'fails')).toEqual([]);
		expect(findResult(report, 'doubled-quote').verdict).toBe('undecidable');
		expect(filters().filter((filter) => filter.includes("''"))).toEqual([`(id=30001 AND name='')`]);
	});

	it('A probe of texts uses names, and neither codes nor days', async () => {
		await testBed.check();
		const compared = filters().flatMap((filter) =>
			[...filter.matchAll(/([\w.]+)[=>]'([^']*)/g)].map(([, column, value]) => ({ column, value })),
		);
		const columns = new Set(
			compared.filter(({ value }) => !/^\d{4}-/.test(value)).map(({ column }) => column),
		);
		// `type` is compared for the assumption about `type`.
		for (const column of columns) expect(column).toMatch(/^(type|properties\.\w+|\w*[nN]ame)$/);
		expect(columns).toContain('name');
	});

	it('A probe of an entry of `properties` skips days', async () => {
		await testBed.check();
		const compared = filters().filter((filter) => filter.includes('properties.'));
		expect(compared.length).toBeGreaterThan(0);
		for (const filter of compared) expect(filter).not.toMatch(/'\d{4}-|clientSince/);
	});

	it('A probe of an entry of `properties` decides nothing where only the value that no row has is refused', async () => {
		testBed.sandbox.fault({
			kind: 'status',
			status: 400,
			times: Infinity,
			path: /properties\.\w+%3D%27zz%20qq/,
		});
		const { report } = await testBed.check();
		expect(listWith(report, 'fails')).toEqual([]);
		expect(findResult(report, 'properties-filter')).toMatchObject({
			verdict: 'undecidable',
			detail: 'A row that does not meet it: Status 400',
		});
	});

	it('A probe of `OR` asks for two different rows', async () => {
		await testBed.check();
		const [, one, other] = filters()
			.map((filter) => /^\(id=(\d+) OR id=(\d+)\)$/.exec(filter))
			.find((match) => match !== null)!;
		expect(one).not.toBe(other);
	});

	it('A probe that needs numeric IDs says so where the IDs are texts', async () => {
		replaceInRows(/"id":(\d+)/g, '"id":"$1"');
		const { report } = await testBed.check();
		const needed = [
			['limit', 'No view has three rows with a numeric ID'],
			['next-offset', 'No view has three rows with a numeric ID'],
			['offset', 'No view has five rows with a numeric ID'],
			['stable-order', 'No view has five rows with a numeric ID'],
			['get-by-id', 'No view has rows with a numeric ID'],
		];
		for (const [id, detail] of needed) {
			expect(findResult(report, id)).toMatchObject({ verdict: 'undecidable', detail });
		}
	});

	it.each([
		['default-page', 1000],
		['large-pages', 2000],
	])('A probe of %s says that it goes by the response itself', async (id, limit) => {
		const { report } = await testBed.check();
		expect(findResult(report, id).detail).toBe(`\`metadata.limit\` says ${limit}`);
	});

	it('A probe takes status 200 without the rows of a view for no view', async () => {
		testBed.sandbox.fault({ kind: 'html', status: 200, times: Infinity, path: 'views/gems' });
		const { report } = await testBed.check();
		expect(listWith(report, 'fails')).toEqual(['views']);
		expect(findResult(report, 'views').detail).toBe(
			'`gems`: Status 200 without the rows of a view',
		);
	});
});

test('Each assumption has an ID of its own and says what to do', () => {
	expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(ASSUMPTIONS.length);
	for (const { sentence, remedy } of ASSUMPTIONS) {
		expect(sentence).toMatch(/^[A-ZÀ-Ž`>].*[^.]$/);
		expect(remedy).toMatch(/^(–|[A-Z*[].*[^.])$/);
	}
	expect(ASSUMPTIONS.filter(isUnverified).length).toBeGreaterThan(20);
});

test.each(['get-by-id', 'not'])(
	'The assumption %s is not documented in this form, so it is INFERRED',
	(id) => {
		expect(ASSUMPTIONS.find((one) => one.id === id)!.certainty).toBe('INFERRED');
	},
);
