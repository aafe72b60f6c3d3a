/** Faults at each request of a poll: the state stays as it was, no record is lost or delivered twice. */
import { EVENTS, Trigger, type EventName } from '../../../helpers/polling/trigger.mts';
import type { FaultRule } from '../../../sandbox/index.mts';
import { countRequests } from '../../../helpers/loggedRequests.mts';
import { useTestBed } from '../../../helpers/testBed.mts';
import { leaked } from '../../../helpers/transport/leaks.mts';

const VIEW = 'opportunities';

const PATIENT = 60_000;

const testBed = useTestBed({
	rows: { [VIEW]: 0 },
	pace: { timeout: PATIENT, firstPause: 1, maxPause: 2, maxTries: 2, budgetWindow: 1000 },
});

interface Fault {
	rule: FaultRule;
	message: RegExp;
	description: RegExp;
}

const unavailable = {
	message: /^Teamogy could not answer the request for the view "opportunities"$/,
	description: /Try again in a few minutes/,
};
const notJson = {
	message: /^The response for the view "opportunities" was not the JSON Teamogy sends$/,
	description: /Check 'Domain' in the credential/,
};
const lost = {
	message: /^The connection to Teamogy was interrupted during the request for the view "\w+"$/,
	description: /Try again/,
};
const busy = {
	message: /^Teamogy is receiving more requests than it allows$/,
	description: /Lower 'Requests per Minute'/,
};

const FAULTS: Record<string, Fault> = {
	'429': { rule: { kind: 'status', status: 429, headers: { 'retry-after': '0.015' } }, ...busy },
	'429 without a header': { rule: { kind: 'status', status: 429 }, ...busy },
	'401': {
		rule: { kind: 'status', status: 401 },
		message: /^Teamogy did not accept the API key$/,
		description: /disabled/,
	},
	'403': {
		rule: { kind: 'status', status: 403 },
		message: /^Teamogy refused access to the view "opportunities"$/,
		description: /allowed addresses/,
	},
	'500': { rule: { kind: 'status', status: 500 }, ...unavailable },
	'503': { rule: { kind: 'status', status: 503 }, ...unavailable },
	'502 as HTML': { rule: { kind: 'html' }, ...unavailable },
	'500 that echoes the key': { rule: { kind: 'echoKey' }, ...unavailable },
	'an HTML page': { rule: { kind: 'html', status: 200 }, ...notJson },
	'JSON of another kind': {
		rule: { kind: 'status', status: 200, body: { rows: [] } },
		...notJson,
	},
	'cut JSON': { rule: { kind: 'cut' }, ...notJson },
	nothing: { rule: { kind: 'empty' }, ...notJson },
	reset: { rule: { kind: 'reset' }, ...lost },
	'reset after the response was made': { rule: { kind: 'resetAfter' }, ...lost },
	'no response': {
		rule: { kind: 'hang' },
		message: /^Teamogy did not answer the request for the view "opportunities" in time$/,
		description: /Try again later/,
	},
	'a log-in page': {
		rule: { kind: 'redirect' },
		message: /^The domain redirected the request for the view "opportunities" to another address$/,
		description: /'Domain' in the credential/,
	},
};
/** Requests with these faults are not repeated. */
const FINAL = ['401', '403', 'a log-in page'];

const trigger = (event: EventName) =>
	new Trigger(testBed, {
		view: VIEW,
		event,
		filters: { conditions: [{ column: 'status', value: 'WON' }] },
		options: { pageSize: 2 },
	});
const insertMany = (count: number): number[] =>
	Array.from({ length: count }, () => testBed.sandbox.insert(VIEW, { status: 'WON' }).id);

/** Spoils the nth request of the next poll, and all requests after it unless `once` is true. */
const spoil = (rule: FaultRule, nth: number, once: boolean) => {
	if (rule.kind === 'hang') testBed.pace.timeout = 300;
	testBed.sandbox.fault({
		...rule,
		times: Infinity,
		when: (_request, request) => (once ? request === nth : request >= nth),
	});
};

const heal = () => {
	testBed.sandbox.clearFaults();
	testBed.pace.timeout = PATIENT;
};

/**
 * A trigger before its first poll, or after it with three new records. With so few records no page is read
 * ahead in vain: such a page might arrive during the next poll.
 */
const createScene = async (event: EventName, at: 'activation' | 'news') => {
	testBed.sandbox.reset();
	insertMany(3);
	const one = trigger(event);
	if (at === 'activation') return { one, news: [] };
	expect(await one.items()).toBeNull();
	return { one, news: insertMany(3) };
};

const cases = EVENTS.flatMap((event) =>
	(['activation', 'news'] as const).flatMap((at) =>
		Object.keys(FAULTS).map((fault): [EventName, 'activation' | 'news', string] => [
			event,
			at,
			fault,
		]),
	),
);
const ids = (rows: Array<Record<string, unknown>>) => rows.map(({ id }) => id);

it.each(cases)(
	'%s, %s: a poll fails and loses nothing with %s from any of its requests on',
	async (event, at, fault) => {
		const { rule, message, description } = FAULTS[fault];
		const clean = await createScene(event, at);
		const requests = await countRequests(testBed.sandbox, async () => await clean.one.items());
		expect(requests).toBeGreaterThan(1);
		for (let nth = 1; nth <= requests; nth++) {
			const { one, news } = await createScene(event, at);
			const stored = JSON.stringify({ ...one.stored });
			spoil(rule, nth, false);
			// Without end 429s are waited out only for a moment.
			testBed.pace.maxBlocked = 10;
			const failure = await one.failure();
			testBed.pace.maxBlocked = 300_000;
			expect(failure.message).toMatch(message);
			expect(failure.description).toMatch(description);
			expect(failure.name).toBe('NodeApiError');
			expect(JSON.stringify({ ...one.stored })).toBe(stored);
			expect(leaked(testBed.sandbox.apiKey, failure, testBed.engine.log)).toBeUndefined();
			heal();
			// The first poll that succeeds records what is there.
			expect(ids(await one.poll())).toEqual(news);
			expect(await one.items()).toBeNull();
			const [more] = insertMany(1);
			expect(ids(await one.poll())).toEqual([more]);
		}
	},
);

it.each(cases.filter(([, at, fault]) => at === 'news' && !FINAL.includes(fault)))(
	'%s, %s: a poll succeeds with %s once at any of its requests',
	async (event, at, fault) => {
		const { rule } = FAULTS[fault];
		const [headers, tries] = [rule.headers && { 'retry-after': '0.001' }, testBed.pace.maxTries];
		const clean = await createScene(event, at);
		const requests = await countRequests(testBed.sandbox, async () => await clean.one.items());
		expect(requests).toBeGreaterThan(1);
		testBed.pace.maxTries = 5;
		for (let nth = 1; nth <= requests; nth++) {
			const { one, news } = await createScene(event, at);
			spoil({ ...rule, headers }, nth, true);
			expect(ids(await one.poll())).toEqual(news);
			heal();
			expect(await one.items()).toBeNull();
		}
		testBed.pace.maxTries = tries;
	},
);
