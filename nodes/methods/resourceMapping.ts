import type {
	FieldType,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	NodeOperationError,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { isObject } from '../api/common/json';
import { supportsMethod, type Resource } from '../api/schema/catalog';
import { getColumnValue, listColumnNames, PROPERTIES_PREFIX } from '../api/views/columns';
import { TeamogyError } from '../api/transport/errors';
import { InvalidInput } from '../api/common/invalidInput';
import { getDocumentedFields, NAME_FIELDS, type Field, type FieldKind } from '../api/schema/fields';
import { extractFields, readRecord, toRecordId } from '../api/record';
import { readRows, type Row } from '../api/views/view';
import { createClient } from '../n8n/client';
import { toNodeError } from '../n8n/errors';
import { isEmpty } from '../parameters/reader';
import { describeRecord } from '../parameters/record';
import { getCurrentSelection, hasCredential, withNodeErrors } from './currentSelection';

const FIELD_TYPES: Record<FieldKind, FieldType> = {
	string: 'string',
	number: 'number',
	// A switch would send a field that nobody has touched as false.
	boolean: 'options',
	date: 'dateTime',
	array: 'array',
	object: 'object',
};

const YES_OR_NO: INodePropertyOptions[] = [
	{ name: 'Yes', value: true },
	{ name: 'No', value: false },
];

const detectKind = (value: unknown): FieldKind => {
	if (Array.isArray(value)) return 'array';
	const type = value === null ? 'string' : typeof value;
	return type in FIELD_TYPES ? (type as FieldKind) : 'string';
};

/** A field that is found on a record or in the mapping. */
const toField = (id: string, value: unknown): Field => ({
	id,
	label: id.startsWith(PROPERTIES_PREFIX) ? `Property ${id.slice(PROPERTIES_PREFIX.length)}` : id,
	kind: detectKind(value),
});

/** The fields of a record, those under `properties` by flat names. */
const listRecordFields = (record: Row): Field[] =>
	Object.entries(record).flatMap(([id, value]): Field[] =>
		id === 'properties' && typeof value === 'object' && value !== null
			? Object.entries(value).map(([key, inner]) => toField(`${PROPERTIES_PREFIX}${key}`, inner))
			: [toField(id, value)],
	);

/** The entries of `properties` in rows of a view. */
function listPropertyFields(rows: Row[]): Field[] {
	const values = new Map<string, unknown>();
	for (const row of rows)
		for (const name of listColumnNames(row).filter((one) => one.startsWith(PROPERTIES_PREFIX)))
			values.set(name, values.get(name) ?? getColumnValue(row, name) ?? null);
	return [...values].map(([name, value]) => toField(name, value));
}

/** Rows of the view in a sample. */
const SAMPLE_ROWS = 20;

/** Records that show which fields the account has. */
interface Sample {
	/** The record of the row with the most values: a record may lack empty fields. */
	record: Row;
	rows: Row[];
}

const EMPTY_SAMPLE: Sample = { record: {}, rows: [] };

const countValues = (row: Row): number =>
	listColumnNames(row).filter((name) => !isEmpty(getColumnValue(row, name))).length;

/** Reads a sample of the chosen view. If the entity cannot be read, the row takes the place of the record. */
async function readSample(context: ILoadOptionsFunctions): Promise<Sample> {
	const { resource, unitId, view } = getCurrentSelection(context);
	const client = await createClient(context);
	const rows = await readRows(client, { view, limit: SAMPLE_ROWS, unitId });
	if (!rows.length) return EMPTY_SAMPLE;
	const fullest = rows.reduce((a, b) => (countValues(b) > countValues(a) ? b : a));
	const id = toRecordId(fullest.id);
	if (!supportsMethod(resource, 'GET') || id === undefined) return { record: fullest, rows };
	const subject = describeRecord(resource, { id });
	const response = await readRecord(client, { entity: resource.entity!, subject, unitId }, { id });
	return { record: extractFields(response), rows };
}

/** A field in the current mapping of the node. */
interface MappedField {
	/** n8n's type of the field, if the mapping has one. */
	type?: unknown;
	value?: unknown;
	/** Whether the editor hides the field, so that its value is not sent. */
	removed: boolean;
}

/**
 * Reads the fields in the current mapping of the node, by name. Any part of the mapping may be missing: it may come
 * from the editor, a script or a model.
 *
 * @throws InvalidInput for a mapping that the editor could not read: n8n 2.30 and older give null for a
 *   mapping with an expression that has no data yet. The editor then keeps its list of fields.
 */
function readMappedFields(context: ILoadOptionsFunctions): Map<string, MappedField> {
	const mapping: unknown = context.getCurrentNodeParameter('fields');
	if (mapping === null) {
		throw new InvalidInput(
			"An expression in 'Values to Send' has no data yet",
			'Execute the nodes before this node, then open this node again.',
		);
	}
	const mapped = new Map<string, MappedField>();
	if (!isObject(mapping)) return mapped;
	const { value, schema, matchingColumns } = mapping;
	const add = (id: unknown, known: Partial<MappedField>) => {
		if (typeof id === 'string') mapped.set(id, { removed: false, ...mapped.get(id), ...known });
	};
	for (const field of Array.isArray(schema) ? schema.filter(isObject) : [])
		add(field.id, { type: field.type, removed: field.removed === true });
	for (const [id, one] of Object.entries(isObject(value) ? value : {})) add(id, { value: one });
	for (const id of Array.isArray(matchingColumns) ? matchingColumns : []) add(id, {});
	return mapped;
}

type ListedField = Pick<ResourceMapperField, 'id' | 'displayName' | 'type' | 'required'>;

/** Lists the documented fields and the fields of the sample. */
function listKnownFields(resource: Resource, operation: unknown, sample: Sample): ListedField[] {
	const documented = getDocumentedFields(resource.entity!);
	const recordFields = listRecordFields(sample.record);
	const recordIds = new Set(recordFields.map(({ id }) => id));
	const propertyFields = listPropertyFields(sample.rows).filter(({ id }) => !recordIds.has(id));
	// Teamogy assigns the ID. The type of a document has a parameter of its own.
	const otherIds = ['id', ...(resource.documentTypes ? ['type'] : [])];
	const excluded = new Set([...documented.map(({ id }) => id), ...otherIds]);
	const fields: Field[] = [
		...(operation === 'upsert' ? [{ id: 'id', label: 'ID', kind: 'number' as const }] : []),
		...documented,
		...[...recordFields, ...propertyFields].filter(({ id }) => !excluded.has(id)),
	];
	return fields.map(({ id, label, kind, required, unconfirmed }) => ({
		id,
		displayName: unconfirmed && !recordIds.has(id) ? `${label} (Name Not Confirmed)` : label,
		type: FIELD_TYPES[kind],
		// An update may leave required fields out.
		required: required === true && operation === 'create',
	}));
}

/** A field that only the mapping has. If its type is not known, the field is text, which takes any value. */
function toListedField(id: string, { type, value }: MappedField, isSampled: boolean): ListedField {
	const { label, kind } = toField(id, typeof value === 'object' ? value : '');
	return {
		id,
		displayName: isSampled ? `${label} (Not Seen)` : label,
		type: Object.values(FIELD_TYPES).find((one) => one === type) ?? FIELD_TYPES[kind],
		required: false,
	};
}

/** n8n's types of fields to match by. */
const MATCHABLE_TYPES: FieldType[] = ['string', 'number', 'dateTime'];

const REOPEN = 'close the node and open it again';

/** n8n may ask for the fields of a new node before the node has a credential. */
const NO_CREDENTIAL_NOTICE = `The fields are loaded with the credential of the node. Once it has one, ${REOPEN}.`;

/** Reads a sample; an empty one for a key that must not read, if the entity has documented fields. */
const readSampleOrEmpty = async (context: ILoadOptionsFunctions): Promise<Sample> =>
	await readSample(context).catch((error) => {
		const { entity } = getCurrentSelection(context).resource;
		const isForbidden = error instanceof TeamogyError && [403, 404].includes(error.status ?? 0);
		if (isForbidden && getDocumentedFields(entity!).length) return EMPTY_SAMPLE;
		throw error;
	});

const canMatch = ({ type }: ListedField): boolean => MATCHABLE_TYPES.includes(type!);

/** The field to match by default. The ID comes last: Teamogy assigns the ID of a new record. */
const findDefaultMatch = (fields: ListedField[]): string | undefined =>
	[...NAME_FIELDS, 'id'].find((name) =>
		fields.some((field) => field.id === name && canMatch(field)),
	);

async function listFields(
	context: ILoadOptionsFunctions,
	mapped: Map<string, MappedField>,
): Promise<ResourceMapperFields> {
	const { resource, view } = getCurrentSelection(context);
	const operation = context.getCurrentNodeParameter('operation');
	const isConnected = hasCredential(context);
	const sample = isConnected ? await readSampleOrEmpty(context) : EMPTY_SAMPLE;
	const known = listKnownFields(resource, operation, sample);
	const knownIds = new Set(known.map(({ id }) => id));
	const onlyMapped = [...mapped]
		.filter(([id]) => !knownIds.has(id))
		.map(([id, field]) => toListedField(id, field, sample.rows.length > 0));
	const fields = [...known, ...onlyMapped];
	const isUpsert = operation === 'upsert';
	const match = isUpsert ? findDefaultMatch(fields) : undefined;
	const noRecordsNotice = `The view "${view}" has no record that shows the fields. Choose 'Using JSON' under 'Specify Fields'.`;
	return {
		...(!(isConnected && fields.length) && {
			emptyFieldsNotice: isConnected ? noRecordsNotice : NO_CREDENTIAL_NOTICE,
		}),
		fields: fields.map((field) => ({
			...field,
			display: true,
			readOnly: false,
			...(field.type === 'options' && { options: YES_OR_NO }),
			defaultMatch: field.id === match,
			canBeUsedToMatch: isUpsert && canMatch(field),
			removed: mapped.get(field.id)?.removed ?? (!field.required && field.id !== match),
		})),
	};
}

/** An empty list with the reason why the list is empty. */
function toNotice(context: ILoadOptionsFunctions, error: unknown): ResourceMapperFields {
	const { message, description } = toNodeError(context.getNode(), error) as NodeOperationError;
	return { fields: [], emptyFieldsNotice: `${message}. ${description ?? ''} Then ${REOPEN}.` };
}

/**
 * Lists the fields that can be written: documented fields, fields found on a sample of the account, and
 * fields in the current mapping. Each account configures its fields, and `properties` differ from record
 * to record. n8n removes from the mapping the fields that the list lacks, so mapped fields stay in the list.
 */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await withNodeErrors(this, async () => {
		const mapped = readMappedFields(this);
		const fields = listFields(this, mapped);
		// The editor does not show an error and keeps its list. An empty list shows the notice.
		return await (mapped.size ? fields : fields.catch((error) => toNotice(this, error)));
	});
}
