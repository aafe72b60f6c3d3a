import { startSandbox, type Sandbox } from '../../sandbox/index.mts';
import { listAssumptions } from '../../checkAccount/assumptions.mts';
import { readCatalog } from '../../checkAccount/catalog.mts';
import { checkAccount, type CheckOptions } from '../../checkAccount/check.mts';
import type { Verdict } from '../../checkAccount/finding.mts';
import { TRUTH, type Lie } from '../../checkAccount/lies.mts';
import type { Report } from '../../checkAccount/report.mts';

export const NAMES = readCatalog();
export const ASSUMPTIONS = listAssumptions(NAMES.unconfirmed);

/** A sandbox for the tests of a file, reset before each test, and the check of it. */
export function useTestBed() {
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox(TRUTH);
	});
	afterAll(async () => await sandbox.close());
	beforeEach(() => {
		sandbox.reset();
		// Gives companies a second text in `properties`, so that one of the two can be left out.
		sandbox.patch('companies', 30001, { properties: { segment: 'Key account' } });
	});
	return {
		get sandbox() {
			return sandbox;
		},
		/** Runs the check without pauses, read only unless `write` is given. */
		check: async ({
			apiKey = sandbox.apiKey,
			unitId = 1,
			write = false,
			...options
		}: Partial<CheckOptions> & { apiKey?: string; unitId?: number; write?: boolean } = {}) =>
			await checkAccount({
				account: { origin: sandbox.domain, unitId, apiKey },
				pace: { requestsPerMinute: Infinity, pauseMs: 1 },
				names: NAMES,
				confirmWrite: async () => write,
				...options,
			}),
		/** Makes one assumption wrong until the next test. */
		lie({ options, prepare }: Lie): void {
			if (options) sandbox.set(options);
			prepare?.(sandbox);
		},
	};
}

/** The IDs of the assumptions with a verdict, in the order of the list. */
export const listWith = ({ assumptions }: Report, wanted: Verdict): string[] =>
	assumptions.filter(({ verdict }) => verdict === wanted).map(({ id }) => id);

export const findResult = ({ assumptions }: Report, id: string) =>
	assumptions.find((one) => one.id === id)!;
