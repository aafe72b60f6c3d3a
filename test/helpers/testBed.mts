import { startEngine, type Engine, type RunOptions } from '../engine/index.mts';
import { loadFrom } from '../engine/outsideJest.mts';
import { startSandbox, type Row, type Sandbox, type SandboxOptions } from '../sandbox/index.mts';
import { waitUntilQuiet } from './waitUntilQuiet.mts';

/** The transport's patience, in the built package: tests turn its minutes into milliseconds. */
export interface Pace {
	sleepSlice: number;
	budgetWindow: number;
	budgetMargin: number;
	timeout: number;
	maxTries: number;
	firstPause: number;
	maxPause: number;
	maxBlocked: number;
	longWait: number;
}

/** How long a poll may take, in the built package. */
export interface PollPace {
	maxDuration: number;
	overtime: number;
}

const built = loadFrom(`${process.cwd()}/package.json`);
/** A module of the built package: the one that n8n's engine has. */
export const builtModule = <T,>(path: string): T => built(`./dist/${path}`) as T;

export type RunResult = Awaited<ReturnType<Engine['run']>>;

interface Refusal {
	/** What the description says to do. */
	hint?: string | RegExp;
	item?: number;
}

export interface TestBed {
	sandbox: Sandbox;
	engine: Engine;
	pace: Pace;
	pollPace: PollPace;
	/** Runs the `teamogy` node with these parameters. */
	run(parameters: object, more?: Partial<RunOptions>): ReturnType<Engine['run']>;
	/** The record with an ID, which exists. */
	findRecord(id: unknown, entity?: string): Row;
	/** Expects that a run refused an item, the first unless another is named, before anything was sent. */
	expectRefused(result: RunResult, message: string | RegExp, more?: Refusal): void;
	close(): Promise<void>;
}

/** A sandbox and the built package in n8n's engine, with a credential for it and quick patience. */
export async function createTestBed(
	options: SandboxOptions = {},
	credential: object = {},
): Promise<TestBed> {
	const sandbox = await startSandbox({ strict: true, ...options });
	const engine = await startEngine({
		credentials: {
			teamogyApi: { ...sandbox.credential, requestsPerMinute: 1_000_000, ...credential },
		},
	});
	const { TIMING: pace } = builtModule<{ TIMING: Pace }>('nodes/api/transport/timing.js');
	const { POLL_TIMING: pollPace } = builtModule<{ POLL_TIMING: PollPace }>(
		'nodes/triggers/poll/timing.js',
	);
	// Jest ends a worker by force if timers keep it busy for half a second.
	Object.assign(pace, { sleepSlice: 50, firstPause: 5, maxPause: 40 });
	return {
		sandbox,
		engine,
		pace,
		pollPace,
		run: async (parameters, more = {}) =>
			await engine.run({ type: 'teamogy', parameters, ...more }),
		findRecord: (id, entity = 'companies') =>
			sandbox.records(entity).find((record) => record.id === id)!,
		expectRefused: (result, message, { hint = /\S/, item = 0 } = {}) => {
			expectItemError(result, message);
			expect(result.error?.message).toContain(` [item ${item}]`);
			expect(result.error?.description).toMatch(hint);
			expect(result.error?.name).toBe('NodeOperationError');
			expect(sandbox.log).toEqual([]);
		},
		close: async () => {
			engine.close();
			await sandbox.close();
		},
	};
}

export interface TestBedOptions extends SandboxOptions {
	/** Changes to the credential for the sandbox. */
	credential?: object;
	/** Changes to the transport's patience. */
	pace?: Partial<Pace>;
	pollPace?: Partial<PollPace>;
	/** Pages that were asked for ahead may arrive after their run: each test ends when they have. */
	hasLateRequests?: boolean;
}

/** Starts a test bed for the tests of a file. The sandbox and the patience are reset before each test. */
export function useTestBed({
	credential,
	pace,
	pollPace,
	hasLateRequests = false,
	...options
}: TestBedOptions = {}): TestBed {
	const testBed = {} as TestBed;
	let initialPace: Pace;
	let initialPollPace: PollPace;
	beforeAll(async () => {
		Object.assign(testBed, await createTestBed(options, credential));
		initialPace = { ...testBed.pace, ...pace };
		initialPollPace = { ...testBed.pollPace, ...pollPace };
		Object.assign(testBed.pace, initialPace);
		Object.assign(testBed.pollPace, initialPollPace);
	});
	afterAll(async () => await testBed.close());
	beforeEach(() => {
		testBed.sandbox.reset();
		Object.assign(testBed.pace, initialPace);
		Object.assign(testBed.pollPace, initialPollPace);
	});
	if (hasLateRequests) afterEach(async () => await waitUntilQuiet(testBed.sandbox));
	return testBed;
}

/** Expects that a run ended at an error with this message, which says the item and what to do, and gave nothing. */
export function expectItemError({ error, json }: RunResult, message: string | RegExp): void {
	expect(error?.message).toMatch(message);
	expect(error?.message).toMatch(/ \[item \d+\]$/);
	expect(error?.description).toMatch(/\S/);
	expect(json).toEqual([]);
}
