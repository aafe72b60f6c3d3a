import { holds, undecidable, type Probe } from '../finding.mts';

/** Never provoked: decided only if others used up the limit of the account meanwhile. */
export const tooManyRequests: Probe = async ({ client }) =>
	client.tooMany ? holds('Met once') : undecidable('The limit was not reached');

/** What cannot be found out from outside without writing what a test must not write. */
export const notChecked: Probe = async () => undecidable('Not checked');
