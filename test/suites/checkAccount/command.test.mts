/** The command `npm run check-account`: its questions, its switches, and the files it writes. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { confirm, readAccount } from '../../checkAccount/ask.mts';
import type { Report } from '../../checkAccount/report.mts';
import { ASSUMPTIONS, useTestBed } from '../../helpers/checkAccount/testBed.mts';

const testBed = useTestBed();

describe('A question', () => {
	/** A terminal as far as readline knows one; `type` is what a person does after a question. */
	function openTerminal() {
		const raw: boolean[] = [];
		const input = Object.assign(new PassThrough(), {
			isTTY: true,
			setRawMode: (isRaw: boolean) => raw.push(isRaw),
		});
		let shown = '';
		const output = new PassThrough();
		output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
		const until = async (question: string) => {
			while (!shown.includes(question)) await new Promise((resolve) => setTimeout(resolve, 5));
		};
		return { terminal: { input, output }, input, raw, until, shown: () => shown };
	}

	it('A question shows what is typed, except for the API key, whose echo is off before it is asked for', async () => {
		const { terminal, input, raw, until, shown } = openTerminal();
		const answers = readAccount({ TEAMOGY_UNIT: '' }, terminal);
		await until('Domain');
		input.write('a.example.com\r');
		await until('Business unit ID [1]: ');
		input.write('\r');
		await until('API key (not shown): ');
		expect(raw).toEqual([true, false, true, false, true]);
		input.write('top-secret\r');
		expect(await answers).toEqual({ domain: 'a.example.com', unitId: '1', apiKey: 'top-secret' });
		expect(shown()).toContain('a.example.com');
		expect(shown()).not.toMatch(/top|secret/);
	});

	it.each([
		['y', true],
		['Yes', true],
		['', false],
		['n', false],
	])('A question that is answered with "%s" means %p', async (answer, isYes) => {
		const { terminal, input, until } = openTerminal();
		const confirmed = confirm(terminal, 'Go on?');
		await until('Go on? [y/N] ');
		input.write(`${answer}\r`);
		expect(await confirmed).toBe(isYes);
	});
});

describe('Without a terminal', () => {
	const environment = { TEAMOGY_DOMAIN: 'a.example.com', TEAMOGY_API_KEY: 'x' };

	it('Without a terminal the command takes unit 1 where TEAMOGY_UNIT is not set', async () => {
		expect(await readAccount(environment, undefined)).toMatchObject({ unitId: '1' });
		const withUnit = { ...environment, TEAMOGY_UNIT: '18' };
		expect(await readAccount(withUnit, undefined)).toMatchObject({ unitId: '18' });
	});

	it('Without a terminal the command names the variable that is missing', async () => {
		const account = readAccount({ TEAMOGY_DOMAIN: 'a.example.com' }, undefined);
		await expect(account).rejects.toThrow('Set TEAMOGY_API_KEY, or run this in a terminal');
	});
});

