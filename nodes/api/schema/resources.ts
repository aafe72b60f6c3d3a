import { formatValue } from '../common/formatValue';
import { InvalidInput } from '../common/invalidInput';
import {
	DOCUMENT_TYPES,
	ENTITIES,
	VIEWS,
	type DocumentType,
	type EntityMethod,
	type EntityName,
	type ViewName,
} from './catalog';

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
