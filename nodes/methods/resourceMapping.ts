import type {
	FieldType,
	ILoadOptionsFunctions,
	INodePropertyOptions,
	NodeOperationError,
	ResourceMapperFields,
} from 'n8n-workflow';

import { removeExpressions, removeTags } from '../api/common/formatValue';
import { isObject } from '../api/common/json';
import type { Resource } from '../api/schema/resources';
import {
	getDocumentedFields,
	OBJECTS_EXAMPLE,
	REFERENCES,
	USUAL_FIELDS,
	type Field,
	type FieldKind,
} from '../api/schema/fields';
import { NAME_FIELDS } from '../api/common/recordNames';
import { createClient } from '../n8n/client';
import { toNodeError } from '../n8n/errors';
import { UNCONFIRMED_MARK, type SavedField } from '../parameters/savedField';
import { getCurrentSelection, hasCredential, withNodeErrors } from './currentSelection';
import {
	EMPTY_SAMPLE,
	listFoundFields,
	readFieldSample,
	toFoundField,
	type FieldSample,
	type FoundField,
} from './fieldSample';
import { readMappedFields, type MappedField } from './mappedFields';
import { readReferenceLists, type ReferenceLists } from './referenceLists';

/** A number is entered as text: n8n's box for numbers drops letters and decimal commas, and cannot be emptied. */
const FIELD_TYPES: Record<FieldKind, FieldType> = {
	string: 'string',
	number: 'string',
	// A list of names replaces it where the records can be read.
	id: 'string',
	// A switch would send a field that nobody has touched as false.
	boolean: 'options',
	// n8n's box for dates drops a day that is typed without a time.
	date: 'string',
	array: 'array',
	object: 'object',
};

const YES_OR_NO: INodePropertyOptions[] = [
	{ name: 'Yes', value: true },
	{ name: 'No', value: false },
];

/** A field of the list with what it holds, which the editor saves with the mapping. */
interface ListedField extends FoundField {
	required: boolean;
	/** What is special about the field, for its name in the list. */
	mark?: string;
}

const GENERIC_EXAMPLES: Partial<Record<FieldKind, string>> = {
	array: '["a", "b"]',
	object: '{"key": "value"}',
};

/** Kinds that the box of a field does not show, since it takes text. */
const SHOWN_KINDS: Partial<Record<FieldKind, string>> = { number: 'Number', date: 'Date' };

/** The name of a field with its marks, and how to enter its value where that is not to be seen. */
function formatFieldName({ label, kind, example, mark }: ListedField): string {
	const marks = [kind && SHOWN_KINDS[kind], mark].filter(Boolean).join(', ');
	const name = marks ? `${label} (${marks})` : label;
	const json = kind && GENERIC_EXAMPLES[kind];
	return json ? `${name}, e.g. ${example ?? json}` : name;
}

/** Lists the documented fields and the fields of the sample. */
function listKnownFields(
	resource: Resource,
	operation: unknown,
	sample: FieldSample,
	mapped: Map<string, MappedField>,
): ListedField[] {
	const documented = getDocumentedFields(resource.entity!);
	const found = listFoundFields(resource.entity!, sample, mapped);
	const foundById = new Map(found.map((field) => [field.id, field]));
	// Teamogy assigns the ID. The type of a document has a parameter of its own.
	const otherIds = ['id', ...(resource.documentTypes ? ['type'] : [])];
	const excluded = new Set([...documented.map(({ id }) => id), ...otherIds]);
	const fields: Array<Field | FoundField> = [
		...(operation === 'upsert' ? [{ id: 'id', label: 'ID', kind: 'id' as const }] : []),
		...documented,
		...found.filter(({ id }) => !excluded.has(id)),
	];
	return fields.map(({ id, label, kind, required, unconfirmed, example }) => ({
		id,
		label,
		mark: unconfirmed && !foundById.has(id) ? UNCONFIRMED_MARK : undefined,
		kind,
		// The account's own keys take the place of unknown ones.
		example:
			(example === OBJECTS_EXAMPLE ? undefined : example) ?? foundById.get(id)?.example ?? example,
		// An update may leave required fields out.
		required: required === true && operation === 'create',
	}));
}

/** A field that only the mapping has. If its kind is not known, the field takes any value. */
function toMappedOnlyField(
	id: string,
	{ kind, value }: MappedField,
	isSampled: boolean,
): ListedField {
	const nested = Array.isArray(value) ? 'array' : isObject(value) ? 'object' : undefined;
	const mark = isSampled ? 'not seen' : undefined;
	return { ...toFoundField(id, kind ?? nested), mark, required: false };
}

const isReference = ({ id, kind }: FoundField): boolean =>
	kind === 'id' && Object.hasOwn(REFERENCES, id);

