import type { Sandbox, StoredRecord } from './types.mts';

/** Does one thing as a user would; returns what it was, or undefined where there is nothing to do. */
type Event = (sandbox: Sandbox, nth: number) => string | undefined;

function listOwn({ records, credential }: Sandbox, collection: string): StoredRecord[] {
	return records(collection).filter(({ agencyId }) => agencyId === credential.unitId);
}

function getClientId({ records }: Sandbox): number | undefined {
	return records('companies').find(({ isClient }) => isClient)?.id;
}

function getUserId({ records }: Sandbox, nth: number): number | undefined {
	const users = records('users');
	return users[nth % users.length]?.id;
}

const EVENTS: Event[] = [
	(sandbox) => {
		const invoice = listOwn(sandbox, 'documents').find(
			({ type, status }) => String(type).startsWith('INVOICE.') && status === 'PROCESSING',
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
			companyId: getClientId(sandbox),
			ownerId: getUserId(sandbox, 0),
			hoursBudget: 20,
		});
		return `job ${String(job.number)} was created`;
	},
	(sandbox, nth) => {
		const job = listOwn(sandbox, 'jobs').at(-1);
		if (!job) return undefined;
		const entry = sandbox.insert('time', {
			type: 'TRACK',
			userId: getUserId(sandbox, nth),
			jobId: job.id,
			hours: 1.5,
			isBillable: true,
		});
		return `${String(entry.hours)} hours were tracked on job ${String(job.number)}`;
	},
	(sandbox) => {
		const task = listOwn(sandbox, 'tasks').find(({ status }) => status === 'PROCESSING');
		if (!task) return undefined;
		sandbox.patch('tasks', task.id, { status: 'DONE' });
		return `task "${String(task.name)}" was finished`;
	},
	(sandbox, nth) => {
		const name = `Nový klient & syn ${nth}`;
		const company = sandbox.insert('companies', { name, isClient: true });
		return `company "${String(company.name)}" was created`;
	},
	(sandbox) => {
		const invoice = sandbox.insert('documents', {
			type: 'INVOICE.SALES',
			ownerId: getUserId(sandbox, 0),
			companyId: getClientId(sandbox),
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
