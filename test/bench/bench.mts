/**
 * Measures what the transport promises, side by side with what a program of one's own would do, and
 * writes the table in docs/benchmarks.md. See there for what is compared.
 */
import { execFile, fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { request } from 'undici';
import { startEngine } from '../engine/index.mts';
import { startSandbox } from '../sandbox/index.mts';
import type { Reading } from './workload.mts';

const DOCUMENT = 'docs/benchmarks.md';
const LATENCY_MS = 100;
const PER_MINUTE = 60;
const LOOK_UPS = 1000;
const READS = 50;

interface Line {
	what: string;
	ours: string;
	other: string;
	ratio: string;
	/** What is to be reached, and whether it is. */
	goal: string;
	reached: boolean;
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const median = (values: number[]): number => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = Math.floor(sorted.length / 2);
	return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};
const seconds = (ms: number): string => `${(ms / 1000).toFixed(2)} s`;
const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const times = (ratio: number): string => `${ratio.toFixed(2)} ×`;

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));

async function read(side: 'node' | 'loop', domain: string, count: number): Promise<Reading> {
	const reader = fork(here('reader.mts'), [side, domain, String(count)]);
	const [reading] = (await Promise.race([
		once(reader, 'message'),
		once(reader, 'exit').then(() => {
			throw new Error(`The reader "${side}" ended before it was done`);
		}),
	])) as [Reading];
	return reading;
}

interface Round {
	ours: Reading;
	other: Reading;
}

/** Both sides in turn, so that what else the machine does meets both. */
async function rounds(
	server: ChildProcess,
	domain: string,
	latencyMs: number,
	[count, reads]: [number, number],
) {
	server.send({ latencyMs });
	const all: Round[] = [];
	for (let round = 1; round <= count; round++) {
		say(`100,000 rows, ${latencyMs} ms latency: round ${round} of ${count}`);
		const other = await read('loop', domain, reads);
		all.push({ ours: await read('node', domain, reads), other });
	}
	return all;
}

/** The median of a figure on either side, and of its ratio within each round. */
function compare(all: Round[], figure: (reading: Reading) => number) {
	return {
		ours: median(all.map(({ ours }) => figure(ours))),
		other: median(all.map(({ other }) => figure(other))),
		ratio: median(all.map(({ ours, other }) => figure(ours) / figure(other))),
	};
}

/** The first read warms a process up; of the rest the one that was disturbed least tells the most. */
const best = (values: number[]): number => Math.min(...values.slice(1));

async function manyRows(): Promise<{ speed: Line[]; memory: Line[] }> {
	const server = fork(here('pageServer.mts'));
	try {
		const [{ domain }] = (await once(server, 'message')) as [{ domain: string }];
		const near = await rounds(server, domain, 0, [5, 6]);
		const far = await rounds(server, domain, LATENCY_MS, [3, 3]);
		const time = compare(near, ({ ms }) => best(ms));
		const work = compare(near, ({ cpuMs }) => best(cpuMs));
		const away = compare(far, ({ ms }) => best(ms));
		const added = compare(near, ({ memoryPeak, memoryBefore }) => memoryPeak - memoryBefore);
		const whole = compare(near, ({ memoryPeak }) => memoryPeak);
		const speed = [
			{
				what: '(a) 100,000 rows, no latency',
				ours: seconds(time.ours),
				other: `${seconds(time.other)} (loop)`,
				ratio: times(time.ratio),
				goal: 'at most 1.5 ×',
				reached: time.ratio <= 1.5,
			},
			{
				what: '(a) of that, processor time',
				ours: seconds(work.ours),
				other: `${seconds(work.other)} (loop)`,
				ratio: times(work.ratio),
				goal: 'at most 1.5 ×',
				reached: work.ratio <= 1.5,
			},
			{
				what: `(b) 100,000 rows, ${LATENCY_MS} ms latency`,
				ours: seconds(away.ours),
				other: `${seconds(away.other)} (loop)`,
				ratio: `${(1 / away.ratio).toFixed(1)} × faster`,
				goal: 'at least 4 × faster',
				reached: away.ratio <= 1 / 4,
			},
		];
		const memory = [
			{
				what: '(e) memory for (a)',
				ours: megabytes(added.ours),
				other: `${megabytes(added.other)} (loop)`,
				ratio: times(added.ratio),
				goal: 'at most 1.5 ×',
				reached: added.ratio <= 1.5,
			},
			{
				what: '(e) the whole process, n8n’s engine included',
				ours: megabytes(whole.ours),
				other: `${megabytes(whole.other)} (loop)`,
				ratio: times(whole.ratio),
				goal: '–',
				reached: true,
			},
		];
		return { speed, memory };
	} finally {
		server.disconnect();
	}
}

