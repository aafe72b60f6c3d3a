import { createRequire } from 'node:module';
import type * as RateLimiterModule from '../../../nodes/api/transport/rateLimiter.js';
import type * as RequestQueueModule from '../../../nodes/api/transport/requestQueue.js';
import type * as ClientModule from '../../../nodes/api/transport/client.js';
import type * as RequestModule from '../../../nodes/api/transport/request.js';
import type * as ErrorsModule from '../../../nodes/api/transport/errors.js';
import type * as MatchModule from '../../../nodes/api/matching/match.js';
import type * as TimingModule from '../../../nodes/api/transport/timing.js';
import type * as RetryAfterModule from '../../../nodes/api/transport/retryAfter.js';
import type * as TeamogyErrorModule from '../../../nodes/api/transport/toTeamogyError.js';
import type * as CancelModule from '../../../nodes/api/transport/cancel.js';
import type * as NewestIdModule from '../../../nodes/api/views/newestId.js';
import type * as ViewModule from '../../../nodes/api/views/view.js';
import type * as ServerMessageModule from '../../../nodes/api/transport/serverMessage.js';

export type { TeamogyClient } from '../../../nodes/api/transport/client.js';
export type {
	ApiRequest,
	HttpResponse,
	HttpRequest,
} from '../../../nodes/api/transport/request.js';
export type {
	RequestKind,
	TeamogyError,
	RequestFailure,
} from '../../../nodes/api/transport/errors.js';
export type { Ticket } from '../../../nodes/api/transport/requestQueue.js';
export type { Row, ViewQuery } from '../../../nodes/api/views/row.js';

const built = createRequire(`${process.cwd()}/package.json`);
/** A module of the built package where virtual time reaches it: in jest, not with n8n's engine. */
export const jestModule = <T,>(path: string): T => built(`./dist/${path}`) as T;

/** The built transport, piece by piece, without n8n around it. */
export const rateLimiter = jestModule<typeof RateLimiterModule>(
	'nodes/api/transport/rateLimiter.js',
);
export const { RequestQueue } = jestModule<typeof RequestQueueModule>(
	'nodes/api/transport/requestQueue.js',
);
export const clients = jestModule<typeof ClientModule>('nodes/api/transport/client.js');
export const errors = jestModule<typeof ErrorsModule>('nodes/api/transport/errors.js');
export const { toTeamogyError } = jestModule<typeof TeamogyErrorModule>(
	'nodes/api/transport/toTeamogyError.js',
);
export const matching = jestModule<typeof MatchModule>('nodes/api/matching/match.js');
export const { TIMING } = jestModule<typeof TimingModule>('nodes/api/transport/timing.js');
export const { readRateLimitReset, readRetryAfter } = jestModule<typeof RetryAfterModule>(
	'nodes/api/transport/retryAfter.js',
);
export const { CancelSignal } = jestModule<typeof CancelModule>('nodes/api/transport/cancel.js');
export const views = jestModule<typeof ViewModule>('nodes/api/views/view.js');
export const newestId = jestModule<typeof NewestIdModule>('nodes/api/views/newestId.js');
export const serverMessage = jestModule<typeof ServerMessageModule>(
	'nodes/api/transport/serverMessage.js',
);

/** The time in which a budget holds, in milliseconds. */
export const MINUTE = TIMING.budgetWindow;

const DEFAULT_TIMING = { ...TIMING };
/** The patience the package is built with; tests that shorten it put it back with this. */
export const restoreTiming = (): void => void Object.assign(TIMING, DEFAULT_TIMING);

let hosts = 0;

export interface FakeOptions {
	requestsPerMinute?: number;
	/** Clients of the same host share its budget; by default every client has a host of its own. */
	origin?: string;
	signal?: AbortSignal;
}

/** A host name that no other test uses, so that no budget is shared by accident. */
export const freshOrigin = (): string => `https://host${hosts++}.example`;

export const KEY = 'key-that-must-not-be-seen-0123456789';

/** A client whose requests are answered by a function: `send` may throw as n8n's helper does. */
export function fakeClient(
	send: RequestModule.SendRequest,
	{ requestsPerMinute = 1_000_000, origin = freshOrigin(), signal }: FakeOptions = {},
) {
	const hints: string[] = [];
	const account = { origin, unitId: 1, apiKey: KEY, requestsPerMinute };
	const client = new clients.TeamogyClient(account, send, signal, (hint) => hints.push(hint));
	return { client, hints };
}

export const ok = (body: unknown): RequestModule.HttpResponse => ({
	statusCode: 200,
	headers: {},
	body,
});
export const status = (
	statusCode: number,
	body: unknown = { message: 'As asked for' },
	headers: Record<string, unknown> = {},
): RequestModule.HttpResponse => ({ statusCode, headers, body });

/** Lets the event loop turn a few times, so that all that can go on has gone on. */
export async function turnEventLoop(turns = 20): Promise<void> {
	for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
}
