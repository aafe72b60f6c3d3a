/** The check of an account, tested by lying to it: the sandbox turns one assumption round, the report names that one. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { confirm, readAccount } from './checkAccount/ask.mts';
import { isUnverified, listAssumptions } from './checkAccount/assumptions.mts';
import { readCatalog } from './checkAccount/catalog.mts';
import { checkAccount, NotChecked } from './checkAccount/check.mts';
import { LIES, TRUTH, type Lie } from './checkAccount/lies.mts';
import { toMarkdown, toTable, type Report } from './checkAccount/report.mts';
import { startSandbox, type Sandbox } from './sandbox/index.mts';

const names = readCatalog(process.cwd());
const ASSUMPTIONS = listAssumptions(names.unconfirmed);

let sandbox: Sandbox;
beforeAll(async () => {
	sandbox = await startSandbox(TRUTH);
});
afterAll(async () => await sandbox.close());
beforeEach(() => {
	sandbox.reset();
	// A second text, so that one of the two can be left out.
	sandbox.patch('companies', 30001, { properties: { segment: 'Key account' } });
});

const check = async (write = false, apiKey = sandbox.apiKey) =>
	await checkAccount({
		account: { origin: sandbox.domain, unitId: 1, apiKey },
		pace: { requestsPerMinute: Infinity, pauseMs: 1 },
		names,
		write,
	});
const having = ({ assumptions }: Report, wanted: string) =>
	assumptions.filter(({ verdict }) => verdict === wanted).map(({ id }) => id);

/** Starts to lie; the sandbox is reset before each test. */
function tell({ options, fault }: Lie): void {
	if (options) sandbox.set(options);
	if (fault) sandbox.fault(fault(sandbox));
}

describe('the truth', () => {
	it('holds where it can be found out by reading, and nothing is written', async () => {
		const { report, company } = await check();
		expect(having(report, 'fails')).toEqual([]);
		const open = ASSUMPTIONS.filter(({ checked }) => checked !== 'reading').map(({ id }) => id);
		expect(having(report, 'undecidable')).toEqual(open);
		expect(sandbox.log.every(({ method }) => method === 'GET')).toBe(true);
		expect(company).toBeUndefined();
		expect(sandbox.log.length).toBeLessThan(100);
	});

	it('holds by writing too, for which one company is made, a test that is not valid', async () => {
		const before = sandbox.records('companies');
		const { report, company } = await check(true);
		expect(having(report, 'fails')).toEqual([]);
		const open = ASSUMPTIONS.filter(({ checked }) => checked === 'never').map(({ id }) => id);
		expect(having(report, 'undecidable')).toEqual(open);
		const after = sandbox.records('companies');
		expect(after.slice(0, -1)).toEqual(before);
		expect(after.at(-1)).toMatchObject({ name: company, isDisabled: true, tags: ['n8n-check'] });
		expect(company).toMatch(/^TEST n8n check/);
	});

	it('sends the headers of the vendor’s client, one request at a time', async () => {
		await check();
		for (const { headers } of sandbox.log) {
			expect(headers).toMatchObject({
				accept: 'application/json',
				'content-type': 'application/json',
			});
		}
	});
});

describe('a lie', () => {
	it.each(Object.entries(LIES))('%s: the report names that one', async (id, lie) => {
		tell(lie);
		const { checked } = ASSUMPTIONS.find((one) => one.id === id)!;
		const { report } = await check(checked === 'writing');
		expect(having(report, 'fails')).toEqual([id]);
	});

	it('is told about everything that can be found out', () => {
		const known = ASSUMPTIONS.filter(({ checked }) => checked !== 'never').map(({ id }) => id);
		expect(Object.keys(LIES).sort()).toEqual(known.sort());
		expect(known.length).toBeGreaterThan(20);
	});
});

