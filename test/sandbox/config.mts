/**
 * The configuration of the sandbox's agency. In Teamogy all of this is each customer's own (config registers).
 * Document types: the documented pre-configured ones, and one that this customer added.
 */
export const DOCUMENT_TYPES = {
	'DOCUMENT.ISSUED': 'DV',
	'DOCUMENT.RECEIVED': 'DP',
	'DOCUMENT.CONTRACT': 'SML',
	'DOCUMENT.QUOTATION.SALES': 'NAB',
	'DOCUMENT.ORDER.PURCHASE': 'OBJ',
	'HR.DOC': 'HR',
	ABSENCE: 'ABS',
	GEM: 'GEM',
	BINDER: 'SLO',
	'INVOICE.SALES': 'FV',
	'INVOICE.SALES.PROFORMA': 'ZFV',
	'INVOICE.SALES.PREPAYMENT': 'DDV',
	'INVOICE.SALES.CORRECTION': 'ODV',
	'INVOICE.PURCHASE': 'FP',
	'INVOICE.PURCHASE.PROFORMA': 'ZFP',
	'INVOICE.PURCHASE.PREPAYMENT': 'DDP',
	'INVOICE.PURCHASE.CORRECTION': 'ODP',
	'CASHBOX.CREDIT': 'PPD',
	'CASHBOX.DEBIT': 'VPD',
	'CASHBOX.DEBIT.BILL': 'VPU',
	'CASHBOX.CARD.DEBIT': 'KV',
	'CASHBOX.CARD.DEBIT.BILL': 'KVU',
	/** The customer's own. */
	'DOCUMENT.BRIEF': 'BRF',
} as const;

export type DocumentType = keyof typeof DOCUMENT_TYPES;

/** `PROCESSING` and `APPROVED` are documented; the others are assumed. */
export const DOCUMENT_STATUSES = [
	'PROCESSING',
	'APPROVED',
	'REJECTED',
	'CANCELLED',
	'CLOSED',
	'SENT',
	'DELIVERED',
	'PAID',
];

/** `CATEGORY.ORDER-JOB` and `CATEGORY.DOCUMENT-LETTER` are documented; so is the empty one. */
export const DOCUMENT_CATEGORIES = [
	'',
	'CATEGORY.ORDER-JOB',
	'CATEGORY.ORDER-OVERHEAD',
	'CATEGORY.DOCUMENT-LETTER',
	'CATEGORY.DOCUMENT-NDA',
	'CATEGORY.INVOICE-JOB',
	'CATEGORY.INVOICE-RETAINER',
	'CATEGORY.INVOICE-OVERHEAD',
];

export const PROCESSES = ['PROCESS-DOCUMENT.MANAGER.APPROVAL', 'PROCESS-INVOICE.APPROVAL'];

export const INTERVAL_TYPES = ['TRACK', 'ATTENDANCE', 'ABSENCE'];

/** Entities (the vendor client's list) and what they can do. */
export const ENTITIES: Record<string, readonly string[]> = {
	users: ['GET', 'POST', 'PATCH'],
	agencies: ['GET', 'POST', 'PATCH'],
	companies: ['GET', 'POST', 'PATCH'],
	persons: ['GET', 'POST', 'PATCH'],
	documents: ['GET', 'POST', 'PATCH'],
	jobs: ['GET', 'POST', 'PATCH'],
	tasks: ['GET', 'POST', 'PATCH'],
	time: ['POST'],
};

/** Everything that is stored; those that are no entity are reached through views alone. */
export const COLLECTIONS = [
	...Object.keys(ENTITIES),
	'groups',
	'brands',
	'opportunities',
	'overheads',
	'internals',
	'journal',
];

/**
 * What a new record must have. Of a document it is documented; of a user that there are four texts, while their names
 * are lost: these are the sandbox's own (assumption, from what the app asks of a new user).
 */
export const REQUIRED: Partial<Record<string, readonly string[]>> = {
	documents: ['type', 'ownerId', 'companyId'],
	users: ['userName', 'email', 'phone', 'category'],
};

/** Records of these belong to one unit: another unit neither lists nor reads them (assumption). */
export const OF_ONE_UNIT = new Set([
	'documents',
	'jobs',
	'tasks',
	'time',
	'opportunities',
	'overheads',
	'internals',
	'journal',
]);

/** Fields that point to a record, and where it must exist. */
export const REFERENCES: Record<string, string> = {
	agencyId: 'agencies',
	ownerId: 'users',
	userId: 'users',
	companyId: 'companies',
	personId: 'persons',
	brandId: 'brands',
	jobId: 'jobs',
	taskId: 'tasks',
	parentId: 'tasks',
	binderId: 'documents',
	overheadId: 'overheads',
	documentId: 'documents',
};
