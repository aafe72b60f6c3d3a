import type { Ast } from './filter.mts';

/** A row of a view or a record of the store, as plain JSON. Both are frozen: data change through the sandbox. */
export type Row = Readonly<Record<string, unknown>>;
export type StoredRecord = Readonly<Record<string, unknown> & { id: number }>;

/** What an entry of `properties` holds, as the account's configuration says. */
export type PropertyType = 'text' | 'date' | 'number' | 'boolean' | 'list' | 'object';
export type Compression = 'gzip' | 'deflate' | 'br';

export interface SandboxOptions {
	/** 0 = any free port (default). */
	port?: number;
	/** Default: a fixed, clearly fake key in the form of a JWT. */
	apiKey?: string;
	/** Default [1, 2]. The first one has most of the data. Unit 18 of the documentation's examples is always there. */
	units?: number[];
	/**
	 * Refuses what the sandbox otherwise takes and this package never sends: raw characters that the documentation
	 * encodes, `+`, a parameter that is unknown or given twice, a page of 0 rows, an `id` with POST. Default false.
	 */
	strict?: boolean;
	/** Speaks https, with a certificate for localhost and 127.0.0.1 made at the start. Default false. */
	https?: boolean;
	/** The number of rows of a view in the first unit, where the default data have another number. */
	rows?: Partial<Record<string, number>>;
	/** Requests per window before 429. Default: no limit. */
	budget?: number;
	/** Length of the sliding window. Default 60,000. */
	windowMs?: number;
	/** A token bucket in place of the window: the requests that flow in each minute. Default: none. */
	rate?: number;
	/** The requests that the bucket holds. Default 5. */
	burst?: number;
	/** The header that goes with a 429. Default `seconds`. */
	retryAfter?: 'seconds' | 'date' | 'none';
	/** Milliseconds added to every response. Default 0. */
	latencyMs?: number;
	/** A larger response becomes `tooLargeStatus`. Default 10 MB (DOC). */
	maxResponseBytes?: number;
	/** Default 413 (UNKNOWN; Amazon's gateway responds with 502). */
	tooLargeStatus?: number;
	/** A longer URL is a 414. Default 8192, as usual for web servers (UNKNOWN). */
	maxUrlLength?: number;
	/** More bytes of request line and headers are a 431. Default: no limit (Amazon's gateway: 10,240). */
	maxHeadBytes?: number;
	/** The status for an unknown path. Default 404, and 405 for a method (Amazon's gateway: 403, whatever the key). */
	unknownPaths?: 404 | 403;
	/** How responses are compressed for clients that accept it. Default: not at all. */
	compress?: Compression | 'none';
	/** Responses come in chunks, without their length. Default false. */
	chunked?: boolean;
	/** Milliseconds that an unused connection stays open; 0 = it closes after each response. Default 72,000. */
	keepAliveMs?: number;
	/** The server caps `limit` at this. Default: it does not. */
	maxLimit?: number;
	/** The order of a view's rows, a comparator. Default: by ID (assumption: none is documented). */
	order?: (one: Row, other: Row) => number;
	/**
	 * The columns of a view where a request names none: a view has a predefined list (DOC) of UNKNOWN columns. An entry of
	 * `properties` is named `properties.name`. Default: all columns.
	 */
	defaultColumns?: Partial<Record<string, string[]>>;
	/** More entries of `properties` in the account's configuration, by collection. */
	properties?: Partial<Record<string, Record<string, PropertyType>>>;
	/** Whether a refused request counts (UNKNOWN). Default false. */
	countRefused?: boolean;
	/** The query parameter that takes a registration number; the other one is a 400. */
	registrationParameter?: 'registration' | 'number';
	/** The body after POST and PATCH: `{ id, number? }` (default), the record, or nothing with 204 (UNKNOWN). */
	writeResponse?: 'identifiers' | 'record' | 'nothing';
	/** The status of a POST whose response has a body (UNKNOWN). Default 200. */
	createdStatus?: 200 | 201;
	/** What becomes of the entries of `properties` that a PATCH leaves out (UNKNOWN). Default `merge`. */
	patchProperties?: 'merge' | 'replace';
	/** Whether a new document must name its unit: the two documented pages disagree. Default `optional`. */
	agencyId?: 'optional' | 'required';
	/** GET of an entity returns `{ data: { … } }`. Default false. */
	wrapEntity?: boolean;
	/** Whether filters ignore the case of texts (UNKNOWN). Default false. */
	ignoreCase?: boolean;
	/** Filters hold two values for equal where this gives the same for both (UNKNOWN: case, accents, spacing). */
	compareBy?: (value: unknown) => unknown;
	/** How filters are understood, in place of the sandbox's own way; may throw a Refusal. */
	filterBy?: (ast: Ast) => (row: Row) => boolean;
	/** Responds in place of the sandbox. `proceed` gives the proper response, for another query too, or throws a Refusal. */
	interpose?: (
		request: LoggedRequest,
		proceed: (query?: Record<string, string>) => SandboxResponse,
	) => SandboxResponse;
	/** The agency's today. All data follow from a seed and this date. Default 2026-11-20. */
	now?: Date;
	/** Called when the response is sent or the connection is gone. */
	onResponse?: (request: LoggedRequest) => void;
}

export interface SandboxResponse {
	status: number;
	/** Undefined = no body at all. */
	body?: unknown;
}

