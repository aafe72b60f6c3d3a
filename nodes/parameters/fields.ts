import type { IDataObject, INodeProperties } from 'n8n-workflow';

import { InvalidInput } from '../api/common/invalidInput';
import { isEmpty, isObject, parseJson } from '../api/common/json';
import type { Resource } from '../api/schema/resources';
import { getDocumentedFields } from '../api/schema/fields';
import { getPropertyKey, isPropertyColumn, PROPERTIES_PREFIX } from '../api/views/columns';
import { buildDocumentTypeParameters, readDocumentType } from './documentType';
import { readEmptyValues, removeEmptyValues } from './emptyValues';
import { parseFieldValue } from './fieldValue';
import { assertJsonSafe, readJsonObject } from './json';
import {
	buildMapperParameters,
	fieldsModeParameter,
	listMappedFields,
	readMapperValue,
	type MapperValue,
} from './mapper';
import type { ItemParameters } from './reader';
import { readSavedKind } from './savedField';

/** The required fields of new users are documented without names (DOC "User create"), so the node cannot check them. */
const newUserNotice: INodeProperties = {
	displayName:
		'Teamogy requires four text fields for a new user, probably user name, email, phone and one more. Their names are not documented. If one is missing, Teamogy refuses the user and nothing is saved.',
	name: 'newUserNotice',
	type: 'notice',
	default: '',
	displayOptions: { show: { resource: ['user'] } },
};

/** The fields to write: mapped one by one, or as JSON. */
export const buildFieldParameters = (mode: 'add' | 'upsert'): INodeProperties[] => [
	fieldsModeParameter,
	...buildMapperParameters(mode),
	{
		displayName: 'Body',
		name: 'body',
		type: 'json',
		default: '{}',
		required: true,
		description: 'All fields as one JSON object. An empty string or null clears a field.',
		displayOptions: { show: { fieldsMode: ['json'] } },
	},
];

/** The fields of a new record, and its type for a document. */
export const buildNewRecordParameters = (
	resources: readonly Resource[],
	mode: 'add' | 'upsert',
): INodeProperties[] => [
	...buildDocumentTypeParameters(resources),
	newUserNotice,
	...buildFieldParameters(mode),
];

/**
 * Nests flat names as Teamogy does. The text after `properties.` is one key with its dots: documented
 * keys begin with `properties.` themselves (DOC "Document examples").
 */
function nestProperties({ ...flat }: IDataObject): IDataObject {
	// The editor and spreadsheets hold objects as JSON text.
	if (typeof flat.properties === 'string')
		flat.properties = (parseJson(flat.properties) ?? flat.properties) as IDataObject;
	const { properties } = flat;
	if (!isEmpty(properties) && !isObject(properties)) {
		throw new InvalidInput(
			'The field "properties" is not an object',
			'Enter an object, e.g. {"name": "Subject"}, or its entries one by one, e.g. properties.name.',
		);
	}
	const fields = Object.entries(flat).filter(([, value]) => value !== undefined);
	const isProperty = ([name]: [string, unknown]) => isPropertyColumn(name);
	const body: IDataObject = Object.fromEntries(fields.filter((field) => !isProperty(field)));
	const entries = fields.filter(isProperty).map(([name, value]) => [getPropertyKey(name), value]);
	if (entries.length)
		body.properties = { ...(isObject(properties) && properties), ...Object.fromEntries(entries) };
	return body;
}

/** Checks the fields of a body whose kind is documented or saved with the mapping, and parses their texts. */
function parseFields(item: ItemParameters, body: IDataObject, mapper?: MapperValue): IDataObject {
	const saved = mapper?.schema?.map((field) => ({ id: field.id, kind: readSavedKind(field) }));
	const fields = new Map(
		[...(saved ?? []), ...getDocumentedFields(item.resource.entity!)].map((field) => [
			field.id,
			field,
		]),
	);
	const timeZone = item.context.getTimezone();
	const parse = (name: string, value: unknown): unknown => {
		if (name === 'properties' && isObject(value)) return parseAll(value, PROPERTIES_PREFIX);
		const field = fields.get(name);
		return field?.kind ? parseFieldValue({ ...field, kind: field.kind }, value, timeZone) : value;
	};
	const parseAll = (fields: IDataObject, prefix = ''): IDataObject =>
		Object.fromEntries(
			Object.entries(fields).map(([name, value]) => [name, parse(`${prefix}${name}`, value)]),
		) as IDataObject;
	return parseAll(body);
}

const noFieldError = (mapper: MapperValue | undefined): InvalidInput =>
	mapper
		? new InvalidInput(
				"There is no field to write: no field under 'Values to Send' has a value",
				"Choose a field with 'Add field to send' and enter its value, or choose 'Map Automatically'. A box that nobody has touched sends nothing, nor does an expression that gives undefined. To clear a field give it {{ null }}.",
			)
		: new InvalidInput(
				"There is no field to write: 'Body' is empty",
				'Enter at least one field, e.g. {"name": "New name"}.',
			);

/**
 * Reads the fields to write, nested as Teamogy does. Fields of a known kind are checked. Empty text and null clear
 * a field, or are left out with the option Empty Values.
 */
export function readBody(item: ItemParameters): IDataObject {
	const mapper = readMapperValue(item);
	const label = 'The data to send';
	const fields = mapper
		? assertJsonSafe(listMappedFields(mapper, item.input.json), label)
		: readJsonObject(item.readParameter('body', {}), 'Body');
	const nested = nestProperties(fields);
	const body = readEmptyValues(item) === 'ignore' ? removeEmptyValues(nested) : nested;
	if (!Object.keys(body).length) throw noFieldError(mapper);
	// Checks again, since values were parsed from texts.
	return assertJsonSafe(parseFields(item, body, mapper), label);
}

/**
 * Builds the body of a new record: the fields, for a document the type in front.
 *
 * @throws InvalidInput for a document without a type, and where fields are missing that Teamogy requires
 */
export function toNewBody(item: ItemParameters, fields: IDataObject): IDataObject {
	const { resource } = item;
	const type = readDocumentType(item, fields);
	const typed = type ? { type } : {};
	// In front, since messages name a record without a name by its first fields.
	const body: IDataObject = { ...typed, ...fields, ...typed };
	const missing = getDocumentedFields(resource.entity!).filter(
		({ id, required }) => required && isEmpty(body[id]),
	);
	if (!missing.length) return body;
	throw new InvalidInput(
		missing.length > 1
			? `Required fields are missing: ${missing.map(({ id }) => id).join(', ')}`
			: `The required field ${missing[0].id} is missing`,
		`Teamogy requires of a new ${resource.name.toLowerCase()}: ${missing
			.map(({ id, label }) => `${label} (${id})`)
			.join(', ')}. Enter them as fields, or in the JSON.`,
	);
}
