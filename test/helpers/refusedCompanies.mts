/** A sandbox that refuses a company by its name, so that a list of companies is written in part. */
import type { Sandbox } from '../sandbox/index.mts';

/** Refuses each new company with this name from now on. */
export const refuseCompany = ({ fault }: Sandbox, refused: string): void =>
	fault({
		kind: 'status',
		status: 422,
		method: 'POST',
		times: Infinity,
		when: ({ body }) => (body as { name?: unknown } | undefined)?.name === refused,
	});

/** Counts the companies with each of the names. */
export const countCompanies = ({ records }: Sandbox, names: string[]): number[] =>
	names.map((name) => records('companies').filter((record) => record.name === name).length);

/** The ID of the company with each of the names. */
export const getCompanyIds = ({ records }: Sandbox, names: string[]): unknown[] =>
	names.map((name) => records('companies').find((record) => record.name === name)?.id);
