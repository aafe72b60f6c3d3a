import type {
	FieldType,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	NodeOperationError,
	ResourceMapperField,
	ResourceMapperFields,
} from 'n8n-workflow';

import { supportsMethod } from '../api/schema/catalog';
import { listColumnNames, PROPERTIES_PREFIX, getColumnValue } from '../api/views/columns';
import { InvalidInput, TeamogyError } from '../api/transport/errors';
import { getDocumentedFields, NAME_FIELDS, type Field, type FieldKind } from '../api/schema/fields';
import { extractFields, readRecord } from '../api/record';
import { readRows, type Row } from '../api/views/view';
import { createClient, TEAMOGY_CREDENTIAL } from '../n8n/client';
import { toNodeError } from '../n8n/errors';
import { getCurrentSelection, withNodeErrors } from './currentSelection';

const FIELD_TYPES: Record<FieldKind, FieldType> = {
	string: 'string',
	number: 'number',
	// A switch has no third position: what nobody has touched would be sent as off.
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

const toPropertyField = (key: string, value: unknown): Field => ({
	id: `${PROPERTIES_PREFIX}${key}`,
	label: `Property ${key}`,
	kind: detectKind(value),
});

/** The fields of a record, those under `properties` by flat names. */
const listRecordFields = (record: Row): Field[] =>
	Object.entries(record).flatMap(([id, value]): Field[] =>
		id === 'properties' && typeof value === 'object' && value !== null
			? Object.entries(value as Row).map(([key, inner]) => toPropertyField(key, inner))
			: [{ id, label: id, kind: detectKind(value) }],
	);

/** The entries of `properties` in rows of the view. */
function listPropertyFields(rows: Row[]): Field[] {
	const values = new Map<string, unknown>();
	for (const row of rows)
		for (const name of listColumnNames(row).filter((one) => one.startsWith(PROPERTIES_PREFIX)))
			values.set(name, values.get(name) ?? getColumnValue(row, name) ?? null);
	return [...values].map(([name, value]) =>
		toPropertyField(name.slice(PROPERTIES_PREFIX.length), value),
	);
}

/** Rows of the view that are looked at. */
const SAMPLE_ROWS = 20;

/** How full a row is: a record may lack the fields that are empty. */
const valuesIn = (row: Row): number =>
	listColumnNames(row).filter((name) => (getColumnValue(row, name) ?? '') !== '').length;

/** Rows of the chosen view, and the record behind the fullest one: of entities that cannot be read, the row. */
async function readSample(context: ILoadOptionsFunctions): Promise<{ record: Row; rows: Row[] }> {
	const { resource, unitId, view } = getCurrentSelection(context);
	const client = await createClient(context);
	const rows = await readRows(client, { view, limit: SAMPLE_ROWS, unitId });
	if (!rows.length) return { record: {}, rows };
	const fullest = rows.reduce((one, other) => (valuesIn(other) > valuesIn(one) ? other : one));
	if (!supportsMethod(resource, 'GET')) return { record: fullest, rows };
	if ((fullest.id ?? '') === '') return { record: {}, rows };
	const id = String(fullest.id);
	const what = `${resource.name.toLowerCase()} ${id}`;
	const answer = await readRecord(client, { entity: resource.entity!, what, unitId }, { id });
	return { record: extractFields(answer), rows };
}

/** A field as the node maps it now. */
interface MappedField {
	/** n8n's type of it, where the mapping says one. */
	type?: unknown;
	value?: unknown;
	/** Whether the editor hides it, so that its value is not sent. */
	removed: boolean;
}

const isObject = (value: unknown): value is Row =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The fields that the node maps now, by name. The editor writes the mapping, and so do scripts and
 * models: any part of it may be missing.
 *
 * @throws InvalidInput when the editor could not read the mapping: n8n 2.30 and older give null for one
 *   with an expression that has no data yet. The editor then keeps the list it has.
 */
function readMappedFields(context: ILoadOptionsFunctions): Map<string, MappedField> {
	const mapping: unknown = context.getCurrentNodeParameter('fields');
	if (mapping === null) {
		throw new InvalidInput(
			"An expression in 'Values to Send' has no data yet",
			'Execute the nodes before this one, then open it again.',
		);
	}
	const mapped = new Map<string, MappedField>();
	if (!isObject(mapping)) return mapped;
	const { value, schema, matchingColumns } = mapping;
	for (const toPropertyField of Array.isArray(schema) ? schema.filter(isObject) : [])
		if (typeof toPropertyField.id === 'string')
			mapped.set(toPropertyField.id, {
				type: toPropertyField.type,
				removed: toPropertyField.removed === true,
			});
	for (const [id, one] of isObject(value) ? Object.entries(value) : [])
		mapped.set(id, { removed: false, ...mapped.get(id), value: one });
	for (const id of Array.isArray(matchingColumns) ? matchingColumns : [])
		if (typeof id === 'string') mapped.set(id, { removed: false, ...mapped.get(id) });
	return mapped;
}

/** n8n's type of a field that only the mapping knows. Text takes whatever its expression gives. */
const typeOfMapped = ({ type, value }: MappedField): FieldType => {
	const known = Object.values(FIELD_TYPES).find((one) => one === type);
	return known ?? (typeof value === 'object' ? FIELD_TYPES[detectKind(value)] : 'string');
};

/** n8n's types of fields whose values may tell records apart. */
const MATCHABLE: FieldType[] = ['string', 'number', 'dateTime'];

const REOPEN = 'close the node and open it again';

/** n8n may ask for the fields of a new node before it gives it the credential. */
const WITHOUT_CREDENTIAL = `The fields are loaded with the credential of the node. Once it has one, ${REOPEN}.`;

/** An empty list that says why it is empty. */
function toNotice(context: ILoadOptionsFunctions, error: unknown): ResourceMapperFields {
	const { message, description } = toNodeError(context.getNode(), error) as NodeOperationError;
	return { fields: [], emptyFieldsNotice: `${message}. ${description ?? ''} Then ${REOPEN}.` };
}

/**
 * The fields that can be written: the documented ones, those found on a sample of this account, whose
 * configuration decides what there is, and those that the node maps now. n8n removes from the mapping
 * what the list lacks, so no field leaves the list because the sample does not show it. Which entries
 * `properties` has differs from record to record, so those in the view's rows are among them. Without
 * a credential yet, nothing is sampled.
 */
export async function getFields(this: ILoadOptionsFunctions): Promise<ResourceMapperFields> {
	return await withNodeErrors(this, async () => {
		const mapped = readMappedFields(this);
		const fields = listFields(this, mapped);
		// The editor shows nothing of an error and keeps the list it has. Where it has none, the list can say why.
		return await (mapped.size ? fields : fields.catch((error) => toNotice(this, error)));
	});
}

async function listFields(
	context: ILoadOptionsFunctions,
	mapped: Map<string, MappedField>,
): Promise<ResourceMapperFields> {
	const { resource, view } = getCurrentSelection(context);
	const entity = resource.entity!;
	const operation = context.getCurrentNodeParameter('operation');
	const upsert = operation === 'upsert';
	// A change may leave them as they are.
	const requiresAll = operation === 'create';
	const hasCredential = context.getNode().credentials?.[TEAMOGY_CREDENTIAL] !== undefined;

	const documented = getDocumentedFields(entity);
	const nothing = { record: {}, rows: [] };
	const { record, rows } = !hasCredential
		? nothing
		: await readSample(context).catch((error) => {
				// A key may be allowed to write and not to read: then the documented fields have to do.
				const forbidden = error instanceof TeamogyError && [403, 404].includes(error.status ?? 0);
				if (forbidden && documented.length) return nothing;
				throw error;
			});

	const names = new Set(documented.map(({ id }) => id));
	// The ID is given by Teamogy, the type of a document chosen elsewhere in the node.
	const setElsewhere = resource.documentTypes ? ['id', 'type'] : ['id'];
	const recordFields = listRecordFields(record);
	const confirmedIds = new Set(recordFields.map(({ id }) => id));
	const otherFields = listPropertyFields(rows).filter(({ id }) => !confirmedIds.has(id));
	const idField: Field[] = upsert ? [{ id: 'id', label: 'ID', kind: 'number' }] : [];
	const listed = [
		...idField,
		...documented,
		...[...recordFields, ...otherFields].filter(
			({ id }) => !names.has(id) && !setElsewhere.includes(id),
		),
	].map(({ id, label, kind, required, unconfirmed }) => ({
		id,
		displayName: !unconfirmed || confirmedIds.has(id) ? label : `${label} (Name Not Confirmed)`,
		type: FIELD_TYPES[kind],
		required: required === true && requiresAll,
	}));
	const inList = new Set(listed.map(({ id }) => id));
	const onlyMapped = [...mapped]
		.filter(([id]) => !inList.has(id))
		.map(([id, field]) => {
			const { label } = id.startsWith(PROPERTIES_PREFIX)
				? toPropertyField(id.slice(PROPERTIES_PREFIX.length), '')
				: { label: id };
			return {
				id,
				displayName: rows.length ? `${label} (Not Seen)` : label,
				type: typeOfMapped(field),
				required: false,
			};
		});
	const fields = [...listed, ...onlyMapped];
	// Not the ID, where there is another: a new record cannot be given one.
	const match = [...NAME_FIELDS, 'id'].find(
		(name) => upsert && fields.some(({ id, type }) => id === name && MATCHABLE.includes(type)),
	);
	const withoutRecords = `The view "${view}" has no record that shows the fields. Choose 'Using JSON' under 'Specify Fields'.`;
	return {
		...(!(hasCredential && fields.length) && {
			emptyFieldsNotice: hasCredential ? withoutRecords : WITHOUT_CREDENTIAL,
		}),
		fields: fields.map(
			(field): ResourceMapperField => ({
				...field,
				display: true,
				readOnly: false,
				...(field.type === 'options' && { options: YES_OR_NO }),
				defaultMatch: field.id === match,
				canBeUsedToMatch: upsert && MATCHABLE.includes(field.type),
				removed: mapped.get(field.id)?.removed ?? (!field.required && field.id !== match),
			}),
		),
	};
}
