/** The company that `--write` creates: what is written, what is cleared, and what a person is told. */
import { describeTrial } from '../../checkAccount/trial.mts';
import { describePlan, type TrialPlan } from '../../checkAccount/trialPlan.mts';
import { useTestBed, findResult, listWith } from '../../helpers/checkAccount/testBed.mts';

const testBed = useTestBed();
const listWrites = () => testBed.sandbox.log.filter(({ method }) => method !== 'GET');

it('The check leaves one company behind, a test that is not valid and has nothing but its name and its tag', async () => {
	const before = testBed.sandbox.records('companies');
	const { trial } = await testBed.check({ write: true });
	const after = testBed.sandbox.records('companies');
	expect(after.slice(0, -1)).toEqual(before);
	const company = after.at(-1)!;
	expect(company).toMatchObject({
		name: trial!.plan.name,
		isDisabled: true,
		tags: ['n8n-check'],
		industry: null,
	});
	expect(company.name).toMatch(/^TEST n8n check/);
	expect(trial!.plan.entries!.length).toBeGreaterThan(0);
	for (const entry of trial!.plan.entries!) expect(company.properties).toHaveProperty(entry, null);
	expect(describeTrial(trial!)).toBe(
		`Created: the company "${trial!.plan.name}", ID ${company.id}.`,
	);
});

it('The check writes nothing before it is confirmed, and says first what it writes and that adapters may send it on', async () => {
	const plans: TrialPlan[] = [];
	const { report, trial } = await testBed.check({
		confirmWrite: async (plan) => {
			plans.push(plan);
			return false;
		},
	});
	expect(listWrites()).toEqual([]);
	expect(trial).toBeUndefined();
	expect(report.write).toBe(false);
	const text = describePlan(plans[0]);
	expect(text).toContain('tries to mark');
	expect(text).toMatch(/name, industry, tags, isDisabled, and in `properties`: note, segment/);
	expect(text).toMatch(/send every saved company on to other systems, by adapters/);
});

it('The check writes no entry that begins with `ext` and no field that the plan does not name', async () => {
	const { trial } = await testBed.check({ write: true });
	const { body, entries } = trial!.plan;
	const writes = listWrites();
	expect(writes.length).toBeGreaterThan(0);
	for (const request of writes) {
		const { properties = {}, ...fields } = request.body as { properties?: object };
		expect(Object.keys(body)).toEqual(expect.arrayContaining(Object.keys(fields)));
		expect(entries).toEqual(expect.arrayContaining(Object.keys(properties)));
	}
});

it('The check clears with an empty text what null does not clear', async () => {
	testBed.sandbox.set({
		interpose: (request, proceed) => {
			const { industry } = (request.body ?? {}) as { industry?: unknown };
			if (request.method === 'PATCH' && industry === null) request.rawBody = '{}';
			return proceed();
		},
	});
	const { report, trial } = await testBed.check({ write: true });
	expect(listWith(report, 'fails')).toEqual(['null-clears']);
	expect(trial!.left!.industry).toBe('');
	expect(describeTrial(trial!)).not.toContain('Not cleared');
});

it('The check says what could not be cleared or marked', async () => {
	testBed.sandbox.fault({ kind: 'status', status: 400, method: 'PATCH', skip: 2, times: Infinity });
	testBed.sandbox.set({
		interpose: (request, proceed) => {
			if (request.method === 'POST') {
				request.rawBody = request.rawBody.replace('"isDisabled":true', '"isDisabled":false');
			}
			return proceed();
		},
	});
	const { trial } = await testBed.check({ write: true });
	expect(describeTrial(trial!)).toContain('Not cleared: industry.');
	expect(describeTrial(trial!)).toContain('not certain: see to it in Teamogy');
});

describe('When no response comes', () => {
	it.each(['reset', 'resetAfter'] as const)(
		'When no response comes to the creation (%s), the check names the company that may have been created and makes the report all the same',
		async (kind) => {
			testBed.sandbox.fault({ kind, method: 'POST' });
			const notices: string[] = [];
			const { report, trial } = await testBed.check({
				write: true,
				onNotice: (message) => notices.push(message),
			});
			const { name } = trial!.plan;
			expect(notices).toEqual([`Creating the company "${name}".`]);
			expect(describeTrial(trial!)).toMatch(
				/^No response came \(\w+\) when the company "TEST .* was created\. It may have been created all the same/,
			);
			expect(describeTrial(trial!)).toContain(name);
			expect(listWrites()).toHaveLength(1);
			expect(listWith(report, 'fails')).toEqual([]);
			expect(findResult(report, 'created-id').detail).toMatch(/^No response came/);
			expect(report.write).toBe(true);
		},
	);

	it('When no response comes to an update, the check says so, clears what was written and makes the report', async () => {
		testBed.sandbox.fault({ kind: 'resetAfter', method: 'PATCH', skip: 1 });
		const { report, trial } = await testBed.check({ write: true });
		expect(listWith(report, 'fails')).toEqual([]);
		expect(findResult(report, 'partial-update').verdict).toBe('holds');
		expect(findResult(report, 'null-clears').verdict).toBe('undecidable');
		expect(testBed.sandbox.records('companies').at(-1)).toMatchObject({ industry: null });
		expect(describeTrial(trial!)).toMatch(
			/^Created: the company .*, ID \d+\. No response came \(\w+\) while it was updated\.$/,
		);
	});
});

describe('When Teamogy refuses the creation', () => {
	it.each([
		[400, 'No company was created: Teamogy answered 400.'],
		[502, 'It may have been created all the same: look for this name in Teamogy.'],
		[429, 'No company was created: Teamogy answered 429 twice in a row'],
	])(
		'When Teamogy refuses the creation with %i, the check says what became of the company and makes the report',
		async (status, message) => {
			testBed.sandbox.fault({ kind: 'status', status, method: 'POST', times: Infinity });
			const { report, trial } = await testBed.check({ write: true });
			expect(describeTrial(trial!)).toContain(message);
			expect(listWith(report, 'fails')).toEqual([]);
			expect(findResult(report, 'created-id').verdict).toBe('undecidable');
		},
	);
});

it('The check writes nothing where the limit of the account is used up', async () => {
	testBed.sandbox.fault({ kind: 'status', status: 429, skip: 60, times: Infinity });
	const { trial } = await testBed.check({ write: true });
	expect(trial).toBeUndefined();
	expect(listWrites()).toEqual([]);
});
