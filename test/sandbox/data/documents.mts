import sortBy from 'lodash/sortBy.js';
import times from 'lodash/times.js';
import type { DocumentType } from '../config.mts';
import type { Draft } from './people.mts';
import { chance, day, idAt, int, pick, some } from './random.mts';

interface Cast {
	companies: Draft[];
	persons: Draft[];
	users: Draft[];
	jobs: Draft[];
	now: Date;
}

const FIRST = 100_001;

function blank(type: DocumentType, agencyId: number, ownerId: number) {
	return {
		type,
		number: '',
		agencyId,
		ownerId,
		companyId: null as number | null,
		personId: null as number | null,
		binderId: null as number | null,
		jobId: null as number | null,
		status: 'APPROVED',
		statusDate: '',
		category: '',
		tags: [] as string[],
		participantIds: [] as number[],
		isDisabled: false,
		isDraft: false,
		isCancelled: false,
		process: null as Record<string, unknown> | null,
		acl: null as Record<string, unknown> | null,
		attach: [] as string[],
		properties: {} as Record<string, unknown>,
	};
}

type DocumentDraft = ReturnType<typeof blank>;

/** Binders come first: jobs are filed in them. */
export function makeBinders(
	cast: Omit<Cast, 'jobs' | 'persons'>,
	agencyId: number,
	count: number,
): Draft[] {
	const clients = cast.companies.filter((company) => company.isClient);
	return Array.from({ length: count }, (_, index) => {
		const client = clients[index % clients.length];
		const createdOn = day(cast.now, -370 + index);
		return {
			id: idAt(FIRST, index),
			...blank('BINDER', agencyId, cast.users[index % 3].id),
			companyId: client.id,
			statusDate: createdOn,
			properties: {
				name: `${client.name} – ${pick(['rok 2026', 'ATL + BTL', 'rámcová smlouva', 'digital'])}`,
				createdOn,
				note: null,
			},
		};
	});
}

/** Amounts in hundredths, so that they add up. */
function amounts(netCents: number, vatRate: number) {
	const vatCents = Math.round((netCents * vatRate) / 100);
	return {
		amountNet: netCents / 100,
		vatRate,
		amountVat: vatCents / 100,
		amountTotal: (netCents + vatCents) / 100,
	};
}

const INVOICES: Array<[type: DocumentType, count: number]> = [
	['INVOICE.SALES', 182],
	['INVOICE.SALES.PROFORMA', 8],
	['INVOICE.SALES.PREPAYMENT', 6],
	['INVOICE.SALES.CORRECTION', 4],
	['INVOICE.PURCHASE', 108],
	['INVOICE.PURCHASE.PROFORMA', 5],
	['INVOICE.PURCHASE.PREPAYMENT', 4],
	['INVOICE.PURCHASE.CORRECTION', 3],
];
const VOUCHERS: Array<[type: DocumentType, cashbox: string, count: number]> = [
	['CASHBOX.CREDIT', 'Pokladna CZK', 6],
	['CASHBOX.DEBIT', 'Pokladna CZK', 8],
	['CASHBOX.DEBIT.BILL', 'Pokladna CZK', 12],
	['CASHBOX.CARD.DEBIT', 'Karta •• 4421', 6],
	['CASHBOX.CARD.DEBIT.BILL', 'Karta •• 4421', 10],
];
const EXPENSES = [
	'Občerstvení na natáčení',
	'Taxi',
	'Rekvizity & kostýmy',
	"Props: children's toys",
	'Kávička ☕',
	'Parkovné 2+1 h',
];
const LETTERS: Array<[type: DocumentType, names: string[], count: number]> = [
	['GEM', ['Best of: plakáty', 'Claim roku „Prostě to peč“', 'Case study 1 + 1'], 10],
	['DOCUMENT.ISSUED', ['Předávací protokol', 'Dopis klientovi', 'Nabídka spolupráce "2027"'], 14],
	['DOCUMENT.RECEIVED', ['Objednávka klienta', 'Reklamace #7', 'Datová zpráva'], 10],
	['DOCUMENT.CONTRACT', ['Rámcová smlouva', 'NDA / mlčenlivost', 'Smlouva o dílo'], 12],
	['HR.DOC', ['Pracovní smlouva', 'Hodnocení Q3'], 6],
	['ABSENCE', ['Dovolená', 'Nemoc'], 10],
	['DOCUMENT.BRIEF', ['Brief: Vánoce', "Brief: children's edition", 'Debrief'], 8],
];

/** Makes the documents of a unit, one kind after the other. */
class DocumentMaker {
	private readonly today: string;
	private readonly jobs: Draft[];
	private readonly suppliers: Draft[];
	private readonly owners: Draft[];
	readonly drafts: DocumentDraft[] = [];

