import type { LoggedRequest, Sandbox } from '../sandbox/index.mts';
import { waitUntilQuiet } from './waitUntilQuiet.mts';

/** The writes that the sandbox received, in order. */
export const getWrites = ({ log }: Sandbox): LoggedRequest[] =>
	log.filter(({ method }) => method !== 'GET');
/** The reads that the sandbox received, in order. */
export const getReads = ({ log }: Sandbox): LoggedRequest[] =>
	log.filter(({ method }) => method === 'GET');
/** The bodies of the writes that the sandbox received, in order. */
export const getBodies = (sandbox: Sandbox): unknown[] =>
	getWrites(sandbox).map(({ body }) => body);

/** Counts the requests that an action sends. */
export async function countRequests(
	sandbox: Sandbox,
	act: () => Promise<unknown>,
): Promise<number> {
	await waitUntilQuiet(sandbox);
	sandbox.clearLog();
	await act();
	return sandbox.log.length;
}
