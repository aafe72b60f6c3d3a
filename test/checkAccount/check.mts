import { randomBytes } from 'node:crypto';
import { listAssumptions, type Assumption } from './assumptions.mts';
import type { Names } from './catalog.mts';
import { AccountClient, NoReply, TooBusy, type Account, type Pace } from './client.mts';
import { adviseOnLimit, connect, explainNoReply, NotChecked } from './connection.mts';
import { undecidable, type Finding } from './finding.mts';
import { Inspection } from './inspection.mts';
import { makeReport, type Report } from './report.mts';
import { runTrial, type Trial } from './trial.mts';
import { planTrial, type TrialPlan } from './trialPlan.mts';

export interface CheckOptions {
	account: Account;
	pace: Pace;
	names: Names;
	/** Asked before one company is created and updated. Without it nothing is written. */
	confirmWrite?: (plan: TrialPlan) => Promise<boolean>;
	/** Called with the name of what is checked now. */
	onProgress?: (subject: string) => void;
	/** Called with a message that a person must see at once. */
	onNotice?: (message: string) => void;
}

/**
 * Finds out which assumptions hold for an account, with about 80 requests that are evenly spaced. Everything that needs
 * reading alone comes first. Then, if confirmed, a company is written.
 *
 * @returns the report, and what became of the company, which is no part of the report
 * @throws NotChecked when not even the first requests succeed
 */
export async function checkAccount({
	account,
	pace,
	names,
	confirmWrite = async () => false,
	onProgress = () => {},
	onNotice = () => {},
}: CheckOptions): Promise<{ report: Report; trial?: Trial }> {
	const advice = adviseOnLimit(pace.requestsPerMinute);
	const client = new AccountClient(account, pace, (ms) => {
		const wait = `Teamogy answered 429: waiting ${Math.ceil(ms / 1000)} s.`;
		onNotice(client.tooMany > 1 ? wait : `${wait} To avoid such waits, ${advice}.`);
	});
	const inspection = new Inspection(client, names);
	const assumptions = listAssumptions(names.unconfirmed);
	const probes = new ProbeRunner(inspection, onProgress);
	try {
		await survey(inspection, account, { onProgress, advice });
		await probes.run(assumptions.filter(isIndependent));
		if (!probes.isBusy) {
			const plan = planTrial(inspection, randomBytes(4).toString('hex'));
			if (await confirmWrite(plan)) {
				onNotice(`Creating the company "${plan.name}".`);
				onProgress('a company that is created and updated');
				inspection.trial = await runTrial(inspection, plan);
			}
		}
		await probes.run(assumptions.filter((assumption) => !isIndependent(assumption)));
		const { trial } = inspection;
		const results = assumptions.map((one) => [one, probes.findings.get(one.id)!] as const);
		const isWritten = trial !== undefined;
		return {
			report: makeReport(inspection, results, { write: isWritten, version: names.version }),
			trial,
		};
	} finally {
		await client.close();
	}
}

/** Whether a probe depends neither on the company of `--write` nor on the refusals of the other probes. */
const isIndependent = ({ id, checked }: Assumption): boolean =>
	checked !== 'writing' && id !== 'reasons';

async function survey(
	inspection: Inspection,
	account: Account,
	{ onProgress, advice }: { onProgress: (subject: string) => void; advice: string },
): Promise<void> {
	try {
		onProgress('the connection');
		await connect(inspection);
		await inspection.survey(onProgress);
	} catch (caught) {
		if (caught instanceof TooBusy) {
			throw new NotChecked(`${caught.message}. Try again later: ${advice}.`);
		}
		if (caught instanceof NoReply) {
			const isConnected = inspection.pages.size > 0;
			throw new NotChecked(
				isConnected
					? `${caught.message} on the way, though the connection works. Try again.`
					: explainNoReply(caught, account),
			);
		}
		throw caught;
	}
}

/** Runs probes one after the other and keeps what they found. */
class ProbeRunner {
	/** By the ID of the assumption. */
	readonly findings = new Map<string, Finding>();
	/** Whether Teamogy responded with 429 twice in a row: from then on no probe is run. */
	isBusy = false;

	constructor(
		private readonly inspection: Inspection,
		private readonly onProgress: (subject: string) => void,
	) {}

	async run(assumptions: readonly Assumption[]): Promise<void> {
		for (const assumption of assumptions) {
			this.onProgress(assumption.id);
			this.findings.set(assumption.id, await this.examine(assumption));
		}
	}

	private async examine({ needs, probe }: Assumption): Promise<Finding> {
		if (this.isBusy) return undecidable('Something else was using up the limit of the account');
		if (needs !== undefined && this.findings.get(needs)?.verdict !== 'holds') {
			return undecidable(`Needs \`${needs}\``);
		}
		try {
			return await probe(this.inspection);
		} catch (caught) {
			if (caught instanceof NoReply) return undecidable(caught.message);
			if (!(caught instanceof TooBusy)) throw caught;
			this.isBusy = true;
			return undecidable(caught.message);
		}
	}
}
