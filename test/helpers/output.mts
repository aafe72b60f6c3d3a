import type { IDataObject } from 'n8n-workflow';
import { useTestBed, type RunResult } from './testBed.mts';

/** Starts a test bed for the tests of a file that read invoices in one output or another. */
export function useOutput(jobs: number) {
	const testBed = useTestBed({ rows: { jobs }, hasLateRequests: true });
	return {
		testBed,
		getAll: async (parameters: object, more: object = {}): Promise<RunResult> =>
			await testBed.run({ resource: 'invoice', operation: 'getAll', ...parameters }, more),
		/** Lets the next pages of a view hold these rows. */
		respond: (...pages: IDataObject[][]): void => {
			for (const [index, data] of pages.entries()) {
				const nextOffset = index === pages.length - 1 ? null : (index + 1) * data.length;
				const metadata = { count: data.length, limit: data.length, nextOffset };
				testBed.sandbox.fault({ kind: 'status', status: 200, body: { metadata, data } });
			}
		},
	};
}

export const getMessages = ({ hints }: RunResult): string[] => hints.map(({ message }) => message);
