import type { Page } from 'playwright-core';
import type { Workflow } from '../n8n/instance.mts';
import {
	choices,
	choose,
	chooseByTyping,
	executeNode,
	input,
	mapField,
	openCredential,
	openNode,
	openWorkflow,
	searchNodes,
} from '../n8n/pages.mts';
import { wrongKey } from './credential.mts';
import { columnsIn } from '../helpers/columns.mts';
import { chain, node, teamogy } from '../helpers/workflow.mts';
import { example, stage, teamogyCredential, until, type Stage } from './stage.mts';

const start = node('Start', 'manualTrigger');
/** The Teamogy node of `steps`: its ID stays the same when it is renamed. */
const step = (name: string, parameters: object, credential = stage.credential) => ({
	...teamogy(name, parameters),
	id: 'step',
	credentials: { teamogyApi: credential },
});
/** A manual trigger, and behind it a Teamogy node. */
export const steps = (name: string, parameters: object, credential?: Stage['credential']) =>
	chain(start, step(name, parameters, credential));

export async function open(given: Workflow) {
	const { n8n, browser } = stage;
	const workflow = await n8n.importWorkflow(given);
	await openWorkflow(browser.page, n8n, workflow.id);
	return { ...browser, workflow };
}

/** Chooses the credential that works: n8n takes the newest one for a new node, which is another test's. */
async function chooseCredential(page: Page) {
	await page.getByTestId('node-credentials-select').click();
	await page.getByTestId(`node-credentials-select-item-${stage.credential.id}`).click();
}

