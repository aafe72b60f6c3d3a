import { parseArgs } from 'node:util';
import { confirm, readAccount, type Answers } from './ask.mts';
import { requireBuilt } from './builtPackage.mts';
import { readCatalog } from './catalog.mts';
import { checkAccount } from './check.mts';
import type { Account } from './client.mts';
import { assertWritable, listReportFiles, writeReport } from './output.mts';
import { toTable } from './report.mts';
import { describeTrial } from './trial.mts';
import { describePlan } from './trialPlan.mts';

const HELP = `Finds out which of this package's assumptions about Teamogy hold for an account.

Usage: npm run check-account -- [switches]

  --per-minute 60   requests a minute it may send; about 80 are sent, evenly spaced
  --write           also creates and updates one company, which it tries to mark as a
                    test and as no longer valid; says what it writes, and asks first
  --yes             writes without asking
  --out .           the folder for the report
  --help

The account is taken from TEAMOGY_DOMAIN, TEAMOGY_UNIT and TEAMOGY_API_KEY. What is missing is
asked for; without a terminal the unit is 1. Without --write the check only reads. The report
holds no value of the account: no names, no IDs, no API key, no domain. It does name the columns
of views: read it before you hand it in.
`;

/** How many requests a check sends, about: to say how long it takes. */
const REQUESTS = { reading: 80, writing: 20 };
const ISSUES =
	'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy/issues/new?template=live-account.yml';

const clearProgress = (): void => {
	if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
};
const print = (text: string): void => {
	clearProgress();
	process.stdout.write(`${text}\n`);
};
/** One line that the next one replaces; nothing without a terminal. */
function showProgress(subject: string): void {
	if (process.stdout.isTTY) process.stdout.write(`\r\x1b[KChecking ${subject}`);
}

/** The account, checked and tidied as the nodes do it. */
function toAccount(answers: Answers): Account {
	const built = requireBuilt<{ readAccount(fields: Answers): Account }>(
		'./dist/nodes/n8n/credential.js',
	);
	return built.readAccount(answers);
}

function readSwitches() {
	const { values } = parseArgs({
		options: {
			'per-minute': { type: 'string', default: '60' },
			write: { type: 'boolean', default: false },
			yes: { type: 'boolean', default: false },
			out: { type: 'string', default: '.' },
			help: { type: 'boolean', default: false },
		},
	});
	const requestsPerMinute = Number(values['per-minute']);
	if (!(requestsPerMinute >= 1 && requestsPerMinute <= 1000)) {
		throw new Error('--per-minute: a number from 1 to 1000.');
	}
	return { ...values, requestsPerMinute };
}

async function main(): Promise<void> {
	const { help, write, yes, out, requestsPerMinute } = readSwitches();
	if (help) return print(HELP);
	assertWritable(out);
	const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
	const terminal = isTerminal ? { input: process.stdin, output: process.stdout } : undefined;
	if (write && !yes && !terminal) {
		throw new Error('--write asks before it writes: run it in a terminal, or add --yes.');
	}
	const account = toAccount(await readAccount(process.env, terminal));
	const count = REQUESTS.reading + (write ? REQUESTS.writing : 0);
	const seconds = Math.ceil((count / requestsPerMinute) * 60);
	const announcement = [
		`Checking business unit ${account.unitId}. This takes about ${seconds} seconds.`,
		write && !yes && 'Before anything is written you are asked.',
	];
	print(announcement.filter(Boolean).join(' '));
	const { report, trial } = await checkAccount({
		account,
		pace: { requestsPerMinute },
		names: readCatalog(),
		confirmWrite: async (plan) => {
			if (!write) return false;
			print(describePlan(plan));
			return yes || (await confirm(terminal!, 'Write this company?'));
		},
		onProgress: showProgress,
		onNotice: print,
	});
	print(toTable(report, process.stdout.columns || 80));
	if (write) print(`\n${trial ? describeTrial(trial) : 'Nothing was written.'}`);
	writeReport(out, report);
	const { markdown, json } = listReportFiles(out);
	print(`
The report is in ${markdown} and ${json}.
Please read it and hand it in, whatever it says: it turns assumptions into facts for everybody.
${ISSUES}`);
}

// Invalid input has a hint of what to enter instead. The messages of the nodes name their credential; here is none.
main().catch(({ message, hint }: Error & { hint?: string }) => {
	clearProgress();
	const named = message.replace(/'(.*)' in the Teamogy API credential/, 'The $1');
	console.error([named, hint].filter(Boolean).join('. '));
	process.exitCode = 1;
});
