import type { IDataObject } from 'n8n-workflow';

import { PROPERTIES_PREFIX } from '../api/views/columns';
import { InvalidInput } from '../api/transport/errors';
import { getDocumentedFields, type Field } from '../api/schema/fields';
import { formatValue } from '../api/formatValue';
import { EMPTY } from './reader';
import type { ItemParameters } from './itemParameters';
import { assertJsonSafe, readJson } from './json';

/** The value of the field mapper, as n8n hands it over. */
export interface Mapping {
	mappingMode?: 'defineBelow' | 'autoMapInputData';
	value?: IDataObject | null;
	matchingColumns?: string[];
	schema?: Array<{ id: string; type?: string; removed?: boolean }>;
}

/** The field mapper's value; undefined where the fields are given as JSON. */
export const readMapping = (item: ItemParameters): Mapping | undefined =>
	item.readChoice('Specify Fields', item.readParameter('fieldsMode', ''), ['mapping', 'json']) ===
	'json'
		? undefined
		: ((item.readParameter('fields', {}) ?? {}) as Mapping);

const PROPERTIES = 'properties';

const isObject = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Fields by their flat names, from the mapper or from the input's fields of the same names. A field
 * that is not shown in the mapper is none, whatever the editor has left there for it.
 */
const readMappedFields = (
	item: ItemParameters,
	{ mappingMode, value, schema = [] }: Mapping,
): IDataObject => {
	if (mappingMode !== 'autoMapInputData') {
		const hidden = new Set(schema.filter(({ removed }) => removed).map(({ id }) => id));
		return Object.fromEntries(Object.entries(value ?? {}).filter(([name]) => !hidden.has(name)));
	}
	if (!schema.length) {
		throw new InvalidInput(
			'The node does not know the fields of the record yet',
			'Open it in the editor, where it loads them, or map each field manually.',
		);
	}
	const known = new Set(schema.map(({ id }) => id));
	// Which properties there are differs from record to record, so none is held to be foreign.
	const isField = (name: string) =>
		known.has(name) || name === PROPERTIES || name.startsWith(PROPERTIES_PREFIX);
	const named = Object.entries(item.input.json).filter(([name]) => isField(name));
	if (!named.length) {
		throw new InvalidInput(
			'No input field has the same name as a field of the record',
			'Rename them before this node (e.g. with Edit Fields), or map each field manually.',
		);
	}
	return Object.fromEntries(named);
};

/**
 * Flat names nested as Teamogy has them: what follows `properties.` is one key, dots and all, since
 * documented keys begin with `properties.` themselves (DOC "Document examples").
 *
 * @throws InvalidInput when `properties` itself is given and no object
 */
export function nestProperties(flat: IDataObject): IDataObject {
	const given = Object.entries(flat).filter(([, value]) => value !== undefined);
	const outer = given.filter(([name]) => !name.startsWith(PROPERTIES_PREFIX));
	const inner = given
		.filter(([name]) => name.startsWith(PROPERTIES_PREFIX))
		.map(([name, value]) => [name.slice(PROPERTIES_PREFIX.length), value]);
	const whole = flat[PROPERTIES];
	if (!EMPTY.includes(whole) && !isObject(whole)) {
		throw new InvalidInput(
			`The field "${PROPERTIES}" is not an object`,
			'Give an object, e.g. {"name": "Subject"}, or its entries one by one, e.g. properties.name.',
		);
	}
	const body: IDataObject = Object.fromEntries(outer);
	if (inner.length)
		body[PROPERTIES] = { ...(isObject(whole) && whole), ...Object.fromEntries(inner) };
	return body;
}

/** The day of a date in the workflow's time zone, as Teamogy writes dates, YYYY-MM-DD (DOC). */
const toDay = (value: unknown, timeZone: string): string | undefined => {
	if (typeof (value as { toISODate?: unknown })?.toISODate === 'function') {
		return (value as { toISODate: () => string | null }).toISODate() ?? undefined;
	}
	const text = value instanceof Date ? value.toISOString() : String(value).trim();
	const [, day, time] = /^(\d{4}-\d{2}-\d{2})(?:[T ](.+))?$/.exec(text) ?? [];
	if (
		!day ||
		Number.isNaN(Date.parse(text)) ||
		!new Date(`${day}T00:00:00Z`).toISOString().startsWith(day)
	) {
		return undefined;
	}
	const zoned = time !== undefined && /(Z|[+-]\d{2}:?\d{2})$/i.test(time);
	return zoned ? new Intl.DateTimeFormat('sv-SE', { timeZone }).format(new Date(text)) : day;
};

const parseJson = (value: unknown): unknown => {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value);
	} catch {
		return undefined;
	}
};

const BOOLEANS = new Map([
	['true', true],
	['false', false],
]);

/** Every documented number is an ID. */
const toId = (value: unknown): number | undefined =>
	/^\s*\d+\s*$/.test(String(value)) && Number.isSafeInteger(Number(value))
		? Number(value)
		: undefined;

/** By kind: the value as it is sent, or undefined for one that is not of the kind; and an example. */
const FIELD_KINDS: Record<
	Field['kind'],
	{ take: (value: unknown, timeZone: string) => unknown; like: string }
