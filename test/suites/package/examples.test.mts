import { readdirSync, readFileSync } from 'node:fs';
import get from 'lodash/get.js';
import type { IConnections, INode, INodeProperties, ResourceMapperField } from 'n8n-workflow';
import { loadN8n } from '../../engine/n8n.mts';
import { resolveParameters } from '../../helpers/nodeParameters.mts';
import { useTestBed } from '../../helpers/testBed.mts';
import { loadFields } from '../../helpers/writeParameters.mts';

const folder = `${process.cwd()}/examples`;
const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
interface Example extends Record<string, unknown> {
	name: string;
	nodes: INode[];
	connections: IConnections;
}
interface SavedField extends ResourceMapperField {
	kind?: string;
}
interface Mapping {
	value: object;
	schema: SavedField[];
}
const read = (file: string) => JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Example;
const isOurs = ({ type }: INode) => type.startsWith('n8n-nodes-teamogy.');

/** Examples that run on core nodes this package's tests have; the others run in the real n8n. */
const RUNNABLE = [
	'approved-invoice-message.json',
	'approved-sales-invoices.json',
	'companies-in-step.json',
	'hours-per-job.json',
	'messy-names.json',
	'new-company-to-crm.json',
	'overdue-invoices-digest.json',
	'purchase-orders-for-approval.json',
	'time-entries-in.json',
];

const testBed = useTestBed();

test('There are at least ten examples', () => {
	expect(files.length).toBeGreaterThanOrEqual(10);
});

