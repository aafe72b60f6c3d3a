/** The hints of a run that waited long. `{duration}` and `{perMinute}` stand for the wait and the budget. */
export const LONG_WAIT =
	"The node waited {duration} in all before sending requests: all workflows together send {perMinute} a minute at most, as the credential says. To send fewer requests, choose fewer columns and do not set a small 'Page Size' under 'Options'. If your account allows more, raise 'Requests per Minute' in the credential.";
export const LONG_WAIT_AFTER_THROTTLING =
	"The node waited {duration} in all before sending requests, since Teamogy refused some (429, or 503 with the time to wait). To send fewer requests, choose fewer columns and do not set a small 'Page Size' under 'Options'. If this happens often, lower 'Requests per Minute' in the credential, now {perMinute}.";

/** The hint of a run that read smaller pages than it asked for. `{subject}` is the view, `{rows}` the size. */
export const SMALLER_PAGES =
	"Teamogy could not deliver larger pages of {subject}, so it was read in pages of {rows} rows. Fewer columns, or a smaller 'Page Size' under 'Options', avoid the extra requests.";

/**
 * The hint of a run whose pages were shorter than the way from one to the next. `{subject}` is the view, `{rows}`
 * the difference.
 */
export const MISSING_ROWS =
	"Teamogy returned {rows} records fewer than it counted in {subject}. The user of the key may not see all records. To rule out that records are missing for another reason, compare with a 'Page Size' of 1000 under 'Options'.";
