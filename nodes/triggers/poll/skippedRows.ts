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
				if (buildReason) this.reasons.set(key, buildReason);
				return !buildReason;
			});
	}

	has(key: string): boolean {
		return this.reasons.has(key);
	}

	clear(): void {
		this.reasons.clear();
	}

	get isEmpty(): boolean {
		return this.reasons.size === 0;
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
