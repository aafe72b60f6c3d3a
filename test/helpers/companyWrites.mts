/** Writes of companies that are told apart by their names, and what came of them. */
import type { FaultRule, LoggedRequest, Sandbox } from '../sandbox/index.mts';
import { getBodies, getWrites } from './loggedRequests.mts';
import { useTestBed } from './testBed.mts';
import { toJsonBody, toMapping } from './writeParameters.mts';

const company = { resource: 'company' };

export const createCompany = (body: object = { name: 'Once s.r.o.' }) => ({
	...company,
	operation: 'create',
	...toJsonBody(body),
});
/** Creates a company with the name of each item. */
export const createEach = {
	...company,
	operation: 'create',
	...toMapping({ name: '={{ $json.name }}' }),
};
/** Creates or updates the company with the name of each item. */
export const upsertEach = {
	...company,
	operation: 'upsert',
	...toMapping({ name: '={{ $json.name }}', industry: '={{ $json.industry }}' }, [], {
		matchingColumns: ['name'],
	}),
};
/** The settings of a node that tries again by itself. */
export const retryOnFail = { retryOnFail: true, maxTries: 3, waitBetweenTries: 1 };

/** Refuses each new company with this name from now on, or as often as the rule says. */
export const refuseCompany = (
	{ fault }: Sandbox,
	refused: string,
	rule: Partial<FaultRule> = {},
): void =>
	fault({
		kind: 'status',
		status: 422,
		method: 'POST',
		times: Infinity,
		when: ({ body }) => (body as { name?: unknown } | undefined)?.name === refused,
		...rule,
	});

/** Counts the companies with each of the names. */
export const countCompanies = ({ records }: Sandbox, names: string[]): number[] =>
	names.map((name) => records('companies').filter((record) => record.name === name).length);

/** The ID of the company with each of the names. */
export const getCompanyIds = ({ records }: Sandbox, names: string[]): unknown[] =>
	names.map((name) => records('companies').find((record) => record.name === name)?.id);

/** Starts a test bed for the tests of a file that watch which companies are written, and how often. */
export function useCompanyWrites() {
	// The timeout is long enough for any response that comes.
	const testBed = useTestBed({ pace: { firstPause: 1, maxPause: 2, timeout: 20_000 } });
	beforeEach(() => void (testBed.engine.log.length = 0));
	return {
		testBed,
		/** Counts the companies with a name. */
		saved: (name: string): number => countCompanies(testBed.sandbox, [name])[0],
		/** The writes that arrived, in order. */
		writes: (): LoggedRequest[] => getWrites(testBed.sandbox),
		/** The names in the writes, in order. */
		sentNames: (): unknown[] =>
			(getBodies(testBed.sandbox) as Array<{ name?: unknown }>).map(({ name }) => name),
	};
}
