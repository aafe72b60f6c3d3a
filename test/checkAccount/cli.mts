import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { confirm, readAccount, type Answers } from './ask.mts';
import { readCatalog } from './catalog.mts';
import { checkAccount } from './check.mts';
import type { Account } from './client.mts';
import { toMarkdown, toTable } from './report.mts';

const HELP = `Finds out which of this package's assumptions about Teamogy hold for an account.

Usage: npm run check-account -- [switches]

  --per-minute 60   requests a minute it may send; about 80 are sent, evenly spaced
  --write           also creates and updates one company, which it marks as a test
                    and as no longer valid; asks before it does
  --yes             does not ask
  --out .           the folder for the report
  --help

The account is taken from TEAMOGY_DOMAIN, TEAMOGY_UNIT and TEAMOGY_API_KEY, or asked for. Without
--write it only reads. The report holds no value of the account: no names, no IDs, no key, no domain.
It does name the columns of views: look it over before you hand it in.
`;

const NAME = 'teamogy-account-report';
const ISSUES =
	'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy/issues/new?template=live-account.yml';
const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** Checked and tidied as the nodes do it. */
function toAccount({ domain, unitId, apiKey }: Answers): Account {
	const built = createRequire(`${process.cwd()}/package.json`);
	const { accountOf } = built('./dist/nodes/api/account.js') as {
		accountOf(fields: Answers): Account;
	};
	return accountOf({ domain, unitId, apiKey });
}

/** One line that is written over; nothing where no one looks. */
function tellProgress(what: string): void {
	if (process.stdout.isTTY) process.stdout.write(`\r\x1b[KLooking at ${what}`);
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			'per-minute': { type: 'string', default: '60' },
			write: { type: 'boolean', default: false },
			yes: { type: 'boolean', default: false },
			out: { type: 'string', default: '.' },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		print(HELP);
		return;
	}
	const requestsPerMinute = Number(values['per-minute']);
	if (!(requestsPerMinute >= 1 && requestsPerMinute <= 1000)) {
		throw new Error('--per-minute: a number from 1 to 1000.');
	}
	const isTerminal = process.stdin.isTTY && process.stdout.isTTY;
	const terminal = isTerminal ? { input: process.stdin, output: process.stdout } : undefined;
	const account = toAccount(await readAccount(process.env, terminal));
	if (values.write && !values.yes) {
		if (!terminal)
			throw new Error('--write asks before it writes: run it in a terminal, or add --yes.');
		const isWanted = await confirm(
			terminal,
			'A company will be created, marked as a test and as no longer valid. It cannot be deleted by the API. Go on?',
		);
		if (!isWanted) return;
	}
	print(`About ${Math.ceil(((values.write ? 95 : 80) / requestsPerMinute) * 60)} seconds.`);
	const { report, company } = await checkAccount({
		account,
		pace: { requestsPerMinute },
		names: readCatalog(process.cwd()),
		write: values.write,
		tell: tellProgress,
	});
	if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
	print(toTable(report, process.stdout.columns || 80));
	const file = (ending: string) => join(values.out, `${NAME}.${ending}`);
	writeFileSync(file('md'), toMarkdown(report));
	writeFileSync(file('json'), `${JSON.stringify(report, null, '\t')}\n`);
	if (company) print(`\nThe company that was created: ${company}`);
	print(`
The report is in ${file('md')} and ${file('json')}.
Please hand it in, whatever it says: it makes facts of assumptions for everybody.
${ISSUES}`);
}

main().catch((caught: Error & { remedy?: string }) => {
	if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
	console.error([caught.message, caught.remedy].filter(Boolean).join('. '));
	process.exitCode = 1;
});
