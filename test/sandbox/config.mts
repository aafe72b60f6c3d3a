import type { PropertyType } from './types.mts';

/**
 * The document types of the sandbox's agency: the pre-configured ones (DOC) and three of its own. In Teamogy each
 * customer has a configuration of its own.
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
	'DOCUMENT.BRIEF': 'BRF',
	'GEM.SPECIAL': 'GSP',
	'INVOICE.PURCHASE.FOREIGN': 'FPZ',
} as const;

export type DocumentType = keyof typeof DOCUMENT_TYPES;

/**
 * What may stand in a field, by collection: statuses and categories must exist in the account's configuration (DOC).
 * Documented are the statuses `PROCESSING` and `APPROVED`, the categories `CATEGORY.ORDER-JOB`,
 * `CATEGORY.DOCUMENT-LETTER` and the empty one, and the names of the five statuses of tasks; the rest is assumed. Whether categories of users and
 * persons are configured is UNKNOWN, so any is taken.
 */
export const CHOICES: Partial<Record<string, Record<string, readonly string[]>>> = {
	documents: {
		status: ['PROCESSING', 'APPROVED', 'REJECTED', 'CLOSED', 'SENT', 'DELIVERED', 'PAID'],
		category: [
			'',
			'CATEGORY.ORDER-JOB',
			'CATEGORY.ORDER-OVERHEAD',
			'CATEGORY.DOCUMENT-LETTER',
			'CATEGORY.DOCUMENT-NDA',
			'CATEGORY.INVOICE-JOB',
			'CATEGORY.INVOICE-RETAINER',
			'CATEGORY.INVOICE-OVERHEAD',
		],
	},
	jobs: {
		status: ['PREPARATION', 'OPEN', 'ON-HOLD', 'CLOSED'],
		category: [
			'',
			'CATEGORY.JOB-CAMPAIGN',
			'CATEGORY.JOB-DESIGN',
			'CATEGORY.JOB-PRODUCTION',
			'CATEGORY.JOB-RETAINER',
		],
	},
	tasks: {
		status: ['WAITING', 'OPEN', 'PROCESSING', 'DONE', 'CLOSED'],
		category: ['', 'CATEGORY.TASK-CREATIVE', 'CATEGORY.TASK-MEETING'],
	},
	companies: { category: ['', 'A', 'B', 'C', 'PROSPECT'] },
	time: {
		type: ['TRACK', 'ATTENDANCE', 'ABSENCE'],
		status: ['PROCESSING', 'APPROVED'],
		category: ['', 'ATTENDANCE.OFFICE', 'ABSENCE.HOLIDAY', 'ABSENCE.SICK', 'ABSENCE.HOME-OFFICE'],
	},
};

export const PROCESSES = ['PROCESS-DOCUMENT.MANAGER.APPROVAL', 'PROCESS-INVOICE.APPROVAL'];

/** Entries of `properties` that every kind of record has here. Documented: `extStatus`, `extName`. */
export const COMMON_PROPERTIES: Record<string, PropertyType> = {
	note: 'text',
	extStatus: 'text',
	extName: 'text',
};

/**
 * The other entries of `properties` that this account has configured: another key or another type of value is refused
 * (DOC). Documented for documents: `name`, `createdOn`, `bodyRichtext-1` and the four that themselves begin with
 * `properties.`.
 */
export const PROPERTIES: Partial<Record<string, Record<string, PropertyType>>> = {
	documents: {
		name: 'text',
		createdOn: 'date',
		'bodyRichtext-1': 'text',
		'properties.companyName': 'text',
		'properties.companyLabelName': 'text',
		'properties.companyLabelNameSuffix': 'text',
		'properties.companyLabelAddress': 'text',
		supplyOn: 'date',
		dueOn: 'date',
		paidOn: 'date',
		validOn: 'date',
		currency: 'text',
		amountNet: 'number',
		vatRate: 'number',
		amountVat: 'number',
		amountTotal: 'number',
		paymentCondition: 'text',
		poNumber: 'text',
		referenceNumber: 'text',
		cashbox: 'text',
	},
	users: { position: 'text', hourlyRate: 'number' },
	companies: { clientSince: 'date' },
	persons: { salutation: 'text' },
	jobs: { poNumber: 'text' },
	time: { source: 'text' },
	opportunities: { source: 'text' },
	internals: { name: 'text' },
};

/** Tells what an entry of `properties` holds by its value. */
export function getPropertyType(value: unknown): PropertyType {
	if (Array.isArray(value)) return 'list';
	if (typeof value === 'number' || typeof value === 'boolean') return typeof value as 'number';
	return typeof value === 'object' ? 'object' : 'text';
}

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

/** Everything that is stored. What is no entity is reached through views alone. */
export const COLLECTIONS = [
	...Object.keys(ENTITIES),
	...['groups', 'brands', 'opportunities', 'overheads', 'internals', 'journal'],
];

/**
 * The required fields of a new record. Those of a document are DOC. A user has four required texts (DOC) with UNKNOWN
 * names: these are assumed from what the app asks of a new user.
 */
export const REQUIRED: Partial<Record<string, readonly string[]>> = {
	documents: ['type', 'ownerId', 'companyId'],
	users: ['userName', 'email', 'phone', 'category'],
};

/** Collections whose records belong to one unit: another unit neither lists nor reads them (assumption). */
export const OF_ONE_UNIT = new Set(
	'documents jobs tasks time opportunities overheads internals journal'.split(' '),
);

/** Fields that hold the ID of a record, and the collection where the record must exist. */
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
