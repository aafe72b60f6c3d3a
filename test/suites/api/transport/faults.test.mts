import type { FaultRule, LoggedRequest } from '../../../sandbox/index.mts';
import { useTestBed } from '../../../helpers/testBed.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';

const ROWS = 95;
const PAGE = 10;
/** So tight that reading all pages has to wait for it, time and again. */
const BUDGET = 6;

const testBed = useTestBed({
	rows: { jobs: ROWS },
	credential: { requestsPerMinute: BUDGET },
	// How many requests arrive within a window is a matter of virtual time: `rateLimiter.test.mts`.
	pace: { firstPause: 1, maxPause: 2, budgetWindow: 15, budgetMargin: 0 },
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
const running = (parameters: () => object) => async (): Promise<Outcome> =>
	await testBed.run(parameters());
const page = (index: number): Target => ({
	run: running(() => getAll),
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
const polling = (path: RegExp): Target => ({
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
		run: running(() => send('GET', { id: firstCompany().id })),
		path: /companies/,
		method: 'GET',
		expected: () => [firstCompany()],
	},
	PATCH: {
		run: running(() => send('PATCH', { id: firstCompany().id }, { name })),
		path: /companies/,
		method: 'PATCH',
		expected: () => [{ id: firstCompany().id }],
		written,
	},
	POST: {
		run: running(() => send('POST', {}, { name, type: 'COMPANY' })),
		path: /companies/,
		method: 'POST',
		expected: () => [{ id: expect.any(Number) }],
		written,
	},
	'poll, IDs': polling(/views\/companies\?columns=id&/),
	'poll, rows': polling(/views\/companies\?externalFilter=/),
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
const notJson = /^The answer for .* was not the JSON Teamogy sends/;
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
const refused = (code: number, message: RegExp): Fault =>
	status(code, { survivedBy: [], inDoubt: false, message });

const hanging = (kind: 'hang' | 'stall'): Fault => ({
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
		message: /^Teamogy was not available for longer than n8n waits/,
	}),
	'reset before': { kind: 'reset', survivedBy: REPEATABLE, inDoubt: true, message: lost },
	'reset after it took effect': {
		kind: 'resetAfter',
		survivedBy: REPEATABLE,
		inDoubt: true,
		message: lost,
	},
	hang: hanging('hang'),
	'hang half-way': hanging('stall'),
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
	'400': refused(400, notAccepted),
	'401': refused(401, /^Teamogy did not accept the API key/),
	'403': refused(403, /^Teamogy refused access to /),
	'404': refused(404, /^Teamogy (did not find|does not know) /),
	'409': refused(
		409,
		/^(Teamogy could not save|The request for) .* conflicts with |^Teamogy did not accept the request for /,
	),
	'418': refused(418, notAccepted),
	'422': refused(422, /^Teamogy did not accept the values sent for /),
};

/** A refusal that may be due to the ID: the poll asks for a plain ID, then for the refused one again. */
const mayBeDueToId = (fault: string, target: string): boolean =>
	['400', '422'].includes(fault) && target === 'poll, rows';

const ours = (target: Target): LoggedRequest[] =>
	testBed.sandbox.log.filter(
		({ method, url }) => method === target.method && target.path.test(url),
	);

const run = async (target: Target) => {
	const result = await target.run();
	expect(leaked(testBed.sandbox.apiKey, result, testBed.engine.log, staticData)).toBeUndefined();
	return result;
};

/** Nothing doubled: a page was delivered once, a write took effect once at the most. */
function nothingDoubled(target: Target, result: Outcome): void {
	const ids = result.json.flatMap((row) => ('id' in row ? [row.id] : []));
	expect(new Set(ids).size).toBe(ids.length);
	if (target.written) expect(target.written()).toBeLessThanOrEqual(1);
}

/** Nothing lost: what this poll could not deliver the next one does, and no other after it. */
async function nothingLost(target: Target, result: Outcome): Promise<void> {
	if (!target.polls) return;
	testBed.sandbox.clearFaults();
	const next = await poll();
	expect([...result.json, ...next.json]).toEqual(target.expected());
	expect(await poll()).toEqual({ json: [] });
}

const cases = Object.entries(FAULTS).flatMap(([fault]) =>
	Object.keys(TARGETS).map((target): [string, string] => [fault, target]),
);

describe('once', () => {
	it.each(cases)(
		'the fault "%s" loses and doubles nothing when it meets "%s" once',
		async (faultName, targetName) => {
			const { survivedBy, inDoubt, harmlessFor, taken, message, ...rule } = FAULTS[faultName];
			const target = TARGETS[targetName];
			const isTaken = taken && !PAGES.includes(targetName);
			testBed.pace.timeout = hangs(rule) ? 400 : 60_000;
			await target.prepare?.();
			const expected = target.expected();
			testBed.sandbox.fault({ ...rule, method: target.method, path: target.path });
			const result = await run(target);
			const sent = ours(target).length;
			nothingDoubled(target, result);
			await nothingLost(target, result);
			const isAskedAgain = mayBeDueToId(faultName, targetName);
			if (survivedBy.includes(targetName) || isTaken || isAskedAgain) {
				expect(result.error).toBeUndefined();
				expect(result.json).toEqual(isTaken ? [taken] : expected);
				// The one that failed is repeated, nothing else.
				const again = harmlessFor || isTaken ? 0 : isAskedAgain ? 2 : 1;
				if (faultName !== 'too large' && faultName !== 'another stride') {
					expect(sent).toBe(1 + again);
				}
				return;
			}
			expect(result.json).toEqual([]);
			expect(result.error?.message).toMatch(message);
			if (!target.polls) expect(result.error?.message).toMatch(/ \[item 0\]$/);
			expect(sent).toBe(1);
			const doubt = /may have been saved/;
			if (inDoubt && targetName === 'POST') expect(result.error?.description).toMatch(doubt);
			else expect(result.error?.description).not.toMatch(doubt);
		},
	);
});

describe('every time', () => {
	it.each(cases)(
		'the fault "%s" loses and doubles nothing when it meets "%s" every time',
		async (faultName, targetName) => {
			const { survivedBy, inDoubt, harmlessFor, taken, message, ...rule } = FAULTS[faultName];
			const target = TARGETS[targetName];
			const isTaken = taken && !PAGES.includes(targetName);
			testBed.pace.timeout = hangs(rule) ? 100 : 60_000;
			await target.prepare?.();
			const expected = target.expected();
			// 429s without end: patience of a moment.
			testBed.pace.maxBlocked = 20;
			testBed.sandbox.fault({ ...rule, method: target.method, path: target.path, times: Infinity });
			const result = await run(target);
			testBed.pace.maxBlocked = 300_000;
			const requests = ours(target);
			nothingDoubled(target, result);
			await nothingLost(target, result);
			if (harmlessFor?.includes(targetName) || isTaken) {
				expect(result.error).toBeUndefined();
				expect(result.json).toEqual(isTaken ? [taken] : expected);
				return;
			}
			expect(result.json).toEqual([]);
			const refusedPage = faultName === 'too large' && PAGES.includes(targetName);
			expect(result.error?.message).toMatch(
				refusedPage ? /^A single row of the view "(jobs|companies)"/ : message,
			);
			const sent = requests.length;
			const limits = requests.map(({ query }) => Number(query.limit));
			if (/^(429|503 with)/.test(faultName)) expect(sent).toBeGreaterThanOrEqual(1);
			else if (refusedPage) {
				limits.forEach((limit, nth) =>
					expect(limit).toBe(nth === 0 ? limits[0] : Math.ceil(limits[nth - 1] / 2)),
				);
				expect(limits.at(-1)).toBe(1);
			} else if (message === unavailable && limits[0] > 100) {
				// Size may be why a large page breaks down, so it is made smaller; of a small one it is not.
				expect(limits.filter((limit) => limit === limits[0]).length).toBe(testBed.pace.maxTries);
				expect(limits.at(-1)).toBeLessThanOrEqual(100);
				expect(sent).toBeLessThanOrEqual(2 * testBed.pace.maxTries + 2 * Math.log2(limits[0] / 50));
			} else if (!survivedBy.includes(targetName))
				expect(sent).toBe(mayBeDueToId(faultName, targetName) ? 2 : 1);
			else expect(sent).toBe(hangs(rule) ? 3 : testBed.pace.maxTries);
			if (targetName === 'POST' && inDoubt)
				expect(result.error?.description).toMatch(/may have been saved/);
			else expect(result.error?.description).not.toMatch(/may have been saved/);
			if (target.written) {
				const applied = requests.some((request) => request.applied);
				expect(target.written()).toBe(applied ? 1 : 0);
			}
		},
	);
});
