import { parseArgs } from 'node:util';
import { startSandbox, VIEW_NAMES, type LoggedRequest } from './index.mts';
import { startLive } from './live.mts';

const HELP = `A Teamogy of your own: speaks the documented API, with a made-up agency's data.

  --port 8400          where it listens (0 = any free port)
  --budget 60          requests a minute before it answers 429
  --latency 0          milliseconds added to every answer
  --rows jobs=100000   more rows in a view; may be given several times
  --live               things happen every few seconds: invoices get approved, jobs created …
  --help
`;

function number(name: string, text: string): number {
	const value = Number(text);
	if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
		throw new Error(`--${name}: "${text}" is not a number.`);
	}
	return value;
}

function rowsOf(entries: string[]): Record<string, number> {
	return Object.fromEntries(
		entries.map((entry) => {
			const [view, count = ''] = entry.split('=');
			if (!VIEW_NAMES.includes(view)) throw new Error(`--rows: there is no view "${view}".`);
			return [view, number('rows', count)];
		}),
	);
}

/** One line a request. Headers, and with them the key, stay out of it. */
function lineOf(request: LoggedRequest): string {
	const query = Object.entries(request.query)
		.map(([name, value]) => `${name}=${value}`)
		.join('&');
	const status = request.status || 'broken';
	const line = `${request.method.padEnd(5)} ${status}  ${request.path}${query && `?${query}`}`;
	return line.length > 180 ? `${line.slice(0, 179)}…` : line;
}

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: {
			port: { type: 'string', default: '8400' },
			budget: { type: 'string', default: '60' },
			latency: { type: 'string', default: '0' },
			rows: { type: 'string', multiple: true, default: [] },
			live: { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) {
		console.log(HELP);
		return;
	}
	const sandbox = await startSandbox({
		port: number('port', values.port),
		budget: number('budget', values.budget),
		latencyMs: number('latency', values.latency),
		rows: rowsOf(values.rows),
		onAnswer: (request) => console.log(lineOf(request)),
	});
	const { domain, unitId, apiKey, requestsPerMinute } = sandbox.credential;
	console.log(`
  Teamogy sandbox: Studio Kolibřík, a made-up agency

  Enter in n8n's credential "Teamogy API":

    Domain               ${domain}
    Business Unit ID     ${unitId}
    API Key              ${apiKey}
    Requests per Minute  ${requestsPerMinute}

  Nothing here is real, and nothing is kept. Ctrl-C ends it.
`);
	const stopLive = values.live
		? startLive(sandbox, 4000, (what) => console.log(`      …  ${what}`))
		: () => {};

	const stop = () => {
		stopLive();
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