describe('The command', () => {
	let folder: string;
	beforeEach(() => {
		folder = mkdtempSync(join(tmpdir(), 'check-'));
	});
	afterEach(() => rmSync(folder, { recursive: true }));

	async function run(environment: object, ...switches: string[]) {
		const cli = `test/checkAccount/cli.mts`;
		const child = spawn(process.execPath, ['--import', 'tsx', cli, ...switches], {
			env: { ...process.env, ...environment },
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let output = '';
		for (const stream of [child.stdout, child.stderr])
			stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
		const code = await new Promise((resolve) => child.once('exit', resolve));
		return { code, output };
	}
	const account = () => ({
		TEAMOGY_DOMAIN: testBed.sandbox.domain,
		TEAMOGY_UNIT: '',
		TEAMOGY_API_KEY: `Bearer ${testBed.sandbox.apiKey}`,
	});

	it('The command writes the table and both files, and shows neither API key nor domain', async () => {
		const { code, output } = await run(account(), '--out', folder, '--per-minute', '1000');
		expect(output).toContain('Not decidable:');
		expect(code).toBe(0);
		const files = ['md', 'json'].map((ending) =>
			readFileSync(join(folder, `teamogy-account-report.${ending}`), 'utf8'),
		);
		for (const text of [output, ...files]) {
			expect(text).not.toContain(testBed.sandbox.apiKey);
			expect(text).not.toContain(String(testBed.sandbox.port));
		}
		expect(output).toContain('template=live-account.yml');
		expect((JSON.parse(files[1]) as Report).assumptions).toHaveLength(ASSUMPTIONS.length);
	});

	it('The command with --write --yes names what it is about to write, and at the end the company', async () => {
		const switches = ['--out', folder, '--per-minute', '1000', '--write', '--yes'];
		const { code, output } = await run(account(), ...switches);
		expect(code).toBe(0);
		const { id, name } = testBed.sandbox.records('companies').at(-1)!;
		const places = ['by adapters', `Creating the company "${String(name)}"`, `ID ${id}.`].map(
			(text) => output.indexOf(text),
		);
		expect(places).not.toContain(-1);
		expect(places).toEqual(places.toSorted((one, other) => one - other));
		expect(output.indexOf(`ID ${id}.`)).toBeLessThan(output.indexOf('The report is in'));
	});

	it('The command says what is missing, and asks before it writes', async () => {
		const [nothing, writing] = await Promise.all([
			run({ TEAMOGY_DOMAIN: '' }, '--out', folder),
			run(account(), '--out', folder, '--write'),
		]);
		expect([nothing.code, nothing.output.trim()]).toEqual([
			1,
			'Set TEAMOGY_DOMAIN, or run this in a terminal to be asked for it.',
		]);
		expect([writing.code, writing.output.trim()]).toEqual([
			1,
			'--write asks before it writes: run it in a terminal, or add --yes.',
		]);
		expect(readdirSync(folder)).toEqual([]);
	});

	it('The command says which unit it checks, and what to enter in place of invalid input', async () => {
		const [wrongKey, noHost, empty] = await Promise.all([
			run({ ...account(), TEAMOGY_API_KEY: 'wrong-secret' }, '--out', folder),
			run({ ...account(), TEAMOGY_DOMAIN: 'not a host' }, '--out', folder),
			run({ ...account(), TEAMOGY_DOMAIN: ' ' }, '--out', folder),
		]);
		expect(wrongKey.output).toMatch(/^Checking business unit 1\. This takes about 80 seconds\.\n/);
		expect(wrongKey.output).toContain('did not accept the API key (401)');
		expect(wrongKey.output).not.toContain('wrong-secret');
		expect(noHost.output).toContain('is not a host name. Enter it as it stands in the address bar');
		expect(empty.output).toMatch(/^The Domain is empty\. Enter it/);
		expect(noHost.output).not.toContain('credential');
		expect([wrongKey.code, noHost.code, empty.code]).toEqual([1, 1, 1]);
	});

	it('The command says what to put in front of the domain of a sandbox without https', async () => {
		const TEAMOGY_DOMAIN = `127.0.0.1:${testBed.sandbox.port}`;
		const { code, output } = await run({ ...account(), TEAMOGY_DOMAIN }, '--out', folder);
		expect(code).toBe(1);
		expect(output).toContain('put http:// in front of the domain, if it is the sandbox.');
		expect(testBed.sandbox.log).toEqual([]);
	});

	it('The command sends nothing where the report cannot be written, and leaves an earlier report as it is', async () => {
		mkdirSync(join(folder, 'taken', 'teamogy-account-report.json'), { recursive: true });
		writeFileSync(join(folder, 'taken', 'teamogy-account-report.md'), 'earlier');
		const [missing, taken] = await Promise.all([
			run(account(), '--out', join(folder, 'missing')),
			run(account(), '--out', join(folder, 'taken')),
		]);
		expect([missing.code, taken.code]).toEqual([1, 1]);
		expect(missing.output).toMatch(/^--out: .*\.md cannot be written \(ENOENT\)\. Name a folder/);
		expect(taken.output).toMatch(/^--out: .*\.json cannot be written \(EISDIR\)/);
		expect(readFileSync(join(folder, 'taken', 'teamogy-account-report.md'), 'utf8')).toBe(
			'earlier',
		);
		expect(testBed.sandbox.log).toEqual([]);
	});
});
