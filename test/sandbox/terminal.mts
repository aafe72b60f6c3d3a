import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startSandbox, type LoggedRequest, type Sandbox } from './index.mts';
import { startLive } from './live.mts';
import { parseFault } from './orders.mts';
import { HELP, readSwitches } from './switches.mts';

interface Terminal {
	print(text: string): void;
	/** Faults are typed here, one a line. */
	input: NodeJS.ReadableStream;
	/** Milliseconds between two events of `--live`. */
	liveEveryMs: number;
}

/** One line a request, with the address as it came. The line has no headers, and with them no API key. */
function formatRequest({ method, status, url, fault }: LoggedRequest): string {
	return `${method.padEnd(5)} ${status || 'broken'}  ${url}${fault ? `  (fault: ${fault})` : ''}`;
}

function formatWelcome({ credential }: Sandbox, certificateFile: string | undefined): string {
	const { domain, unitId, apiKey, requestsPerMinute } = credential;
	const isHttps = certificateFile !== undefined;
	const trust = isHttps ? `NODE_EXTRA_CA_CERTS=${certificateFile} ` : '';
	const certificate = `
  n8n must trust the certificate:

    ${trust}n8n start
`;
	return `
  Teamogy sandbox: Studio Kolibřík, a made-up agency

  Enter in n8n's credential "Teamogy API":

    Domain               ${domain}
    Business Unit ID     ${unitId}
    API Key              ${apiKey}
    Requests per Minute  ${requestsPerMinute}
${isHttps ? certificate : ''}
  Read two companies:

    curl ${isHttps ? `--cacert ${certificateFile} ` : ''}-H 'Authorization: Bearer ${apiKey}' '${domain}/rest/v1/${unitId}/views/companies?limit=2'

  Check it as a live account is checked:

    ${trust}TEAMOGY_DOMAIN=${domain} TEAMOGY_UNIT=${unitId} TEAMOGY_API_KEY=${apiKey} npm run check-account -- --per-minute ${requestsPerMinute}

  Nothing here is real, and nothing is kept. Ctrl-C ends it.
`;
}

function saveCertificate({ certificate, port }: Sandbox): string | undefined {
	if (certificate === undefined) return undefined;
	const file = join(tmpdir(), `teamogy-sandbox-${port}.pem`);
	writeFileSync(file, certificate);
	return file;
}

/** Makes each line that is typed a fault for the next request that it matches. */
function readFaults(sandbox: Sandbox, { input, print }: Terminal): () => void {
	const lines = createInterface({ input });
	lines.on('line', (line) => {
		if (!line.trim()) return;
		try {
			sandbox.fault({ ...parseFault(line, 1), times: 1 });
			print(`      …  the next request that matches gets ${line.trim()}`);
		} catch (caught) {
			print(`      …  ${(caught as Error).message}`);
		}
	});
	return () => lines.close();
}

/**
 * Starts a sandbox as the switches say and prints what happens. Returns how to end it; undefined where only the help is
 * asked for. Throws where a switch cannot be read or the port is taken.
 */
export async function runInTerminal(
	args: string[],
	terminal: Terminal,
): Promise<(() => Promise<void>) | undefined> {
	const { print, liveEveryMs } = terminal;
	const { faults = [], live, help, ...options } = readSwitches(args);
	if (help) {
		print(HELP);
		return undefined;
	}
	const onResponse = (request: LoggedRequest) => print(formatRequest(request));
	const sandbox = await startSandbox({ ...options, onResponse });
	for (const fault of faults) sandbox.fault(fault);
	const certificateFile = saveCertificate(sandbox);
	print(formatWelcome(sandbox, certificateFile));
	const tell = (what: string) => print(`      …  ${what}`);
	const stopLive = live ? startLive(sandbox, liveEveryMs, tell) : undefined;
	const stopReading = readFaults(sandbox, terminal);
	return async () => {
		stopLive?.();
		stopReading();
		await sandbox.close();
		if (certificateFile !== undefined) rmSync(certificateFile, { force: true });
		print('\n  Sandbox ended.');
	};
}
