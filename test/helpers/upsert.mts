import type { IDataObject } from 'n8n-workflow';
import { getReads, getWrites } from './loggedRequests.mts';
import { useTestBed, type TestBedOptions } from './testBed.mts';
import { toMapping } from './writeParameters.mts';

/** A match by a column of the mapper, with the input fields of the same names. */
export const byMapper = (column: string, ...names: string[]): object =>
	toMapping(
		Object.fromEntries([column, ...names].map((name) => [name, `={{ $json["${name}"] }}`])),
		[],
		{ matchingColumns: [column] },
	);
/** A match by the parameters, with the whole input as the body. */
export const byJson = (
	matchColumn: string,
	matchValue = `={{ $json["${matchColumn}"] }}`,
): object => ({
	fieldsMode: 'json',
	body: '={{ $json }}',
	matchColumn,
	matchValue,
});

/** Starts a test bed for the tests of a file that create or update companies. */
export function useUpsert(options?: TestBedOptions) {
	const testBed = useTestBed(options);
	return {
		testBed,
		upsert: async (parameters: object, more: object = {}) =>
			await testBed.run({ resource: 'company', operation: 'upsert', ...parameters }, more),
		companies: () => testBed.sandbox.rows('companies') as IDataObject[],
		/** Inserts a company, and gives its ID. */
		add: (name: string, more: object = {}): number =>
			testBed.sandbox.insert('companies', { name, ...more }).id,
		writeMethods: (): string[] => getWrites(testBed.sandbox).map(({ method }) => method),
		/** The filters of the reads, in order. */
		filters: (): string[] =>
			getReads(testBed.sandbox)
				.map(({ query }) => query.externalFilter)
				.filter((filter) => filter !== undefined),
	};
}
