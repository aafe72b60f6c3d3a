/**
 * Whatever a server answers, to whatever is asked for: the node ends in time, says something true, writes
 * once, and shows nothing of the API key.
 */
import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { Trigger, type EventName } from '../../helpers/polling/trigger.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { anyAnswer, inTurn, type AnyAnswer } from '../../helpers/transport/anyResponse.mts';
import { leaked } from '../../helpers/transport/leaks.mts';
import { startStrangeServer, type StrangeServer } from '../../helpers/transport/strangeServer.mts';
import { toRecordId, toJsonBody, toMapping } from '../../helpers/writeParameters.mts';

/** Much longer than all time-outs together. */
const END = 20_000;
/** Many more than one run sends. */
const MAX_REQUESTS = 100;
/** The same answers every time, unless more or others are asked for. */
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
const upsert = company('upsert', {
	...toMapping({ name: '={{ $json.name }}' }, [{ id: 'name' }], { matchingColumns: ['name'] }),
});

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
const WRITES: Record<string, () => Promise<Outcome>> = {
	Create: ran(company('create', toJsonBody({ name: 'Ltd' })), retried),
	'Create, with the record': ran(
		company('create', { ...toJsonBody({ name: 'Ltd' }), output: 'full' }),
		retried,
	),
	Update: ran(
		company('update', { ...toRecordId('={{ $json.id }}'), ...toJsonBody({ name: 'Ltd' }) }),
		retried,
	),
	'Create or Update': ran(upsert, retried),
	'API Request: POST': ran(request('POST'), retried),
	'API Request: PATCH': ran(request('PATCH'), retried),
};

/** How an error says that a write may have been carried out. */
const DOUBT = /may have (been saved|carried out the request) anyway/;

/** What a program says of itself when it has not been told what to say. */
const UNTRUE =
	/\b(undefined|NaN|is not a function|is not iterable|cannot read|call stack|invalid (string|array) length|unexpected token|not defined)\b|\[object |Converting circular/i;

/** Whether an answer refuses a request, so that nothing can have been written. */
const isRejectedByTeamogy = ({ status, ends, headers }: AnyAnswer): boolean =>
	ends !== 'reset' &&
	(status === 307 ||
		(status >= 400 && status < 500 && status !== 408) ||
		(status === 503 && headers['retry-after'] !== undefined));

/** Whether n8n hands an answer on: not if it is cut, or not encoded as it says. */
const isSeen = ({ ends, headers }: AnyAnswer): boolean =>
	ends === 'whole' && headers['content-encoding'] === undefined;

const isWhole = ({ status, ends }: AnyAnswer) => status < 300 && ends === 'whole';

/** @param doesWithout where a refusal is no error, since something else will do */
async function check(
	call: () => Promise<Outcome>,
	answers: AnyAnswer[],
	doesWithout: boolean,
): Promise<void> {
	server.answer(inTurn(answers));
	testBed.engine.log.length = 0;
	let alarm: ReturnType<typeof setTimeout> | undefined;
	const late = new Promise<never>((_resolve, reject) => {
		alarm = setTimeout(() => reject(new Error('It does not end')), END);
	});
	const outcome = await Promise.race([call(), late]);
	clearTimeout(alarm);
	const { requests } = server;
	const getAnswer = (nth: number) => answers[Math.min(nth, answers.length - 1)];
	const { rows, said, failed } = outcome;

	// It ends.
	expect(requests.length).toBeLessThan(MAX_REQUESTS);

	// It says something true.
	if (failed) expect(said[0]).toMatch(/\S/);
	for (const text of said) expect(text).not.toMatch(UNTRUE);
	const hasWholeAnswer = requests.some((_request, nth) => isWhole(getAnswer(nth)));
	if (requests.length && !hasWholeAnswer && !doesWithout) expect(failed).toBe(true);

	// It creates once. A PATCH may be repeated, since it leaves the same record.
	const posts = requests.flatMap(({ method }, nth) => (method === 'POST' ? [getAnswer(nth)] : []));
	const taken = posts.filter((answer) => !isRejectedByTeamogy(answer));
	expect(taken.length).toBeLessThanOrEqual(1);
	const isInDoubt = taken.length === 1 && !isWhole(taken[0]);
	if (isInDoubt) expect(said.join(' ')).toMatch(DOUBT);
	if (posts.every((answer) => isRejectedByTeamogy(answer) && isSeen(answer)))
		expect(said.join(' ')).not.toMatch(DOUBT);

	// It leaks nothing: what Teamogy answered well is passed on as it is.
	expect(leaked(key, said, testBed.engine.log)).toBeUndefined();
	if (failed) expect(leaked(key, rows as IDataObject[])).toBeUndefined();
}

describe.each([
	['reads', READS],
	['writes', WRITES],
])('what %s', (_, calls) => {
	it.each(Object.entries(calls))(
		'%s ends, says something true, creates once and leaks nothing, whatever a server answers',
		async (name, call) => {
			await fc.assert(
				fc.asyncProperty(
					fc.array(anyAnswer(key), { minLength: 1, maxLength: 4 }),
					async (answers) => await check(call, answers, name === 'fields'),
				),
				{ numRuns: Number(FUZZ_RUNS), seed: Number(FUZZ_SEED), interruptAfterTimeLimit: 300_000 },
			);
		},
	);
});
