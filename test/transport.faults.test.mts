import type { RunResult } from './engine/index.mts';
import type { FaultRule, LoggedRequest } from './sandbox/index.mts';
import { setStage, type Stage } from './support.mts';
import { leaked } from './transport/leaks.mts';

const ROWS = 95;
const PAGE = 10;

let stage: Stage;

beforeAll(async () => {
	stage = await setStage({ rows: { jobs: ROWS } });
	Object.assign(stage.pace, { firstPause: 1, longestPause: 2 });
});
afterAll(async () => await stage.close());
beforeEach(() => {
	stage.sandbox.clearFaults();
	stage.sandbox.clearLog();
	stage.engine.log.length = 0;
	name = `Brand-new Company ${++names} Ltd`;
});

const getAll = {
	resource: 'job',
	operation: 'getAll',
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

interface Target {
	parameters: () => object;
	/** Which requests the fault is for. */
	path: RegExp;
	method: string;
	/** What the node returns when all goes well. */
	expected: () => unknown;
	/** What is in Teamogy after the write, as often as it was written. */
	written?: () => number;
}

const written = () =>
	stage.sandbox.records('companies').filter((company) => company.name === name).length;
const firstCompany = () => stage.sandbox.records('companies')[0];
const page = (index: number): Target => ({
	parameters: () => getAll,
	path: new RegExp(`[?&]offset=${index * PAGE}(&|$)`),
	method: 'GET',
	expected: () => stage.sandbox.rows('jobs'),
});

const TARGETS: Record<string, Target> = {
	'first page': page(0),
	'middle page': page(4),
	'last page': page(9),
	'single read': {
		parameters: () => send('GET', { id: firstCompany().id }),
		path: /companies/,
		method: 'GET',
		expected: () => [firstCompany()],
	},
	PATCH: {
		parameters: () => send('PATCH', { id: firstCompany().id }, { name }),
		path: /companies/,
		method: 'PATCH',
		expected: () => [{ id: firstCompany().id }],
		written,
	},
	POST: {
		parameters: () => send('POST', {}, { name, type: 'COMPANY' }),
		path: /companies/,
		method: 'POST',
		expected: () => [{ id: expect.any(Number) }],
		written,
	},
};
const PAGES = ['first page', 'middle page', 'last page'];
const READS = [...PAGES, 'single read'];
/** What may be sent again. */
const REPEATABLE = [...READS, 'PATCH'];

interface Fault extends FaultRule {
	/** Targets that come through it, when it happens once. */
	survivedBy: string[];
	/** A POST may have been saved. */
	inDoubt?: boolean;
	/** Targets that even come through it when it happens every time. */
	harmlessFor?: string[];
	/** How the message of a node that cannot come through begins. */
	message: RegExp;
}

const ALL = [...REPEATABLE, 'POST'];
const unavailable = /^Teamogy could not answer the request for /;
const notJson = /^The answer for .* was not the JSON Teamogy sends/;
const busy = /^Teamogy is receiving more requests than it allows/;
const notAccepted = /^Teamogy did not accept the request for /;
const lost = /^The connection to Teamogy could not be kept/;

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
	'reset before': { kind: 'reset', survivedBy: REPEATABLE, inDoubt: true, message: lost },
	'reset after it took effect': {
		kind: 'resetAfter',
		survivedBy: REPEATABLE,
		inDoubt: true,
		message: lost,
	},
	hang: {
		kind: 'hang',
		survivedBy: REPEATABLE,
		inDoubt: true,
		message: /^Teamogy did not answer the request for .* in time/,
	},
	slow: { kind: 'slow', ms: 40, survivedBy: ALL, harmlessFor: ALL, message: /never/ },
	'cut JSON': { kind: 'cut', survivedBy: REPEATABLE, inDoubt: true, message: notJson },
	'HTML with status 200': {
		kind: 'html',
		status: 200,
		survivedBy: REPEATABLE,
		inDoubt: true,
		message: notJson,
	},
	'JSON of another kind': status(200, {
		body: '"maintenance"',
		survivedBy: REPEATABLE,
		message: notJson,
	}),
	empty: {
		kind: 'empty',
		survivedBy: READS,
		// A write may be answered with nothing: that is a good answer, and not repeated.
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
		message: /^The domain sent the request for .* on to another address/,
	},
	'400': refused(400, notAccepted),
	'401': refused(401, /^Teamogy did not accept the API key/),
	'403': refused(403, /^Teamogy refused access to /),
	'404': refused(404, /^Teamogy (did not find|does not know) /),
	'409': refused(409, /^Teamogy could not save .* conflicts/),
	'418': refused(418, notAccepted),
	'422': refused(422, /^Teamogy did not accept the values sent for /),
};

