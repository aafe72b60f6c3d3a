/**
 * Whatever a server responds, to whatever is asked for: the node ends in time, says something true, writes
 * once, and shows nothing of the API key.
 */
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { Trigger, type EventName } from '../../helpers/polling/trigger.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { anyResponse, inTurn, type AnyResponse } from '../../helpers/transport/anyResponse.mts';
import { leaked } from '../../helpers/transport/leaks.mts';
import { startStrangeServer, type StrangeServer } from '../../helpers/transport/strangeServer.mts';
import { toRecordId, toJsonBody, toMapping } from '../../helpers/writeParameters.mts';

/** Much longer than all time-outs together. */
const END = 20_000;
/** Many more than one run sends. */
const MAX_REQUESTS = 100;
/** The same responses every time, unless more or others are asked for. */
const { FUZZ_RUNS = 20, FUZZ_SEED = 1 } = process.env;
jest.setTimeout(600_000);

const testBed = useTestBed({
	pace: {
		...{ timeout: 300, firstPause: 1, maxPause: 5, maxTries: 3, maxBlocked: 40 },
		...{ budgetWindow: 0, budgetMargin: 0 },
	},
	pollPace: { maxDuration: 3000 },
});
let server: StrangeServer;
let key: string;

beforeAll(async () => {
	await testBed.run({ resource: 'job', operation: 'getAll' });
	server = await startStrangeServer();
	key = server.credential.apiKey;
});
afterAll(async () => await server.close());

interface Outcome {
	rows: unknown[];
	/** All that people read. */
	said: string[];
	failed: boolean;
}

const credentials = () => ({ teamogyApi: server.credential });
const readTexts = (error: { message: string; description?: string | null }) => [
	error.message,
	error.description ?? '',
];

const ran =
	(parameters: object, more: object = {}) =>
	async (): Promise<Outcome> => {
		const input = [{ id: 5, name: 'Ltd' }];
		const {
			json: rows,
			error,
			hints,
		} = await testBed.run(parameters, {
			credentials: credentials(),
			input,
			...more,
		});
		const said = [...(error ? readTexts(error) : []), ...hints.map(({ message }) => message)];
		return { rows, said, failed: error !== undefined };
	};
const fromEditor = (call: () => Promise<unknown>) => async (): Promise<Outcome> =>
	await call().then(
		(list) => ({ rows: [list], said: [], failed: false }),
		(error) => ({ rows: [], said: readTexts(error as Error), failed: true }),
	);
const toPoll = (event: EventName, mode?: 'manual') => async (): Promise<Outcome> => {
	const filters = { conditions: [{ column: 'status', value: 'OPEN' }] };
	const one = new Trigger(testBed, { view: 'jobs', event, filters });
	const rows: unknown[] = [];
	for (let poll = 0; poll < (mode ? 1 : 2); poll++) {
		try {
			rows.push(...(await one.poll({ mode, credentials: credentials() })));
		} catch (error) {
			return { rows, said: readTexts(error as Error), failed: true };
		}
	}
	return { rows, said: [], failed: false };
};

const company = (operation: string, more: object = {}) => ({
	resource: 'company',
	operation,
	...more,
});
const request = (method: string) => ({
	resource: 'apiRequest',
	operation: 'request',
	method,
	path: 'companies',
	body: method === 'GET' ? undefined : '{"name":"Ltd"}',
});
const list = {
	type: 'teamogy',
	path: 'parameters.recordId',
	parameters: company('get', { recordId: { __rl: true, mode: 'list', value: '' } }),
};
const retried = { retryOnFail: true, maxTries: 2, waitBetweenTries: 1 };
const create = company('create', toJsonBody({ name: 'Ltd' }));
const update = company('update', {
	...toRecordId('={{ $json.id }}'),
	...toJsonBody({ name: 'Ltd' }),
});
const upsert = company('upsert', {
	...toMapping({ name: '={{ $json.name }}' }, [{ id: 'name' }], { matchingColumns: ['name'] }),
});
const withRecord = { options: { returnRecord: true } };

/** Those that change something say so; the others only read. */
const READS: Record<string, () => Promise<Outcome>> = {
	Get: ran(company('get', toRecordId('={{ $json.id }}'))),
	'Get Many': ran(company('getAll')),
	'Get Many, all, in small pages': ran(
		company('getAll', { returnAll: true, options: { pageSize: 2 } }),
	),
	'Look Up': ran(
		company('lookUp', { lookUpColumn: 'name', lookUpType: 'string', lookUpValue: 'Ltd' }),
	),
	'Look Up by a number': ran(
		company('lookUp', { lookUpColumn: 'id', lookUpType: 'number', lookUpValue: 5 }),
	),
	'API Request': ran(request('GET')),
	'records to choose from': fromEditor(
		async () =>
			await testBed.engine.listSearch({
				...list,
				method: 'searchRecords',
				credentials: credentials(),
			}),
	),
	'records that are searched': fromEditor(
		async () =>
			await testBed.engine.listSearch({
				...list,
				method: 'searchRecords',
				filter: 'Ltd',
				credentials: credentials(),
			}),
	),
	columns: fromEditor(
		async () =>
			await testBed.engine.loadOptions({
				...list,
				method: 'getColumns',
				credentials: credentials(),
			}),
	),
	fields: fromEditor(
		async () =>
			await testBed.engine.resourceMapping({
				...list,
				parameters: company('create'),
				method: 'getFields',
				credentials: credentials(),
			}),
	),
	'trigger: created': toPoll('created'),
	'trigger: created or updated': toPoll('createdOrUpdated'),
	'trigger: starts matching': toPoll('entersFilter'),
	'trigger: a test': toPoll('created', 'manual'),
};
/** Those that read the record after the write. */
const READ_BACKS: Record<string, () => Promise<Outcome>> = {
	'Create, with the record': ran({ ...create, ...withRecord }, retried),
	'Update, with the record': ran({ ...update, ...withRecord }, retried),
	'Create or Update, with the record': ran({ ...upsert, ...withRecord }, retried),
};
const WRITES: Record<string, () => Promise<Outcome>> = {
	Create: ran(create, retried),
	Update: ran(update, retried),
	'Create or Update': ran(upsert, retried),
	'API Request: POST': ran(request('POST'), retried),
	'API Request: PATCH': ran(request('PATCH'), retried),
};

