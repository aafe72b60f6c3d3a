/** What all end-to-end tests share: one n8n with the package in it, one sandbox, one browser. */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openBrowser, type Browser } from '../n8n/browser.mts';
import { prepare, type Runtime } from '../n8n/cache.mts';
import { startN8n, type Credential, type N8n, type Workflow } from '../n8n/instance.mts';
import { packPackage } from '../n8n/pack.mts';
import { startSandbox, type Sandbox } from '../sandbox/index.mts';

export interface Stage {
	runtime: Runtime;
	tarball: string;
	sandbox: Sandbox;
	n8n: N8n;
	browser: Browser;
	/** The credential that works. */
	credential: { id: string; name: string };
}

/** Filled before the first test. */
export const stage = {} as Stage;

const say = (line: string) => void process.stderr.write(`${line}\n`);

export const goodCredential = 'Teamogy sandbox';

export const teamogyCredential = (name: string, change: object = {}): Credential => ({
	name,
	type: 'teamogyApi',
	data: { ...stage.sandbox.credential, ...change },
});

/** Starts n8n without the package: putting it in is the first test. */
export async function setStage() {
	stage.runtime = await prepare({ browser: true, say });
	stage.sandbox = await startSandbox({ strict: true });
	const [n8n, tarball] = await Promise.all([
		startN8n({ runtime: stage.runtime, say }),
		packPackage({ say }),
	]);
	Object.assign(stage, { n8n, tarball });
	stage.browser = await openBrowser(stage.runtime, n8n);
}

/** Ends all three, whatever state the tests left them in. */
export async function clearStage() {
	const ends = [
		async () => await stage.browser?.close(),
		async () => await stage.n8n?.stop(),
		async () => await stage.sandbox?.close(),
	];
	for (const result of await Promise.allSettled(ends.map(async (end) => await end())))
		if (result.status === 'rejected') throw result.reason;
}

/** The example workflows by the names of their files. */
export const examples = new Map(
	readdirSync('examples')
		.filter((file) => file.endsWith('.json'))
		.sort()
		.map((file): [string, Workflow] => [
			basename(file, '.json'),
			JSON.parse(readFileSync(join('examples', file), 'utf8')),
		]),
);

export function example(name: string): Workflow {
	const found = examples.get(name);
	if (!found) throw new Error(`There is no examples/${name}.json`);
	return structuredClone(found);
}

const compared = new Set<string>();

/** A test that executes an example and compares what comes out: each has one. */
export function exampleTest(name: string, does: string, check: () => Promise<void>) {
	compared.add(name);
	test(`${name} ${does}`, check);
}

export const examplesNotCompared = () => [...examples.keys()].filter((name) => !compared.has(name));

export function nodeOf(workflow: Workflow, name: string) {
	const found = workflow.nodes.find((node) => node.name === name);
	if (!found) throw new Error(`"${workflow.name}" has no node "${name}"`);
	return found;
}

type Fields = Record<string, unknown>;

/** A row with some of its columns. */
export const pick = (row: Fields, ...columns: string[]): Fields =>
	Object.fromEntries(columns.map((column) => [column, row[column]]));

/** What is to be seen sooner or later, once it is. */
export const until = async <T,>(
	what: string,
	look: () => Promise<T | undefined>,
	milliseconds = 30_000,
): Promise<T> => {
	for (const end = Date.now() + milliseconds; Date.now() < end; await sleep(100)) {
		const seen = await look();
		if (seen !== undefined) return seen;
	}
	throw new Error(`Not seen within ${milliseconds / 1000} seconds: ${what}`);
};
