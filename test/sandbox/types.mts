import type { Ast } from './filter.mts';

/** A row of a view, or a record of the store: plain JSON. Both are frozen: change data through the sandbox. */
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
	/** Default [1, 2]. The first one has the big data set, and there is always the documentation's own, 18. */
	units?: number[];
	/**
	 * Refuses what Teamogy takes and this package never sends: characters the documented form encodes, `+`, a parameter
	 * given twice or unknown, a page of 0 rows, an `id` with POST. For tests of our own requests. Default false.
	 */
	strict?: boolean;
	/** Speaks https, with a certificate for localhost and 127.0.0.1 made at the start. Default false. */
	https?: boolean;
	/** How many rows a view has (in the first unit), when it shall not be the default agency's number. */
	rows?: Partial<Record<string, number>>;
	/** Requests per window before 429. Default: no limit. */
	budget?: number;
	/** Length of the sliding window. Default 60,000. */
	windowMs?: number;
	/** A token bucket in place of the window: so many requests a minute flow in. Default: none. */
	rate?: number;
	/** How many requests the bucket holds. Default 5. */
	burst?: number;
	/** The header that goes with a 429. Default `seconds`. */
	retryAfter?: 'seconds' | 'date' | 'none';
	/** Added to every answer. */
	latencyMs?: number;
	/** A larger answer becomes `tooLargeStatus`. Default 10 MB. */
	maxResponseBytes?: number;
	/** Default 413 (the real code is unknown; Amazon's gateway was seen to answer 502). */
	tooLargeStatus?: number;
	/** A longer URL is a 414. Default 8192 (the real limit is unknown; this is the usual one of web servers). */
	maxUrlLength?: number;
	/** More bytes of request line and headers are a 431. Default: no limit (Amazon's gateway: 10,240). */
	maxHeadBytes?: number;
	/** What an unknown path or method is answered with. Default 404 and 405 (Amazon's gateway: 403, whatever the key). */
	unknownPaths?: 404 | 403;
	/** How answers are compressed for who accepts it. Default: not at all. */
	compress?: Compression | 'none';
	/** Answers come in chunks, without their length. Default false. */
	chunked?: boolean;
	/** So long an unused connection stays open; 0 = each one closes after its answer. Default 72,000. */
	keepAliveMs?: number;
	/** The server caps `limit` at this. Default: it does not. */
	maxLimit?: number;
	/** The order of a view's rows, a comparator. Default: by ID (assumption: none is documented). */
	order?: (one: Row, other: Row) => number;
	/**
	 * The columns a view answers with when none are asked for: a view has a predefined list (documented; which columns
	 * are in it is not). Entries of `properties` as `properties.name`. Default: all there are.
	 */
	defaultColumns?: Partial<Record<string, string[]>>;
	/** Entries of `properties` that the account's configuration has beside its own, by collection. */
	properties?: Partial<Record<string, Record<string, PropertyType>>>;
	/** Whether a refused request counts like the others (not known). Default false. */
	countRefused?: boolean;
	/** The query parameter that takes a registration number; the other one is a 400. */
	registrationParameter?: 'registration' | 'number';
	/** What POST and PATCH answer: `{ id, number? }` (default), the record, or nothing, which is a 204 (not known). */
	entityAnswer?: 'identifiers' | 'record' | 'nothing';
	/** The status of a POST that answers something (not known). Default 200. */
	createdStatus?: 200 | 201;
	/** What becomes of the entries of `properties` that a PATCH leaves out (not known). Default `merge`. */
	patchProperties?: 'merge' | 'replace';
	/** Whether a new document must name its unit: the two documented pages disagree. Default `optional`. */
	agencyId?: 'optional' | 'required';
	/** GET of an entity answers `{ data: { … } }`. Default false. */
	wrapEntity?: boolean;
	/** Whether filters compare texts whatever their case (not known). Default false. */
	ignoreCase?: boolean;
	/** What filters hold for equal otherwise (not known: case, accents, spacing): values for which this gives the same. */
	compareBy?: (value: unknown) => unknown;
	/** How filters are understood, in place of the sandbox's own way; may throw a Refusal. */
	filterBy?: (ast: Ast) => (row: Row) => boolean;
	/** Answers in place of the sandbox; `proceed` gives its own answer, to another query if need be, or throws a Refusal. */
	interpose?: (
		request: LoggedRequest,
		proceed: (query?: Record<string, string>) => Answered,
	) => Answered;
	/** The agency's today. All data follow from a seed and this date. Default 2026-11-20. */
	now?: Date;
	/** Called when a request has been answered or its connection is gone. */
	onAnswer?: (request: LoggedRequest) => void;
}

export interface Answered {
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
	/** As answered; 0 = the connection was broken, or no answer yet. */
	status: number;
	/** A write took effect. */
	applied: boolean;
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
	/** So many matching requests are left alone first. */
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
	/** For `stride`: how many rows are answered at most. */
	rows?: number;
	/**
	 * For `echoKey`: where the key is repeated. In the message of a refusal (default), there in base64, as the reason
	 * phrase, or in the data of a good answer.
	 */
	echoIn?: 'message' | 'base64' | 'reason' | 'data';
	/** The request takes effect first, only its answer is replaced. Default false, except `resetAfter`, `slow`, `cut`, `torn`, `stall`, `stride`. */
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
	/** Field path in the record → path in the answer, e.g. `{ 'properties.extName': 'number' }`. */
	responseMapping?: Record<string, string>;
	/** Pause before each of the (four) attempts. Default: a few milliseconds. */
	delaysMs?: number[];
	/** An attempt without an answer is given up after this. Default 10,000. */
	timeoutMs?: number;
}

export interface PushAttempt {
	rule: PushRule;
	recordId: number;
	/** 1 to 4. */
	attempt: number;
	at: number;
	/** The receiver's status; 0 = no answer. */
	status: number;
	ok: boolean;
	sent: string;
	answer: string;
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
	/** What a view has in full: by ID, with all columns. Default: the first unit. */
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
	/** Misbehave on demand. */
	fault(rule: FaultRule): void;
	clearFaults(): void;
	/** Change behaviour while running. */
	set(options: Partial<SandboxOptions>): void;
	pushRules: PushRule[];
	/** Configure an outgoing call: Teamogy in the role of client. */
	onSave(rule: PushRule): PushLog;
	/** Data, log, faults, rules, options and budget as at the start. */
	reset(): void;
	/** Also ends hanging requests. */
	close(): Promise<void>;
}

/** A refused request: becomes an answer with this status and `{ message }`. */
export class Refusal extends Error {
	constructor(
		readonly status: number,
		message: string,
		readonly headers: Record<string, string> = {},
	) {
		super(message);
	}
}