/** How an error says that a write may have been carried out. */
const DOUBT = /may have (been saved|carried out the request) anyway/;

/** What a program says of itself when it has not been told what to say. */
const UNTRUE =
	/\b(undefined|NaN|is not a function|is not iterable|cannot read|call stack|invalid (string|array) length|unexpected token|not defined)\b|\[object |Converting circular/i;

/** A wait that can be read. Another says nothing about whether the request was processed. */
const WAIT = /^\d|GMT$/;

/** Whether a response refuses a request, so that nothing can have been written. */
const isRejectedByTeamogy = ({ status, ends, headers }: AnyResponse): boolean =>
	ends !== 'reset' &&
	(status === 307 ||
		(status >= 400 && status < 500 && status !== 408) ||
		(status === 503 && WAIT.test(headers['retry-after'] ?? '')));

/** Whether n8n hands a response on: not if it is cut, or not encoded as it says. */
const isSeen = ({ ends, headers }: AnyResponse): boolean =>
	ends === 'whole' && headers['content-encoding'] === undefined;

const isWhole = ({ status, ends }: AnyResponse) => status < 300 && ends === 'whole';

/** @param doesWithout where a refusal is no error, since something else will do */
async function check(
	call: () => Promise<Outcome>,
	responses: AnyResponse[],
	doesWithout: boolean,
): Promise<void> {
	server.respond(inTurn(responses));
	testBed.engine.log.length = 0;
	let alarm: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<never>((_resolve, reject) => {
		alarm = setTimeout(() => reject(new Error('It does not end')), END);
	});
	const outcome = await Promise.race([call(), late]);
	clearTimeout(alarm);
	const { requests } = server;
	const getResponse = (nth: number) => responses[Math.min(nth, responses.length - 1)];
	const { rows, said, failed } = outcome;

	// It ends.
	expect(requests.length).toBeLessThan(MAX_REQUESTS);

	// It says something true.
	if (failed) expect(said[0]).toMatch(/\S/);
	for (const text of said) expect(text).not.toMatch(UNTRUE);
	const hasWholeResponse = requests.some((_request, nth) => isWhole(getResponse(nth)));
	if (requests.length && !hasWholeResponse && !doesWithout) expect(failed).toBe(true);

	// It creates once. A PATCH may be repeated, since it leaves the same record.
	const posts = requests.flatMap(({ method }, nth) =>
		method === 'POST' ? [getResponse(nth)] : [],
	);
	const taken = posts.filter((response) => !isRejectedByTeamogy(response));
	expect(taken.length).toBeLessThanOrEqual(1);
	const isInDoubt = taken.length === 1 && !isWhole(taken[0]);
	if (isInDoubt) expect(said.join(' ')).toMatch(DOUBT);
	if (posts.every((response) => isRejectedByTeamogy(response) && isSeen(response)))
		expect(said.join(' ')).not.toMatch(DOUBT);

	// It leaks nothing: what Teamogy answered well is passed on as it is.
	expect(leaked(key, said, testBed.engine.log)).toBeUndefined();
	if (failed) expect(leaked(key, rows as IDataObject[])).toBeUndefined();
}

/** The response that finds, or has written, the record: a page and a record at once. */
const GOOD: AnyResponse = {
	status: 200,
	headers: {},
	body: JSON.stringify({
		...{ id: 5, name: 'Ltd' },
		...{ metadata: { count: 1, limit: 1000, nextOffset: null }, data: [{ id: 5, name: 'Ltd' }] },
	}),
	ends: 'whole',
};
const anyResponses = () => fc.array(anyResponse(key), { minLength: 1, maxLength: 4 });
const RUNS = {
	numRuns: Number(FUZZ_RUNS),
	seed: Number(FUZZ_SEED),
	interruptAfterTimeLimit: 300_000,
};

describe.each([
	['reads', READS],
	['writes', WRITES],
])('What %s', (_, calls) => {
	it.each(Object.entries(calls))(
		'%s ends, says something true, creates once and leaks nothing, whatever a server responds',
		async (name, call) => {
			await fc.assert(
				fc.asyncProperty(
					anyResponses(),
					async (responses) => await check(call, responses, name === 'fields'),
				),
				RUNS,
			);
		},
	);
});

/** Whether the record was read after it was written. */
const isReadBack = (): boolean =>
	/P(OST|ATCH) GET/.test(server.requests.map(({ method }) => method).join(' '));

describe('What reads the record after the write', () => {
	it.each(Object.entries(READ_BACKS))(
		'%s ends, says something true, creates once and leaks nothing, whatever a server responds',
		async (_, call) => {
			let readBacks = 0;
			await fc.assert(
				// Without good responses first, hardly any write would come to its read.
				fc.asyncProperty(fc.nat(3), anyResponses(), async (good, responses) => {
					await check(call, [...Array<AnyResponse>(good).fill(GOOD), ...responses], false);
					if (isReadBack()) readBacks++;
				}),
				RUNS,
			);
			expect(readBacks).toBeGreaterThan(0);
		},
	);
});
