import { readFileSync } from 'node:fs';
import Table from 'cli-table3';
import countBy from 'lodash/countBy.js';
import truncate from 'lodash/truncate.js';
import { startEngine, type WorkflowJson } from '../engine/index.mts';
import { startSandbox } from '../sandbox/index.mts';

/** The examples that are shown, with the node whose rows are the result. */
const SHOWN = [
	['approved-sales-invoices', 'Get Approved Invoices'],
	['hours-per-job', 'Most Hours First'],
	['companies-in-step', 'Read Back'],
	['time-entries-in', 'Read Back'],
] as const;
const ROWS = 10;
const WIDTH = 34;

const short = (value: unknown): string => {
	const text = value === null || value === undefined ? '' : String(value).replace(/\s+/g, ' ');
	return truncate(text, { length: WIDTH, omission: '…' });
};

const print = (line = ''): void => void process.stdout.write(`${line}\n`);

function printRows(rows: Array<Record<string, unknown>>): void {
	const numeric = (name: string) => rows.every((row) => typeof row[name] === 'number');
	const all = Object.keys(rows[0] ?? {});
	const sums = all.filter((name) => /^(sum|count)_/.test(name));
	const names = [...all.filter((name) => !sums.includes(name)), ...sums];
	const decimals = (name: string) => rows.some((row) => !Number.isInteger(row[name]));
	const shown = (name: string, value: unknown) =>
		numeric(name) && decimals(name) ? (value as number).toFixed(2) : short(value);
	const table = new Table({
		head: names,
		style: { head: [], border: [] },
		chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
		colAligns: names.map((name) => (numeric(name) ? 'right' : 'left')),
	});
	for (const row of rows.slice(0, ROWS)) table.push(names.map((name) => shown(name, row[name])));
	print(table.toString());
	if (rows.length > ROWS) print(`… and ${rows.length - ROWS} more`);
}

/** Runs example workflows in n8n's engine against the sandbox and prints what comes out. */
async function main(): Promise<void> {
	print(
		'Example workflows in n8n’s engine, against a sandbox of Teamogy with the data of a small agency.\nIts calendar stands at 20 November 2026.',
	);
	const sandbox = await startSandbox({ budget: 60 });
	const engine = await startEngine({ credentials: { teamogyApi: sandbox.credential } });
	try {
		for (const [file, last] of SHOWN) {
			const url = new URL(`../../examples/${file}.json`, import.meta.url);
			const workflow = JSON.parse(readFileSync(url, 'utf8')) as WorkflowJson;
			sandbox.clearLog();
			const result = await engine.runWorkflow(workflow);
			if (result.error) throw result.error;
			const { json } = result.node(last);
			print(`\n${workflow.name}  (examples/${file}.json)`);
			printRows(json);
			const { length } = sandbox.log;
			const { POST: created = 0, PATCH: changed = 0 } = countBy(sandbox.log, 'method');
			const written = created + changed ? ` (${created} created, ${changed} changed)` : '';
			print(
				`${json.length} rows, ${length} ${length === 1 ? 'request' : 'requests'} to Teamogy${written}`,
			);
		}
	} finally {
		engine.close();
		await sandbox.close();
	}
	print(
		'\nNext: "npm run n8n" opens the editor with all of this in it; "npm run sandbox" serves an n8n of your own.',
	);
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exitCode = 1;
});
