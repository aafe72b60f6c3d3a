import type { IDataObject } from 'n8n-workflow';
import type { Row } from '../sandbox/index.mts';
import { useTestBed } from './testBed.mts';

export const COMPANIES = 40;
/** The view that the triggers watch. */
export const WATCHED = 'opportunities';

/** The parameters of a trigger on the watched view. */
export const toTriggerParameters = (event: string, more: object = {}): object => ({
	view: WATCHED,
	event,
	...(event === 'entersFilter' && {
		filters: { conditions: [{ column: 'status', value: 'WON' }] },
	}),
	...more,
});

/** Starts a test bed with few companies for the tests of a file. */
export function useCompanies() {
	const testBed = useTestBed({ rows: { companies: COMPANIES, [WATCHED]: 5 } });
	beforeEach(() => testBed.sandbox.set({ maxLimit: undefined, order: undefined }));
	return {
		testBed,
		companies: () => testBed.sandbox.rows('companies') as Array<Row & { id: number }>,
		/** Runs an operation on companies, with an empty log: its rows, items, error and hints. */
		run: async (operation: string, parameters: object, input: object[] = [{}]) => {
			testBed.sandbox.clearLog();
			const { json, items, error, hints } = await testBed.run(
				{ resource: 'company', operation, output: 'all', ...parameters },
				{ input: input as IDataObject[] },
			);
			return { rows: json, items, error, hints: hints.map(({ message }) => message) };
		},
	};
}
