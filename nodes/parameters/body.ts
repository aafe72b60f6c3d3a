import type { IDataObject } from 'n8n-workflow';

import { InvalidInput } from '../api/errors';
import { FIELDS, type Field } from '../api/fields';
import type { Item } from './item';
import { jsonParameter } from './json';

/** The value of the field mapper, as n8n hands it over. */
export interface Mapping {
	mappingMode?: 'defineBelow' | 'autoMapInputData';
	value?: IDataObject | null;
	matchingColumns?: string[];
	schema?: Array<{ id: string; removed?: boolean }>;
}

export const mappingOf = (item: Item): Mapping | undefined =>
	item.parameter('fieldsMode', 'mapping') === 'json'
		? undefined
		: ((item.parameter('fields', {}) ?? {}) as Mapping);

/** Fields by their flat names, from the mapper or from the input's fields of the same names. */
const mappedFields = (item: Item, { mappingMode, value, schema = [] }: Mapping): IDataObject => {
	if (mappingMode !== 'autoMapInputData') return value ?? {};
	const known = new Set(schema.map(({ id }) => id));
	const { json } = item.input;
	const names = Object.keys(json).filter((name) => known.has(name));
	if (!names.length) {
		throw new InvalidInput(
			"None of the input's fields is named like a field of the record",
			'Rename them before this node (e.g. with Edit Fields), or map each field manually.',
		);
	}
	return Object.fromEntries(names.map((name) => [name, json[name]]));
};

const PROPERTIES = 'properties';

/**
 * Flat names nested as Teamogy has them: what follows `properties.` is one key, dots and all, since
 * documented keys begin with `properties.` themselves (DOC "Document examples").
 */
export function nested(flat: IDataObject): IDataObject {
	const body: IDataObject = {};
	for (const [name, value] of Object.entries(flat)) {
		if (value === undefined) continue;
		if (name.startsWith(`${PROPERTIES}.`)) {
			const inner = (body[PROPERTIES] ?? {}) as IDataObject;
			body[PROPERTIES] = { ...inner, [name.slice(PROPERTIES.length + 1)]: value };
		} else if (name === PROPERTIES && typeof value === 'object' && value !== null) {
			body[PROPERTIES] = { ...(value as IDataObject), ...(body[PROPERTIES] as IDataObject) };
		} else {
			body[name] = value;
		}
	}
	return body;
}

/** The day of a date in the workflow's time zone, as Teamogy writes dates, YYYY-MM-DD (DOC). */
const dayOf = (value: unknown, timeZone: string): string | undefined => {
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

const parsed = (value: unknown): unknown => {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value);
	} catch {
		return undefined;
	}
};

/** By kind: the value as it is sent, or undefined for one that is not of the kind; and an example. */
const KINDS: Record<
	Field['kind'],
	{ take: (value: unknown, timeZone: string) => unknown; like: string }
> = {
	string: {
		take: (value) => (typeof value === 'object' ? undefined : String(value)),
		like: 'a text',
	},
	number: {
		take: (value) =>
			/^\s*-?\d+\s*$/.test(String(value)) && Number.isSafeInteger(Number(value))
				? Number(value)
				: undefined,
		like: 'a whole number, e.g. 1234',
	},
	boolean: {
		take: (value) => ({ true: true, false: false })[String(value).toLowerCase()],
		like: 'true or false',
	},
	date: { take: dayOf, like: 'a date, e.g. 2026-11-30' },
	array: {
		take: (value) => (Array.isArray(parsed(value)) ? parsed(value) : undefined),
		like: 'a list in JSON, e.g. ["first", "second"]',
	},
	object: {
		take: (value) => {
			const object = parsed(value);
			return typeof object === 'object' && object !== null && !Array.isArray(object)
				? object
				: undefined;
		},
		like: 'an object in JSON, e.g. {"key": "value"}',
	},
};

const EMPTY: unknown[] = [undefined, null, ''];
const WHOLE_NUMBERS = /Ids$/;

/** A body whose documented fields are of their kinds; empty text and null stay, they clear a field. */
const checked = (body: IDataObject, fields: readonly Field[], timeZone: string): IDataObject => {
	const result: IDataObject = { ...body };
	const properties = body[PROPERTIES];
	const inner =
		typeof properties === 'object' && properties !== null
			? { ...(properties as IDataObject) }
			: undefined;
	if (inner) result[PROPERTIES] = inner;
	for (const field of fields) {
		const isInner = field.id.startsWith(`${PROPERTIES}.`);
		const key = isInner ? field.id.slice(PROPERTIES.length + 1) : field.id;
		const holder = isInner ? inner : result;
		if (!holder || EMPTY.includes(holder[key])) continue;
		const { take, like } = KINDS[field.kind];
		const value = take(holder[key], timeZone);
		const listOfIds = WHOLE_NUMBERS.test(field.id) && Array.isArray(value);
		if (value === undefined || (listOfIds && !value.every(Number.isSafeInteger))) {
			const given =
				typeof holder[key] === 'object' ? JSON.stringify(holder[key]) : String(holder[key]);
			throw new InvalidInput(
				`The field "${field.id}", ${given.slice(0, 100)}, is not ${listOfIds ? 'a list of IDs' : like.split(',')[0]}`,
				`Enter ${listOfIds ? 'whole numbers in square brackets, e.g. [12, 34]' : like}.`,
			);
		}
		holder[key] = value as IDataObject[string];
	}
	return result;
};

/**
 * The fields to write, from the mapper or from JSON: nested, and checked as far as they are
 * documented. Undocumented fields are passed on as given.
 *
 * @throws InvalidInput naming the field
 */
export function bodyOf(item: Item): IDataObject {
	const mapping = mappingOf(item);
	const { entity } = item.resource;
	const given = mapping
		? nested(mappedFields(item, mapping))
		: (jsonParameter(item.parameter('body', {}), 'Body') as IDataObject);
	return checked(given, FIELDS[entity!], item.context.getTimezone());
}

/** The body of a new record: with its type, and all fields Teamogy requires. */
export function newBodyOf(item: Item, body: IDataObject): IDataObject {
	const { resource } = item;
	const typed = resource.documentTypes ? { type: documentTypeOf(item), ...body } : body;
	const missing = FIELDS[resource.entity!].filter(
		({ id, required }) => required && EMPTY.includes(typed[id]),
	);
	if (missing.length) {
		const [{ id, label }] = missing;
		throw new InvalidInput(
			`The field "${id}" is missing`,
			`Teamogy requires it for ${resource.plural.toLowerCase()}: ${label}.${
				missing.length > 1
					? ` So are ${missing
							.slice(1)
							.map((field) => `"${field.id}"`)
							.join(', ')}.`
					: ''
			}`,
		);
	}
	return typed;
}

/** The document type: chosen from the list or named, since accounts configure types of their own. */
export function documentTypeOf(item: Item): string | undefined {
	if (!item.resource.documentTypes) return undefined;
	const type = String(item.parameter('documentType', '', true) ?? '').trim();
	if (type) return type;
	throw new InvalidInput(
		'The Document Type is empty',
		'Choose one from the list, or name one of your own configuration.',
	);
}
