import type { FaultRule } from './types.mts';

/** What a fault does, and its rule, by the names of faults beside any status from 400 to 599. */
const FAULTS: Record<string, [help: string, rule: FaultRule]> = {
	429: ['the same, with Retry-After as --retry-after says', { kind: 'tooManyRequests' }],
	html: ["the same with 502 and a gateway's web page", { kind: 'html' }],
	empty: ['the same with 200 and no body', { kind: 'empty' }],
	'reset-before': ['the connection breaks, and the request takes no effect', { kind: 'reset' }],
	'reset-after': ['the request takes effect, then the connection breaks', { kind: 'resetAfter' }],
	hang: ['no response comes, and the request takes no effect', { kind: 'hang' }],
	slow: ['the response comes ten seconds later', { kind: 'slow', ms: 10_000 }],
	cut: ['the response is half of the JSON, as if it were all', { kind: 'cut' }],
	torn: ['half of the response comes, then the connection breaks', { kind: 'torn' }],
};

export const METHOD_HELP = 'METHOD = GET, POST or PATCH';

/** The faults and what they do, as `[name, help]`. */
export const FAULT_HELP: Array<[string, string]> = [
	['500, 503, …', 'the response has this status, and the request takes no effect'],
	...Object.entries(FAULTS).map(([name, [help]]): [string, string] => [name, help]),
];

/**
 * Parses an order of the form `KIND[,METHOD][,N][,PART OF THE ADDRESS]`. The rule takes each Nth request that it
 * matches; without an N, each `everyNth`.
 */
export function parseFault(text: string, everyNth: number): FaultRule {
	const [name, ...parts] = text.trim().split(',');
	const isStatus = /^[45]\d\d$/.test(name);
	if (!isStatus && !Object.hasOwn(FAULTS, name)) {
		const names = Object.keys(FAULTS).join(', ');
		throw new Error(`"${name}" is no fault. Faults are statuses from 400 to 599, and ${names}.`);
	}
	const [, found]: [unknown, FaultRule] = FAULTS[name] ?? [
		name,
		{ kind: 'status', status: Number(name) },
	];
	const rule = { ...found };
	let nthToTake = everyNth;
	for (const part of parts) {
		if (/^(GET|POST|PATCH)$/i.test(part)) rule.method = part.toUpperCase();
		else if (/^[A-Z]+$/.test(part)) {
			throw new Error(`"${part}" is no method of Teamogy's API. ${METHOD_HELP}.`);
		} else if (/^[1-9]\d*$/.test(part)) nthToTake = Number(part);
		else if (part) rule.path = part;
	}
	return { ...rule, times: Infinity, when: (_, nth) => nth % nthToTake === 0 };
}
