import type { EntityName } from './catalog';

export type FieldKind = 'string' | 'number' | 'boolean' | 'date' | 'array' | 'object';

/** A field of an entity as the documentation gives it. */
export interface Field {
	/** As it is sent; behind `properties.` the rest is one key, dots and all. */
	id: string;
	label: string;
	kind: FieldKind;
	required?: true;
	/** The name is INFERRED: its meaning is documented, its name is lost. */
	unconfirmed?: true;
}

const field = (id: string, label: string, kind: FieldKind = 'string'): Field => ({
	id,
	label,
	kind,
});
const required = (id: string, label: string, kind: FieldKind): Field => ({
	...field(id, label, kind),
	required: true,
});
const unconfirmed = (id: string, label: string, kind: FieldKind = 'string'): Field => ({
	...field(id, label, kind),
	unconfirmed: true,
});

/** Lists and objects as they are given in JSON. */
const ACCESS = field('acl', 'Access Rights', 'object');
const ATTACHMENTS = field('attach', 'Attachment Links', 'array');
const TAGS = field('tags', 'Tags', 'array');

/**
 * The fields known of each entity. Documents: "Document intro", "Document examples" and the patch
 * page (DOC). Companies and users: their create pages (DOC), where most names are lost. Nothing is
 * known of the others, whose fields are found on the account's records.
 */
const DOCUMENTED_FIELDS: Partial<Record<EntityName, readonly Field[]>> = {
	companies: [
		unconfirmed('name', 'Name'),
		unconfirmed('type', 'Type'),
		unconfirmed('category', 'Category'),
		unconfirmed('industry', 'Industry'),
		unconfirmed('isClient', 'Client', 'boolean'),
		unconfirmed('isSupplier', 'Supplier', 'boolean'),
		unconfirmed('isCertified', 'Certified', 'boolean'),
		unconfirmed('isDisabled', 'Disabled', 'boolean'),
		unconfirmed('isDraft', 'Draft', 'boolean'),
		field('addresses', 'Addresses', 'array'),
		field('bankAccounts', 'Bank Accounts', 'array'),
		field('brands', 'Brands', 'array'),
		field('contacts', 'Contacts', 'array'),
		field('persons', 'Persons', 'array'),
		field('registrations', 'Registrations', 'object'),
		TAGS,
		ACCESS,
		ATTACHMENTS,
	],
	documents: [
		required('ownerId', 'Owner ID (User)', 'number'),
		required('companyId', 'Company ID', 'number'),
		field('agencyId', 'Business Unit ID', 'number'),
		field('personId', 'Person ID', 'number'),
		field('binderId', 'Binder ID', 'number'),
		field('number', 'Registration Number'),
		field('category', 'Category'),
		field('status', 'Status'),
		field('statusDate', 'Status Date', 'date'),
		field('participantIds', 'Participant IDs (Users)', 'array'),
		TAGS,
		field('setProcess', 'Process to Start'),
		field('process', 'Process', 'object'),
		ACCESS,
		ATTACHMENTS,
		field('properties.name', 'Subject'),
		field('properties.createdOn', 'Date of Issue', 'date'),
		field('properties.bodyRichtext-1', 'Text (HTML)'),
		field('properties.properties.companyName', 'Label: Company'),
		field('properties.properties.companyLabelName', 'Label: Person'),
		field('properties.properties.companyLabelNameSuffix', 'Label: Position'),
		field('properties.properties.companyLabelAddress', 'Label: Address'),
	],
	persons: [unconfirmed('firstName', 'First Name'), unconfirmed('lastName', 'Last Name')],
	users: [
		field('person', 'Person', 'object'),
		field('groupNames', 'Group Names', 'array'),
		unconfirmed('isDisabled', 'Disabled', 'boolean'),
		unconfirmed('isDraft', 'Draft', 'boolean'),
	],
};

/** Fields that name a record, best first; one is found in most. */
export const NAME_FIELDS = ['number', 'name', 'userName', 'email'];

/** The documented fields of an entity; none of one of which nothing is known. */
export const getDocumentedFields = (entity: EntityName): readonly Field[] =>
	DOCUMENTED_FIELDS[entity] ?? [];
