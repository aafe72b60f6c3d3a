import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { Agent, request } from 'undici';
import type { LoggedRequest } from '../../sandbox/index.mts';
import { FAULT_HELP, parseFault } from '../../sandbox/orders.mts';
import { HELP, readSwitches } from '../../sandbox/switches.mts';
import { runInTerminal } from '../../sandbox/terminal.mts';
import { onEnd, waitFor } from '../../sandbox/testClient.mts';

const DEFAULTS = { port: 8400, budget: 60 };

describe('A switch', () => {
	test.each([
		['', DEFAULTS],
		['--port 0 --units 0,7 --budget 0', { port: 0, units: [0, 7], budget: Infinity }],
		['--rows jobs=5 --rows tasks=7', { ...DEFAULTS, rows: { jobs: 5, tasks: 7 } }],
		['--https --live --strict', { ...DEFAULTS, https: true, live: true, strict: true }],
		['--help', { ...DEFAULTS, help: true }],
		['--rate 30 --burst 2', { ...DEFAULTS, rate: 30, burst: 2 }],
		['--max-response 2 --too-large 500', { maxResponseBytes: 2_097_152, tooLargeStatus: 500 }],
		['--unknown-paths 404 --max-head 9', { unknownPaths: 404, maxHeadBytes: 9 }],
		['--max-limit 10 --compress br --chunked', { maxLimit: 10, compress: 'br', chunked: true }],
		['--keep-alive 5 --latency=8', { keepAliveMs: 5000, latencyMs: 8 }],
		[
			'--retry-after date --too-large 413 --amazon',
			{ maxHeadBytes: 10_240, unknownPaths: 403, tooLargeStatus: 413, retryAfter: 'date' },
		],
	])('A switch gives the settings that it stands for: %s', (line, settings) => {
		expect(readSwitches(line.split(' ').filter(Boolean))).toMatchObject(settings);
	});

	test.each([
		['--compress zip', '--compress: "zip" is none of gzip, deflate, br.'],
		['--port 1e3', '--port: "1e3" is not a whole number from 0 to 65535.'],
		['--max-limit 0', '--max-limit: "0" is not a whole number of at least 1.'],
		['--rows jobs', '--rows: "jobs" is not of the form view=number.'],
		['--fault nonsense', '--fault: "nonsense" is no fault.'],
		['--fault 503,DELETE', '--fault: "DELETE" is no method of Teamogy\'s API. METHOD = GET, POST'],
		['--burst 3', '--burst: the bucket is that of --rate, so --rate is needed too.'],
		['--nonsense', "Unknown option '--nonsense'"],
	])('A switch that cannot be read is named in the message: %s', (line, message) => {
		expect(() => readSwitches(line.split(' '))).toThrow(message);
	});

	test('A switch is in the help with an example that it takes', () => {
		const examples = [...HELP.matchAll(/^ {2}--([\w-]+) ?(\S*) {2,}\S/gm)];
		expect(examples.length).toBeGreaterThan(20);
		for (const [, name, example] of examples) {
			const others = name === 'burst' ? ['--rate', '60'] : [];
			expect(() => readSwitches([`--${name}`, example, ...others].filter(Boolean))).not.toThrow();
		}
		expect(HELP).toContain('METHOD = GET, POST or PATCH');
		const [, ...faults] = FAULT_HELP.map(([name]) => name);
		for (const fault of ['500', ...faults]) expect(HELP).toContain(`\n    ${fault}`);
		const { faults: examplesOfFaults } = readSwitches(
			HELP.match(/--fault [a-z\d]\S*/g)!
				.join(' ')
				.split(' '),
		);
		expect(examplesOfFaults).toHaveLength(3);
	});
});

test.each([
	['429', { kind: 'tooManyRequests' }],
	['500', { kind: 'status', status: 500 }],
	['reset-before', { kind: 'reset' }],
	['reset-after,POST', { kind: 'resetAfter', method: 'POST' }],
	['slow,patch,views/jobs', { kind: 'slow', method: 'PATCH', path: 'views/jobs' }],
	['cut', { kind: 'cut' }],
])('An order of a fault is for each Nth request: %s', (text, rule) => {
	const { when, ...parsed } = parseFault(text, 2);
	expect(parsed).toMatchObject({ ...rule, times: Infinity });
	const isTaken = [1, 2, 3, 4].map((nth) => when!({} as LoggedRequest, nth));
	expect(isTaken).toEqual([false, true, false, true]);
	expect(parseFault(`${text},3`, 2).when!({} as LoggedRequest, 3)).toBe(true);
});

