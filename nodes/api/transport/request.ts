import type { IHttpRequestMethods } from 'n8n-workflow';

import type { CancelSignal } from './cancel';
import type { RequestKind } from './errors';
import type { Query } from './url';

/** What n8n's request helper is given. */
export interface HttpRequest {
	method: IHttpRequestMethods;
	url: string;
	headers: Record<string, string>;
	body?: string;
	/** For the bytes of the response as they came. */
	encoding?: 'arraybuffer';
	/** Milliseconds without a sign of life from the server. */
	timeout: number;
	/** Aborted when the response is not needed any more, so that the connection is closed. */
	abortSignal: AbortSignal;
}
/** What n8n's request helper gives back. */
export interface HttpResponse {
	statusCode: number;
	headers: Record<string, unknown>;
	/** Parsed JSON; text where it is no JSON; bytes where they were asked for. */
	body: unknown;
}
/** Any good response as it came. */
export interface RawResponse {
	status: number;
	headers: Record<string, unknown>;
	content: Buffer;
}
/** Sends one request with the credential; rejects only where no response came. */
export type SendRequest = (request: HttpRequest) => Promise<HttpResponse>;

export interface ApiRequest {
	requestKind: RequestKind;
	method: IHttpRequestMethods;
	/** Relative to the business unit, already encoded, e.g. `views/jobs`. */
	path: string;
	query?: Query;
	body?: unknown;
	/** The thing asked for, as messages name it, e.g. `the view "jobs"`. */
	subject: string;
	/** Another business unit than the account's. */
	unitId?: number;
	/** Whether the body of a good response has the shape it must have; any object or list by default. */
	isReadable?: (body: unknown) => boolean;
	/** Takes any good response as a `RawResponse`: text and files too. */
	raw?: boolean;
	/** HTTP's `Accept`; JSON by default. */
	accept?: string;
	/** How often the request is sent at most, where fewer times than `TIMING.maxTries` will do. */
	maxTries?: number;
	/** Ends the request when it is not needed any more; by default `client.cancelSignal`. */
	cancelSignal?: CancelSignal;
	/** Is told what a good response took. */
	onResponse?: (measure: ResponseMeasure) => void;
}

/** What a response took. */
export interface ResponseMeasure {
	/** From the start of the request to the end of the response, without the wait for its turn. */
	durationMs: number;
	/** The header Content-Length: the bytes of the body as sent, perhaps compressed. NaN without it. */
	contentLength: number;
}
