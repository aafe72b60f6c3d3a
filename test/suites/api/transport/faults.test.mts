import type { FaultRule, LoggedRequest } from '../../../sandbox/index.mts';
import { useTestBed } from '../../../helpers/testBed.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';

const ROWS = 95;
const PAGE = 10;
/** So tight that reading all pages has to wait for it, time and again. */
const BUDGET = 6;

const MAX_TRIES = 5;

const testBed = useTestBed({
	rows: { jobs: ROWS },
	credential: { requestsPerMinute: BUDGET },
	// How many requests arrive within a window is a matter of virtual time: `rateLimiter.test.mts`.
	pace: { firstPause: 1, maxPause: 2, maxTries: MAX_TRIES, budgetWindow: 15, budgetMargin: 0 },
});
beforeEach(() => {
	testBed.engine.log.length = 0;
	name = `Brand-new Company ${++names} Ltd`;
});

const getAll = {
	resource: 'job',
	operation: 'getAll',
	output: 'all',
	returnAll: true,
	options: { pageSize: PAGE },
};
const send = (method: string, query: Record<string, unknown> = {}, body: object = {}) => ({
	resource: 'apiRequest',
	operation: 'request',
	method,
	path: 'companies',
	query: { parameters: Object.entries(query).map(([name, value]) => ({ name, value })) },
	body: JSON.stringify(body),
});

/** What a test writes: a name of its own. */
let name = '';
let names = 0;

/** How a run or a poll ended. */
interface Outcome {
	json: object[];
	error?: Error & { description?: string | null };
}

interface Target {
	/** Sets the scene, before anything goes wrong. */
	prepare?: () => Promise<void>;
	run: () => Promise<Outcome>;
	/** Which requests the fault is for. */
	path: RegExp;
	method: string;
	/** What the node returns when all goes well. */
	expected: () => unknown;
	/** What is in Teamogy after the write, as often as it was written. */
	written?: () => number;
	/** What a trigger has still to deliver is delivered by the next poll. */
	polls?: boolean;
}

const written = () =>
	testBed.sandbox.records('companies').filter((company) => company.name === name).length;
const firstCompany = () => testBed.sandbox.records('companies')[0];
const toRun = (parameters: () => object) => async (): Promise<Outcome> =>
	await testBed.run(parameters());
const page = (index: number): Target => ({
	run: toRun(() => getAll),
	path: new RegExp(`[?&]offset=${index * PAGE}(&|$)`),
	method: 'GET',
	expected: () => testBed.sandbox.rows('jobs'),
});

/** The workflow's static data, from poll to poll. */
let staticData: object = {};

async function poll(): Promise<Outcome> {
	const parameters = { view: 'companies', event: 'created' };
	try {
		const items = await testBed.engine.poll({ type: 'teamogyTrigger', parameters, staticData });
		return { json: items?.flat().map(({ json }) => json) ?? [] };
	} catch (error) {
		return { json: [], error: error as Outcome['error'] };
	}
}

/** A poll asks for IDs, then for the rows of those that are new. */
const pollTarget = (path: RegExp): Target => ({
	prepare: async () => {
		staticData = {};
		await poll();
		testBed.sandbox.insert('companies', { name, type: 'COMPANY' });
		testBed.sandbox.clearLog();
	},
	run: poll,
	path,
	method: 'GET',
	expected: () => [{ ...testBed.sandbox.rows('companies').at(-1), teamogyEvent: 'created' }],
	polls: true,
});

const TARGETS: Record<string, Target> = {
	'first page': page(0),
	'middle page': page(4),
	'last page': page(9),
	'single read': {
		run: toRun(() => send('GET', { id: firstCompany().id })),
		path: /companies/,
		method: 'GET',
		expected: () => [firstCompany()],
	},
	PATCH: {
		run: toRun(() => send('PATCH', { id: firstCompany().id }, { name })),
		path: /companies/,
		method: 'PATCH',
		expected: () => [{ id: firstCompany().id }],
		written,
	},
	POST: {
		run: toRun(() => send('POST', {}, { name, type: 'COMPANY' })),
		path: /companies/,
		method: 'POST',
		expected: () => [{ id: expect.any(Number) }],
		written,
	},
	'poll, IDs': pollTarget(/views\/companies\?columns=id&/),
	'poll, rows': pollTarget(/views\/companies\?externalFilter=/),
};
/** What is read in pages, which may be made smaller. */
const PAGES = ['first page', 'middle page', 'last page', 'poll, IDs', 'poll, rows'];
/** What may be sent again. */
const REPEATABLE = [...PAGES, 'single read', 'PATCH'];