describe('The terminal', () => {
	/** Runs the sandbox with these switches; `until` waits for what it prints. */
	async function run(line: string) {
		const input = new PassThrough();
		let output = '';
		const print = (text: string) => void (output += `${text}\n`);
		const until = async (pattern: RegExp) => {
			await waitFor(() => pattern.test(output));
			return pattern.exec(output)!;
		};
		const switches = `--port 0 ${line}`.trim().split(' ');
		const end = (await runInTerminal(switches, { input, print, liveEveryMs: 1 }))!;
		onEnd(end);
		const [, domain] = /Domain +(\S+)/.exec(output)!;
		const [, key] = /API Key +(\S+)/.exec(output)!;
		const headers = { authorization: `Bearer ${key}` };
		const get = async (path: string, dispatcher?: Agent) => {
			const url = `${domain}/rest/v1/1/${path}`;
			return await request(url, { headers, dispatcher }).then(
				({ statusCode }) => statusCode,
				() => 'broken',
			);
		};
		return { input, until, end, key, get, output: () => output };
	}

	test('The terminal shows what to enter, and logs raw addresses without the API key', async () => {
		const { get, end, key, until, output } = await run(
			'--rows jobs=3 --fault reset-before,1,tasks',
		);
		const shown = output().length;
		const paths = [
			'views/jobs?limit=7',
			'views/jobs?externalFilter=(id%3E5%20AND+',
			'views/tasks?x=,',
		];
		for (const path of paths) await get(path);
		await until(/broken/);
		await end();
		expect(output().slice(shown)).toBe(
			[
				'GET   200  /rest/v1/1/views/jobs?limit=7',
				'GET   400  /rest/v1/1/views/jobs?externalFilter=(id%3E5%20AND+',
				'GET   broken  /rest/v1/1/views/tasks?x=,  (fault: reset)',
				'\n  Sandbox ended.\n',
			].join('\n'),
		);
		expect(output().slice(shown)).not.toContain(key);
	});

	test('The terminal marks each request that gets a fault with the kind of the fault', async () => {
		const { get, until } = await run('--fault cut,1,views/jobs --fault 503,1,views/tasks');
		await get('views/jobs');
		await until(/GET   200 {2}\S+views\/jobs {2}\(fault: cut\)\n/);
		await get('views/tasks');
		await until(/GET   503 {2}\S+views\/tasks {2}\(fault: status\)\n/);
		await get('views/companies');
		await until(/GET   200 {2}\S+views\/companies\n/);
	});

	test.each(['', '--https'])(
		'The terminal shows a request that works as it stands, and how to check the sandbox: %s',
		async (line) => {
			const { output, key } = await run(line);
			const [, file, header, url] = /^ +curl (?:--cacert (\S+) )?-H '([^']+)' '([^']+)'$/m.exec(
				output(),
			)!;
			const ca = file && readFileSync(file);
			const { body, statusCode } = await request(url, {
				headers: Object.fromEntries([header.split(': ')]),
				dispatcher: new Agent({ connect: { ca } }),
			});
			expect(statusCode).toBe(200);
			expect(await body.json()).toMatchObject({ metadata: { limit: 2 } });
			const trust = file ? `NODE_EXTRA_CA_CERTS=${file} ` : '';
			const domain = new URL(url).origin;
			expect(output()).toContain(
				`    ${trust}TEAMOGY_DOMAIN=${domain} TEAMOGY_UNIT=1 TEAMOGY_API_KEY=${key} npm run check-account -- --per-minute 60\n`,
			);
		},
	);

	test('The terminal takes faults at the start, and others that are typed while it runs', async () => {
		const { get, end, input, until } = await run('--fault reset-before,9 --fault 503,3');
		const statuses = async () => [await get('time'), await get('time'), await get('time')];
		expect(await statuses()).toEqual([405, 405, 503]);
		input.write('nonsense\n');
		await until(/"nonsense" is no fault/);
		input.write('418,GET,time\n');
		await until(/the next request that matches gets 418,GET,time/);
		expect(await statuses()).toEqual([418, 405, 503]);
		expect(await statuses()).toEqual([405, 405, 'broken']);
		await end();
	});

	test('The terminal keeps the file of the certificate until the end', async () => {
		const { end, output } = await run('--https');
		const [, file] = /NODE_EXTRA_CA_CERTS=(\S+)/.exec(output())!;
		expect(existsSync(file)).toBe(true);
		await end();
		expect(existsSync(file)).toBe(false);
	});

	test('The terminal tells what happens where data change, whatever rows there are', async () => {
		const { end, until } = await run(
			'--live --rows users=3 --rows companies.client=0 --rows jobs=0',
		);
		for (const what of ['was approved', 'job .* was created', 'hours were tracked', 'was finished'])
			await until(new RegExp(what));
		await until(/company .* was created[^]*was issued[^]*hours were tracked/);
		await end();
	});
});

test('The command npm run sandbox starts, and ends cleanly with Ctrl-C', async () => {
	const cli = `test/sandbox/cli.mts`;
	const child = spawn(process.execPath, ['--import', 'tsx', cli, '--port', '0']);
	onEnd(async () => child.kill());
	let output = '';
	for (const stream of [child.stdout, child.stderr])
		stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
	const ended = new Promise((resolve) => child.once('exit', resolve));
	await waitFor(() => /Ctrl-C/.test(output));
	child.kill('SIGINT');
	expect(await ended).toBe(0);
	expect(output).toContain('Sandbox ended.');
});
