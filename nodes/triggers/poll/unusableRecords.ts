import type { IPollFunctions } from 'n8n-workflow';

import { InvalidInput } from '../../api/transport/errors';
import type { Row } from '../../api/views/view';
import { toNodeError } from '../../n8n/errors';
import { identifyRow, type IdentifiedRow } from './identifiedRow';
import type { WatchedQuery } from './watchedColumns';

/** Rows without a usable ID: such a row does not stop the others. */
export class LeftOutRows {
	/** Why rows were left out, by their keys. */
	readonly faults = new Map<string, InvalidInput>();

	constructor(private readonly query: WatchedQuery) {}

	/** The rows with a usable ID; the other rows are left out. */
	identify(rows: Row[]): IdentifiedRow[] {
		const identified: IdentifiedRow[] = [];
		for (const row of rows) {
			const { fault, ...identifiedRow } = identifyRow(this.query, row);
			if (fault) this.faults.set(identifiedRow.key, fault);
			else identified.push(identifiedRow);
		}
		return identified;
	}

	/**
	 * The keys that stay in the state because of rows that are left out. A row that was not left out at the last
	 * poll may have had a usable ID then, whichever: so all keys of the last poll stay, once. Otherwise the row
	 * would be delivered again as soon as it has its ID back.
	 *
	 * @param before the keys of the last poll
	 */
	getKeptKeys(before: Pick<ReadonlyMap<string, unknown>, 'has' | 'keys'> = new Map()): string[] {
		const keys = [...this.faults.keys()];
		return keys.every((key) => before.has(key)) ? keys : [...before.keys(), ...keys];
	}

	get firstFault(): InvalidInput | undefined {
		return this.faults.values().next().value;
	}
}

/** The reports of this process, as trigger and message. */
const reported = new Set<string>();
const MAX_REPORTED = 1000;

/**
 * Reports the rows that a poll has left out, each row once: as a failed execution of the workflow, beside the
 * execution for the other rows. A poll has no other way to show a message.
 *
 * @param trigger names the trigger and what it watches
 * @param leftOut why each row was left out
 */
export function reportLeftOut(
	context: IPollFunctions,
	trigger: string,
	leftOut: InvalidInput[],
): void {
	const unreported = leftOut.filter(({ message }) => !reported.has(`${trigger} ${message}`));
	if (!unreported.length) return;
	if (reported.size >= MAX_REPORTED) reported.clear();
	for (const { message } of unreported) reported.add(`${trigger} ${message}`);
	const [{ message, hint }] = unreported;
	const more = unreported.length > 1 ? ` (and ${unreported.length - 1} more)` : '';
	const report = new InvalidInput(
		`A record was left out${more}: ${message}`,
		`The others are delivered. ${hint}`,
	);
	context.__emitError(toNodeError(context.getNode(), report));
}
