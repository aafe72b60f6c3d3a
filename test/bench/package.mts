/** Loading and size of the package: (f). */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { fetchBaseNodes } from '../engine/baseNodes.mts';
import { median, say, times, type Line } from './line.mts';

const LOADS = 15;
const MAX_BYTES = 110_000;

const run = promisify(execFile);
const load = fileURLToPath(new URL('load.cjs', import.meta.url));

/** How long a fresh process takes to load the files. */
async function measureLoad(files: string[]): Promise<number> {
	const { stdout } = await run(process.execPath, [load, ...files]);
	return Number(stdout);
}

interface PackageFile {
	n8n: { credentials: string[]; nodes: string[] };
}

export async function benchPackage(): Promise<Line[]> {
	say('Loading the package');
	const { n8n } = JSON.parse(readFileSync('package.json', 'utf8')) as PackageFile;
	const ours = [...n8n.credentials, ...n8n.nodes].map((file) => resolve(file));
	const airtable = join(await fetchBaseNodes(), 'dist/nodes/Airtable/Airtable.node.js');
	const loads: Array<{ ours: number; other: number }> = [];
	for (let time = 0; time < LOADS; time++)
		loads.push({ other: await measureLoad([airtable]), ours: await measureLoad(ours) });
	const ratio = median(loads.map((one) => one.ours / one.other));
	const { stdout } = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts']);
	const [{ size }] = JSON.parse(stdout) as Array<{ size: number }>;
	return [
		{
			what: '(f) loading the package',
			ours: `${median(loads.map((one) => one.ours)).toFixed(1)} ms`,
			other: `${median(loads.map((one) => one.other)).toFixed(1)} ms (n8n’s Airtable node)`,
			ratio: times(ratio),
			goal: 'at most 0.8 ×',
			reached: ratio <= 0.8,
		},
		{
			what: '(f) size of the tarball',
			ours: `${(size / 1000).toFixed(1)} kB`,
			other: '–',
			ratio: '–',
			goal: `at most ${MAX_BYTES / 1000} kB`,
			reached: size <= MAX_BYTES,
		},
	];
}
