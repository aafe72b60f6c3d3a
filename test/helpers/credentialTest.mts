import { useTestBed } from './testBed.mts';

/** Starts a test bed for the tests of a file that test a credential as n8n does when it is saved. */
export function useCredentialTest() {
	const testBed = useTestBed({ pace: { firstPause: 1, maxPause: 2, maxBlocked: 10 } });
	/** The credential of the sandbox with changes. */
	const credential = (changes: object = {}): object => ({
		...testBed.sandbox.credential,
		...changes,
	});
	return {
		testBed,
		credential,
		test: async (changes: object = {}) =>
			await testBed.engine.testCredential('teamogyApi', credential(changes)),
	};
}
