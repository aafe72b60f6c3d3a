import type { IDataObject } from 'n8n-workflow';
import { useTestBed } from './testBed.mts';

/** A look-up of the input field with the name of the column. The type is the node's default unless it is in `more`. */
export const by = (lookUpColumn: string, more: object = {}): object => ({
	lookUpColumn,
	lookUpValue: `={{ $json["${lookUpColumn}"] }}`,
	...more,
});
export const byId = (more: object = {}): object => by('id', more);

/** Starts a test bed for the tests of a file that look companies up. */
export function useLookUp() {
	const testBed = useTestBed({ rows: { companies: 2000 } });
	return {
		testBed,
		lookUp: async (parameters: object, more: object = {}) =>
			await testBed.run({ resource: 'company', operation: 'lookUp', ...parameters }, more),
		companies: () => testBed.sandbox.rows('companies') as IDataObject[],
		/** The filters of the requests, in order. */
		filters: (): string[] => testBed.sandbox.log.map(({ query }) => query.externalFilter),
	};
}
