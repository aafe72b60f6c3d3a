import type { IPollFunctions } from 'n8n-workflow';

import { InvalidInput } from '../../api/transport/errors';
import { toNodeError } from '../../n8n/errors';

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
