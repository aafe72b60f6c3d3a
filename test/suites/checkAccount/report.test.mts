/** What the report of the check shows, and what it never holds. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { LIES } from '../../checkAccount/lies.mts';
import { listReportFiles } from '../../checkAccount/output.mts';
import { toMarkdown, toTable } from '../../checkAccount/report.mts';
import { useTestBed, NAMES } from '../../helpers/checkAccount/testBed.mts';

const testBed = useTestBed();

it('The report holds no value of the account', async () => {
	testBed.sandbox.set({ registrationParameter: 'number', wrapEntity: true });
	const { report, trial } = await testBed.check({ write: true });
	const text = [JSON.stringify(report), toMarkdown(report), toTable(report, 80)].join('\n');
	const columns = new Set(report.views.flatMap((view) => Object.keys(view.columns)));
	const { apiKey, domain, port } = testBed.sandbox;
	const values = new Set<string>([
		trial!.plan.name,
		String(trial!.id),
		apiKey,
		domain,
		String(port),
	]);
	const collect = (value: unknown): void => {
		if (typeof value === 'string' && value.length > 3) values.add(value);
		else if (typeof value === 'number' && value > 10_000) values.add(String(value));
		else if (typeof value === 'object') Object.values(value ?? {}).forEach(collect);
	};
	for (const view of NAMES.views) testBed.sandbox.rows(view).forEach(collect);
	const words = new Set(text.match(/[\p{L}\p{N}.&'-]+/gu));
	const shown = [...values].filter(
		(value) =>
			value !== report.day &&
			!columns.has(value) &&
			(/[^\p{L}\p{N}.&'-]/u.test(value) ? text.includes(value) : words.has(value)),
	);
	expect(shown).toEqual([]);
	// The names of entries within `properties` are the account's own too; `note` is a column of a view as well.
	const entries = trial!.plan.entries!.filter((name) => !columns.has(name));
	expect(entries).toEqual(['segment']);
	for (const key of ['hourlyRate', 'salutation', 'clientSince', ...entries]) {
		expect(words).not.toContain(key);
	}
});

it('The report holds no API key that a response repeats', async () => {
	for (const echoIn of ['message', 'data'] as const) {
		testBed.sandbox.fault({ kind: 'echoKey', echoIn, path: 'views/gems' });
		const { report } = await testBed.check();
		expect(JSON.stringify(report)).not.toContain(testBed.sandbox.apiKey);
	}
});

it('The report names views, columns with their types, headers about limits and times', async () => {
	testBed.sandbox.fault({
		kind: 'status',
		status: 500,
		path: 'views/gems',
		headers: { 'x-ratelimit-limit': '60', 'x-ratelimit-user': 'Ema' },
	});
	const { report } = await testBed.check();
	expect(report.views.map(({ view }) => view)).toEqual(NAMES.views);
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
	expect(report.requests.count).toBe(testBed.sandbox.log.length);
	expect(report.requests.medianMs).toBeLessThanOrEqual(report.requests.maxMs);
});

it.each([80, 120])('The table of the report fits a terminal of %i columns', async (width) => {
	testBed.lie(LIES.registration);
	const { report } = await testBed.check();
	const lines = toTable(report, width).split('\n');
	for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
	expect(lines[0]).toBe('Holds:');
	expect(lines.join(' ').replace(/[│\s]+/g, ' ')).toContain('Registration Number Parameter');
});

it('The report says in Markdown what to set', async () => {
	testBed.lie(LIES.registration);
	const markdown = toMarkdown((await testBed.check()).report);
	expect(markdown).toContain(
		'| registration | A registration number is sent as `registration` | UNKNOWN | does not hold | `number` finds it. *Options → Registration Number Parameter*: `number`. |',
	);
});

test('The issue template requires the report and says how to attach it', () => {
	const { body } = parse(readFileSync('.github/ISSUE_TEMPLATE/live-account.yml', 'utf8')) as {
		body: Array<{
			attributes: { label?: string; description?: string };
			validations?: { required: boolean };
		}>;
	};
	const { attributes, validations } = body.find(
		(field) => field.attributes.label === 'The report',
	)!;
	expect(validations).toEqual({ required: true });
	const files = Object.values(listReportFiles('.'));
	expect(files).toHaveLength(2);
	for (const file of files) {
		expect(attributes.description).toContain(file);
	}
});
