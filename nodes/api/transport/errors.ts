/** How a request failed. */
export type RequestFailure =
	| { kind: 'status'; status: number; body: unknown; headers: Record<string, unknown> }
	/**
	 * No response came. `connected` is false if Teamogy cannot have seen the request, `proxy` is true
	 * if the connection to a proxy failed, `body` holds n8n's words.
	 */
	| { kind: 'network'; code: string; connected: boolean; proxy?: boolean; body?: unknown }
	| { kind: 'timeout'; seconds: number }
	/** A response that should be JSON and is not, or is cut. */
	| { kind: 'unreadable'; status: number; body: unknown }
	/** The pages of a view do not lead to its end. `reason` says why. */
	| { kind: 'paging'; reason: string }
	/** Teamogy kept answering 429, or 503 with the time to wait, for longer than a run waits. */
	| { kind: 'throttled'; status: number; waitedMs: number; retryAfterMs?: number; body: unknown };

export type NetworkFailure = Extract<RequestFailure, { kind: 'network' }>;

/**
 * What a request is for: decides the message of its error and whether it may be repeated. The last three are requests of
 * the user's own: by GET, by PATCH, and by any other method.
 */
export type RequestKind =
	| 'list'
	| 'get'
	| 'create'
	| 'update'
	| 'customGet'
	| 'customPatch'
	| 'custom';

/** What has to change before a request succeeds, in n8n's words. */
export type FailureCause =
	| 'configuration-invalid'
	| 'credential-invalid'
	| 'rate-limited'
	| 'temporarily-unavailable';

/** A request that Teamogy did not fulfil. `message` and `description` are ready to be shown. */
export class TeamogyError extends Error {
	override readonly name = 'TeamogyError';

	constructor(
		message: string,
		readonly description: string,
		readonly requestFailure: RequestFailure,
		/** True where a write may have been saved although no good response came. */
		readonly maybeSaved: boolean,
		readonly failureCause?: FailureCause,
	) {
		super(message);
	}

	get status(): number | undefined {
		return 'status' in this.requestFailure ? this.requestFailure.status : undefined;
	}
}

const REJECTION_STATUSES = [400, 414, 422, 431];

/** Whether Teamogy refused this request, so that another request may succeed all the same. */
export const isRejectedByTeamogy = (error: unknown): boolean =>
	error instanceof TeamogyError && REJECTION_STATUSES.includes(error.status ?? 0);

/**
 * The user stopped the execution while a request waited or was under way. n8n recognizes it by the word
 * in the message. Otherwise n8n would mark the execution as failed and start error workflows.
 */
export class ExecutionCancelled extends Error {
	override readonly name = 'ExecutionCancelled';

	/** @param addition what to know of the work done before */
	constructor(addition = '') {
		super(['The execution was canceled', addition].filter(Boolean).join('. '));
	}
}