/** A sandbox with so many companies, and the node on it, with a budget of 60 a minute on both sides. */
async function withCompanies<T>(
	use: (stage: {
		ids: number[];
		run: (parameters: object, input: object[]) => Promise<number>;
		get: (id: number) => Promise<unknown>;
		requests: () => number;
	}) => Promise<T>,
): Promise<T> {
	const sandbox = await startSandbox({ rows: { companies: LOOK_UPS }, budget: PER_MINUTE });
	const { domain, apiKey, credential } = sandbox;
	const engine = await startEngine({ credentials: { teamogyApi: credential } });
	try {
		return await use({
			ids: sandbox.rows('companies').map(({ id }) => id as number),
			run: async (parameters, input) => {
				const { json, error } = await engine.run({
					type: 'teamogy',
					parameters: { resource: 'company', ...parameters },
					input: input as never,
				});
				if (error) throw error;
				return json.length;
			},
			get: async (id) => {
				const { body } = await request(`${domain}/rest/v1/1/companies?id=${id}`, {
					headers: { authorization: `Bearer ${apiKey}` },
				});
				return await body.json();
			},
			requests: () => {
				if (sandbox.log.some(({ status }) => status !== 200)) throw new Error('Not all went well');
				return sandbox.log.length;
			},
		});
	} finally {
		engine.close();
		await sandbox.close();
	}
}

async function lookUps(): Promise<Line> {
	say(`${LOOK_UPS} look-ups`);
	return await withCompanies(async ({ ids, run, requests }) => {
		const parameters = {
			operation: 'lookUp',
			view: 'companies',
			lookUpColumn: 'id',
			lookUpType: 'number',
			lookUpValue: '={{ $json.companyId }}',
			onMissing: 'fail',
		};
		const found = await run(
			parameters,
			ids.map((companyId) => ({ companyId })),
		);
		if (found !== LOOK_UPS) throw new Error(`${found} found`);
		const sent = requests();
		return {
			what: `(c) ${LOOK_UPS.toLocaleString('en')} look-ups`,
			ours: `${sent} requests`,
			other: `${LOOK_UPS.toLocaleString('en')} requests (one an item)`,
			ratio: `${Math.floor(LOOK_UPS / sent)} × fewer`,
			goal: 'at most 8',
			reached: sent <= 8,
		};
	});
}

async function shortBursts(): Promise<Line> {
	const companies = (ids: number[]) => ids.slice(0, READS);
	say(`${READS} reads at ${PER_MINUTE} a minute, as the budget allows`);
	const ours = await withCompanies(async ({ ids, run, requests }) => {
		const recordId = { __rl: true, mode: 'id', value: '={{ $json.id }}' };
		const began = performance.now();
		await run(
			{ operation: 'get', recordId },
			companies(ids).map((id) => ({ id })),
		);
		const ms = performance.now() - began;
		if (requests() !== READS) throw new Error(`${requests()} requests`);
		return ms;
	});
	say(`${READS} reads at ${PER_MINUTE} a minute, evenly spaced`);
	const other = await withCompanies(async ({ ids, get, requests }) => {
		const began = performance.now();
		for (const [index, id] of companies(ids).entries()) {
			const at = began + (index * 60_000) / PER_MINUTE;
			await new Promise((resolve) => setTimeout(resolve, Math.max(0, at - performance.now())));
			await get(id);
		}
		const ms = performance.now() - began;
		if (requests() !== READS) throw new Error(`${requests()} requests`);
		return ms;
	});
	return {
		what: `(d) ${READS} reads at ${PER_MINUTE} a minute`,
		ours: seconds(ours),
		other: `${seconds(other)} (evenly spaced)`,
		ratio: `${Math.floor(other / ours)} × faster`,
		goal: 'under 2 s',
		reached: ours < 2000,
	};
}

const run = promisify(execFile);

async function loading(): Promise<Line[]> {
	say('Loading the package');
	const loads: number[] = [];
	for (let time = 0; time < 15; time++) {
		const { stdout } = await run(process.execPath, [here('load.cjs')]);
		loads.push(Number(stdout));
	}
	const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
	const [{ size }] = JSON.parse(stdout) as Array<{ size: number }>;
	return [
		{
			what: '(f) loading the package',
			ours: `${median(loads).toFixed(1)} ms`,
			other: '–',
			ratio: '–',
			goal: 'under 30 ms',
			reached: median(loads) < 30,
		},
		{
			what: '(f) size of the tarball',
			ours: `${(size / 1000).toFixed(1)} kB`,
			other: '–',
			ratio: '–',
			goal: 'under 80 kB',
			reached: size < 80_000,
		},
	];
}

/** The table, with where and when it was measured. */
function tableOf(lines: Line[]): string {
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
	const { speed, memory } = await manyRows();
	const requests = [await lookUps(), await shortBursts()];
	const lines = [...speed, ...requests, ...memory, ...(await loading())];
	const table = tableOf(lines);
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
