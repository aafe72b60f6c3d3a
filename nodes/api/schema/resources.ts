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
	/** The frozen name that saved workflows carry; the trigger saves none. */
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

/** What is told of a resource; the rest follows from it. */
interface ResourceDefinition extends Pick<Resource, 'value' | 'name' | 'description' | 'views'> {
	entity?: EntityName;
	/** Of the documents, if it is not the first type that the views list. */
	defaultType?: DocumentType;
}

const defineResource = ({ defaultType, ...definition }: ResourceDefinition): Resource => {
	const { name, views, entity } = definition;
	return {
		...definition,
		kind: entity ? 'entity' : 'view',
		plural: `${name.replace(/y$/, 'ie')}s`,
		documentTypes: entity === 'documents' ? listDocumentTypes(views, defaultType) : undefined,
	};
};

/** The resources that Teamogy has, in the order of their English names. */
const RESOURCE_DEFINITIONS: readonly ResourceDefinition[] = [
	{
		value: 'binder',
		name: 'Binder',
		description: 'Jobs and documents of one larger project, kept together',
		views: ['binders'],
		entity: 'documents',
	},
	{
		value: 'brand',
		name: 'Brand',
		description: 'A brand of a company',
		views: ['brands'],
	},
	{
		value: 'businessUnit',
		name: 'Business Unit',
		description: 'A part of the agency with its own data, e.g. a branch',
		views: ['units'],
		entity: 'agencies',
	},
	{
		value: 'cashVoucher',
		name: 'Cash Voucher',
		description: 'A cash or card payment at a cashbox: petty cash, expenses, receipts',
		views: ['cashboxes'],
		entity: 'documents',
		defaultType: 'CASHBOX.DEBIT',
	},
	{
		value: 'company',
		name: 'Company',
		description: 'A client (customer) or supplier (vendor), as in a CRM',
		views: ['companies', 'companies.client', 'companies.supplier'],
		entity: 'companies',
	},
	{
		value: 'document',
		name: 'Document',
		description: 'Any document, e.g. a contract, a letter or an absence request',
		views: ['documents'],
		entity: 'documents',
		defaultType: 'DOCUMENT.ISSUED',
	},
	{
		value: 'gem',
		name: 'Gem',
		description: "A document of the type GEM, kept in Teamogy's Gems module",
		views: ['gems'],
		entity: 'documents',
	},
	{
		value: 'group',
		name: 'Group',
		description: 'A role that gives users rights, e.g. Accountant',
		views: ['groups'],
	},
	{
		value: 'internalDocument',
		name: 'Internal Document',
		description: 'An internal sale or purchase document, part of profit and loss',
		views: ['internals.sales', 'internals.purchase'],
	},
	{
		value: 'invoice',
		name: 'Invoice',
		description: 'A sales or purchase invoice: billing, payments, accounting',
		views: ['invoices.sales', 'invoices.purchase'],
		entity: 'documents',
	},
	{
		value: 'job',
		name: 'Job',
		description: 'A project or campaign for a client',
		views: ['jobs'],
		entity: 'jobs',
	},
	{
		value: 'journalEntry',
		name: 'Journal Entry',
		description: 'An entry of the finance journal: accounting, bookkeeping',
		views: ['journal'],
	},
	{
		value: 'opportunity',
		name: 'Opportunity',
		description: 'A possible sale: lead, deal, CRM pipeline',
		views: ['opportunities'],
	},
	{
		value: 'overhead',
		name: 'Overhead',
		description: 'Time and cost that belong to no single job',
		views: ['overheads.client', 'overheads.internal'],
	},
	{
		value: 'person',
		name: 'Person',
		description: 'A contact at a client or supplier, or a colleague',
		views: ['persons'],
		entity: 'persons',
	},
	{
		value: 'purchaseOrder',
		name: 'Purchase Order',
		description: 'An order to a supplier (PO)',
		views: ['documents.order.purchase'],
		entity: 'documents',
	},
	{
		value: 'salesQuotation',
		name: 'Sales Quotation',
		description: 'An offer to a client: quote, estimate',
		views: ['documents.quotation.sales'],
		entity: 'documents',
	},
	{
		value: 'task',
		name: 'Task',
		description: 'A to-do, e.g. a piece of work on a job',
		views: ['tasks'],
		entity: 'tasks',
	},
	{
		value: 'timeEntry',
		name: 'Time Entry',
		description: 'Hours worked (timesheet, worklog), attendance or absence',
		views: ['intervals.track', 'intervals.attendance', 'intervals.absence'],
		entity: 'time',
	},
	{
		value: 'user',
		name: 'User',
		description: 'Somebody who logs in to Teamogy: employee, staff',
		views: ['users'],
		entity: 'users',
	},
];
export const RESOURCES: readonly Resource[] = RESOURCE_DEFINITIONS.map(defineResource);

/** The resource that reads any view by its name. */
const ANY_VIEW: Resource = {
	...defineResource({
		value: 'view',
		name: 'View',
		description: "Any view by its name, including your account's custom views",
		views: [],
	}),
	kind: 'anyView',
};
/** All views, or one by its name: what the polling trigger watches. */
export const TRIGGER_RESOURCE = defineResource({
	value: 'everyView',
	name: 'View',
	description: 'Any list',
	views: Object.keys(VIEWS) as ViewName[],
});
/** The resource that calls any address of the API. */
const REQUEST: Resource = {
	...defineResource({
		value: 'apiRequest',
		name: 'API Request',
		description: 'A request to any address of the API',
		views: [],
	}),
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

const isKnownType = (type: string): type is DocumentType => Object.hasOwn(DOCUMENT_TYPES, type);

/** Whether a view lists documents of one known type only. */
const hasSingleType = (view: ViewName): boolean =>
	Object.values(DOCUMENT_TYPES).filter((type) => type.view === view).length === 1;

/** Whether documents of a type are alone in the view that lists them. */
export const isOnlyTypeOfView = (type: string): boolean =>
	isKnownType(type) && hasSingleType(DOCUMENT_TYPES[type].view);

/**
 * The view that lists documents of a type; for records without a type the default view of the resource. A type of the
 * account's own is in the view of the known type that its name begins with, if that view lists several types (INFERRED),
 * else in the view of all documents.
 */
export function findViewForType({ documentTypes, views }: Resource, type: string): ViewName {
	if (!documentTypes || !type) return views[0];
	if (isKnownType(type)) return DOCUMENT_TYPES[type].view;
	// A known type, and those whose names begin with it and a dot, are in one view.
	const known = Object.keys(DOCUMENT_TYPES).filter(isKnownType);
	const nearest = known.find((one) => type.startsWith(`${one}.`));
	const view = nearest && DOCUMENT_TYPES[nearest].view;
	return view && !hasSingleType(view) ? view : 'documents';
}

/** The views that list all records of a resource: `companies.client` is a part of `companies` and adds none. */
export const listMainViews = ({ views }: Resource): ViewName[] =>
	views.filter((view) => !views.some((one) => view.startsWith(`${one}.`)));