	constructor(
		private readonly cast: Cast,
		private readonly agencyId: number,
	) {
		this.today = day(cast.now);
		this.jobs = cast.jobs.filter((job) => job.agencyId === agencyId);
		this.suppliers = cast.companies.filter((company) => company.isSupplier);
		this.owners = cast.users.slice(0, 3);
	}

	addInvoice(type: DocumentType, index: number): void {
		const sales = type.startsWith('INVOICE.SALES');
		const { document, company, job } = this.addOnJob(
			type,
			sales ? undefined : pick(this.suppliers),
		);
		const createdOn = String(document.properties.createdOn);
		const foreign = (company.addresses as { country: string }[])[0].country !== 'CZ';
		const sign = type.endsWith('.CORRECTION') ? -1 : 1;
		const price = sales
			? int(80, 4800) * 10_000 + int(0, 3) * 2550
			: int(10, 2400) * 10_000 + int(0, 9999);
		const dueOn = day(createdOn, Number(sales ? company.clientDueDays : company.supplierDueDays));
		const age = this.getAge(createdOn);
		document.category = index % 9 === 0 ? 'CATEGORY.INVOICE-RETAINER' : 'CATEGORY.INVOICE-JOB';
		document.status = age < 12 ? pick(['PROCESSING', 'PROCESSING', 'APPROVED']) : 'APPROVED';
		if (index % 40 === 13) {
			// Cancelling can be revoked and is neither a status nor `isDisabled` (DOC).
			document.isCancelled = chance(50);
			if (!document.isCancelled) document.status = 'REJECTED';
		}
		if (document.status === 'PROCESSING')
			document.process = { name: 'PROCESS-INVOICE.APPROVAL', state: 'RUNNING' };
		const approved = document.status === 'APPROVED' && !document.isCancelled;
		const paid = approved && dueOn < this.today && !(age < 150 && index % 6 === 0);
		const paidOn = paid ? day(dueOn, int(-5, 12)) : null;
		const exported = approved && age > 20;
		document.tags = chance(10) ? ['urgent', 'štítek'] : [];
		document.properties = {
			...document.properties,
			supplyOn: createdOn,
			dueOn,
			paidOn: paidOn !== null && paidOn > this.today ? this.today : paidOn,
			currency: foreign ? 'EUR' : 'CZK',
			...amounts(
				(foreign ? Math.round(price / 25) : price) * sign,
				foreign ? 0 : pick([21, 21, 21, 12]),
			),
			paymentCondition: 'BANK-TRANSFER',
			poNumber: sales ? (job.properties as Record<string, unknown>).poNumber : null,
			referenceNumber: String(int(1_000_000, 9_999_999)),
			extStatus: exported ? 'EXT.EXPORTED' : approved ? pick(['EXT.READY', null]) : null,
			extName: exported ? `UC-${int(10_000, 99_999)}` : null,
		};
	}

	addPurchaseOrder(index: number): void {
		const { document } = this.addOnJob('DOCUMENT.ORDER.PURCHASE', pick(this.suppliers));
		const write = { users: [this.owners[0].id], groups: [] };
		document.category = 'CATEGORY.ORDER-JOB';
		document.status = pick(['PROCESSING', 'APPROVED', 'APPROVED', 'DELIVERED']);
		document.acl = index % 10 === 0 ? { read: { users: [], groups: [201] }, write } : null;
		Object.assign(document.properties, { currency: 'CZK', ...amounts(int(10, 2400) * 10_000, 21) });
	}

	addQuotation(): void {
		const { document } = this.addOnJob('DOCUMENT.QUOTATION.SALES');
		document.status = pick(['PROCESSING', 'SENT', 'APPROVED', 'REJECTED']);
		const validOn = day(String(document.properties.createdOn), 30);
		const money = amounts(int(100, 6000) * 10_000, 21);
		Object.assign(document.properties, { currency: 'CZK', ...money, validOn });
	}

	addVoucher(type: DocumentType, cashbox: string): void {
		const { document } = this.addOnJob(type, pick(this.suppliers));
		const name = pick(EXPENSES);
		const money = amounts(int(100, 9000) * 50, 21);
		Object.assign(document.properties, { name, cashbox, currency: 'CZK', ...money });
	}

	addLetter(type: DocumentType, names: string[], index: number): void {
		const { document } = this.addOnJob(type);
		const name = names[index % names.length];
		document.status = pick(['PROCESSING', 'APPROVED', 'CLOSED']);
		document.category = type === 'DOCUMENT.ISSUED' ? 'CATEGORY.DOCUMENT-LETTER' : '';
		document.participantIds = some(this.owners, 0, 2).map((user) => user.id);
		document.attach =
			type === 'DOCUMENT.CONTRACT' ? [`https://files.kolibrik.example/${index}.pdf`] : [];
		const html = `<p>${name}<br>S pozdravem, Kolibřík &amp; tým</p>`;
		Object.assign(document.properties, { name, 'bodyRichtext-1': html });
	}

