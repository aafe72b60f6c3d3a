import { randomBytes } from 'node:crypto';
import { listAssumptions, type Assumption } from './assumptions.mts';
import type { Names } from './catalog.mts';
import { AccountClient, NoReply, TooBusy, type Account, type Pace } from './client.mts';
import { undecidable, type Finding } from './finding.mts';
import { Inspection } from './inspection.mts';
import { makeReport, type Report } from './report.mts';
import { makeTrial } from './trial.mts';

export interface CheckOptions {
	account: Account;
	pace: Pace;
	names: Names;
	/** Also creates and updates one company. Default false. */
	write?: boolean;
	/** Called with what is looked at now. */
	tell?: (what: string) => void;
}

/** Nothing could be found out; the message says why and what to do. */
export class NotChecked extends Error {}

/**
 * Finds out which assumptions hold for an account. Reads only, unless told to write, and sends its requests evenly
 * spaced, about 80 of them.
 *
 * @returns what was found, and the name of the company that was created, which is no part of the report
 * @throws NotChecked
 */
export async function checkAccount({
	account,
	pace,
	names,
	write = false,
	tell = () => {},
}: CheckOptions): Promise<{ report: Report; company?: string }> {
	const client = new AccountClient(account, pace);
	const inspection = new Inspection(client, names);
	try {
		await connect(inspection, tell);
		if (write) {
			tell('a company that is created and updated');
			inspection.trial = await makeTrial(inspection, randomBytes(4).toString('hex'));
		}
		const found = await tryAll(listAssumptions(names.unconfirmed), inspection, tell);
		return {
			report: makeReport(inspection, found, { write, version: names.version }),
			company: inspection.trial?.name,
		};
	} catch (caught) {
		if (caught instanceof TooBusy) throw new NotChecked(`${caught.message} Try again later.`);
		if (caught instanceof NoReply) throw new NotChecked(describeNoReply(caught));
		throw caught;
	} finally {
		await client.close();
	}
}

const BUSY = 'Others were using up the limit of the account';

async function tryAll(
	assumptions: readonly Assumption[],
	inspection: Inspection,
	tell: (what: string) => void,
): Promise<Array<[Assumption, Finding]>> {
	const found = new Map<Assumption, Finding>();
	const verdictOn = (id: string) => [...found].find(([one]) => one.id === id)?.[1].verdict;
	// It goes by the refusals that the others bring about.
	const isLast = ({ id }: Assumption) => Number(id === 'reasons');
	let isBusy = false;
	for (const assumption of assumptions.toSorted((one, other) => isLast(one) - isLast(other))) {
		tell(assumption.id);
		const { needs } = assumption;
		if (isBusy) found.set(assumption, undecidable(BUSY));
		else if (needs !== undefined && verdictOn(needs) !== 'holds') {
			found.set(assumption, undecidable(`Needs \`${needs}\``));
		} else {
			const finding = await tryProbe(assumption, inspection);
			isBusy = finding.detail === BUSY;
			found.set(assumption, finding);
		}
	}
	return assumptions.map((assumption) => [assumption, found.get(assumption)!]);
}

async function tryProbe({ probe }: Assumption, inspection: Inspection): Promise<Finding> {
	try {
		return await probe(inspection);
	} catch (caught) {
		if (caught instanceof TooBusy) return undecidable(BUSY);
		if (caught instanceof NoReply) return undecidable(`No response (${caught.code})`);
		throw caught;
	}
}

async function connect(inspection: Inspection, tell: (what: string) => void): Promise<void> {
	tell('the connection');
	const { status } = await inspection.client.send('GET', 'views/companies?limit=1&offset=0');
	if (status === 401) {
		throw new NotChecked(
			'Teamogy did not accept the API key (401). Check it, and that its user is active.',
		);
	}
	await inspection.survey(tell);
	const pages = [...inspection.pages.values()];
	if (pages.some(({ isPage }) => isPage)) return;
	const statuses = new Set(pages.map((page) => page.status));
	throw new NotChecked(
		`No view could be read: the host answered ${[...statuses].join(', ')}${statuses.has(200) ? ' without the rows of a view' : ''}. ` +
			'Check the domain, the business unit, and that the address of this machine is allowed for the key.',
	);
}

function describeNoReply({ code }: NoReply): string {
	const certificate = /CERT|SELF_SIGNED|ALTNAME/.test(code);
	const advice = certificate
		? 'The certificate of the host is not trusted: NODE_EXTRA_CA_CERTS names a file with one that is.'
		: 'Check the domain, and that this machine reaches it.';
	return `No response came (${code}). ${advice}`;
}
