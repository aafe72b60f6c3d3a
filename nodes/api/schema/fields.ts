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

const defineField = (id: string, label: string, kind: FieldKind = 'string'): Field => ({
	id,
	label,
	kind,
});
const defineRequiredField = (id: string, label: string, kind: FieldKind): Field => ({
	...defineField(id, label, kind),
	required: true,
});
const defineUnconfirmedField = (id: string, label: string, kind: FieldKind = 'string'): Field => ({
	...defineField(id, label, kind),
	unconfirmed: true,
});

/** Lists and objects as they are given in JSON. */
const ACCESS = defineField('acl', 'Access Rights', 'object');
const ATTACHMENTS = defineField('attach', 'Attachment Links', 'array');
const TAGS = defineField('tags', 'Tags', 'array');

/**
 * The fields known of each entity. Documents: "Document intro", "Document examples" and the patch
 * page (DOC). Companies and users: their create pages (DOC), where most names are lost. Nothing is
 * known of the others, whose fields are found on the account's records.
 */
const DOCUMENTED_FIELDS: Partial<Record<EntityName, readonly Field[]>> = {
	companies: [
		defineUnconfirmedField('name', 'Name'),
		defineUnconfirmedField('type', 'Type'),
		defineUnconfirmedField('category', 'Category'),
		defineUnconfirmedField('industry', 'Industry'),
		defineUnconfirmedField('isClient', 'Client', 'boolean'),
		defineUnconfirmedField('isSupplier', 'Supplier', 'boolean'),
		defineUnconfirmedField('isCertified', 'Certified', 'boolean'),
		defineUnconfirmedField('isDisabled', 'Disabled', 'boolean'),
		defineUnconfirmedField('isDraft', 'Draft', 'boolean'),
		defineField('addresses', 'Addresses', 'array'),
		defineField('bankAccounts', 'Bank Accounts', 'array'),
		defineField('brands', 'Brands', 'array'),
		defineField('contacts', 'Contacts', 'array'),
		defineField('persons', 'Persons', 'array'),
		defineField('registrations', 'Registrations', 'object'),
		TAGS,
		ACCESS,
		ATTACHMENTS,
	],
	documents: [
		defineRequiredField('ownerId', 'Owner ID (User)', 'number'),
		defineRequiredField('companyId', 'Company ID', 'number'),
		defineField('agencyId', 'Business Unit ID', 'number'),
		defineField('personId', 'Person ID', 'number'),
		defineField('binderId', 'Binder ID', 'number'),
		defineField('number', 'Registration Number'),
		defineField('category', 'Category'),
		defineField('status', 'Status'),
		defineField('statusDate', 'Status Date', 'date'),
		defineField('participantIds', 'Participant IDs (Users)', 'array'),
		TAGS,
		defineField('setProcess', 'Process to Start'),
		defineField('process', 'Process', 'object'),
		ACCESS,
		ATTACHMENTS,
		defineField('properties.name', 'Subject'),
		defineField('properties.createdOn', 'Date of Issue', 'date'),
		defineField('properties.bodyRichtext-1', 'Text (HTML)'),
		defineField('properties.properties.companyName', 'Label: Company'),
		defineField('properties.properties.companyLabelName', 'Label: Person'),
		defineField('properties.properties.companyLabelNameSuffix', 'Label: Position'),
		defineField('properties.properties.companyLabelAddress', 'Label: Address'),
	],
	persons: [
		defineUnconfirmedField('firstName', 'First Name'),
		defineUnconfirmedField('lastName', 'Last Name'),
	],
	users: [
		defineField('person', 'Person', 'object'),
		defineField('groupNames', 'Group Names', 'array'),
		defineUnconfirmedField('isDisabled', 'Disabled', 'boolean'),
		defineUnconfirmedField('isDraft', 'Draft', 'boolean'),
	],
};

/** Fields that name a record, best first; one is found in most. */
export const NAME_FIELDS = ['number', 'name', 'userName', 'email'];

/** The documented fields of an entity; none of one of which nothing is known. */
export const getDocumentedFields = (entity: EntityName): readonly Field[] =>
	DOCUMENTED_FIELDS[entity] ?? [];
