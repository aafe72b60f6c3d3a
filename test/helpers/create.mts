import type { ResourceMapperField } from 'n8n-workflow';
import { getBodies } from './loggedRequests.mts';
import { useTestBed } from './testBed.mts';
import { loadFields, toDocumentType } from './writeParameters.mts';

/** The first user and the first company of the sandbox, which new records refer to. */
const REFERENCES = { ownerId: 11, companyId: 30001 };

/** Starts a test bed for the tests of a file that create records. */
export function useCreate() {
	const testBed = useTestBed({ properties: { companies: { segment: 'text', rare: 'number' } } });
	return {
		testBed,
		...REFERENCES,
		create: async (parameters: object, more: object = {}) =>
			await testBed.run({ operation: 'create', ...parameters }, more),
		/** Loads the fields of a new record, and forgets the requests for them. */
		loadSchema: async (resource: string, type?: string): Promise<ResourceMapperField[]> => {
			const document = type && toDocumentType(type);
			const schema = await loadFields(testBed, { resource, operation: 'create', ...document });
			testBed.sandbox.clearLog();
			return schema;
		},
		/** The bodies that arrived, in order. */
		sentBodies: (): unknown[] => getBodies(testBed.sandbox),
	};
}