describe('the report', () => {
	it('holds no value of the account', async () => {
		sandbox.set({ registrationParameter: 'number', wrapEntity: true });
		const { report, company } = await check(true);
		const text = [JSON.stringify(report), toMarkdown(report), toTable(report, 80)].join('\n');
		const columns = new Set(report.views.flatMap((view) => Object.keys(view.columns)));
		const values = new Set<string>([
			company!,
			sandbox.apiKey,
			sandbox.domain,
			String(sandbox.port),
		]);
		const collect = (value: unknown): void => {
			if (typeof value === 'string' && value.length > 3) values.add(value);
			else if (typeof value === 'number' && value > 10_000) values.add(String(value));
			else if (typeof value === 'object') Object.values(value ?? {}).forEach(collect);
		};
		for (const view of names.views) sandbox.rows(view).forEach(collect);
		const words = new Set(text.match(/[\p{L}\p{N}.&'-]+/gu));
		const told = [...values].filter(
			(value) =>
				value !== report.day &&
				!columns.has(value) &&
				(/[^\p{L}\p{N}.&'-]/u.test(value) ? text.includes(value) : words.has(value)),
		);
		expect(told).toEqual([]);
		// Nor the account's own names within `properties`.
		for (const key of ['hourlyRate', 'salutation', 'clientSince']) expect(text).not.toContain(key);
	});

	it('names views, columns with their types, headers about limits and times', async () => {
		sandbox.fault({
			kind: 'status',
			status: 500,
			path: 'views/gems',
			headers: { 'x-ratelimit-limit': '60', 'x-ratelimit-user': 'Ema' },
		});
		const { report } = await check();
		expect(report.views.map(({ view }) => view)).toEqual(names.views);
		expect(report.views.find(({ view }) => view === 'gems')).toMatchObject({
			status: 500,
			columns: {},
		});
		const companies = report.views.find(({ view }) => view === 'companies')!;
		expect(companies.columns).toMatchObject({
			id: 'number',
			name: 'text',
			isClient: 'boolean',
			tags: 'list',
		});
		expect(companies.properties).toBeGreaterThan(3);
		expect(report.limitHeaders).toEqual({ 'x-ratelimit-limit': 60, 'x-ratelimit-user': null });
		expect(report.requests.count).toBe(sandbox.log.length);
		expect(report.requests.medianMs).toBeLessThanOrEqual(report.requests.maxMs);
	});

	it.each([80, 120])('fits a terminal of %i columns', async (width) => {
		tell(LIES.registration);
		const { report } = await check();
		const lines = toTable(report, width).split('\n');
		for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
		expect(lines[0]).toBe('Holds:');
		expect(lines.join(' ').replace(/[│\s]+/g, ' ')).toContain('Registration Number Is Sent');
	});

	it('says in Markdown what to set', async () => {
		tell(LIES.registration);
		const markdown = toMarkdown((await check()).report);
		expect(markdown).toContain(
			'| registration | A registration number is sent as `registration` | UNKNOWN | does not hold | `number` finds it. *Options → Registration Number Is Sent As*: `number`. |',
		);
	});
});

describe('an account that cannot be checked', () => {
	it.each<[string, () => void, RegExp]>([
		['a wrong key', () => undefined, /did not accept the API key \(401\)/],
		[
			'no access',
			() => sandbox.fault({ kind: 'status', status: 403, times: Infinity }),
			/answered 403/,
		],
		[
			'not Teamogy',
			() => sandbox.fault({ kind: 'html', status: 200, times: Infinity }),
			/No view could be read/,
		],
		['no connection', () => sandbox.fault({ kind: 'reset', times: Infinity }), /No response came/],
		[
			'one in use',
			() => sandbox.set({ budget: 0, retryAfter: 'none' }),
			/429 twice in a row\. Try again later/,
		],
	])('%s: it says why', async (what, prepare, message) => {
		prepare();
		const checked = check(false, what === 'a wrong key' ? 'wrong' : undefined);
		await expect(checked).rejects.toThrow(NotChecked);
		await expect(checked).rejects.toThrow(message);
	});

	it('a 429 on the way: waits and goes on, and that it was a 429 is found out', async () => {
		sandbox.fault({ kind: 'status', status: 429, skip: 30 });
		const { report } = await check();
		expect(having(report, 'fails')).toEqual([]);
		expect(having(report, 'holds')).toContain('too-many');
	});

	it('a second 429: what is not known by then is not decidable', async () => {
		sandbox.fault({ kind: 'status', status: 429, skip: 60, times: Infinity });
		const { report } = await check();
		expect(having(report, 'fails')).toEqual([]);
		expect(having(report, 'undecidable').length).toBeGreaterThan(10);
		expect(having(report, 'holds').length).toBeGreaterThan(3);
	});
});

describe('the questions', () => {
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

	it('shows what is typed, but for the key, whose echo is off before it is asked for', async () => {
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
	])('takes "%s" for an answer', async (answer, isYes) => {
		const { terminal, input, until } = openTerminal();
		const confirmed = confirm(terminal, 'Go on?');
		await until('Go on? [y/N] ');
		input.write(`${answer}\r`);
		expect(await confirmed).toBe(isYes);
	});
});

describe('the command', () => {
	async function run(environment: object, ...switches: string[]) {
		const cli = `${__dirname}/checkAccount/cli.mts`;
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

	it('writes the table and both files, and shows neither key nor domain', async () => {
		const folder = mkdtempSync(join(tmpdir(), 'check-'));
		const environment = {
			TEAMOGY_DOMAIN: sandbox.domain,
			TEAMOGY_UNIT: '1',
			TEAMOGY_API_KEY: `Bearer ${sandbox.apiKey}`,
		};
		const { code, output } = await run(environment, '--out', folder, '--per-minute', '1000');
		expect(output).toContain('Not decidable:');
		expect(code).toBe(0);
		const files = ['md', 'json'].map((ending) =>
			readFileSync(join(folder, `teamogy-account-report.${ending}`), 'utf8'),
		);
		rmSync(folder, { recursive: true });
		for (const text of [output, ...files]) {
			expect(text).not.toContain(sandbox.apiKey);
			expect(text).not.toContain(String(sandbox.port));
		}
		expect(output).toContain('template=live-account.yml');
		expect((JSON.parse(files[1]) as Report).assumptions).toHaveLength(ASSUMPTIONS.length);
	});

	it('says what is missing, and asks before it writes', async () => {
		const [nothing, writing] = await Promise.all([
			run({ TEAMOGY_DOMAIN: '' }),
			run({ TEAMOGY_DOMAIN: 'a.example.com', TEAMOGY_UNIT: '1', TEAMOGY_API_KEY: 'x' }, '--write'),
		]);
		expect([nothing.code, nothing.output.trim()]).toEqual([
			1,
			'Set TEAMOGY_DOMAIN, or run this in a terminal to be asked for it.',
		]);
		expect([writing.code, writing.output.trim()]).toEqual([
			1,
			'--write asks before it writes: run it in a terminal, or add --yes.',
		]);
	});
});

test('each assumption has an ID of its own and says what to do', () => {
	expect(new Set(ASSUMPTIONS.map(({ id }) => id)).size).toBe(ASSUMPTIONS.length);
	for (const { sentence, remedy } of ASSUMPTIONS) {
		expect(sentence).toMatch(/^[A-ZÀ-Ž`>].*[^.]$/);
		expect(remedy).toMatch(/^(–|[A-Z*[].*[^.])$/);
	}
	expect(ASSUMPTIONS.filter(isUnverified).length).toBeGreaterThan(20);
});
