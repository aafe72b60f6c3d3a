import pick from 'lodash/pick.js';
import {
	chainFrom,
	condition,
	filters,
	useBuilderTasks,
	type Fields,
} from '../../helpers/builderTasks.mts';
import { teamogy } from '../../helpers/workflow.mts';

const { rows, perform, performNode } = useBuilderTasks();
const ids = (all: Fields[]) => all.map(({ id }) => id);
const by = (column: string) => (a: Fields, b: Fields) =>
	String(a[column]).localeCompare(String(b[column]));

test("Which invoices has O'Neill & Sons, Ltd. not paid? The first due first.", async () => {
	const columns = ['number', 'total', 'currency', 'dueDate'];
	const { json } = await performNode({
		resource: 'invoice',
		operation: 'getAll',
		view: 'invoices.sales',
		returnAll: true,
		...filters(
			condition('companyName', 'equal', "O'Neill & Sons, Ltd."),
			condition('paymentStatus', 'anyOf', 'UNPAID,OVERDUE'),
		),
		sort: { fields: [{ column: 'dueDate', direction: 'asc' }] },
		output: 'selected',
		columns,
	});
	const expected = rows('invoices.sales')
		.filter((row) => row.companyName === "O'Neill & Sons, Ltd." && row.paymentStatus !== 'PAID')
		.sort(by('dueDate'))
		.map((row) => pick(row, ...columns));
	expect(expected.length).toBeGreaterThan(1);
	expect(json).toEqual(expected);
});

test('Which jobs were due before today and are not closed?', async () => {
	const { json } = await performNode({
		resource: 'job',
		operation: 'getAll',
		returnAll: true,
		...filters(
			condition('dueOn', 'lessThan', '2026-11-20'),
			condition('status', 'notEqual', 'CLOSED'),
		),
	});
	const late = rows('jobs').filter(
		({ dueOn, status }) => String(dueOn) < '2026-11-20' && status !== 'CLOSED',
	);
	expect(late.length).toBeGreaterThan(5);
	expect(ids(json)).toEqual(ids(late));
});

test('Which invoices of the third quarter are above 100,000 CZK?', async () => {
	const { json } = await performNode({
		resource: 'invoice',
		operation: 'getAll',
		returnAll: true,
		...filters(
			condition('total', 'greaterThan', '100000'),
			condition('currency', 'equal', 'CZK'),
			condition('issueDate', 'greaterThanOrEqual', '2026-07-01'),
			condition('issueDate', 'lessThanOrEqual', '2026-09-30'),
		),
	});
	const large = rows('invoices.sales').filter(
		({ total, currency, issueDate }) =>
			Number(total) > 100_000 && currency === 'CZK' && /^2026-0[789]/.test(String(issueDate)),
	);
	expect(large.length).toBeGreaterThan(5);
	expect(ids(json)).toEqual(ids(large));
});

test('Which open tasks has nobody?', async () => {
	const { json } = await performNode({
		resource: 'task',
		operation: 'getAll',
		returnAll: true,
		...filters(condition('userId', 'isEmpty'), condition('status', 'notEqual', 'DONE')),
	});
	const open = rows('tasks').filter(({ userId, status }) => userId === null && status !== 'DONE');
	expect(open.length).toBeGreaterThan(0);
	expect(ids(json)).toEqual(ids(open));
});

test('Is there anything about "vanocni"?', async () => {
	const { json } = await performNode({
		resource: 'job',
		operation: 'getAll',
		options: { search: 'vanocni' },
	});
	const christmas = rows('jobs').filter((row) => /vánoční/i.test(String(row.name)));
	expect(christmas.length).toBeGreaterThan(1);
	expect(ids(json)).toEqual(ids(christmas));
});

test('What are the five largest opportunities still open?', async () => {
	const { json } = await performNode({
		resource: 'opportunity',
		operation: 'getAll',
		limit: 5,
		...filters(condition('status', 'anyOf', 'LEAD,PITCH,NEGOTIATION')),
		sort: { fields: [{ column: 'price', direction: 'desc' }] },
	});
	const largest = rows('opportunities')
		.filter(({ status }) => status !== 'WON' && status !== 'LOST')
		.sort((a, b) => Number(b.price) - Number(a.price))
		.slice(0, 5);
	expect(ids(json)).toEqual(ids(largest));
});

test('A file for Excel of the clients with "s.r.o." in their names', async () => {
	const { items } = await performNode({
		resource: 'company',
		operation: 'getAll',
		view: 'companies.client',
		returnAll: true,
		...filters(condition('name', 'contains', 'S.R.O.')),
		output: 'file',
		fileFormat: 'csv',
		options: { delimiter: ';', fileName: 'clients.csv' },
	});
	const clients = rows('companies.client').filter(({ name }) => String(name).includes('s.r.o.'));
	const [{ json, binary }] = items;
	expect(clients.length).toBeGreaterThan(1);
	expect(json).toMatchObject({ fileName: 'clients.csv', rows: clients.length });
	const text = Buffer.from(binary!.data.data, 'base64').toString('utf8');
	expect(text).toMatch(/^\uFEFFid;type;name;/);
	for (const { id } of clients) expect(text).toContain(`\n${String(id)};`);
});

test('Find the company of each name of a list that somebody typed', async () => {
	const typed = ["o'neill & sons, ltd.", 'PIVOVAR U TRI RUZI A.S.', 'Nobody s.r.o.'];
	const result = await perform(
		chainFrom(
			typed.map((client) => ({ client })),
			teamogy('Find Companies', {
				resource: 'company',
				operation: 'lookUp',
				lookUpColumn: 'name',
				lookUpValue: '={{ $json.client }}',
				lookUpOutput: 'merge',
				onMissing: 'empty',
				options: { ignoreCase: true, columns: ['id', 'name'] },
			}),
		),
	);
	const company = (name: string) =>
		pick(rows('companies').find((row) => row.name === name)!, 'id', 'name');
	expect(result.node('Find Companies').json).toEqual([
		{ client: typed[0], teamogy: company("O'Neill & Sons, Ltd.") },
		{ client: typed[1], teamogy: company('Pivovar U Tří růží a.s.') },
		{ client: typed[2], teamogy: null },
	]);
});
