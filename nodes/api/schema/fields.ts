import type { EntityName, VIEWS } from './catalog';

/** What a field holds. `id` is the ID of one record, a whole number; `number` any number. */
export type FieldKind = 'string' | 'number' | 'id' | 'boolean' | 'date' | 'array' | 'object';

/** A documented field of an entity. */
export interface Field {
	/** The name in requests; after `properties.` the rest is one key with its dots. */
	id: string;
	label: string;
	kind: FieldKind;
	required?: boolean;
	/** The name is INFERRED: only its meaning is documented, or only a column of that name. */
	unconfirmed?: boolean;
	/** JSON that the field may hold, for lists and objects. */
	example?: string;
}

type FieldRow = [id: string, label: string, kind?: FieldKind, flag?: 'required' | 'unconfirmed'];

/** Lists and objects, which users enter as JSON. */
const ACCESS: FieldRow = ['acl', 'Access Rights', 'object'];
const ATTACHMENTS: FieldRow = ['attach', 'Attachment Links', 'array'];
const TAGS: FieldRow = ['tags', 'Tags', 'array'];

/**
 * The fields known of each entity. Documents: "Document intro", "Document examples" and the patch
 * page (DOC). Companies and users: their create pages (DOC), where most names are lost. Persons: columns of their view
 * (CLIENT). The fields of other entities are found on records of the account.
 */
const DOCUMENTED_FIELDS: Partial<Record<EntityName, readonly FieldRow[]>> = {
	companies: [
		['name', 'Name', 'string', 'unconfirmed'],
		['type', 'Type', 'string', 'unconfirmed'],
		['category', 'Category', 'string', 'unconfirmed'],
		['industry', 'Industry', 'string', 'unconfirmed'],
		['isClient', 'Client', 'boolean', 'unconfirmed'],
		['isSupplier', 'Supplier', 'boolean', 'unconfirmed'],
		['isCertified', 'Certified', 'boolean', 'unconfirmed'],
		['isDisabled', 'Disabled', 'boolean', 'unconfirmed'],
		['isDraft', 'Draft', 'boolean', 'unconfirmed'],
		['addresses', 'Addresses', 'array'],
		['bankAccounts', 'Bank Accounts', 'array'],
		['brands', 'Brands', 'array'],
		['contacts', 'Contacts', 'array'],
		['persons', 'Persons', 'array'],
		['registrations', 'Registrations', 'object'],
		TAGS,
		ACCESS,
		ATTACHMENTS,
	],
	documents: [
		['ownerId', 'Owner ID (User)', 'id', 'required'],
		['companyId', 'Company ID', 'id', 'required'],
		['agencyId', 'Business Unit ID', 'id'],
		['personId', 'Person ID', 'id'],
		['binderId', 'Binder ID', 'id'],
		['number', 'Registration Number'],
		['category', 'Category'],
		['status', 'Status'],
		['statusDate', 'Status Date', 'date'],
		['participantIds', 'Participant IDs (Users)', 'array'],
		TAGS,
		['setProcess', 'Process to Start'],
		['process', 'Process', 'object'],
		ACCESS,
		ATTACHMENTS,
		['properties.name', 'Subject'],
		['properties.createdOn', 'Date of Issue', 'date'],
		['properties.bodyRichtext-1', 'Text (HTML)'],
		['properties.properties.companyName', 'Label: Company'],
		['properties.properties.companyLabelName', 'Label: Person'],
		['properties.properties.companyLabelNameSuffix', 'Label: Position'],
		['properties.properties.companyLabelAddress', 'Label: Address'],
	],
	persons: [
		['firstName', 'First Name', 'string', 'unconfirmed'],
		['lastName', 'Last Name', 'string', 'unconfirmed'],
	],
	users: [
		['person', 'Person', 'object'],
		['groupNames', 'Group Names', 'array'],
		['isDisabled', 'Disabled', 'boolean', 'unconfirmed'],
		['isDraft', 'Draft', 'boolean', 'unconfirmed'],
	],
};

/** A list of objects whose keys are UNKNOWN. */
export const OBJECTS_EXAMPLE = '[{"key": "value"}]';

/** Examples of lists and objects: documented shapes, INFERRED ones of `addresses` and persons, and three UNKNOWN ones. */
const EXAMPLES: Readonly<Record<string, string>> = {
	acl: '{"read": {"users": [24]}}',
	addresses: '[{"city": "Praha"}]',
	attach: '["https://example.com/a.pdf"]',
	bankAccounts: OBJECTS_EXAMPLE,
	brands: OBJECTS_EXAMPLE,
	contacts: OBJECTS_EXAMPLE,
	groupNames: '["Accountant"]',
	participantIds: '[12, 34]',
	person: '{"firstName": "Jana"}',
	persons: '[{"firstName": "Jana"}]',
	tags: '["print"]',
};

/** The records that the ID in a field points to. */
interface Reference {
	label: string;
	/** The view that lists the records. */
	view: keyof typeof VIEWS;
}

/**
 * The fields that hold the ID of one record. Those of documents are documented (DOC "Document intro"); that other
 * entities use the same names, and the names of the fields for users, jobs, tasks and brands, are INFERRED.
 */
export const REFERENCES: Readonly<Record<string, Reference>> = {
	agencyId: { label: 'Business Unit', view: 'units' },
	binderId: { label: 'Binder', view: 'binders' },
	brandId: { label: 'Brand', view: 'brands' },
	companyId: { label: 'Company', view: 'companies' },
	jobId: { label: 'Job', view: 'jobs' },
	ownerId: { label: 'Owner', view: 'users' },
	personId: { label: 'Person', view: 'persons' },
	taskId: { label: 'Task', view: 'tasks' },
	userId: { label: 'User', view: 'users' },
};

/**
 * Whether a view computes a column from other records, so that it cannot be written: a name beside its ID, such as
 * `jobName` beside `jobId` (INFERRED), and the company of a time record, which belongs to a job, a task or an overhead (DOC).
 *
 * @param names all columns of the view
 */
export const isComputedColumn = (
	entity: EntityName,
	name: string,
	names: ReadonlySet<string>,
): boolean =>
	(name.endsWith('Name') && names.has(name.replace(/Name$/, 'Id'))) ||
	(entity === 'time' && name === 'companyId');

/** Fields that people fill in first (INFERRED): a new node shows them, so that it does not open without any. */
export const USUAL_FIELDS: Readonly<Record<EntityName, readonly string[]>> = {
	agencies: ['name'],
	companies: ['name'],
	documents: ['properties.name'],
	jobs: ['name', 'companyId'],
	persons: ['firstName', 'lastName'],
	tasks: ['name', 'jobId'],
	time: ['userId', 'jobId', 'date', 'hours'],
	users: ['userName', 'email'],
};

/** The documented fields of an entity; an entity may have none. */
export const getDocumentedFields = (entity: EntityName): Field[] =>
	(DOCUMENTED_FIELDS[entity] ?? []).map(([id, label, kind = 'string', flag]) => ({
		id,
		label,
		kind,
		required: flag === 'required',
		unconfirmed: flag === 'unconfirmed',
		example: EXAMPLES[id],
	}));
