import type { IPollFunctions } from 'n8n-workflow';

import type { TeamogyClient } from '../../api/transport/client';
import { InvalidInput } from '../../api/transport/errors';
import { toNodeError } from '../../n8n/errors';
import type { BuildFault } from './identifiedRow';

/** The reports of this process, as trigger and key of the row. */
const reported = new Set<string>();
/** As many rows as two triggers can watch. */
const MAX_REPORTED = 100_000;

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