interface Fault extends FaultRule {
	/** Targets that come through it, when it happens once. */
	survivedBy: string[];
	/** A POST may have been saved. */
	inDoubt?: boolean;
	/** Targets that even come through it when it happens every time. */
	harmlessFor?: string[];
	/** What API Request, which takes what comes, then gives. */
	taken?: object;
	/** How the message of a node that cannot come through begins. */
	message: RegExp;
}

const ALL = [...REPEATABLE, 'POST'];
const unavailable = /^Teamogy could not answer the request for /;
const notJson = /^The response for .* was not the JSON Teamogy sends/;
const busy = /^Teamogy is receiving more requests than it allows/;
const notAccepted = /^Teamogy did not accept the request for /;
const lost = /^The connection to Teamogy was interrupted/;

const status = (code: number, more: Partial<Fault> = {}): Fault => ({
	kind: 'status',
	status: code,
	survivedBy: REPEATABLE,
	inDoubt: true,
	message: unavailable,
	...more,
});
const buildRefusal = (code: number, message: RegExp): Fault =>
	status(code, { survivedBy: [], inDoubt: false, message });

const buildHang = (kind: 'hang' | 'stall'): Fault => ({
	kind,
	survivedBy: REPEATABLE,
	inDoubt: true,
	message: /^Teamogy did not answer the request for .* in time/,
});
const hangs = (fault: FaultRule) => fault.kind === 'hang' || fault.kind === 'stall';