> = {
	string: {
		take: (value) => (typeof value === 'object' ? undefined : String(value)),
		like: 'text',
	},
	number: { take: toId, like: 'a whole number, e.g. 1234' },
	boolean: {
		take: (value) => BOOLEANS.get(String(value).trim().toLowerCase()),
		like: 'true or false',
	},
	date: { take: toDay, like: 'a date, e.g. 2026-11-30' },
	array: {
		take: (value) => (Array.isArray(parseJson(value)) ? parseJson(value) : undefined),
		like: 'a list in JSON, e.g. ["first", "second"]',
	},
	object: {
		take: (value) => {
			const object = parseJson(value);
			return isObject(object) ? object : undefined;
		},
		like: 'an object in JSON, e.g. {"key": "value"}',
	},
};

const LIST_OF_IDS = /Ids$/;
const BODY_LABEL = 'What is to be sent';

/** A documented field's value of its kind. */
const checkValue = ({ id, kind }: Field, given: unknown, timeZone: string): unknown => {
	const { take, like } = FIELD_KINDS[kind];
	const value = take(given, timeZone);
	const listOfIds = kind === 'array' && LIST_OF_IDS.test(id);
	const ids = listOfIds && Array.isArray(value) ? value.map(toId) : undefined;
	if (value !== undefined && !ids?.includes(undefined)) return ids ?? value;
	throw new InvalidInput(
		`The field "${id}", ${formatValue(given)}, is not ${listOfIds ? 'a list of IDs' : like.split(',')[0]}`,
		`Enter ${listOfIds ? 'whole numbers in square brackets, e.g. [12, 34]' : like}.`,
	);
};

/**
 * The value of a field whose kind is only known from a record of the account: read from text where it
 * is that, else as it is given.
 */
const toFoundKind = (given: unknown, type: string | undefined): unknown => {
	if (typeof given !== 'string') return given;
	if (type === 'number') return /^\s*-?\d+(\.\d+)?\s*$/.test(given) ? Number(given) : given;
	// As the mapper offers true and false.
	if (type === 'options') return BOOLEANS.get(given.trim().toLowerCase()) ?? given;
	return type === 'array' || type === 'object' ? (parseJson(given) ?? given) : given;
};

/**
 * The fields to write, from the mapper or from JSON: nested, and checked as far as they are
 * documented. Others are passed on as given; empty text and null too, they clear a field.
 *
 * @throws InvalidInput naming the field, or when there is none
 */
export function readBody(item: ItemParameters): IDataObject {
	const mapping = readMapping(item);
	const given = mapping
		? assertJsonSafe(readMappedFields(item, mapping), BODY_LABEL)
		: (readJson(item.readParameter('body', {}), 'Body') as IDataObject);
	const documented = new Map(
		getDocumentedFields(item.resource.entity!).map((field) => [field.id, field]),
	);
	const found = new Map(mapping?.schema?.map(({ id, type }) => [id, type]));
	const timeZone = item.context.getTimezone();
	const check = (name: string, value: unknown): unknown => {
		if (EMPTY.includes(value)) return value;
		const field = documented.get(name);
		return field ? checkValue(field, value, timeZone) : toFoundKind(value, found.get(name));
	};
	const checked = (fields: IDataObject, prefix = ''): IDataObject =>
		Object.fromEntries(
			Object.entries(fields).map(([name, value]) => [name, check(`${prefix}${name}`, value)]),
		) as IDataObject;
	const body = nestProperties(given);
	if (!Object.keys(body).length) {
		throw new InvalidInput(
			'There is no field to write',
			mapping
				? 'Add a field under Values to Send and give it a value. An empty text or null clears a field; one whose expression gives nothing is left out.'
				: 'Give at least one field in Body, e.g. {"name": "New name"}.',
		);
	}
	const inner = body[PROPERTIES];
	const fields = {
		...checked(body),
		...(isObject(inner) && { [PROPERTIES]: checked(inner, PROPERTIES_PREFIX) }),
	};
	// Once more, for what came out of texts.
	return assertJsonSafe(fields, BODY_LABEL);
}

/** The body of a new record: with its type, and all fields Teamogy requires. */
export function toNewBody(item: ItemParameters, body: IDataObject): IDataObject {
	const { resource } = item;
	const type = readDocumentType(item, body);
	const fields = { ...body };
	if (type) delete fields.type;
	const typed: IDataObject = type ? { type, ...fields } : body;
	const missing = getDocumentedFields(resource.entity!).filter(
		({ id, required }) => required && EMPTY.includes(typed[id]),
	);
	if (missing.length) {
		throw new InvalidInput(
			missing.length > 1
				? `Required fields are missing: ${missing.map(({ id }) => id).join(', ')}`
				: `The required field ${missing[0].id} is missing`,
			`Teamogy requires of a new ${resource.name.toLowerCase()}: ${missing
				.map(({ id, label }) => `${label} (${id})`)
				.join(', ')}. Give them as fields, or in the JSON.`,
		);
	}
	return typed;
}

/**
 * The document type: the body's own, else chosen from the list or named, since accounts configure
 * types of their own. Undefined for what is no document.
 */
export function readDocumentType(item: ItemParameters, body: IDataObject): string | undefined {
	if (!item.resource.documentTypes) return undefined;
	const given = EMPTY.includes(body.type)
		? item.readParameter('documentType', '', true)
		: body.type;
	const type = typeof given === 'string' ? given.trim() : '';
	if (type) return type;
	throw new InvalidInput(
		"'Document Type' is empty or not text",
		'Choose one from the list, or enter the name of one defined in your account.',
	);
}
