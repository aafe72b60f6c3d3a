import type { FaultRule } from './types.mts';

type Rule = Pick<FaultRule, 'kind' | 'ms'>;

/** The faults that can be ordered by name, beside any status from 400 to 599. */
const FAULTS: Record<string, { help: string; rule: Rule }> = {
	429: {
		help: 'the same, with Retry-After as --retry-after says',
		rule: { kind: 'tooManyRequests' },
	},
	html: { help: "the same with 502 and a gateway's web page", rule: { kind: 'html' } },
	empty: { help: 'the same with 200 and no body', rule: { kind: 'empty' } },
	'reset-before': {
		help: 'the connection breaks, and the request takes no effect',
		rule: { kind: 'reset' },
	},
	'reset-after': {
		help: 'the request takes effect, then the connection breaks',
		rule: { kind: 'resetAfter' },
	},
	slow: { help: 'the response comes ten seconds later', rule: { kind: 'slow', ms: 10_000 } },
	hang: { help: 'no response comes, and the request takes no effect', rule: { kind: 'hang' } },
	cut: { help: 'the response is half of the JSON, as if it were all', rule: { kind: 'cut' } },
	torn: {
		help: 'half of the response comes, then the connection breaks',
		rule: { kind: 'torn' },
	},
};

/** The faults and what they do, as `[name, help]`. */
export const FAULT_HELP: Array<[string, string]> = [
	['500, 503, …', 'the response has this status, and the request takes no effect'],
	...Object.entries(FAULTS).map(([name, { help }]): [string, string] => [name, help]),
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
	const rule: FaultRule = { ...(FAULTS[name]?.rule ?? { kind: 'status', status: Number(name) }) };
	let nthToTake = everyNth;
	for (const part of parts) {
		if (/^(GET|POST|PATCH)$/i.test(part)) rule.method = part.toUpperCase();
		else if (/^[1-9]\d*$/.test(part)) nthToTake = Number(part);
		else if (part) rule.path = part;
	}
	return { ...rule, times: Infinity, when: (_, nth) => nth % nthToTake === 0 };
}
