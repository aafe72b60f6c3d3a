import { coreVersion } from './installed.mts';

/** Whether the engine is n8n-core of this version or newer, for tests of what older ones do not do. */
export function since(wanted: string): boolean {
	const [major, minor] = coreVersion.split('.').map(Number);
	const [wantedMajor, wantedMinor] = wanted.split('.').map(Number);
	return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** A test of what n8n's engine does from a version on; skipped where the engine is older. */
export const itSince = (wanted: string): jest.It => (since(wanted) ? it : it.skip);
