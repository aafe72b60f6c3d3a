import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';
import { requireBuilt } from './builtPackage.mts';

export interface Account {
	/** Scheme and host, e.g. `https://yourcompany.teamogy.com`. */
	origin: string;
	unitId: number;
	apiKey: string;
}

export interface Pace {
	/** A request is sent a minute divided by this number after the response to the request before it, at the earliest. */
	requestsPerMinute: number;
	/** Milliseconds to wait after a 429 without a Retry-After. Default: a minute. */
	pauseMs?: number;
	/** No wait is longer, whatever Retry-After says. Default: two minutes. */
	maxWaitMs?: number;
}

export interface Reply {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	/** The parsed JSON, or undefined. */
	body: unknown;
	text: string;
}

/** No response came. `code` is the error code of Node.js or undici. */
export class NoReply extends Error {
	constructor(readonly code: string) {
		super(`No response came (${code})`);
	}
}

/** Teamogy answered 429 to a request and again to its repetition, so the check sends no more. */
export class TooBusy extends Error {
	constructor() {
		super('Teamogy answered 429 twice in a row: something else uses up the limit of the account');
	}
}

type Method = 'GET' | 'POST' | 'PATCH';

const TIMEOUT_MS = 60_000;

/** Sends requests one after the other, never more of them than the pace allows. */
export class AccountClient {
	/** Milliseconds from request to response, one number a request. */
	readonly times: number[] = [];
	/** Response headers about limits, by their names in lower case. */
	readonly limitHeaders = new Map<string, string>();
	/** Responses with a status of 400 and above. */
	readonly refusals: Reply[] = [];
	/** How many requests were answered with 429 and repeated. */
	tooMany = 0;

	private readonly agent = new Agent({ headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
	/** When the next request may be sent, as `performance.now()` counts. */
	private nextAt = 0;

	/** @param onWait called with the milliseconds of each wait after a 429 */
	constructor(
		private readonly account: Account,
		private readonly pace: Pace,
		private readonly onWait: (ms: number) => void = () => {},
	) {}

	async close(): Promise<void> {
		await this.agent.close();
	}

	/**
	 * Sends a request with the headers of the vendor's client (CLIENT). A request that is answered with 429 is repeated
	 * once, a POST too: Teamogy does not process what it rejects for the limit (CLIENT).
	 *
	 * @param path below the unit, with the query exactly as it stands in the address
	 * @throws NoReply, TooBusy
	 */
	async send(
		method: Method,
		path: string,
		{ body, apiKey = this.account.apiKey }: { body?: unknown; apiKey?: string } = {},
	): Promise<Reply> {
		const reply = await this.sendOnce(method, path, body, apiKey);
		if (reply.status !== 429) return reply;
		this.tooMany++;
		const wait = getWaitMs(reply.headers, this.pace);
		this.onWait(wait);
		await sleep(wait);
		const repeated = await this.sendOnce(method, path, body, apiKey);
		if (repeated.status === 429) throw new TooBusy();
		return repeated;
	}

	private async sendOnce(
		method: Method,
		path: string,
		body: unknown,
		apiKey: string,
	): Promise<Reply> {
		await this.waitForTurn();
		const start = performance.now();
		const reply = await this.exchange(method, path, body, apiKey).finally(() => {
			// Teamogy counts when a request arrives, at the latest now: however long the ways take, arrivals are spaced.
			this.nextAt = performance.now() + 60_000 / this.pace.requestsPerMinute;
		});
		this.times.push(performance.now() - start);
		if (reply.status >= 400) this.refusals.push(reply);
		for (const [name, value] of Object.entries(reply.headers)) {
			if (/rate-?limit|retry-after|quota|throttl/i.test(name)) {
				this.limitHeaders.set(name.toLowerCase(), String(value));
			}
		}
		return reply;
	}

	/** A timer may end up to a millisecond early, so the clock is read again. */
	private async waitForTurn(): Promise<void> {
		for (let now = performance.now(); now < this.nextAt; now = performance.now()) {
			await sleep(Math.ceil(this.nextAt - now));
		}
	}

	private async exchange(
		method: Method,
		path: string,
		body: unknown,
		apiKey: string,
	): Promise<Reply> {
		const { origin, unitId } = this.account;
		try {
			const response = await this.agent.request({
				origin,
				method,
				path: `/rest/v1/${unitId}/${path}`,
				headers: {
					authorization: `Bearer ${apiKey}`,
					accept: 'application/json',
					'content-type': 'application/json',
				},
				body: body === undefined ? null : JSON.stringify(body),
			});
			const text = await response.body.text();
			return { status: response.statusCode, headers: response.headers, text, body: parse(text) };
		} catch (caught) {
			// The message of an error may repeat a part of the request, so only its code or name is kept.
			const { code, name } = caught as Error & { code?: string };
			throw new NoReply(code ?? name);
		}
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text) as unknown;
	} catch {
		return undefined;
	}
}

/** Milliseconds to wait after a 429: what Retry-After asks for, up to the longest wait of the pace. */
export function getWaitMs(
	headers: Reply['headers'],
	{ pauseMs = 60_000, maxWaitMs = 120_000 }: Pace,
): number {
	const { readRetryAfter } = requireBuilt<{
		readRetryAfter(headers: Reply['headers']): number | undefined;
	}>('./dist/nodes/api/transport/retryAfter.js');
	return Math.min(readRetryAfter(headers) ?? pauseMs, maxWaitMs);
}
