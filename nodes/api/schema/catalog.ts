import { formatValue } from '../common/formatValue';
import { InvalidInput } from '../common/invalidInput';

/**
 * What Teamogy offers, as data. Descriptions, operation lists, dispatch and tables of the documents come from it, so a
 * new view, entity or document type is one line here.
 *
 * Sources: entities, their methods and the views are read in the vendor's own Node-RED client (CLIENT); document
 * types are documented on "Document intro" (DOC). Accounts configure further views and types.
 */

/** Entities and the methods the vendor's client offers for them (CLIENT). */
export const ENTITIES = {
	agencies: ['GET', 'POST', 'PATCH'],
	companies: ['GET', 'POST', 'PATCH'],
	documents: ['GET', 'POST', 'PATCH'],
	jobs: ['GET', 'POST', 'PATCH'],
	persons: ['GET', 'POST', 'PATCH'],
	tasks: ['GET', 'POST', 'PATCH'],
	time: ['POST'],
	users: ['GET', 'POST', 'PATCH'],
} as const satisfies Record<string, ReadonlyArray<'GET' | 'POST' | 'PATCH'>>;

export type EntityName = keyof typeof ENTITIES;
type EntityMethod = 'GET' | 'POST' | 'PATCH';

/** Views and the labels people know them by (CLIENT). */
export const VIEWS = {
	binders: 'Binders',
	brands: 'Brands',
	cashboxes: 'Cashboxes',
	companies: 'Companies (All)',
	'companies.client': 'Companies (Clients Only)',
	'companies.supplier': 'Companies (Suppliers Only)',
	documents: 'Documents (All)',
	'documents.order.purchase': 'Purchase Orders',
	'documents.quotation.sales': 'Sales Quotations',
	gems: 'Gems',
	groups: 'Groups',
	'internals.purchase': 'Purchase Internal Documents',
	'internals.sales': 'Sales Internal Documents',
	'intervals.absence': 'Absences',
	'intervals.attendance': 'Attendances',
	'intervals.track': 'Time Tracks',
	'invoices.purchase': 'Purchase Invoices',
	'invoices.sales': 'Sales Invoices',
	jobs: 'Jobs',
	journal: 'Journal',
	opportunities: 'Opportunities',
	'overheads.client': 'Client Overheads',
	'overheads.internal': 'Internal Overheads',
	persons: 'Persons',
	tasks: 'Tasks',
	units: 'Business Units',
	users: 'Users',
} as const;

type ViewName = keyof typeof VIEWS;

const defineType = (label: string, view: ViewName) => ({ label, view });

/**
 * The document types of a new account (DOC), the words of their codes, and the view that lists documents of the
 * type. That a view lists just these types is INFERRED from their names.
 */
export const DOCUMENT_TYPES = {
	ABSENCE: defineType('Absence', 'documents'),
	BINDER: defineType('Binder', 'binders'),
	'CASHBOX.CARD.DEBIT': defineType('Card Debit', 'cashboxes'),
	'CASHBOX.CARD.DEBIT.BILL': defineType('Card Debit Bill', 'cashboxes'),
	'CASHBOX.CREDIT': defineType('Cash Credit', 'cashboxes'),
	'CASHBOX.DEBIT': defineType('Cash Debit', 'cashboxes'),
	'CASHBOX.DEBIT.BILL': defineType('Cash Debit Bill', 'cashboxes'),
	'DOCUMENT.CONTRACT': defineType('Contract', 'documents'),
	'DOCUMENT.ISSUED': defineType('Issued Document', 'documents'),
	'DOCUMENT.ORDER.PURCHASE': defineType('Purchase Order', 'documents.order.purchase'),
	'DOCUMENT.QUOTATION.SALES': defineType('Sales Quotation', 'documents.quotation.sales'),
	'DOCUMENT.RECEIVED': defineType('Received Document', 'documents'),
	GEM: defineType('Gem', 'gems'),
	'HR.DOC': defineType('HR Document', 'documents'),
	'INVOICE.PURCHASE': defineType('Purchase Invoice', 'invoices.purchase'),
	'INVOICE.PURCHASE.CORRECTION': defineType('Purchase Correction Invoice', 'invoices.purchase'),
	'INVOICE.PURCHASE.PREPAYMENT': defineType('Purchase Prepayment Invoice', 'invoices.purchase'),
	'INVOICE.PURCHASE.PROFORMA': defineType('Purchase Proforma Invoice', 'invoices.purchase'),
	'INVOICE.SALES': defineType('Sales Invoice', 'invoices.sales'),
	'INVOICE.SALES.CORRECTION': defineType('Sales Correction Invoice', 'invoices.sales'),
	'INVOICE.SALES.PREPAYMENT': defineType('Sales Prepayment Invoice', 'invoices.sales'),
	'INVOICE.SALES.PROFORMA': defineType('Sales Proforma Invoice', 'invoices.sales'),
} as const satisfies Record<string, { label: string; view: ViewName }>;

type DocumentType = keyof typeof DOCUMENT_TYPES;

export interface Resource {
	/** `entity`: single records; `view`: rows of views only; `anyView`: any view by name; `request`: any address. */
	readonly kind: 'entity' | 'view' | 'anyView' | 'request';
	/** The frozen name saved workflows carry. */
	readonly value: string;
	/** In the singular, as people read it. */
	readonly name: string;
	readonly plural: string;
	/** What it is, for newcomers and models, in the words people use for it. */
	readonly description: string;
	/** Where single records are read and written; only for the kind `entity`. */
	readonly entity?: EntityName;
	/** The types a document of this resource can have; the first is the default. */
	readonly documentTypes?: readonly DocumentType[];
	/** The views that list the records; the first is the default. */
	readonly views: readonly ViewName[];
}

