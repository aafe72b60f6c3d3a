import type { Inspection } from './inspection.mts';

export type Verdict = 'holds' | 'fails' | 'undecidable';

/** What a probe found. `detail` names views, columns and statuses, never a value of the account. */
export interface Finding {
	verdict: Verdict;
	detail: string;
}

export type Probe = (inspection: Inspection) => Promise<Finding>;

export const holds = (detail = ''): Finding => ({ verdict: 'holds', detail });
export const fails = (detail: string): Finding => ({ verdict: 'fails', detail });
export const undecidable = (detail: string): Finding => ({ verdict: 'undecidable', detail });
