import { formatValue } from '../formatValue';
import { InvalidInput } from '../transport/errors';

/**
 * What Teamogy offers, as data. Descriptions, operation lists, dispatch and the README's table are
 * made from it, so a new view, entity or document type is one line here.
 *
 * Sources: entities, their methods and the views are read in the vendor's own Node-RED client
 * (CLIENT); document types are documented on "Document intro" (DOC). Customers configure further
 * views and types of their own, so none of these lists is closed.
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

const documentType = (label: string, view: ViewName) => ({ label, view });

/**
 * Document types every account starts with (DOC), the words of their codes, and the view that lists
 * documents of the type. That a view lists just these types is INFERRED from their names.
 */
export const DOCUMENT_TYPES = {
	ABSENCE: documentType('Absence', 'documents'),
	BINDER: documentType('Binder', 'binders'),
	'CASHBOX.CARD.DEBIT': documentType('Card Debit', 'cashboxes'),
	'CASHBOX.CARD.DEBIT.BILL': documentType('Card Debit Bill', 'cashboxes'),
	'CASHBOX.CREDIT': documentType('Cash Credit', 'cashboxes'),
	'CASHBOX.DEBIT': documentType('Cash Debit', 'cashboxes'),
	'CASHBOX.DEBIT.BILL': documentType('Cash Debit Bill', 'cashboxes'),
	'DOCUMENT.CONTRACT': documentType('Contract', 'documents'),
	'DOCUMENT.ISSUED': documentType('Issued Document', 'documents'),
	'DOCUMENT.ORDER.PURCHASE': documentType('Purchase Order', 'documents.order.purchase'),
	'DOCUMENT.QUOTATION.SALES': documentType('Sales Quotation', 'documents.quotation.sales'),
	'DOCUMENT.RECEIVED': documentType('Received Document', 'documents'),
	GEM: documentType('Gem', 'gems'),
	'HR.DOC': documentType('HR Document', 'documents'),
	'INVOICE.PURCHASE': documentType('Purchase Invoice', 'invoices.purchase'),
	'INVOICE.PURCHASE.CORRECTION': documentType('Purchase Correction Invoice', 'invoices.purchase'),
	'INVOICE.PURCHASE.PREPAYMENT': documentType('Purchase Prepayment Invoice', 'invoices.purchase'),
	'INVOICE.PURCHASE.PROFORMA': documentType('Purchase Proforma Invoice', 'invoices.purchase'),
	'INVOICE.SALES': documentType('Sales Invoice', 'invoices.sales'),
	'INVOICE.SALES.CORRECTION': documentType('Sales Correction Invoice', 'invoices.sales'),
	'INVOICE.SALES.PREPAYMENT': documentType('Sales Prepayment Invoice', 'invoices.sales'),
	'INVOICE.SALES.PROFORMA': documentType('Sales Proforma Invoice', 'invoices.sales'),
} as const satisfies Record<string, { label: string; view: ViewName }>;

type DocumentType = keyof typeof DOCUMENT_TYPES;

export interface Resource {
	/** With single records (`entity`) or with views alone; for any view by its name; for any address. */
	readonly kind: 'entity' | 'view' | 'anyView' | 'request';
	/** The frozen name saved workflows carry. */
	readonly value: string;
	/** In the singular, as people read it. */
	readonly name: string;
	readonly plural: string;
	/** Where single records are read and written; of a resource of the kind `entity` alone. */
	readonly entity?: EntityName;
	/** The types a document of this resource can have; the first is the usual one. */
	readonly documentTypes?: readonly DocumentType[];
	/** The views that list it; the first is the usual one. */
	readonly views: readonly ViewName[];
}

/** The document types that views list, the usual one first. The view of all documents lists all types. */
const listDocumentTypes = (views: readonly ViewName[], usual?: DocumentType): DocumentType[] => {
	const types = Object.keys(DOCUMENT_TYPES) as DocumentType[];
	const listed = views.flatMap((view) =>
		types.filter((type) => view === 'documents' || DOCUMENT_TYPES[type].view === view),
	);
	return [...new Set(usual ? [usual, ...listed] : listed)];
};

