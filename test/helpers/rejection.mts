import type { TeamogyError } from '../../nodes/api/transport/errors.js';

/** What a promise is rejected with; fails where it is not. */
export async function rejection<T = TeamogyError>(promise: Promise<unknown>): Promise<T> {
	const value = await promise.then(
		(resolved) => {
			throw new Error(`Resolved with ${JSON.stringify(resolved)}, though it should reject`);
		},
		(error: unknown) => error,
	);
	return value as T;
}
