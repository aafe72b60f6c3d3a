/** Records whose ID cannot be used. */
import { pollEvents, WON, useOpportunities } from '../../../helpers/polling/opportunities.mts';
import { EVENTS, type EventName } from '../../../helpers/polling/trigger.mts';

const {
	testBed,
	insert,
	patch,
	remove,
	createTrigger,
	activateTrigger,
	requestUrls,
	respondOnce,
	respondAlways,
} = useOpportunities();

/** The events that watch all rows. */
const WATCHING = ['createdOrUpdated', 'entersFilter'] as const;

describe('A record whose ID cannot be used', () => {
	const POISON: Array<[string, unknown, RegExp]> = [
		[
			'7,000 characters',
			'x'.repeat(7000),
			/^A record was left out: "x{100}…" in "name" of a record of the view "opportunities" is too long/,
		],
		[
			'half an emoji',
			'half \ud83e',
			/^A record was left out: "half \ufffd" in "name" of a record .* contains a broken character$/,
		],
		['true', true, /contains true, which is neither a number nor text$/],
		['a list', [1, 2], /contains \[1,2\], which is neither a number nor text$/],
		['a key toString', { toString: 'x' }, /contains {"toString":"x"}, which is neither/],
		['nothing', null, /has no value in "name" to identify it$/],
	];
	const options = { options: { idColumn: 'name' } };

	it.each(WATCHING.flatMap((event) => POISON.map((poison) => [event, ...poison] as const)))(
		'%s: a record with %s as its ID is reported once and left out, the others are delivered',
		async (event, _what, name, message) => {
			insert({ name: 'there', status: 'WON' });
			const one = await activateTrigger(event, options);
			insert({ name: 'before', status: 'WON' });
			insert({ name, status: 'WON' });
			insert({ name: 'after', status: 'WON' });
			expect((await one.poll()).map((row) => row.name)).toEqual(['after', 'before']);
			expect(one.reports.map((report) => report.message)).toEqual([expect.stringMatching(message)]);
			expect(one.reports[0].description).toMatch(/^The others are delivered\. /);
			expect(await one.poll()).toEqual([]);
			insert({ name: 'later', status: 'WON' });
			expect((await one.poll()).map((row) => row.name)).toEqual(['later']);
			expect(one.reports).toHaveLength(1);
		},
	);

	it.each(WATCHING)(
		'%s: a poll whose rows all lack their ID fails and leaves the state as it was',
		async (event) => {
			insert({ name: 'there', status: 'WON' });
			const one = await activateTrigger(event, options);
			respondOnce([{ status: 'WON' }]);
			await expect(one.poll()).rejects.toThrow(/has no value in "name" to identify it/);
			testBed.sandbox.clearFaults();
			expect(await one.poll()).toEqual([]);
		},
	);

	it.each(WATCHING)(
		'%s: other records leave and come back while a record is left out',
		async (event) => {
			const record = { name: 'there', status: 'WON' };
			insert({ name: [1], status: 'WON' });
			insert({ name: 'stays', status: 'WON' });
			const id = insert(record);
			const one = await activateTrigger(event, { ...WON, ...options });
			for (const _round of [
				'a record is left out at activation',
				'another one from this poll on',
			]) {
				remove(id);
				expect(await one.poll()).toEqual([]);
				insert({ ...record, id });
				const label = event === 'entersFilter' ? 'entered' : 'created';
				expect(await pollEvents(one)).toEqual([[id, label]]);
				insert({ name: 'x'.repeat(7000), status: 'WON' });
			}
		},
	);

	it.each([
		['text', 'seven', /contains the text "seven", not a whole number$/],
		['a fraction', 7.5, /contains 7\.5, not a whole number$/],
		['a list', [7], /contains \[7\], which is neither a number nor text$/],
		['nothing', null, /has no value in "price" to identify it$/],
	])(
		'Created: a record with %s as its ID is reported once and left out, the others are delivered',
		async (_, price, message) => {
			insert({ price: 1 });
			const one = await activateTrigger('created', { options: { idColumn: 'price' } });
			// The server gives these rows to every request for the view.
			const rows = [{ price: 2 }, { price }, { price: 3 }];
			const body = { metadata: { count: 3, limit: 1000, nextOffset: null }, data: rows };
			testBed.sandbox.fault({ kind: 'status', status: 200, body, path: 'views/', times: 4 });
			expect((await one.poll()).map((row) => row.price)).toEqual([2, 3]);
			expect(await one.poll()).toEqual([]);
			expect(one.reports.map((report) => report.message)).toEqual([expect.stringMatching(message)]);
		},
	);

	it.each(WATCHING)('%s: numbers and texts serve as IDs side by side', async (event) => {
		const one = await activateTrigger(event, options);
		const names = [10, 'x', 9, '10', 'a'];
		for (const name of names) insert({ name, status: 'WON' });
		expect((await one.poll()).map((row) => row.name)).toEqual([9, 10, '10', 'a', 'x']);
		expect(await one.poll()).toEqual([]);
		expect(one.reports).toEqual([]);
	});

	it.each(WATCHING)(
		'%s: records whose IDs are two forms of one text are all delivered',
		async (event) => {
			const one = await activateTrigger(event, options);
			respondAlways(
				'{"name":"caf\\u00e9"}',
				'{"name":"cafe\\u0301"}',
				'{"name":7}',
				'{"name":"7"}',
			);
			const names = (await one.poll()).map((row) => row.name);
			expect(names).toEqual([7, '7', 'cafe\u0301', 'caf\u00e9']);
			expect(await one.poll()).toEqual([]);
		},
	);

	it.each([
		['1e999', /contains Infinity, not a whole number$/],
		['1e300', /contains 1e\+300, and the node cannot tell apart numbers above 9007199254740991$/],
		['9223372036854775807', /contains 9223372036854776000, and the node cannot tell apart/],
	])(
		'Created: a record with the ID %s is reported once and left out, and costs no request',
		async (poison, message) => {
			respondAlways('{"id":1}', `{"id":${poison}}`);
			const one = await activateTrigger('created', {}, `Trigger ${poison}`);
			respondAlways('{"id":1}', `{"id":${poison}}`, '{"id":2}');
			const ids = (await one.poll()).map(({ id }) => id);
			expect([ids, await one.poll()]).toEqual([[2], []]);
			expect(requestUrls().filter((url) => /Infinity|NaN|e\+/.test(url))).toEqual([]);
			expect(requestUrls()).toHaveLength(3);
			expect(one.reports.map((report) => report.message)).toEqual([expect.stringMatching(message)]);
		},
	);

	it('Created: IDs that lie far apart cost few requests at the activation', async () => {
		insert({ id: 1 });
		insert({ id: 2 ** 52 });
		const one = createTrigger('created');
		await one.activate();
		expect(requestUrls().length).toBeLessThan(10);
		insert({ id: 2 });
		insert({ id: 2 ** 52 + 1 });
		expect(await pollEvents(one)).toEqual([
			[2, 'created'],
			[2 ** 52 + 1, 'created'],
		]);
	});

	it.each(EVENTS)(
		'%s: a record that nests thousands of levels is reported once and left out, the others are delivered',
		async (event) => {
			const deep = '['.repeat(5000) + ']'.repeat(5000);
			respondAlways('{"id":1}');
			const one = await activateTrigger(event);
			respondAlways('{"id":1}', `{"id":2,"list":${deep}}`, `{"id":${deep}}`, '{"id":3}');
			const ids = (await one.poll()).map(({ id }) => id);
			expect([ids, await one.poll()]).toEqual([[3], []]);
			expect(one.reports.map((report) => report.message)).toEqual([
				'A record was left out (and 1 more): The record with "2" in "id" of the view "opportunities" is nested too deeply',
			]);
		},
	);

	/** A process reports a record once, so every first record has a name of its own. */
	it.each<[EventName, string, string]>([
		['created', '{"id":9.5e15}', 'a'],
		['createdOrUpdated', '{"id":null,"name":"second"}', 'b'],
		['createdOrUpdated', '{"id":false}', 'c'],
		['entersFilter', '{"id":9.5e15}', 'd'],
	])('%s: a second record is reported too: %s', async (event, second, name) => {
		respondAlways('{"id":1}');
		const one = await activateTrigger(event);
		const first = `{"id":null,"name":"${name}"}`;
		respondAlways('{"id":1}', first);
		expect(await one.poll()).toEqual([]);
		respondAlways('{"id":1}', first, second);
		for (let polls = 0; polls < 2; polls++) expect(await one.poll()).toEqual([]);
		const messages = one.reports.map(({ message }) => message);
		expect(messages).toEqual([
			expect.stringContaining(`(name "${name}")`),
			expect.stringMatching(/second|false|9500000000000000/),
		]);
	});

	const DEEP = `{"id":2,"list":${'['.repeat(200)}${']'.repeat(200)}}`;

	it.each(WATCHING)(
		'%s: a known record that is left out for one poll is not delivered as a new one afterwards',
		async (event) => {
			respondAlways('{"id":1}', '{"id":2,"name":"a"}');
			const one = await activateTrigger(event);
			respondAlways('{"id":1}', DEEP);
			for (let polls = 0; polls < 2; polls++) expect(await one.poll()).toEqual([]);
			respondAlways('{"id":1}', '{"id":2,"name":"a"}');
			expect(await one.poll()).toEqual([]);
			respondAlways('{"id":1}', '{"id":2,"name":"b"}');
			expect(await pollEvents(one)).toEqual(event === 'entersFilter' ? [] : [[2, 'updated']]);
		},
	);

	it.each(WATCHING)(
		'%s: a record that could never be delivered is delivered as a new one when it can be',
		async (event) => {
			respondAlways('{"id":1}');
			const one = await activateTrigger(event);
			respondAlways('{"id":1}', DEEP);
			for (let polls = 0; polls < 2; polls++) expect(await one.poll()).toEqual([]);
			respondAlways('{"id":1}', '{"id":2}');
			const label = event === 'entersFilter' ? 'entered' : 'created';
			expect(await pollEvents(one)).toEqual([[2, label]]);
		},
	);

	it.each(['created', 'entersFilter', 'updated'] as const)(
		'%s: a record that nests too deeply is asked for once',
		async (event) => {
			const deep = JSON.parse('['.repeat(200) + ']'.repeat(200)) as unknown;
			// A process reports a record once: this one occurs in no other test.
			const record = { id: 7778, status: 'WON', name: deep };
			if (event === 'updated') insert({ id: 7778, status: 'LEAD' });
			const one = await activateTrigger(event, { options: { watchColumns: 'status' } });
			if (event === 'updated') patch(7778, record);
			else insert(record);
			expect(await one.poll()).toEqual([]);
			expect(one.reports).toHaveLength(1);
			testBed.sandbox.clearLog();
			expect(await one.poll()).toEqual([]);
			expect(requestUrls()).toHaveLength(1);
		},
	);

	it('A record without an ID is reported once, even where all IDs are read once more', async () => {
		for (const name of ['there', 'other']) insert({ name });
		// A process reports a record once: this one occurs in no other test.
		insert({ id: 7777, name: null });
		const one = createTrigger('createdOrUpdated', { options: { idColumn: 'name', pageSize: 2 } });
		expect(await one.items()).toBeNull();
		expect(requestUrls()).toContainEqual(expect.stringContaining('columns=name&'));
		testBed.sandbox.clearLog();
		// A record that is left out does not count as missing.
		expect(await one.items()).toBeNull();
		expect(requestUrls()).toHaveLength(2);
		expect(one.reports.map(({ message }) => message)).toEqual([
			'A record was left out: A record of the view "opportunities" (id "7777") has no value in "name" to identify it',
		]);
	});

	it('The record prevents neither the activation nor a test in the editor', async () => {
		insert({ name: false, status: 'WON' });
		insert({ name: 'fine', status: 'WON' });
		const one = createTrigger('createdOrUpdated', options);
		expect((await one.poll({ mode: 'manual' })).map((row) => row.name)).toEqual(['fine']);
		expect(await one.items()).toBeNull();
		expect(one.reports).toHaveLength(1);
	});
});

describe('Many records without an ID', () => {
	it.each(EVENTS)('%s: the records are reported in one message, once', async (event) => {
		respondAlways('{"id":1}');
		const one = await activateTrigger(event);
		const rows = Array.from({ length: 3000 }, (_, n) => `{"id":null,"n":${n}}`);
		respondAlways('{"id":1}', ...rows);
		for (let polls = 0; polls < 2; polls++) expect(await one.poll()).toEqual([]);
		expect(one.reports.map(({ message }) => message)).toEqual([
			'A record was left out (and 2999 more): A record of the view "opportunities" (n "0") has no value in "id" to identify it',
		]);
	});

	it.each(WATCHING)('%s: more than 100,000 fail the poll, and none is reported', async (event) => {
		respondAlways('{"id":1}');
		const one = await activateTrigger(event);
		respondAlways(...Array<string>(100_001).fill('{}'));
		expect((await one.failure()).message).toMatch(/^More than 100,000 records/);
		expect(one.reports).toEqual([]);
	});
});