export interface LoggedRequest {
	/** Arrival, `performance.now()`. */
	at: number;
	method: string;
	/** As it came over the wire. */
	url: string;
	/** The part of the URL before the question mark. */
	path: string;
	/** Decoded. */
	query: Record<string, string>;
	headers: Record<string, string | string[] | undefined>;
	/** Parsed JSON, or undefined. */
	body: unknown;
	rawBody: string;
	/** The status of the response; 0 = the connection is broken, or there is no response yet. */
	status: number;
	/** Whether a write took effect. */
	applied: boolean;
	/** The kind of the fault that the request got. */
	fault?: FaultRule['kind'];
	view?: string;
	entity?: string;
	unit?: number;
}

export interface FaultRule {
	method?: string;
	/** Part of the raw URL, or a pattern for it. */
	path?: string | RegExp;
	/** `nth` counts from 1 among the requests that match method and path. */
	when?: (request: LoggedRequest, nth: number) => boolean;
	/** The number of matching requests that are left alone first. */
	skip?: number;
	/** Default 1; Infinity = always. */
	times?: number;
	/**
	 * `reset` and `resetAfter` break the connection, `hang` sends no response. `cut` sends half of the JSON as if it
	 * were all; `torn` and `stall` send half of it and then break the connection or send no more. `tooManyRequests` is a
	 * 429 with Retry-After in the form of the option `retryAfter`. `slow` sends the proper response later.
	 */
	kind:
		| 'status'
		| 'tooManyRequests'
		| 'html'
		| 'text'
		| 'reset'
		| 'resetAfter'
		| 'hang'
		| 'slow'
		| 'cut'
		| 'torn'
		| 'stall'
		| 'empty'
		| 'tooLarge'
		| 'stride'
		| 'redirect'
		| 'echoKey';
	status?: number;
	body?: unknown;
	headers?: Record<string, string>;
	/** For `slow`: the delay (default 1000). For `tooManyRequests`: what Retry-After says (default 5000). */
	ms?: number;
	/** For `stride`: the largest page. */
	rows?: number;
	/**
	 * For `echoKey`: where the key is repeated. In the message of a refusal (default), as the reason phrase,
	 * or in the data of a proper response.
	 */
	echoIn?: 'message' | 'reason' | 'data';
	/** Whether the request takes effect. Default: true for `resetAfter`, `slow`, `cut`, `torn`, `stall` and `stride`. */
	applied?: boolean;
}

export interface PushRule {
	/** `companies`, `documents`, `jobs`, … */
	entity: string;
	/** The trigger's condition; default: on every save. */
	when?: (record: StoredRecord) => boolean;
	url: string;
	/** Default POST. */
	method?: string;
	headers?: Record<string, string>;
	/** Default: the record. */
	body?: (record: StoredRecord) => unknown;
	/** Default `json`. */
	format?: 'json' | 'xml';
	/** Path of a field in the record → path in the response, e.g. `{ 'properties.extName': 'number' }`. */
	responseMapping?: Record<string, string>;
	/** Pause before each of the (four) attempts. Default: a few milliseconds. */
	delaysMs?: number[];
	/** An attempt without a response ends after this. Default 10,000. */
	timeoutMs?: number;
}

export interface PushAttempt {
	rule: PushRule;
	recordId: number;
	/** 1 to 4. */
	attempt: number;
	at: number;
	/** The receiver's status; 0 = no response. */
	status: number;
	ok: boolean;
	sent: string;
	response: string;
	reason?: string;
}

export interface PushLog {
	attempts: PushAttempt[];
	/** Resolves when nothing is being sent or waiting to be sent any more. */
	settled(): Promise<void>;
}

export interface Sandbox {
	/** `http://127.0.0.1:PORT`, or `https://localhost:PORT` */
	domain: string;
	port: number;
	/** What an https client must trust. */
	certificate?: string;
	apiKey: string;
	/** What to enter in n8n. */
	credential: { domain: string; unitId: number; apiKey: string; requestsPerMinute: number };
	/** Every request in order of arrival. */
	log: LoggedRequest[];
	clearLog(): void;
	/** All rows of a view by ID, with all columns. Default: of the first unit. */
	rows(view: string, unit?: number): Row[];
	/** The records behind an entity or a list without one (`groups`, `brands`, `opportunities`, `overheads`, `internals`, `journal`). */
	records(entity: string): StoredRecord[];
	/**
	 * As if somebody added a record in the app, and configured the entries of `properties` it has. An explicit lower
	 * `id` makes a late commit.
	 */
	insert(entity: string, record: Record<string, unknown>): StoredRecord;
	/** As if somebody changed a record in the app, and configured the entries of `properties` given. */
	patch(entity: string, id: number, changes: Record<string, unknown>): StoredRecord;
	/** As if somebody deleted a record in the app. */
	remove(entity: string, id: number): void;
	/** Adds a fault. */
	fault(rule: FaultRule): void;
	clearFaults(): void;
	/** Changes options while the sandbox runs. */
	set(options: Partial<SandboxOptions>): void;
	pushRules: PushRule[];
	/** Configures a push: Teamogy in the role of client. */
	onSave(rule: PushRule): PushLog;
	/** Sets data, log, faults, rules, options and budget as at the start. */
	reset(): void;
	/** Ends the sandbox, hanging requests too. */
	close(): Promise<void>;
}

/** A refused request, which becomes a response with this status and `{ message }`. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly headers: Record<string, string> = {},
	) {
		super(message);
	}
}
