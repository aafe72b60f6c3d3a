import type { FaultRule, LoggedRequest } from './types.mts';

/** Kinds whose request takes effect before things go wrong, unless the rule says otherwise. */
const AFTER = new Set<FaultRule['kind']>(['resetAfter', 'slow', 'cut', 'torn', 'stall', 'stride']);

/** Whether the request is worked on although its answer will be spoilt. */
export function takesEffect(rule: FaultRule): boolean {
	return rule.applied ?? AFTER.has(rule.kind);
}

/** What the gateway says to an answer that is too large; the words to a 502 are Amazon's. */
export function tooLargeMessage(status: number): string {
	return status === 502 ? 'Internal server error' : 'The answer is too large for the gateway.';
}

/** The rules in force, and how often each has been met. */
export class Faults {
	private rules: { rule: FaultRule; seen: number; left: number; skip: number }[] = [];

	add(rule: FaultRule): void {
		this.rules.push({ rule, seen: 0, left: rule.times ?? 1, skip: rule.skip ?? 0 });
	}

	clear(): void {
		this.rules = [];
	}

	/** The first rule that wants this request. Every rule counts every request that it matches. */
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

export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: string;
	/** The reason phrase, where it is not the usual one. */
	reason?: string;
}

/** The answer a rule gives in place of the proper one; undefined where it gives none of its own. */
export function spoiltAnswer(
	rule: FaultRule,
	request: LoggedRequest,
	tooLargeStatus: number,
): Answer | undefined {
	const answer = (
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
	const json = (status: number, body: unknown) =>
		answer(status, 'application/json', JSON.stringify(rule.body ?? body));
	switch (rule.kind) {
		case 'status':
			return json(500, { message: 'The sandbox was asked to answer like this.' });
		case 'html':
			return answer(
				502,
				'text/html',
				text(
					'<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center><hr><center>gateway</center></body></html>',
				),
			);
		case 'text':
			return answer(500, 'text/plain', text('Unexpected condition in module REST, see log 4711.'));
		case 'tooLarge':
			return json(tooLargeStatus, { message: tooLargeMessage(tooLargeStatus) });
		case 'redirect':
			return answer(
				302,
				'text/html',
				text('<html><head><title>Log in</title></head><body>Please log in.</body></html>'),
				{ location: '/login.html' },
			);
		case 'echoKey':
			return echo(rule, request, json);
		case 'empty':
			return answer(200, 'application/json', '');
		default:
			return undefined;
	}
}

/** The key as the request brought it, repeated where the rule says. */
function echo(
	{ echoIn }: FaultRule,
	{ view, headers }: LoggedRequest,
	json: (status: number, body: unknown) => Answer,
): Answer {
	const header = `Authorization: ${String(headers.authorization)}`;
	if (echoIn === 'reason') return { ...json(500, { message: 'Refused.' }), reason: header };
	if (echoIn === 'base64') {
		return json(500, { message: `Refused: ${Buffer.from(header).toString('base64')}` });
	}
	if (echoIn !== 'data') return json(500, { message: `Refused: ${header}` });
	const record = { id: 1, echo: header };
	const metadata = { count: 1, limit: 1, nextOffset: null };
	return json(200, view === undefined ? record : { metadata, data: [record] });
}
