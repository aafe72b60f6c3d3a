/**
 * Measures what the transport promises, side by side with what a program of one's own would do, and
 * writes the table in docs/benchmarks.md. See there for what is compared.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import type { Line } from './line.mts';
import { benchPackage } from './package.mts';
import { benchPolls } from './polls.mts';
import { benchRecords } from './records.mts';
import { benchRows } from './rows.mts';

const DOCUMENT = 'docs/benchmarks.md';

/** The table, with where and when it was measured. */
function buildTable(lines: Line[]): string {
	const { version: node, platform, arch } = process;
	const day = new Date().toISOString().slice(0, 10);
	return [
		`Measured ${day} with Node.js ${node.slice(1)} on ${platform} ${arch}, ${cpus().length} cores (${cpus()[0].model.trim()}).`,
		'',
		'| What | The node | To compare | Ratio | Goal | Reached |',
		'|---|---|---|---|---|---|',
		...lines.map(
			({ what, ours, other, ratio, goal, reached }) =>
				`| ${what} | ${ours} | ${other} | ${ratio} | ${goal} | ${goal === '–' ? '–' : reached ? 'yes' : '**no**'} |`,
		),
		'',
	].join('\n');
}

async function main(): Promise<void> {
	const { speed, memory } = await benchRows();
	const records = await benchRecords();
	const lines = [...speed, ...records, await benchPolls(), ...memory, ...(await benchPackage())];
	const table = buildTable(lines);
	const document = readFileSync(DOCUMENT, 'utf8');
	const marked = /(<!-- bench:begin[^>]*-->\n)[^]*(<!-- bench:end -->)/;
	if (!marked.test(document)) throw new Error(`${DOCUMENT} has lost the marks of its table`);
	writeFileSync(DOCUMENT, document.replace(marked, `$1${table}$2`));
	process.stdout.write(table);
	if (lines.some(({ reached }) => !reached)) process.exitCode = 1;
}

main().catch((error: unknown) => {
	process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
	process.exitCode = 1;
});
