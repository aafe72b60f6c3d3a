import type { ResourceMapperField } from 'n8n-workflow';
import { RestError } from '../n8n/instance.mts';
import { wrongKey } from './credential.mts';
import { columnsIn } from '../helpers/columns.mts';
import { stage, teamogyCredential } from './stage.mts';

type Parameters = Record<string, unknown>;
interface Choice {
	name: string;
	value: string;
}

/** Asks what the editor asks while somebody looks at the node's panel. */
async function ask<T>(kind: string, methodName: string, parameters: Parameters, more: object = {}) {
	const { n8n, credential } = stage;
	return await n8n.rest<T>('POST', `dynamic-node-parameters/${kind}`, {
		path: 'parameters.any',
		methodName,
		nodeTypeAndVersion: { name: 'n8n-nodes-teamogy.teamogy', version: 1 },
		currentNodeParameters: parameters,
		credentials: { teamogyApi: credential },
		...more,
	});
}

const records = async (parameters: Parameters, more: object = {}) =>
	await ask<{ results: Choice[]; paginationToken?: string }>(
		'resource-locator-results',
		'searchRecords',
		parameters,
		more,
	);

const columns = async (parameters: Parameters) =>
	await ask<Choice[]>('options', 'getColumns', parameters);

async function fields(parameters: Parameters) {
	const found = await ask<{ fields: ResourceMapperField[] }>(
		'resource-mapper-fields',
		'getFields',
		parameters,
	);
	return new Map(found.fields.map((field) => [field.id, field]));
}

const idsOf = (view: string) => stage.sandbox.rows(view).map(({ id }) => String(id));

export function editorTests() {
	beforeEach(() => stage.sandbox.reset());

	test('The list of records comes in pages, each record once', async () => {
		const parameters = { resource: 'task', operation: 'get' };
		const found: Choice[] = [];
		let paginationToken: string | undefined;
		do {
			const page = await records(parameters, paginationToken ? { paginationToken } : {});
			found.push(...page.results);
			({ paginationToken } = page);
		} while (paginationToken);
		const ids = found.map(({ value }) => value);
		expect(ids.toSorted()).toEqual(idsOf('tasks').toSorted());
		const open = stage.sandbox.rows('tasks').filter(({ status }) => status !== 'DONE');
		expect(ids[0]).toBe(String(open.at(-1)!.id));
	});

	test('It is searched regardless of case and accents', async () => {
		const { results } = await records(
			{ resource: 'company', operation: 'get' },
			{ filter: 'ZLATY KLAS' },
		);
		const company = stage.sandbox
			.rows('companies')
			.find(({ name }) => String(name).includes('Zlatý klas'))!;
		expect(results).toEqual([
			{ name: `${String(company.name)} (${String(company.id)})`, value: String(company.id) },
		]);
	});

	test('It has the records of all views of the resource', async () => {
		const { results } = await records(
			{ resource: 'invoice', operation: 'update' },
			{ filter: "o'neill" },
		);
		const ofClient = [...stage.sandbox.rows('invoices.sales')].filter(
			({ companyName }) => companyName === "O'Neill & Sons, Ltd.",
		);
		expect(ofClient.length).toBeGreaterThan(5);
		const values = results.map(({ value }) => value);
		expect(values).toEqual(expect.arrayContaining(ofClient.map(({ id }) => String(id))));
		const purchase = new Set(idsOf('invoices.purchase'));
		expect(values.some((value) => purchase.has(value))).toBe(true);
	});

	test('It has nothing of what does not match', async () => {
		expect(
			await records({ resource: 'company', operation: 'get' }, { filter: 'no such company' }),
		).toEqual({ results: [] });
	});

	test('Document types are suggested', async () => {
		const { results } = await ask<{ results: Choice[] }>(
			'resource-locator-results',
			'searchDocumentTypes',
			{ resource: 'invoice', operation: 'create' },
			{ filter: 'proforma' },
		);
		expect(results.map(({ value }) => value).sort()).toEqual([
			'INVOICE.PURCHASE.PROFORMA',
			'INVOICE.SALES.PROFORMA',
		]);
	});

	test.each([
		['invoices.sales', { resource: 'invoice', view: 'invoices.sales' }],
		['intervals.track', { resource: 'timeEntry', view: 'intervals.track' }],
		['jobs', { resource: 'job' }],
		['jobs.overbudget', { resource: 'view', viewName: 'jobs.overbudget' }],
	])('The columns of %s are those of the account', async (view, parameters) => {
		const found = await columns({ operation: 'getAll', ...parameters });
		const names = columnsIn(stage.sandbox.rows(view).slice(0, 100));
		expect(found.map(({ value }) => String(value)).sort()).toEqual(names.sort());
	});

	test('Columns of another business unit', async () => {
		await columns({ resource: 'job', operation: 'getAll', options: { unitId: 2 } });
		expect(stage.sandbox.log.map(({ unit, view }) => [unit, view])).toEqual([[2, 'jobs']]);
	});

	test('Fields of an invoice: the documented ones and those of a sample', async () => {
		const found = await fields({
			resource: 'invoice',
			operation: 'create',
			documentType: { __rl: true, mode: 'list', value: 'INVOICE.SALES' },
		});
		for (const name of ['ownerId', 'companyId'])
			expect(found.get(name)).toMatchObject({ type: 'options', required: true, removed: false });
		expect(found.get('properties.createdOn')).toMatchObject({ type: 'string', removed: true });
		const sample = stage.sandbox.rows('invoices.sales').slice(0, 100);
		for (const { properties } of sample)
			for (const name of Object.keys(properties as object))
				expect(found.has(`properties.${name}`)).toBe(true);
		expect([found.has('id'), found.has('type')]).toEqual([false, false]);
	});

	test('Fields of a company to match on', async () => {
		const found = await fields({ resource: 'company', operation: 'upsert' });
		expect(found.get('id')).toMatchObject({ canBeUsedToMatch: true, defaultMatch: false });
		expect(found.get('name')).toMatchObject({
			displayName: 'Name',
			canBeUsedToMatch: true,
			defaultMatch: true,
		});
		expect(found.get('addresses')).toMatchObject({ type: 'array', canBeUsedToMatch: false });
	});

	test('What goes wrong is said in the words of the node', async () => {
		const bad = await stage.n8n.importCredential(
			teamogyCredential('Teamogy with a wrong key', { apiKey: wrongKey }),
		);
		const error: unknown = await ask(
			'options',
			'getColumns',
			{ resource: 'job', operation: 'getAll' },
			{ credentials: { teamogyApi: bad } },
		).catch((caught: unknown) => caught);
		expect(error).toBeInstanceOf(RestError);
		const { body } = error as RestError;
		expect(body.message).toBe('Teamogy did not accept the API key');
		expect(body.description).toContain('Integrations → Public API');
		expect(JSON.stringify(body)).not.toContain(wrongKey);
	});
}
