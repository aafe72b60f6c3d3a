import type { FaultRule } from './types.mts';

/** Faults as the command line orders them: `KIND[,METHOD][,N][,PART OF THE ADDRESS]`. */

const KINDS: Record<string, Pick<FaultRule, 'kind'> & Partial<FaultRule>> = {
	'reset-before': { kind: 'reset' },
	'reset-after': { kind: 'resetAfter' },
	slow: { kind: 'slow', ms: 10_000 },
	hang: { kind: 'hang' },
	cut: { kind: 'cut' },
	torn: { kind: 'torn' },
	html: { kind: 'html' },
	empty: { kind: 'empty' },
};

export const FAULT_HELP = `Faults:  KIND[,METHOD][,N][,PART OF THE ADDRESS]   each Nth request, by default each 10th
  429, 500, 503 …      this status; what was asked for is not done
  reset-before         the connection breaks before anything is done
  reset-after          it is done, then the connection breaks
  slow, hang           the response takes ten seconds, or never comes
  cut, torn            half of the JSON as if it were all; or then the connection breaks
  html, empty          a page of a gateway (502); nothing at all (200)

  --fault 503                        each 10th request
  --fault reset-after,POST,3         each third record that is created
  --fault slow,1,views/jobs          each page of the view
`;

/** Reads an order. Without an N the rule takes each `everyNth` request that it matches. */
export function parseFault(text: string, everyNth: number): FaultRule {
	const [name, ...parts] = text.trim().split(',');
	const status = Number(name);
	const isStatus = Number.isInteger(status) && status >= 400 && status <= 599;
	if (!isStatus && !Object.hasOwn(KINDS, name)) {
		throw new Error(
			`"${name}" is no fault. There are: a status from 400 to 599, ${Object.keys(KINDS).join(', ')}.`,
		);
	}
	const rule: FaultRule = isStatus ? { kind: 'status', status } : { ...KINDS[name] };
	if (status === 429) Object.assign(rule, TOO_MANY);
	let nthToTake = everyNth;
	for (const part of parts) {
		if (/^(GET|POST|PATCH)$/i.test(part)) rule.method = part.toUpperCase();
		else if (/^[1-9]\d*$/.test(part)) nthToTake = Number(part);
		else if (part) rule.path = part;
	}
	return { ...rule, times: Infinity, when: (_, nth) => nth % nthToTake === 0 };
}

const TOO_MANY = { body: { message: 'Too Many Requests' }, headers: { 'retry-after': '5' } };
