import type { Sandbox, StoredRecord } from './types.mts';

/** Does one thing as a user would; returns what it was, or undefined where there is nothing to do. */
type Event = (sandbox: Sandbox, nth: number) => string | undefined;

function findFirst(
	sandbox: Sandbox,
	collection: string,
	wanted: (record: StoredRecord) => boolean,
): StoredRecord | undefined {
	return sandbox
		.records(collection)
		.find((record) => record.agencyId === sandbox.credential.unitId && wanted(record));
}

function findClient(sandbox: Sandbox): StoredRecord | undefined {
	return sandbox.records('companies').find((company) => company.isClient);
}

function findUser(sandbox: Sandbox, nth: number): StoredRecord | undefined {
	const users = sandbox.records('users');
	return users[nth % users.length];
}

const isInvoice = (record: StoredRecord) => String(record.type).startsWith('INVOICE.');

const EVENTS: Event[] = [
	(sandbox) => {
		const invoice = findFirst(
			sandbox,
			'documents',
			(record) => isInvoice(record) && record.status === 'PROCESSING',
		);
		if (!invoice) return undefined;
		sandbox.patch('documents', invoice.id, {
			status: 'APPROVED',
			process: null,
			properties: { extStatus: 'EXT.READY' },
		});
		return `invoice ${String(invoice.number)} was approved`;
	},
	(sandbox, nth) => {
		const job = sandbox.insert('jobs', {
			name: `Nový job #${nth}`,
			companyId: findClient(sandbox)?.id,
			ownerId: findUser(sandbox, 0)?.id,
			hoursBudget: 20,
		});
		return `job ${String(job.number)} was created`;
	},
	(sandbox, nth) => {
		const job = findFirst(sandbox, 'jobs', () => true);
		if (!job) return undefined;
		const entry = sandbox.insert('time', {
			type: 'TRACK',
			userId: findUser(sandbox, nth)?.id,
			jobId: job.id,
			hours: 1.5,
			isBillable: true,
		});
		return `${String(entry.hours)} hours were tracked on job ${String(job.number)}`;
	},
	(sandbox) => {
		const task = findFirst(sandbox, 'tasks', (record) => record.status === 'PROCESSING');
		if (!task) return undefined;
		sandbox.patch('tasks', task.id, { status: 'DONE' });
		return `task "${String(task.name)}" was finished`;
	},
	(sandbox, nth) => {
		const company = sandbox.insert('companies', {
			name: `Nový klient & syn ${nth}`,
			isClient: true,
		});
		return `company "${String(company.name)}" was created`;
	},
	(sandbox) => {
		const invoice = sandbox.insert('documents', {
			type: 'INVOICE.SALES',
			ownerId: findUser(sandbox, 0)?.id,
			companyId: findClient(sandbox)?.id,
			properties: {
				name: 'Záloha 50 %',
				createdOn: '2026-11-20',
				dueOn: '2026-12-04',
				paidOn: null,
				currency: 'CZK',
				amountNet: 50_000,
				vatRate: 21,
				amountVat: 10_500,
				amountTotal: 60_500,
				extStatus: null,
				extName: null,
			},
		});
		return `invoice ${String(invoice.number)} was issued`;
	},
];

/** Makes something happen every `everyMs` milliseconds and tells what it was. Returns how to stop it. */
export function startLive(
	sandbox: Sandbox,
	everyMs: number,
	tell: (what: string) => void,
): () => void {
	let nth = 0;
	const timer = setInterval(() => {
		const what = EVENTS[nth % EVENTS.length](sandbox, nth + 1);
		nth++;
		if (what) tell(what);
	}, everyMs);
	return () => clearInterval(timer);
}