const ours = (target: Target): LoggedRequest[] =>
	stage.sandbox.log.filter(({ method, url }) => method === target.method && target.path.test(url));

const run = async (target: Target, faultName: string) => {
	// Short only where it is waited for: a busy machine must not make a time-out of anything else.
	stage.pace.timeout = faultName === 'hang' ? 200 : 20_000;
	const result = await stage.run(target.parameters());
	expect(leaked(stage.sandbox.apiKey, result, stage.engine.log)).toBeUndefined();
	return result;
};

/** Nothing doubled: a page was delivered once, a write took effect once at the most. */
function nothingDoubled(target: Target, result: RunResult): void {
	const ids = result.json.flatMap(({ id }) => (id === undefined ? [] : [id]));
	expect(new Set(ids).size).toBe(ids.length);
	if (target.written) expect(target.written()).toBeLessThanOrEqual(1);
}

const cases = Object.entries(FAULTS).flatMap(([fault]) =>
	Object.keys(TARGETS).map((target): [string, string] => [fault, target]),
);

describe('once', () => {
	it.each(cases)('%s, %s', async (faultName, targetName) => {
		const { survivedBy, inDoubt, harmlessFor, message, ...rule } = FAULTS[faultName];
		const target = TARGETS[targetName];
		const expected = target.expected();
		stage.sandbox.fault({ ...rule, method: target.method, path: target.path });
		const result = await run(target, faultName);
		nothingDoubled(target, result);
		const emptyWrite = faultName === 'empty' && target.written;
		if (survivedBy.includes(targetName) || emptyWrite) {
			expect(result.error).toBeUndefined();
			expect(result.json).toEqual(emptyWrite ? expect.anything() : expected);
			// The one that failed is repeated, nothing else.
			const again = harmlessFor ? 0 : emptyWrite ? 0 : 1;
			if (faultName !== 'too large' && faultName !== 'another stride') {
				expect(ours(target).length).toBe(1 + again);
			}
			return;
		}
		expect(result.items).toEqual([]);
		expect(result.error?.message).toMatch(message);
		expect(result.error?.message).toMatch(/ \[item 0\]$/);
		expect(ours(target).length).toBe(1);
		const doubt = /may have been saved/;
		if (inDoubt) expect(result.error?.description).toMatch(doubt);
		else expect(result.error?.description).not.toMatch(doubt);
	});
});

describe('every time', () => {
	it.each(cases)('%s, %s', async (faultName, targetName) => {
		const { survivedBy, inDoubt, harmlessFor, message, ...rule } = FAULTS[faultName];
		const target = TARGETS[targetName];
		const expected = target.expected();
		// 429s without end: patience of a moment.
		stage.pace.longestBusy = 20;
		stage.sandbox.fault({ ...rule, method: target.method, path: target.path, times: Infinity });
		const result = await run(target, faultName);
		stage.pace.longestBusy = 300_000;
		nothingDoubled(target, result);
		const emptyWrite = faultName === 'empty' && target.written;
		if (harmlessFor?.includes(targetName) || emptyWrite) {
			expect(result.error).toBeUndefined();
			expect(result.json).toEqual(emptyWrite ? expect.anything() : expected);
			return;
		}
		expect(result.items).toEqual([]);
		const refusedPage = faultName === 'too large' && PAGES.includes(targetName);
		expect(result.error?.message).toMatch(
			refusedPage ? /^A single row of the view "jobs"/ : message,
		);
		const sent = ours(target).length;
		if (/^429/.test(faultName)) expect(sent).toBeGreaterThanOrEqual(1);
		else if (refusedPage)
			expect(ours(target).map(({ query }) => query.limit)).toEqual(['10', '5', '3', '2', '1']);
		else if (!survivedBy.includes(targetName)) expect(sent).toBe(1);
		else expect(sent).toBe(faultName === 'hang' ? 3 : stage.pace.tries);
		if (targetName === 'POST' && inDoubt)
			expect(result.error?.description).toMatch(/may have been saved/);
		else expect(result.error?.description).not.toMatch(/may have been saved/);
		if (target.written) {
			const applied = ours(target).some((request) => request.applied);
			expect(target.written()).toBe(applied ? 1 : 0);
		}
	});
});
