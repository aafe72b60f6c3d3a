import type { IPollFunctions } from 'n8n-workflow';

import type { TeamogyClient } from '../../api/transport/client';
import { InvalidInput } from '../../api/transport/errors';
import type { Row } from '../../api/views/view';
import { toNodeError } from '../../n8n/errors';
import { identifyRow, type BuildFault, type IdentifiedRow } from './identifiedRow';
import { MAX_WATCHED_ROWS, type WatchedQuery } from './watchedColumns';

/** Rows without a usable ID: such a row does not stop the others. */
export class LeftOutRows {
	/** Why rows were left out, by their keys. */
	readonly faults = new Map<string, BuildFault>();

	constructor(private readonly query: WatchedQuery) {}

	/** The rows with a usable ID; the other rows are left out. */
	identify(rows: Row[]): IdentifiedRow[] {
		const identified: IdentifiedRow[] = [];
		for (const row of rows) {
			const { buildFault, ...identifiedRow } = identifyRow(this.query, row);
			if (buildFault) this.faults.set(identifiedRow.key, buildFault);
			else identified.push(identifiedRow);
		}
		return identified;
	}

	/**
	 * The keys that stay in the state because of rows that are left out. A row that was not left out at the last
	 * poll may have had a usable ID then, whichever: so all keys of the last poll stay, once. Otherwise the row
	 * would be delivered again as soon as it has its ID back. Beyond `MAX_WATCHED_ROWS` keys none stays: rows
	 * without an ID whose names change at every poll would make the state grow without end.
	 *
	 * @param before the keys of the last poll
	 */
	getKeptKeys(
		before: Pick<ReadonlyMap<string, unknown>, 'has' | 'keys' | 'size'> = new Map(),
	): string[] {
		const keys = [...this.faults.keys()];
		const isKnown = keys.every((key) => before.has(key));
		return isKnown || before.size > MAX_WATCHED_ROWS ? keys : [...before.keys(), ...keys];
	}

	get firstFault(): InvalidInput | undefined {
		return this.faults.values().next().value?.();
	}
}

/** The reports of this process, as trigger and key of the row. */
const reported = new Set<string>();
/** As many rows as two triggers can watch. */
const MAX_REPORTED = 2 * MAX_WATCHED_ROWS;

/**
 * Reports the rows that a poll has left out, each row once: as a failed execution of the workflow, beside the
 * execution for the other rows. A poll has no other way to show a message. Only the message that is shown is
 * built: a poll may leave out thousands of rows.
 *
 * @param trigger names the trigger and what it watches
 * @param leftOut why each row was left out, by the keys of the rows
 * @param client hides the API key in the message
 */
export function reportLeftOut(
	context: IPollFunctions,
	trigger: string,
	leftOut: ReadonlyMap<string, BuildFault>,
	client: Pick<TeamogyClient, 'redactError'>,
): void {
	const unreported = [...leftOut].filter(([key]) => !reported.has(`${trigger} ${key}`));
	if (!unreported.length) return;
	if (reported.size + unreported.length > MAX_REPORTED) reported.clear();
	for (const key of leftOut.keys()) reported.add(`${trigger} ${key}`);
	const [[, buildFault]] = unreported;
	const { message, hint } = client.redactError(buildFault());
	const more = unreported.length > 1 ? ` (and ${unreported.length - 1} more)` : '';
	const report = new InvalidInput(
		`A record was left out${more}: ${message}`,
		`The others are delivered. ${hint}`,
	);
	context.__emitError(toNodeError(context.getNode(), report));
}