const FAULTS: Record<string, Fault> = {
	'500': status(500),
	'502': status(502),
	'503': status(503),
	'504': status(504),
	'502 as HTML': { kind: 'html', survivedBy: REPEATABLE, inDoubt: true, message: unavailable },
	'500 as text': { kind: 'text', survivedBy: REPEATABLE, inDoubt: true, message: unavailable },
	'500 after it took effect': status(500, { applied: true }),
	'500 that echoes the key': {
		kind: 'echoKey',
		survivedBy: REPEATABLE,
		inDoubt: true,
		message: unavailable,
	},
	'429 with seconds': status(429, {
		headers: { 'retry-after': '0.01' },
		survivedBy: ALL,
		inDoubt: false,
		message: busy,
	}),
	'429 with a date': status(429, {
		headers: { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' },
		survivedBy: ALL,
		inDoubt: false,
		message: busy,
	}),
	'429 without a header': status(429, { survivedBy: ALL, inDoubt: false, message: busy }),
	'429 as HTML': status(429, {
		kind: 'html',
		survivedBy: ALL,
		inDoubt: false,
		message: busy,
	}),
	'503 with seconds': status(503, {
		headers: { 'retry-after': '0.01' },
		survivedBy: ALL,
		inDoubt: false,
		message: /^Teamogy was not available for longer than the node waits/,
	}),
	'reset before': { kind: 'reset', survivedBy: REPEATABLE, inDoubt: true, message: lost },
	'reset after it took effect': {
		kind: 'resetAfter',
		survivedBy: REPEATABLE,
		inDoubt: true,
		message: lost,
	},
	hang: buildHang('hang'),
	'hang half-way': buildHang('stall'),
	'broken half-way': { kind: 'torn', survivedBy: REPEATABLE, inDoubt: true, message: lost },
	slow: { kind: 'slow', ms: 40, survivedBy: ALL, harmlessFor: ALL, message: /never/ },
	'cut JSON': { kind: 'cut', survivedBy: PAGES, inDoubt: true, message: notJson },
	'HTML with status 200': {
		kind: 'html',
		status: 200,
		survivedBy: PAGES,
		inDoubt: true,
		message: notJson,
	},
	'JSON of another kind': status(200, {
		body: '"maintenance"',
		survivedBy: PAGES,
		taken: { data: '"maintenance"' },
		message: notJson,
	}),
	empty: {
		kind: 'empty',
		survivedBy: PAGES,
		taken: {},
		message: notJson,
	},
	'too large': {
		kind: 'tooLarge',
		survivedBy: PAGES,
		message: /larger than/,
	},
	'another stride': {
		kind: 'stride',
		rows: 3,
		survivedBy: ALL,
		harmlessFor: ALL,
		message: /never/,
	},
	redirect: {
		kind: 'redirect',
		survivedBy: [],
		// A server that saves may show the record at another address.
		inDoubt: true,
		message: /^The domain redirected the request for .* to another address/,
	},
	'400': buildRefusal(400, notAccepted),
	'401': buildRefusal(401, /^Teamogy did not accept the API key/),
	'403': buildRefusal(403, /^Teamogy refused access to /),
	'404': buildRefusal(404, /^Teamogy (did not find|does not know) /),
	'409': buildRefusal(
		409,
		/^(Teamogy could not save|The request for) .* conflicts with |^Teamogy did not accept the request for /,
	),
	'418': buildRefusal(418, notAccepted),
	'422': buildRefusal(422, /^Teamogy did not accept the values sent for /),
};

const DOUBT = /may have (been saved|carried out the request) anyway/;

/** A fault that meets a target, and how that ends. */
interface Case {
	faultName: string;
	targetName: string;
	fault: Fault;
	target: Target;
	/** API Request takes the response for a good one. */
	isTaken: boolean;
	/** How a message ends: a run names its item. */
	ending: RegExp;
	/** The description says that the record may have been saved. */
	isInDoubt: boolean;
}

const CASES = Object.entries(FAULTS).flatMap(([faultName, fault]) =>
	Object.entries(TARGETS).map(
		([targetName, target]): Case => ({
			faultName,
			targetName,
			fault,
			target,
			isTaken: Boolean(fault.taken) && !PAGES.includes(targetName),
			ending: target.polls ? /$/ : / \[item 0\]$/,
			isInDoubt: Boolean(fault.inDoubt) && targetName === 'POST',
		}),
	),
);

/** The requests that the fault was for. */
const findRequests = (target: Target): LoggedRequest[] =>
	testBed.sandbox.log.filter(
		({ method, url }) => method === target.method && target.path.test(url),
	);

/** Nothing doubled: a page was delivered once, a write took effect once at the most. */
function expectNothingDoubled(target: Target, result: Outcome): void {
	const ids = result.json.flatMap((row) => ('id' in row ? [row.id] : []));
	expect(new Set(ids).size).toBe(ids.length);
	expect(target.written?.() ?? 0).toBeLessThanOrEqual(1);
}

/** Nothing lost: what this poll could not deliver the next one does, and no other after it. */
async function expectNothingLost(target: Target, result: Outcome): Promise<void> {
	if (!target.polls) return;
	testBed.sandbox.clearFaults();
	const next = await poll();
	expect([...result.json, ...next.json]).toEqual(target.expected());
	expect(await poll()).toEqual({ json: [] });
}

/** Runs the target of a case, whose fault happens so many times, with the patience `timeout` for one that hangs. */
async function runCase({ fault, target, isTaken }: Case, times: number, timeout: number) {
	const { survivedBy, inDoubt, harmlessFor, taken, message, ...rule } = fault;
	if (hangs(rule)) testBed.pace.timeout = timeout;
	await target.prepare?.();
	const expected = isTaken ? [taken] : target.expected();
	testBed.sandbox.fault({ ...rule, method: target.method, path: target.path, times });
	const result = await target.run();
	expect(leaked(testBed.sandbox.apiKey, result, testBed.engine.log, staticData)).toBeUndefined();
	const requests = findRequests(target);
	expectNothingDoubled(target, result);
	await expectNothingLost(target, result);
	return { ...result, expected, requests };
}

/** Expects a run that ends at the error of its fault, and nothing returned. */
function expectFailure(
	{ json, error }: Outcome,
	{ ending, isInDoubt }: Case,
	message: RegExp,
): void {
	expect(json).toEqual([]);
	expect(error?.message).toMatch(message);
	expect(error?.message).toMatch(ending);
	expect(DOUBT.test(String(error?.description))).toBe(isInDoubt);
}

describe('Once', () => {
	/** The number of requests for what the fault met: the one that failed is repeated, nothing else. */
	const countRequests = ({ faultName, fault, isTaken }: Case): unknown => {
		// A page is asked for in smaller ones.
		if (['too large', 'another stride'].includes(faultName)) return expect.any(Number);
		return fault.harmlessFor || isTaken ? 1 : 2;
	};
	const isSurvived = ({ fault, targetName, isTaken }: Case): boolean =>
		fault.survivedBy.includes(targetName) || isTaken;

	it.each(CASES.filter(isSurvived).map((one) => ({ ...one, count: countRequests(one) })))(
		'"$targetName" comes through the fault "$faultName" that it meets once',
		async ({ count, ...one }) => {
			const { json, error, expected, requests } = await runCase(one, 1, 400);
			expect(error).toBeUndefined();
			expect(json).toEqual(expected);
			expect(requests.length).toEqual(count);
		},
	);

	it.each(CASES.filter((one) => !isSurvived(one)))(
		'"$targetName" fails for the fault "$faultName" that it meets once, and repeats nothing',
		async (one) => {
			const { requests, ...result } = await runCase(one, 1, 400);
			expectFailure(result, one, one.fault.message);
			expect(requests).toHaveLength(1);
		},
	);
});

describe('Every time', () => {
	/** What a run does with a fault that does not end. */
	type Ending = 'harmless' | 'waits' | 'smallest page' | 'smaller page' | 'refused' | 'repeats';
	const findEnding = ({ faultName, targetName, fault, isTaken }: Case): Ending => {
		if (fault.harmlessFor?.includes(targetName) || isTaken) return 'harmless';
		if (/^(429|503 with)/.test(faultName)) return 'waits';
		if (faultName === 'too large' && PAGES.includes(targetName)) return 'smallest page';
		// Polls ask for large pages, the other targets for small ones.
		if (fault.message === unavailable && targetName.startsWith('poll')) return 'smaller page';
		return fault.survivedBy.includes(targetName) ? 'repeats' : 'refused';
	};
	const casesThatEnd = (ending: Ending) => CASES.filter((one) => findEnding(one) === ending);

	const runEveryTime = async (one: Case) => {
		// 429s without end: patience of a moment.
		testBed.pace.maxBlocked = 20;
		const result = await runCase(one, Infinity, 100);
		const limits = result.requests.map(({ query }) => Number(query.limit));
		return { ...result, limits };
	};
	/** Expects that a write took effect where the sandbox says so, and only there. */
	const expectWritten = ({ target }: Case, requests: LoggedRequest[]): void => {
		if (!target.written) return;
		expect(target.written()).toBe(requests.some(({ applied }) => applied) ? 1 : 0);
	};

	it.each(casesThatEnd('harmless'))(
		'"$targetName" comes through the fault "$faultName" that it meets every time',
		async (one) => {
			const { json, error, expected } = await runEveryTime(one);
			expect(error).toBeUndefined();
			expect(json).toEqual(expected);
		},
	);

	it.each(casesThatEnd('waits'))(
		'"$targetName" waits for the end of the fault "$faultName", and fails',
		async (one) => {
			const { requests, ...result } = await runEveryTime(one);
			expectFailure(result, one, one.fault.message);
			expect(requests.length).toBeGreaterThanOrEqual(1);
			expectWritten(one, requests);
		},
	);

	it.each(casesThatEnd('smallest page'))(
		'"$targetName" halves its page down to one row for the fault "$faultName", and fails',
		async (one) => {
			const { limits, ...result } = await runEveryTime(one);
			expectFailure(result, one, /^A single record of the view "(jobs|companies)"/);
			expect(limits.slice(1)).toEqual(limits.slice(0, -1).map((limit) => Math.ceil(limit / 2)));
			expect(limits.at(-1)).toBe(1);
		},
	);

	// Size may be why a large page breaks down, so it is made smaller; of a small one it is not.
	it.each(casesThatEnd('smaller page'))(
		'"$targetName" makes its page smaller for the fault "$faultName", and fails',
		async (one) => {
			const { limits, ...result } = await runEveryTime(one);
			expectFailure(result, one, one.fault.message);
			expect(limits[0]).toBeGreaterThan(100);
			expect(limits.filter((limit) => limit === limits[0])).toHaveLength(MAX_TRIES);
			expect(limits.at(-1)).toBeLessThanOrEqual(100);
			expect(limits.length).toBeLessThanOrEqual(2 * MAX_TRIES + 2 * Math.log2(limits[0] / 50));
		},
	);

	it.each(casesThatEnd('refused'))(
		'"$targetName" fails at once for the fault "$faultName"',
		async (one) => {
			const { requests, ...result } = await runEveryTime(one);
			expectFailure(result, one, one.fault.message);
			expect(requests).toHaveLength(1);
			expectWritten(one, requests);
		},
	);

	it.each(
		casesThatEnd('repeats').map((one) => ({ ...one, count: hangs(one.fault) ? 3 : MAX_TRIES })),
	)(
		'"$targetName" repeats its request for the fault "$faultName", and fails',
		async ({ count, ...one }) => {
			const { requests, ...result } = await runEveryTime(one);
			expectFailure(result, one, one.fault.message);
			expect(requests).toHaveLength(count);
			expectWritten(one, requests);
		},
	);
});
