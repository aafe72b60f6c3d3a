/** How long a poll may take, in milliseconds. One object, so that tests can turn minutes into milliseconds. */
export const POLL_TIMING = {
	/** A poll that has not ended by then is given up, so that the next one can begin. */
	maxDuration: 600_000,
	/**
	 * Added to the time n8n gives a poll, so that one that is only slow says what makes it faster. n8n
	 * waits for about five seconds more and then leaves the poll to itself (read in n8n 2.41).
	 */
	overtime: 2_500,
};
