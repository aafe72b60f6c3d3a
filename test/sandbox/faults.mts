import { retryAfterHeader } from './budget.mts';
import type { FaultRule, LoggedRequest, SandboxOptions } from './types.mts';

/** Kinds whose request takes effect, unless the rule says otherwise. */
const AFTER = new Set<FaultRule['kind']>(['resetAfter', 'slow', 'cut', 'torn', 'stall', 'stride']);

/** Whether the request takes effect although its response is not the proper one. */
export function takesEffect(rule: FaultRule): boolean {
	return rule.applied ?? AFTER.has(rule.kind);
}

/** The message in place of a response that is too large; with 502 it is Amazon's. */
export function tooLargeMessage(status: number): string {
	return status === 502 ? 'Internal server error' : 'The response is too large for the gateway.';
}

/** The rules in force, and how many requests each of them has seen. */
export class Faults {
	private rules: { rule: FaultRule; seen: number; left: number; skip: number }[] = [];

	add(rule: FaultRule): void {
		this.rules.push({ rule, seen: 0, left: rule.times ?? 1, skip: rule.skip ?? 0 });
	}

	clear(): void {
		this.rules = [];
	}

	/** Finds the first rule for this request. Every rule counts every request that it matches. */
	match(request: LoggedRequest): FaultRule | undefined {
		let found: FaultRule | undefined;
		for (const entry of this.rules) {
			const { method, path, when } = entry.rule;
			if (method && method.toUpperCase() !== request.method) continue;
			if (typeof path === 'string' && !request.url.includes(path)) continue;
			if (path instanceof RegExp && request.url.search(path) < 0) continue;
			entry.seen++;
			if (found || entry.left <= 0 || (when && !when(request, entry.seen))) continue;
			if (entry.skip > 0) {
				entry.skip--;
				continue;
			}
			entry.left--;
			found = entry.rule;
		}
		return found;
	}
}

interface FaultResponse {
	status: number;
	headers: Record<string, string>;
	body: string;
	/** The reason phrase, where it is not the usual one. */
	reason?: string;
}

/** The response of a rule in place of the proper one; undefined where the rule has none. */
export function buildFaultResponse(
	rule: FaultRule,
	request: LoggedRequest,
	{ tooLargeStatus, retryAfter }: Required<Pick<SandboxOptions, 'tooLargeStatus' | 'retryAfter'>>,
): FaultResponse | undefined {
	const build = (
		status: number,
		type: string,
		body: string,
		headers: Record<string, string> = {},
	) => ({
		status: rule.status ?? status,
		headers: { 'content-type': type, ...headers, ...rule.headers },
		body,
	});
	const text = (given: string) => (typeof rule.body === 'string' ? rule.body : given);
	const json = (status: number, body: unknown, headers?: Record<string, string>) =>
		build(status, 'application/json', JSON.stringify(rule.body ?? body), headers);
	switch (rule.kind) {
		case 'status':
			return json(500, { message: 'A fault of the sandbox.' });
		case 'tooManyRequests': {
			const headers = retryAfterHeader(retryAfter, rule.ms ?? 5000);
			return json(429, { message: 'Too Many Requests' }, headers);
		}
		case 'html':
			return build(
				502,
				'text/html',
				text(
					'<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>gateway</center></body></html>',
				),
			);
		case 'text':
			return build(500, 'text/plain', text('Unexpected condition in module REST, see log 4711.'));
		case 'tooLarge':
			return json(tooLargeStatus, { message: tooLargeMessage(tooLargeStatus) });
		case 'redirect':
			return build(
				302,
				'text/html',
				text('<html><head><title>Log in</title></head><body>Please log in.</body></html>'),
				{ location: '/login.html' },
			);
		case 'echoKey':
			return echoKey(rule, request, json);
		case 'empty':
			return build(200, 'application/json', '');
		default:
			return undefined;
	}
}

/** Repeats the API key of the request where the rule says. */
function echoKey(
	{ echoIn }: FaultRule,
	{ view, headers }: LoggedRequest,
	json: (status: number, body: unknown) => FaultResponse,
): FaultResponse {
	const header = `Authorization: ${String(headers.authorization)}`;
	if (echoIn === 'reason') return { ...json(500, { message: 'Refused.' }), reason: header };
	if (echoIn !== 'data') return json(500, { message: `Refused: ${header}` });
	const record = { id: 1, echo: header };
	const metadata = { count: 1, limit: 1, nextOffset: null };
	return json(200, view === undefined ? record : { metadata, data: [record] });
}
