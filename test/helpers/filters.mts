import { useTestBed } from './testBed.mts';

/** A condition as the editor gives it. */
export interface Condition {
	column: unknown;
	type?: string;
	operator?: string;
	value: unknown;
}

/** Starts a test bed for the tests of a file that read filtered views. */
export function useFilters() {
	const testBed = useTestBed({ hasLateRequests: true });
	const getAll = async (parameters: object, more: object = {}) =>
		await testBed.run(
			{ resource: 'job', operation: 'getAll', output: 'all', returnAll: true, ...parameters },
			more,
		);
	return {
		testBed,
		getAll,
		getFiltered: async (view: string, conditions: Condition[], more: object = {}) =>
			await getAll({ resource: 'view', viewName: view, filters: { conditions }, ...more }),
		/** The filter of the last request: a sample of the view may come before it. */
		sent: (): string | undefined =>
			testBed.sandbox.log.filter(({ query }) => query.externalFilter).at(-1)?.query.externalFilter,
	};
}
