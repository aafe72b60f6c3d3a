import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { AMAZON } from './gateway.mts';
import { startSandbox, VIEW_NAMES, type LoggedRequest, type Sandbox } from './index.mts';
import { startLive } from './live.mts';
import { FAULT_HELP, parseFault } from './orders.mts';

const HELP = `A Teamogy of your own: speaks the documented API, with a made-up agency's data.
It listens on this machine only.

Usage: npm run sandbox -- [switches]

  --port 8400          where it listens (0 = any free port)
  --https              https, with a certificate made at the start
  --units 1,2          the business units; the first one has the big data set
  --rows jobs=100000   more rows in a view; may be given several times
  --live               things happen every few seconds: invoices get approved, jobs created …
  --strict             takes only the documented form of requests, as this package sends them
  --help

Limits:
  --budget 60          requests in any minute before it answers 429 (0 = no limit)
  --rate 60            a token bucket instead: so many requests flow in each minute …
  --burst 5            … and so many it holds
  --retry-after FORM   the header of a 429: seconds (the default), date or none

Gateway:
  --amazon             as Amazon's gateway: 10,240 bytes of head, 403 for unknown paths,
                       502 for too large responses, no Retry-After
  --unknown-paths 403  what an unknown path is answered with
  --too-large 502      what a too large response becomes
  --max-response 10    how many MB are not too large
  --max-head 10240     bytes of request line and headers; 431 beyond
  --max-limit 1000     the largest page that is granted
  --compress gzip      gzip, deflate or br, for clients that accept it
  --chunked            responses in chunks, without their length
  --keep-alive 72      seconds an unused connection stays open (0 = closed after each response)
  --latency 0          milliseconds added to every response

${FAULT_HELP}
Or type a fault while it runs, and the next request gets it.
`;

const OPTIONS = {
	port: { type: 'string', default: '8400' },
	https: { type: 'boolean', default: false },
	units: { type: 'string', default: '1,2' },
	rows: { type: 'string', multiple: true, default: [] as string[] },
	live: { type: 'boolean', default: false },
	strict: { type: 'boolean', default: false },
	help: { type: 'boolean', default: false },
	budget: { type: 'string', default: '60' },
	rate: { type: 'string' },
	burst: { type: 'string' },
	'retry-after': { type: 'string' },
	amazon: { type: 'boolean', default: false },
	'unknown-paths': { type: 'string' },
	'too-large': { type: 'string' },
	'max-response': { type: 'string' },
	'max-head': { type: 'string' },
	'max-limit': { type: 'string' },
	compress: { type: 'string' },
	chunked: { type: 'boolean', default: false },
	'keep-alive': { type: 'string' },
	latency: { type: 'string', default: '0' },
	fault: { type: 'string', multiple: true, default: [] as string[] },
} as const;

function number(name: string, text: string): number {
	const value = Number(text);
	if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
		throw new Error(`--${name}: "${text}" is not a number.`);
	}
	return value;
}

function optionalNumber(name: string, text: string | undefined, unit = 1): number | undefined {
	return text === undefined ? undefined : number(name, text) * unit;
}

function oneOf<T extends string>(name: string, text: string | undefined, known: readonly T[]) {
	if (text === undefined || known.includes(text as T)) return text as T | undefined;
	throw new Error(`--${name}: "${text}" is none of ${known.join(', ')}.`);
}

function readRows(entries: readonly string[]): Record<string, number> {
	return Object.fromEntries(
		entries.map((entry) => {
			const [view, count = ''] = entry.split('=');
			if (!VIEW_NAMES.includes(view)) throw new Error(`--rows: there is no view "${view}".`);
			return [view, number('rows', count)];
		}),
	);
}

function readUnits(text: string): number[] {
	return text.split(',').map((unit) => number('units', unit));
}

/** One line a request, with the address as it came. Headers, and with them the key, stay out of it. */
function toLine({ method, status, url }: LoggedRequest): string {
	return `${method.padEnd(5)} ${status || 'broken'}  ${url}`;
}

/** Faults typed while it runs: each is for the next request alone. */
function readFaults(sandbox: Sandbox): () => void {
	const lines = createInterface({ input: process.stdin });
	lines.on('line', (line) => {
		if (!line.trim()) return;
		try {
			sandbox.fault({ ...parseFault(line, 1), times: 1 });
			console.log(`      …  the next request it fits gets ${line.trim()}`);
		} catch (caught) {
			console.log(`      …  ${(caught as Error).message}`);
		}
	});
	return () => lines.close();
}

function describeCertificate({ certificate, port }: Sandbox): string {
	if (certificate === undefined) return '';
	const file = join(tmpdir(), `teamogy-sandbox-${port}.pem`);
	writeFileSync(file, certificate);
	return `
  Start what shall connect with the certificate, e.g.

    NODE_EXTRA_CA_CERTS=${file} n8n start
`;
}

async function main(): Promise<void> {
	const { values } = parseArgs({ options: OPTIONS });
	if (values.help) {
		console.log(HELP);
		return;
	}
	const rules = values.fault.map((text) => parseFault(text, 10));
	const unknownPaths = oneOf('unknown-paths', values['unknown-paths'], ['403', '404']);
	const keepAlive = optionalNumber('keep-alive', values['keep-alive'], 1000);
	const given = {
		rate: optionalNumber('rate', values.rate),
		burst: optionalNumber('burst', values.burst),
		retryAfter: oneOf('retry-after', values['retry-after'], ['seconds', 'date', 'none']),
		unknownPaths: unknownPaths && (Number(unknownPaths) as 403 | 404),
		tooLargeStatus: optionalNumber('too-large', values['too-large']),
		maxResponseBytes: optionalNumber('max-response', values['max-response'], 1024 * 1024),
		maxHeadBytes: optionalNumber('max-head', values['max-head']),
		maxLimit: optionalNumber('max-limit', values['max-limit']),
		compress: oneOf('compress', values.compress, ['gzip', 'deflate', 'br']),
		keepAliveMs: keepAlive,
	};
	const sandbox = await startSandbox({
		port: number('port', values.port),
		https: values.https,
		units: readUnits(values.units),
		strict: values.strict,
		budget: number('budget', values.budget) || Infinity,
		latencyMs: number('latency', values.latency),
		chunked: values.chunked,
		rows: readRows(values.rows),
		...(values.amazon && AMAZON),
		...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)),
		onAnswer: (request) => console.log(toLine(request)),
	});
	for (const rule of rules) sandbox.fault(rule);
	const { domain, unitId, apiKey, requestsPerMinute } = sandbox.credential;
	console.log(`
  Teamogy sandbox: Studio Kolibřík, a made-up agency

  Enter in n8n's credential "Teamogy API":

    Domain               ${domain}
    Business Unit ID     ${unitId}
    API Key              ${apiKey}
    Requests per Minute  ${requestsPerMinute}
${describeCertificate(sandbox)}
  Nothing here is real, and nothing is kept. Ctrl-C ends it.
`);
	const stopLive = values.live
		? startLive(sandbox, 4000, (what) => console.log(`      …  ${what}`))
		: () => {};
	const stopReading = readFaults(sandbox);

	const stop = () => {
		stopLive();
		stopReading();
		void sandbox.close().then(() => console.log('\n  Sandbox ended.'));
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

main().catch((caught: Error & { code?: string }) => {
	const reason =
		caught.code === 'EADDRINUSE'
			? 'The port is taken: choose another one with --port.'
			: caught.message;
	console.error(reason);
	process.exitCode = 1;
});