/**
 * The options of a field: true and false, or the records that the field may point to. The mapped record is among them:
 * n8n does not run a node with a value that the list lacks.
 */
function listOptions(
	field: ListedField,
	lists: ReferenceLists,
	value: unknown,
): INodePropertyOptions[] | undefined {
	if (field.kind === 'boolean') return YES_OR_NO;
	const options = isReference(field) ? lists.get(REFERENCES[field.id].view) : undefined;
	const isRecord = typeof value === 'number' || (typeof value === 'string' && value !== '');
	if (!options || !isRecord || String(value).startsWith('=')) return options;
	if (options.some((option) => option.value === value)) return options;
	const sameId = options.find((option) => String(option.value) === String(value));
	return [{ name: sameId?.name ?? `${value} (not in the list)`, value }, ...options];
}

/** The kinds of fields that a record can be matched on. */
const MATCHABLE_KINDS: Array<FieldKind | undefined> = ['string', 'number', 'id', 'date', undefined];

const REOPEN = 'close the node and open it again';

/** n8n may ask for the fields of a new node before the node has a credential. */
const NO_CREDENTIAL_NOTICE = `The fields could not be loaded yet. If a credential is chosen above, ${REOPEN}.`;

const canMatch = ({ kind }: ListedField): boolean => MATCHABLE_KINDS.includes(kind);

/** The field to match on by default. The ID comes last: Teamogy assigns the ID of a new record. */
const findDefaultMatch = (fields: ListedField[]): string | undefined =>
	[...NAME_FIELDS, 'id'].find((name) =>
		fields.some((field) => field.id === name && canMatch(field)),
	);

/** Lists the known fields and those that only the mapping has. */
function listAllFields(
	resource: Resource,
	operation: unknown,
	sample: FieldSample,
	mapped: Map<string, MappedField>,
): ListedField[] {
	const known = listKnownFields(resource, operation, sample, mapped);
	const knownIds = new Set(known.map(({ id }) => id));
	const onlyMapped = [...mapped]
		.filter(([id]) => !knownIds.has(id))
		.map(([id, field]) => toMappedOnlyField(id, field, sample.rows.length > 0));
	return [...known, ...onlyMapped];
}

/** A field as the editor takes it. */
const toSavedField = (
	field: ListedField,
	options: INodePropertyOptions[] | undefined,
	state: Omit<SavedField, keyof ListedField | 'displayName' | 'type' | 'display' | 'options'>,
): SavedField => ({
	id: field.id,
	displayName: removeExpressions(removeTags(formatFieldName(field))),
	type: options ? 'options' : FIELD_TYPES[field.kind ?? 'string'],
	...(field.kind && { kind: field.kind }),
	required: field.required,
	display: true,
	...(options && { options }),
	...state,
});

async function listFields(
	context: ILoadOptionsFunctions,
	mapped: Map<string, MappedField>,
): Promise<ResourceMapperFields> {
	const { resource, view, unitId } = getCurrentSelection(context);
	const operation = context.getCurrentNodeParameter('operation');
	const client = hasCredential(context) ? await createClient(context) : undefined;
	const sample = client ? await readFieldSample(context, client) : EMPTY_SAMPLE;
	const known = listAllFields(resource, operation, sample, mapped);
	const references = known.filter(isReference).map(({ id }) => id);
	const lists = client ? await readReferenceLists(client, references, unitId) : new Map();
	const isUpsert = operation === 'upsert';
	const match = isUpsert ? findDefaultMatch(known) : undefined;
	const usualIds = operation === 'create' ? USUAL_FIELDS[resource.entity!] : [];
	// The editor loads a list again on opening if a field lacks `readOnly` (n8n 2.30).
	const accountState = client ? { readOnly: false } : { isAccountUnread: true };
	const fields = known.map((field) => {
		const { id, required } = field;
		const isShown = required || id === match || usualIds.includes(id);
		return toSavedField(field, listOptions(field, lists, mapped.get(id)?.value), {
			...accountState,
			defaultMatch: id === match,
			canBeUsedToMatch: isUpsert && canMatch(field),
			removed: mapped.get(id)?.removed ?? !isShown,
		});
	});
	if (!client) return { fields, emptyFieldsNotice: NO_CREDENTIAL_NOTICE };
	const emptyFieldsNotice = `The view "${view}" has no record that shows the fields. Choose 'Using JSON' under 'Specify Fields'.`;
	return fields.length ? { fields } : { fields, emptyFieldsNotice };
}

/** An empty list with the reason why the list is empty. */
function toNotice(context: ILoadOptionsFunctions, error: unknown): ResourceMapperFields {
	const { message, description } = toNodeError(context.getNode(), error) as NodeOperationError;
	const notice = `${message}. ${description ?? ''} Then ${REOPEN}.`;
	return { fields: [], emptyFieldsNotice: removeTags(notice) };
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
