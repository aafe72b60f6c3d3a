import { REFERENCES } from '../../sandbox/config.mts';
import { startSandbox, VIEW_NAMES, type Sandbox } from '../../sandbox/index.mts';
import { encodeFilter, openSandbox, shareSandbox } from '../../sandbox/testClient.mts';

const shared = shareSandbox({ strict: true });

describe('A test', () => {
	test('A test inserts, changes and removes records as the app does, a late one with a lower ID too', () => {
		const { sandbox } = shared;
		const last = sandbox.rows('jobs').at(-1)!.id as number;
		const late = sandbox.insert('jobs', { id: last + 30, name: 'first' });
		expect(sandbox.insert('jobs', { id: last + 25, name: 'late' }).id).toBe(last + 25);
		expect(sandbox.insert('jobs', { name: 'next' }).id).toBe(late.id + 1);
		expect(
			sandbox
				.rows('jobs')
				.slice(-3)
				.map((row) => row.name),
		).toEqual(['late', 'first', 'next']);
		sandbox.patch('jobs', late.id, { status: 'CLOSED' });
		expect(sandbox.rows('jobs').at(-2)).toMatchObject({ name: 'first', status: 'CLOSED' });
		sandbox.remove('jobs', late.id);
		expect(sandbox.rows('jobs').some((row) => row.id === late.id)).toBe(false);
		expect(() => sandbox.insert('jobs', { id: 5001 })).toThrow('taken');
		sandbox.insert('opportunities', { name: 'New', companyId: 30001 });
		expect(sandbox.rows('opportunities').at(-1)).toMatchObject({ name: 'New', status: 'LEAD' });
		sandbox.reset();
		expect(sandbox.rows('jobs').at(-1)!.id).not.toBe(late.id + 1);
		expect(sandbox.rows('jobs').some((row) => row.name === 'late')).toBe(false);
	});
});

