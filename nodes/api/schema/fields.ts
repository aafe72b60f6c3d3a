import type { EntityName } from './catalog';

export type FieldKind = 'string' | 'number' | 'boolean' | 'date' | 'array' | 'object';

/** A documented field of an entity. */
export interface Field {
	/** The name in requests; after `properties.` the rest is one key with its dots. */
	id: string;
	label: string;
	kind: FieldKind;
	required?: boolean;
	/** The name is INFERRED: its meaning is documented, its name is lost. */
	unconfirmed?: boolean;
}

type FieldRow = [id: string, label: string, kind?: FieldKind, flag?: 'required' | 'unconfirmed'];

/** Lists and objects, which users enter as JSON. */
const ACCESS: FieldRow = ['acl', 'Access Rights', 'object'];
const ATTACHMENTS: FieldRow = ['attach', 'Attachment Links', 'array'];
const TAGS: FieldRow = ['tags', 'Tags', 'array'];

/**
 * The fields known of each entity. Documents: "Document intro", "Document examples" and the patch
 * page (DOC). Companies and users: their create pages (DOC), where most names are lost. The fields of other entities are
 * found on records of the account.
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
		['ownerId', 'Owner ID (User)', 'number', 'required'],
		['companyId', 'Company ID', 'number', 'required'],
		['agencyId', 'Business Unit ID', 'number'],
		['personId', 'Person ID', 'number'],
		['binderId', 'Binder ID', 'number'],
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

/** Fields that name a record, the best first. */
export const NAME_FIELDS = ['number', 'name', 'userName', 'email'];

/** The documented fields of an entity; an entity may have none. */
export const getDocumentedFields = (entity: EntityName): Field[] =>
	(DOCUMENTED_FIELDS[entity] ?? []).map(([id, label, kind = 'string', flag]) => ({
		id,
		label,
		kind,
		required: flag === 'required',
		unconfirmed: flag === 'unconfirmed',
	}));
