import { setTimeout as sleep } from 'node:timers/promises';
import { Agent } from 'undici';

export interface Account {
	/** Scheme and host, e.g. `https://yourcompany.teamogy.com`. */
	origin: string;
	unitId: number;
	apiKey: string;
}

export interface Pace {
	/** Requests are spaced evenly, which is what Teamogy is known to serve (CLIENT). */
	requestsPerMinute: number;
	/** How long to wait after a 429 that names no time. Default: a minute. */
	pauseMs?: number;
}

export interface Reply {
	status: number;
	headers: Record<string, string | string[] | undefined>;
	/** The parsed JSON, or undefined. */
	body: unknown;
	text: string;
}

/** No response came. `code` is that of Node.js. */
export class NoReply extends Error {
	constructor(readonly code: string) {
		super(`No response came (${code}).`);
	}
}

/** Teamogy answered 429 twice in a row: others use the account too, so the check ends. */
export class TooBusy extends Error {
	constructor() {
		super('The account is in use by others: it answered 429 twice in a row.');
	}
}

const TIMEOUT_MS = 60_000;

/** Sends requests one after the other, never more of them than the pace allows. */
export class AccountClient {
	/** Milliseconds from request to response, of each. */
	readonly times: number[] = [];
	/** Headers about limits that came, by their names in lower case. */
	readonly limitHeaders = new Map<string, string>();
	/** Responses with a status of 400 and above. */
	readonly refusals: Reply[] = [];
	/** Status of each refusal because of too many requests. */
	tooMany = 0;

	private readonly agent = new Agent({ headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS });
	private nextAt = 0;

	constructor(
		private readonly account: Account,
		private readonly pace: Pace,
	) {}

	async close(): Promise<void> {
		await this.agent.close();
	}

	/**
	 * Sends a request with the headers of the vendor's client (CLIENT).
	 *
	 * @param path below the unit, with its query as it shall stand in the address
	 * @throws NoReply, TooBusy
	 */
	async send(
		method: 'GET' | 'POST' | 'PATCH',
		path: string,
		{ body, apiKey = this.account.apiKey }: { body?: unknown; apiKey?: string } = {},
	): Promise<Reply> {
		const reply = await this.sendOnce(method, path, body, apiKey);
		if (reply.status !== 429) return reply;
		this.tooMany++;
		await sleep(readRetryAfter(reply) ?? this.pace.pauseMs ?? 60_000);
		const again = await this.sendOnce(method, path, body, apiKey);
		if (again.status === 429) throw new TooBusy();
		return again;
	}

	private async sendOnce(
		method: 'GET' | 'POST' | 'PATCH',
		path: string,
		body: unknown,
		apiKey: string,
	): Promise<Reply> {
		const spacing = 60_000 / this.pace.requestsPerMinute;
		const now = performance.now();
		const at = Math.max(now, this.nextAt);
		this.nextAt = at + spacing;
		if (at > now) await sleep(at - now);
		const start = performance.now();
		const reply = await this.exchange(method, path, body, apiKey);
		this.times.push(performance.now() - start);
		if (reply.status >= 400) this.refusals.push(reply);
		for (const [name, value] of Object.entries(reply.headers)) {
			if (/rate-?limit|retry-after|quota|throttl/i.test(name)) {
				this.limitHeaders.set(name.toLowerCase(), String(value));
			}
		}
		return reply;
	}

	private async exchange(
		method: 'GET' | 'POST' | 'PATCH',
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
			const { code, message } = caught as Error & { code?: string };
			throw new NoReply(code ?? message);
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

/** Milliseconds; undefined where the header is missing or no number of seconds. */
function readRetryAfter({ headers }: Reply): number | undefined {
	const seconds = Number(headers['retry-after']);
	return headers['retry-after'] !== undefined && seconds >= 0 ? seconds * 1000 : undefined;
}
