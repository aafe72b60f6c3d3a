/**
 * What Teamogy offers, as data. Descriptions, operation lists, dispatch and tables of the documents come from it. A new
 * document type is one line here; a new view or entity is one besides its resource in `resources.ts`.
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
export type EntityMethod = 'GET' | 'POST' | 'PATCH';

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

export type ViewName = keyof typeof VIEWS;

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

export type DocumentType = keyof typeof DOCUMENT_TYPES;
