/** What a person enters, changes and saves in the editor, as it is read back from n8n. */
import { choices, executeNode, input, openNode } from '../n8n/pages.mts';
import type { Page } from 'playwright-core';
import { chain, node, webhook } from '../helpers/workflow.mts';
import { open, steps } from './panels.mts';
import { stage, until } from './stage.mts';

type Parameters = Record<string, any>;

/** Chooses from the dropdown of a parameter by how the choice begins. */
async function pick(page: Page, parameter: string, start: RegExp) {
	await input(page, parameter).click();
	await choices(page).filter({ hasText: start }).first().click();
}

/** Saves the workflow that is open, once the node's parameters are like this, and gives them. */
async function save(
	page: Page,
	workflow: { id: string },
	what: string,
	like: (saved: Parameters) => boolean,
) {
	return await until(what, async () => {
		await page.keyboard.press('Control+s');
		const { nodes } = await stage.n8n.rest('GET', `workflows/${workflow.id}`);
		const { parameters } = nodes.find(({ id }: { id: string }) => id === 'step');
		return like(parameters) ? (parameters as Parameters) : undefined;
	});
}

const shownNames = (fields: Parameters): string[] =>
	fields.schema.filter(({ removed }: Parameters) => !removed).map(({ id }: Parameters) => id);

/** A mapping of fields that no record of the sandbox has. */
const VALUE = {
	name: 'Before',
	vatCode: '={{ $json.vat }}',
	'properties.ownKey': 'x',
	companyCode: 'C-1',
};
/** The same fields as the editor saved them when the account still had them. */
const schema = Object.keys(VALUE).map((id) => ({
	id,
	displayName: id,
	type: 'string',
	required: false,
	display: true,
	readOnly: false,
	removed: false,
	defaultMatch: false,
	canBeUsedToMatch: true,
}));
const company = (operation: string, fields: Parameters) => ({
	resource: 'company',
	operation,
	fields: { mappingMode: 'defineBelow', value: VALUE, ...fields },
});
const record = {
	__rl: true,
	mode: 'list',
	value: '30001',
	cachedResultName: 'Some company (30001)',
};