/** @param usualType of its documents, where it is not the first one that its views list */
const resource = (
	value: string,
	name: string,
	views: readonly ViewName[],
	entity?: EntityName,
	usualType?: DocumentType,
): Resource => ({
	kind: entity ? 'entity' : 'view',
	value,
	name,
	plural: `${name.replace(/y$/, 'ie')}s`,
	views,
	entity,
	documentTypes: entity === 'documents' ? listDocumentTypes(views, usualType) : undefined,
});

/** The resources that stand for something in Teamogy, in the order of their English names. */
export const RESOURCES: readonly Resource[] = [
	resource('binder', 'Binder', ['binders'], 'documents'),
	resource('brand', 'Brand', ['brands']),
	resource('businessUnit', 'Business Unit', ['units'], 'agencies'),
	resource('cashVoucher', 'Cash Voucher', ['cashboxes'], 'documents', 'CASHBOX.DEBIT'),
	resource(
		'company',
		'Company',
		['companies', 'companies.client', 'companies.supplier'],
		'companies',
	),
	resource('document', 'Document', ['documents'], 'documents', 'DOCUMENT.ISSUED'),
	resource('gem', 'Gem', ['gems'], 'documents'),
	resource('group', 'Group', ['groups']),
	resource('internalDocument', 'Internal Document', ['internals.sales', 'internals.purchase']),
	resource('invoice', 'Invoice', ['invoices.sales', 'invoices.purchase'], 'documents'),
	resource('job', 'Job', ['jobs'], 'jobs'),
	resource('journalEntry', 'Journal Entry', ['journal']),
	resource('opportunity', 'Opportunity', ['opportunities']),
	resource('overhead', 'Overhead', ['overheads.client', 'overheads.internal']),
	resource('person', 'Person', ['persons'], 'persons'),
	resource('purchaseOrder', 'Purchase Order', ['documents.order.purchase'], 'documents'),
	resource('salesQuotation', 'Sales Quotation', ['documents.quotation.sales'], 'documents'),
	resource('task', 'Task', ['tasks'], 'tasks'),
	resource(
		'timeEntry',
		'Time Entry',
		['intervals.track', 'intervals.attendance', 'intervals.absence'],
		'time',
	),
	resource('user', 'User', ['users'], 'users'),
];

/** The resource that reads any view by its name. */
const ANY_VIEW: Resource = { ...resource('view', 'View', []), kind: 'anyView' };
/** All views, or one by its name: what the polling trigger watches. */
export const EVERY_VIEW = resource('everyView', 'View', Object.keys(VIEWS) as ViewName[]);
/** The resource that calls any address of the API. */
const ANY_REQUEST: Resource = { ...resource('apiRequest', 'API Request', []), kind: 'request' };

/** All resources of the action node, in the order of their English names. */
export const ALL_RESOURCES: readonly Resource[] = [ANY_REQUEST, ...RESOURCES, ANY_VIEW];

/** @throws InvalidInput when there is none of that name */
export function findResource(value: string): Resource {
	const resource = ALL_RESOURCES.find((one) => one.value === value);
	if (resource) return resource;
	throw new InvalidInput(
		`The Resource "${formatValue(value)}" does not exist`,
		'Choose one from the list.',
	);
}

/** Whether the entity behind a resource takes the method. */
export const supportsMethod = (of: Resource, method: EntityMethod): boolean =>
	of.entity !== undefined && (ENTITIES[of.entity] as readonly EntityMethod[]).includes(method);

/** The view that lists documents of a type; the resource's usual view for a customer's own type. */
export const findViewForType = (of: Resource, documentType = ''): ViewName =>
	Object.hasOwn(DOCUMENT_TYPES, documentType)
		? DOCUMENT_TYPES[documentType as DocumentType].view
		: of.views[0];
