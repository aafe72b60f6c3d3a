import type { IExecuteFunctions, ILoadOptionsFunctions, IPollFunctions } from 'n8n-workflow';

import { TeamogyClient } from '../api/transport/client';
import type { HttpResponse } from '../api/transport/request';
import { readAccount } from './credential';

export const TEAMOGY_CREDENTIAL = 'teamogyApi';

type Context = IExecuteFunctions | ILoadOptionsFunctions | IPollFunctions;

/** n8n shows hints as HTML. */
const escapeHtml = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

/**
 * The context with another signal. n8n replaces the signal of a request by the signal of the execution, if it has
 * one (read in n8n-core 1.122 and 2.41).
 */
const withSignal = <T extends Context>(context: T, signal: AbortSignal): T =>
	Object.create(context, { getExecutionCancelSignal: { value: () => signal } }) as T;

/**
 * Creates a client for the credential of the node, over n8n's request helper.
 *
 * The client reads statuses and redirects itself. So n8n does not repeat a request after a 401, and the client
 * notices a wrong domain that redirects to a log-in page.
 *
 * @throws InvalidInput when a field of the credential is invalid
 */
export async function createClient(context: Context): Promise<TeamogyClient> {
	const account = readAccount(await context.getCredentials(TEAMOGY_CREDENTIAL));
	const hints = new Set<string>();
	return new TeamogyClient(
		account,
		async (request) =>
			(await context.helpers.httpRequestWithAuthentication.call(
				withSignal(context, request.abortSignal),
				TEAMOGY_CREDENTIAL,
				{
					...request,
					returnFullResponse: true,
					ignoreHttpStatusErrors: true,
					disableFollowRedirect: true,
				},
			)) as HttpResponse,
		'getExecutionCancelSignal' in context ? context.getExecutionCancelSignal() : undefined,
		(message) => {
			if (hints.has(message)) return;
			hints.add(message);
			if ('addExecutionHints' in context) {
				context.addExecutionHints({ message: escapeHtml(message), location: 'outputPane' });
			} else {
				// A poll has no panel for hints.
				context.logger.warn(`"${context.getNode().name}": ${message}`);
			}
		},
	);
}