	/** Adds a document that belongs to some job, and to the job's company where no other one is given. */
	private addOnJob(type: DocumentType, company?: Draft) {
		const job = pick(this.jobs);
		const document = blank(type, this.agencyId, job.ownerId as number);
		const companyId = company ? company.id : (job.companyId as number);
		const staff = this.cast.persons.filter((person) => person.companyId === companyId);
		document.companyId = companyId;
		document.personId = staff.length && chance(70) ? pick(staff).id : null;
		document.jobId = job.id;
		document.binderId = job.binderId as number | null;
		const startOn = String(job.startOn);
		const span = Math.max(1, Math.round(this.getAge(startOn)));
		const createdOn = day(startOn, int(0, Math.min(span, 150)));
		document.statusDate = createdOn;
		document.properties = { name: job.name, createdOn, note: null, extStatus: null, extName: null };
		this.drafts.push(document);
		return { document, job, company: this.cast.companies.find(({ id }) => id === companyId)! };
	}

	/** The days from a date to today. */
	private getAge(date: string): number {
		return (this.cast.now.getTime() - Date.parse(date)) / 86_400_000;
	}
}

/** Every document that is no binder, in order of its date. */
export function makeDocuments(
	cast: Cast,
	agencyId: number,
	share: number,
	before: Draft[],
	start = FIRST,
): Draft[] {
	const maker = new DocumentMaker(cast, agencyId);
	const repeat = (count: number, add: (index: number) => void) =>
		times(Math.ceil(count * share), add);
	for (const [type, count] of INVOICES) repeat(count, (index) => maker.addInvoice(type, index));
	repeat(70, (index) => maker.addPurchaseOrder(index));
	repeat(40, () => maker.addQuotation());
	for (const [type, cashbox, count] of VOUCHERS) {
		repeat(count, () => maker.addVoucher(type, cashbox));
	}
	for (const [type, names, count] of LETTERS) {
		repeat(count, (index) => maker.addLetter(type, names, index));
	}
	const today = day(cast.now);
	return sortBy(maker.drafts, 'statusDate').map((draft, index) => ({
		id: idAt(start, before.length + index),
		...draft,
		statusDate: draft.statusDate > today ? today : draft.statusDate,
	}));
}

/** Whether a document is in the journal: an approved invoice that is not cancelled. */
export function isBookable({
	type,
	status,
	isCancelled,
}: Readonly<Record<string, unknown>>): boolean {
	return String(type).startsWith('INVOICE.') && status === 'APPROVED' && isCancelled !== true;
}

/** Journal entries of one approved invoice: three lines whose two sides are equal. */
export function journalLines(document: Draft): Omit<Draft, 'id'>[] {
	const properties = document.properties as Record<string, unknown>;
	const sales = String(document.type).startsWith('INVOICE.SALES');
	const line = (account: string, side: 'debit' | 'credit', amount: unknown) => ({
		agencyId: document.agencyId,
		date: properties.createdOn ?? document.statusDate,
		documentId: document.id,
		companyId: document.companyId,
		jobId: document.jobId ?? null,
		account,
		debit: side === 'debit' ? amount : 0,
		credit: side === 'credit' ? amount : 0,
		currency: properties.currency ?? null,
		text: properties.name ?? null,
		properties: { note: null },
	});
	const [partner, result] = sales ? ['311000', '602000'] : ['321000', '518000'];
	const [own, other] = sales ? (['debit', 'credit'] as const) : (['credit', 'debit'] as const);
	return [
		line(partner, own, properties.amountTotal ?? 0),
		line(result, other, properties.amountNet ?? 0),
		line('343000', other, properties.amountVat ?? 0),
	];
}

/** Internal sales and purchase documents: one unit works for the other, each side has its document. */
export function makeInternals(cast: Cast, units: number[]): Draft[] {
	if (units.length < 2) return [];
	const jobs = cast.jobs.filter((job) => job.agencyId === units[0]);
	const internals: Draft[] = [];
	times(28, (index) => {
		const [from, to] = index % 4 < 2 ? [units[0], units[1]] : [units[1], units[0]];
		const buys = index % 2 === 1;
		const twin = buys ? internals[index - 1] : undefined;
		const job = pick(jobs);
		internals.push({
			id: idAt(9001, index),
			type: buys ? 'INTERNAL.PURCHASE' : 'INTERNAL.SALES',
			number: '',
			status: pick(['PROCESSING', 'APPROVED', 'APPROVED']),
			agencyId: buys ? to : from,
			counterpartyAgencyId: buys ? from : to,
			jobId: twin?.jobId ?? job.id,
			ownerId: pick(cast.users.slice(0, 3)).id,
			date: twin?.date ?? day(cast.now, -300 + index * 10),
			amount: twin?.amount ?? int(10, 400) * 500,
			currency: 'CZK',
			isDisabled: false,
			properties: { name: `Přeúčtování: ${job.name}`, note: null },
		});
	});
	return internals;
}