export function keepingTests() {
	beforeEach(() => stage.sandbox.reset());

	/** Opens the node, changes the name in it and saves. */
	const changeName = async (page: Page, workflow: { id: string }, name: string) => {
		await input(page, 'name').fill(name);
		return await save(
			page,
			workflow,
			'the name saved',
			({ fields }) => fields.value?.name === name,
		);
	};

	test('A mapping that a script wrote, of fields the account does not show, stays whole', async () => {
		const { page, picture, workflow } = await open(
			steps('Written', company('upsert', { matchingColumns: ['companyCode'] })),
		);
		const panel = await openNode(page, 'Written');
		await panel.getByText('companyCode (not seen)').first().waitFor();
		await picture('mapper-not-seen');
		const { fields } = await changeName(page, workflow, 'After');
		expect(fields.value).toEqual({ ...VALUE, name: 'After' });
		expect(fields.matchingColumns).toEqual(['companyCode']);
		expect(shownNames(fields)).toEqual(expect.arrayContaining(Object.keys(VALUE)));
	});

	test('So does one whose fields the account does not show any more, opened and refreshed', async () => {
		const { page, workflow } = await open(
			steps('Refreshed', company('update', { schema, matchingColumns: [] })),
		);
		const panel = await openNode(page, 'Refreshed');
		const mapper = panel.getByTestId('mapping-fields-container');
		// The list is loaded by itself when the node is opened …
		await mapper.getByText('vatCode (not seen)').waitFor();
		// … and once more by hand.
		await mapper.getByTestId('action-toggle').first().click();
		const loaded = page.waitForResponse((response) =>
			response.url().includes('resource-mapper-fields'),
		);
		await page.getByText('Refresh Field List').filter({ visible: true }).click();
		await loaded;
		const { fields } = await changeName(page, workflow, 'After');
		expect(fields.value).toEqual({ ...VALUE, name: 'After' });
		expect(shownNames(fields)).toEqual(expect.arrayContaining(Object.keys(VALUE)));
	});

	test('So does one whose business unit is changed', async () => {
		const { page, workflow } = await open(steps('Elsewhere', company('create', { schema })));
		await openNode(page, 'Elsewhere');
		await page.getByText('vatCode (not seen)').waitFor();
		await page.getByTestId('collection-parameter-add').locator('input').click();
		await page
			.getByTestId('collection-parameter-option')
			.filter({ hasText: 'Business Unit ID' })
			.click();
		await input(page, 'unitId').fill('2');
		const { fields, options } = await changeName(page, workflow, 'After');
		expect(options).toEqual({ unitId: 2 });
		expect(fields.value).toEqual({ ...VALUE, name: 'After' });
	});

	test('So does one of documents when their type is changed; the type goes when the resource is changed', async () => {
		const value = { ownerId: 24, companyId: 30001, 'properties.name': 'Before' };
		const documentType = { __rl: true, mode: 'list', value: 'INVOICE.SALES' };
		const fields = { mappingMode: 'defineBelow', value };
		const { page, workflow } = await open(
			steps('Invoice', { resource: 'invoice', operation: 'create', documentType, fields }),
		);
		await openNode(page, 'Invoice');
		await page.getByText('Owner ID (User)').waitFor();
		await page.getByTestId('rlc-input').click();
		await page.getByTestId('rlc-item').filter({ hasText: '(INVOICE.PURCHASE)' }).click();
		const type = (saved: Parameters) => saved.documentType.value;
		const changed = await save(
			page,
			workflow,
			'the type saved',
			(one) => type(one) === 'INVOICE.PURCHASE',
		);
		expect(changed.fields.value).toEqual(value);
		await pick(page, 'resource', /^Purchase Order/);
		await save(page, workflow, 'the type cleared', (one) => type(one) === '');
	});

	test('A chosen record stays when the operation is changed, and goes with its resource', async () => {
		const { page, picture, workflow } = await open(
			steps('Get a company', { resource: 'company', operation: 'get', recordId: record }),
		);
		await openNode(page, 'Get a company');
		await pick(page, 'operation', /^Update/);
		const updating = ({ operation }: Parameters) => operation === 'update';
		const { recordId } = await save(page, workflow, 'the operation saved', updating);
		expect(recordId).toEqual(record);
		await pick(page, 'resource', /^Job/);
		await save(page, workflow, 'the record cleared', (saved) => saved.recordId.value === '');
		expect(await page.getByTestId('rlc-input').getAttribute('placeholder')).toBe('Select a job…');
		await picture('record-cleared');
	});

	test('A chosen record goes with its view', async () => {
		const { page, workflow } = await open(
			steps('Get an overhead', {
				resource: 'overhead',
				operation: 'get',
				view: 'overheads.client',
				recordId: record,
			}),
		);
		await openNode(page, 'Get an overhead');
		await pick(page, 'view', /^Internal Overheads$/);
		const { view } = await save(
			page,
			workflow,
			'the record cleared',
			(saved) => saved.recordId.value === '',
		);
		expect(view).toBe('overheads.internal');
	});

	test('What is no ID is told when it is run', async () => {
		const recordId = { __rl: true, mode: 'id', value: 'abc' };
		const { page } = await open(
			steps('Get abc', { resource: 'company', operation: 'get', recordId }),
		);
		await openNode(page, 'Get abc');
		const output = await executeNode(page);
		await output.getByText('The Company ID, "abc", is not an ID').first().waitFor();
	});
}

const README = 'https://github.com/n8n-nodes-teamogy/n8n-nodes-teamogy';

/** What the editor says of the nodes themselves. */
export function wordsTests() {
	test.each([
		['node', 'teamogy', { resource: 'job', operation: 'getAll' }, '#operations'],
		[
			'trigger',
			'teamogyTrigger',
			{ view: 'jobs', event: 'created' },
			'/blob/main/docs/triggers.md#start-a-workflow-when-a-record-changes',
		],
	])('The Docs link of the %s leads to its section', async (_, type, parameters, section) => {
		const { page } = await open(chain(node('Any', `n8n-nodes-teamogy.${type}`, parameters)));
		const panel = await openNode(page, 'Any');
		const link = panel.locator('a').filter({ hasText: 'Docs' }).first();
		expect(await link.getAttribute('href')).toBe(`${README}${section}`);
	});

	test('A push trigger says what it waits for, and what publishing it does', async () => {
		const { page, picture } = await open(
			chain(
				webhook('Push', 'n8n-nodes-teamogy.teamogyPushTrigger', {
					httpMethod: 'POST',
					path: 'waiting',
					responseMode: 'onReceived',
					options: {},
				}),
			),
		);
		await page.getByTestId('execute-workflow-button').click();
		await page.getByText('Waiting for Teamogy to send a record to the Test URL').first().waitFor();
		await picture('push-waiting');
		await page.reload();
		await page.getByTestId('canvas-node').first().waitFor();
		const publish = page.getByRole('button', { name: 'Publish', exact: true });
		await publish.first().click();
		await publish.nth(1).click();
		await page
			.getByText(
				'From now on, each record that Teamogy sends to the Production URL starts this workflow.',
			)
			.waitFor();
		await picture('push-published');
		await page.getByText('Got it').click();
	});
}
