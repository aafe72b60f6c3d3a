import { holds, undecidable, type Probe } from '../finding.mts';

/** Never provoked: decided only if something else uses up the limit of the account meanwhile. */
export const tooManyRequests: Probe = async ({ client }) =>
	client.tooMany
		? holds(`Requests that were refused: ${client.tooMany}`)
		: undecidable('The limit was not reached');

/** What reading does not show and a test must not write or provoke. */
export const notChecked: Probe = async () => undecidable('Not checked');
