import { parseArgs } from 'node:util';
import mapValues from 'lodash/mapValues.js';
import { AMAZON } from './gateway.mts';
import { FAULT_HELP, METHOD_HELP, parseFault } from './orders.mts';
import type { FaultRule, SandboxOptions } from './types.mts';

/** What the switches ask for. */
interface Settings extends SandboxOptions {
	faults?: FaultRule[];
	live?: boolean;
	help?: boolean;
}

/**
 * A value as the help shows it, the help, and the settings that the values give. A switch without an example takes no
 * value; a switch that is given twice has two.
 */
type Switch = [example: string, help: string, read: (...values: string[]) => Settings];

function integer(text: string, min = 0, max = Number.MAX_SAFE_INTEGER): number {
	const value = /^\d+$/.test(text) ? Number(text) : -1;
	if (value >= min && value <= max) return value;
	const range = max < Number.MAX_SAFE_INTEGER ? `from ${min} to ${max}` : `of at least ${min}`;
	throw new Error(`"${text}" is not a whole number ${range}.`);
}

function oneOf<T extends string>(text: string, ...words: T[]): T {
	if (words.includes(text as T)) return text as T;
	throw new Error(`"${text}" is none of ${words.join(', ')}.`);
}

/** A switch whose value is a number of at least `min`, in units of `unit`. */
function count(
	option: keyof SandboxOptions,
	example: string,
	help: string,
	min = 0,
	unit = 1,
): Switch {
	return [example, help, (text) => ({ [option]: integer(text, min) * unit })];
}

function parseRows(entry: string): [view: string, count: number] {
	const [, view, count] = /^([^=]+)=(.*)$/.exec(entry) ?? [];
	if (view === undefined) throw new Error(`"${entry}" is not of the form view=number.`);
	return [view, integer(count)];
}

const GENERAL: Record<string, Switch> = {
	port: ['8400', 'the port (0 = any free port)', (n) => ({ port: integer(n, 0, 65_535) })],
	https: ['', 'https, with a certificate made at the start', () => ({ https: true })],
	units: [
		'1,2',
		'the business units; the first one has most of the data',
		(list) => ({ units: list.split(',').map((unit) => integer(unit)) }),
	],
	rows: [
		'jobs=100000',
		'the number of rows of a view; can be given for several views',
		(...entries) => ({ rows: Object.fromEntries(entries.map(parseRows)) }),
	],
	live: [
		'',
		'data change every four seconds: invoices are approved, jobs are created …',
		() => ({ live: true }),
	],
	strict: ['', 'takes only the form of requests that this package sends', () => ({ strict: true })],
	help: ['', 'shows this page', () => ({ help: true })],
};

const GATEWAY: Record<string, Switch> = {
	amazon: [
		'',
		"Amazon's gateway: --max-head 10240, --unknown-paths 403, --too-large 502,\n--retry-after none",
		() => AMAZON,
	],
	'unknown-paths': [
		'403',
		'the status for an unknown path: 404 (the default) or 403',
		(status) => ({ unknownPaths: oneOf(status, '404', '403') === '403' ? 403 : 404 }),
	],
	'max-response': count('maxResponseBytes', '10', 'the largest response in MB', 1, 1024 ** 2),
	'too-large': [
		'413',
		'the status in place of a larger response',
		(status) => ({ tooLargeStatus: integer(status, 400, 599) }),
	],
	'max-head': count('maxHeadBytes', '10240', 'bytes of request line and headers, 431 beyond', 1),
	'max-limit': count('maxLimit', '1000', 'the largest page of a view in rows (default: any)', 1),
	compress: [
		'gzip',
		'compresses for clients that accept it: gzip, deflate or br',
		(coding) => ({ compress: oneOf(coding, 'gzip', 'deflate', 'br') }),
	],
	chunked: ['', 'sends responses in chunks, without their length', () => ({ chunked: true })],
	'keep-alive': count(
		'keepAliveMs',
		'72',
		'seconds an unused connection stays open (0 = no reuse)',
		0,
		1000,
	),
	latency: count('latencyMs', '0', 'milliseconds added to every response'),
};

const LIMITS: Record<string, Switch> = {
	budget: [
		'60',
		'the requests in any minute, 429 beyond (0 = no limit)',
		(text) => ({ budget: integer(text) || Infinity }),
	],
	rate: count('rate', '60', 'a token bucket instead: the requests that flow in each minute', 1),
	burst: count('burst', '5', 'the requests that the bucket of --rate holds', 1),
	'retry-after': [
		'date',
		'the Retry-After of a 429: seconds (the default), date or none',
		(form) => ({ retryAfter: oneOf(form, 'seconds', 'date', 'none') }),
	],
};

const FAULTS: Record<string, Switch> = {
	fault: [
		'KIND[,METHOD][,N][,PART OF THE ADDRESS]',
		`\n${METHOD_HELP}`,
		(...texts) => ({ faults: texts.map((text) => parseFault(text, 10)) }),
	],
};

/** A switch overrides those before it: `--amazon` stands before the switches for its parts. */
const SWITCHES = { ...GENERAL, ...GATEWAY, ...LIMITS, ...FAULTS };

/** Reads the switches of a command line. Throws an error that names the switch that cannot be read. */
export function readSwitches(args: string[]): Settings {
	const options = mapValues(SWITCHES, ([example]) => ({
		type: example === '' ? ('boolean' as const) : ('string' as const),
		multiple: true,
	}));
	const { values } = parseArgs({ args, options });
	const settings: Settings = { port: 8400, budget: 60 };
	for (const [name, [, , read]] of Object.entries(SWITCHES)) {
		try {
			if (values[name]) Object.assign(settings, read(...(values[name] as string[])));
		} catch (caught) {
			throw new Error(`--${name}: ${(caught as Error).message}`);
		}
	}
	if (settings.burst !== undefined && settings.rate === undefined) {
		throw new Error('--burst: the bucket is that of --rate, so --rate is needed too.');
	}
	return settings;
}

const WIDTH = 23;

function formatLine(name: string, help: string): string {
	return `  ${name.padEnd(WIDTH - 2)}${help.replaceAll('\n', `\n${' '.repeat(WIDTH)}`)}`.trimEnd();
}

function formatSwitches(switches: Record<string, Switch>): string {
	return Object.entries(switches)
		.map(([name, [example, help]]) => formatLine(`--${name} ${example}`, help))
		.join('\n');
}

/** The page that `--help` shows. */
export const HELP = `A Teamogy of your own: a server that speaks the documented API, with the data of a made-up agency.
It listens on this machine only and stores nothing.

Usage: npm run sandbox -- [switches]

${formatSwitches(GENERAL)}

Gateway:
${formatSwitches(GATEWAY)}

Limits:
${formatSwitches(LIMITS)}

Faults, each for the Nth of the requests that match (default: each 10th):
${formatSwitches(FAULTS)}
${FAULT_HELP.map(([name, help]) => formatLine(`  ${name}`, help)).join('\n')}

  --fault 503                        each 10th request fails
  --fault reset-after,POST,3         each 3rd record is created, then the connection breaks
  --fault slow,1,views/jobs          each page of the view comes late

A fault that is typed while the sandbox runs is for the next request that matches.
`;
