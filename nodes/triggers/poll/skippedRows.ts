import type { IPollFunctions } from 'n8n-workflow';

import type { TeamogyClient } from '../../api/transport/client';
import { InvalidInput } from '../../api/common/invalidInput';
import type { Row } from '../../api/views/row';
import { toNodeError } from '../../n8n/errors';
import { identifyRow, type IdentifiedRow } from './identifiedRow';
import { findSkipReason, type BuildSkipReason } from './skipReasons';
import { MAX_WATCHED_ROWS, type WatchedQuery } from './watchedColumns';

/** The rows that this process has reported, as trigger and key of the row. */
const reported = new Set<string>();
/** As many rows as two triggers can watch. */
const MAX_REPORTED = 2 * MAX_WATCHED_ROWS;

/** The rows that a poll skips, because they cannot be delivered. The other rows are delivered. */
export class SkippedRows {
	/** Why rows are skipped, by the keys of the rows. */
	private readonly reasons = new Map<string, BuildSkipReason>();

	constructor(private readonly query: WatchedQuery) {}

	/** The rows that can be delivered; the other rows are skipped. */
	identify(rows: Row[]): IdentifiedRow[] {
		return rows
			.map((row) => identifyRow(this.query, row))
			.filter(({ id, key, row }) => {
				const buildReason = findSkipReason(this.query, id, row);
				if (buildReason) this.add(key, buildReason);
				return !buildReason;
			});
	}

	add(key: string, buildReason: BuildSkipReason): void {
		this.reasons.set(key, buildReason);
	}

	has(key: string): boolean {
		return this.reasons.has(key);
	}

	/** Takes back that a row is skipped. */
	remove(key: string): void {
		this.reasons.delete(key);
	}

	clear(): void {
		this.reasons.clear();
	}

	get isEmpty(): boolean {
		return this.reasons.size === 0;
	}

	/**
	 * The keys that the next state has because of skipped rows: the keys of these rows, and in some polls the keys of
	 * the last poll.
	 *
	 * A row that is skipped for the first time may have lost its ID. The ID is among the keys of the last poll, and it
	 * is unknown which one it is. So all of them stay for one poll. Without its key in the state, the row would be
	 * delivered again when its ID returns.
	 *
	 * If the last poll has more than `MAX_WATCHED_ROWS` keys, they do not stay. Otherwise the state would grow without
	 * end where rows without an ID get another key at every poll.
	 *
	 * @param before the keys of the last poll
	 */
	listKeysToKeep(
		before: Pick<ReadonlyMap<string, unknown>, 'has' | 'keys' | 'size'> = new Map(),
	): string[] {
		const keys = [...this.reasons.keys()];
		const isKnown = keys.every((key) => before.has(key));
		return isKnown || before.size > MAX_WATCHED_ROWS ? keys : [...before.keys(), ...keys];
	}

	get firstReason(): InvalidInput | undefined {
		return this.reasons.values().next().value?.();
	}

	/**
	 * Reports the rows, each row once: as a failed execution of the workflow, beside the execution for the other rows. A
	 * poll has no other way to show a message.
	 *
	 * @param trigger names the trigger and what it watches
	 * @param client hides the API key in the message
	 */
	report(
		context: IPollFunctions,
		trigger: string,
		client: Pick<TeamogyClient, 'redactError'>,
	): void {
		const unreported = [...this.reasons].filter(([key]) => !reported.has(`${trigger} ${key}`));
		if (!unreported.length) return;
		if (reported.size + unreported.length > MAX_REPORTED) reported.clear();
		for (const key of this.reasons.keys()) reported.add(`${trigger} ${key}`);
		const [[, buildReason]] = unreported;
		const { message, hint } = client.redactError(buildReason());
		const more = unreported.length > 1 ? ` (and ${unreported.length - 1} more)` : '';
		const report = new InvalidInput(
			`A record was left out${more}: ${message}`,
			`The others are delivered. ${hint}`,
		);
		context.__emitError(toNodeError(context.getNode(), report));
	}
}
