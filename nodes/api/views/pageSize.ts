import { getOrCreate } from '../common/maps';
import type { TeamogyClient } from '../transport/client';
import { TeamogyError } from '../transport/errors';
import { now } from '../transport/timing';

/** Rows of a page while nothing is known of the view: its usual default (DOC "Views"). */
export const DEFAULT_PAGE_SIZE = 1000;
/** Bytes a page grows to. A response has 10 MB at most (DOC "Views"), and later rows may be larger. */
const TARGET_BYTES = 4_000_000;
/** Milliseconds a page grows to. A gateway may end a response after 29 s (INFERRED). */
const TARGET_MS = 5000;
/** A page has so many times the rows of the page it was measured by, at most. */
const MAX_GROWTH = 5;
/** How long a size that was capped or refused is not exceeded: an outage may look like a page too large. */
const LIMIT_LASTS_MS = 10 * 60_000;
/** A learned size below this holds for one reading alone: an outage is more likely, and small pages cost requests. */
const MIN_SIZE_LEARNED = 100;
/** Views and choices of columns whose sizes are kept. */
const MAX_SIZES_KEPT = 500;
/** A page of this many rows or fewer is not halved after a 5xx: its size is not the cause. */
const MAX_ROWS_NOT_TO_BLAME = 100;
/** How often the request for a page is sent whose size is probably to blame, before the page is halved. */
const TRIES_IF_TO_BLAME = 2;

/** What is known of the pages of one view with one choice of columns. */
interface KnownSize {
	/** Rows to ask for. */
	rows: number;
	/** The server capped or refused more rows … */
	max: number;
	/** … and is not asked for more until then. */
	maxUntil: number;
}

type SizeStore = Map<string, KnownSize>;

/** Sizes that were learned, for the life of the process. */
export const learnedSizes: SizeStore = new Map();
/** Sizes that users chose, halved where they are too large, for the rest of a run. */
const chosenSizes = new WeakMap<TeamogyClient, SizeStore>();

const getSize = (store: SizeStore, key: string, rows: number): KnownSize => {
	if (!store.has(key) && store.size >= MAX_SIZES_KEPT) store.delete(store.keys().next().value!);
	return getOrCreate(store, key, () => ({ rows, max: Infinity, maxUntil: 0 }));
};

/** What a full page tells of the next ones. */
interface PageMeasure {
	/** Rows asked for. */
	requestedRows: number;
	/** Rows from the start of the page to the start of the next one. */
	stride: number;
	/** `metadata.limit`; NaN where it is none. */
	limit: number;
	bytes: number;
	durationMs: number;
}

/**
 * How many rows of a view are asked for in one request. Without a size that the user chose it is learned from
 * every full page. A chosen size changes only where it is too large.
 */
export class PageSize {
	/** Whether a page of this reader was too large. */
	wasHalved = false;

	private readonly known: KnownSize;

	/** The server capped or refused more rows while this reader reads. */
	private max = Infinity;

	/**
	 * @param key stands for the view and the choice of columns
	 * @param chosen the size chosen by the user
	 */
	constructor(
		client: TeamogyClient,
		key: string,
		private readonly chosen?: number,
	) {
		const sizesOfClient = getOrCreate(chosenSizes, client, () => new Map<string, KnownSize>());
		this.known =
			chosen === undefined
				? getSize(learnedSizes, `${client.account.origin} ${key}`, DEFAULT_PAGE_SIZE)
				: getSize(sizesOfClient, `${chosen} ${key}`, chosen);
	}

	get rows(): number {
		return Math.min(this.known.rows, this.max);
	}

	/**
	 * Takes the size that a page suggests. Measurements never lead below the usual size, only the server's own
	 * limit and refusals do.
	 */
	adapt({ requestedRows, stride, limit, bytes, durationMs }: PageMeasure): void {
		if (this.chosen !== undefined) return;
		if (stride < requestedRows) {
			const isNamed = limit > 0 && limit < requestedRows;
			return this.limitTo(isNamed ? limit : Math.max(stride, DEFAULT_PAGE_SIZE));
		}
		const { known } = this;
		if (now() >= known.maxUntil) known.max = Infinity;
		const factor = Math.min(MAX_GROWTH, TARGET_BYTES / bytes, TARGET_MS / durationMs);
		const suggested = Math.floor(requestedRows * factor);
		known.rows =
			factor >= 1
				? Math.min(known.max, Math.max(known.rows, suggested))
				: Math.min(known.rows, Math.max(DEFAULT_PAGE_SIZE, suggested));
	}

	/**
	 * How often the request for a page is sent; undefined where it is as often as any other.
	 *
	 * @param isHalved whether the page is part of one that was too large
	 */
	getMaxTries(rows: number, isHalved: boolean): number | undefined {
		const isSuspect = isHalved ? rows > MAX_ROWS_NOT_TO_BLAME : this.isGrown(rows);
		return isSuspect ? TRIES_IF_TO_BLAME : undefined;
	}

	/**
	 * Takes half the size of a page that failed.
	 *
	 * @throws the error of the page where its size is not the cause
	 */
	halve(rows: number, error: unknown): void {
		if (!this.mayBeTooLarge(rows, error)) throw error;
		this.wasHalved = true;
		this.limitTo(Math.ceil(rows / 2));
	}

	/**
	 * The size of a page may be why it failed: over the 10 MB limit (DOC; its status is UNKNOWN), or too slow
	 * where the page was grown here.
	 */
	private mayBeTooLarge(rows: number, error: unknown): boolean {
		if (!(error instanceof TeamogyError)) return false;
		const { requestFailure } = error;
		if (requestFailure.kind !== 'status')
			return requestFailure.kind === 'timeout' && this.isGrown(rows);
		const { status } = requestFailure;
		return status === 413 ? rows > 1 : status >= 500 && rows > MAX_ROWS_NOT_TO_BLAME;
	}

	/** Whether a page is larger than usual, and not by the user's choice. */
	private isGrown(rows: number): boolean {
		return this.chosen === undefined && rows > DEFAULT_PAGE_SIZE;
	}

	private limitTo(max: number): void {
		const { known } = this;
		this.max = Math.min(this.max, max);
		const kept = this.chosen === undefined ? Math.max(max, MIN_SIZE_LEARNED) : max;
		known.max = Math.min(known.max, kept);
		known.maxUntil = now() + LIMIT_LASTS_MS;
		known.rows = Math.min(known.rows, known.max);
	}
}
