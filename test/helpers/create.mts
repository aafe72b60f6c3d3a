import { useTestBed } from './testBed.mts';

/** The first user and the first company of the sandbox, which new records refer to. */
export const REFERENCES = { ownerId: 11, companyId: 30001 };

/** Starts a test bed for the tests of a file that create records. */
export function useCreate() {
	const testBed = useTestBed({ properties: { companies: { segment: 'text', rare: 'number' } } });
	return {
		testBed,
		create: async (parameters: object, more: object = {}) =>
			await testBed.run({ operation: 'create', ...parameters }, more),
	};
}