describe('The data', () => {
	test.each(['invoices.sales', 'invoices.purchase', 'cashboxes', 'documents.order.purchase'])(
		'The data have amounts that add up: %s',
		(view) => {
			const rows = shared.sandbox.rows(view);
			expect(rows.length).toBeGreaterThan(0);
			for (const row of rows) {
				const cents = (value: unknown) => Math.round((value as number) * 100);
				expect(cents(row.net) + cents(row.vat)).toBe(cents(row.total));
				expect(cents(row.vat)).toBe(Math.round((cents(row.net) * (row.vatRate as number)) / 100));
			}
		},
	);

	test('The data have invoices that are due after their issue, and some of each status', () => {
		const rows = [
			...shared.sandbox.rows('invoices.sales'),
			...shared.sandbox.rows('invoices.purchase'),
		];
		for (const row of rows) expect(String(row.dueDate) > String(row.issueDate)).toBe(true);
		for (const status of ['PAID', 'OVERDUE', 'UNPAID']) {
			expect(rows.filter((row) => row.paymentStatus === status).length).toBeGreaterThan(5);
		}
		for (const status of ['PROCESSING', 'APPROVED']) {
			expect(rows.filter((row) => row.status === status).length).toBeGreaterThan(3);
		}
	});

	test('The data have a journal that balances and matches the invoices', () => {
		const lines = shared.sandbox.rows('journal');
		expect(lines.length).toBeGreaterThan(0);
		const invoices = new Map(
			[...shared.sandbox.rows('invoices.sales'), ...shared.sandbox.rows('invoices.purchase')].map(
				(row) => [row.id, row],
			),
		);
		const sums = new Map<unknown, number>();
		for (const line of lines) {
			const cents =
				Math.round((line.debit as number) * 100) - Math.round((line.credit as number) * 100);
			sums.set(line.documentId, (sums.get(line.documentId) ?? 0) + cents);
			expect(invoices.get(line.documentId)).toMatchObject({
				number: line.documentNumber,
				status: 'APPROVED',
			});
		}
		expect([...sums.values()].every((sum) => sum === 0)).toBe(true);
	});

	test.each(VIEW_NAMES)(
		'The data have the record and the name of every ID in the view %s',
		(view) => {
			expect(shared.sandbox.rows(view).length).toBeGreaterThan(0);
			const { overheadId: _, ...references } = REFERENCES;
			const units = { agencyId: 'units', counterpartyAgencyId: 'units' };
			const targets = { ...references, ...units, binderId: 'binders' };
			for (const [column, target] of Object.entries(targets)) {
				const rows = shared.sandbox.rows(view).filter((row) => (row[column] ?? null) !== null);
				const names = new Map(
					[1, 2, 18]
						.flatMap((unit) => shared.sandbox.rows(target, unit))
						.map((row) => [row.id, row.name]),
				);
				const name = column.replace(/Id$/, 'Name');
				const wrong = rows.filter(
					(row) => !names.has(row[column]) || (name in row && row[name] !== names.get(row[column])),
				);
				expect(wrong).toEqual([]);
			}
		},
	);

	test('The data have tasks with the documented statuses and numbers', () => {
		const tasks = shared.sandbox.rows('tasks');
		const known = ['WAITING', 'OPEN', 'PROCESSING', 'DONE', 'CLOSED'];
		expect(tasks.every(({ status }) => known.includes(String(status)))).toBe(true);
		expect(tasks[7].number).toBe('T-00008');
	});

	test('The data have time that belongs to a job or to an overhead, never to both', () => {
		const tracks = shared.sandbox.rows('intervals.track');
		const overheads = tracks.filter(({ overheadId }) => overheadId !== null);
		expect(overheads.length).toBeGreaterThan(20);
		for (const { jobId, taskId, overheadName } of overheads) {
			expect([jobId, taskId, typeof overheadName]).toEqual([null, null, 'string']);
		}
		expect(
			tracks.every(({ jobId, overheadId }) => (jobId === null) !== (overheadId === null)),
		).toBe(true);
	});

	test('The data have cancelled invoices that are not marked as invalid and not booked', async () => {
		const invoices = shared.sandbox.rows('invoices.sales');
		const cancelled = invoices.filter(({ isCancelled }) => isCancelled);
		expect(cancelled.length).toBeGreaterThan(0);
		expect(cancelled.every(({ isDisabled }) => isDisabled === false)).toBe(true);
		const booked = new Set(shared.sandbox.rows('journal').map(({ documentId }) => documentId));
		expect(cancelled.some(({ id }) => booked.has(id))).toBe(false);
		const [{ id, status }] = cancelled;
		for (const isCancelled of [false, true]) {
			await shared.patch(`documents?id=${id}`, { isCancelled });
			const row = shared.sandbox.rows('invoices.sales').find((one) => one.id === id);
			expect(row).toMatchObject({ isCancelled, isDisabled: false, status });
		}
	});

	test('The data have hours in quarters and some jobs over their budget', () => {
		const tracks = shared.sandbox.rows('intervals.track');
		expect(tracks.length).toBeGreaterThan(1300);
		expect(tracks.every((row) => Number.isInteger((row.hours as number) * 4))).toBe(true);
		const over = shared.sandbox.rows('jobs.overbudget');
		expect(over.length).toBeGreaterThan(0);
		expect(over.every((row) => (row.hoursTracked as number) > (row.hoursBudget as number))).toBe(
			true,
		);
		expect(over.length).toBeLessThan(shared.sandbox.rows('jobs').length);
	});

	test('The data have characters that break careless code, and a column called error', () => {
		const text = JSON.stringify(VIEW_NAMES.map((view) => shared.sandbox.rows(view)));
		const parts = String.raw`O'Neill & Sons|\"Zlatý|🍦|+|#|%|\n|<Hora>|\\`.split('|');
		expect(parts).toHaveLength(9);
		for (const part of parts) {
			expect(text).toContain(part);
		}
		expect(shared.sandbox.rows('tasks').filter((row) => row.error)).toHaveLength(1);
		expect(
			shared.sandbox.rows('users').filter((row) => row.category === 'Programmatic user'),
		).toHaveLength(1);
	});

	test('The data are the same each time and move with the date of the sandbox', async () => {
		const bytes = (sandbox: Sandbox) =>
			JSON.stringify(VIEW_NAMES.map((view) => sandbox.rows(view)));
		const now = new Date('2026-11-21T00:00:00Z');
		const [one, other] = [await openSandbox({ now }), await openSandbox({ now: new Date(now) })];
		expect(bytes(one.sandbox)).toBe(bytes(other.sandbox));
		expect(bytes(one.sandbox)).not.toBe(bytes(shared.sandbox));
		expect(bytes(shared.sandbox)).not.toContain('2026-11-21T');
	});

	test('The data grow to 100,000 rows', async () => {
		const { sandbox, get } = await openSandbox({
			rows: { jobs: 100_000, documents: 3000, 'companies.client': 500, users: 3 },
		});
		const { json } = await get('1/views/jobs?offset=99500');
		expect(json.metadata).toEqual({ count: 500, limit: 1000, nextOffset: null });
		const rows = sandbox.rows('jobs');
		expect(rows).toHaveLength(100_000);
		expect(new Set(rows.map((row) => row.id)).size).toBe(100_000);
		expect(new Set(rows.map((row) => row.number)).size).toBe(100_000);
		expect(sandbox.rows('documents')).toHaveLength(3000);
		expect(sandbox.rows('companies.client')).toHaveLength(500);
		expect(sandbox.rows('companies.supplier')).toHaveLength(
			shared.sandbox.rows('companies.supplier').length,
		);
		expect(sandbox.rows('users')).toHaveLength(3);
		const filtered = await get(`1/views/jobs?limit=1&${encodeFilter('id>100000')}`);
		expect(filtered.json.data).toEqual([rows.find((row) => (row.id as number) > 100_000)]);
		await expect(startSandbox({ rows: { nope: 5 } })).rejects.toThrow('nope');
	});
});