describe.each(files)('%s', (file) => {
	const workflow = read(file);

	test('The example has a note that says what it does and what to change', () => {
		const notes = workflow.nodes.filter(({ type }) => type === 'n8n-nodes-base.stickyNote');
		const [text] = notes.map(({ parameters }) => String(parameters.content));
		expect(text).toMatch(/^## /);
		expect(text).toContain('**Change:**');
	});

	test('The example uses nodes, parameters and values of this package that exist', () => {
		const ours = workflow.nodes.filter(isOurs);
		expect(ours.length).toBeGreaterThan(0);
		for (const node of ours) {
			const { given, resolved, issues } = resolveParameters(testBed.engine.nodeTypes, node);
			expect(resolved).toMatchObject(given);
			expect(issues).toBeUndefined();
			const { NodeHelpers } = loadN8n().workflow;
			const { properties } = testBed.engine.description(node.type.replace(/Tool$/, ''));
			for (const name of ['resource', 'operation', 'view', 'event', 'httpMethod', 'responseMode']) {
				const choices = properties
					.filter(
						(one) => one.name === name && NodeHelpers.displayParameter(resolved, one, node, null),
					)
					.flatMap((one: INodeProperties) => one.options ?? []) as Array<{ value?: unknown }>;
				if (name in resolved) expect(choices.map(({ value }) => value)).toContain(resolved[name]);
			}
		}
	});

	test('The example connects nodes that exist', () => {
		const names = workflow.nodes.map(({ name }) => name);
		const targets = Object.values(workflow.connections).flatMap((outputs) =>
			Object.values(outputs).flatMap((lines) => (lines ?? []).flatMap((line) => line ?? [])),
		);
		expect(targets.length).toBeGreaterThan(0);
		expect(Object.keys(workflow.connections).filter((name) => !names.includes(name))).toEqual([]);
		expect(targets.map(({ node }) => node).filter((name) => !names.includes(name))).toEqual([]);
	});
});

const mappers = files.flatMap((file) =>
	read(file)
		.nodes.filter((node) => isOurs(node) && node.parameters.fieldsMode === 'mapping')
		.map((node): [string, string, INode] => [file, node.name, node]),
);

/** A field as the editor saves it where it cannot read the records that the field points to. */
const withoutRecords = ({ options, ...field }: ResourceMapperField): ResourceMapperField =>
	(field as SavedField).kind === 'id'
		? { ...field, type: 'string' }
		: { ...field, ...(options ? { options } : {}) };

test.each(mappers)(
	'%s has in the node %s the fields that the editor loads, without the records of an account',
	async (_file, _name, node) => {
		testBed.sandbox.reset();
		const { value, schema } = node.parameters.fields as unknown as Mapping;
		const loaded = await loadFields(testBed, node.parameters);
		const shown = loaded.map((field) => ({
			...withoutRecords(field),
			removed: !(field.id in value),
		}));
		expect(schema).toEqual(JSON.parse(JSON.stringify(shown)));
	},
);

test.each(RUNNABLE)('%s runs and gives rows', async (file) => {
	testBed.sandbox.reset();
	const workflow = read(file);
	const result = await testBed.engine.runWorkflow(workflow);
	expect(result.error).toBeUndefined();
	const last = workflow.nodes.at(-1)!;
	expect(result.node(last.name).json.length).toBeGreaterThan(0);
});

test('approved-invoice-message.json makes a message of each invoice', async () => {
	testBed.sandbox.reset();
	const result = await testBed.engine.runWorkflow(read('approved-invoice-message.json'));
	const [invoice] = result.node('When an Invoice Is Approved').json;
	expect(invoice.status).toBe('APPROVED');
	expect(result.node('Message').json[0]).toEqual({
		subject: `Approved: ${invoice.number}`,
		text: `Invoice ${invoice.number} to ${invoice.companyName} was approved: ${invoice.total} ${invoice.currency}, due on ${invoice.dueDate}.`,
	});
});

test('invoices-to-accounting.json gets the approved invoices with the property EXT.READY', async () => {
	testBed.sandbox.reset();
	const { nodes } = read('invoices-to-accounting.json');
	const { parameters } = nodes.find(({ name }) => name === 'Get Invoices to Export')!;
	const { json } = await testBed.run(parameters);
	const approved = testBed.sandbox
		.rows('invoices.sales')
		.filter(({ status }) => status === 'APPROVED');
	const expected = approved.filter((row) => get(row, 'properties.extStatus') === 'EXT.READY');
	expect(expected.length).toBeGreaterThan(0);
	expect(json.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
});

test('new-company-to-crm.json makes a record of each company', async () => {
	testBed.sandbox.reset();
	const name = 'Žluťoučký kůň & "syn"';
	const { id } = testBed.sandbox.insert('companies', { name, isClient: true });
	const result = await testBed.engine.runWorkflow(read('new-company-to-crm.json'));
	expect(result.node('CRM Record').json.at(-1)).toEqual({
		externalId: `teamogy-${id}`,
		name,
		type: 'customer',
		vatNumber: null,
		address: { street: null, city: null, zip: null, country: null },
	});
});

test('messy-names.json finds the companies of names that people typed, and keeps the line of another name', async () => {
	testBed.sandbox.reset();
	const { node } = await testBed.engine.runWorkflow(read('messy-names.json'));
	const found = node('List With IDs').json.map(({ client, companyName }) => [client, companyName]);
	expect(found).toEqual([
		["o'neill & sons, ltd.", "O'Neill & Sons, Ltd."],
		['PEKARSTVI "ZLATY KLAS" S.R.O.', 'Pekařství "Zlatý klas" s.r.o.'],
		['Skoda  & Zak', 'Škoda & Žák, a.s.'],
		['divadlo na hrane', 'Divadlo Na Hraně'],
		['Uber Mobel GmbH', 'Über Möbel GmbH'],
		['Kavarna Modra', null],
	]);
});

test('new-job-from-form.json creates the job for the client, however the name is typed', async () => {
	testBed.sandbox.reset();
	const { nodes } = read('new-job-from-form.json');
	const parametersOf = (name: string) => nodes.find((node) => node.name === name)!.parameters;
	const input = [{ json: { Client: 'divadlo na hrane', Job: 'Programme of the spring season' } }];
	const found = await testBed.run(parametersOf('Find Client'), { input });
	const [{ id }] = (await testBed.run(parametersOf('Create Job'), { input: found.items })).json;
	const job = testBed.sandbox.rows('jobs').find((row) => row.id === id);
	expect(job).toMatchObject({
		name: 'Programme of the spring season',
		companyName: 'Divadlo Na Hraně',
	});
});

test('view-file-by-email.json attaches a file of the open jobs, the earliest due first', async () => {
	testBed.sandbox.reset();
	const { nodes } = read('view-file-by-email.json');
	const [getJobs, mail] = nodes.slice(-2);
	const { items } = await testBed.run(getJobs.parameters);
	const { attachments } = mail.parameters.options as { attachments: string };
	const file = items[0].binary![attachments];
	expect(file.fileName).toMatch(/^Open jobs \d{4}-\d\d-\d\d\.csv$/);
	const [head, ...lines] = Buffer.from(file.data, 'base64').toString().trim().split('\r\n');
	expect(head).toBe('number,name,companyName,ownerName,status,dueOn,hoursBudget,hoursTracked');
	const open = testBed.sandbox.rows('jobs').filter(({ status }) => status !== 'CLOSED');
	expect(lines.map((line) => line.split(',')[0]).toSorted()).toEqual(
		open.map(({ number }) => String(number)).toSorted(),
	);
	const days = lines.map((line) => /(\d{4}-\d\d-\d\d),[^,]*,[^,]*$/.exec(line)?.[1]);
	const known = days.filter((day) => day !== undefined);
	expect(known.length).toBeGreaterThan(5);
	expect(known).toEqual(known.toSorted());
	expect(mail.disabled).toBe(true);
});
