import type { IPollFunctions } from 'n8n-workflow';

import { InvalidInput } from '../../api/transport/errors';
import { toNodeError } from '../../n8n/errors';

/** What this process has reported, by trigger and message; the oldest first. */
const reported = new Set<string>();
const MAX_REPORTED = 1000;

const isNews = (report: string): boolean => {
	if (reported.has(report)) return false;
	reported.add(report);
	for (const oldest of reported) {
		if (reported.size <= MAX_REPORTED) break;
		reported.delete(oldest);
	}
	return true;
};

/**
 * Reports rows that a poll has left out, each once: as a failed execution of the workflow, beside the one
 * that is started with the other rows. A poll has no other way to say something.
 *
 * @param trigger names the trigger and what it watches
 */
export function reportLeftOut(
	context: IPollFunctions,
	trigger: string,
	leftOut: InvalidInput[],
): void {
	const news = leftOut.filter(({ message }) => isNews(`${trigger} ${message}`));
	if (!news.length) return;
	const [{ message, hint: remedy }] = news;
	const more = news.length > 1 ? ` (and ${news.length - 1} more)` : '';
	const report = new InvalidInput(
		`A record was left out${more}: ${message}`,
		`The others are delivered. ${remedy}`,
	);
	context.__emitError(toNodeError(context.getNode(), report));
}
