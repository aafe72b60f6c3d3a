import type { TeamogyClient } from '../transport/client';
import { TeamogyError } from '../transport/errors';

/** A page of this many rows or fewer is not halved after a 5xx: its size is not the cause. */
const MAX_ROWS_NOT_TO_BLAME = 100;
/** How often the request for a halved page is sent before the page is halved again. */
const TRIES_PER_HALVED_PAGE = 2;

/** Sizes found to work where larger ones do not, by view, for the rest of a run. */
const workingSizes = new WeakMap<TeamogyClient, Map<string, number>>();

/** The size of a page may be why it failed: over the 10 MB limit (DOC; its status is UNKNOWN). */
const mayBeTooLarge = (error: unknown, rows: number): boolean => {
	if (!(error instanceof TeamogyError) || error.requestFailure.kind !== 'status') return false;
	const { status } = error.requestFailure;
	return status === 413 ? rows > 1 : status >= 500 && rows > MAX_ROWS_NOT_TO_BLAME;
};

/** How often the request for a halved page is sent; undefined where it is as often as any other. */
export const getMaxTries = (rows: number): number | undefined =>
	rows > MAX_ROWS_NOT_TO_BLAME ? TRIES_PER_HALVED_PAGE : undefined;

/** How many rows of a view are asked for in one request: halved while a page is too large. */
export class PageSize {
	wasHalved = false;

	private readonly sizes: Map<string, number>;

	/** @param max the size asked for by the user */
	constructor(
		client: TeamogyClient,
		private readonly view: string,
		private readonly max: number,
	) {
		this.sizes = workingSizes.get(client) ?? new Map<string, number>();
		workingSizes.set(client, this.sizes);
	}

	get rows(): number {
		return Math.min(this.max, this.sizes.get(this.view) ?? Infinity);
	}

	/**
	 * Takes half the size of a page that failed.
	 *
	 * @throws the error of the page where its size is not the cause
	 */
	halve(rows: number, error: unknown): void {
		if (!mayBeTooLarge(error, rows)) throw error;
		this.wasHalved = true;
		this.sizes.set(this.view, Math.min(this.rows, Math.ceil(rows / 2)));
	}
}
