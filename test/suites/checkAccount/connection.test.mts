/** How the check ends, or goes on, when Teamogy cannot be read or refuses further requests. */
import { NotChecked } from '../../checkAccount/connection.mts';
import { getWaitMs } from '../../checkAccount/client.mts';
import { useTestBed, listWith } from '../../helpers/checkAccount/testBed.mts';

const testBed = useTestBed();

describe('A check that cannot succeed stops early', () => {
	it.each<[string, () => object | void, RegExp]>([
		[
			'the API key is wrong',
			() => ({ apiKey: 'wrong' }),
			/did not accept the API key \(401\)\. Check the API key/,
		],
		[
			'access is refused',
			() => testBed.sandbox.fault({ kind: 'status', status: 403, times: Infinity }),
			/Status 403.*IP address.*API key.*business unit ID/,
		],
		['the unit does not exist', () => ({ unitId: 7 }), /Status 404.*Check the business unit ID/],
		[
			'something else answers',
			() => testBed.sandbox.fault({ kind: 'html', status: 200, times: Infinity }),
			/No view could be read: Status 200 without the rows of a view.*check the domain/,
		],
		[
			'a login page answers',
			() => testBed.sandbox.fault({ kind: 'redirect', times: Infinity }),
			/Status 302.*check the domain/,
		],
		[
			'no response comes',
			() => testBed.sandbox.fault({ kind: 'reset', times: Infinity }),
			/No response came \(\w+\)\. Check the domain/,
		],
		[
			'something else uses up the limit',
			() => testBed.sandbox.set({ budget: 0, retryAfter: 'none' }),
			/429 twice in a row.*Try again later: pause workflows.*--per-minute 30/,
		],
	])(
		'A check that cannot succeed stops early and says why when %s',
		async (_, prepare, message) => {
			const checked = testBed.check({ ...prepare() });
			await expect(checked).rejects.toThrow(NotChecked);
			await expect(checked).rejects.toThrow(message);
			expect(testBed.sandbox.log.length).toBeLessThanOrEqual(3);
		},
	);

	it('A check stops early and does not blame the domain when the connection breaks after some views', async () => {
		testBed.sandbox.fault({ kind: 'reset', skip: 5 });
		const checked = testBed.check();
		await expect(checked).rejects.toThrow(NotChecked);
		await expect(checked).rejects.toThrow(
			/^No response came \(\w+\) on the way, though the connection works\. Try again\.$/,
		);
	});

	it('A check goes on where the user of the API key may see other views', async () => {
		testBed.sandbox.fault({
			kind: 'status',
			status: 403,
			times: Infinity,
			path: 'views/companies',
		});
		const { report } = await testBed.check();
		expect(listWith(report, 'fails')).toContain('views');
		expect(listWith(report, 'holds')).toContain('limit');
	});
});

test('A check as fast as the limit of the account allows gets no 429', async () => {
	testBed.sandbox.set({ budget: 20, windowMs: 2000 });
	await testBed.check({ pace: { requestsPerMinute: 600 } });
	expect(testBed.sandbox.log.length).toBeGreaterThan(20);
	expect(testBed.sandbox.log.filter(({ status }) => status === 429)).toEqual([]);
});

describe('A 429 on the way', () => {
	it('A 429 on the way is waited out with a message that advises once, and the check finds out that it was a 429', async () => {
		for (const skip of [30, 35]) testBed.sandbox.fault({ kind: 'status', status: 429, skip });
		const notices: string[] = [];
		const { report } = await testBed.check({ onNotice: (message) => notices.push(message) });
		expect(listWith(report, 'fails')).toEqual([]);
		expect(listWith(report, 'holds')).toContain('too-many');
		expect(notices).toEqual([
			'Teamogy answered 429: waiting 1 s. To avoid such waits, pause workflows that use the account, or use --per-minute 30.',
			'Teamogy answered 429: waiting 1 s.',
		]);
	});

	it('A 429 on the way that comes twice in a row leaves undecided what is not known by then', async () => {
		testBed.sandbox.fault({ kind: 'status', status: 429, skip: 60, times: Infinity });
		const { report } = await testBed.check();
		expect(listWith(report, 'fails')).toEqual([]);
		expect(listWith(report, 'undecidable').length).toBeGreaterThan(10);
		expect(listWith(report, 'holds').length).toBeGreaterThan(3);
	});

	it.each([
		['30', 30_000],
		['3600', 120_000],
		['', 60_000],
		[undefined, 60_000],
	])('A 429 on the way with Retry-After %p is waited for %i ms', (retryAfter, ms) => {
		expect(getWaitMs({ 'retry-after': retryAfter }, { requestsPerMinute: 60 })).toBe(ms);
	});
});