export function panelTests() {
	beforeEach(() => stage.sandbox.reset());

	test('"invoice" finds the node, and the node has an action for it', async () => {
		const { page, picture } = await open(chain(start));
		const found = await searchNodes(page, 'invoice');
		await found.filter({ hasText: /^Teamogy$/ }).waitFor();
		await picture('node-creator');
		await found.filter({ hasText: /^Teamogy$/ }).click();
		await found.filter({ hasText: 'Create an invoice' }).waitFor();
		await picture('actions');
		await found.filter({ hasText: 'Get many invoices' }).click();
		await page.getByTestId('ndv').waitFor();
		expect([
			await input(page, 'resource').inputValue(),
			await input(page, 'operation').inputValue(),
			await input(page, 'view').inputValue(),
		]).toEqual(['Invoice', 'Get Many', 'Sales Invoices']);
	});

	test('A new node is found by a plural, opens without an error and lists its columns', async () => {
		const { page, picture } = await open(chain(start));
		const found = await searchNodes(page, 'worklogs');
		await found.filter({ hasText: /^Teamogy$/ }).click();
		await found.filter({ hasText: 'Get many jobs' }).click();
		const panel = page.getByTestId('ndv');
		await panel.waitFor();
		await chooseCredential(page);
		await panel.getByText('Add Condition').first().click();
		const column = panel.getByTestId('parameter-input-column').first();
		await column.waitFor();
		await picture('first-look');
		for (const text of ['Error fetching options', 'No fields found', 'Issues:'])
			expect([text, await page.getByText(text).count()]).toEqual([text, 0]);
		await until('columns loaded', async () =>
			(await column.locator('input').inputValue()) !== 'Loading options...' ? true : undefined,
		);
		await column.click();
		await choices(page).filter({ hasText: 'hoursTracked (numeric)' }).waitFor();
		expect((await choices(page).allInnerTexts())[0]).toContain('id (numeric)');
	});

	test('Get Many shows its conditions, and the rows that meet them', async () => {
		const { sandbox } = stage;
		const { page, picture } = await open(example('approved-sales-invoices'));
		const onCanvas = page.locator('[data-node-name="Get Approved Invoices"]');
		await onCanvas.getByText('Get Many: Invoice', { exact: true }).waitFor();
		const panel = await openNode(page, 'Get Approved Invoices');
		const conditions = panel.getByTestId('fixed-collection-filters');
		const shown = async (name: string) => {
			const inputs = conditions.getByTestId(`parameter-input-${name}`).locator('input');
			const count = await inputs.count();
			return await Promise.all(
				Array.from({ length: count }, async (_, index) => await inputs.nth(index).inputValue()),
			);
		};
		await until('columns loaded', async () => {
			const columns = await shown('column');
			return columns.length && !columns.includes('Loading options...') ? columns : undefined;
		});
		expect(await shown('column')).toEqual([
			'status (text)',
			'paymentStatus (text)',
			'currency (text)',
		]);
		expect(await shown('operator')).toEqual(['Equal', 'Not Equal', 'Equal']);
		expect(await shown('value')).toEqual(['APPROVED', 'PAID', 'CZK']);

		const output = await executeNode(page);
		const rows = sandbox
			.rows('invoices.sales')
			.filter(
				({ status, paymentStatus, currency }) =>
					status === 'APPROVED' && paymentStatus !== 'PAID' && currency === 'CZK',
			);
		expect(rows.length).toBeGreaterThan(10);
		expect(await output.getByTestId('ndv-items-count').innerText()).toBe('10 items');
		const [largest] = rows.sort((a, b) => Number(b.total) - Number(a.total));
		expect(await output.locator('tbody tr').first().innerText()).toContain(String(largest.number));
		await picture('get-many');

		// The columns are those of the account.
		await conditions.getByTestId('parameter-input-column').first().click();
		await choices(page).first().waitFor();
		const listed = (await choices(page).allInnerTexts()).map((text) => text.split(' (')[0].trim());
		expect(listed.sort()).toEqual(columnsIn(sandbox.rows('invoices.sales').slice(0, 100)).sort());
		await picture('columns');
	});

	test('Unpaid approved invoices over 100,000, the largest first, with four columns, take less than fifteen clicks', async () => {
		const { page, picture } = await open(chain(start));
		await page.evaluate(
			`document.addEventListener('mousedown', () => (window.clicks = (window.clicks ?? 0) + 1), true)`,
		);
		const found = await searchNodes(page, 'teamogy');
		await found.filter({ hasText: /^Teamogy$/ }).waitFor();
		await page.keyboard.press('Enter');
		await found.filter({ hasText: 'Get many invoices' }).click();
		const panel = page.getByTestId('ndv');
		await panel.waitFor();
		await chooseCredential(page);
		await page.evaluate('window.clicks -= 2');
		await chooseByTyping(page, 'filterType', 'Syntax');
		await input(page, 'filterExpression').click();
		await page.keyboard.type("status='APPROVED' AND total>100000 AND NOT (paymentStatus='PAID')");
		await chooseByTyping(page, 'output', 'Selected');
		const columns = panel.getByTestId('parameter-input-columns');
		await columns.getByPlaceholder('Select').waitFor();
		await columns.locator('.el-select__input').click();
		for (const name of ['number', 'companyName', 'total', 'dueDate'])
			await choices(page)
				.filter({ hasText: new RegExp(`^${name} \\(`) })
				.click();
		await page.keyboard.press('Escape');
		await panel.getByText('Add Sort Field').click();
		await chooseByTyping(page, 'column', 'total');
		await chooseByTyping(page, 'direction', 'Desc');
		const output = await executeNode(page);
		await picture('unpaid-invoices');
		const first = output.locator('tbody tr').first();
		await first.waitFor();
		expect(await output.locator('thead th').allInnerTexts()).toEqual([
			'number',
			'companyName',
			'total',
			'dueDate',
			'',
		]);
		const [largest] = stage.sandbox
			.rows('invoices.sales')
			.filter(({ status, paymentStatus }) => status === 'APPROVED' && paymentStatus !== 'PAID')
			.sort((a, b) => Number(b.total) - Number(a.total));
		expect(await first.innerText()).toContain(String(largest.number));
		expect(await page.evaluate('window.clicks')).toBeLessThan(15);
	});

	test('A record is searched in the list and read', async () => {
		const { sandbox } = stage;
		const { page, picture } = await open(
			steps('Get a company', {
				resource: 'company',
				operation: 'get',
				recordId: { __rl: true, mode: 'list', value: '' },
			}),
		);
		await openNode(page, 'Get a company');
		await page.getByTestId('rlc-input').click();
		const items = page.getByTestId('rlc-item');
		await items.first().waitFor();
		await picture('record-list');
		await page.getByTestId('rlc-search').fill('zlaty klas');
		const company = sandbox.rows('companies').find(({ id }) => id === 30002)!;
		await items
			.first()
			.filter({ hasText: String(company.name) })
			.waitFor();
		expect(await items.allInnerTexts()).toEqual([`${String(company.name)} (30002)`]);
		await picture('record-searched');
		await items.first().click();
		sandbox.clearLog();
		await executeNode(page);
		expect(sandbox.log.map(({ method, url, status }) => [method, url, status])).toEqual([
			['GET', '/rest/v1/1/companies?id=30002', 200],
		]);
	});

	test('A new node sends what is entered, and nothing nobody has touched', async () => {
		const { sandbox } = stage;
		const { page, picture } = await open(chain(start));
		const [{ id, name, isClient }] = sandbox.rows('companies.client');
		expect(isClient).toBe(true);
		// The newest credential is taken, and n8n shows all fields when they could not be loaded at first.
		await stage.n8n.importCredential(teamogyCredential('A wrong one', { apiKey: wrongKey }));
		const found = await searchNodes(page, 'teamogy');
		await found.filter({ hasText: /^Teamogy$/ }).click();
		await found.filter({ hasText: 'Create or update a company' }).click();
		const notice = page.getByTestId('empty-fields-notice');
		await notice.getByText('Teamogy did not accept the API key.').waitFor();
		await picture('mapper-refused');
		await page.getByTestId('node-credentials-select').click();
		await page.getByTestId(`node-credentials-select-item-${stage.credential.id}`).click();
		expect(await page.getByText('No fields found in Teamogy').count()).toBe(0);
		// As the notice says.
		await page.getByTestId('ndv-close-button').click();
		await page.getByTestId('ndv').waitFor({ state: 'hidden' });
		await openNode(page, 'Create or update a company');
		await page.getByText('Name (using to match)').waitFor();
		await input(page, 'name').fill(String(name));
		await input(page, 'industry').fill('Shipping');
		await picture('mapper-new');
		sandbox.clearLog();
		await executeNode(page);
		const writes = sandbox.log.filter(({ method }) => method !== 'GET');
		expect(writes.map(({ query, body }) => [query.id, body])).toEqual([
			[String(id), { name, industry: 'Shipping' }],
		]);
	});

	test('The mapper has the live fields, shows what is matched, and sends what is filled in', async () => {
		const { sandbox } = stage;
		const { page, picture } = await open(
			steps('Create or update', { resource: 'company', operation: 'upsert' }),
		);
		const panel = await openNode(page, 'Create or update');
		const mapper = panel.getByTestId('mapping-fields-container');
		await mapper.getByText('Name (using to match)').waitFor();
		await choose(page, page.getByTestId('matching-column-select'), 'ID');
		await mapper.getByText('ID (using to match)').waitFor();
		await choose(page, page.getByTestId('matching-column-select'), 'Name');
		await mapper.getByText('Name (using to match)').waitFor();
		await input(page, 'name').fill('Nový klient, s.r.o.');
		await mapField(page, 'Industry', 'industry', 'Gastronomie');
		await mapField(page, 'Property extStatus', 'properties.extStatus', 'EXT.READY');
		await picture('mapper');
		sandbox.clearLog();
		await executeNode(page);
		const writes = sandbox.log.filter(({ method }) => method !== 'GET');
		expect(writes.map(({ method, url, body, status }) => [method, url, body, status])).toEqual([
			[
				'POST',
				'/rest/v1/1/companies',
				{
					name: 'Nový klient, s.r.o.',
					industry: 'Gastronomie',
					properties: { extStatus: 'EXT.READY' },
				},
				200,
			],
		]);
	});

	test('A time entry is made of a person, a job, a day and hours, and no ID is typed', async () => {
		const { sandbox } = stage;
		const { page, picture } = await open(
			steps('Log time', { resource: 'timeEntry', operation: 'create' }),
		);
		await openNode(page, 'Log time');
		const chooseRecord = async (name: string, record: RegExp) => {
			await input(page, name).click();
			await choices(page).filter({ hasText: record }).first().click();
			return await input(page, name).inputValue();
		};
		await page.getByText('User (userId)').waitFor();
		await chooseRecord('userId', /^Ema Nováková/);
		const jobName = await chooseRecord('jobId', /Retainer/);
		await input(page, 'date').fill('2026-11-19');
		await input(page, 'hours').fill('1,5');
		await picture('time-entry');
		sandbox.clearLog();
		await executeNode(page);
		const writes = sandbox.log.filter(({ method }) => method !== 'GET');
		const jobId = Number(/\((\d+)\)$/.exec(jobName)?.[1]);
		expect(sandbox.rows('jobs').some(({ id }) => id === jobId)).toBe(true);
		expect(writes.map(({ url, body, status }) => [url, body, status])).toEqual([
			['/rest/v1/1/time', { userId: 11, jobId, date: '2026-11-19', hours: 1.5 }, 200],
		]);
	});

	test('A field of the input whose name is almost right is named, and nothing is written', async () => {
		const { sandbox } = stage;
		const fields = { mappingMode: 'autoMapInputData', value: null };
		const jsonOutput = '{ "Name": "Acme", "industry": "Cars" }';
		const { page, picture } = await open(
			chain(
				start,
				node('Input', 'set', { mode: 'raw', jsonOutput }, 3.4),
				step('Import', { resource: 'company', operation: 'create', fields }),
			),
		);
		const loaded = page.waitForResponse((response) =>
			response.url().includes('resource-mapper-fields'),
		);
		await openNode(page, 'Import');
		await loaded;
		sandbox.clearLog();
		const output = await executeNode(page);
		await output.getByTestId('node-error-message').waitFor();
		expect(await output.innerText()).toContain('"Name" differs from the field "name"');
		await picture('near-miss');
		expect(sandbox.log.filter(({ method }) => method !== 'GET')).toEqual([]);
	});

	test('A record that the list lacks stays, and a number that is emptied is cleared', async () => {
		const { sandbox } = stage;
		const [{ id }] = sandbox.rows('jobs');
		const user = sandbox.insert('users', { firstName: 'Later', lastName: 'Removed' });
		sandbox.remove('users', user.id);
		const { page, picture, workflow } = await open(
			steps('Change a job', {
				resource: 'job',
				operation: 'update',
				recordId: { __rl: true, mode: 'id', value: String(id) },
				fields: { mappingMode: 'defineBelow', value: { hoursBudget: '12', ownerId: user.id } },
			}),
		);
		await openNode(page, 'Change a job');
		await page.getByText('hoursBudget (Number)').waitFor();
		expect(await input(page, 'ownerId').inputValue()).toBe(`${user.id} (not in the list)`);
		await input(page, 'hoursBudget').fill('');
		await picture('number-emptied');
		const { parameters } = await until('the number emptied', async () => {
			await page.keyboard.press('Control+s');
			const { nodes } = await stage.n8n.rest('GET', `workflows/${workflow.id}`);
			const step = nodes.find((node: { id: string }) => node.id === 'step');
			return step.parameters.fields.value.hoursBudget === '' ? step : undefined;
		});
		expect(parameters.fields.value).toEqual({ hoursBudget: '', ownerId: user.id });
		await input(page, 'ownerId').click();
		await choices(page)
			.filter({ hasText: /^Ema Nováková/ })
			.first()
			.click();
		sandbox.clearLog();
		await executeNode(page);
		const writes = sandbox.log.filter(({ method }) => method !== 'GET');
		expect(writes.map(({ query, body, status }) => [query, body, status])).toEqual([
			[{ id: String(id) }, { hoursBudget: null, ownerId: 11 }, 200],
		]);
	});

	test('A wrong key is told beside the node, with what to do', async () => {
		const bad = await stage.n8n.importCredential(
			teamogyCredential('Teamogy with a wrong key in a node', { apiKey: wrongKey }),
		);
		const { page, picture } = await open(
			steps('Get companies', { resource: 'company', operation: 'getAll' }, bad),
		);
		await openNode(page, 'Get companies');
		const output = await executeNode(page);
		await output.getByTestId('node-error-message').waitFor();
		const text = await output.innerText();
		expect(text).toContain('Teamogy did not accept the API key');
		expect(text).toContain('Integrations → Public API');
		expect(text).not.toContain(wrongKey);
		await picture('wrong-key');
	});

	test("The credential's form tests it when it is opened and when it is saved", async () => {
		const { n8n, browser } = stage;
		const { page, picture } = browser;
		const { id } = await n8n.importCredential(teamogyCredential('Teamogy in the form'));
		const form = await openCredential(page, n8n, id);
		await form.getByTestId('credentials-config-container-test-success').waitFor();
		await picture('credential-good');
		await input(page, 'apiKey').fill(wrongKey);
		await form.getByTestId('credential-save-button').click();
		await form.getByText('More details').click();
		await form.getByText('Teamogy did not accept the API key').waitFor();
		await picture('credential-bad');
	});

	test('The agent is offered the node as a tool', async () => {
		const { page, picture } = await open(example('ai-agent-tools'));
		await openNode(page, 'List Unpaid Invoices');
		expect(await input(page, 'resource').inputValue()).toBe('Invoice');
		await picture('tool');
	});
}