/** The document types that views list, the default first. The view of all documents lists all types. */
const listDocumentTypes = (views: readonly ViewName[], first?: DocumentType): DocumentType[] => {
	const types = Object.keys(DOCUMENT_TYPES) as DocumentType[];
	const listed = views.flatMap((view) =>
		types.filter((type) => view === 'documents' || DOCUMENT_TYPES[type].view === view),
	);
	return [...new Set(first ? [first, ...listed] : listed)];
};

/** @param defaultType of the documents, if it is not the first type that the views list */
const defineResource = (
	value: string,
	name: string,
	description: string,
	views: readonly ViewName[],
	entity?: EntityName,
	defaultType?: DocumentType,
): Resource => ({
	kind: entity ? 'entity' : 'view',
	value,
	name,
	plural: `${name.replace(/y$/, 'ie')}s`,
	description,
	views,
	entity,
	documentTypes: entity === 'documents' ? listDocumentTypes(views, defaultType) : undefined,
});

/** The resources that Teamogy has, in the order of their English names: the parameters of `defineResource`. */
const RESOURCE_ROWS: Array<Parameters<typeof defineResource>> = [
	[
		'binder',
		'Binder',
		'Jobs and documents of one larger project, kept together',
		['binders'],
		'documents',
	],
	['brand', 'Brand', 'A brand of a company', ['brands']],
	[
		'businessUnit',
		'Business Unit',
		'A part of the agency with its own data, e.g. a branch; in the API an agency',
		['units'],
		'agencies',
	],
	[
		'cashVoucher',
		'Cash Voucher',
		'Cash or card payment at a cashbox: petty cash, expenses, receipts',
		['cashboxes'],
		'documents',
		'CASHBOX.DEBIT',
	],
	[
		'company',
		'Company',
		'A client (customer) or supplier (vendor), as in a CRM',
		['companies', 'companies.client', 'companies.supplier'],
		'companies',
	],
	[
		'document',
		'Document',
		'Any document, e.g. a contract, a letter or an absence request',
		['documents'],
		'documents',
		'DOCUMENT.ISSUED',
	],
	['gem', 'Gem', "A record of Teamogy's module Gems", ['gems'], 'documents'],
	['group', 'Group', 'A role that gives users rights, e.g. Accountant', ['groups']],
	[
		'internalDocument',
		'Internal Document',
		'Internal sale or purchase, part of profit and loss',
		['internals.sales', 'internals.purchase'],
	],
	[
		'invoice',
		'Invoice',
		'Sales or purchase invoice: billing, payments, accounting',
		['invoices.sales', 'invoices.purchase'],
		'documents',
	],
	['job', 'Job', 'A project or campaign for a client', ['jobs'], 'jobs'],
	[
		'journalEntry',
		'Journal Entry',
		'An entry of the finance journal: accounting, bookkeeping',
		['journal'],
	],
	['opportunity', 'Opportunity', 'A possible sale: lead, deal, CRM pipeline', ['opportunities']],
	[
		'overhead',
		'Overhead',
		'Time and cost that belong to no single job',
		['overheads.client', 'overheads.internal'],
	],
	['person', 'Person', 'A contact at a client or supplier, or a colleague', ['persons'], 'persons'],
	[
		'purchaseOrder',
		'Purchase Order',
		'An order to a supplier (PO)',
		['documents.order.purchase'],
		'documents',
	],
	[
		'salesQuotation',
		'Sales Quotation',
		'An offer to a client: quote, estimate',
		['documents.quotation.sales'],
		'documents',
	],
	['task', 'Task', 'A to-do, e.g. a piece of work on a job', ['tasks'], 'tasks'],
	[
		'timeEntry',
		'Time Entry',
		'Hours worked (timesheet, worklog), attendance or absence',
		['intervals.track', 'intervals.attendance', 'intervals.absence'],
		'time',
	],
	['user', 'User', 'Somebody who logs in to Teamogy: employee, staff', ['users'], 'users'],
];
export const RESOURCES: readonly Resource[] = RESOURCE_ROWS.map((row) => defineResource(...row));

/** The resource that reads any view by its name. */
const ANY_VIEW: Resource = {
	...defineResource('view', 'View', 'Any list by its name, also those your account has added', []),
	kind: 'anyView',
};
/** All views, or one by its name: what the polling trigger watches. */
export const TRIGGER_RESOURCE = defineResource(
	'everyView',
	'View',
	'Any list',
	Object.keys(VIEWS) as ViewName[],
);
/** The resource that calls any address of the API. */
const REQUEST: Resource = {
	...defineResource('apiRequest', 'API Request', 'A request to any address of the API', []),
	kind: 'request',
};

/** All resources of the action node, in the order of their English names. */
export const ALL_RESOURCES: readonly Resource[] = [REQUEST, ...RESOURCES, ANY_VIEW];

/** @throws InvalidInput when no resource has the name */
export function findResource(value: string): Resource {
	const resource = ALL_RESOURCES.find((one) => one.value === value);
	if (resource) return resource;
	throw new InvalidInput(
		`The resource "${formatValue(value)}" does not exist`,
		`Choose one of: ${ALL_RESOURCES.map((one) => one.value).join(', ')}.`,
	);
}

/** Whether the entity of a resource supports the method. */
export const supportsMethod = ({ entity }: Resource, method: EntityMethod): boolean =>
	entity !== undefined && (ENTITIES[entity] as readonly EntityMethod[]).includes(method);

/** The view that lists documents of a type; the resource's default view for a customer's own type. */
export const findViewForType = (resource: Resource, documentType = ''): ViewName =>
	Object.hasOwn(DOCUMENT_TYPES, documentType)
		? DOCUMENT_TYPES[documentType as DocumentType].view
		: resource.views[0];
