/** What the report of the check shows, and what it never holds. */
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { LIES } from '../../checkAccount/lies.mts';
import { listReportFiles } from '../../checkAccount/output.mts';
import { toMarkdown, toTable } from '../../checkAccount/report.mts';
import { createTestBed, NAMES } from '../../helpers/checkAccount/testBed.mts';

const bed = createTestBed();

it('the report holds no value of the account', async () => {
	bed.sandbox.set({ registrationParameter: 'number', wrapEntity: true });
	const { report, trial } = await bed.check({ write: true });
	const text = [JSON.stringify(report), toMarkdown(report), toTable(report, 80)].join('\n');
	const columns = new Set(report.views.flatMap((view) => Object.keys(view.columns)));
	const { apiKey, domain, port } = bed.sandbox;
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
	for (const view of NAMES.views) bed.sandbox.rows(view).forEach(collect);
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

it('the report holds no API key that a response repeats', async () => {
	for (const echoIn of ['message', 'data'] as const) {
		bed.sandbox.fault({ kind: 'echoKey', echoIn, path: 'views/gems' });
		const { report } = await bed.check();
		expect(JSON.stringify(report)).not.toContain(bed.sandbox.apiKey);
	}
});

it('the report names views, columns with their types, headers about limits and times', async () => {
	bed.sandbox.fault({
		kind: 'status',
		status: 500,
		path: 'views/gems',
		headers: { 'x-ratelimit-limit': '60', 'x-ratelimit-user': 'Ema' },
	});
	const { report } = await bed.check();
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
	expect(report.requests.count).toBe(bed.sandbox.log.length);
	expect(report.requests.medianMs).toBeLessThanOrEqual(report.requests.maxMs);
});

it.each([80, 120])('the table of the report fits a terminal of %i columns', async (width) => {
	bed.lie(LIES.registration);
	const { report } = await bed.check();
	const lines = toTable(report, width).split('\n');
	for (const line of lines) expect([...line].length).toBeLessThanOrEqual(width);
	expect(lines[0]).toBe('Holds:');
	expect(lines.join(' ').replace(/[│\s]+/g, ' ')).toContain('Registration Number Is Sent');
});

it('the report says in Markdown what to set', async () => {
	bed.lie(LIES.registration);
	const markdown = toMarkdown((await bed.check()).report);
	expect(markdown).toContain(
		'| registration | A registration number is sent as `registration` | UNKNOWN | does not hold | `number` finds it. *Options → Registration Number Is Sent As*: `number`. |',
	);
});

test('the issue template requires the report and says how to attach it', () => {
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
	for (const file of Object.values(listReportFiles('.'))) {
		expect(attributes.description).toContain(file);
	}
});
